// The lab inside the pages of others: messages, heights, sandboxes, many at once, and strangers' input.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { collectComplaints, started } from "./lib/lab.mjs";
import { ask, message, openBoth, openNotes, recorder, send } from "./lib/host.mjs";
import { siteFolder } from "./lib/site.mjs";

const { lab, host } = await openBoth();

const frame = (query = "", attributes = "") =>
  `<iframe id="f" src="${lab.address}embed.html${query}" width="720" height="600" ${attributes}></iframe>`;

const notes = (...what) => openNotes(lab, host, ...what);

test("an embed starts paused, on a moment with something to see", async () => {
  const { page, complaints } = await lab.visit("embed.html?lang=en", { viewport: { width: 720, height: 640 } });
  await page.getByRole("button", { name: "Play" }).first().waitFor();
  const seconds = Number((await page.locator(".foot .t").innerText()).match(/[\d.]+/)[0]);
  assert.ok(seconds > 1 && seconds < 10, `${seconds} s`);
  assert.ok((await page.locator(".flights path[d]:not([d=''])").count()) > 0, "packets are on their way");
  assert.match(await page.locator(".offsets").innerText(), /master[^]*replica A[^]*replica B/);
  assert.deepEqual(complaints, []);
});

test("handshake, orders and their answers", async () => {
  const { page, complaints } = await notes("orders", recorder(frame("?lang=en")));
  const ready = await message(page, `(m) => m.type === "ready"`);
  assert.deepEqual([ready.source, ready.v, ready.lang], ["psync-lab", 1, "en"]);
  const first = await ask(page, { type: "getState" });
  assert.equal(first.playing, false);
  assert.equal((await ask(page, { type: "seek", at: 1 })).at, 1);
  assert.ok((await ask(page, { type: "step", count: 3 })).at > 1);
  assert.equal((await ask(page, { type: "play" })).playing, true);
  assert.equal((await ask(page, { type: "pause" })).playing, false);
  await ask(page, { type: "setTheme", theme: "dark" });
  await ask(page, { type: "setLang", lang: "zh" });
  const inside = page.frames()[1];
  assert.equal(await inside.locator("html").getAttribute("data-theme"), "dark");
  assert.match(await inside.locator(".offsets").innerText(), /主库/);
  // The session comes back exactly.
  const there = await ask(page, { type: "getState" });
  await ask(page, { type: "seek", at: 0.2 });
  const again = await ask(page, { type: "setState", state: there.state });
  assert.deepEqual([again.state, again.at], [there.state, there.at]);
  assert.equal((await ask(page, { type: "load", lesson: "first-sync" })).type, "state");
  await ask(page, { type: "focus" });
  assert.equal(await inside.evaluate(() => document.activeElement.tagName), "BUTTON");
  assert.deepEqual(complaints, []);
});

test("a host that listens late, or greets early, learns what it missed as it is by now", async () => {
  // Until the greeting is sent the page's code does not come.
  const { page, complaints } = await notes("early", recorder(""));
  let go;
  const gone = new Promise((done) => (go = done));
  await page.route(/psync_lab_bg.*\.wasm$/, async (route) => (await gone, route.continue()));
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), frame("?lang=en"));
  await page.frameLocator("iframe").locator("#boot-loading").waitFor();
  // The script that listens is there when it has asked for the code.
  await page.frames()[1].waitForFunction(() => globalThis.psyncLab);
  await send(page, { type: "hello", id: "early" });
  go();
  assert.equal((await message(page, `(m) => m.re === "early"`)).type, "ready");
  await ask(page, { type: "setLang", lang: "zh" });
  const { height } = await message(page, `(m) => m.type === "resize"`);
  await page.evaluate(() => (got.length = 0));
  const ready = await ask(page, { type: "hello" });
  assert.deepEqual([ready.type, ready.lang, ready.version], ["ready", "zh-CN", 1]);
  const again = await message(page, `(m) => m.type === "resize"`);
  assert.ok(Math.abs(again.height - height) < 60, `${again.height}, was ${height}`);
  await page.evaluate(() => (got.length = 0));
  await send(page, { type: "hello" });
  assert.equal((await message(page, `(m) => m.type === "ready"`)).re, undefined);
  assert.deepEqual(complaints, []);
});

test("a lesson file comes from the page's own site only, and not into the page as one file", async () => {
  host.pages["/theirs.json"] = { body: "{}", headers: { "access-control-allow-origin": "*" } };
  const { page, complaints } = await lab.visit(`?lang=en&play=0&lesson=${host.address}/theirs.json`);
  await page.getByRole("alert").filter({ hasText: "the same site as this page" }).waitFor();
  assert.deepEqual(complaints, [], "it was not even asked for");
  const file = pathToFileURL(path.join(siteFolder, "psync-lab-offline.html")).href;
  const alone = await lab.browser.newPage();
  await alone.goto(`${file}?lang=en&play=0&lesson=mine.json`);
  await alone.getByRole("alert").filter({ hasText: "The page as one file opens no lesson files" }).waitFor();
  await alone.close();
});

test("hostile messages are refused by name and change nothing", async () => {
  const { page, complaints } = await notes("hostile", recorder(frame("?lang=en")));
  await message(page, `(m) => m.type === "ready"`);
  const before = await ask(page, { type: "getState" });
  const deep = "[".repeat(5000) + "]".repeat(5000);
  const refused = [
    [{ type: "explode" }, "type"],
    [{ type: "constructor" }, "type"],
    [{ type: "__proto__" }, "type"],
    [{ type: 7 }, "type"],
    [{ type: { toString: "play" } }, "type"],
    [{ v: 2, type: "play" }, "version"],
    [{ v: "1", type: "play" }, "version"],
    [{ type: "seek" }, "value"],
    [{ type: "seek", at: "5" }, "value"],
    [{ type: "seek", at: NaN }, "value"],
    [{ type: "seek", at: Infinity }, "value"],
    [{ type: "seek", at: -1 }, "value"],
    [{ type: "seek", at: 1e300 }, "value"],
    [{ type: "step", count: 1e9 }, "value"],
    [{ type: "step", count: "1" }, "value"],
    [{ type: "load", lesson: "<script>alert(1)</script>" }, "value"],
    [{ type: "load", lesson: "../../etc/passwd" }, "value"],
    [{ type: "load", lesson: ["ring"] }, "value"],
    [{ type: "load", lesson: "no-such-lesson" }, "lesson"],
    [{ type: "setState", state: "" }, "value"],
    [{ type: "setState", state: deep }, "value"],
    [{ type: "setState", state: "s=AAAA" }, "state"],
    [{ type: "setState", state: `s=${"A".repeat(69_000)}` }, "state"],
    [{ type: "setState", state: "s=".padEnd(200_000, "A") }, "value"],
    [{ type: "setState", state: before.state.slice(0, -3) }, "state"],
    [{ type: "setState", state: { s: before.state } }, "value"],
    [{ type: "setTheme", theme: "javascript:alert(1)" }, "value"],
    [{ type: "setLang", lang: "tlh" }, "value"],
  ];
  for (const [values, code] of refused) {
    const answer = await ask(page, values);
    assert.equal(answer.type, "error", JSON.stringify(values).slice(0, 80));
    assert.equal(answer.code, code, JSON.stringify(values).slice(0, 80));
    assert.ok(answer.message.length > 5 && answer.message.length < 300);
  }
  // No envelope at all: not answered.
  await page.evaluate(() => {
    const frame = document.querySelector("iframe").contentWindow;
    for (const junk of [null, 1, "play", [], {}, { target: "other" }, { context: "h5p", action: 5 }]) frame.postMessage(junk, "*");
  });
  const now = await ask(page, { type: "getState" });
  assert.deepEqual([now.state, now.at, now.playing], [before.state, before.at, before.playing]);
  assert.deepEqual(complaints, []);
});

test("only the parent is heard", async () => {
  const other = `<iframe id="other" srcdoc="<script>
    addEventListener('message', () => parent.frames[0].postMessage({ target: 'psync-lab', v: 1, type: 'play', id: 'theirs' }, '*'));
    </script>"></iframe>`;
  const { page } = await notes("siblings", recorder(frame("?lang=en") + other));
  await message(page, `(m) => m.type === "ready"`);
  await page.waitForTimeout(200);
  await page.evaluate(() => window.frames[1].postMessage("go", "*"));
  await page.waitForTimeout(300);
  assert.equal((await ask(page, { type: "getState" })).playing, false);
  assert.ok(!(await page.evaluate(() => got.some((m) => m.re === "theirs"))));
});

test("heights are told in the dialects of other hosts, and never grow because the host grew", async () => {
  const grow = `<script>addEventListener("message", ({ data }) => {
    // The worst of hosts: gives the frame more than it asks for, each time.
    if (data.type === "resize") document.getElementById("f").height = data.height + 50;
    if (data.context === "h5p") { h5p.push(data); if (data.action === "hello") f.contentWindow.postMessage({ context: "h5p", action: "hello" }, "*");
      if (data.action === "prepareResize") f.contentWindow.postMessage({ context: "h5p", action: "resizePrepared" }, "*"); }
  }); window.h5p = [];</script>`;
  const { page } = await notes("heights", recorder(grow + frame("?lang=en&childId=pym-7")));
  const first = await message(page, `(m) => m.type === "resize"`);
  await page.waitForTimeout(1500);
  const got = await page.evaluate(() => got);
  const told = got.filter((m) => m.type === "resize").map((m) => m.height);
  assert.ok(first.height > 400 && first.height < 800, `${first.height}`);
  assert.ok(told.length <= 2 && Math.abs(told.at(-1) - first.height) < 40, `told ${told}`);
  const height = told.at(-1);
  assert.ok(got.some((m) => m.subject === "lti.frameResize" && m.height === height), "Canvas");
  const texts = got.filter((m) => typeof m === "string");
  assert.ok(texts.includes(JSON.stringify({ subject: "lti.frameResize", height })), "Canvas, as text");
  assert.ok(texts.some((m) => m.startsWith("{") && JSON.parse(m).context === "iframe.resize" && JSON.parse(m).height === height), "Embedly");
  assert.ok(texts.includes(`pymxPYMxpym-7xPYMxheightxPYMx${height}`), "pym");
  const h5p = await page.evaluate(() => window.h5p);
  assert.deepEqual(["hello", "prepareResize", "resize"].filter((action) => !h5p.some((m) => m.action === action)), []);
  assert.equal(h5p.findLast((m) => m.action === "resize").scrollHeight, height);
  // Narrower: another height, told once more, and steady again.
  await page.evaluate(() => ((got.length = 0), (document.getElementById("f").width = 340)));
  await page.waitForTimeout(1200);
  const narrow = (await page.evaluate(() => got)).filter((m) => m.type === "resize");
  assert.ok(narrow.length >= 1 && narrow.length <= 3, `told ${narrow.map((m) => m.height)}`);
});

for (const sandbox of ["allow-scripts", "allow-scripts allow-same-origin"]) {
  test(`it runs with sandbox="${sandbox}" only`, async () => {
    const { page, complaints } = await notes("sandbox", recorder(frame("?lang=en", `sandbox="${sandbox}"`)));
    await message(page, `(m) => m.type === "ready"`);
    assert.equal((await ask(page, { type: "seek", at: 2 })).at, 2);
    assert.deepEqual(complaints, []);
  });
}

test("the offline file opens from disk, alone, and asks for nothing", async () => {
  const context = await lab.browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN" });
  const page = await context.newPage();
  const complaints = collectComplaints(page, "file:///");
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const file = pathToFileURL(path.join(siteFolder, "psync-lab-offline.html")).href;
  await page.goto(`${file}?speed=5`);
  await started(page);
  await page.getByRole("button", { name: /^从库 B .*在线/ }).waitFor({ timeout: 20_000 });
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests.filter((url) => !url.startsWith("blob:") && !url.startsWith("data:")), [`${file}?speed=5`]);
  await context.close();
});

test("an offline file that was cut short or changed on its way says so", async () => {
  const html = await readFile(path.join(siteFolder, "psync-lab-offline.html"), "utf8");
  const data = html.indexOf("id=\"data\">") + 10;
  const another = html[data + 9000] === "a" ? "b" : "a";
  const changed = html.slice(0, data + 9000) + another + html.slice(data + 9001);
  const folder = await mkdtemp(path.join(os.tmpdir(), "psync-lab-"));
  const { browser } = lab;
  for (const [name, text] of [["cut.html", html.slice(0, html.length >> 1)], ["changed.html", changed]]) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    const page = await browser.newPage({ locale: "en" });
    await page.goto(pathToFileURL(file).href);
    await page.getByText("This file is incomplete or damaged.").waitFor();
    assert.equal(await page.locator("#boot-loading").isVisible(), false);
    await page.close();
  }
  await rm(folder, { recursive: true });
});

test("the offline file works in srcdoc, as a notebook's cell holds it", async () => {
  const html = await readFile(path.join(siteFolder, "psync-lab-offline.html"), "utf8");
  const escaped = html.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const cell = `<iframe id="f" srcdoc="${escaped}" width="100%" height="560" sandbox="allow-scripts"></iframe>`;
  const { page } = await notes("srcdoc", recorder(cell));
  await message(page, `(m) => m.type === "ready"`);
  assert.equal((await ask(page, { type: "seek", at: 3 })).at, 3);
});

test("a permalink opens exactly; a broken one is named and changes nothing", async () => {
  const { page } = await notes("links", recorder(frame("?lang=en")));
  await message(page, `(m) => m.type === "ready"`);
  await page.frames()[1].getByRole("button", { name: "cut", exact: true }).click();
  await ask(page, { type: "step", count: 5 });
  const { state, at } = await ask(page, { type: "getState" });
  for (const name of ["", "embed.html"]) {
    const { page: other, complaints } = await lab.visit(`${name}?lang=en#${state}`);
    assert.match(await other.locator(".foot .t").innerText(), new RegExp(`${at.toFixed(3)} s`));
    await other.getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
    assert.deepEqual(complaints, []);
  }
  for (const [bad, words] of [
    [state.slice(0, -2), /damaged/],
    ["s=%3Cscript%3Ealert(1)%3C/script%3E", /damaged/],
    [`s=${"A".repeat(66_000)}`, /too long/],
    ["s=", /damaged/],
  ]) {
    const { page: other, complaints } = await lab.visit(`?lang=en&play=0#${bad}`);
    assert.match(await other.getByRole("status", { name: "Notice" }).innerText(), words);
    assert.match(await other.locator(".foot .t").innerText(), /0\.000 s/);
    assert.deepEqual(complaints, []);
  }
});

test("hostile parameters are named and ignored", async () => {
  const bad = [
    "lesson=../../etc/passwd", "lang=%3Cscript%3E", "theme=javascript:alert(1)", "controls=all", "show=now,%3Cb%3E",
    "play=true", "speed=1e9", "at=-1", "at=99999999999999999999", "step=1e3", "seed=-5", "keys=maybe", "motion=fast",
    "bg=url(//x.y)", "__proto__=1", "constructor=1", `x=${"y".repeat(4000)}`, "%00=%ff", "=", "a%3Cimg%20src=x%20onerror=alert(1)%3E=1",
  ];
  for (const one of bad) {
    const { page, complaints } = await lab.visit(`embed.html?${one}`, { locale: "en" });
    const notice = await page.getByRole("status", { name: "Notice" }).innerText();
    assert.match(notice, /ignored|no lesson/, one.slice(0, 60));
    assert.equal(await page.locator(".offsets tbody tr").count(), 3, "the scene is there");
    assert.deepEqual(complaints, [], one.slice(0, 60));
    await page.context().close();
  }
});

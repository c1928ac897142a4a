// The element that puts the lab into pages of others: what stands in it, what its attributes do, and when.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { message, openBoth, openNotes, recorder } from "./lib/host.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { lab, host } = await openBoth();

const notes = (...what) => openNotes(lab, host, ...what);

const element = (body, more = "") =>
  recorder(`<script src="${lab.address}psync-lab.js"></script>${more}${body}`);

test("the element keeps what stands in it until it is ready, follows the theme, survives moves", async () => {
  const body = `<div id="a"><psync-lab lang="en" controls="mini"><p id="fallback">A picture</p></psync-lab></div><div id="b"></div>`;
  const { page, complaints } = await notes("element", element(body));
  await message(page, `(m) => m.type === "ready"`);
  await page.waitForFunction(() => document.querySelector("psync-lab").offsetHeight > 400);
  assert.equal(await page.locator("#fallback").isVisible(), false);
  const inside = () => page.frames().at(-1);
  // mdBook, Docusaurus, MkDocs Material.
  for (const [change, theme] of [
    ["document.documentElement.className = 'navy'", "dark"],
    ["document.documentElement.className = 'light'", "light"],
    ["(document.documentElement.className = '', document.documentElement.dataset.theme = 'dark')", "dark"],
    ["(delete document.documentElement.dataset.theme, document.body.dataset.mdColorScheme = 'slate')", "dark"],
    ["document.body.dataset.mdColorScheme = 'default'", "light"],
  ]) {
    await page.evaluate(change);
    await inside().waitForFunction((theme) => document.documentElement.dataset.theme === theme, theme);
  }
  // A cut, then to another place of the page: the session is there again.
  const before = await page.evaluate(() => document.querySelector("psync-lab").getState());
  await inside().getByRole("button", { name: "cut", exact: true }).click();
  await page.waitForFunction((before) => document.querySelector("psync-lab").session !== before, before);
  await page.evaluate(() => document.getElementById("b").append(document.querySelector("psync-lab")));
  await page.waitForTimeout(300);
  await page.waitForFunction(() => got.filter((m) => m.type === "ready").length === 2);
  await inside().getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
  const state = await page.evaluate(() => document.querySelector("psync-lab").getState());
  assert.match(state, /^s=/);
  // Away and back, as single-page applications do it.
  await page.evaluate(() => {
    const lab = document.querySelector("psync-lab");
    lab.remove();
    document.body.append(lab);
  });
  await page.waitForFunction(() => got.filter((m) => m.type === "ready").length === 3);
  assert.deepEqual(complaints, []);
});

test("without JavaScript the element shows what stands in it", async () => {
  const body = `<psync-lab><p id="fallback">A picture</p></psync-lab>`;
  const { page } = await notes("noscript", element(body), { javaScriptEnabled: false });
  assert.equal(await page.locator("#fallback").isVisible(), true);
});

test("twenty embeds on a page: those out of sight load nothing, those that left sight cost nothing", async () => {
  const twenty = Array.from({ length: 20 }, () => `<psync-lab lang="en" play="1" style="margin-bottom: 700px"></psync-lab>`).join("");
  const { page } = await notes("twenty", element(twenty));
  const requests = [];
  page.on("response", async (response) => requests.push(new URL(response.url()).pathname));
  await message(page, `(m) => m.type === "ready"`);
  assert.ok(page.frames().length <= 3, `${page.frames().length - 1} frames at the start`);
  const first = page.frames()[1];
  await page.evaluate(() => scrollTo(0, 6000));
  await page.waitForTimeout(700);
  const asked = await first.evaluate(async () => {
    let count = 0;
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (call) => ((count += 1), ask(call));
    await new Promise((done) => setTimeout(done, 600));
    return count;
  });
  assert.equal(asked, 0, "a frame out of sight asks for no animation frames");
});

/** A page with an element whose frame waits for its code until `go` is called. */
async function waiting(name, html) {
  const { page, complaints } = await notes(name, element(""));
  let go;
  const gone = new Promise((done) => (go = done));
  await page.route(/psync_lab_bg.*\.wasm$/, async (route) => (await gone, route.continue()));
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), html);
  await page.locator("psync-lab iframe").waitFor({ state: "attached" });
  return { page, complaints, go };
}

const lastState = (page) => page.evaluate(() => got.findLast((m) => m.type === "state"));

test("what is set and asked for while the frame loads comes to pass when it is ready", async () => {
  const { page, complaints, go } = await waiting("early", `<psync-lab lang="en" controls="mini"><p>A picture</p></psync-lab>`);
  await page.evaluate(() => {
    const lab = document.querySelector("psync-lab");
    lab.lang = "zh";
    document.documentElement.className = "navy";
    lab.seek(12);
    window.asked = lab.getState();
  });
  go();
  await message(page, `(m) => m.type === "ready"`);
  assert.match(await page.evaluate(() => window.asked), /^s=/);
  assert.equal((await lastState(page)).at, 12);
  const inside = page.frames()[1];
  await inside.waitForFunction(() => document.documentElement.dataset.theme === "dark" && document.documentElement.lang === "zh-CN");
  assert.deepEqual(complaints, []);
});

test("a lesson that is chosen while the frame loads, and a property from before the script", async () => {
  const { page, go } = await waiting("lesson", `<psync-lab lang="en"></psync-lab>`);
  await page.evaluate(() => document.querySelector("psync-lab").setAttribute("lesson", "cut"));
  go();
  await page.frameLocator("psync-lab iframe").locator("section.lesson .kicker").waitFor();
  // The script is slower than the page's own code.
  const script = element("").match(/<script src[^]*?<\/script>/)[0];
  const late = await notes("late", recorder(`<psync-lab></psync-lab><script>document.querySelector("psync-lab").theme = "dark"</script>${script}`));
  await message(late.page, `(m) => m.type === "ready"`);
  assert.equal(await late.page.frames()[1].locator("html").getAttribute("data-theme"), "dark");
});

test("while the frame loads, nothing sticks out of the page", async () => {
  const body = `<div style="margin-left: 300px"><psync-lab lang="en"><p>A picture</p></psync-lab></div>`;
  const { page, go } = await waiting("narrow", body);
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await wide(), 0);
  go();
  await message(page, `(m) => m.type === "ready"`);
  assert.equal(await wide(), 0);
});

test("attributes that change later have their effect, and the session stays", async () => {
  const { page, complaints } = await notes("later", element(`<psync-lab lang="en"><p>A picture</p></psync-lab>`));
  await message(page, `(m) => m.type === "ready"`);
  const inside = page.frameLocator("psync-lab iframe");
  const set = (name, value) => page.evaluate(([name, value]) => {
    const lab = document.querySelector("psync-lab");
    if (value === null) lab.removeAttribute(name);
    else lab.setAttribute(name, value);
  }, [name, value]);
  await inside.getByRole("button", { name: "cut", exact: true }).click();
  await set("at", "9");
  await message(page, `(m) => m.type === "state" && m.at === 9`);
  await set("show", "now,log");
  await inside.locator(`.lab[data-show="now log"]`).waitFor();
  await set("controls", "none");
  await inside.locator(`.lab[data-controls="none"]`).waitFor();
  await set("bg", "transparent");
  await inside.locator(`html[data-bg="transparent"]`).waitFor({ state: "attached" });
  await set("controls", "full");
  await inside.getByRole("button", { name: "Share" }).waitFor();
  // The place of the speed among the slider's.
  await set("speed", "10");
  await page.waitForFunction(() => got.filter((m) => m.type === "ready").length === 6);
  assert.equal(await inside.locator(".foot .speed input").inputValue(), "9");
  assert.match(await inside.locator(".foot .t").innerText(), /9\.000 s/);
  await inside.getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
  await set("play", "1");
  await message(page, `(m) => m.type === "state" && m.playing`);
  await set("play", "0");
  await page.waitForFunction(() => !got.findLast((m) => m.type === "state").playing);
  // Nothing is sent for what is not there any more.
  for (const name of ["lang", "at", "play"]) await set(name, null);
  const state = await page.evaluate(() => document.querySelector("psync-lab").getState());
  assert.match(state, /^s=/);
  assert.ok(!(await page.evaluate(() => got.some((m) => m.type === "error"))));
  // Another seed is another session.
  await set("seed", "7");
  await inside.getByRole("button", { name: /^cut link/, pressed: true }).waitFor({ state: "detached" });
  // The whole page holds the list of keys, whose button has `autofocus`: a frame of another site may not take it.
  assert.deepEqual(complaints.filter((line) => !line.includes("autofocusing")), []);
});

test("a lesson of one's own is opened as a later change, too, and left again", async () => {
  const docs = await readFile(path.join(here, "../../docs/LESSONS.md"), "utf8");
  const own = docs.split("```json lesson\n")[1].split("```")[0];
  const { page, complaints } = await notes("own", element(`<psync-lab lang="en" lesson="cut"></psync-lab>`));
  await page.route("**/own.json", (route) =>
    route.fulfill({ contentType: "application/json", headers: { "access-control-allow-origin": "*" }, body: own }));
  const inside = page.frameLocator("psync-lab iframe");
  await inside.locator("section.lesson .kicker").waitFor();
  await page.evaluate(() => document.querySelector("psync-lab").setAttribute("lesson", "own.json"));
  await inside.locator("section.lesson .kicker", { hasText: "A teacher's lesson" }).waitFor();
  await page.evaluate(() => document.querySelector("psync-lab").removeAttribute("lesson"));
  await inside.locator(".offsets").waitFor();
  await inside.locator("section.lesson").waitFor({ state: "detached" });
  assert.ok(!(await page.evaluate(() => got.some((m) => m.type === "error"))));
  assert.deepEqual(complaints, []);
});

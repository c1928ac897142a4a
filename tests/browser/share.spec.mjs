// The dialog that shares: what it offers is what the page shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { bothOnline, openLab, started } from "./lib/lab.mjs";
import { siteFolder } from "./lib/site.mjs";

let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

/** Opens the dialog at a moment with a cut. */
async function shared(query = "?lang=en&speed=5", options = {}) {
  const visit = await lab.visit(query, { acceptDownloads: true, ...options });
  const { page } = visit;
  await page.getByRole("button", { name: /^replica B .*online/ }).waitFor({ timeout: 20_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "cut link 172.16.19.3–172.16.19.7" }).click();
  const at = (await page.locator(".foot .t").innerText()).match(/[\d.]+(?= s)/)[0];
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this moment" });
  await dialog.waitFor({ timeout: 20_000 });
  return { ...visit, dialog, at };
}

async function saved(page, dialog, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name, exact: true }).click()]);
  return readFile(await download.path());
}

test("the link opens the same moment, and the dialog is usable by keyboard", async () => {
  const { page, dialog, at, complaints } = await shared();
  const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  assert.ok(link.startsWith(lab.address) && link.includes("#s="), link);
  const { page: other } = await lab.visit(link.slice(lab.address.length));
  assert.ok((await other.locator(".foot .t").innerText()).includes(at));
  await other.getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
  assert.ok((await dialog.locator(".qr path").getAttribute("d")).length > 1000, "a QR code");
  const size = await dialog.evaluate((box) => [box.scrollWidth, box.clientWidth]);
  assert.ok(size[0] <= size[1], `${size}`);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

for (const [what, flips, options] of [
  ["a short link", 0, {}],
  ["a link of over 1000 characters", 420, {}],
  ["such a link on a phone", 420, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 }],
]) {
  test(`the QR code of ${what} can be scanned`, async () => {
    const { page, context } = await lab.visit("?lang=en&speed=5", options);
    await bothOnline(page);
    await page.locator(".foot .play").click();
    await page.locator("[data-link]").first().evaluate((face, flips) => {
      for (let n = 0; n < flips; n += 1) face.click();
    }, flips);
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog", { name: "Share this moment" });
    await dialog.waitFor({ timeout: 20_000 });
    const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
    assert.equal(link.length > 1000, flips > 0, `${link.length} characters`);
    const code = await dialog.locator(".qr svg").evaluate((svg) => {
      const { width, height } = svg.getBoundingClientRect();
      const { x, width: modules } = svg.viewBox.baseVal;
      const room = svg.closest("dialog").getBoundingClientRect();
      return { x, modules, width, height, inside: svg.getBoundingClientRect().right <= room.right, module: (width / modules) * devicePixelRatio };
    });
    assert.equal(code.x, -4, "a quiet zone of four modules");
    assert.equal(code.width, code.height);
    assert.ok(code.inside, "it is all in the dialog");
    assert.ok(Math.abs(code.module - Math.round(code.module)) < 0.01, `a module is ${code.module} pixels`);
    assert.ok(code.module >= 3, `a module is ${code.module} pixels`);
    await context.close();
  });
}

test("each place in notes has its snippet", async () => {
  const { dialog } = await shared();
  const places = dialog.getByRole("combobox", { name: "Written for" });
  const code = dialog.getByRole("textbox", { name: "Embed in notes" });
  const texts = {};
  for (const name of await places.locator("option").evaluateAll((all) => all.map((one) => one.value))) {
    await places.selectOption(name);
    texts[name] = await code.inputValue();
  }
  assert.match(texts.iframe, /^<iframe src="http.*embed\.html\?lang=en#s=.* title=".*loading="lazy"/);
  assert.match(texts.element, /<script src=".*psync-lab\.js"[^]*<psync-lab lang="en" state="s=/);
  assert.match(texts.docusaurus, /style={{border: 0/);
  assert.match(texts.hugo, /\{\{< psync-lab "s=/);
  assert.match(texts.reveal, /data-src=.*keys=off/);
  assert.match(texts.jupyter, /IFrame\("http/);
  assert.match(texts.gitbook, /^\{% embed url="/);
  for (const name of ["mdbook", "mkdocs", "notion", "markdown"]) assert.match(texts[name], /s=/, name);
});

test("pictures, a film and logs are files with the moment in them", async () => {
  const { page, dialog, at, complaints } = await shared();
  const svg = (await saved(page, dialog, "Picture, SVG")).toString();
  assert.ok(svg.startsWith("<svg") && svg.includes(`${at} s`) && svg.includes("#s="), svg.slice(0, 200));
  const png = await saved(page, dialog, "Picture, PNG");
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  assert.ok(png.readUInt32BE(16) >= 1500 && png.length > 20_000, `${png.readUInt32BE(16)} px, ${png.length} bytes`);
  const parsed = await page.evaluate((svg) => {
    const made = new DOMParser().parseFromString(svg, "image/svg+xml");
    return made.querySelector("parsererror")?.textContent ?? made.documentElement.tagName;
  }, svg);
  assert.equal(parsed, "svg");
  assert.match((await saved(page, dialog, "History, SVG")).toString(), /h-rdb[^]*h-line h-master/);
  assert.match((await saved(page, dialog, "Mermaid sequence diagram")).toString(), /^sequenceDiagram\n/);
  assert.match((await saved(page, dialog, "ShiViz log")).toString(), /^M \{"M":1\}\n/m);
  assert.match((await saved(page, dialog, "Event log, Markdown")).toString(), /\+FULLRESYNC/);
  assert.deepEqual(complaints, []);
});

test("a run becomes a film", async () => {
  const { page, dialog } = await shared("?lang=en&speed=20");
  await page.evaluate(() => {
    // Half speed would take long: the film's clock runs faster here.
    const start = performance.now.bind(performance), zero = start();
    performance.now = () => zero + (start() - zero) * 8;
  });
  const film = await saved(page, dialog, "Film, WebM");
  assert.equal(film.subarray(0, 4).toString("hex"), "1a45dfa3", "EBML, the start of a WebM file");
  assert.ok(film.length > 5000, `${film.length} bytes`);
});

test("the page as one file shares too, without asking for anything", async () => {
  const context = await lab.browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "en", acceptDownloads: true });
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`${pathToFileURL(path.join(siteFolder, "psync-lab-offline.html")).href}?lang=en&play=0`);
  await started(page);
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this moment" });
  await dialog.waitFor();
  const svg = await saved(page, dialog, "Picture, SVG");
  assert.ok(svg.toString().startsWith("<svg"));
  assert.ok(requests.every((url) => /^(file|blob|data):/.test(url)), requests.join(" "));
  await context.close();
});

for (const [width, height] of [[1366, 768], [390, 844]]) {
  test(`the dialog fits a screen of ${width} × ${height}`, async () => {
    const { page, dialog } = await shared("?lang=en&speed=5", { viewport: { width, height } });
    const box = await dialog.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= width && box.height <= height, JSON.stringify(box));
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
  });
}

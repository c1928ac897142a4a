// The dialog that shares: what it offers is what the page shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { bothOnline, openLab, started } from "./lib/lab.mjs";
import { openNotes, recorder, serveHost } from "./lib/host.mjs";
import { serveSite, siteFolder } from "./lib/site.mjs";

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
  const texts = await snippets(dialog);
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

/** The texts of the dialog by the places that they are written for. */
async function snippets(dialog) {
  const places = dialog.getByRole("combobox", { name: "Written for" });
  const texts = {};
  for (const name of await places.locator("option").evaluateAll((all) => all.map((one) => one.value))) {
    await places.selectOption(name);
    texts[name] = await dialog.getByRole("textbox", { name: "Embed in notes" }).inputValue();
  }
  return texts;
}

/** Opens the dialog in a page or a frame with a cut. */
async function cutAndShared(page) {
  await page.getByRole("button", { name: /^cut link|^cut$/ }).first().click();
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this moment" });
  await dialog.waitFor({ timeout: 20_000 });
  return dialog;
}

const linkOf = (dialog) => dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
/** Needs what does not lie beside the page as one file. */
const OF_SITE = /embed\.html|psync-lab\.js/;

test("the page as one file on a site shares its own address, and its snippets work", async () => {
  const site = await serveSite(siteFolder, { "content-security-policy": "" });
  const file = `${site.address}psync-lab-offline.html`;
  const page = await lab.browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "en" });
  page.setDefaultTimeout(20_000);
  await page.goto(`${file}?lang=en&play=0&at=5#x`);
  await started(page);
  const dialog = await cutAndShared(page);
  const link = await linkOf(dialog);
  assert.ok(link.startsWith(`${file}?lang=en#s=`), link);
  const texts = await snippets(dialog);
  assert.ok(Object.keys(texts).length >= 6);
  for (const [name, text] of Object.entries(texts)) {
    assert.ok(text.includes(`${file}?lang=en`) && !OF_SITE.test(text), `${name}: ${text.slice(0, 200)}`);
  }
  const host = await serveHost();
  for (const body of [texts.iframe, `<a id="link" href="${link}">The lab</a>`]) {
    const other = (await openNotes(lab, host, "one-file", recorder(body))).page;
    if (body !== texts.iframe) await other.locator("#link").click();
    const place = body === texts.iframe ? other.frameLocator("iframe") : other;
    await place.getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
  }
  await page.close();
  await host.close();
  await site.close();
});

test("where the page as one file has no address for others, it says what to replace", async () => {
  const disk = pathToFileURL(path.join(siteFolder, "psync-lab-offline.html")).href;
  const page = await lab.browser.newPage({ viewport: { width: 1366, height: 768 }, locale: "en" });
  page.setDefaultTimeout(20_000);
  await page.goto(`${disk}?lang=en&play=0&at=5`);
  await started(page);
  const dialog = await cutAndShared(page);
  // On this computer the file opens again.
  assert.ok((await linkOf(dialog)).startsWith(`${disk}?lang=en#s=`));
  const told = async (dialog) => {
    await dialog.getByText("in place of https://HOST/").waitFor();
    for (const [name, text] of Object.entries(await snippets(dialog))) {
      assert.ok(text.includes("https://HOST/psync-lab-offline.html?lang=en") && !OF_SITE.test(text), `${name}: ${text.slice(0, 200)}`);
    }
    assert.equal(await dialog.locator(".qr").count(), 0, "nobody could open it");
  };
  await told(dialog);
  await page.close();

  const html = await readFile(path.join(siteFolder, "psync-lab-offline.html"), "utf8");
  const host = await serveHost();
  for (const [name, address] of [
    ["srcdoc", `srcdoc="${html.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`],
    ["data", `src="data:text/html;base64,${Buffer.from(html).toString("base64")}"`],
  ]) {
    const body = `<iframe ${address} width="720" height="700" sandbox="allow-scripts"></iframe>`;
    const { page: notes, complaints } = await openNotes(lab, host, name, recorder(body), { locale: "en" });
    const inside = notes.frameLocator("iframe");
    const dialog = await cutAndShared(inside);
    assert.ok((await linkOf(dialog)).startsWith("https://HOST/psync-lab-offline.html?lang=en#s="), name);
    await told(dialog);
    // The sandbox lets nothing be saved, which no script can know: so that much is said.
    await dialog.getByRole("button", { name: "Picture, SVG", exact: true }).click();
    await dialog.getByText("If no file came").waitFor();
    assert.deepEqual(complaints.filter((line) => !/[Dd]ownload/.test(line)), []);
    await notes.context().close();
  }
  await host.close();
});

for (const place of ["", "embed.html"]) {
  test(`a dialog that does not come is said in words, and a reload of ${place || "index.html"} keeps the moment`, async () => {
    const { page } = await lab.visit(`${place}?lang=en&play=0&at=5`);
    // As after a new build: this page's part is not there any more.
    await page.route(/\/www\/share-\w+\.js$/, (route) => route.fulfill({ status: 404 }));
    await page.getByRole("button", { name: /^cut link|^cut$/ }).first().click();
    await page.getByRole("button", { name: "Share" }).click();
    const told = page.getByRole("alertdialog");
    assert.match(await told.innerText(), /网站已有新版本[^]*the site has a newer version/);
    await told.getByRole("button", { name: "Close" }).click();
    await told.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Share" }).click();
    await Promise.all([page.waitForEvent("load"), told.getByRole("link", { name: "Reload" }).click()]);
    await started(page);
    assert.match(page.url(), /#s=/);
    await page.getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
    await page.context().close();
  });
}

for (const [width, height] of [[1366, 768], [390, 844]]) {
  test(`the dialog fits a screen of ${width} × ${height}`, async () => {
    const { page, dialog } = await shared("?lang=en&speed=5", { viewport: { width, height } });
    const box = await dialog.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= width && box.height <= height, JSON.stringify(box));
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
  });
}

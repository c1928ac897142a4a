// The examples for course notes, as they stand in www/examples/, opened in a browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { collectComplaints, openLab } from "./lib/lab.mjs";
import { openNotes, serveHost } from "./lib/host.mjs";
import { serveSite, siteFolder } from "./lib/site.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

async function example(name, prepare = () => {}) {
  const context = await lab.browser.newContext({ viewport: { width: 1100, height: 900 }, locale: "en" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = collectComplaints(page, lab.address);
  await prepare(page);
  await page.goto(`${lab.address}www/examples/${name}`);
  return { page, complaints };
}

/** Waits until the frame number `n` shows its three servers. */
async function shows(page, n = 1) {
  await page.waitForFunction((n) => document.querySelectorAll("iframe").length + document.querySelectorAll("psync-lab").length >= n, n);
  for (let tries = 0; tries < 150; tries += 1) {
    const frame = page.frames()[n];
    const rows = await frame?.locator(".stage .node").count().catch(() => 0);
    if (rows === 3) return frame;
    await page.waitForTimeout(100);
  }
  throw new Error(`frame ${n} does not show the lab: ${page.frames().map((frame) => frame.url().slice(0, 90)).join(" ")}`);
}

test("plain HTML: the element and a frame", async () => {
  const { page, complaints } = await example("plain.html");
  await shows(page, 1);
  await page.evaluate(() => scrollTo(0, 9999));
  await shows(page, 2);
  assert.deepEqual(complaints, []);
});

test("mdBook: it builds the book, and the element follows the book's theme", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "mdbook-"));
  // `cargo xtask setup browser` installs it.
  const mdbook = process.env.MDBOOK ?? path.join(here, "../../target/tools/bin/mdbook");
  execFileSync(mdbook, ["build", path.join(siteFolder, "www/examples/mdbook"), "--dest-dir", folder]);
  const { page, complaints } = await example("mdbook/book/replication.html", (page) =>
    page.route(/\/mdbook\/book\//, (route) => {
      const file = path.join(folder, new URL(route.request().url()).pathname.replace(/.*\/book\//, ""));
      return existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 });
    }),
  );
  await page.locator("psync-lab").scrollIntoViewIfNeeded();
  const frame = await shows(page);
  assert.equal(await frame.locator("html").getAttribute("data-theme"), "dark", "navy is dark");
  // As a reader chooses another theme.
  await page.locator("#mdbook-theme-toggle").click();
  await page.locator("#mdbook-theme-rust").click();
  await frame.waitForFunction(() => document.documentElement.dataset.theme === "light");
  assert.deepEqual(complaints, []);
  await rm(folder, { recursive: true });
});

test("mdBook: what the dialog that shares writes for it works in a book", async () => {
  const { page: shared } = await lab.visit("?lang=en&play=0&at=5");
  await shared.getByRole("button", { name: /^cut link/ }).first().click();
  await shared.getByRole("button", { name: "Share" }).click();
  const dialog = shared.getByRole("dialog", { name: "Share this moment" });
  await dialog.getByRole("combobox", { name: "Written for" }).selectOption("mdbook");
  const text = await dialog.getByRole("textbox", { name: "Embed in notes" }).inputValue();
  const book = await mkdtemp(path.join(os.tmpdir(), "mdbook-"));
  await mkdir(path.join(book, "src"));
  await writeFile(path.join(book, "book.toml"), "[book]\ntitle = \"Notes\"\n");
  await writeFile(path.join(book, "src/SUMMARY.md"), "- [Replication](replication.md)\n");
  await writeFile(path.join(book, "src/replication.md"), `# Replication\n\n${text}\n\nThe end.\n`);
  const mdbook = process.env.MDBOOK ?? path.join(here, "../../target/tools/bin/mdbook");
  execFileSync(mdbook, ["build", book]);
  // On another site than the lab.
  const host = await serveHost();
  const { page } = await openNotes(lab, host, "book/replication.html", await readFile(path.join(book, "book/replication.html"), "utf8"));
  await page.locator("psync-lab").scrollIntoViewIfNeeded();
  const frame = page.frameLocator("psync-lab iframe");
  await frame.getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
  await host.close();
  await rm(book, { recursive: true });
});

test("reveal.js: the slide's lab runs, and the arrows stay the slides'", async () => {
  const files = path.join(here, "node_modules");
  const { page, complaints } = await example("reveal/index.html", (page) =>
    page.route(/\/reveal\.js\/dist\//, (route) => {
      const file = path.join(files, new URL(route.request().url()).pathname.replace(/.*\/reveal\//, ""));
      return existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 204 });
    }),
  );
  await page.waitForFunction(() => globalThis.Reveal?.isReady());
  await page.keyboard.press("ArrowRight");
  const frame = await shows(page);
  const time = () => frame.locator(".foot .t").innerText();
  const before = await time();
  await frame.getByRole("button", { name: "Step", exact: true }).first().click();
  // The picture follows in a moment.
  for (let tries = 0; tries < 20 && (await time()) === before; tries += 1) await page.waitForTimeout(100);
  assert.notEqual(await time(), before);
  const stepped = await time();
  await frame.locator("body").press("ArrowRight");
  assert.equal(await time(), stepped, "keys=off");
  await page.evaluate(() => Reveal.next());
  assert.equal(await page.evaluate(() => Reveal.getIndices().h), 2);
  assert.deepEqual(complaints.filter((text) => !text.includes("fonts")), []);
});

test("Jupyter: the notebook is one, and its offline cell works as a notebook shows it", async () => {
  const notebook = JSON.parse(await readFile(path.join(siteFolder, "www/examples/jupyter/replication.ipynb"), "utf8"));
  assert.equal(notebook.nbformat, 4);
  const code = notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) => cell.source.join(""));
  assert.match(code[0], /IFrame\("https:\/\/HOST\/embed\.html/);
  // What Python's html.escape makes of the file, in the cell's frame.
  const page_ = await readFile(path.join(siteFolder, "psync-lab-offline.html"), "utf8");
  const escaped = page_.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#x27;");
  const cell = code[1].match(/f'(<iframe .*<\/iframe>)'/)[1].replace("{html.escape(page)}", () => escaped);
  const host = await serveHost({ "/": `<!doctype html><link rel="icon" href="data:,"><div class="jp-OutputArea">${cell}</div>` });
  const context = await lab.browser.newContext({ viewport: { width: 1100, height: 900 }, locale: "en" });
  const page = await context.newPage();
  await page.goto(host.address);
  await shows(page);
  await context.close();
  await host.close();
});

test("SCORM: the package has its manifest, finds the platform, and reports the score", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "scorm-"));
  // Python is where Node's tests run in any system; the package must be a zip for others, too.
  execFileSync("python3", ["-m", "zipfile", "-e", path.join(siteFolder, "psync-lab-scorm.zip"), folder]);
  const manifest = await readFile(path.join(folder, "imsmanifest.xml"), "utf8");
  for (const [, file] of manifest.matchAll(/href="([^"]+)"/g)) assert.ok(existsSync(path.join(folder, file)), file);
  assert.match(manifest, /<schemaversion>1\.2</);
  const platform = (frame) => `<!doctype html><link rel="icon" href="data:,"><script>
    window.kept = JSON.parse(sessionStorage.kept || "{}"); window.calls = [];
    window.API = {
      LMSInitialize: (x) => (calls.push("LMSInitialize"), "true"), LMSFinish: (x) => (calls.push("LMSFinish"), "true"),
      LMSGetValue: (key) => kept[key] ?? "", LMSCommit: () => ((sessionStorage.kept = JSON.stringify(kept)), "true"),
      LMSSetValue: (key, value) => { if (typeof value !== "string" || value.length > 4096) throw new Error("bad value"); kept[key] = value; return "true"; },
    };</script>${frame}`;
  const site = await serveSite(folder, { "content-security-policy": "" });
  const context = await lab.browser.newContext({ viewport: { width: 1100, height: 900 }, locale: "en" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const below = new URL(site.address).pathname;
  await page.route(/\/lms\.html$/, (route) =>
    route.fulfill({ contentType: "text/html", body: platform(`<iframe src="${below}" width="1000" height="800"></iframe>`) }),
  );
  const lms = new URL("/lms.html", site.address).href;
  const inside = () => page.frames().find((frame) => frame.url().includes("psync-lab-offline"));
  const open = async () => {
    await page.goto(lms);
    await page.waitForFunction(() => window.kept["cmi.core.score.max"] === "100");
    for (let tries = 0; tries < 100 && !inside(); tries += 1) await page.waitForTimeout(100);
    await inside().locator(".stage .node").first().waitFor();
  };
  await open();
  const kept = (key) => page.evaluate((key) => window.kept[key], key);
  assert.equal(await kept("cmi.core.lesson_status"), "incomplete");
  // As the lesson panel tells it.
  const tell = (kind, values) => inside().evaluate(([kind, values]) => psyncLab.tell(kind, values), [kind, values]);
  const scored = (score) => page.waitForFunction((score) => window.kept["cmi.core.score.raw"] === score, score);
  /** Waits until all that was told before has been heard. */
  let steps = 0;
  const heard = async () => {
    await tell("step", ["ring", (steps += 1), 9]);
    await page.waitForFunction((name) => window.kept["cmi.core.lesson_location"] === name, `ring/${steps}`);
  };
  await tell("challenge", ["ring", "lap-it", false, 90, 2]);
  await heard();
  assert.equal(await kept("cmi.core.score.raw"), undefined, "to lose costs nothing");
  await tell("challenge", ["ring", "lap-it", true, 100, 2]);
  await scored("50");
  assert.equal(await kept("cmi.core.lesson_status"), "incomplete", "one of two");
  await tell("challenge", ["ring", "save-it", true, 1e9, 2]);
  await scored("100");
  assert.equal(await kept("cmi.core.lesson_status"), "passed");
  // Nothing takes that back: not a loss, a worse try, or another lesson that is only begun.
  await tell("challenge", ["ring", "save-it", false, 0, 2]);
  await tell("challenge", ["ring", "lap-it", true, 10, 2]);
  await tell("challenge", ["cut", "ten-seconds", true, 10, 3]);
  await heard();
  assert.deepEqual([await kept("cmi.core.score.raw"), await kept("cmi.core.lesson_status")], ["100", "passed"]);
  assert.equal(await kept("cmi.core.exit"), "suspend");
  assert.match(await kept("cmi.core.session_time"), /^00:00:\d\d$/);
  assert.ok(await page.evaluate(() => sessionStorage.kept.includes("session_time")), "committed");
  // A cut, and everything is there after a break.
  await inside().getByRole("button", { name: "cut link 172.16.19.3–172.16.19.5" }).click();
  await page.waitForFunction(() => JSON.parse(window.kept["cmi.suspend_data"]).state.startsWith("s="));
  await page.waitForTimeout(400);
  await open();
  await inside().getByRole("button", { name: /^cut link/, pressed: true }).waitFor();
  await tell("challenge", ["ring", "lap-it", true, 100, 2]);
  await heard();
  assert.deepEqual([await kept("cmi.core.score.raw"), await kept("cmi.core.lesson_status")], ["100", "passed"]);
  await context.close();
  await site.close();
  await rm(folder, { recursive: true });
});

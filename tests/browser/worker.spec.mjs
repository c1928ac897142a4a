// The site without a network: what its service worker keeps, of which build, and of which copy.
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { openLab, started } from "./lib/lab.mjs";
import { serveSite, siteFolder } from "./lib/site.mjs";

let lab;
before(async () => {
  lab = await openLab();
});
// A test that fails leaves its server open, which would keep all from ending.
const sites = [];
const serve = async (...how) => {
  const site = await serveSite(...how);
  sites.push(site);
  return site;
};
after(async () => {
  await lab?.close();
  for (const site of sites) await site.close();
});

test("installed, the site opens without a network", async () => {
  const context = await lab.browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "en" });
  const page = await context.newPage();
  await page.goto(`${lab.address}?play=0`);
  await started(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto(`${lab.address}?play=0&lang=en`);
  await started(page);
  await page.goto(`${lab.address}embed.html?lang=en`);
  await started(page);
  assert.equal(await page.locator(".offsets tbody tr").count(), 3);
  const manifest = JSON.parse(await readFile(path.join(siteFolder, "app.webmanifest"), "utf8"));
  assert.equal(manifest.display, "standalone");
  await context.close();
});

/** Replaces a text in a file that must hold it. */
async function edit(file, from, to) {
  const text = await readFile(file, "utf8");
  assert.ok(text.includes(from), `${file}: ${from}`);
  await writeFile(file, text.replaceAll(from, to));
}

/** Makes the site in a folder another build: its script, and all that names it, is called otherwise. */
async function rebuild(folder, print) {
  const old = (await readdir(path.join(folder, "www"))).find((name) => /^boot-\w+\.js$/.test(name));
  const name = `boot-${print}.js`;
  await rename(path.join(folder, "www", old), path.join(folder, "www", name));
  await edit(path.join(folder, "index.html"), old, name);
  await edit(path.join(folder, "sw.js"), old, name);
  const [version] = (await readFile(path.join(folder, "sw.js"), "utf8")).match(/[0-9a-f]{16}/);
  await edit(path.join(folder, "sw.js"), version, `${version.slice(0, 8)}${print}`);
  return name;
}

/** Waits until the worker of the build with this script is in charge. */
async function inCharge(page, script) {
  for (let tries = 0; tries < 100; tries += 1) {
    const is = await page.evaluate(async (script) => {
      const all = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const kept = (await Promise.all(all.map((cache) => cache.match(`./www/${script}`)))).some(Boolean);
      const { active, installing, waiting } = (await navigator.serviceWorker.getRegistration()) ?? {};
      return kept && active?.state === "activated" && !installing && !waiting;
    }, script);
    if (is) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`the worker of ${script} is not in charge`);
}

/** A browser's visitor, of whom only the cache of the worker is left in the end. */
async function visitor() {
  const context = await lab.browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "en" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const devtools = await context.newCDPSession(page);
  return { context, page, forget: () => devtools.send("Network.clearBrowserCache") };
}

test("after a new build the page starts without a network, whatever the browser had kept of the old one", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "psync-site-"));
  await cp(siteFolder, folder, { recursive: true });
  const first = await rebuild(folder, "11111111");
  const site = await serve(folder, { "cache-control": "max-age=3600" });
  const { context, page, forget } = await visitor();
  await page.goto(`${site.address}?play=0`);
  await started(page);
  await inCharge(page, first);
  const second = await rebuild(folder, "22222222");
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await inCharge(page, second);
  await site.close();
  await forget();
  await page.goto(`${site.address}?play=0`);
  await started(page);
  assert.ok(await page.evaluate((name) => document.querySelector(`script[src$="${name}"]`) !== null, second));
  await context.close();
  await rm(folder, { recursive: true });
});

test("two copies of the site on one origin leave each other's files alone", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "psync-sites-"));
  await writeFile(path.join(folder, "index.html"), "<!doctype html>");
  const scripts = {};
  for (const [name, print] of [["one", "11111111"], ["two", "22222222"]]) {
    await mkdir(path.join(folder, name));
    await cp(siteFolder, path.join(folder, name), { recursive: true });
    scripts[name] = await rebuild(path.join(folder, name), print);
  }
  const site = await serve(folder);
  const { context, page, forget } = await visitor();
  for (const name of ["one", "two"]) {
    await page.goto(`${site.address}${name}/?play=0`);
    await started(page);
    await inCharge(page, scripts[name]);
  }
  // The next build of one of them removes its own old files only.
  const next = await rebuild(path.join(folder, "two"), "33333333");
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  await inCharge(page, next);
  // The old files go after the new worker has come.
  await page.waitForFunction(async () => (await caches.keys()).length <= 2);
  assert.equal(await page.evaluate(async () => (await caches.keys()).length), 2);
  await site.close();
  await forget();
  for (const name of ["one", "two"]) {
    await page.goto(`${site.address}${name}/?play=0`);
    await started(page);
  }
  await context.close();
  await rm(folder, { recursive: true });
});

// The page loads: from a folder of a site, under a strict content security policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab } from "./lib/lab.mjs";

let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

test("the page loads without a complaint", async () => {
  const { page, complaints } = await lab.visit();
  assert.match(await page.title(), /PSYNC Lab/);
  assert.notEqual((await page.locator("#app").innerText()).trim(), "", "the page is not empty");
  // A preload that nothing used is complained about some seconds after loading.
  await page.waitForTimeout(4000);
  assert.deepEqual(complaints, []);
});

test("the code is asked for at once, not file after file", async () => {
  const { page } = await lab.visit();
  const starts = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((entry) => /\.(js|wasm|css)$/.test(entry.name))
      .map((entry) => ({ name: entry.name, from: entry.startTime, until: entry.responseEnd })),
  );
  const firstEnd = Math.min(...starts.map((entry) => entry.until));
  const names = starts.map((entry) => entry.name);
  assert.ok(names.some((name) => name.endsWith(".wasm")), "the wasm file is among them");
  assert.equal(new Set(names).size, names.length, `nothing is fetched twice: ${names}`);
  const late = starts.filter((entry) => entry.from > firstEnd + 50);
  assert.deepEqual(late, [], "nothing waits for another file");
});

test("a part that does not arrive is said in words", async () => {
  const context = await lab.browser.newContext();
  const page = await context.newPage();
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(lab.address);
  const message = page.locator("#boot-failure");
  await message.waitFor({ state: "visible" });
  assert.match(await message.innerText(), /网络[^]*network/);
  await context.close();
});

test("without JavaScript the page says what it needs", async () => {
  const context = await lab.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(lab.address);
  assert.match(await page.locator("noscript").innerText(), /JavaScript/);
  await context.close();
});

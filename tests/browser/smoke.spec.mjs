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

test("a first visit fetches what the html names, once, and nothing else", async () => {
  // Named there, the files are fetched side by side, and `cargo xtask dist` counts their size.
  const { page, requests } = await lab.visit();
  const html = await (await fetch(lab.address)).text();
  const named = [...html.matchAll(/(?:href|src)="\.\/([^"]+)"/g)].map((match) => lab.address + match[1]);
  assert.ok(named.some((name) => name.endsWith(".wasm")), "the wasm file is named");
  await page.waitForTimeout(500);
  const code = requests.filter((address) => /\.(js|wasm|css|woff2?|json)$/.test(new URL(address).pathname));
  for (const address of code) assert.ok(named.includes(address), `index.html does not name ${address}`);
  assert.equal(new Set(code).size, code.length, `something is fetched twice: ${code.join(" ")}`);
});

test("until the code has arrived the page's first moment stands there, where it will be", async () => {
  for (const [locale, words] of [["zh-CN", "还没有哪个节点跟随别的节点"], ["en-GB", "No server follows another yet"]]) {
    const context = await lab.browser.newContext({ locale, viewport: { width: 1366, height: 768 } });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    // Holds the frames until they are let go: the first one can be looked at so.
    await page.addInitScript(() => {
      const [ask, held] = [window.requestAnimationFrame.bind(window), []];
      window.requestAnimationFrame = (callback) => held.push(callback);
      window.letGo = () => {
        window.requestAnimationFrame = ask;
        held.splice(0).forEach((callback) => ask(callback));
      };
    });
    let arrive;
    const gate = new Promise((resolve) => (arrive = resolve));
    await page.route(/\.wasm$/, async (route) => gate.then(() => route.continue()));
    await page.goto(`${lab.address}?lang=${locale.slice(0, 2)}`);
    const parts = ".head, .side, .stage, .ring, .history, .foot";
    const places = () => page.locator(parts).evaluateAll((all) => all.map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [one.className, x, y, width, height].join(" ");
    }));
    await page.waitForFunction(() => document.documentElement.dataset.poster === "stage");
    assert.equal(await page.locator("#app .node").count(), 3);
    assert.ok(await page.locator("#app > [inert]").count(), "it does not pretend to answer");
    assert.equal(await page.locator(".side > *, .btn:not(.play, .now .btn):visible").count(), 0, "at first the stage stands alone");
    const before = await places();
    await page.evaluate(() => window.letGo());
    await page.getByText(words).first().waitFor();
    assert.ok(await page.locator(".head > .btn").first().isVisible());
    assert.deepEqual(await places(), before, "nothing moves when the rest follows the stage");
    const line = await page.locator("#boot-loading").innerText();
    assert.equal(line.trim(), locale === "zh-CN" ? "正在载入 PSYNC Lab…" : "Loading PSYNC Lab…", "in one language");
    arrive();
    await page.locator("#boot-loading").waitFor({ state: "detached" });
    assert.equal(await page.locator("#app > [inert]").count(), 0);
    assert.deepEqual(await places(), before, "nothing moves when the code takes over");
    assert.deepEqual(complaints, []);
    await context.close();
  }
  // Where the stage of the first moment is not shown, its first frame is all that there is.
  const phone = await lab.browser.newContext({ viewport: { width: 390, height: 844 } });
  const small = await phone.newPage();
  await small.addInitScript(() => (window.requestAnimationFrame = () => 0));
  await small.route(/\.wasm$/, () => {});
  await small.goto(`${lab.address}?lang=en`);
  for (const part of [".head > .btn", ".side h1"]) await small.locator(part).first().waitFor();
  await phone.close();
  // What is something else from the start waits for the code.
  const context = await lab.browser.newContext();
  const page = await context.newPage();
  await page.route(/\.wasm$/, () => {});
  await page.goto(`${lab.address}?lesson=ring`, { waitUntil: "domcontentloaded" });
  assert.equal(await page.locator("#app .node").count(), 0);
  await context.close();
});

test("a part that does not arrive is said in words", async () => {
  const context = await lab.browser.newContext();
  const page = await context.newPage();
  await page.route(/\.wasm$/, (route) => route.abort());
  await page.goto(lab.address);
  const message = page.locator("#boot-failure");
  await message.waitFor({ state: "visible" });
  assert.match(await message.innerText(), /网络[^]*network/);
  assert.equal(await page.locator("#app > *:visible").count(), 0, "nothing that cannot answer");
  await context.close();
});

test("without JavaScript the page says what it needs", async () => {
  const context = await lab.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(lab.address);
  assert.match(await page.locator("noscript").innerText(), /JavaScript/);
  await context.close();
});

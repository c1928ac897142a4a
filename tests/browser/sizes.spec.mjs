// The page in boxes of every size: nothing overlaps, nothing is cut off. Leaves a picture of each.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { troubles } from "./lib/boxes.mjs";
import { bothOnline, openLab } from "./lib/lab.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const pictures = path.resolve(process.env.PICTURES ?? path.join(here, "../../target/browser-pictures"));

let lab;
before(async () => {
  await mkdir(pictures, { recursive: true });
  lab = await openLab();
});
after(() => lab?.close());

const SIZES = [
  { width: 320, height: 420 },
  { width: 320, height: 420, touch: true },
  { width: 390, height: 844, touch: true },
  { width: 480, height: 560 },
  { width: 720, height: 460 },
  { width: 768, height: 1024, touch: true },
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
];

for (const { width, height, touch } of SIZES) {
  for (const lang of ["zh", "en"]) {
    const name = `${width}x${height}${touch ? "-touch" : ""}-${lang}`;
    test(`nothing overlaps or is cut off at ${name}`, async () => {
      const { page, context } = await lab.visit(`?lang=${lang}&speed=5`, {
        viewport: { width, height },
        hasTouch: Boolean(touch),
        isMobile: Boolean(touch),
      });
      const found = [];
      const look = async (moment) => {
        await page.screenshot({ path: path.join(pictures, `${name}-${moment}.png`) });
        const all = await page.evaluate(troubles, { least: touch ? 44 : 0 });
        found.push(...all.map((trouble) => `${moment}: ${trouble}`));
      };
      await bothOnline(page);
      // A cut replica says most: it reads old values, and is lapped.
      await page.locator("[data-link]").last().click();
      await page.waitForFunction(() => document.querySelectorAll(".ring .r-lost").length > 0, undefined, { timeout: 20_000 });
      await page.locator(".foot .play").click();
      await look("now");
      await page.locator('[data-node="2"]').click();
      await look("inspector");
      for (const [n, view] of ["ring", "history"].entries()) {
        const tab = page.locator(".tabs button").nth(n + 1);
        if (!(await tab.isVisible())) continue;
        await tab.click();
        await look(view);
      }
      await context.close();
      assert.deepEqual(found, []);
    });
  }
}

test("the page fills the screen where the browser lets it", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  await page.getByRole("button", { name: "Full screen" }).click();
  await page.waitForFunction(() => document.fullscreenElement === document.documentElement);
  await page.getByRole("button", { name: "Full screen" }).click();
  await page.waitForFunction(() => !document.fullscreenElement);
});

test("with less motion asked for, packets stand still and say the same", async () => {
  const { page } = await lab.visit("?lang=en&speed=0.5&play=1", { reducedMotion: "reduce" });
  await page.waitForFunction(() => /M/.test(document.querySelector(".f-shake, .f-cmd")?.getAttribute("d") ?? ""), undefined, { timeout: 20_000 });
  const places = new Set();
  const started = Date.now();
  while (Date.now() - started < 1500) {
    places.add(await page.evaluate(() => [...document.querySelectorAll(".flights path")].map((path) => path.getAttribute("d") ?? "").join("|")));
  }
  const rows = await page.getByRole("table", { name: "Packets in flight" }).getByRole("row").count();
  assert.ok(rows >= 1);
  // Places change when packets come and go, a few times a second, not with every frame.
  assert.ok(places.size < 20, `${places.size} different pictures in 1.5 s`);
});

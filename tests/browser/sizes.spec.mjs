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
      // A paused master says one thing more.
      await page.locator('[data-node="0"]').click();
      await page.locator(".inspector").getByRole("button", { name: /^Pause the process|^暂停进程/ }).click();
      await page.locator('[data-node="0"].paused').waitFor();
      await look("paused");
      for (const [n, view] of ["ring", "history"].entries()) {
        const tab = page.locator(".tabs button").nth(n + 1);
        if (!(await tab.isVisible())) continue;
        await tab.click();
        await look(view);
      }
      if (touch) {
        // It is out of sight; a finger must hit it all the same.
        const scrubber = await page.locator(".scrub").boundingBox();
        if (scrubber.height < 44) found.push(`history: the scrubber is ${scrubber.height} high`);
        await page.locator(".head .menu").click();
        await look("lessons");
      }
      await context.close();
      assert.deepEqual(found, []);
    });
  }
}

for (const width of [320, 390, 640]) {
  for (const lang of ["zh", "en"]) {
    test(`nothing overlaps or is cut off in a figure ${width} wide, ${lang}`, async () => {
      const { page, context } = await lab.visit(`embed.html?controls=mini&lang=${lang}&speed=5&play=1`, {
        viewport: { width, height: 420 },
        hasTouch: true,
        isMobile: true,
      });
      await bothOnline(page);
      await page.locator("[data-link]").last().click();
      await page.waitForFunction(() => document.querySelectorAll(".ring .r-lost").length > 0, undefined, { timeout: 20_000 });
      await page.locator(".foot .pri").click();
      // A figure is as high as it needs: its host makes the frame so.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: path.join(pictures, `figure-${width}-${lang}.png`) });
      const found = await page.evaluate(troubles, { least: 44 });
      await context.close();
      assert.deepEqual(found, []);
    });
  }
}

for (const colorScheme of ["light", "dark"]) {
  test(`on paper everything is there, on white, and no control: ${colorScheme}`, async () => {
    const { page, context } = await lab.visit(`?lang=en&speed=5&theme=${colorScheme === "dark" ? "dark" : "auto"}`, { colorScheme });
    await bothOnline(page);
    for (let n = 0; n < 6; n += 1) await page.locator("[data-link]").last().click();
    await page.locator(".foot .play").click();
    await page.locator('[data-node="1"]').click();
    await page.emulateMedia({ media: "print", colorScheme });
    await page.screenshot({ path: path.join(pictures, `paper-${colorScheme}.png`), fullPage: true });
    const found = await page.evaluate(() => {
      const wrong = [];
      const style = (selector) => getComputedStyle(document.querySelector(selector));
      if (!/rgb\(2[45]\d, 2[45]\d, 2[45]\d\)/.test(style("body").backgroundColor)) wrong.push(`ground ${style("body").backgroundColor}`);
      // What is pressed on the stage and in the log is the figure itself.
      const controls = [...document.querySelectorAll(".lab button, .lab select, .lab input, .lab a")];
      wrong.push(...controls.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".node, .face, .log .lead")).map((one) => one.outerHTML.slice(0, 90)));
      const places = [".status", ".stage .board", ".ringbox svg", ".histbox svg", ".log ol"].map((selector) => [selector, document.querySelector(selector).getBoundingClientRect()]);
      for (const [selector, { width, height }] of places) if (width < 200 || height < 40) wrong.push(`${selector} is ${width} × ${height}`);
      places.forEach(([one, a], n) => {
        for (const [other, b] of places.slice(n + 1)) {
          if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) wrong.push(`${one} lies on ${other}`);
        }
      });
      // Nothing that scrolls: every line of the log is on the paper.
      const list = document.querySelector(".log ol");
      const lines = [...list.children];
      for (let up = list; up; up = up.parentElement) {
        if (up.scrollHeight > up.clientHeight + 1 && getComputedStyle(up).overflowY !== "visible") wrong.push(`${up.className} scrolls`);
      }
      if (lines.length < 8 || lines.at(-1).getBoundingClientRect().bottom > document.documentElement.scrollHeight) wrong.push(`${lines.length} lines`);
      const picture = document.querySelector(".view.history").getBoundingClientRect();
      const drawn = document.querySelector(".histbox svg g").getBoundingClientRect();
      if (drawn.right > picture.right + 1) wrong.push(`History ends at ${drawn.right}, its box at ${picture.right}`);
      return wrong;
    });
    await context.close();
    assert.deepEqual(found, []);
  });
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

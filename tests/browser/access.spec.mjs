// The page for everyone: axe finds nothing in any view, theme or language; failures are told in words.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { bothOnline, openLab, started } from "./lib/lab.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };

/** What axe complains about, one line each. */
async function complaintsOfAxe(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 90)} ${node.any[0]?.message ?? ""}`));
}

for (const theme of ["light", "dark", "contrast"]) {
  for (const lang of ["zh", "en"]) {
    for (const [size, viewport] of [["desk", DESK], ["phone", PHONE]]) {
      test(`axe finds nothing: ${theme}, ${lang}, ${size}`, async () => {
        // Styles of the page are its own: the policy would keep axe's script out of an inline tag, not of evaluate.
        const { page, context } = await lab.visit(`?lang=${lang}&theme=${theme}&speed=5`, { viewport });
        await bothOnline(page);
        await page.locator("[data-link]").last().click();
        await page.waitForFunction(() => document.querySelectorAll(".ring .r-lost").length > 0, undefined, { timeout: 20_000 });
        await page.locator(".foot .play").click();
        const found = await complaintsOfAxe(page);
        await page.locator('[data-node="2"]').click();
        await page.locator(".ring .tool").first().evaluate((button) => button.click());
        found.push(...(await complaintsOfAxe(page)));
        for (const tab of await page.locator(".tabs button").all()) {
          if (!(await tab.isVisible())) continue;
          await tab.click();
          found.push(...(await complaintsOfAxe(page)));
        }
        await page.locator(".log button").last().click();
        await page.locator(".why").click();
        found.push(...(await complaintsOfAxe(page)));
        await context.close();
        assert.deepEqual([...new Set(found)], []);
      });
    }
  }
}

test("everything painted has a twin, and its rows pick", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await page.locator(".stage").getByRole("button", { name: /^replica B .*online/ }).waitFor({ timeout: 20_000 });
  for (const [table, rows] of [["Nodes", 4], ["Links", 3], ["Clients", 2]]) {
    assert.equal(await page.getByRole("table", { name: table }).getByRole("row").count(), rows, table);
  }
  // The tables are drawn every three seconds.
  await page.getByRole("table", { name: "Commands in the backlog" }).getByRole("row").nth(3).waitFor({ state: "attached", timeout: 20_000 });
  await page.getByRole("table", { name: "Links" }).getByRole("button").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Inspector" }).getByRole("heading", { name: /^Link master–replica A/ }).waitFor();
});

for (const [theme, colorScheme] of [["light", "light"], ["dark", "light"], ["contrast", "light"], ["auto", "dark"]]) {
  test(`the dots of a disturbed link are seen, pressed or not: ${theme}, ${colorScheme}`, async () => {
    const { page, context } = await lab.visit(`?lang=en&speed=5&theme=${theme}`, { colorScheme });
    await bothOnline(page);
    await page.locator("[data-link]").last().click();
    const more = page.locator(".switch.bad .more");
    await more.waitFor();
    for (const pressed of ["false", "true"]) {
      if (pressed === "true") await more.click();
      assert.equal(await more.getAttribute("aria-pressed"), pressed);
      await page.mouse.move(2, 2);
      // Colours change in a moment.
      const whole = page.locator(".switch.bad");
      await whole.evaluate(async (whole) => {
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        await Promise.all(whole.getAnimations({ subtree: true }).map((change) => change.finished.catch(() => undefined)));
      });
      const ratio = await more.evaluate((more) => {
        // A canvas says what a colour of any notation is on the screen.
        const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
        const light = (...colours) => {
          for (const colour of colours) {
            pen.fillStyle = colour;
            pen.fillRect(0, 0, 1, 1);
          }
          const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ground = light(getComputedStyle(more.parentElement).backgroundColor, getComputedStyle(more).backgroundColor);
        const dots = light(getComputedStyle(more.querySelector(".icon")).fill);
        return (Math.max(ground, dots) + 0.05) / (Math.min(ground, dots) + 0.05);
      });
      assert.ok(ratio >= 4.5, `${ratio.toFixed(1)} : 1, pressed: ${pressed}`);
    }
    await context.close();
  });
}

test("what changes is read out, but not more often than once a second", async () => {
  const { page } = await lab.visit("?lang=en&speed=20&play=0");
  const said = await page.evaluate(async () => {
    const region = document.querySelector("[aria-live=polite]");
    let times = 0;
    const started = performance.now();
    new MutationObserver(() => (times += 1)).observe(region, { childList: true, characterData: true, subtree: true });
    document.querySelector(".foot .play").click();
    for (let n = 0; n < 24; n += 1) {
      await new Promise((done) => setTimeout(done, 250));
      document.querySelector("[data-link]").click();
    }
    return { times, seconds: (performance.now() - started) / 1000 };
  });
  assert.ok(said.times >= 2, "something is read out");
  assert.ok(said.times <= said.seconds + 1, `${said.times} times in ${said.seconds} s`);
});

test("the focus is seen on every control", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  const blind = [];
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate(() => {
      const focus = document.activeElement;
      if (!focus || focus === document.body) return undefined;
      const style = getComputedStyle(focus);
      const box = focus.getBoundingClientRect();
      const visible = box.width > 3 && box.height > 3 && parseFloat(style.opacity) > 0;
      return visible && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? "" : focus.outerHTML.slice(0, 120);
    });
    if (seen === undefined) break;
    if (seen) blind.push(seen);
  }
  assert.deepEqual(blind, []);
});

test("a button that goes away when it is pressed hands its focus to a neighbour", async () => {
  const { page } = await lab.visit("?lang=en&speed=5&play=0&colour=red");
  const focused = () => page.evaluate(() => document.activeElement.matches("body") || document.activeElement.outerHTML.slice(0, 200));
  const press = async (button) => {
    await button.focus();
    await page.keyboard.press("Enter");
    await page.waitForTimeout(50);
    // On a busy machine the page is drawn later.
    await page.waitForFunction(() => document.activeElement !== document.body, undefined, { timeout: 2000 }).catch(() => undefined);
  };
  const close = (part) => page.locator(part).getByRole("button", { name: "Close" });

  await press(close(".notice"));
  assert.match(String(await focused()), /^<button[^>]*class="btn/, "the notice's");
  await press(page.locator(".poster button"));
  assert.match(String(await focused()), /class="btn pri play"/, "the large one that plays");
  await bothOnline(page);
  await press(page.locator(".foot .play"));

  // The inspector gives it back to what was picked, also if more was picked from there.
  await press(page.locator('[data-node="1"]'));
  await press(page.locator(".inspector .lead").first());
  await press(close(".inspector"));
  assert.match(String(await focused()), /data-node="1"/, "the inspector's, opened from a card");
  const row = page.locator(".log button").last();
  await press(row);
  await press(close(".inspector"));
  assert.ok(await row.evaluate((row) => row === document.activeElement), `the inspector's, opened from the log: ${await focused()}`);
  // An arc cannot have it.
  await page.locator(".ring .r-arc").last().click();
  await press(close(".inspector"));
  assert.match(String(await focused()), /data-node="0"/, "the inspector's, opened from the ring");

  await press(page.locator(".foot").getByRole("button", { name: "Step back" }));
  await press(page.getByRole("button", { name: "Back to now" }));
  assert.match(String(await focused()), /class="btn pri play"/, "back to now");

  await press(page.locator(".head .menu"));
  await press(close(".lesson"));
  assert.match(String(await focused()), /class="btn menu"/, "the list's of lessons");

  // Another future to compare with.
  await page.locator(".foot").getByRole("button", { name: "Step back" }).click();
  await page.locator("[data-link]").first().click();
  await page.locator(".histtools select").selectOption({ index: 1 });
  await press(close(".compare"));
  assert.match(String(await focused()), /^<select/, "the comparison's");
});

test("the system's high contrast and forced colours are followed", async () => {
  const { page, complaints } = await lab.visit("?lang=en&speed=5", { contrast: "more", forcedColors: "active" });
  await page.locator(".stage").getByRole("button", { name: /^replica B .*online/ }).waitFor({ timeout: 20_000 });
  const colours = await page.evaluate(() => {
    const style = getComputedStyle(document.querySelector(".wire-core"));
    return [style.stroke, getComputedStyle(document.querySelector(".lab")).color];
  });
  assert.equal(colours[0], colours[1], "wires have the colour of text");
  assert.deepEqual(complaints, []);
});

test("without WebAssembly the page says so", async () => {
  const context = await lab.browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => delete globalThis.WebAssembly);
  await page.goto(lab.address);
  const message = page.locator("#boot-failure");
  await message.waitFor({ state: "visible" });
  assert.match(await message.innerText(), /WebAssembly/);
  await context.close();
});

test("a failure of the program is told in words, and the session survives the reload", async () => {
  const { page, context } = await lab.visit("?lang=en&speed=5");
  await bothOnline(page);
  await page.locator("[data-link]").last().click();
  await page.locator(".switch.bad").waitFor();
  // Something that cannot fail fails in the middle of a click.
  await page.evaluate(() => {
    const real = Element.prototype.getBoundingClientRect;
    Element.prototype.getBoundingClientRect = function () {
      Element.prototype.getBoundingClientRect = real;
      throw new Error("broken on purpose");
    };
  });
  await page.locator(".stage").click({ position: { x: 8, y: 8 } });
  await page.locator("#boot-failure").waitFor({ state: "visible" });
  assert.match(await page.locator("#boot-failure").innerText(), /program itself failed/);
  await page.getByRole("link", { name: /Reload/ }).click();
  await started(page);
  assert.match(page.url(), /lang=en&speed=5#.{20}/);
  await page.locator(".switch.bad").waitFor();
  await context.close();
});

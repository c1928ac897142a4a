// Links: what they hold is there again, in lessons too, and a bad one costs nothing.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { bothOnline, started } from "./lib/lab.mjs";
import { message, openBoth, recorder } from "./lib/host.mjs";
import { Student } from "./lib/student.mjs";

const { lab, host } = await openBoth();

const lesson = async (file) => JSON.parse(await readFile(new URL(`../../www/lessons/${file}.json`, import.meta.url), "utf8"));
const clock = (page) => page.locator(".foot .t").innerText();
const COUNT = "section.lesson footer .count";
const place = (page) => page.locator(COUNT).innerText();

/** The link that the dialog offers. */
async function link(page) {
  await page.locator(".head").getByRole("button", { name: "Share" }).click();
  const field = page.locator("dialog[open] input").first();
  await field.waitFor();
  const found = await field.inputValue();
  await page.keyboard.press("Escape");
  return found;
}

test("a lesson opens at the step that the address names", async () => {
  for (const [query, expected] of [["lesson=cut&step=3", "3/9"], ["lesson=cut&step=1", "1/9"], ["lesson=cut", "1/9"]]) {
    const { page, context, complaints } = await lab.visit(`?lang=en&play=0&${query}`);
    await page.locator(COUNT, { hasText: expected }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  }
  const { page, context } = await lab.visit("?lang=en&play=0&lesson=cut&step=50");
  await page.locator(".notice", { hasText: "no step 50" }).waitFor();
  assert.equal(await place(page), "9/9");
  await context.close();
});

test("a link to a lesson goes on where it was shared", async () => {
  const { page, context, complaints } = await lab.visit("?lesson=cut&lang=en&speed=5");
  const student = new Student(page, await lesson("5-cut"), "en");
  for (const n of [0, 1, 2]) await student.one(n, false);
  // Where a question waits, the clock stands still.
  await page.locator("section.lesson .answers").waitFor({ timeout: 30_000 });
  const [told, at, text] = [await place(page), await clock(page), await page.locator("section.lesson").innerText()];
  const address = await link(page);
  const other = await context.newPage();
  await other.goto(address);
  await started(other);
  await other.locator(COUNT).waitFor();
  assert.deepEqual([await place(other), await clock(other)], [told, at]);
  assert.equal(await other.locator("section.lesson").innerText(), text);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a damaged link that is entered into the open page changes nothing", async () => {
  const { page, context, complaints } = await lab.visit("?lang=en&speed=5");
  await bothOnline(page);
  await page.locator(".foot .play").click();
  const before = await clock(page);
  await page.evaluate(() => (location.hash = "#s=AAAA"));
  await page.locator(".notice", { hasText: "damaged" }).waitFor();
  assert.equal(await clock(page), before);
  // A good one is opened in its place.
  const address = await link(page);
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.waitForFunction((was) => document.querySelector(".foot .t").innerText !== was, before);
  await page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
  await page.waitForFunction((was) => document.querySelector(".foot .t").innerText === was, before);
  assert.equal(await page.locator(".notice").count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an element that is moved goes on with its lesson", async () => {
  host.pages["/moved"] = recorder(`<script src="${lab.address}psync-lab.js"></script>
    <div id="a"><psync-lab lesson="cut" lang="en" step="2"></psync-lab></div><div id="b"></div>`);
  const page = await lab.browser.newPage({ locale: "en-GB" });
  await page.goto(`${host.address}/moved`);
  const frame = page.frameLocator("iframe");
  await frame.locator(COUNT, { hasText: "2/9" }).waitFor({ timeout: 30_000 });
  await message(page, (m) => m.source === "psync-lab" && m.type === "ready");
  await frame.locator(".foot .btn").first().click();
  await page.waitForFunction(() => got.some((m) => m.source === "psync-lab" && m.type === "state"));
  const told = await frame.locator(COUNT).innerText();
  await page.evaluate(() => document.getElementById("b").append(document.querySelector("psync-lab")));
  await frame.locator(COUNT).waitFor({ timeout: 30_000 });
  assert.equal(await frame.locator(COUNT).innerText(), told);
  await page.close();
});

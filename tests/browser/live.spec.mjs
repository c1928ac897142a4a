// One instant in every view: what card, table, ring and history say of one offset is read in one breath
// while time runs.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { bothOnline, openLab } from "./lib/lab.mjs";

const lab = await openLab();
after(() => lab.close());

/** Every view's offset of the master, and the clock, read at once. */
function readAll() {
  const number = (element) => Number(element?.textContent.replace(/[^\d]/g, "") || NaN);
  const rows = [...document.querySelectorAll(".twin table:first-child tbody tr, .offsets tbody tr")];
  return {
    card: number(document.querySelector(".node.master .off b")),
    middle: number(document.querySelector(".ring svg .c-main")),
    writer: number(document.querySelector(".ring svg [text-anchor] text.m")),
    arc: Number([...document.querySelectorAll(".ring .r-arc")].at(-1)?.dataset.to),
    tables: rows.filter((row) => /^(master|主库)/.test(row.textContent)).map((row) => number(row.querySelector("td[data-live^=a]"))),
    time: Number(document.querySelector(".foot .t").textContent.match(/[\d.]+(?= s)/)?.[0]),
  };
}

/** Until both replicas are online and the ring, a piece of its own, has been drawn with what they made of it. */
async function allShown(page) {
  await bothOnline(page);
  await page.waitForFunction(() => document.querySelector(".ring .r-arc") && document.querySelector(".ring svg .c-main"));
}

for (const query of ["?lang=en&speed=5", "?lang=zh&speed=5"]) {
  test(`card, ring and table agree while time runs (${query})`, async () => {
    const { page, complaints } = await lab.visit(query);
    await allShown(page);
    const seen = [];
    for (let n = 0; n < 60; n += 1) {
      seen.push(await page.evaluate(`(${readAll})()`));
      await page.waitForTimeout(23);
    }
    const parted = seen.filter(({ card, middle, writer, arc, tables }) =>
      [middle, writer, arc, ...tables].some((other) => other !== card));
    assert.deepEqual(parted, [], "views of one instant agree");
    assert.ok(seen.every(({ tables }) => tables.length > 0), JSON.stringify(seen[0]));
    assert.ok(new Set(seen.map(({ card }) => card)).size > 5, "time ran and bytes were written");
    assert.ok(seen.every(({ time }, n) => n === 0 || time >= seen[n - 1].time));
    assert.deepEqual(complaints, []);
  });
}

test("in a figure, too", async () => {
  const { page } = await lab.visit("embed.html?lang=en&speed=5&play=1");
  await page.waitForFunction(() => /\d/.test(document.querySelector(".ring svg .c-main")?.textContent ?? ""));
  const seen = [];
  for (let n = 0; n < 40; n += 1) {
    seen.push(await page.evaluate(`(${readAll})()`));
    await page.waitForTimeout(23);
  }
  assert.deepEqual(seen.filter(({ card, middle, tables }) => [middle, ...tables].some((other) => other !== card)), []);
  assert.ok(new Set(seen.map(({ card }) => card)).size > 5, "time ran and bytes were written");
});

test("a step shows in every view at once", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await allShown(page);
  await page.keyboard.press("Space");
  const offsets = [];
  for (let n = 0; n < 12; n += 1) {
    const { card, middle, arc, tables } = await page.evaluate(`(${readAll})()`);
    assert.deepEqual([middle, arc, ...tables], [card, card, ...tables.map(() => card)]);
    offsets.push(card);
    await page.getByRole("button", { name: n < 6 ? "Step" : "Step back", exact: true }).click();
  }
  assert.equal(offsets[0], (await page.evaluate(`(${readAll})()`)).card, "six steps on and six back");
});

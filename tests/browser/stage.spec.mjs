// Looking closer: packets, cards, links, the ring, the inspector and "why?".
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab } from "./lib/lab.mjs";

let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

const WAIT = { timeout: 20_000 };
const card = (page, id) => page.locator(`[data-node="${id}"]`);
const inspector = (page) => page.getByRole("region", { name: "Inspector" });

async function online(page) {
  await page.locator(".stage").getByRole("button", { name: /^replica B .*online/ }).waitFor(WAIT);
}

/** Opens the menu of the link to replica B and chooses an entry. */
async function choose(page, entry) {
  const more = page.getByRole("button", { name: "link 172.16.19.3–172.16.19.7: more" });
  if ((await more.getAttribute("aria-pressed")) === "false") await more.click();
  await inspector(page).getByRole("button", { name: entry }).click();
}

test("a link is cut, silenced in both or one direction, held and restored from its menu", async () => {
  const { page, complaints } = await lab.visit("?lang=en&speed=5");
  await online(page);
  const face = page.getByRole("button", { name: /^cut link 172.16.19.3–172.16.19.7/ });
  for (const [entry, word] of [
    [/^silent loss/, "silent"],
    [/^lose only bytes to replica B/, "one-way"],
    [/^lose only bytes to master/, "one-way"],
    [/^hold/, "hold"],
    [/^cut, both/, "cut"],
    [/^up$/, "up"],
  ]) {
    await choose(page, entry);
    await page.waitForFunction((word) => document.querySelectorAll(".switch .face")[1].innerText.trim() === word, word);
    assert.equal(await face.getAttribute("aria-pressed"), String(word !== "up"));
    assert.equal(await inspector(page).getByRole("button", { name: entry }).getAttribute("aria-pressed"), "true");
  }
  await online(page);
  assert.deepEqual(complaints, []);
});

test("a node is paused, killed, restarted and promoted from the inspector", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await online(page);
  await card(page, 2).click();
  const menu = inspector(page);
  await menu.getByRole("button", { name: "Pause the process" }).click();
  await page.locator('[data-node="2"].paused').waitFor(WAIT);
  await menu.getByRole("button", { name: "Resume the process" }).click();
  await menu.getByRole("button", { name: "Kill the process" }).click();
  await page.locator('[data-node="2"].down').waitFor(WAIT);
  await menu.getByRole("button", { name: "Restart without RDB" }).click();
  await online(page);
  await menu.getByRole("button", { name: "REPLICAOF NO ONE" }).click();
  await page.locator('[data-node="2"].master').waitFor(WAIT);
  await menu.getByRole("button", { name: "REPLICAOF replica A" }).click();
  await page.locator(".stage").getByRole("button", { name: /^replica B .*online/ }).waitFor(WAIT);
  const [a, b] = [await card(page, 1).boundingBox(), await card(page, 2).boundingBox()];
  assert.ok(b.y > a.y + a.height, "a sub-replica stands below its master");
});

test("an event leads to its bytes, who got them, and the chain that forced it", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await online(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("log").getByRole("button", { name: /loaded the RDB/ }).last().click();
  await inspector(page).getByRole("button", { name: "Why?" }).click();
  const steps = inspector(page).locator(".because li button");
  assert.ok((await steps.count()) > 4, "the chain has several steps");
  assert.match(await steps.first().innerText(), /^\d+\.\d{3} s {1,2}\S/);
  assert.ok((await page.locator(".node.lit").count()) >= 2, "the nodes of the chain are lit");
  // One of the causes is a packet: its bytes and both ends are shown.
  await inspector(page).locator(".because li button", { hasText: /sends .*RDB/ }).first().click();
  const text = await inspector(page).innerText();
  assert.match(text, /master → replica [AB]/);
  assert.match(text, /arrived\s+\d+\.\d{3} s/);
  assert.match(text, /[0-9a-f]{2} [0-9a-f]{2}/, "its bytes in hexadecimal");
});

test("a packet in flight is picked by a click and by the keyboard", async () => {
  const { page } = await lab.visit("?lang=en&speed=0.1");
  await page.waitForTimeout(300);
  await page.locator(".foot .play").click();
  for (let step = 0; step < 40; step += 1) await page.keyboard.press("ArrowRight");
  const row = page.getByRole("table", { name: "Packets in flight" }).getByRole("button").first();
  await row.focus();
  assert.ok((await row.boundingBox()).height >= 15, "the focused row is in sight");
  await page.keyboard.press("Enter");
  await inspector(page).getByText("Why?").waitFor(WAIT);
  assert.match(await inspector(page).innerText(), /from[^]*→[^]*size[^]*bytes/);
  await page.locator(".f-halo").waitFor({ ...WAIT, state: "attached" });
  assert.notEqual(await page.locator(".f-halo").getAttribute("d"), null);
});

test("cards are dragged, nudged by arrow keys, and tidied up; they never land on each other", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  const at = async (id) => await card(page, id).boundingBox();
  const before = await at(0);
  await page.mouse.move(before.x + 40, before.y + 12);
  await page.mouse.down();
  await page.mouse.move(before.x + 100, before.y + 24, { steps: 6 });
  await page.mouse.up();
  const after = await at(0);
  assert.ok(after.x > before.x + 40, `${before.x} → ${after.x}`);
  assert.equal(await card(page, 0).getAttribute("aria-pressed"), "false", "a drag is no click");
  await card(page, 0).focus();
  await page.keyboard.press("ArrowLeft");
  assert.ok((await at(0)).x < after.x);
  // Onto another card: it stays apart.
  const other = await at(1);
  const now = await at(0);
  await page.mouse.move(now.x + 40, now.y + 12);
  await page.mouse.down();
  await page.mouse.move(other.x + 60, other.y + 30, { steps: 8 });
  await page.mouse.up();
  const [one, two] = [await at(0), await at(1)];
  const apart = one.x + one.width <= two.x || two.x + two.width <= one.x || one.y + one.height <= two.y || two.y + two.height <= one.y;
  assert.ok(apart, "cards do not overlap");
  await page.getByRole("button", { name: "Tidy up" }).click();
  assert.deepEqual(await at(0), before);
});

test("the stage is zoomed with the wheel and moved", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  const before = await card(page, 0).boundingBox();
  await page.mouse.move(before.x + 20, before.y + 20);
  await page.keyboard.down("Control");
  for (let n = 0; n < 4; n += 1) await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  // Wheel events arrive with the next frames.
  await page.waitForFunction((least) => document.querySelector('[data-node="0"]').getBoundingClientRect().width > least, before.width * 1.5);
  await page.getByRole("button", { name: "Tidy up" }).click();
  assert.deepEqual(await card(page, 0).boundingBox(), before);
});

test("ring and tape show the same bytes, and an arc leads to its command", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await online(page);
  await page.waitForTimeout(1500);
  await page.getByRole("button", { name: "Pause" }).click();
  const titles = () => page.locator(".ring .r-arc title").allTextContents();
  const ring = await titles();
  assert.ok(ring.length > 5 && ring.some((text) => /SET/.test(text)), ring.join("; "));
  await page.locator(".ring .r-arc:not(.beat)").last().click();
  assert.match(await inspector(page).innerText(), /Stream bytes[^]*SET k\d v\d+/);
  await page.getByRole("button", { name: "as a tape" }).click();
  assert.deepEqual(await titles(), ring);
  assert.match(await page.locator(".tape").textContent(), /backlog holds/);
  await page.getByRole("combobox", { name: "Whose backlog" }).selectOption("replica A");
  await page.getByRole("button", { name: "as a ring" }).click();
  assert.match(await page.locator(".ring svg[role=img]").getAttribute("aria-label"), /^replica A/);
});

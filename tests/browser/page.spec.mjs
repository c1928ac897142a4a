// The page as a student meets it: what is read here stands on the screen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab } from "./lib/lab.mjs";

let lab;
before(async () => {
  lab = await openLab();
});
after(() => lab?.close());

const WAIT = { timeout: 20_000 };
const card = (page, name) => page.locator(".stage").getByRole("button", { name });
const answer = (page) => page.locator(".verdict .answer");

/** Waits until the page says that both replicas are online. */
async function online(page) {
  await card(page, /^从库 A .*在线/).waitFor(WAIT);
  await card(page, /^从库 B .*在线/).waitFor(WAIT);
  await card(page, /^主库 .*从库 2\/2 在线/).waitFor(WAIT);
}

/** Turns the switch of the link to a replica. */
const flip = (page, host) => page.getByRole("button", { name: `剪断链路 172.16.19.3–${host}` }).click();

test("the first sync brings both replicas online with the master's keys", async () => {
  const { page, complaints } = await lab.visit("?speed=5");
  await online(page);
  assert.match(await answer(page).innerText(), /\+FULLRESYNC/);
  assert.match(await card(page, /^从库 A/).innerText(), /172\.16\.19\.5[^]*course[^]*redis/);
  assert.match(await page.getByRole("log").innerText(), /\+FULLRESYNC[^]*加载 RDB/);
  const nodes = page.getByRole("table", { name: "节点" });
  assert.equal(await nodes.getByRole("row").count(), 4, "a heading and three nodes, for screen readers");
  assert.deepEqual(complaints, []);
});

test("packets fly above the wires, also after a cut, and the newest event is in sight", async () => {
  const { page } = await lab.visit("?speed=2");
  await online(page);
  await flip(page, "172.16.19.7");
  await page.getByText(/从库 B 断线.*已被覆盖，接回只能全量复制/).first().waitFor(WAIT);
  const seen = await page.evaluate(() => {
    const pictures = [...document.querySelectorAll(".board > svg")];
    const log = document.querySelector("[role=log]");
    return {
      order: pictures.map((svg) => (svg.classList.contains("flights") ? "packets" : "wires")),
      wiresAbove: document.querySelectorAll(".stage .flights .wire, .stage .flights .wire-cut").length,
      packetsBelow: pictures[0].querySelectorAll("path, text").length,
      hidden: Math.round(log.lastElementChild.getBoundingClientRect().bottom - log.getBoundingClientRect().bottom),
    };
  });
  assert.deepEqual(seen.order, ["wires", "packets"]);
  assert.equal(seen.wiresAbove, 0, "no wire is drawn over the packets");
  assert.equal(seen.packetsBelow, 0, "no packet is drawn under the wires");
  assert.ok(seen.hidden <= 1, `${seen.hidden} px of the newest event are out of sight`);
});

test("a short cut is answered with +CONTINUE", async () => {
  const { page } = await lab.visit("?speed=2");
  await online(page);
  await flip(page, "172.16.19.7");
  const cut = page.getByRole("button", { name: "剪断链路 172.16.19.3–172.16.19.7", pressed: true });
  await cut.waitFor(WAIT);
  await page.getByText(/从库 B 断线，缺 .* 字节；环里还留着/).first().waitFor(WAIT);
  await flip(page, "172.16.19.7");
  await answer(page).getByText("+CONTINUE").waitFor(WAIT);
  assert.match(await answer(page).innerText(), /从库 B[^]*增量复制：从 .* 起补 .* 字节/);
  await online(page);
  assert.match(await page.getByRole("log").innerText(), /答复从库 B \+CONTINUE/);
});

test("a long cut is answered with +FULLRESYNC, because the bytes are overwritten", async () => {
  const { page } = await lab.visit("?speed=5");
  await online(page);
  await flip(page, "172.16.19.7");
  await page.getByText(/从库 B 断线.*已被覆盖，接回只能全量复制/).first().waitFor(WAIT);
  await page.getByText(/已被覆盖 .* 字节/).first().waitFor(WAIT);
  await flip(page, "172.16.19.7");
  await answer(page).getByText("要的字节已被覆盖").waitFor(WAIT);
  assert.match(await answer(page).innerText(), /\+FULLRESYNC[^]*从库 B/);
  await online(page);
});

test("the language changes without touching the session", async () => {
  const { page } = await lab.visit("?play=0", { locale: "en-GB" });
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  const moment = await page.locator(".foot .t").innerText();
  await page.getByRole("button", { name: "切换到中文" }).click();
  await card(page, /^主库 172/).waitFor(WAIT);
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  assert.equal((await page.locator(".foot .t").innerText()).match(/[\d.]+ s/)[0], moment.match(/[\d.]+ s/)[0]);
});

test("unknown and invalid parameters are named, and can be dismissed", async () => {
  const { page, complaints } = await lab.visit("?lang=en&colour=red&speed=7&play=0");
  const notice = page.getByRole("status", { name: "Notice" });
  assert.match(await notice.innerText(), /name colour is unknown[^]*speed=7 .* not valid/);
  await notice.getByRole("button", { name: "Close" }).click();
  await notice.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("a notice of many lines leaves the views their room", async () => {
  for (const [width, height] of [[1366, 768], [390, 844], [320, 420]]) {
    const { page, context } = await lab.visit("?lang=en&play=0&colour=red&speed=7&at=soon&seed=none&motion=much", { viewport: { width, height } });
    const list = page.locator(".notice ul");
    assert.equal(await list.locator("li").count(), 5);
    assert.ok((await list.boundingBox()).height < 45, "two lines");
    const box = (selector) => page.locator(selector).boundingBox();
    const [views, foot] = [await box(".views"), await box(".foot")];
    assert.ok(views.y + views.height <= foot.y + 1 || width < 720, "the views end above the foot");
    if (width >= 1024) {
      const history = await box(".view.history");
      assert.ok(history.y + history.height <= foot.y + 1, `History ends at ${history.y + history.height}, the foot begins at ${foot.y}`);
    }
    // Who has no mouse reads the rest, too.
    await list.focus();
    assert.ok(await list.evaluate((list) => list === document.activeElement));
    await context.close();
  }
});

test("the keyboard plays, steps, cuts and starts over, but not while typing", async () => {
  const { page } = await lab.visit("?lang=en&play=0&speed=5");
  const time = async () => Number((await page.locator(".foot .t").innerText()).match(/[\d.]+(?= s)/)[0]);
  await page.keyboard.press("ArrowRight");
  const stepped = await time();
  assert.ok(stepped > 0);
  await page.keyboard.press("Space");
  await card(page, /^replica B .*online/).waitFor(WAIT);
  await page.keyboard.press("x");
  await page.getByRole("button", { name: /^cut link/, pressed: true }).waitFor(WAIT);
  await page.getByRole("textbox", { name: "Redis command" }).fill("rx ");
  await page.getByRole("textbox", { name: "Redis command" }).press("r");
  assert.ok((await time()) > stepped, "a typed r is a letter");
  await page.locator("body").click({ position: { x: 700, y: 20 } });
  await page.keyboard.press("r");
  await page.getByRole("button", { name: /^cut link/, pressed: true }).waitFor({ state: "detached" });
});

test("a typed command runs on the chosen node, and its reply is shown", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await card(page, /^replica A .*online/).waitFor(WAIT);
  const console = page.getByRole("region", { name: "Console" });
  await console.getByRole("textbox").fill('SET k1 "hello world"');
  await console.getByRole("button", { name: "Run" }).click();
  await console.getByText("OK", { exact: true }).waitFor(WAIT);
  await console.getByRole("combobox").selectOption("replica A");
  await console.getByRole("textbox").fill("SET k1 x");
  await console.getByRole("textbox").press("Enter");
  await console.getByText(/^-READONLY/).waitFor(WAIT);
});

test("the past can be looked at, and left again", async () => {
  const { page } = await lab.visit("?lang=en&speed=5");
  await card(page, /^replica B .*online/).waitFor(WAIT);
  await page.getByRole("button", { name: "all" }).click();
  await page.getByRole("slider", { name: "Moment shown" }).press("Home");
  assert.match(await page.locator(".foot .t").innerText(), /t = 0\.000 s/);
  await card(page, /^node B .*not running/).waitFor(WAIT);
  await page.getByRole("button", { name: "Back to now" }).click();
  await card(page, /^replica B .*online/).waitFor(WAIT);
});

test("a paused page asks for no frames", async () => {
  const { page } = await lab.visit("?speed=5");
  await online(page);
  await page.getByRole("button", { name: "暂停" }).click();
  const asked = await page.evaluate(async () => {
    let count = 0;
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (call) => ((count += 1), ask(call));
    await new Promise((done) => setTimeout(done, 600));
    return count;
  });
  assert.equal(asked, 0);
});

for (const [width, height] of [[1920, 1080], [1366, 768], [768, 1024], [390, 844], [320, 640]]) {
  test(`nothing is wider than a screen of ${width} × ${height}`, async () => {
    const { page } = await lab.visit("?lang=en&speed=5", { viewport: { width, height } });
    await card(page, /^replica B .*online/).waitFor(WAIT);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
  });
}

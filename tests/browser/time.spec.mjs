// Time as a student holds it: branches, steps, zoom, a range that repeats, the keyboard, comparing.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openLab } from "./lib/lab.mjs";

const lab = await openLab();
after(() => lab.close());

const WAIT = { timeout: 15_000 };
const seconds = (text) => Number(text.match(/[\d.]+(?= s)/)[0]);
const now = async (page) => seconds(await page.locator(".foot .t").innerText());
const until = (page, at) =>
  page.waitForFunction((at) => Number(document.querySelector(".foot .t").innerText.match(/[\d.]+(?= s)/)[0]) >= at, at);
const button = (page, name) => page.getByRole("button", { name, exact: true });
const scrubber = (page) => page.getByRole("slider", { name: "Moment shown" });
/** The first and the last instant that History shows, in seconds. */
const shown = async (page) => {
  const ends = await scrubber(page).evaluate((slider) => [slider.min, slider.max]);
  return ends.map((ms) => Number(ms) / 1000);
};

/** A paused page at about `at` seconds. */
async function pausedAt(at, query = "") {
  const { page, complaints } = await lab.visit(`?lang=en&speed=20${query}`);
  await until(page, at);
  await page.keyboard.press("Space");
  await button(page, "Play").waitFor(WAIT);
  return { page, complaints };
}

/** A past in which replica A is cut off from the fourth second on: branch 1, shown at `at`. */
async function branched(at = 8) {
  const { page, complaints } = await pausedAt(at);
  await button(page, "all").click();
  await scrubber(page).fill("4000");
  await page.keyboard.press("x");
  await page.keyboard.press("Space");
  await until(page, at);
  await page.keyboard.press("Space");
  await button(page, "Play").waitFor(WAIT);
  return { page, complaints };
}

test("acting in the past starts a branch, and the old future can be returned to", async () => {
  const { page } = await pausedAt(8);
  const online = page.getByRole("button", { name: /^replica A .*online/ });
  const cut = page.getByRole("button", { name: /^cut link/, pressed: true });
  assert.equal(await page.getByRole("group", { name: "Branches" }).count(), 0);
  await button(page, "all").click();
  await scrubber(page).fill("4000");
  await page.keyboard.press("x");
  await cut.waitFor(WAIT);
  const branches = page.getByRole("group", { name: "Branches" });
  assert.deepEqual(await branches.getByRole("button").allInnerTexts(), ["trunk", "branch 1"]);
  await button(page, "trunk").click();
  await cut.waitFor({ state: "detached" });
  assert.equal(await now(page), 4);
  await button(page, "Back to now").click();
  assert.ok((await now(page)) >= 8, "the old future is as long as it was");
  await online.waitFor(WAIT);
  await button(page, "branch 1").click();
  await cut.waitFor(WAIT);
});

test("a drag shows clock, cards, ring and head at once, and the rest when the hand rests", async () => {
  const { page, complaints } = await pausedAt(8);
  await button(page, "all").click();
  const read = () => {
    const number = (element) => Number(element.textContent.replace(/[^\d]/g, ""));
    return {
      time: Number(document.querySelector(".foot .t").textContent.match(/[\d.]+(?= s)/)[0]),
      card: number(document.querySelector(".node.master .off b")),
      arc: Number([...document.querySelectorAll(".ring .r-arc")].at(-1)?.dataset.to),
      head: document.querySelector(".histbox .h-head").getBoundingClientRect().x,
      last: document.querySelector(".log ol").lastElementChild?.textContent,
      value: Number(document.querySelector(".scrub").value),
    };
  };
  const seen = await page.evaluate(`(async () => {
    const field = document.querySelector(".scrub");
    const all = [];
    for (let at = 7900; at >= 1000; at -= 300) {
      field.value = String(at);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      all.push({ at, ...(${read})() });
    }
    return all;
  })()`);
  for (const { at, time, card, arc, value } of seen) {
    assert.deepEqual([Math.round(time * 1000), value], [at, at]);
    assert.ok(arc === card || (card === 0 && Number.isNaN(arc)), JSON.stringify(seen));
  }
  assert.ok(seen.every(({ head }, n) => n === 0 || head < seen[n - 1].head), "the head goes back with the hand");
  // What is drawn at rest is what a seek to the same instant draws.
  await page.waitForTimeout(400);
  const rested = await page.evaluate(read);
  await scrubber(page).fill("7900");
  await page.waitForTimeout(400);
  assert.notEqual((await page.evaluate(read)).last, rested.last, "more had happened then");
  // A single seek does the same, with the rest in the next frames.
  const first = await page.evaluate(`(() => {
    const field = document.querySelector(".scrub");
    field.value = "1000";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return new Promise((done) => requestAnimationFrame(() => setTimeout(() => done((${read})()))));
  })()`);
  assert.deepEqual({ ...first, last: rested.last }, rested);
  await page.waitForFunction((last) => document.querySelector(".log ol").lastElementChild?.textContent === last, rested.last, WAIT);
  await page.waitForTimeout(400);
  assert.deepEqual(await page.evaluate(read), rested);
  const asked = await page.evaluate(async () => {
    let frames = 0;
    const real = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => ((frames += 1), real(callback));
    await new Promise((done) => setTimeout(done, 500));
    return frames;
  });
  assert.equal(asked, 0, "an idle page asks for no frames");
  assert.deepEqual(complaints, []);
});

for (const grain of ["event", "message", "command"]) {
  test(`steps by ${grain} go back exactly as they went forward`, async () => {
    const { page } = await pausedAt(5);
    await page.getByRole("combobox", { name: "A step goes to the next" }).selectOption(grain);
    const at = [];
    for (let n = 0; n < 6; n += 1) {
      await button(page, "Step").click();
      at.push([await now(page), await page.getByRole("table", { name: "Nodes" }).innerText()]);
    }
    assert.ok(at[5][0] > at[0][0], "time passes");
    for (const before of at.slice(0, 5).reverse()) {
      await button(page, "Step back").click();
      assert.deepEqual([await now(page), await page.getByRole("table", { name: "Nodes" }).innerText()], before);
    }
  });
}

test("commands are rarer than messages", async () => {
  const { page } = await pausedAt(5);
  const pace = async (key) => {
    await page.keyboard.press(key);
    const start = await now(page);
    for (let n = 0; n < 8; n += 1) await page.keyboard.press("ArrowRight");
    const took = (await now(page)) - start;
    for (let n = 0; n < 8; n += 1) await page.keyboard.press("ArrowLeft");
    return took;
  };
  assert.ok((await pace("3")) > (await pace("1")));
});

test("the next and the previous instant of note", async () => {
  const { page } = await pausedAt(6);
  await page.keyboard.press("x");
  const cut = await now(page);
  await page.keyboard.press("Space");
  await until(page, cut + 3);
  await page.keyboard.press("Space");
  const back = [];
  while ((await now(page)) > cut) {
    await button(page, "Previous instant of note").click();
    back.push(await now(page));
  }
  assert.equal(back.pop(), cut, "the cut itself is one");
  for (const at of back.reverse()) {
    await button(page, "Next instant of note").click();
    assert.equal(await now(page), at);
  }
});

test("History zooms by keys, buttons and the wheel, and is dragged", async () => {
  const { page, complaints } = await pausedAt(9);
  await page.keyboard.press("0");
  const all = await shown(page);
  assert.equal(all[0], 0);
  await page.keyboard.press("+");
  const near = await shown(page);
  assert.ok(Math.abs((near[1] - near[0]) * 2 - (all[1] - all[0])) < 0.01, `${near} in ${all}`);
  await button(page, "Show more of the history").click();
  assert.deepEqual(await shown(page), all);
  const box = await page.locator(".histbox").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height - 30];
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -300);
  await page.mouse.wheel(0, -300);
  await page.waitForFunction((end) => Number(document.querySelector(".scrub").max) < end * 1000 - 100, all[1]);
  const wheeled = await shown(page);
  assert.ok(wheeled[0] > 0 && wheeled[1] < all[1], "the middle stays in sight");
  await page.mouse.down();
  await page.mouse.move(x - 120, y, { steps: 4 });
  await page.mouse.up();
  const dragged = await shown(page);
  assert.ok(dragged[0] > wheeled[0] && Math.abs(dragged[1] - dragged[0] - (wheeled[1] - wheeled[0])) < 0.01);
  await button(page, "follow").click();
  await button(page, "all").click();
  assert.deepEqual(await shown(page), all);
  assert.deepEqual(complaints, []);
});

test("two fingers zoom", async () => {
  const { page, context } = await lab.visit("?lang=en&speed=20", {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await until(page, 9);
  await page.keyboard.press("Space");
  await button(page, "History").click();
  await button(page, "all").click();
  const before = await shown(page);
  const box = await page.locator(".histbox").boundingBox();
  const [y, left, right] = [box.y + box.height / 2, box.x + 150, box.x + 250];
  const cdp = await context.newCDPSession(page);
  const touch = (type, ...xs) =>
    cdp.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((x, id) => ({ x, y, id })) });
  await touch("touchStart", left, right);
  for (const more of [10, 20, 40, 60]) await touch("touchMove", left - more, right + more);
  await touch("touchEnd");
  const after = await shown(page);
  assert.ok(after[1] - after[0] < (before[1] - before[0]) * 0.7, `${after} in ${before}`);
});

test("a range repeats until it is cleared", async () => {
  const { page } = await pausedAt(8);
  await button(page, "all").click();
  await scrubber(page).fill("3000");
  await page.keyboard.press("a");
  await scrubber(page).fill("6000");
  await page.keyboard.press("b");
  await page.keyboard.press("Space");
  const times = [];
  for (let n = 0; n < 25; n += 1) {
    times.push(await now(page));
    await page.waitForTimeout(40);
  }
  assert.ok(times.some((at, n) => n > 0 && at < times[n - 1]), `never goes back: ${times}`);
  assert.ok(times.slice(1).every((at) => at >= 3 && at <= 6), `${times}`);
  await page.keyboard.press("c");
  await until(page, 9);
});

test("a mark of the history is shown in the inspector", async () => {
  const { page } = await pausedAt(6);
  await page.keyboard.press("x");
  await page.keyboard.press("Space");
  await until(page, 9);
  await page.keyboard.press("Space");
  const mark = await page.locator(".history .h-pin.bad").first().boundingBox();
  await page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2);
  await page.locator(".inspector").getByText(/172\.16\.19\.3 .* 172\.16\.19\.5 is cut/).waitFor(WAIT);
});

test("two branches are compared, and what differs is said and marked", async () => {
  const { page, complaints } = await branched();
  await page.getByRole("combobox", { name: "Compare with" }).selectOption("trunk");
  const compare = page.getByRole("region", { name: "Compare with" });
  await compare.getByText("First difference at 4.000 s").waitFor(WAIT);
  await compare.getByText(/branch 1\s*The network between .* is cut/).waitFor(WAIT);
  const row = async (name) => (await compare.getByRole("row", { name }).innerText()).split("\t").slice(1);
  const [here, there] = await row(/^largest lag/);
  assert.ok(Number(here.replace(/\s/g, "")) > Number(there.replace(/\s/g, "")), `${here} against ${there}`);
  // One axis: the same instants stand at the same places, and the line is in both.
  const ticks = await compare.locator(".run svg").evaluateAll((all) =>
    all.map((svg) => [...svg.querySelectorAll(".h-axis")].map((tick) => [tick.textContent, tick.getAttribute("x")])),
  );
  assert.deepEqual(ticks[0], ticks[1]);
  const marks = await compare.locator(".h-parting").evaluateAll((all) => all.map((line) => line.getAttribute("x1")));
  assert.equal(marks.length, 2);
  assert.equal(marks[0], marks[1]);
  // Before the difference there is none.
  await scrubber(page).fill("3000");
  await compare.getByText("No difference up to this moment.").waitFor(WAIT);
  await compare.getByRole("button", { name: "Close" }).click();
  await compare.waitFor({ state: "hidden" });
  assert.deepEqual(complaints, []);
});

test("the help shows the keys, and gives the focus back", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  await button(page, "Step").focus();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys" });
  await help.waitFor(WAIT);
  for (const text of ["Play or pause", "Step back", "Next instant of note", "Repeat from here", "Start over"]) {
    await help.getByText(text, { exact: true }).waitFor(WAIT);
  }
  const before = await now(page);
  await page.keyboard.press("ArrowRight");
  assert.equal(await now(page), before, "the lab waits while the help is open");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Step");
  await button(page, "Keys").click();
  await help.getByRole("button", { name: "Close" }).click();
  await help.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Keys");
});

test("Tab goes through the page and out of it", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  const seen = new Set();
  for (let n = 0; n < 80; n += 1) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => {
      const active = document.activeElement;
      return active === document.body ? "out" : active.getAttribute("aria-label") || active.innerText || active.tagName;
    }));
  }
  assert.ok(seen.has("Step") && seen.has("Keys") && seen.has("out"), [...seen].join(", "));
});

test("the keys work inside an iframe, and only while it has the focus", async () => {
  const { page } = await lab.visit("?lang=en&play=0");
  const host = new URL("host.html", lab.address).href;
  const body = `<!doctype html><title>notes</title><input aria-label="note"><iframe title="lab" width="1000" height="700"
    src="${lab.address}?lang=en&play=0"></iframe>`;
  await page.route(host, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(host);
  const inside = page.frameLocator("iframe");
  const time = inside.locator(".foot .t");
  await time.waitFor(WAIT);
  await page.getByRole("textbox", { name: "note" }).press("ArrowRight");
  assert.equal(seconds(await time.innerText()), 0);
  await inside.getByRole("button", { name: "Step", exact: true }).click();
  const first = seconds(await time.innerText());
  for (let n = 0; n < 9; n += 1) await page.keyboard.press("ArrowRight");
  const second = seconds(await time.innerText());
  assert.ok(first > 0 && second > first, `${first}, ${second}`);
  await page.keyboard.press("?");
  await inside.getByRole("dialog", { name: "Keys" }).waitFor(WAIT);
  await page.keyboard.press("Escape");
  for (let n = 0; n < 9; n += 1) await page.keyboard.press("ArrowLeft");
  assert.equal(seconds(await time.innerText()), first);
});

test("History goes on while many nodes change at once", async () => {
  const names = "mabcdefghijk".split("");
  const node = (name, n) => ({ name, host: `172.16.19.${100 + n}`, ...(n > 0 ? { replica_of: "m" } : { data: ["SET k1 v1"] }) });
  const text = { zh: "看", en: "Look" };
  const lesson = {
    format: 1, id: "big", languages: ["zh", "en"], title: text, summary: text,
    worlds: { main: { settings: { "repl-backlog-size": 512 }, nodes: names.map(node), clients: [{ name: "writer", at: "m", every_ms: 300 }] } },
    steps: [{ id: "s", text, until: { online: "k" } }],
  };
  const context = await lab.browser.newContext({ viewport: { width: 1366, height: 768 }, serviceWorkers: "block" });
  await context.route("**/big.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(lesson) }));
  const page = await context.newPage();
  await page.goto(`${lab.address}?lesson=big.json&lang=en&speed=5&play=1`);
  await page.waitForFunction(() => document.querySelectorAll(".stage .node").length === 12);
  await until(page, 30);
  // On a slow machine, there are few frames between two instants that are drawn.
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const from = Number(await scrubber(page).inputValue());
  await until(page, 60);
  const to = Number(await scrubber(page).inputValue());
  assert.ok(to >= from + 10_000, `from ${from} to ${to} ms while 30 s passed`);
  await context.close();
});

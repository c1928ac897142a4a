// Every lesson, played to its end by doing what the page asks, with the page's own controls.
//
// The lesson file says which control does what is asked (`await.do`); everything else is read from the
// screen. SHOTS=folder keeps a picture of every step; LESSON=name plays one lesson only.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { openLab } from "./lib/lab.mjs";
import { Student } from "./lib/student.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(here, "../../www/lessons");
const shots = process.env.SHOTS;

let lab;
before(async () => {
  lab = await openLab();
  if (shots) await mkdir(shots, { recursive: true });
});
after(() => lab?.close());

const files = (await readdir(folder)).filter((name) => name.endsWith(".json") && !name.includes("schema")).sort();
const all = await Promise.all(files.map(async (name) => JSON.parse(await readFile(path.join(folder, name), "utf8"))));
const lessons = all.filter((lesson) => !process.env.LESSON || process.env.LESSON === lesson.id);
/** A lesson that a test is about, whatever LESSON says. */
const lessonNamed = (id) => all.find((lesson) => lesson.id === id) ?? assert.fail(`there is no lesson ${id}`);
assert.ok(lessons.length > 0, "there are lessons");

for (const lesson of lessons) {
  for (const [lang, wrongFirst] of [["zh", false], ["en", false], ["en", true]]) {
    const how = wrongFirst ? `${lang}, the wrong thing first` : lang;
    test(`lesson ${lesson.id} (${how}) is played to its end`, async () => {
      const { page, context, complaints } = await lab.visit(`?lesson=${lesson.id}&lang=${lang}&speed=5`);
      const student = new Student(page, lesson, lang, wrongFirst ? undefined : shots);
      await student.play(wrongFirst);
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
  if (lesson.challenges?.length) {
    test(`the challenges of lesson ${lesson.id} are won by their solutions`, async () => {
      const { page, context, complaints } = await lab.visit(`?lesson=${lesson.id}&lang=zh&speed=5`);
      const student = new Student(page, lesson, "zh", shots);
      await student.challenges();
      assert.deepEqual(complaints, []);
      await context.close();
    });
  }
}

const WAIT = { timeout: 30_000 };

test("a teacher's file is opened; a bad one is refused with line and field, and nothing changes", async () => {
  const good = await readFile(path.join(folder, files[0]), "utf8");
  const named = JSON.parse(good);
  // It may be named like one of ours.
  Object.assign(named, { id: "cut", title: { zh: "我的课", en: "<b>Mine</b>" } });
  const serve = async (context, text) => context.route("**/mine.json", (route) => route.fulfill({ contentType: "application/json", body: text }));

  const { page, context, complaints } = await lab.visit("?lang=en");
  await serve(context, JSON.stringify(named));
  await page.goto(`${lab.address}?lesson=mine.json&lang=en`);
  const panel = page.locator("section.lesson");
  await panel.locator(".dots").waitFor(WAIT);
  assert.match(await panel.locator(".kicker").innerText(), /A teacher's lesson · <b>Mine<\/b>/, "text is text");
  assert.deepEqual(complaints, []);
  await context.close();

  const bad = await lab.visit("?lang=en&play=0");
  await serve(bad.context, good.replace('"await"', '"awaits"'));
  await bad.page.goto(`${lab.address}?lesson=mine.json&lang=en`);
  const trouble = bad.page.getByRole("alert").filter({ hasText: "cannot be used" });
  await trouble.waitFor(WAIT);
  assert.match(await trouble.innerText(), /\d+:\d+: steps\[0\].*awaits.*expected/s);
  await bad.page.getByRole("button", { name: /^replica A \d/ }).waitFor(WAIT);
  await bad.context.close();

  const large = await lab.visit("?lang=en&play=0");
  await serve(large.context, `{"x":"${"x".repeat(300_000)}"}`);
  await large.page.goto(`${lab.address}?lesson=mine.json&lang=en`);
  await large.page.getByRole("alert").filter({ hasText: "262144 bytes" }).waitFor(WAIT);
  await large.context.close();

  const unknown = await lab.visit("?lang=en&lesson=nothing&play=0");
  await unknown.page.getByText("There is no lesson called nothing.").waitFor(WAIT);
  await unknown.context.close();
});

test("a teacher's lesson is played to its end, and its HTML stays text", async () => {
  const docs = await readFile(path.join(here, "../../docs/LESSONS.md"), "utf8");
  const own = JSON.parse(docs.split("```json lesson\n")[1].split("```")[0]);
  const html = "<img src=x onerror=alert(1)><b>bold</b>";
  own.title.en = html;
  own.steps[1].text.en += html;
  own.steps[2].ask.guess.choose[0].text.en += html;
  own.steps[2].ask.why.en += html;
  own.worlds.main.title = { zh: "一", en: html };
  const { page, context, complaints } = await lab.visit("?lang=en&play=0");
  await context.route("**/own.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(own) }));
  await page.goto(`${lab.address}?lesson=own.json&lang=en&speed=5`);
  const panel = page.locator("section.lesson");
  await panel.locator(".dots").waitFor(WAIT);
  await new Student(page, own, "en").play(false);
  assert.equal(await page.locator(".lesson img, .lesson b b").count(), 0, "no HTML of the file is in the page");
  assert.match(await panel.innerText(), /<b>bold<\/b>/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a byte is guessed by clicking the ring, and the ring marks the guess", async () => {
  const lapped = lessonNamed("lapped");
  const { page, context, complaints } = await lab.visit("?lesson=lapped&lang=en&speed=5");
  const student = new Student(page, lapped, "en");
  await student.panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
  await student.one(0, false);
  const field = student.panel.locator(".answers input");
  await field.waitFor(WAIT);
  // A part of a command is the oldest, and a whole one's bytes give way: the third is left.
  const ranges = await page.locator(".ringbox .r-arc title").allTextContents();
  const firsts = ranges.map((text) => Number(text.split("–")[0].replace(/[^0-9]/g, "")));
  const third = firsts.indexOf([...firsts].sort((a, b) => a - b)[2]);
  await page.locator(".ringbox .r-arc").nth(third).click();
  await page.waitForFunction((n) => document.querySelector(".answers input").value === String(n), firsts[third], WAIT);
  assert.match(await page.locator(".ringbox .r-arc").nth(third).getAttribute("class"), /\bon\b/);
  await student.panel.locator(".answers .btn.pri").click();
  await student.panel.locator(".reveal .verdict-is").filter({ hasText: "You were right" }).waitFor(WAIT);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a click on 'skip' that comes an instant late does not go on to the next step", async () => {
  const { page, context } = await lab.visit("?lesson=cascade&lang=en&speed=5");
  const panel = page.locator("section.lesson");
  await panel.locator(".answers input[type=range]").press("End");
  // What a finger would hit in the very moment in which the button changes.
  await page.evaluate(() => {
    const next = document.querySelector(".lesson .next");
    const look = () => {
      const { x, y, width, height } = next.getBoundingClientRect();
      return next.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    };
    window.hits = [];
    new MutationObserver(() => window.hits.push([next.className, look()])).observe(next, { attributeFilter: ["class"] });
  });
  await panel.locator(".answers .btn.pri").click();
  await panel.locator("footer .next:not(.pri)").click();
  await panel.locator(".reveal .verdict-is").waitFor(WAIT);
  assert.deepEqual((await page.evaluate(() => window.hits)).at(-1), ["btn pri next", false]);
  await panel.locator("footer .next.pri").click();
  await panel.locator("footer .count", { hasText: "2/8" }).waitFor(WAIT);
  await context.close();
});

test("two presses of 'next' that come before the page is drawn go on by one step", async () => {
  const { page, context } = await lab.visit("?lesson=why&lang=en&speed=5");
  const panel = page.locator("section.lesson");
  const student = new Student(page, lessonNamed("why"), "en");
  await panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
  await student.settle({ id: "write" });
  const twice = () => panel.locator("footer .next").evaluate((next) => {
    next.click();
    next.click();
  });
  await twice();
  await panel.locator("footer .count", { hasText: "2/9" }).waitFor(WAIT);
  // The step's own button, too, is deaf for an instant where it stands in another one's place.
  assert.equal(await panel.locator("footer .next").evaluate((next) => next.getAnimations().length), 1);
  await page.waitForTimeout(300);
  assert.equal(await student.step(), 1);
  await context.close();
});

test("on a phone a step begins with the view that it speaks of, and the way to what is to be done is in sight", async () => {
  const lapped = lessonNamed("lapped");
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, context, complaints } = await lab.visit("?lesson=lapped&lang=en&speed=5", phone);
  const student = new Student(page, lapped, "en");
  const tab = () => page.locator(".views").getAttribute("data-tab");
  const inSight = (selector) => student.panel.locator(selector).first().evaluate((element) => {
    const { x, y, width } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + 12));
  });
  await student.panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
  assert.equal(await tab(), "ring", "the first step is about the ring");
  await student.one(0, false);
  await student.one(1, false);
  await student.panel.locator(".turn.mine").waitFor(WAIT);
  assert.equal(await tab(), "now", "a link is to be cut");
  assert.ok(await inSight("h1"), "a new step is seen from its beginning");
  await student.doIt(lapped.steps[2], 2, false, "x");
  await student.settle(lapped.steps[2], 2);
  await student.panel.locator("footer .next").click();
  await student.panel.locator(".answers").waitFor(WAIT);
  assert.equal(await tab(), "ring");
  assert.deepEqual(complaints, []);
  await context.close();

  const own = JSON.parse((await readFile(path.join(here, "../../docs/LESSONS.md"), "utf8")).split("```json lesson\n")[1].split("```")[0]);
  const [sync, cut, back] = own.steps;
  back.ask.why.en = "A long story. ".repeat(60);
  own.steps = [{ ...sync, hold: true }, { ...back, ask: { ...back.ask, rewind: true }, await: cut.await }];
  own.steps[1].ask.run.do.unshift({ cut: ["a", "b"] }, { wait_ms: 3000 });
  const other = await lab.visit("?lang=en&play=0", phone);
  await other.context.route("**/own.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(own) }));
  await other.page.goto(`${lab.address}?lesson=own.json&lang=en&speed=5`);
  const panel = other.page.locator("section.lesson");
  await panel.locator("footer .next.pri").click(WAIT);
  await panel.locator(".option input").first().check();
  await panel.locator(".answers .btn.pri").click();
  await panel.locator(".turn.mine").waitFor(WAIT);
  const top = () => panel.locator(".turn.mine").evaluate((turn) => turn.getBoundingClientRect().top);
  assert.ok((await top()) > 844, "it lies below what happened");
  await panel.getByRole("button", { name: "Your turn" }).click(WAIT);
  assert.ok((await top()) < 600, "and is scrolled to");
  await other.context.close();
});

test("after a question about a node the right one is ringed on the stage while it is told", async () => {
  const propagation = lessonNamed("propagation");
  const { steps } = propagation;
  const { page, context } = await lab.visit("?lesson=propagation&lang=en&speed=5");
  const student = new Student(page, propagation, "en");
  await student.panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
  const place = steps.findIndex((step) => step.ask?.guess.node);
  for (let n = 0; n < place; n++) await student.one(n, false);
  assert.equal(await page.locator(".stage .node.shine").count(), 0, "it is not given away");
  await student.answer(steps[place], true, "x");
  const really = (await student.panel.locator(".really li").innerText()).trim();
  const ringed = page.locator(".stage .node.shine");
  await ringed.waitFor(WAIT);
  assert.equal(await ringed.count(), 1);
  assert.ok((await ringed.innerText()).startsWith(really), `${really} is ringed`);
  await context.close();
});

test("after a reveal that goes back, the turn begins where it was asked, and History knows nothing of it", async () => {
  const docs = await readFile(path.join(here, "../../docs/LESSONS.md"), "utf8");
  const own = JSON.parse(docs.split("```json lesson\n")[1].split("```")[0]);
  own.worlds.main.clients = [];
  const [sync, cut, back] = own.steps;
  own.steps = [{ ...sync, hold: true }, { ...back, ask: { ...back.ask, rewind: true }, await: cut.await }];
  own.steps[1].ask.run.do.unshift({ cut: ["a", "b"] }, { wait_ms: 3000 });
  const { page, context, complaints } = await lab.visit("?lang=en&play=0");
  await context.route("**/own.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(own) }));
  await page.goto(`${lab.address}?lesson=own.json&lang=en&speed=1`);
  const panel = page.locator("section.lesson");
  await panel.locator("footer .next.pri").click(WAIT);
  await panel.locator(".answers").waitFor(WAIT);
  const clock = () => page.locator(".foot .t").evaluate((shown) => Number(shown.textContent.match(/[\d.]+(?= s)/)[0]));
  const asked = await clock();
  await panel.locator(".option input").first().check();
  await panel.locator(".answers .btn.pri").click();
  await page.locator(".view.history .h-cut").first().waitFor({ state: "attached", ...WAIT });
  await panel.locator(".turn.mine").waitFor(WAIT);
  const [now, cuts] = [await clock(), await page.locator(".view.history .h-cut").count()];
  assert.ok(now >= asked && now < asked + 2, `asked at ${asked} s, the turn begins at ${now} s`);
  assert.equal(cuts, 0, "what was only shown did not happen");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("in a figure nothing covers the stage: a lesson is started beside its text", async () => {
  const { page, context, complaints } = await lab.visit("?lang=en&play=0", { viewport: { width: 680, height: 900 } });
  await page.goto(`${lab.address}embed.html?lang=en&controls=mini&lesson=cut`);
  await page.locator(".stage .switch .face").first().waitFor(WAIT);
  const covered = await page.locator(".stage .switch button").evaluateAll((buttons) => buttons.filter((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return !button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  }).length);
  assert.equal(covered, 0);
  const panel = page.locator("section.lesson");
  await panel.locator(".turn").getByRole("button", { name: "Play" }).click(WAIT);
  await panel.locator("footer .next.pri").waitFor(WAIT);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("on a phone the console is in sight when the reader is to type", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, context, complaints } = await lab.visit("?lesson=why&lang=en&speed=1", phone);
  await page.locator("section.lesson .turn.mine").waitFor(WAIT);
  const seen = await page.locator(".console form .btn").evaluate((run) => {
    const { x, y, width, height } = run.getBoundingClientRect();
    return run.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  assert.ok(seen);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("on a phone the writer is stopped and a link's menu opened by a finger, and a card says its key", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, context, complaints } = await lab.visit("?lesson=propagation&lang=en&speed=1", phone);
  const panel = page.locator("section.lesson");
  await panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
  const [a, b] = [page.locator(".stage .node").first(), page.locator(".stage .node").nth(1)];
  await b.waitFor(WAIT);
  assert.match(await a.innerText(), /k1\s*v0/, "the small card says its first key");
  await b.tap();
  await page.locator("section.inspector").getByRole("button", { name: /link to/i }).tap();
  await page.locator("section.inspector").getByRole("button", { name: /silent/i }).first().waitFor(WAIT);
  await context.close();

  const writing = await lab.visit("?lang=en&play=1", phone);
  const stop = writing.page.locator(".foot").getByRole("button", { name: "Stop writing" });
  const start = writing.page.locator(".foot").getByRole("button", { name: "Start writing" });
  await stop.or(start).first().waitFor(WAIT);
  const [from, to] = (await stop.isVisible()) ? [stop, start] : [start, stop];
  await from.tap();
  await to.waitFor(WAIT);
  assert.deepEqual([...complaints, ...writing.complaints], []);
  await writing.context.close();
});

test("stepping back restores the world of that step, and the language changes under a lesson", async () => {
  const { page, complaints } = await lab.visit("?lesson=why&lang=zh&speed=5");
  const panel = page.locator("section.lesson");
  const a = page.locator(".stage .node").first();
  await panel.locator(".turn.mine").waitFor(WAIT);
  await page.locator(".console input").fill("SET k1 v1");
  await page.locator(".console form .btn").click();
  await panel.locator("footer .next.pri").click(WAIT);
  await panel.locator(".ask").waitFor(WAIT);
  assert.match(await a.innerText(), /k1\s*v1/);
  await panel.getByRole("button", { name: "上一步" }).click();
  await panel.locator(".turn.mine").waitFor(WAIT);
  assert.match(await a.innerText(), /还没有键/);
  await page.getByRole("button", { name: "EN: switch to English" }).click();
  await panel.getByRole("heading", { name: "Your turn" }).waitFor(WAIT);
  await panel.getByRole("heading", { name: "A single Redis" }).waitFor(WAIT);
  assert.equal((await panel.locator("footer .count").textContent()).trim(), "1/9");
  await page.getByRole("button", { name: "Free lab" }).click();
  await panel.waitFor({ state: "detached", ...WAIT });
  await page.getByRole("button", { name: /^replica A \d/ }).waitFor(WAIT);
  assert.deepEqual(complaints, []);
});

test("the calculator tries its answer at once and draws simulated points", async () => {
  const { page } = await lab.visit("?lesson=size&lang=en&speed=5");
  const panel = page.locator("section.lesson");
  const student = new Student(page, lessonNamed("size"), "en");
  await panel.locator(".answers").waitFor(WAIT);
  await student.answer({ ask: { guess: { [Object.keys(student.lesson.steps[0].ask.guess)[0]]: 0 } } }, true, "x");
  await panel.locator("footer .next.pri").click(WAIT);
  const calculator = panel.locator(".calc");
  await calculator.waitFor(WAIT);
  assert.match(await calculator.innerText(), /repl_backlog_size\s*2.400 bytes[^]*\+CONTINUE/);
  await page.waitForFunction(() => document.querySelectorAll(".g-dots circle").length === 8, undefined, WAIT);
  await calculator.getByLabel("burst: times the writes").fill("8");
  await calculator.getByLabel("burst, seconds").fill("6");
  await calculator.getByText("+FULLRESYNC, too small").waitFor(WAIT);
  // What a student might enter out of curiosity: words say why, and no field breaks the others.
  const writes = calculator.getByLabel("writes per second");
  for (const odd of ["0", "-5", "", "4000000000"]) {
    await writes.fill(odd);
    await calculator.getByText("writes per second: 1–1000 is allowed.").waitFor(WAIT);
  }
  await calculator.getByLabel("bytes per command").fill("4000000000");
  await calculator.getByLabel("outage, seconds").fill("4000000");
  assert.ok(!/NaN|undefined|-\d/.test(await calculator.innerText()));
  await writes.fill("4");
  await calculator.getByLabel("bytes per command").fill("50");
  await calculator.getByText("Too long: at most 20,000 writes").waitFor(WAIT);
  await calculator.getByLabel("burst: times the writes").fill("1");
  await calculator.getByLabel("outage, seconds").fill("0");
  await calculator.locator(".verdict-is").waitFor(WAIT);
  await calculator.getByLabel("network, commands/s").fill("500");
  await calculator.getByLabel("outage, seconds").fill("6");
  await calculator.getByText(/repl_backlog_size\s*0 bytes/).or(calculator.locator("dd", { hasText: /^0 bytes$/ })).first().waitFor(WAIT);
});

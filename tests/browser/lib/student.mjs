// A student who does what a lesson asks, with the page's own controls.
import assert from "node:assert/strict";
import path from "node:path";

/** Waiting for something in the world may take a while on a busy machine. */
const WAIT = { timeout: 60_000 };

/** The steps of the speed's slider. */
const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

const WORDS = {
  zh: {
    kill: "杀掉进程", restart: "重启，带 RDB", restartEmpty: "重启，丢掉 RDB", pause: "暂停进程", resume: "继续进程",
    start: "开始写入", pauseIt: "暂停", bandwidth: "带宽改为", stop: "停止写", run: "执行", input: "Redis 命令", close: "关闭",
  },
  en: {
    kill: "Kill the process", restart: "Restart with its RDB", restartEmpty: "Restart without RDB",
    pauseIt: "Pause", bandwidth: "bandwidth", stop: "Stop writing", pause: "Pause the process", resume: "Resume the process", run: "Run", input: "Redis command", close: "Close",
  },
};

export class Student {
  constructor(page, lesson, lang, shots) {
    Object.assign(this, { page, lesson, lang, shots });
    this.panel = page.locator("section.lesson");
    this.words = WORDS[lang];
  }

  /** The worlds on the stage in a step: its own, or those of the last one that names some. */
  world(step) {
    const named = this.lesson.steps.slice(0, step + 1).findLast((one) => one.worlds?.length)?.worlds;
    return this.lesson.worlds[named?.[0] ?? Object.keys(this.lesson.worlds)[0]];
  }

  async shot(name) {
    if (!this.shots) return;
    await this.page.screenshot({ path: path.join(this.shots, `${this.lesson.id}-${this.lang}-${name}.png`) });
  }

  /** Which step the page shows. */
  async step() {
    return Number((await this.panel.locator("footer .count").textContent()).split("/")[0]) - 1;
  }

  async play(wrongFirst) {
    const { steps } = this.lesson;
    await this.panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
    for (const n of steps.keys()) await this.one(n, wrongFirst);
    await this.page.waitForFunction(() => !document.querySelector(".lesson .dots"), undefined, WAIT);
    await this.shot("99-end");
  }

  /** A step, and on to the next one. */
  async one(n, wrongFirst) {
    const { steps } = this.lesson;
    const step = steps[n];
    assert.equal(await this.step(), n, `step ${step.id}`);
    const name = `${String(n + 1).padStart(2, "0")}-${step.id}`;
    if (step.ask) {
      if (!(await this.answer(step, wrongFirst, name))) {
        // What was done wrong before has spoilt the question: the page leads back to it.
        assert.ok(wrongFirst && n > 0, `step ${step.id} has no answer`);
        await this.panel.locator(".turn:not(.mine) .btn").click();
        await this.page.waitForFunction((n) => document.querySelector(".lesson .count")?.textContent.startsWith(`${n}/`), n, WAIT);
        await this.one(n - 1, false);
        return this.one(n, false);
      }
    } else {
      await this.shot(name);
    }
    if (step.await) await this.doIt(step, n, wrongFirst, name);
    await this.settle(step, n);
    await this.shot(`${name}-done`);
    await this.panel.locator("footer .next").click();
    if (n + 1 < steps.length) {
      await this.page.waitForFunction((n) => document.querySelector(".lesson .count")?.textContent.startsWith(`${n}/`), n + 2, WAIT);
    }
  }

  /**
   * Presses "skip" if it is there, in one instant. Playwright's own click looks first and tries again on the
   * same element, which by then may have become "next": a student who reads would not press that.
   */
  async skip() {
    await this.panel.locator("footer .next:not(.pri):not([disabled])").evaluateAll(([skip]) => skip?.click());
  }

  /** Waits until the page lets one go on. What takes long is left to "skip". */
  async settle(step, n) {
    const next = this.panel.locator("footer .next.pri");
    const over = this.panel.locator(".turn:not(.mine) .btn");
    for (let tries = 0; tries < 4; tries++) {
      if (await next.waitFor({ timeout: 4000 }).then(() => true, () => false)) return;
      if (n !== undefined && (await over.isVisible())) {
        // It cannot come about any more: the page offers to start the step over.
        await over.click();
        if (step.ask) await this.answer(step, false, "again");
        await this.doIt(step, n, false, "again");
      } else {
        await this.skip();
      }
    }
    await next.waitFor({ timeout: 8000 }).catch(async () => {
      assert.fail(`step ${step.id} is not done: ${await this.panel.innerText()}`);
    });
  }

  /**
   * Commits to an answer: the first one that can be given; the last one if it is to be wrong. `false` if the
   * question has no answer in the world as it is.
   */
  async answer(step, last, name) {
    const form = this.panel.locator(".answers");
    await form.waitFor(WAIT);
    const [kind] = Object.keys(step.ask.guess);
    await this.shot(`${name}-ask`);
    const commit = form.locator(".btn.pri");
    if (kind === "choose" || kind === "choose_all" || kind === "node") {
      const options = form.locator(".option input");
      assert.ok(await commit.isDisabled(), "nothing is chosen yet");
      await options.nth(last ? (await options.count()) - 1 : 0).check();
    } else if (kind === "order") {
      if (last) await form.locator(".move:not([disabled])").last().click();
    } else if (kind === "number") {
      await form.locator("input[type=range]").press(last ? "End" : "ArrowRight");
    } else if (kind === "byte") {
      await form.locator("input").fill(last ? "1" : "100");
    }
    await commit.click();
    const spoilt = this.panel.locator(".turn:not(.mine) .btn");
    await this.panel.locator(".yours, .reveal").or(spoilt).first().waitFor(WAIT);
    if (await spoilt.isVisible()) return false;
    const reveal = this.panel.locator(".reveal .verdict-is");
    if (step.ask.run && (last || this.lang === "en")) {
      // The other half watches to the end. Where nothing happens between guess and answer, nothing is skipped.
      await this.skip();
    }
    await reveal.waitFor(WAIT).catch(async () => {
      assert.fail(`step ${step.id} does not say what happened: ${await this.panel.innerText()}`);
    });
    assert.ok((await this.panel.locator(".really li").count()) > 0, "it says what happened");
    const said = await this.panel.innerText();
    assert.ok(!said.includes("—\n") && !said.includes("{"), `a value is missing: ${said}`);
    await this.shot(`${name}-reveal`);
    return true;
  }

  async doIt(step, n, wrongFirst, name) {
    const mine = this.panel.locator(".turn.mine");
    const done = this.panel.locator("footer .next.pri");
    await mine.or(done).first().waitFor(WAIT);
    // "Skip" came when it was the student's turn already, and did it.
    if (await done.isVisible()) return;
    await this.shot(`${name}-turn`);
    const world = this.world(n);
    if (wrongFirst) {
      const wrong = step.await.wrong?.length ? step.await.wrong : undefined;
      if (wrong && !(await this.perform(wrong, world))) return;
      await this.page.waitForTimeout(300);
      assert.ok(await mine.isVisible(), `step ${step.id} is done by the wrong thing`);
    }
    // What came too late, after the wrong thing, is done once more.
    for (let tries = wrongFirst ? 3 : 1; tries > 0; tries--) {
      if (!(await this.perform(step.await.do, world))) await mine.locator(".btn").first().click();
      const timeout = tries === 1 ? WAIT.timeout : 12_000;
      if (await mine.waitFor({ state: "detached", timeout }).then(() => true, () => false)) return;
    }
    assert.fail(`step ${step.id} does not see that it was done: ${await this.panel.innerText()}`);
  }

  /**
   * Does deeds with the page's controls; `false` if one of them has none. Between deeds that belong together
   * the clock stands, however long this machine takes to click.
   */
  async perform(deeds, world) {
    if (deeds.length < 2) return this.deeds(deeds, world);
    const ran = await this.run(false);
    const done = await this.deeds(deeds, world);
    if (ran) await this.run(true);
    return done;
  }

  /** Plays or pauses; whether it played before. */
  async run(on) {
    const button = this.page.locator(".foot .play");
    const playing = (await button.getAttribute("aria-label")) === this.words.pauseIt;
    if (playing !== on) await button.click();
    return playing;
  }

  async deeds(deeds, world) {
    for (const deed of deeds) {
      const [kind, value] = typeof deed === "string" ? [deed, undefined] : Object.entries(deed)[0];
      const host = (name) => world.nodes.find((node) => node.name === name).host;
      if (kind === "cut" || kind === "heal") await this.flip(value.map(host), kind === "cut");
      else if (kind === "command") await this.type(value.node, value.line);
      else if (kind === "replicaof") await this.type(value.node, `REPLICAOF ${host(value.of)} 6379`);
      else if (kind === "promote") await this.type(value, "REPLICAOF NO ONE");
      else if (kind === "wait_ms") await this.wait(value);
      // What it is cannot be read off the page, but that it takes no longer.
      else if (kind === "wait_for") await this.wait(3000);
      else if (["kill", "pause", "resume"].includes(kind)) await this.menu(value, this.words[kind]);
      else if (kind === "restart") await this.menu(value.node, this.words[value.keep_rdb ? "restart" : "restartEmpty"]);
      else if (kind === "stop") await this.page.locator(".foot").getByRole("button", { name: this.words.stop }).first().click();
      else if (kind === "path") await this.slow(value.between.map(host), value.path.bytes_per_s);
      else return false;
    }
    return true;
  }

  /** Makes a link slower by its menu, until it is slow enough. */
  async slow([a, b], rate) {
    await this.page.locator(`.stage:not([inert]) .more[aria-label*="${a}"][aria-label*="${b}"]`).click();
    const inspector = this.page.locator("section.inspector");
    for (;;) {
      const slower = inspector.getByRole("button", { name: this.words.bandwidth }).first();
      const offered = Number((await slower.innerText()).replace(/[^0-9]/g, ""));
      await slower.click();
      await this.page.waitForTimeout(200);
      if (offered <= rate) break;
    }
    await inspector.getByRole("button", { name: this.words.close }).first().click();
  }

  async flip([a, b], cut) {
    const face = this.page.locator(`.stage:not([inert]) .face[aria-label*="${a}"][aria-label*="${b}"]`);
    if ((await face.getAttribute("aria-pressed")) !== String(cut)) await face.click();
  }

  async type(node, line) {
    const form = this.page.locator(".console form");
    const options = form.locator("select option");
    const names = await options.allInnerTexts();
    const place = names.findIndex((name) => name.split(" ").at(-1) === node);
    assert.ok(place >= 0, `${node} is in the console's list: ${names}`);
    await form.locator("select").selectOption({ index: place });
    await form.getByRole("textbox").fill(line);
    await form.getByRole("button", { name: this.words.run, exact: true }).click();
  }

  async menu(node, word) {
    const names = await this.page.locator(".stage:not([inert]) .node").evaluateAll((cards) => cards.map((card) => card.innerText));
    const place = names.findIndex((text) => new RegExp(`(^|\\s)${node}(\\s|$)`).test(text.split("\n")[0]));
    await this.page.locator(".stage:not([inert]) .node").nth(place).click();
    const inspector = this.page.locator("section.inspector");
    await inspector.getByRole("button", { name: word }).first().click();
    await inspector.getByRole("button", { name: this.words.close }).first().click();
  }

  /** Lets time pass in the world: slowly, so that it is not too much. */
  async wait(ms) {
    const pace = this.page.locator(".foot .speed input");
    const before = await pace.inputValue();
    await pace.fill(String(SPEEDS.indexOf(ms < 500 ? 0.1 : 1)));
    const now = async () => Number((await this.page.locator(".foot .t").textContent()).match(/[\d.]+(?= s)/)[0]);
    const until = (await now()) + ms / 1000;
    const ran = await this.run(true);
    // The page may stop the clock for a reason of its own: a lost link is over, a question is asked.
    for (let polls = 0; (await now()) < until && polls < 2000; polls++) await this.page.waitForTimeout(30);
    if (!ran) await this.run(false);
    await pace.fill(before);
  }

  async challenges() {
    const { steps, challenges } = this.lesson;
    await this.panel.locator("footer .count").waitFor({ state: "attached", ...WAIT });
    // To the end of the lesson, the quick way.
    for (const step of steps) {
      if (step.ask) await this.answer(step, true, "skip");
      await this.settle(step);
      await this.panel.locator("footer .next").click();
    }
    for (const [n, challenge] of challenges.entries()) {
      const entry = this.panel.locator(".menu .entry").nth(n);
      await entry.click();
      if (challenge.dial) {
        await this.shot(`challenge-${challenge.id}-dial`);
        await this.panel.locator(".row .btn.pri").click();
      }
      const world = this.lesson.worlds[challenge.world ?? Object.keys(this.lesson.worlds)[0]];
      await this.panel.locator("dl.score").waitFor(WAIT);
      await this.page.waitForFunction(() => !document.querySelector(".reveal .quiet")?.textContent.match(/等它发生|until it happens/), undefined, WAIT);
      await this.shot(`challenge-${challenge.id}`);
      await this.perform(challenge.solution, world);
      await this.panel.locator(".verdict-is").waitFor(WAIT);
      const seen = await this.panel.locator(".verdict-is").evaluate((verdict) => {
        const { x, y, width, height } = verdict.getBoundingClientRect();
        return verdict.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      });
      assert.ok(seen, `the end of ${challenge.id} is in sight`);
      await this.shot(`challenge-${challenge.id}-end`);
      if (!challenge.dial) assert.ok(await this.panel.locator(".verdict-is.right").isVisible(), `${challenge.id} is won`);
      await this.panel.locator(".menu .entry").first().waitFor(WAIT);
    }
  }
}

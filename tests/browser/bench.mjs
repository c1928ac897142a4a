// What the page costs: node bench.mjs, with SITE a build that has the bench worlds (`cargo xtask bench
// page`). Headless Chromium without a GPU, so all raster is in software; compare ratios, not machines.
//
// script: around each animation callback, with the microtasks it queues (Yew draws in one).
// main:   the main thread's busy time (CDP TaskDuration) divided by the frames in it.
// frame:  from one animation frame to the next.
// bare:   a page of nine nodes and the same packets and nothing else, in turns with ours (lib/bare.mjs).
import { bare } from "./lib/bare.mjs";
import { launch } from "./lib/lab.mjs";
import { serveSite } from "./lib/site.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const FRAMES = 240;
const WARM_UP = 60;

const SCENES = [
  { name: "50 packets, 9 nodes", hash: "#bench=9,50", throttle: 1, script: 0.5, main: 2 },
  { name: "  a bare page with 50", bare: 50, throttle: 1 },
  { name: "500 packets", hash: "#bench=9,500", throttle: 1, script: 0.75, main: 4 },
  { name: "  a bare page with 500", bare: 500, throttle: 1 },
  { name: "500 packets, CPU ÷ 4", hash: "#bench=9,500", throttle: 4, frame: 16.7 },
  { name: "5000 packets", hash: "#bench=9,5000", throttle: 1, frame: 16.7 },
];

// A clock of 5 µs instead of 100.
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const site = await serveSite(undefined, ISOLATED);
const browser = await launch();

/** Wraps the animation callbacks before the page starts. */
function watchFrames() {
  const real = window.requestAnimationFrame.bind(window);
  const seen = (window.benchFrames = { asked: 0, script: [], at: [] });
  window.requestAnimationFrame = (callback) => {
    seen.asked += 1;
    return real((at) => {
      const before = performance.now();
      callback(at);
      // Behind the microtasks that the callback queued, and theirs.
      queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => {
        const took = performance.now() - before;
        // Callbacks of one frame have one time.
        if (seen.at.at(-1) === at) {
          seen.script[seen.script.length - 1] += took;
        } else {
          seen.script.push(took);
          seen.at.push(at);
        }
      }))));
    });
  };
}

/** The module that the page imported, once more: the same instance. */
const asked = (what) => async (page) =>
  page.evaluate(async (what) => {
    const module = await import(document.querySelector("link[rel=modulepreload]").href);
    return [module[what]()].flatMap((value) => (typeof value === "number" ? value : [...value]));
  }, what);
const wasmMemory = asked("bench_memory");
const parts = asked("bench_parts");

async function open(query, hash, options = {}, body = undefined) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  await page.addInitScript(watchFrames);
  if (body) await page.route(`${site.address}${query}`, (route) => route.fulfill({ contentType: "text/html", headers: ISOLATED, body }));
  await page.goto(`${site.address}${query}${hash}`, { waitUntil: "load" });
  await page.waitForFunction(() => !document.getElementById("boot-loading"));
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const metric = async (name) => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === name)?.value ?? NaN;
  };
  return { page, context, devtools, metric };
}

const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))];
const median = (list) => at(list, 0.5);

async function measure({ hash, bare: count, throttle }) {
  const { page, context, devtools, metric } = await (count ? open("bare", "", {}, bare(count)) : open("?lang=en&play=1&speed=1", hash));
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  await page.waitForFunction((n) => window.benchFrames.at.length > n, WARM_UP, { timeout: 120_000, polling: 250 });
  const busy = await metric("TaskDuration");
  const from = await page.evaluate(() => window.benchFrames.at.length);
  await page.waitForFunction((n) => window.benchFrames.at.length > n, from + FRAMES, { timeout: 120_000, polling: 250 });
  const [frames, until] = [await page.evaluate(() => window.benchFrames), await metric("TaskDuration")];
  const packets = await page.evaluate(() => Number(document.querySelector("svg.flights").dataset.packets ?? NaN));
  await context.close();
  const script = frames.script.slice(from);
  const gaps = frames.at.slice(from).map((time, n, all) => (n > 0 ? time - all[n - 1] : NaN)).slice(1);
  return {
    packets,
    script: at(script, 0.95),
    scriptMedian: median(script),
    main: ((until - busy) * 1000) / script.length,
    frame: at(gaps, 0.95),
  };
}

let missed = 0;
const verdict = (value, goal) => {
  if (goal === undefined) return `${value.toFixed(2)}`;
  const ok = value <= goal * 1.005;
  missed += ok ? 0 : 1;
  return `${value.toFixed(2)} (${ok ? "within" : "MISSES"} ${goal})`;
};

const results = new Map(SCENES.map((scene) => [scene.name, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const scene of SCENES) results.get(scene.name).push(await measure(scene));
}
console.log(`\n${ROUNDS} interleaved rounds of ${FRAMES} frames; medians of the rounds, in ms\n`);
for (const scene of SCENES) {
  const rounds = results.get(scene.name);
  const of = (key) => median(rounds.map((round) => round[key]));
  console.log(
    `  ${scene.name.padEnd(23)} in flight ${String(of("packets")).padStart(5)}   script median ${of("scriptMedian").toFixed(2)}, p95 ${verdict(of("script"), scene.script)}   main ${verdict(of("main"), scene.main)}   frame p95 ${verdict(of("frame"), scene.frame)}`,
  );
}

// Which part of the picture held up frames, and for how long.
{
  const { page, context } = await open("?lang=en&play=1&speed=1", "#bench=9,50");
  await page.waitForTimeout(2000);
  await parts(page);
  await page.waitForTimeout(5000);
  const seen = await parts(page);
  console.log("");
  for (const [n, name] of ["scene", "ring", "history", "tables"].entries()) {
    const [count, mean, most] = seen.slice(n * 3, n * 3 + 3);
    console.log(`  ${name.padEnd(8)} drawn ${(count / 5).toFixed(1)} times a second; its longest frame ${mean?.toFixed(2)} ms on average, ${most?.toFixed(2)} at most`);
  }
  await context.close();
}

// Going anywhere in a session of more than 100,000 events: until the page is drawn, and all that the
// main thread does for it, with layout and paint.
{
  const { page, context, metric } = await open("?lang=en&play=0", "#bench=9,500");
  await page.locator(".histtools .btn").nth(2).click();
  const [script, busy] = [[], []];
  for (let n = 1; n <= 60; n += 1) {
    const before = await metric("TaskDuration");
    const took = await page.evaluate((to) => new Promise((done) => {
      const field = document.querySelector(".scrub");
      const start = performance.now();
      field.value = String(to);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      let left = 8;
      const drawn = () => {
        if (left > 0) {
          left -= 1;
          queueMicrotask(drawn);
          return;
        }
        const took = performance.now() - start;
        requestAnimationFrame(() => setTimeout(() => done(took)));
      };
      drawn();
    }), Math.round((n * 0.618034 % 1) * 60_000));
    if (n <= 10) continue;
    script.push(took);
    busy.push(((await metric("TaskDuration")) - before) * 1000);
  }
  // The part of it that is the core's: the nearest world that is kept, and what followed it run again.
  const replay = await page.evaluate(async () => {
    const { bench_replay } = await import(document.querySelector("link[rel=modulepreload]").href);
    const all = [];
    for (let n = 1; n <= 210; n += 1) {
      const start = performance.now();
      bench_replay(Math.round((n * 0.618034 % 1) * 60_000));
      all.push(performance.now() - start);
    }
    return all.slice(10);
  });
  console.log(`\n  restore and replay alone: median ${median(replay).toFixed(2)} ms, p95 ${verdict(at(replay, 0.95), 1)}`);
  console.log(`  seek in 60 s of 500 packets: drawn after ${median(script).toFixed(2)} ms (p95 ${at(script, 0.95).toFixed(2)}); with layout and paint ${median(busy).toFixed(2)} ms, p95 ${verdict(at(busy, 0.95), 6)}`);
  await context.close();
}

// A page that has nothing to move asks for nothing.
const calls = async (page) => {
  const before = await page.evaluate(() => window.benchFrames.asked);
  await page.waitForTimeout(1000);
  return (await page.evaluate(() => window.benchFrames.asked)) - before;
};
{
  const { page, context } = await open("?play=0", "");
  console.log(`\n  callbacks a second   before the start: ${verdict(await calls(page), 0)}`);
  await page.locator(".foot .play").click();
  await page.waitForTimeout(500);
  await page.locator(".foot .play").click();
  await page.waitForTimeout(100);
  console.log(`                       paused: ${verdict(await calls(page), 0)}`);
  await page.locator(".foot .play").click();
  await page.evaluate(() => {
    document.body.style.marginTop = "5000px";
  });
  await page.waitForTimeout(600);
  console.log(`                       off-screen: ${verdict(await calls(page), 0)}`);
  await context.close();
}

// Half an hour at 10×, in short: three minutes at 100×, with cuts.
{
  const { page, context, metric, devtools } = await open("?play=1&speed=100", "");
  const sizes = [];
  for (let n = 0; n < 6; n += 1) {
    await page.waitForTimeout(Number(process.env.SOAK ?? 180) * (1000 / 6));
    await page.locator("[data-link]").last().evaluate((button) => button.click());
    await devtools.send("HeapProfiler.collectGarbage");
    const time = await page.locator(".foot .t").innerText();
    sizes.push({ time: time.match(/[\d.]+(?= s)/)?.[0], heap: await metric("JSHeapUsedSize"), wasm: (await wasmMemory(page))[0], nodes: await metric("Nodes"), listeners: await metric("JSEventListeners") });
  }
  console.log("\n  soak at 100×         model time   JS heap KB      wasm KB   DOM nodes   listeners");
  for (const { time, heap, wasm, nodes, listeners } of sizes) {
    console.log(`                       ${String(time).padStart(10)}   ${String(Math.round(heap / 1000)).padStart(10)}   ${String(Math.round(wasm / 1000)).padStart(10)}   ${String(nodes).padStart(9)}   ${String(listeners).padStart(9)}`);
  }
  for (const [name, key] of [["JS heap", "heap"], ["wasm memory", "wasm"]]) {
    const growth = sizes.at(-1)[key] / sizes[1][key];
    console.log(`                       ${name} at the end / after the first third: ${verdict(growth, 1.25)}`);
  }
  await context.close();
}

await browser.close();
await site.close();
console.log(missed === 0 ? "\n  all goals are met" : `\n  ${missed} goals are missed`);

// How long until something is painted: node load.mjs, with SITE the lab's site and COUNTER the site of a bare
// Yew counter (`cargo xtask bench load`). Both are served with brotli by the same server and take turns, each
// visit with an empty cache. Compare ratios, not machines.
//
// painted: the first task after the frame that shows the first real element (the lab: its stage with three
//          servers; the counter: its button). ready: the same for what answers.
import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { launch } from "./lib/lab.mjs";
import { serveSite } from "./lib/site.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const GOAL = 1.3;

const kept = new Map();
const pack = (file) => {
  if (!kept.has(file)) kept.set(file, brotliCompressSync(readFileSync(file)));
  return kept.get(file);
};
const PAGES = [
  { name: "lab", folder: process.env.SITE, painted: "#app .node", ready: "#app > .lab:not([inert])" },
  { name: "counter", folder: process.env.COUNTER, painted: "button", ready: "button" },
];
for (const page of PAGES) page.site = await serveSite(path.resolve(page.folder), {}, pack);
const LINES = [
  { name: "1x", throttle: 1 },
  { name: "CPU / 4", throttle: 4 },
  { name: "CPU / 4, 1.6 Mbit/s, 150 ms", throttle: 4, slow: true },
];
const browser = await launch();

/** Notes when elements are first painted. */
function watch(selectors) {
  const seen = (window.loadTimes = {});
  const look = () => {
    for (const [name, selector] of Object.entries(selectors)) {
      if (name in seen || !document.querySelector(selector)) continue;
      seen[name] = 0;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => (seen[name] = performance.now());
        port2.postMessage(0);
      });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["inert"] });
}

async function visit({ site, painted, ready }, { throttle, slow }) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "en-GB", serviceWorkers: "block" });
  const page = await context.newPage();
  await page.addInitScript(watch, { painted, ready });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: throttle });
  if (slow) {
    const rate = 1_600_000 / 8;
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: rate, uploadThroughput: rate });
  }
  await page.goto(`${site.address}`, { waitUntil: "commit" });
  await page.waitForFunction(() => window.loadTimes?.painted && window.loadTimes?.ready, undefined, { timeout: 60_000 });
  const times = await page.evaluate(() => window.loadTimes);
  await context.close();
  return times;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
let missed = 0;
console.log(`\n${ROUNDS} interleaved rounds after a discarded one; medians, in ms since the navigation began\n`);
for (const line of LINES) {
  const times = new Map(PAGES.map((page) => [page.name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const page of PAGES) {
      const one = await visit(page, line);
      if (round > 0) times.get(page.name).push(one);
    }
  }
  const of = (name, what) => median(times.get(name).map((one) => one[what]));
  const ratio = of("lab", "painted") / of("counter", "painted");
  if (ratio > GOAL) missed += 1;
  console.log(
    `  ${line.name.padEnd(28)} painted: lab ${of("lab", "painted").toFixed(0)}, counter ${of("counter", "painted").toFixed(0)}, ratio ${ratio.toFixed(2)} (${ratio > GOAL ? "MISSES" : "within"} ${GOAL})   answers: lab ${of("lab", "ready").toFixed(0)}, ratio ${(of("lab", "ready") / of("counter", "ready")).toFixed(2)}`,
  );
}
await browser.close();
for (const page of PAGES) await page.site.close();
console.log(missed === 0 ? "\n  the goal is met" : `\n  the goal is missed ${missed} times`);

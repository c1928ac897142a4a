// Time travel in WebAssembly: node seek.mjs MODULE prints percentiles of going to 2000 random
// instants of 100,000 steps (10 nodes, 1 MiB backlogs). `cargo xtask test --only wasm` leaves the module
// in target/page/node; the native half is benches/session.rs.
import { pathToFileURL } from "node:url";

const { LongSession } = await import(pathToFileURL(process.argv[2]).href);
const session = new LongSession();
const reach = Number(session.reach());
let seed = 7;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

function percentiles(what, run) {
  const times = [];
  for (let n = 0; n < 2000; n += 1) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(3);
  console.log(`${what}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(0.999)} ms`);
}

percentiles("seek", () => session.seek(BigInt(Math.floor(random() * reach))));
percentiles("step back", () => session.back());
console.log(`memory: ${(process.memoryUsage().arrayBuffers / 1e6).toFixed(0)} MB outside JavaScript`);

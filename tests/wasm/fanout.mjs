// The wasm half of `cargo xtask bench core sim`: node fanout.mjs MODULE prints `round;<messages a second>`.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

// How long this thread was at work, in milliseconds, as the native half counts it: on a busy machine the
// wall's clock measures the others. The wall's clock where the system does not tell.
const atWork = () => {
  try {
    return Number(readFileSync("/proc/self/schedstat", "latin1").split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
};

const { Fanout } = await import(pathToFileURL(process.argv[2]).href);
const world = new Fanout();
// As long as the native half: the system tells the time at work in steps of 4 ms.
const STRETCHES = 10;
const once = () => {
  let [delivered, millis] = [0, 0];
  for (let n = 0; n < STRETCHES; n += 1) {
    world.reset();
    const start = atWork();
    world.run(400);
    millis += atWork() - start;
    delivered += world.delivered();
  }
  return (delivered / millis) * 1000;
};
// Once before it counts: compiled and with its memory.
once();
console.log(`round;${once()}`);

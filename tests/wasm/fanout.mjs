// The wasm half of `cargo xtask bench core sim`: node fanout.mjs MODULE prints `round;<messages a second>`.
import { pathToFileURL } from "node:url";

const { Fanout } = await import(pathToFileURL(process.argv[2]).href);
const world = new Fanout();
const once = () => {
  world.reset();
  const start = performance.now();
  world.run(400);
  const millis = performance.now() - start;
  return (world.delivered() / millis) * 1000;
};
// Once before it counts: compiled and with its memory.
once();
console.log(`round;${once()}`);

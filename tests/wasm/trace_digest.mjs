// The wasm half of the trace test: node trace_digest.mjs MODULE SEED… prints `seed digest` lines.
import { pathToFileURL } from "node:url";

const [module, ...seeds] = process.argv.slice(2);
const { trace_digest } = await import(pathToFileURL(module).href);
for (const seed of seeds) console.log(`${seed} ${trace_digest(BigInt(seed))}`);

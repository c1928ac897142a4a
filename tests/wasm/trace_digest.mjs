// The wasm half of the trace test: node trace_digest.mjs MODULE WORD… prints `word digest` lines. A word is a
// seed or a lesson file.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [module, ...words] = process.argv.slice(2);
const { lesson_digest, trace_digest } = await import(pathToFileURL(module).href);
for (const word of words) {
  const digest = /^\d+$/.test(word) ? trace_digest(BigInt(word)) : lesson_digest(await readFile(word, "utf8"));
  console.log(`${word} ${digest}`);
}

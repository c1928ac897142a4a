// Fetches lessons. A built-in one is bytes that the page reads as they are; a teacher's file goes through
// a reader of its own, a module that is loaded only then.
const pkg = (name) => new URL(`../pkg/${NAMES[name] ?? name}`, import.meta.url);
/** The largest file of a teacher, in bytes. */
const MOST = 256 * 1024;
/** The names of packed files with fingerprints; `cargo xtask dist` fills it in. */
const NAMES = {};

class Told extends Error {}

async function get(address) {
  // The offline file carries its lessons with it.
  const kept = await globalThis.psyncLabFile?.(address);
  if (kept) return kept;
  const answer = await fetch(pkg(address)).catch(() => undefined);
  if (!answer?.ok) throw new Told("network");
  return new Uint8Array(await answer.arrayBuffer());
}

const index = (() => {
  let asked;
  return () => (asked ??= get("lessons/index.json").then((bytes) => JSON.parse(new TextDecoder().decode(bytes))));
})();

/** At most so many bytes of an answer, as they come. */
async function atMost(answer, most) {
  const reader = answer.body.getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      reader.cancel();
      throw new Told(`1:1: the file: at most ${most} bytes are allowed`);
    }
    parts.push(value);
  }
  return new Blob(parts).text();
}

/** A teacher's file. The page's policy lets it fetch from its own site only, and the page as one file nothing. */
async function own(name) {
  if (globalThis.psyncLabFile) throw new Told("alone");
  const address = new URL(name, document.baseURI);
  if (address.origin !== new URL(document.baseURI).origin) throw new Told("elsewhere");
  const answer = await fetch(address, { credentials: "omit" }).catch(() => undefined);
  if (!answer?.ok) throw new Told("network");
  const text = await atMost(answer, MOST);
  const reader = await import(pkg("reader/lesson_reader.js"));
  await reader.default();
  try {
    return reader.read_lesson(text);
  } catch (problem) {
    throw new Told(String(problem));
  }
}

/** Calls back with the index (an empty name), a lesson's bytes, or text that says why not. */
export async function lesson(name, lang, told) {
  let found;
  try {
    // A language that no lesson speaks yet has them in English.
    if (!(await index())[lang]) lang = "en";
    if (name === "") found = (await index())[lang]?.flat() ?? [];
    else if (/[:/.]/.test(name)) found = await own(name);
    else if ((await index())[lang]?.some(([id]) => id === name)) found = await get(`lessons/${name}.${lang}.bin`);
    else found = `unknown ${name.slice(0, 80)}`;
  } catch (problem) {
    found = problem instanceof Told ? problem.message : "network";
  }
  told(found);
}

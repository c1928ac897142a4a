// Takes apart what www/offline.js unpacked: the page's code and its lessons. It stands in the same module as
// the glue; `cargo xtask dist` declares the names in capitals.

// The code, from its streams (one for each kind of number in it).
function code() {
  const bytes = psyncLabParts;
  let ends = 0;
  // Where each stream is read next.
  const at = STREAMS.map((size) => (ends += size) - size);
  const out = new Uint8Array(SIZE + 5);
  let n = 0;
  function number(stream) {
    let from = at[stream];
    let value = 0;
    let bits = 0;
    do {
      value += (bytes[from] & 127) << bits;
      bits += 7;
    } while (bytes[from++] > 127);
    at[stream] = from;
    return value;
  }
  function copy(stream) {
    let from = at[stream];
    const value = number(stream);
    while (from < at[stream]) out[n++] = bytes[from++];
    return value;
  }
  function write(value) {
    for (; value > 127; value >>= 7) out[n++] = (value & 127) | 128;
    out[n++] = value;
  }
  function raw(stream, count) {
    out.set(bytes.subarray(at[stream], (at[stream] += count)), n);
    n += count;
  }
  raw(0, BEFORE);
  for (let left = FUNCTIONS; left; left -= 1) {
    const start = n;
    n += 5;
    for (let locals = copy(1); locals; locals -= 1) {
      copy(1);
      copy(1);
    }
    // The locals, the last used first: each is told by its place among them.
    const recent = [];
    for (let depth = 1; depth;) {
      const code = bytes[at[2]++];
      // An operator with its first number; a large number that is told apart from a small one.
      let [op, given] = JOINED[code] ?? [code];
      out[n++] = op === 255 ? 65 : op;
      if (op > 1 && op < 5) depth += 1;
      if (op === 11) depth -= 1;
      const streams = op === 252 ? LATER[copy(2)] : KINDS[op];
      if (op === 14 || op === 28) {
        // A list; a table of branches has one more.
        for (let more = copy(streams[0]) + (op === 14 ? 1 : 0); more; more -= 1) copy(streams[0]);
      } else if (op === 67 || op === 68) {
        raw(streams[0], op === 67 ? 4 : 8);
      } else {
        for (const stream of streams) {
          if (stream === 7) {
            const rank = given ?? number(7);
            while (recent.length <= rank) recent.push(recent.length);
            recent.unshift(recent.splice(rank, 1)[0]);
            write(recent[0]);
          } else if (given !== undefined) {
            write(given);
          } else {
            copy(stream);
          }
          given = undefined;
        }
      }
    }
    const long = n - start - 5;
    n = start;
    write(long);
    out.copyWithin(n, start + 5, start + 5 + long);
    n += long;
  }
  out.set(bytes.subarray(at[0], at[0] + SIZE - n), n);
  return out.subarray(0, SIZE);
}

const init = () => __wbg_init({ module_or_path: code() });

// A line of names, each with its length, and then their bytes.
const lessons = (() => {
  const all = psyncLabParts.subarray(STREAMS.reduce((sum, size) => sum + size));
  const files = {};
  let at = all.indexOf(10) + 1;
  for (const [name, length] of JSON.parse(new TextDecoder().decode(all.subarray(0, at)))) {
    files[name] = all.subarray(at, (at += length));
  }
  return files;
})();
globalThis.psyncLabFile = async (name) => lessons[name];

// Unpacks the page as one file and starts it (`cargo xtask dist` puts this into it): arithmetic code, LZMA,
// then a style sheet and a script, which finds the rest in `psyncLabParts` (www/offline-parts.js).
// xtask/src/offline/ has the other half of each step.
(function () {
  "use strict";

  /** The bytes of a text. Each character is a step of an arithmetic code, so many bytes of UTF-8 mean so many bits. */
  function bytesOf(text) {
    var out = new Uint8Array(text.length * 2 + 8), n = 0;
    var low = 0, range = 0x1000000000000;
    for (var at = 0; at < text.length; at += 1) {
      var c = text.charCodeAt(at), start, size;
      if (c < 128) {
        size = WIDTH * WIDTH;
        start = RANKS[c] * size;
      } else if (c < 2048) {
        size = WIDTH;
        start = TWO + (c - 128) * size;
      } else {
        size = 1;
        start = THREE + c - (c > 0xdfff ? 4096 : 2048);
      }
      var step = Math.floor(range / TOTAL);
      low += step * start;
      // The last symbol also has what division leaves.
      range = c === 0xffff ? range - step * start : step * size;
      if (low >= 0x1000000000000) {
        low -= 0x1000000000000;
        for (var k = n; ++out[--k] > 255;) {}
      }
      for (; range < 0x10000000000; range *= 256) {
        out[n++] = low / 0x10000000000;
        low = (low % 0x10000000000) * 256;
      }
    }
    return out;
  }

  /** What LZMA made of `size` bytes, with no position bits. */
  function unpacked(bytes, size) {
    var out = new Uint8Array(size), n = 0;
    var MATCH = 0, REP = 12, REP0 = 24, REP1 = 36, REP2 = 48, LONG = 60, SLOT = 72, SPECIAL = 328, ALIGN = 456;
    var LEN = 472, AGAIN = 986, LITERAL = 1500;
    var chance = new Uint16Array(LITERAL + (768 << LITERALS)).fill(1024);
    var range = 0xffffffff, code = 0, at = 1, state = 0, reps = [0, 0, 0, 0];
    for (; at < 5; at += 1) code = ((code << 8) | bytes[at]) >>> 0;
    function direct() {
      if (range < 0x1000000) {
        range = (range << 8) >>> 0;
        code = ((code << 8) | bytes[at++]) >>> 0;
      }
    }
    function bit(i) {
      direct();
      var p = chance[i], bound = (range >>> 11) * p;
      if (code < bound) {
        range = bound;
        chance[i] = p + ((2048 - p) >> 5);
        return 0;
      }
      range -= bound;
      code -= bound;
      chance[i] = p - (p >> 5);
      return 1;
    }
    function tree(base, bits) {
      var m = 1;
      for (var k = 0; k < bits; k += 1) m = m * 2 + bit(base + m);
      return m - (1 << bits);
    }
    function reverse(base, bits) {
      var m = 1, value = 0;
      for (var k = 0; k < bits; k += 1) {
        var b = bit(base + m);
        m = m * 2 + b;
        value |= b << k;
      }
      return value;
    }
    function length(base) {
      if (!bit(base)) return 2 + tree(base + 2, 3);
      if (!bit(base + 1)) return 10 + tree(base + 130, 3);
      return 18 + tree(base + 258, 8);
    }
    while (n < size) {
      if (!bit(MATCH + state)) {
        var symbol = 1, base = LITERAL + 768 * ((n ? out[n - 1] : 0) >> (8 - LITERALS));
        if (state > 6) {
          var seen = out[n - reps[0] - 1];
          for (var same = true; same && symbol < 256;) {
            var hint = (seen >> 7) & 1;
            seen <<= 1;
            var b = bit(base + 256 + hint * 256 + symbol);
            symbol = symbol * 2 + b;
            same = b === hint;
          }
        }
        while (symbol < 256) symbol = symbol * 2 + bit(base + symbol);
        out[n++] = symbol;
        state -= state < 4 ? state : state < 10 ? 3 : 6;
        continue;
      }
      var long;
      if (bit(REP + state)) {
        if (!bit(REP0 + state)) {
          if (!bit(LONG + state)) {
            state = state < 7 ? 9 : 11;
            out[n] = out[n - reps[0] - 1];
            n += 1;
            continue;
          }
        } else {
          var which = bit(REP1 + state) ? 2 + bit(REP2 + state) : 1;
          reps.unshift(reps.splice(which, 1)[0]);
        }
        long = length(AGAIN);
        state = state < 7 ? 8 : 11;
      } else {
        long = length(LEN);
        state = state < 7 ? 7 : 10;
        var slot = tree(SLOT + 64 * Math.min(long - 2, 3), 6), far = slot;
        if (slot > 3) {
          var bits = (slot >> 1) - 1;
          far = (2 | (slot & 1)) << bits;
          if (slot < 14) {
            far += reverse(SPECIAL + far - slot, bits);
          } else {
            for (var high = 0; bits > 4; bits -= 1) {
              direct();
              range >>>= 1;
              var one = code >= range ? 1 : 0;
              if (one) code -= range;
              high = high * 2 + one;
            }
            far += high * 16 + reverse(ALIGN, 4);
          }
        }
        reps = [far, reps[0], reps[1], reps[2]];
      }
      if (reps[0] >= n) throw Error("LZMA");
      for (; long && n < size; long -= 1, n += 1) out[n] = out[n - reps[0] - 1];
    }
    return out;
  }

  function start() {
    try {
      var bytes = unpacked(bytesOf(document.getElementById("data").textContent), WHOLE);
      var a = 1, b = 0;
      for (var n = 0; n < WHOLE; n += 1) {
        a = (a + bytes[n]) % 65521;
        b = (b + a) % 65521;
      }
      if (b * 65536 + a !== SUM) throw Error("sum");
      var from = 0;
      ["style", "script"].forEach(function (name, n) {
        var made = document.createElement(name);
        if (n) made.type = "module";
        made.textContent = new TextDecoder().decode(bytes.subarray(from, (from += TEXTS[n])));
        document.head.append(made);
      });
      window.psyncLabParts = bytes.subarray(from);
    } catch (problem) {
      window.psyncLabFailed("load", String(problem));
    }
  }
  document.addEventListener("DOMContentLoaded", function () { setTimeout(start, 20); });
})();

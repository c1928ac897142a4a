//! Random commands: mostly sensible, often wrong in one place.

/// A small integer generator (xorshift64*), so that a seed repeats a run.
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        (high as usize) % n.max(1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Templates: `k` key, `v` value, `n` integer, `f` float, `s`/`m` seconds/milliseconds from now,
/// `S`/`M` points in time, `r` a place in a string, `b` a bit, `o` options of SET, `x` flags of EXPIRE, `g` options of GETEX,
/// `d` database, `y` sync word, `w` any word, `*` repeats what precedes it.
const TEMPLATES: &[&str] = &[
    "SET k v",
    "SET k v",
    "SET k v o",
    "SET k v o",
    "SET k v o o",
    "SET k v o o o",
    "SETNX k v",
    "SETEX k s v",
    "PSETEX k m v",
    "GETSET k v",
    "GETDEL k",
    "GETEX k",
    "GETEX k g",
    "GETEX k g g",
    "GET k",
    "GET k",
    "DEL k",
    "DEL k k k",
    "UNLINK k",
    "UNLINK k k",
    "EXISTS k",
    "EXISTS k k k",
    "INCR k",
    "INCR k",
    "DECR k",
    "INCRBY k n",
    "DECRBY k n",
    "INCRBYFLOAT k f",
    "INCRBYFLOAT k f",
    "INCRBYFLOAT k f",
    "SETRANGE k r v",
    "GETRANGE k r r",
    "MSETNX k v k v",
    "SETBIT k r b",
    "GETBIT k r",
    "RENAME k k",
    "RENAMENX k k",
    "COPY k k",
    "COPY k k REPLACE",
    "COPY k k DB d",
    "MOVE k d",
    "SWAPDB d d",
    "TOUCH k k",
    "APPEND k v",
    "STRLEN k",
    "MSET k v",
    "MSET k v k v",
    "MSET k v k",
    "MGET k",
    "MGET k k k",
    "EXPIRE k s",
    "EXPIRE k s x",
    "PEXPIRE k m",
    "PEXPIRE k m x",
    "EXPIREAT k S",
    "EXPIREAT k S x",
    "PEXPIREAT k M",
    "PEXPIREAT k M x",
    "EXPIRE k s x x",
    "PERSIST k",
    "PERSIST k",
    "TTL k",
    "PTTL k",
    "EXPIRETIME k",
    "PEXPIRETIME k",
    "TYPE k",
    "DBSIZE",
    "FLUSHALL",
    "FLUSHALL y",
    "FLUSHDB",
    "FLUSHDB y",
    "SELECT d",
    "SELECT d",
    "SELECT d",
    "MULTI",
    "MULTI",
    "EXEC",
    "EXEC",
    "EXEC",
    "DISCARD",
    "PING",
    "PING v",
    "PING v v",
    "ECHO v",
    "w",
    "w k v",
    "w v v v v v",
    "KEYS *",
    "KEYS k?",
    "keys [^k]*",
];

const KEYS: &[&str] = &["k0", "k1", "k2", "k3", "k4", "K0", "", "a long key with spaces \r\n in it"];
const VALUES: &[&str] = &[
    "",
    "0",
    "1",
    "-1",
    "10",
    "007",
    "+5",
    " 1",
    "1 ",
    "1.5",
    "-0.1",
    "1e3",
    "abc",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "12345678901234567890",
    "3.0000000000000000001",
    "inf",
    "nan",
    "value \r\n \"quoted\" \\ \t end",
    "GET",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
const INTEGERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "5",
    "100",
    "-100",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "abc",
    "1.5",
    "",
    " 1",
    "+1",
];
const FLOATS: &[&str] = &[
    "0",
    "1",
    "0.1",
    "-0.5",
    "1.5",
    "3.14",
    "1e2",
    "-1e-3",
    "100.25",
    "5.0",
    "10000000000",
    "abc",
    "",
    "inf",
    "-inf",
    "nan",
    " 1",
    "1 ",
    "0x10",
    "0x1.8p-3",
    "0x.8",
    "0x",
    "1e-20",
    "-1e21",
    "3.3333333333333333333333",
    "1e300",
    "-7.25e-5",
    "1e5000",
    "1e-5000",
    ".5",
    "5.",
    "+.5e+1",
    "9007199254740993.5",
    "18446744073709551615.5",
    "1e17",
    "0.00000000000000001",
    "0.000000000000000005",
];
const RANGES: &[&str] = &["0", "1", "2", "7", "20", "-1", "-2", "-100", "abc", "9223372036854775807"];
const SECONDS: &[&str] = &[
    "0",
    "-1",
    "-1000",
    "abc",
    "",
    "1.5",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775",
];
const MILLIS: &[&str] = &["0", "-1", "-5000", "abc", "9223372036854775807", "-9223372036854775808"];
const POINTS: &[&str] = &[
    "4102444800",
    "9000000000",
    "1",
    "0",
    "-1",
    "1000000000",
    "abc",
    "9223372036854775807",
    "9223372036854775",
];
const POINTS_MS: &[&str] =
    &["4102444800000", "9000000000001", "1", "0", "-1", "1000000000000", "abc", "9223372036854775807"];
const EXPIRE_FLAGS: &[&str] = &["NX", "XX", "GT", "LT", "nx", "gt", "foo", ""];
const WORDS: &[&str] = &["FOO", "foo bar", "NOSUCHCOMMAND", "sett", "", "HELLO?", "get\r\nx"];
const SYNC: &[&str] = &["ASYNC", "SYNC", "async", "sync", "foo", ""];
const DATABASES: &[&str] =
    &["0", "0", "0", "1", "2", "3", "15", "16", "-1", "abc", "", "99999999999999999999"];

/// One random command.
pub(crate) fn command(rng: &mut Rng) -> Vec<Vec<u8>> {
    let template = rng.pick(TEMPLATES);
    let mut args: Vec<String> = Vec::new();
    for (i, part) in template.split(' ').enumerate() {
        match part {
            "w" if i == 0 => args.push(rng.pick(WORDS).to_owned()),
            word if i == 0 => args.push(if rng.chance(10) { word.to_lowercase() } else { word.to_owned() }),
            "o" => options(
                rng,
                &mut args,
                &[
                    "NX", "XX", "KEEPTTL", "GET", "EX s", "PX m", "EXAT S", "PXAT M", "get", "ex s", "foo",
                    "EX",
                ],
            ),
            "g" => options(
                rng,
                &mut args,
                &["PERSIST", "EX s", "PX m", "EXAT S", "PXAT M", "persist", "px m", "KEEPTTL", "foo", "PX"],
            ),
            letter => args.push(value(rng, letter)),
        }
    }
    if rng.chance(3) {
        args.push(rng.pick(VALUES).to_owned());
    } else if rng.chance(3) && args.len() > 1 {
        args.pop();
    }
    args.into_iter().map(String::into_bytes).collect()
}

fn options(rng: &mut Rng, args: &mut Vec<String>, from: &[&str]) {
    for part in rng.pick(from).split(' ') {
        let word = if part.len() == 1 { value(rng, part) } else { part.to_owned() };
        args.push(word);
    }
}

fn value(rng: &mut Rng, letter: &str) -> String {
    // Times from now are nearly never the same twice: GT and LT would depend on the moment.
    if matches!(letter, "s" | "m") && rng.chance(60) {
        let seconds = 1000 + rng.below(1_000_000);
        return if letter == "s" { seconds } else { seconds * 1000 + rng.below(1000) }.to_string();
    }
    // The first ones of each list are good; take those more often.
    let (from, good): (&[&str], usize) = match letter {
        "k" => (KEYS, 5),
        "n" => (INTEGERS, 6),
        "f" => (FLOATS, 11 + rng.below(30) / 2),
        "s" => (SECONDS, 3),
        "m" => (MILLIS, 3),
        "S" => (POINTS, 3),
        "M" => (POINTS_MS, 3),
        "x" => (EXPIRE_FLAGS, 4),
        "r" => (RANGES, 5),
        "b" => (&["0", "1", "2", "x"], 2),
        "d" => (DATABASES, 7),
        "y" => (SYNC, 4),
        _ => (VALUES, 14),
    };
    if rng.chance(60) { rng.pick(&from[..good]) } else { rng.pick(from) }.to_owned()
}

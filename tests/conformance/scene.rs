//! Scenes: stories in a small language (`scenes/*.txt`), played on a real server and on the one
//! under test. Nothing is expected by hand: what the real one shows is what the other must show.
//!
//! One step per line; `#` starts a comment, `= name [since 7.0]` a scene, words may be `"quoted\r\n"`.
//!
//! | step | does | shows |
//! |---|---|---|
//! | `node A [of B] [name=value …]` | starts a server (again) | |
//! | `A SET k v`, `A/2 …` | a command on A's (second) client | the reply |
//! | `A~ GET k` | the same, asked again until it is as expected | the reply |
//! | `A/2& WAIT 1 0`, `A/2<` | sends; takes the reply later | the reply |
//! | `A? field …` | `INFO`; without fields all of `INFO replication` | the fields |
//! | `raw r A [capa eof …]` | a socket that did `PING` and `REPLCONF …` | |
//! | `r> PSYNC ? -1`, `r>> "+OK\r\n"` | sends a command, or bytes | |
//! | `r<line`, `r<rdb`, `r<quiet`, `r<closed` | a line, a snapshot, all until quiet, whether it is closed | it |
//! | `r close`, `sleep 1.5`, `kill A`, `shutdown A SAVE` | | |
//! | `proxy P A`, `P cut`, `P heal` | | |
//! | `fake M`, `M serve` | a master that is played: answers up to `PSYNC` | what it was told |
//! | `M serve PING "-ERR x"` | the same; such a command is answered with this line | what it was told |
//! | `sync A B C` | waits until B and C hold all of A and A knows | |
//! | `until A field value` | waits | |
//! | `fill A 40 1000` | `SET bulk:n` of 1000 bytes, 40 times | |
//!
//! In words `$A` is A's port, `$id.A` and `$id2.A` its ids, `$off.A+1` and `$first.A-1` numbers.

/// A scene's name and its numbered lines.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// The version that brought what it is about.
    pub(crate) since: &'static str,
    pub(crate) steps: Vec<(usize, &'static str)>,
}

/// All scenes of all files.
pub(crate) fn all() -> Vec<Scene> {
    let files = [
        include_str!("scenes/stream.txt"),
        include_str!("scenes/psync.txt"),
        include_str!("scenes/transfer.txt"),
        include_str!("scenes/replica.txt"),
        include_str!("scenes/odd_master.txt"),
        include_str!("scenes/clients.txt"),
        include_str!("scenes/chain.txt"),
        include_str!("scenes/failover.txt"),
        include_str!("scenes/policy.txt"),
    ];
    let mut all: Vec<Scene> = Vec::new();
    for text in files {
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix("= ") {
                let (name, since) = name.split_once(" since ").unwrap_or((name, "6.2"));
                all.push(Scene { name, since, steps: Vec::new() });
            } else if !line.is_empty()
                && !line.starts_with('#')
                && let Some(scene) = all.last_mut()
            {
                scene.steps.push((number + 1, line));
            }
        }
    }
    all
}

/// Splits a line into words and whether each is quoted; quoted ones know `\r`, `\n`, `\"`, `\\` and `\xHH`.
pub(crate) fn words(line: &str) -> Vec<(Vec<u8>, bool)> {
    let mut all = Vec::new();
    let mut chars = line.chars().peekable();
    while let Some(first) = chars.next() {
        if first == ' ' {
            continue;
        }
        let mut word = Vec::new();
        if first == '"' {
            while let Some(c) = chars.next().filter(|c| *c != '"') {
                let escaped = if c == '\\' { chars.next() } else { None };
                match (c, escaped) {
                    ('\\', Some('r')) => word.push(b'\r'),
                    ('\\', Some('n')) => word.push(b'\n'),
                    ('\\', Some('x')) => {
                        let hex: String = chars.by_ref().take(2).collect();
                        word.push(u8::from_str_radix(&hex, 16).unwrap_or(b'?'));
                    }
                    ('\\', Some(other)) => word.push(other as u8),
                    (plain, _) => word.push(plain as u8),
                }
            }
        } else {
            word.push(first as u8);
            while let Some(c) = chars.next_if(|c| *c != ' ') {
                word.push(c as u8);
            }
        }
        all.push((word, first == '"'));
    }
    all
}

//! The command line.

use crate::bench::Bench;
use crate::page::Profile;
use crate::setup::Part;
use crate::suites::Group;
use crate::swarm::Swarm;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
PSYNC Lab: build tasks

cargo xtask serve [--port N] [--open] [--watch] [--release]
    Build the page and serve it on http://127.0.0.1:8080/ until Ctrl-C.
      --port N     another port (0: any free one)
      --open       open the address in the browser
      --watch      build again when a file below src/ changes (then reload the page)
      --release    build what `dist` ships instead of the quick build
cargo xtask test [--only native|wasm|browser]
    Set up and run every test: Rust tests, the wasm build against the native one, the browser.
cargo xtask swarm [--seeds N] [--first S]
    Run random worlds under random faults: N of them (1000), from seed S (1) on.
cargo xtask bench page
    Measure the page in headless Chromium: frames, idle callbacks, memory; with the goals.
cargo xtask bench load
    Measure when the page is painted, beside a bare Yew counter.
cargo xtask conformance [name …]
    Run the conformance suite against every server, ours and real ones, and write the table.
cargo xtask lesson check FILE… | play FILE [wrong] | schema
    Say what is wrong with lesson files; play one without a page; write www/lessons/lesson.schema.json.
cargo xtask bench core [name …] [--rounds N] [--strict]
    Measure the core beside its peers (real Redis, turmoil, memcpy) and print ratios and goals.
      name         beginnings of names: ingest, feed, sim, append, snapshot, link (all by default)
      --rounds N   rounds of each measurement; the median counts (5)
      --strict     a missed goal is an error
cargo xtask dist
    Write the static site to dist/ and print what a first visit costs.

cargo xtask setup [page] [native] [browser] [shots]
    Install what the tasks need (all of it by default). The other tasks do this themselves.
cargo xtask build [--dev|--release]
    Build the page's WebAssembly and JavaScript without serving it.
cargo xtask screenshots
    Take the README's screenshots into www/shots/.
cargo xtask help

Environment: CHROMIUM=/path/to/chromium chooses the browser for tests and screenshots.";

/// The port of `serve` when none is given.
const PORT: u16 = 8080;

/// How to serve the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Serve {
    /// The port on 127.0.0.1; 0 is any free one.
    pub(crate) port: u16,
    /// Whether to open a browser.
    pub(crate) open: bool,
    /// Whether to build again after a change.
    pub(crate) watch: bool,
    /// Quick to build or quick to load.
    pub(crate) profile: Profile,
}

/// One task with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print [`HELP`].
    Help,
    /// Install what is missing.
    Setup {
        /// What to install for.
        parts: Vec<Part>,
    },
    /// Build the page's code.
    Build {
        /// Quick to build or quick to load.
        profile: Profile,
    },
    /// Build and serve.
    Serve(Serve),
    /// Write `dist/`.
    Dist,
    /// Run tests.
    Test {
        /// One group of suites, or all of them.
        only: Option<Group>,
    },
    /// Measure the core.
    Bench(Bench),
    /// Run random worlds.
    Swarm(Swarm),
    /// Run the conformance suite against every server.
    Conformance {
        /// Parts of the names of the cases to run; all if there are none.
        filters: Vec<String>,
    },
    /// Measure the page.
    BenchPage,
    /// Measure how the page loads.
    BenchLoad,
    /// Check, play and describe lesson files.
    Lesson {
        /// What `psync-lesson` is told.
        words: Vec<String>,
    },
    /// Write `www/shots/`.
    Screenshots,
}

/// Reads the words after `cargo xtask`; an error is one sentence.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Task, String> {
    let mut words = words.peekable();
    let Some(name) = words.next() else {
        return Ok(Task::Help);
    };
    let task = match name.as_str() {
        "help" | "--help" | "-h" => Task::Help,
        "setup" => {
            let mut parts = Vec::new();
            for word in words.by_ref() {
                parts.push(Part::named(&word).ok_or_else(|| {
                    format!("`setup` knows page, native, browser and shots, not `{word}`.")
                })?);
            }
            if parts.is_empty() {
                parts.extend(Part::ALL);
            }
            Task::Setup { parts }
        }
        "build" => {
            let mut profile = Profile::Dev;
            while let Some(word) = words.next_if(|word| word.starts_with('-')) {
                profile = match word.as_str() {
                    "--dev" => Profile::Dev,
                    "--release" => Profile::Release,
                    _ => return Err(unknown("build", &word)),
                };
            }
            Task::Build { profile }
        }
        "serve" => serve(&mut words)?,
        "dist" => Task::Dist,
        "conformance" => Task::Conformance { filters: words.by_ref().collect() },
        "lesson" => {
            let told: Vec<String> = words.by_ref().collect();
            let known = ["check", "play", "schema"];
            if !told.first().is_some_and(|first| known.contains(&first.as_str())) {
                return Err("`lesson` wants check, play or schema.".to_owned());
            }
            Task::Lesson { words: told }
        }
        "test" => {
            let mut only = None;
            while let Some(word) = words.next() {
                let value = match word.split_once('=') {
                    Some(("--only", value)) => value.to_owned(),
                    None if word == "--only" => words.next().unwrap_or_default(),
                    _ => return Err(unknown("test", &word)),
                };
                only = Some(
                    Group::named(&value)
                        .ok_or_else(|| format!("`--only` wants native, wasm or browser, not `{value}`."))?,
                );
            }
            Task::Test { only }
        }
        "bench" => bench(&mut words)?,
        "swarm" => swarm(&mut words)?,
        "screenshots" => Task::Screenshots,
        _ => return Err(format!("there is no task `{name}`.")),
    };
    match words.next() {
        Some(word) => Err(unknown(&name, &word)),
        None => Ok(task),
    }
}

fn serve(words: &mut impl Iterator<Item = String>) -> Result<Task, String> {
    let mut wanted = Serve { port: PORT, open: false, watch: false, profile: Profile::Dev };
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        match (flag.as_str(), &value) {
            ("--port" | "-p", _) => {
                let number = value.or_else(|| words.next()).unwrap_or_default();
                wanted.port = number
                    .parse()
                    .map_err(|_| format!("`--port` wants a number from 0 to 65535, not `{number}`."))?;
            }
            ("--open", None) => wanted.open = true,
            ("--watch", None) => wanted.watch = true,
            ("--release", None) => wanted.profile = Profile::Release,
            ("--dev", None) => wanted.profile = Profile::Dev,
            _ => return Err(unknown("serve", &flag)),
        }
    }
    Ok(Task::Serve(wanted))
}

fn bench(words: &mut impl Iterator<Item = String>) -> Result<Task, String> {
    match words.next().as_deref() {
        Some("core") => {}
        Some("page") => return Ok(Task::BenchPage),
        Some("load") => return Ok(Task::BenchLoad),
        what => {
            let what = what.unwrap_or("nothing");
            return Err(format!("`bench` measures `core`, `page` or `load`, not `{what}`."));
        }
    }
    let mut wanted = Bench { names: Vec::new(), rounds: 5, strict: false };
    while let Some(word) = words.next() {
        match word.split_once('=').map_or((&*word, None), |(flag, value)| (flag, Some(value.to_owned()))) {
            ("--strict", None) => wanted.strict = true,
            ("--rounds", value) => {
                let number = value.or_else(|| words.next()).unwrap_or_default();
                let rounds = number.parse().ok().filter(|rounds| *rounds > 0);
                wanted.rounds =
                    rounds.ok_or_else(|| format!("`--rounds` wants a number from 1 on, not `{number}`."))?;
            }
            (flag, _) if flag.starts_with('-') => return Err(unknown("bench", flag)),
            _ => wanted.names.push(word),
        }
    }
    Ok(Task::Bench(wanted))
}

fn swarm(words: &mut impl Iterator<Item = String>) -> Result<Task, String> {
    let mut wanted = Swarm { first: 1, seeds: 1000 };
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        let place = match flag.as_str() {
            "--seeds" => &mut wanted.seeds,
            "--first" => &mut wanted.first,
            _ => return Err(unknown("swarm", &flag)),
        };
        let number = value.or_else(|| words.next()).unwrap_or_default();
        *place = number.parse().map_err(|_| format!("`{flag}` wants a number, not `{number}`."))?;
    }
    Ok(Task::Swarm(wanted))
}

fn unknown(task: &str, word: &str) -> String {
    format!("`{task}` does not know `{word}`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn serve_takes_its_options_in_any_order() {
        let wanted = Serve { port: 9000, open: true, watch: false, profile: Profile::Dev };
        assert_eq!(read("serve --open --port 9000"), Ok(Task::Serve(wanted)));
        let wanted = Serve { port: 0, open: false, watch: true, profile: Profile::Release };
        assert_eq!(read("serve --watch --port=0 --release"), Ok(Task::Serve(wanted)));
    }

    #[test]
    fn swarm_takes_seeds() {
        assert_eq!(read("swarm"), Ok(Task::Swarm(Swarm { first: 1, seeds: 1000 })));
        assert_eq!(read("swarm --seeds=5 --first 7"), Ok(Task::Swarm(Swarm { first: 7, seeds: 5 })));
    }

    #[test]
    fn bench_takes_names() {
        let wanted = Bench { names: vec!["sim".into()], rounds: 3, strict: true };
        assert_eq!(read("bench core sim --rounds 3 --strict"), Ok(Task::Bench(wanted)));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, word) in [
            ("sreve", "sreve"),
            ("serve --prot 1", "--prot"),
            ("serve --port 70000", "70000"),
            ("serve --port", "--port"),
            ("dist now", "now"),
            ("test --only all", "all"),
            ("swarm --seeds many", "many"),
            ("swarm --last 5", "--last"),
            ("bench core --rounds 0", "--rounds"),
            ("setup chrome", "chrome"),
            ("build fast", "fast"),
            ("bench all", "all"),
            ("lesson chek x", "check"),
        ] {
            let problem = read(line).expect_err(line);
            assert!(problem.contains(word), "{line}: {problem}");
        }
    }

    #[test]
    fn nothing_means_help_and_setup_means_everything() {
        assert_eq!(read(""), Ok(Task::Help));
        assert_eq!(read("setup"), Ok(Task::Setup { parts: Part::ALL.to_vec() }));
    }
}

//! The command line and configuration file of `psync-node`, in the ways of `redis-server`.
//!
//! Directives of the file come first, those of the command line after them; the last one counts.
//! `--psync-lab-version` decides the defaults, so it is looked for before anything else is set.

use super::conf::{Directive, LineError, Origin, parse_line, split_words};
use super::known;
use crate::redis::Endpoint;
use crate::redis::config::{BacklogModel, Config, ConfigError, RedisVersion};
use std::collections::VecDeque;
use std::path::PathBuf;

/// How deep files may include each other.
const DEEPEST_INCLUDE: usize = 16;

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Request {
    /// Start a server.
    Run(Box<Options>),
    /// Print the versions.
    Version,
    /// Print the help.
    Help,
}

/// All that is needed to start.
#[derive(Debug)]
pub(super) struct Options {
    /// The server's settings.
    pub(super) config: Config,
    /// Where to write down all bytes that come and go.
    pub(super) tap: Option<PathBuf>,
    /// Settings that were ignored, for the log.
    pub(super) ignored: Vec<String>,
}

/// Why the server cannot start as asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    /// A directive is wrong.
    #[error("{}\n>>> '{directive}'\n{why}", .directive.origin)]
    Directive {
        /// Which one.
        directive: Directive,
        /// What is wrong and what to do.
        why: String,
    },
    /// A line is no directive.
    #[error("{origin}\n>>> '{line}'\n{error}")]
    Line {
        /// Where it is.
        origin: Origin,
        /// The line.
        line: String,
        /// What is wrong.
        error: LineError,
    },
    /// The configuration file cannot be read.
    #[error("Can't open config file '{path}': {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Files include each other in a circle.
    #[error("'{0}' is included too deeply: do configuration files include each other?")]
    IncludeDepth(String),
    /// An option was expected.
    #[error("'{0}' is not an option: options begin with two dashes, as in --port 6379 (see --help)")]
    NotAnOption(String),
}

impl Request {
    /// Reads the words after the program's name.
    pub(super) fn parse(args: &[String]) -> Result<Self, OptionsError> {
        match args.first().map(String::as_str) {
            Some("-v" | "--version") => return Ok(Self::Version),
            Some("-h" | "--help") => return Ok(Self::Help),
            _ => {}
        }
        let mut directives = Vec::new();
        let mut args = args;
        if let [path, rest @ ..] = args
            && !path.starts_with('-')
        {
            read_file(path, 0, &mut directives)?;
            args = rest;
        }
        directives.extend(command_line(args)?);
        Options::build(directives).map(|options| Self::Run(Box::new(options)))
    }
}

/// The directives on the command line. An option's first value may begin with dashes, unless the
/// option is `--save`, which may have none.
fn command_line(args: &[String]) -> Result<Vec<Directive>, OptionsError> {
    let mut directives: Vec<Directive> = Vec::new();
    let mut wants_value = false;
    for arg in args {
        match (arg.strip_prefix("--"), directives.last_mut()) {
            (Some(option), last) if !wants_value || last.as_ref().is_some_and(|d| d.name == "save") => {
                let origin = Origin::CommandLine;
                let parsed = parse_line(option, origin.clone());
                let line = || arg.clone();
                let directive = parsed.map_err(|error| OptionsError::Line { origin, line: line(), error })?;
                let directive = directive.ok_or_else(|| OptionsError::NotAnOption(line()))?;
                wants_value = directive.args.is_empty();
                directives.push(directive);
            }
            (_, Some(last)) => {
                last.args.push(arg.clone());
                wants_value = false;
            }
            (_, None) => return Err(OptionsError::NotAnOption(arg.clone())),
        }
    }
    for directive in &mut directives {
        if directive.name == "save" && directive.args.is_empty() {
            directive.args.push(String::new());
        }
    }
    Ok(directives)
}

fn read_file(path: &str, depth: usize, into: &mut Vec<Directive>) -> Result<(), OptionsError> {
    if depth > DEEPEST_INCLUDE {
        return Err(OptionsError::IncludeDepth(path.into()));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| OptionsError::File { path: path.into(), error })?;
    for (index, line) in text.lines().enumerate() {
        let origin = Origin::File { path: path.into(), line: index + 1 };
        match parse_line(line, origin.clone()) {
            Ok(Some(directive)) if directive.name == "include" => {
                let [included] = directive.args.as_slice() else {
                    let why = "wrong number of arguments: one file to include".into();
                    return Err(OptionsError::Directive { directive, why });
                };
                read_file(included, depth + 1, into)?;
            }
            Ok(directive) => into.extend(directive),
            Err(error) => return Err(OptionsError::Line { origin, line: line.into(), error }),
        }
    }
    Ok(())
}

impl Options {
    fn build(directives: Vec<Directive>) -> Result<Self, OptionsError> {
        let version = directives.iter().rfind(|d| d.name == "psync-lab-version");
        let version = match version {
            Some(directive) => parse_version(directive).map_err(|why| wrong(directive, why))?,
            None => RedisVersion::V7_0,
        };
        let mut options = Self { config: Config::new(version), tap: None, ignored: Vec::new() };
        let mut saves = VecDeque::new();
        for directive in &directives {
            options.apply(directive, &mut saves).map_err(|why| wrong(directive, why))?;
        }
        Ok(options)
    }

    fn apply(&mut self, directive: &Directive, saves: &mut VecDeque<String>) -> Result<(), String> {
        let name = directive.name.as_str();
        match name {
            "psync-lab-version" => Ok(()),
            "psync-lab-backlog" => {
                let model = match one(directive, "ring or blocks")? {
                    "ring" => BacklogModel::Ring,
                    "blocks" => match Config::new(RedisVersion::V7_0).backlog_model {
                        BacklogModel::Ring => BacklogModel::Blocks { payload: 20440 },
                        blocks @ BacklogModel::Blocks { .. } => blocks,
                    },
                    other => return Err(format!("'{other}' is no backlog: allowed are ring and blocks")),
                };
                self.config.backlog_model = model;
                Ok(())
            }
            "psync-lab-tap" => {
                self.tap = Some(one(directive, "a file to write to")?.into());
                Ok(())
            }
            "replicaof" | "slaveof" => {
                self.config.replicaof = parse_master(directive)?;
                Ok(())
            }
            "save" => {
                // Several lines add up, and "" forgets all of them, as in Redis.
                let points = directive.args.join(" ");
                if points.trim().is_empty() {
                    saves.clear();
                } else {
                    check_save_points(&points)?;
                    saves.push_back(points);
                }
                self.set("save", &saves.make_contiguous().join(" "))
            }
            "bind" | "client-output-buffer-limit" if !directive.args.is_empty() => {
                self.set(name, &directive.args.join(" "))
            }
            "dbfilename" => {
                let file = one(directive, "a file name")?;
                if file.is_empty() || file.contains(['/', '\\']) {
                    return Err("dbfilename can't be a path, just a filename".into());
                }
                self.set(name, file)
            }
            _ if known::is_refused(name) => {
                Err(format!("psync-node has no '{name}': remove it, or use a real redis-server"))
            }
            _ if known::is_ignored(name) => {
                self.ignored.push(directive.to_string());
                Ok(())
            }
            _ => self.set(name, one(directive, "one value").map_err(|why| self.explain(name, why))?),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        self.config.set(name, value, true).map_err(|error| match error {
            ConfigError::BadValue { why, .. } => why,
            ConfigError::Unknown(_) => self.explain(name, String::new()),
            other => other.to_string(),
        })
    }

    /// Says what to do about a name that is perhaps unknown; `why` is used if it is known.
    fn explain(&self, name: &str, why: String) -> String {
        let entries = self.config.entries();
        let names = || entries.iter().map(|(name, _)| *name).chain(OWN);
        if names().any(|known| known == name) {
            return why;
        }
        match known::nearest(name, names()) {
            Some(meant) => format!("Bad directive or wrong number of arguments: did you mean '{meant}'?"),
            None => {
                "Bad directive or wrong number of arguments: psync-node --help lists what there is".into()
            }
        }
    }
}

/// Options that are no settings of the core.
const OWN: [&str; 6] =
    ["replicaof", "slaveof", "include", "psync-lab-version", "psync-lab-backlog", "psync-lab-tap"];

fn wrong(directive: &Directive, why: String) -> OptionsError {
    OptionsError::Directive { directive: directive.clone(), why }
}

fn one<'a>(directive: &'a Directive, what: &str) -> Result<&'a str, String> {
    match directive.args.as_slice() {
        [value] => Ok(value),
        _ => Err(format!("wrong number of arguments: {} takes {what}", directive.name)),
    }
}

fn parse_version(directive: &Directive) -> Result<RedisVersion, String> {
    match one(directive, "6.2, 7.0 or 7.2")? {
        "6.2" => Ok(RedisVersion::V6_2),
        "7.0" => Ok(RedisVersion::V7_0),
        "7.2" => Ok(RedisVersion::V7_2),
        other => Err(format!("'{other}' is no version the lab can be: allowed are 6.2, 7.0 and 7.2")),
    }
}

fn parse_master(directive: &Directive) -> Result<Option<Endpoint>, String> {
    // `--replicaof "host port"` in one word works with Redis, too.
    let words = match directive.args.as_slice() {
        [both] => split_words(both).map_err(|error| error.to_string())?,
        words => words.to_vec(),
    };
    let [host, port] = words.as_slice() else {
        return Err(format!("wrong number of arguments: {} takes a host and a port", directive.name));
    };
    if host.eq_ignore_ascii_case("no") && port.eq_ignore_ascii_case("one") {
        return Ok(None);
    }
    match port.parse::<u16>() {
        Ok(port) if port != 0 => Ok(Some(Endpoint::new(host, port))),
        _ => Err("Invalid master port: it must be between 1 and 65535".into()),
    }
}

fn check_save_points(points: &str) -> Result<(), String> {
    let numbers: Option<Vec<u64>> = points.split_ascii_whitespace().map(|n| n.parse().ok()).collect();
    match numbers.as_deref() {
        Some(numbers) if numbers.len().is_multiple_of(2) && numbers.iter().step_by(2).all(|s| *s > 0) => {
            Ok(())
        }
        _ => {
            Err("Invalid save parameters: pairs of seconds and changes, as in 3600 1, or \"\" for none"
                .into())
        }
    }
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;

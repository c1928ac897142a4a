//! That a lesson's parts fit together: ids, counts, worlds, facts, values; with `refs`, that everything
//! named is there.

use super::Found;
use super::place::Place;
use super::texts::text;
use crate::lesson::deed::Deed;
use crate::lesson::format::{Ask, Challenge, Choice, Forward, Guess, Hint, Lesson, Step};
use crate::lesson::world::WorldError;
use crate::sim::WorldSpec;

/// The worlds on the stage.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    pub(super) main: &'a WorldSpec,
    pub(super) other: Option<&'a WorldSpec>,
    /// Whether `"?"` means something.
    pub(super) this: bool,
}

pub(super) struct Walk<'a, 'b> {
    pub(super) lesson: &'a Lesson,
    pub(super) found: &'a mut Found<'b>,
    /// How many conditions and probes lie around what is looked at.
    pub(super) depth: usize,
}

/// Checks all names of a lesson.
pub(super) fn lesson(lesson: &Lesson, found: &mut Found<'_>) {
    let root = Place::root();
    let mut walk = Walk { lesson, found, depth: 0 };
    walk.head(&root);
    let mut specs: Vec<(&str, WorldSpec)> = Vec::new();
    for (name, world) in &lesson.worlds.0 {
        let at = root.key("worlds").key(name);
        match world.spec() {
            Ok(spec) => specs.push((name, spec)),
            Err((field, error)) => {
                let known: Vec<_> = world.nodes.iter().map(|node| node.name.as_str()).collect();
                let known = match error {
                    WorldError::NoNode(_) => format!("; the nodes are {}", known.join(", ")),
                    _ => String::new(),
                };
                walk.found.add(&at.path(&field.to_string()), format!("{error}{known}"));
            }
        }
        if let Some(title) = &world.title {
            text(lesson, title, &[], &at.key("title"), walk.found);
        }
    }
    if specs.len() < lesson.worlds.0.len() || specs.is_empty() {
        return;
    }
    let spec = |name: &str| specs.iter().find(|(other, _)| *other == name).map(|(_, spec)| spec);
    for (n, step) in lesson.steps.iter().enumerate() {
        let at = root.key("steps").index(n);
        if let Some(unknown) = step.worlds.iter().position(|name| spec(name).is_none()) {
            let known: Vec<_> = specs.iter().map(|(name, _)| *name).collect();
            let what = format!("there is no such world; the worlds are {}", known.join(", "));
            walk.found.add(&at.key("worlds").index(unknown), what);
            continue;
        }
        let worlds = lesson.worlds_at(n);
        let main = worlds.first().and_then(|name| spec(name)).unwrap_or(&specs[0].1);
        let stage = Stage { main, other: worlds.get(1).and_then(|name| spec(name)), this: false };
        if worlds.len() > 2 {
            walk.found.add(&at.key("worlds"), "one world or two are on the stage");
        }
        if lesson.steps[..n].iter().any(|other| other.id == step.id) {
            walk.found.add(&at.key("id"), "another step has this id");
        }
        walk.step(step, stage, &at);
    }
    for (n, challenge) in lesson.challenges.iter().enumerate() {
        let at = root.key("challenges").index(n);
        if lesson.challenges[..n].iter().any(|other| other.id == challenge.id) {
            walk.found.add(&at.key("id"), "another challenge has this id");
        }
        match challenge.world.as_deref().map_or(Some(&specs[0].1), spec) {
            Some(main) => walk.challenge(challenge, Stage { main, other: None, this: false }, &at),
            None => walk.found.add(&at.key("world"), "there is no such world"),
        }
    }
}

impl Walk<'_, '_> {
    fn head(&mut self, root: &Place) {
        let lesson = self.lesson;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if lesson.id.is_empty() || lesson.id.len() > 40 || !lesson.id.chars().all(plain) {
            self.found.add(&root.key("id"), "an id has 1 to 40 of a-z, 0-9 and `-`");
        }
        let tag = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let good = |lang: &String| !lang.is_empty() && lang.len() <= 16 && lang.chars().all(tag);
        if lesson.languages.is_empty() || lesson.languages.len() > 12 || !lesson.languages.iter().all(good) {
            self.found
                .add(&root.key("languages"), "name 1 to 12 languages by their tags, such as `zh`, `en`");
        }
        let counts = [
            ("worlds", lesson.worlds.0.len(), 1, 8),
            ("steps", lesson.steps.len(), 1, 60),
            ("challenges", lesson.challenges.len(), 0, 12),
            ("facts", lesson.facts.len(), 0, 30),
        ];
        for (field, count, least, most) in counts {
            if count < least || count > most {
                self.found.add(&root.key(field), format!("there are {count}; allowed are {least} to {most}"));
            }
        }
        text(lesson, &lesson.title, &[], &root.key("title"), self.found);
        text(lesson, &lesson.summary, &[], &root.key("summary"), self.found);
        for (n, fact) in lesson.facts.iter().enumerate() {
            let at = root.key("facts").index(n);
            text(lesson, &fact.text, &[], &at.key("text"), self.found);
            if fact.scenario.is_empty() {
                self.found.add(&at.key("scenario"), "name the conformance scenario that backs the note");
            }
            if lesson.facts[..n].iter().any(|other| other.id == fact.id) {
                self.found.add(&at.key("id"), "another note has this id");
            }
        }
    }

    fn step(&mut self, step: &Step, stage: Stage<'_>, at: &Place) {
        let names: Vec<&str> = step.values.0.iter().map(|(name, _)| name.as_str()).collect();
        self.probes(&step.values, stage, &at.key("values"));
        if let Some(title) = &step.title {
            text(self.lesson, title, &[], &at.key("title"), self.found);
        }
        text(self.lesson, &step.text, &names, &at.key("text"), self.found);
        for (n, show) in step.show.iter().enumerate() {
            self.show(show, stage, &at.key("show").index(n));
        }
        self.deeds(&step.deeds, stage, &at.key("do"));
        if let Some(ask) = &step.ask {
            self.ask(ask, &names, stage, &at.key("ask"));
        }
        if let Some(wait) = &step.wait {
            let at = at.key("await");
            self.deeds(&wait.deeds, stage, &at.key("do"));
            self.deeds(&wait.wrong, stage, &at.key("wrong"));
            if let Some(when) = &wait.when {
                self.condition(when, stage, &at.key("when"));
            } else if !wait.deeds.iter().any(Deed::is_action) {
                self.found.add(&at, "say what is to be done in `do`, or when it is done in `when`");
            }
        }
        if let Some(until) = &step.until {
            self.condition(until, stage, &at.key("until"));
        }
        if step.limit_ms > 600_000 || step.limit_ms == 0 {
            self.found.add(&at.key("limit_ms"), "1 to 600000 milliseconds are allowed");
        }
        if step.speed.is_some_and(|speed| speed > 2000) {
            self.found.add(&at.key("speed"), "0 to 2000 percent are allowed");
        }
        self.hints(&step.hints, &names, stage, at);
        self.extras(step, &names, at);
        for (n, fact) in step.facts.iter().enumerate() {
            if self.lesson.fact(fact).is_none() {
                self.found.add(&at.key("facts").index(n), format!("there is no note `{fact}` in `facts`"));
            }
        }
    }

    /// A step's table and calculator.
    fn extras(&mut self, step: &Step, names: &[&str], at: &Place) {
        if let Some(table) = &step.table {
            let at = at.key("table");
            let even = table.rows.iter().all(|row| row.len() == table.head.len());
            if !even || !(1..=6).contains(&table.head.len()) || !(1..=12).contains(&table.rows.len()) {
                self.found.add(&at, "1 to 6 columns and 1 to 12 rows, each as long as the head, are allowed");
            }
            for (row, column, cell) in table.cells() {
                let at = row.map_or_else(|| at.key("head"), |row| at.key("rows").index(row));
                text(self.lesson, cell, names, &at.index(column), self.found);
            }
        }
        if let Some(Err(error)) = step.calculator.map(|load| load.check()) {
            self.found.add(&at.key("calculator"), error.to_string());
        }
    }

    fn hints(&mut self, hints: &[Hint], names: &[&str], stage: Stage<'_>, at: &Place) {
        for (n, hint) in hints.iter().enumerate() {
            let at = at.key("hints").index(n);
            text(self.lesson, &hint.text, names, &at.key("text"), self.found);
            if let Some(when) = &hint.when {
                self.condition(when, stage, &at.key("when"));
            }
        }
    }

    fn ask(&mut self, ask: &Ask, names: &[&str], stage: Stage<'_>, at: &Place) {
        text(self.lesson, &ask.text, names, &at.key("text"), self.found);
        self.forward(&ask.run, stage, &at.key("run"));
        self.probes(&ask.values, stage, &at.key("values"));
        let mut all = names.to_vec();
        all.extend(ask.values.0.iter().map(|(name, _)| name.as_str()));
        text(self.lesson, &ask.why, &all, &at.key("why"), self.found);
        if let Some(moment) = &ask.moment {
            self.event(moment, stage, &at.key("moment"));
        }
        let at = at.key("guess");
        match &ask.guess {
            Guess::Choose(options) => self.options(options, names, &all, stage, &at.key("choose")),
            Guess::ChooseAll(options) => self.options(options, names, &all, stage, &at.key("choose_all")),
            Guess::Order(items) => {
                let at = at.key("order");
                if !(2..=8).contains(&items.len()) {
                    self.found.add(&at, "2 to 8 items are allowed");
                }
                for (n, item) in items.iter().enumerate() {
                    text(self.lesson, &item.text, names, &at.index(n).key("text"), self.found);
                    self.event(&item.event, stage, &at.index(n).key("event"));
                }
            }
            Guess::Number { probe, min, max, step, .. } => {
                let at = at.key("number");
                self.probe(probe, stage, &at.key("probe"));
                if min >= max || *step == 0 || (max - min) / i64::from(*step) > 2000 {
                    self.found.add(&at, "`min` must be below `max`, with at most 2000 places of `step`");
                }
            }
            Guess::Node { when, among } => {
                let at = at.key("node");
                self.condition(when, Stage { this: true, ..stage }, &at.key("when"));
                for (n, name) in among.iter().enumerate() {
                    self.node(name, stage, &at.key("among").index(n));
                }
            }
            Guess::Byte { node, probe, .. } => {
                let at = at.key("byte");
                self.node(node, stage, &at.key("node"));
                self.probe(probe, stage, &at.key("probe"));
            }
        }
    }

    fn options(&mut self, options: &[Choice], names: &[&str], all: &[&str], stage: Stage<'_>, at: &Place) {
        if !(2..=8).contains(&options.len()) {
            self.found.add(at, "2 to 8 options are allowed");
        }
        for (n, option) in options.iter().enumerate() {
            let at = at.index(n);
            text(self.lesson, &option.text, names, &at.key("text"), self.found);
            self.condition(&option.when, stage, &at.key("when"));
            if let Some(why) = &option.why {
                text(self.lesson, why, all, &at.key("why"), self.found);
            }
        }
    }

    fn challenge(&mut self, challenge: &Challenge, stage: Stage<'_>, at: &Place) {
        text(self.lesson, &challenge.title, &[], &at.key("title"), self.found);
        text(self.lesson, &challenge.text, &[], &at.key("text"), self.found);
        let names = ["actions", "measure", "dial"];
        let used = &names[..if challenge.dial.is_some() { 3 } else { 2 }];
        text(self.lesson, &challenge.success, used, &at.key("success"), self.found);
        self.deeds(&challenge.deeds, stage, &at.key("do"));
        self.deeds(&challenge.solution, stage, &at.key("solution"));
        self.deeds(&challenge.wrong, stage, &at.key("wrong"));
        self.condition(&challenge.goal, stage, &at.key("goal"));
        self.hints(&challenge.hints, &[], stage, at);
        if let Some(measure) = &challenge.measure {
            self.probe(measure, stage, &at.key("measure"));
        }
        if !(1..=600_000).contains(&challenge.limit_ms) {
            self.found.add(&at.key("limit_ms"), "1 to 600000 milliseconds are allowed");
        }
        if let Some(dial) = &challenge.dial {
            let at = at.key("dial");
            self.node(&dial.node, stage, &at.key("node"));
            if dial.min == 0
                || dial.max <= dial.min
                || dial.step == 0
                || (dial.max - dial.min) / dial.step > 100
            {
                self.found
                    .add(&at, "`min` must be above 0 and below `max`, with at most 100 places of `step`");
            }
        }
    }

    fn forward(&mut self, run: &Forward, stage: Stage<'_>, at: &Place) {
        self.deeds(&run.deeds, stage, &at.key("do"));
        if run.ms > 600_000 {
            self.found.add(&at.key("ms"), "at most 600000 milliseconds are allowed");
        }
    }
}

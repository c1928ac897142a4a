//! Playing a lesson without a page: doing what each step asks, answering what is right, and once what
//! is wrong.

use super::place::Place;
use crate::lesson::answer::{Reply, read_all};
use crate::lesson::deed::Deed;
use crate::lesson::format::{Ask, Challenge, Guess, Lesson, Step};
use crate::lesson::run::{News, Run, Stage};
use crate::lesson::scope::{Begin, Scope};
use crate::lesson::script::{Next, Script};
use crate::lesson::text::{PieceKind, pieces};
use crate::lesson::trial::{Status, Trial};
use crate::lesson::{Lab, Named, Table, Text, Value};
use crate::redis::{Span, Time};
use std::rc::Rc;

/// How a lesson is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// What is asked for is done, what is right is answered.
    Right,
    /// At each step something else is done first, and each question is answered wrongly first; then back,
    /// and right.
    WrongFirst,
    /// As [`Right`](Self::Right), but the student takes so many milliseconds for every turn and before
    /// every step.
    Late(u32),
}

/// Where playing a lesson went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayError {
    /// At this field.
    pub place: Place,
    /// What is wrong.
    pub what: String,
}

/// How long the world goes on after something wrong, to see that it does not complete the step.
const AFTERMATH: Span = Span::from_millis(300);

struct Player<'a> {
    lesson: &'a Rc<Lesson>,
    manner: Manner,
    log: &'a mut dyn FnMut(String),
    /// What looks at the worlds after each step.
    look: &'a mut dyn FnMut(&Lab),
}

type Played<T> = Result<T, PlayError>;

fn fail<T>(place: &Place, what: impl Into<String>) -> Played<T> {
    Err(PlayError { place: place.clone(), what: what.into() })
}

/// Plays a lesson and its challenges from end to end, telling `log` what happens.
///
/// # Errors
/// The first thing that does not go as the file says.
pub fn play(lesson: &Rc<Lesson>, manner: Manner, log: &mut dyn FnMut(String)) -> Played<()> {
    play_with(lesson, manner, log, &mut |_| ())
}

/// The digests of a lesson's worlds after each of its steps, in hexadecimal: the same on every platform.
///
/// # Errors
/// The first thing that does not go as the file says.
pub fn digests(lesson: &Rc<Lesson>) -> Played<String> {
    let mut all = String::new();
    play_with(lesson, Manner::Right, &mut |_| (), &mut |lab| {
        for session in std::iter::once(&lab.main).chain(lab.other.as_ref()) {
            all.push_str(&format!("{:016x}", session.world().digest()));
        }
    })?;
    Ok(all)
}

fn play_with(
    lesson: &Rc<Lesson>,
    manner: Manner,
    log: &mut dyn FnMut(String),
    look: &mut dyn FnMut(&Lab),
) -> Played<()> {
    let root = Place::root();
    let mut player = Player { lesson, manner, log, look };
    let made = Run::new(Rc::clone(lesson));
    let (mut run, mut lab) = made.or_else(|error| fail(&root.key("worlds"), error.to_string()))?;
    loop {
        let at = root.key("steps").index(run.index());
        player.step(&mut run, &mut lab, &at)?;
        (player.look)(&lab);
        match run.next(&mut lab) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return fail(&at, error.to_string()),
        }
    }
    for n in 0..lesson.challenges.len() {
        player.challenge(n, &root.key("challenges").index(n))?;
    }
    Ok(())
}

impl Player<'_> {
    fn say(&mut self, line: String) {
        (self.log)(line);
    }

    fn step(&mut self, run: &mut Run, lab: &mut Lab, at: &Place) -> Played<()> {
        let lesson = Rc::clone(self.lesson);
        let Some(step) = lesson.steps.get(run.index()) else { return fail(at, "there is no step") };
        self.say(format!("{} step {} {}", lab.now(), run.index() + 1, step.id));
        self.come(run, lab, step, at)?;
        if self.manner == Manner::WrongFirst {
            if let Some(ask) = step.ask.as_ref().filter(|_| run.stage() == Stage::Asking) {
                self.guess_wrong(run, lab, ask, &at.key("ask"))?;
                self.back(run, lab, at)?;
                self.come(run, lab, step, at)?;
            }
            if step.wait.is_some() {
                self.reveal(run, lab, step, at)?;
                self.do_wrong(run, lab, step, at)?;
                self.back(run, lab, at)?;
                self.come(run, lab, step, at)?;
            }
        }
        self.reveal(run, lab, step, at)?;
        if let Some(wait) = step.wait.as_ref().filter(|_| run.stage() == Stage::Awaiting) {
            self.linger(run, lab);
            self.act(run, lab, &wait.deeds, &at.key("await").key("do"))?;
        }
        self.finish(run, lab, step, at)?;
        self.linger(run, lab);
        let values = run.values(lab);
        for (_, _, cell) in step.table.iter().flat_map(Table::cells) {
            self.filled(cell, &values, &at.key("table"))?;
        }
        self.filled(&step.text, &values, &at.key("text"))
    }

    fn linger(&self, run: &mut Run, lab: &mut Lab) {
        if let Manner::Late(ms) = self.manner {
            let until = lab.now() + Span::from_millis(ms.into());
            run.pass(lab, until);
        }
    }

    fn back(&mut self, run: &mut Run, lab: &mut Lab, at: &Place) -> Played<()> {
        match run.goto(run.index(), lab) {
            Ok(true) => Ok(()),
            Ok(false) => fail(at, "the step cannot be gone back to"),
            Err(error) => fail(at, error.to_string()),
        }
    }

    /// Lets the step's own deeds happen.
    fn come(&mut self, run: &mut Run, lab: &mut Lab, step: &Step, at: &Place) -> Played<()> {
        // What cannot be done is left out on the page; a file must not begin with that.
        let mut copy = lab.clone();
        let begin = Begin::now(&copy);
        crate::lesson::script::perform(&mut copy, &step.deeds, begin)
            .or_else(|(n, problem)| fail(&at.key("do").index(n), problem.to_string()))?;
        let limit = copy.now() + Span::from_millis(1);
        while run.stage() == Stage::Doing {
            if run.advance(lab, limit).is_none() && lab.now() >= limit && run.stage() == Stage::Doing {
                return fail(&at.key("do"), "it is not done in time");
            }
        }
        Ok(())
    }

    /// Answers what is right and plays the reveal.
    fn reveal(&mut self, run: &mut Run, lab: &mut Lab, step: &Step, at: &Place) -> Played<()> {
        let Some(ask) = step.ask.as_ref().filter(|_| run.stage() == Stage::Asking) else { return Ok(()) };
        let at = at.key("ask");
        let outcome = ask.outcome(lab).or_else(|error| fail(&at, error.to_string()))?;
        self.say(format!("{}   asked: the right answer is {:?}", lab.now(), outcome.right));
        if ask.moment.is_some() && outcome.moment.is_none() {
            return fail(&at.key("moment"), "it does not happen in the run");
        }
        self.on_slider(ask, &outcome.right, &at)?;
        let begin = Begin::now(lab);
        match run.answer(lab, outcome.right.clone()) {
            Ok(verdict) if verdict.right => {}
            Ok(_) => return fail(&at, "the right answer is judged wrong"),
            Err(error) => return fail(&at, error.to_string()),
        }
        self.filled(&ask.why, &run.values(lab), &at.key("why"))?;
        while run.stage() == Stage::Revealing {
            run.advance(lab, outcome.ends + Span::from_millis(1));
            if lab.now() > outcome.ends && run.stage() == Stage::Revealing {
                return fail(&at.key("run"), "the reveal does not end");
            }
        }
        if !ask.rewind && read_all(&ask.values, &Scope::new(lab, begin)) != outcome.values {
            return fail(&at, "the world did not go as its copy did");
        }
        Ok(())
    }

    /// That the right number can be reached.
    fn on_slider(&self, ask: &Ask, right: &Reply, at: &Place) -> Played<()> {
        if let (Guess::Number { tolerance, min, step, .. }, Reply::Number(n)) = (&ask.guess, right) {
            let step = i64::from(*step);
            let below = (n - min) % step;
            if below.min(step - below) > i64::from(*tolerance) {
                return fail(
                    &at.key("guess"),
                    format!("no place of the slider is within the tolerance of {n}"),
                );
            }
        }
        Ok(())
    }

    fn guess_wrong(&mut self, run: &mut Run, lab: &Lab, ask: &Ask, at: &Place) -> Played<()> {
        let outcome = ask.outcome(lab).or_else(|error| fail(at, error.to_string()))?;
        let Some(guess) = wrong(ask, &outcome.right, lab) else {
            return fail(&at.key("guess"), "no answer would be wrong");
        };
        self.say(format!("{}   guess {guess:?}", lab.now()));
        match run.answer(lab, guess) {
            Ok(verdict) if !verdict.right && verdict.gap != 0 => Ok(()),
            Ok(_) => fail(&at.key("guess"), "a wrong answer is judged right"),
            Err(error) => fail(at, error.to_string()),
        }
    }

    fn do_wrong(&mut self, run: &mut Run, lab: &mut Lab, step: &Step, at: &Place) -> Played<()> {
        let (Some(wait), Stage::Awaiting) = (&step.wait, run.stage()) else { return Ok(()) };
        let at = at.key("await");
        let idle = lab
            .main
            .world()
            .nodes()
            .iter()
            .find(|node| node.alive())
            .map(|node| Deed::Command { node: node.name.to_string(), line: "PING".into() });
        let tries = if wait.wrong.is_empty() { idle.into_iter().collect() } else { wait.wrong.clone() };
        self.act(run, lab, &tries, &at.key("wrong"))?;
        run.advance(lab, lab.now() + AFTERMATH);
        if run.stage() != Stage::Awaiting {
            return fail(&at, format!("{tries:?} completes it too"));
        }
        Ok(())
    }

    /// Does deeds as a student would, while the lesson looks on.
    fn act(&mut self, run: &mut Run, lab: &mut Lab, deeds: &[Deed], at: &Place) -> Played<()> {
        let begin = Begin::now(lab);
        let mut script = Script::begin(lab);
        loop {
            match script.poll(deeds, lab, begin) {
                Next::Done => return Ok(()),
                Next::Failed(n, problem) => return fail(&at.index(n), problem.to_string()),
                Next::Wait(until) => {
                    let to = lab.next_at().map_or(until, |next| next.min(until));
                    run.advance(lab, to);
                }
            }
        }
    }

    fn finish(&mut self, run: &mut Run, lab: &mut Lab, step: &Step, at: &Place) -> Played<()> {
        let end = lab.now() + Span::from_millis(step.limit_ms) + Span::from_secs(1);
        while run.stage() != Stage::Done {
            match run.advance(lab, end) {
                Some(News::Late) => return fail(&at.key("until"), "it does not come within `limit_ms`"),
                None if run.stage() == Stage::Awaiting => {
                    return fail(&at.key("await"), "doing what `do` says does not complete it");
                }
                None if lab.now() >= end && run.stage() != Stage::Done => {
                    return fail(at, "the step is never done");
                }
                _ => {}
            }
        }
        self.say(format!("{}   done", lab.now()));
        Ok(())
    }

    /// That every value in a text is there.
    fn filled(&self, text: &Text, values: &Named<Value>, at: &Place) -> Played<()> {
        for (lang, words) in &text.0.0 {
            for piece in pieces(words).0 {
                if let PieceKind::Value(name) = piece.what
                    && values.get(&name).is_none_or(|value| *value == Value::Missing)
                {
                    return fail(&at.key(lang), format!("`{{{name}}}` finds nothing in the world"));
                }
            }
        }
        Ok(())
    }

    fn challenge(&mut self, n: usize, at: &Place) -> Played<()> {
        let lesson = Rc::clone(self.lesson);
        let Some(challenge) = lesson.challenges.get(n) else { return Ok(()) };
        let values: Vec<Option<u64>> = match &challenge.dial {
            Some(dial) => (dial.min..=dial.max).step_by(dial.step.max(1) as usize).map(Some).collect(),
            None => vec![None],
        };
        if self.manner == Manner::WrongFirst {
            let at = at.key("wrong");
            // The largest value is too much of a good thing.
            let dial = values.last().copied().flatten();
            let status = self.attempt(n, challenge, dial, &challenge.wrong, &at)?.0;
            if status == Status::Won {
                return fail(&at, "it wins too (doing nothing, if it is left out)");
            }
            return Ok(());
        }
        for dial in values {
            let (status, actions) =
                self.attempt(n, challenge, dial, &challenge.solution, &at.key("solution"))?;
            if status == Status::Won {
                let dial = dial.map_or_else(String::new, |dial| format!(", dial at {dial}"));
                self.say(format!("challenge {}: won with {actions} actions{dial}", challenge.id));
                return match challenge.par {
                    Some(par) if par > actions => {
                        fail(&at.key("par"), format!("the solution needs only {actions}"))
                    }
                    _ => Ok(()),
                };
            }
            if challenge.dial.is_none() {
                return fail(&at.key("solution"), format!("it does not win: {status:?}"));
            }
        }
        fail(&at.key("dial"), "no value wins")
    }

    fn attempt(
        &mut self,
        n: usize,
        challenge: &Challenge,
        dial: Option<u64>,
        deeds: &[Deed],
        at: &Place,
    ) -> Played<(Status, u32)> {
        let made = Trial::new(Rc::clone(self.lesson), n, dial);
        let (mut trial, mut lab) = made.or_else(|error| fail(at, error.to_string()))?;
        let patience = lab.now() + Span::from_secs(600);
        while trial.status() == Status::Doing {
            if trial.advance(&mut lab, patience).is_none() {
                return fail(&at.key("do"), "it is not done in time");
            }
        }
        let begin = Begin::now(&lab);
        let end: Time = lab.now() + Span::from_millis(challenge.limit_ms);
        let mut script = Script::begin(&lab);
        while trial.status() == Status::Open {
            let until = match script.poll(deeds, &mut lab, begin) {
                Next::Done => end,
                Next::Failed(n, problem) => return fail(&at.index(n), problem.to_string()),
                Next::Wait(until) => lab.next_at().map_or(until, |next| next.min(until)),
            };
            if trial.advance(&mut lab, until).is_none() && lab.now() >= end {
                break;
            }
        }
        Ok((trial.status(), trial.count(&lab)))
    }
}

/// An answer that is not right.
fn wrong(ask: &Ask, right: &Reply, lab: &Lab) -> Option<Reply> {
    match (&ask.guess, right) {
        (Guess::Choose(options), Reply::Choose(right)) => {
            let other = (0..options.len() as u32).find(|n| !right.contains(n))?;
            Some(Reply::Choose(vec![other]))
        }
        (_, Reply::Choose(_)) => Some(Reply::Choose(Vec::new())),
        (_, Reply::Order(right)) => {
            let reversed: Vec<u32> = right.iter().rev().copied().collect();
            (reversed != *right).then_some(Reply::Order(reversed))
        }
        (Guess::Number { tolerance, min, max, .. }, Reply::Number(n)) => {
            let far = |guess: &i64| (guess - n).abs() > i64::from(*tolerance);
            [*min, *max].into_iter().find(far).map(Reply::Number)
        }
        (Guess::Byte { tolerance, .. }, Reply::Number(n)) => {
            Some(Reply::Number(n + i64::from(*tolerance) + 1))
        }
        (Guess::Node { among, .. }, Reply::Node(right)) => {
            let mut nodes = lab.main.world().nodes().iter().map(|node| &*node.name);
            let other = nodes.find(|name| {
                *name != right.as_str() && (among.is_empty() || among.iter().any(|one| one == name))
            });
            other.map(|name| Reply::Node(name.to_owned()))
        }
        _ => None,
    }
}

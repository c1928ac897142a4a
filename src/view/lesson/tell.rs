//! A lesson's facts in words: values, what is awaited, answers.

use crate::lesson::deed::Mode;
use crate::lesson::format::{Guess, Tool};
use crate::lesson::{Deed, Reply, Unit, Value};
use crate::redis::Span;
use crate::view::format::{grouped, span};
use crate::view::words::Words;

/// What a probe found, with its unit.
pub fn value(found: &Value, w: &Words) -> String {
    let (n, unit) = match found {
        Value::Number(n, unit) => (*n, *unit),
        Value::Text(text) => return text.clone(),
        Value::Missing => return "—".to_owned(),
    };
    let size = n.unsigned_abs();
    let text = match unit {
        Unit::Bytes => (w.bytes)(size),
        Unit::Millis => span(Span::from_millis(size)),
        Unit::Rate => (w.lesson.per_second)(size),
        Unit::Offset | Unit::Count => grouped(size),
    };
    if n < 0 { ["−", &text].concat() } else { text }
}

/// What a student has to do, a line each.
pub fn awaited(deeds: &[Deed], w: &Words) -> Vec<String> {
    deeds.iter().filter(|deed| deed.is_action()).map(|deed| told(deed, w)).collect()
}

fn told(deed: &Deed, w: &Words) -> String {
    let say = |verb: &str, what: &str| format!("{verb} {what}");
    let l = w.lesson;
    let pair = |pair: &[String; 2]| pair.join("–");
    match deed {
        Deed::Cut(ends) => say(l.cut, &pair(ends)),
        Deed::Heal(ends) => say(l.heal, &pair(ends)),
        Deed::Link { between, mode } => match mode {
            Mode::Cut => say(l.cut, &pair(between)),
            Mode::Up => say(l.heal, &pair(between)),
            Mode::Silent => (l.link_to)(&pair(between), w.look.mode_silent),
            Mode::Hold => (l.link_to)(&pair(between), w.look.mode_hold),
            Mode::OneWay(to) => (l.link_to)(&pair(between), &(w.look.mode_one_way)(to)),
        },
        Deed::Path { between, .. } => say(l.path, &pair(between)),
        Deed::Command { node, line } => (l.command)(node, line),
        Deed::Replicaof { node, of } => (l.follow)(node, of),
        Deed::Promote(node) => (l.promote)(node),
        Deed::Kill(node) => say(l.kill, node),
        Deed::Restart { node, .. } => say(l.restart, node),
        Deed::Pause(node) => say(l.pause, node),
        Deed::Resume(node) => say(l.resume, node),
        Deed::Start(_) => w.start_writes.to_owned(),
        Deed::Stop(_) => w.stop_writes.to_owned(),
        Deed::Rate { .. } => w.rate.to_owned(),
        Deed::Other(deed) => format!("{} {}", l.other_world, told(deed, w)),
        Deed::WaitMs(_) | Deed::WaitFor(_) => String::new(),
    }
}

/// An answer in words; texts of options may have marks.
pub fn answer_of(guess: &Guess, reply: &Reply, lang: &str, w: &Words) -> Vec<String> {
    match (guess, reply) {
        (Guess::Choose(all) | Guess::ChooseAll(all), Reply::Choose(places)) => {
            let texts = places.iter().filter_map(|n| all.get(*n as usize));
            texts.map(|choice| choice.text.get(lang).to_owned()).collect()
        }
        (Guess::Order(items), Reply::Order(places)) => {
            let texts = places.iter().filter_map(|n| items.get(*n as usize));
            texts.map(|item| item.text.get(lang).to_owned()).collect()
        }
        (Guess::Number { probe, .. } | Guess::Byte { probe, .. }, Reply::Number(n)) => {
            vec![value(&Value::Number(*n, probe.unit()), w)]
        }
        (_, Reply::Node(name)) => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// A kind of action that a challenge allows.
pub fn tool(tool: Tool, w: &Words) -> &'static str {
    w.lesson.tools[tool as usize]
}

//! Messages of the space–time diagram: single lines, or bands where they are too many.

use super::axis::Axis;
use super::chart::{Chart, Dense, Segment, point};
use super::record::Record;
use super::series::Message;
use crate::redis::{Span, Time};
use crate::view::format::push_px;
use crate::view::layout::between;

/// More lines than this cannot be told apart.
const MOST_LINES: usize = 900;
/// A flight's usual length, for messages that have not arrived.
const FLIGHT: Span = Span::from_millis(310);
/// The longest flights are seconds: so much before the window one may have begun.
const LONGEST: u64 = 5_000_000;
/// The classes of bands by look, and between which shares of the way from lane to lane they lie.
const LOOKS: [(&str, f64, f64); 4] =
    [("d-cmd", 0.12, 0.52), ("d-ack", 0.56, 0.72), ("d-shake", 0.74, 0.80), ("d-rdb", 0.80, 0.92)];
/// How dark bands are: so many steps.
const SHADES: usize = 4;

impl Chart {
    pub(super) fn draw_messages(
        &mut self,
        record: &Record,
        axis: &Axis,
        until: Time,
        lane: impl Fn(usize) -> f64,
    ) {
        let window = axis.window;
        let early = Time::from_micros(window.from.as_micros().saturating_sub(LONGEST));
        let messages = &record.messages;
        let (early, last) = (messages.after(early), messages.after(window.to.min(until)));
        if last.saturating_sub(messages.after(window.from)) <= MOST_LINES {
            for message in (early..last).filter_map(|n| messages.get(n)) {
                self.line(&message, axis, until, &lane);
            }
            return;
        }
        self.bands(record, axis, until, &lane);
        // What was lost is always shown, though not two at one place.
        let first = record.losses.partition_point(|n| (*n as usize) < early);
        let mut drawn = f64::MIN;
        for n in &record.losses[first..] {
            let Some(message) = messages.get(*n as usize).filter(|_| (*n as usize) < last) else { break };
            let x = axis.x(message.sent);
            if x - drawn >= 2.0 {
                drawn = x;
                self.line(&message, axis, until, &lane);
            }
        }
    }

    /// A message as a line from its sending to its end.
    fn line(&mut self, message: &Message, axis: &Axis, until: Time, lane: &impl Fn(usize) -> f64) {
        let x = axis.x(message.sent);
        let (y1, y2) = (lane(message.from.index()), lane(message.to.index()));
        let ended = message.end.filter(|end| *end <= until);
        // While it flies its end is not known: it is drawn as far as the usual slope takes it.
        let end = ended.map_or(axis.x(until), |end| axis.x(end));
        let reach = if ended.is_some() && !message.lost {
            1.0
        } else {
            let typical = axis.x(message.sent + FLIGHT) - x;
            between((end - x) / typical.max(0.1), 0.0, 1.0)
        };
        if end <= axis.left {
            return;
        }
        let path = match message.look() {
            _ if message.lost => &mut self.lost,
            1 => &mut self.commands,
            2 => &mut self.acks,
            3 => &mut self.shakes,
            _ => &mut self.rdb,
        };
        let (from, to) = ((x, y1), (end, y1 + (y2 - y1) * reach));
        point(path, 'M', from.0, from.1);
        point(path, 'L', to.0, to.1);
        self.hits.push(Segment { from, to, entry: message.entry });
    }

    /// Stretches of about two pixels, the darker the more messages there were.
    fn bands(&mut self, record: &Record, axis: &Axis, until: Time, lane: &impl Fn(usize) -> f64) {
        let window = axis.window;
        let least = (window.span().as_micros() as f64 / axis.width * 2.0) as u64;
        let seen = (window.from, window.to.min(until));
        let mut most = [1; LOOKS.len()];
        for count in record.density.counts(seen.0, seen.1, least) {
            if let Some(most) = most.get_mut(usize::from(count.look).wrapping_sub(1)) {
                *most = count.count.max(*most);
            }
        }
        for (class, ..) in LOOKS {
            for shade in 1..=SHADES {
                let dark = (shade * 60 / SHADES) as u8;
                self.dense.push(Dense { class, dark, path: String::new() });
            }
        }
        // Stretches beside each other that are equally dark are one.
        let mut open: Option<Band> = None;
        for count in record.density.counts(seen.0, seen.1, least) {
            let look = usize::from(count.look).wrapping_sub(1);
            let Some((_, from, to)) = LOOKS.get(look) else { continue };
            let shade = (count.count as usize * SHADES).div_ceil(most[look] as usize).clamp(1, SHADES) - 1;
            let x1 = axis.x(count.start).max(axis.left);
            let end = Time::from_micros(count.start.as_micros() + count.length);
            let x2 = axis.x(end.min(seen.1)).max(x1 + 0.5);
            let (a, b) = (lane(count.from.index()), lane(count.to.index()));
            let (top, high) = (a.min(b), (a - b).abs());
            let band =
                Band { of: look * SHADES + shade, x: (x1, x2), y: (top + from * high, top + to * high) };
            match &mut open {
                Some(open) if (open.of, open.y) == (band.of, band.y) && (open.x.1 - x1).abs() < 0.1 => {
                    open.x.1 = x2;
                }
                open => {
                    if let Some(done) = open.replace(band) {
                        done.draw(&mut self.dense);
                    }
                }
            }
        }
        if let Some(done) = open {
            done.draw(&mut self.dense);
        }
        self.dense.retain(|dense| !dense.path.is_empty());
    }
}

/// A box of one shade of one look.
struct Band {
    of: usize,
    x: (f64, f64),
    y: (f64, f64),
}

impl Band {
    fn draw(&self, dense: &mut [Dense]) {
        let Some(Dense { path, .. }) = dense.get_mut(self.of) else { return };
        point(path, 'M', self.x.0, self.y.0);
        for (command, by) in
            [('h', self.x.1 - self.x.0), ('v', self.y.1 - self.y.0), ('h', self.x.0 - self.x.1)]
        {
            path.push(command);
            push_px(path, by);
        }
        path.push('z');
    }
}

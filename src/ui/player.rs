//! The player: turns the browser's time into model time, and the world into pictures.
//!
//! It lives outside Yew. Each frame it moves the packets; about ten times a second it hands the page
//! a new [`Picture`]. It stands still, without any callback, while paused, hidden or off-screen.

mod class;

use super::frame::FrameLoop;
use super::stage::layer::Layer;
use crate::redis::Time;
use crate::sim::{Action, EntryId, LinkId, LinkMode, NodeId, Session, What, World, WorldSpec};
use crate::view::flights::Flights;
use crate::view::history::Record;
use crate::view::lesson::Lecture;
use crate::view::layout::{Plan, Point};
use crate::view::permalink::{LinkError, Look, MOST_STEPS, Shared};
use crate::view::picture::Frame;
use crate::view::speed::Speed;
use crate::view::{Params, Picture, flights, poster};
use class::Class;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::Callback;

/// What the page is told.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// The instant.
    pub(super) picture: Rc<Picture>,
    /// Whether time runs.
    pub(super) playing: bool,
    /// How fast.
    pub(super) speed: Speed,
    /// The lesson.
    pub(super) lecture: Option<Rc<Lecture>>,
    /// The second world, if two are compared.
    pub(super) second: Option<Rc<Picture>>,
}

/// The session, its clock and who is told about it.
pub(super) struct Player {
    state: RefCell<State>,
    frames: RefCell<Option<Rc<FrameLoop>>>,
    listener: RefCell<Option<Callback<Shown>>>,
    /// Why time may stand still although it plays: the tab is hidden, the page is off-screen.
    hidden: Cell<bool>,
    off_screen: Cell<bool>,
}

struct State {
    session: Session,
    class: Option<Box<Class>>,
    lecture: Option<Rc<Lecture>>,
    record: Record,
    frame: Frame,
    playing: bool,
    speed: Speed,
    /// Packets do not move: the reader asked for less motion.
    still: bool,
    last_frame: Option<f64>,
    last_told: f64,
    picture: Rc<Picture>,
    flights: Flights,
    layer: Option<Layer>,
}

/// Real time between two pictures, in milliseconds.
const TOLD_EVERY: f64 = 100.0;
/// The longest frame that counts: a tab that slept does not catch up in one go.
const LONGEST_FRAME: f64 = 100.0;
/// A step gives up after so many things that nobody would see.
const STEP_LIMIT: usize = 2000;

impl Player {
    /// A player of the start scene, paused at its first instant, or where the address says: a figure
    /// in a text waits at a moment with something to see. Calls nothing of the browser.
    pub(super) fn new(params: &Params) -> Rc<Self> {
        let speed = params.speed.unwrap_or(Speed::DEFAULT);
        let mut spec = WorldSpec::course();
        spec.seed = params.seed.unwrap_or(spec.seed);
        #[cfg(feature = "bench")]
        let (spec, bench) = super::bench::world().map_or((spec, false), |spec| (spec, true));
        let mut session = Session::new(spec);
        #[cfg(feature = "bench")]
        if bench {
            // Past the handshakes, with packets on all wires.
            session.advance(Time::from_millis(60_000));
        }
        match params.at {
            Some(at) => poster::run_to(&mut session, at),
            None if params.controls.is_some() => poster::advance(&mut session),
            None => {}
        }
        let mut record = Record::default();
        record.follow(session.world());
        let plan = Plan { width: 573.0, height: 422.0, ..Plan::default() };
        let (lit, history) = (Rc::default(), (1058.0, 212.0));
        let frame = Frame { plan, lit, history, ring_of: None, whole: false, reach: Time::ZERO };
        let picture = Rc::new(Picture::of(session.world(), &record, &frame));
        let (flights, layer) = (Flights::default(), None);
        let state = State {
            session,
            class: None,
            lecture: None,
            record,
            frame,
            playing: false,
            speed,
            still: false,
            last_frame: None,
            last_told: f64::MIN,
            picture,
            flights,
            layer,
        };
        Rc::new(Self {
            state: RefCell::new(state),
            frames: RefCell::new(None),
            listener: RefCell::new(None),
            hidden: Cell::new(false),
            off_screen: Cell::new(false),
        })
    }

    /// Tells `listener` from now on.
    pub(super) fn attach(self: &Rc<Self>, listener: Callback<Shown>) {
        let me = Rc::downgrade(self);
        let frames = FrameLoop::new(move |at| {
            if let Some(me) = me.upgrade() {
                me.tick(at);
            }
        });
        *self.frames.borrow_mut() = Some(frames);
        *self.listener.borrow_mut() = Some(listener);
        self.refresh();
    }

    /// Tells nobody any more.
    pub(super) fn detach(&self) {
        *self.frames.borrow_mut() = None;
        *self.listener.borrow_mut() = None;
    }

    /// What to show now.
    pub(super) fn shown(&self) -> Shown {
        let state = self.state.borrow();
        let second = state.class.as_ref().and_then(|class| class.second.picture.clone());
        let (picture, lecture) = (state.picture.clone(), state.lecture.clone());
        Shown { picture, playing: state.playing, speed: state.speed, lecture, second }
    }

    /// Reads the world.
    pub(super) fn with_world<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(self.state.borrow().session.world())
    }

    /// Plays or pauses.
    pub(super) fn set_playing(&self, playing: bool) {
        self.state.borrow_mut().playing = playing;
        self.refresh();
    }

    /// Pauses if it plays, plays if it is paused.
    pub(super) fn toggle(&self) {
        let playing = self.state.borrow().playing;
        self.set_playing(!playing);
    }

    /// Runs at this speed.
    pub(super) fn set_speed(&self, speed: Speed) {
        self.state.borrow_mut().speed = speed;
        self.refresh();
    }

    /// Packets stand instead of flying.
    pub(super) fn set_still(&self, still: bool) {
        self.state.borrow_mut().still = still;
        self.refresh();
    }

    /// The tab is hidden or seen again.
    pub(super) fn set_hidden(&self, hidden: bool) {
        self.hidden.set(hidden);
        self.run_or_rest();
    }

    /// The page is scrolled out of sight or back.
    pub(super) fn set_off_screen(&self, off_screen: bool) {
        self.off_screen.set(off_screen);
        self.run_or_rest();
    }

    /// Changes what is drawn: sizes, whose ring, how much history.
    pub(super) fn set_frame(&self, change: impl FnOnce(&mut Frame)) {
        let mut state = self.state.borrow_mut();
        let before = state.frame.clone();
        change(&mut state.frame);
        let changed = before != state.frame;
        drop(state);
        if changed {
            self.refresh();
        }
    }

    /// Where packets are drawn from now on.
    pub(super) fn set_layer(&self, layer: Option<Layer>) {
        self.state.borrow_mut().layer = layer;
        self.refresh();
    }

    /// Pauses and runs to the next thing a student can see.
    pub(super) fn step(&self) {
        let mut state = self.state.borrow_mut();
        state.playing = false;
        if state.waits() {
            return;
        }
        let past = state.session.world().now() < state.frame.reach;
        let seen = state.session.world().trace().len();
        for _ in 0..STEP_LIMIT {
            if !state.session.step() || visible_since(state.session.world(), seen) {
                break;
            }
        }
        if !past {
            state.poll();
        }
        drop(state);
        self.refresh();
    }

    /// Pauses and goes back to the last instant before this one at which something happened.
    pub(super) fn step_back(&self) {
        let mut state = self.state.borrow_mut();
        state.playing = false;
        let now = state.session.world().now();
        let before = state.session.world().trace().iter().rev().find(|entry| entry.at < now).map(|e| e.at);
        state.session.seek(before.unwrap_or(Time::ZERO));
        drop(state);
        self.refresh();
    }

    /// Pauses and goes to an instant of the session so far.
    pub(super) fn seek(&self, to: Time) {
        let mut state = self.state.borrow_mut();
        state.playing = false;
        let to = to.min(state.frame.reach);
        state.session.seek(to);
        drop(state);
        self.refresh();
    }

    /// Pauses and goes to an instant, also one that was never reached.
    pub(super) fn run_to(&self, to: Time) {
        let mut state = self.state.borrow_mut();
        state.playing = false;
        if to < state.session.world().now() {
            state.session.seek(to);
        } else {
            poster::run_to(&mut state.session, to);
        }
        drop(state);
        self.refresh();
    }

    /// Starts over; plays on if it played.
    pub(super) fn reset(&self) {
        if self.step_over() {
            return;
        }
        let mut state = self.state.borrow_mut();
        state.session.reset();
        state.record = Record::default();
        state.frame.reach = Time::ZERO;
        drop(state);
        self.refresh();
    }

    /// Opens a shared session, paused at its instant. One that does not open changes nothing.
    pub(super) fn open(&self, shared: &Shared) -> Result<(), LinkError> {
        let mut record = Record::default();
        let mut reach = Time::ZERO;
        let session = shared.open(MOST_STEPS, &mut |world| {
            record.follow(world);
            reach = world.now();
        })?;
        let mut state = self.state.borrow_mut();
        (state.session, state.record, state.playing) = (session, record, false);
        let look = shared.look;
        let frame = &mut state.frame;
        (frame.ring_of, frame.whole, frame.reach) = (look.ring_of, look.whole, reach);
        state.speed = look.speed.unwrap_or(state.speed);
        drop(state);
        self.refresh();
        Ok(())
    }

    /// What a link to the session holds.
    pub(super) fn shared(&self, look: Look) -> Shared {
        Shared::of(&self.state.borrow().session, look)
    }

    /// Does something to the world. What cannot be done (the node is down) changes nothing.
    pub(super) fn act(&self, action: Action) {
        let mut state = self.state.borrow_mut();
        if !state.forbids(&action) && state.session.act(action).is_ok() {
            let State { session, record, frame, .. } = &mut *state;
            record.forget_after(session.world());
            frame.reach = session.world().now();
            state.poll();
        }
        drop(state);
        self.refresh();
    }

    /// Cuts a link that passes bytes, restores one that does not.
    pub(super) fn flip(&self, link: LinkId) {
        let up = self.with_world(|world| world.link(link).map(|link| link.mode == LinkMode::Up));
        match up {
            Some(true) => self.act(Action::Cut(link)),
            Some(false) => self.act(Action::Heal(link)),
            None => {}
        }
    }

    /// The packet drawn nearest to a point of the stage, if one is close.
    pub(super) fn packet_at(&self, point: Point, within: f64) -> Option<EntryId> {
        let state = self.state.borrow();
        let world = state.session.world();
        let near = world.packets().filter_map(|packet| {
            let (_, at) = flights::place(&packet, &state.picture.stage, world.now())?;
            Some((at.distance(point), packet.entry?)).filter(|(far, _)| *far <= within)
        });
        let nearest = near.min_by(|a, b| a.0.total_cmp(&b.0));
        nearest.map(|(_, entry)| entry)
    }

    /// Whose backlog is chosen for the Ring view.
    pub(super) fn ring_of(&self) -> Option<NodeId> {
        self.state.borrow().frame.ring_of
    }

    /// Chooses whose backlog the Ring view shows.
    pub(super) fn show_ring_of(&self, node: Option<NodeId>) {
        self.set_frame(|frame| frame.ring_of = node);
    }

    fn tick(&self, at: f64) {
        let mut state = self.state.borrow_mut();
        let real = state.last_frame.map_or(0.0, |last| (at - last).clamp(0.0, LONGEST_FRAME));
        state.last_frame = Some(at);
        if !state.attend(real) {
            let to = state.session.world().now() + state.speed.model(real);
            state.session.advance(to);
        }
        let rests = !state.runs();
        let tell = rests || at - state.last_told >= TOLD_EVERY;
        if tell {
            state.last_told = at;
            state.draw();
        }
        if tell || !state.still {
            state.fly();
        }
        drop(state);
        if tell {
            self.tell();
        }
        if rests {
            self.run_or_rest();
        }
    }

    /// Draws and tells at once, and starts or stops the clock.
    fn refresh(&self) {
        let mut state = self.state.borrow_mut();
        state.draw();
        state.fly();
        drop(state);
        self.run_or_rest();
        self.tell();
    }

    fn tell(&self) {
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            listener.emit(self.shown());
        }
    }

    fn run_or_rest(&self) {
        let frames = self.frames.borrow();
        let Some(frames) = frames.as_ref() else { return };
        if self.state.borrow().runs() && !self.hidden.get() && !self.off_screen.get() {
            frames.start();
        } else {
            frames.stop();
            self.state.borrow_mut().last_frame = None;
        }
    }
}

impl State {
    /// Whether time passes.
    fn runs(&self) -> bool {
        self.playing && !self.waits()
    }

    fn draw(&mut self) {
        self.record.follow(self.session.world());
        self.frame.reach = self.frame.reach.max(self.session.world().now());
        self.picture = Rc::new(Picture::of(self.session.world(), &self.record, &self.frame));
        self.draw_class();
    }

    fn fly(&mut self) {
        self.fly_second();
        if let Some(layer) = &mut self.layer {
            let lit = &self.picture.lit.entries;
            self.flights.draw(self.session.world(), &self.picture.stage, lit, self.still);
            let stage = &self.picture.stage;
            layer.paint(&self.flights, (stage.width, stage.height));
        }
    }
}

/// Whether the trace got something that a student can see: a packet that leaves, arrives or dies, a
/// link that changes, a server that tells something.
fn visible_since(world: &World, seen: u32) -> bool {
    world.trace().since(seen).any(|entry| match &entry.what {
        What::Sent(sent) => !sent.kind.is_control(),
        What::Delivered { kind, .. } => !kind.is_control(),
        What::Lost { .. } | What::LinkMode { .. } | What::Server(_) | What::Action(_) => true,
        _ => false,
    })
}

//! The player: turns the browser's time into model time, and the world into pictures.
//!
//! It lives outside Yew. Each frame it moves the packets and draws at most one part of the
//! [`Picture`] anew (`tick`, [`Pace`]). It stands still, without any callback, while paused, hidden or
//! off-screen.

mod beside;
mod class;
mod drag;
mod draw;
mod live;
pub(super) mod pace;
mod recall;
mod tick;
mod travel;

pub(super) use travel::Trip;

use beside::Other;

use super::frame::FrameLoop;
use super::live::{Area, Live};
use super::ring::arcs::Marked;
use super::stage::layer::Layer;
use crate::redis::Time;
use crate::sim::{Action, BranchId, EntryId, LinkId, LinkMode, NodeId, Session, World, WorldSpec};
use crate::view::compare::Beside;
use crate::view::flights::Flights;
use crate::view::history::{Record, Zoom};
use crate::view::layout::{Plan, Point};
use crate::view::lesson::Lecture;
use crate::view::picture::{Frame, Part};
use crate::view::speed::Speed;
use crate::view::{Lang, Params, Picture, Words, flights, poster, words};
use class::Class;
use drag::Drag;
use pace::Pace;
use recall::Recalled;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::Callback;

/// What the page is told.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// The instant.
    pub(super) picture: Rc<Picture>,
    /// The part of it that was drawn; `None` for all.
    pub(super) part: Option<Part>,
    /// Whether time runs.
    pub(super) playing: bool,
    /// Whether it stands still until the reader of a lesson answers or goes on.
    pub(super) waits: bool,
    /// How fast.
    pub(super) speed: Speed,
    /// The lesson.
    pub(super) lecture: Option<Rc<Lecture>>,
    /// The second world, if two are compared.
    pub(super) second: Option<Rc<Picture>>,
    /// How it travels in time.
    pub(super) trip: Rc<Trip>,
    /// This run and another one side by side.
    pub(super) beside: Option<Rc<Beside>>,
    /// Which branch the other one is, if it is one.
    pub(super) compared: Option<BranchId>,
}

impl Shown {
    /// Whether a part was drawn.
    pub(super) fn is_due(&self, part: Part) -> bool {
        self.part.is_none_or(|drawn| drawn == part)
    }
}

/// The session, its clock and who is told about it.
pub(super) struct Player {
    state: RefCell<State>,
    frames: RefCell<Option<Rc<FrameLoop>>>,
    listener: RefCell<Option<Callback<Option<Shown>>>>,
    /// The page has pieces to draw: it is told with `None` when a frame has time for them.
    pub(super) waiting: Cell<bool>,
    /// So many pieces with live numbers are being drawn, and where.
    due: Cell<(u32, Option<Area>)>,
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
    trip: Rc<Trip>,
    other: Option<Other>,
    beside: Option<Rc<Beside>>,
    /// Packets do not move: the reader asked for less motion.
    still: bool,
    last_frame: Option<f64>,
    drag: Drag,
    pace: Pace,
    picture: Rc<Picture>,
    flights: Flights,
    layer: Option<Layer>,
    live: Option<Live>,
    recalled: Option<Recalled>,
    /// In which language numbers are told of, and what of the ring stands out.
    tells: (&'static Words, Marked),
}

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
        let frame = Frame {
            plan,
            lit: Rc::default(),
            history: (1058.0, 180.0),
            beside: (600.0, 150.0),
            ring_of: None,
            zoom: Zoom::RECENT,
            reach: Time::ZERO,
        };
        let picture = Rc::new(Picture::of(session.world(), &record, &frame));
        let state = State {
            session,
            class: None,
            lecture: None,
            record,
            frame,
            playing: false,
            speed,
            trip: Rc::default(),
            other: None,
            beside: None,
            still: false,
            last_frame: None,
            drag: Drag::default(),
            pace: Pace::default(),
            picture,
            flights: Flights::default(),
            layer: None,
            live: None,
            recalled: None,
            tells: (words(Lang::En), Marked::default()),
        };
        Rc::new(Self {
            state: RefCell::new(state),
            frames: RefCell::new(None),
            listener: RefCell::new(None),
            waiting: Cell::new(false),
            due: Cell::default(),
            hidden: Cell::new(false),
            off_screen: Cell::new(false),
        })
    }

    /// Tells `listener` from now on.
    pub(super) fn attach(self: &Rc<Self>, listener: Callback<Option<Shown>>) {
        #[cfg(feature = "bench")]
        super::bench::watch(self);
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
        self.shown_part(None)
    }

    fn shown_part(&self, part: Option<Part>) -> Shown {
        let state = self.state.borrow();
        let second = state.class.as_ref().and_then(|class| class.second.picture.clone());
        let (picture, trip, lecture) = (state.picture.clone(), state.trip.clone(), state.lecture.clone());
        let (beside, compared) = (state.beside.clone(), state.other.as_ref().and_then(|other| other.branch));
        let (playing, waits, speed) = (state.playing, state.waits(), state.speed);
        Shown { picture, part, playing, waits, speed, lecture, second, trip, beside, compared }
    }

    /// Reads the world.
    pub(super) fn with_world<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(self.state.borrow().session.world())
    }

    /// Plays or pauses.
    pub(super) fn set_playing(&self, playing: bool) {
        let mut state = self.state.borrow_mut();
        state.playing = playing;
        if playing {
            state.enter_range();
        }
        drop(state);
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

    /// Does something to the world; in the past, this starts a branch. What cannot be done (the node
    /// is down) changes nothing.
    pub(super) fn act(&self, action: Action) {
        let mut state = self.state.borrow_mut();
        let before = state.session.branch();
        if !state.forbids(&action) && state.session.act(action).is_ok() {
            if state.session.branch() != before {
                state.record_anew();
            }
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

    /// Draws and tells at once, and starts or stops the clock.
    fn refresh(&self) {
        let mut state = self.state.borrow_mut();
        state.drag.late = false;
        state.draw();
        state.fly();
        state.write_live();
        drop(state);
        self.run_or_rest();
        self.tell(None);
    }

    fn tell(&self, part: Option<Part>) {
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            listener.emit(Some(self.shown_part(part)));
        }
    }

    fn run_or_rest(&self) {
        let frames = self.frames.borrow();
        let Some(frames) = frames.as_ref() else { return };
        let state = self.state.borrow();
        let moves = state.runs() || state.drag.late;
        drop(state);
        if moves && !self.hidden.get() && !self.off_screen.get() {
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
}

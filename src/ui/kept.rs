//! Pieces of the page that are drawn again by themselves: the page hands a piece its new drawing, and
//! Yew compares it with the old one of this piece only.
//!
//! When the page itself is drawn again (the reader did something), it draws all pieces along with it.

use super::piece::Piece;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use yew::html::Scope;
use yew::virtual_dom::{Key, VComp, VNode};
use yew::{Component, Context, Html, Properties};

/// Where the pieces on the page are found.
#[derive(Clone, Default)]
pub(super) struct Home(Rc<Rooms>);

#[derive(Default)]
struct Rooms {
    /// Each with a number of its own: one may come before the one it replaces has gone.
    pieces: RefCell<Vec<(Piece, u32, Scope<Kept>)>>,
    count: Cell<u32>,
    /// Told when a piece is drawn.
    drawn: RefCell<Option<Box<dyn Fn(Piece)>>>,
}

/// A piece on the page.
pub(super) struct Kept {
    number: u32,
    /// What it is to look like, unless the page draws it.
    next: RefCell<Option<Html>>,
}

/// A piece as the page draws it.
#[derive(Properties)]
pub(super) struct Drawn {
    piece: Piece,
    html: RefCell<Option<Html>>,
    home: Home,
}

impl PartialEq for Drawn {
    /// Each drawing of the page draws its pieces anew.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Home {
    /// The node for a piece that looks like this.
    pub(super) fn place(&self, piece: Piece, html: Html) -> VNode {
        let drawn = Drawn { piece, html: RefCell::new(Some(html)), home: self.clone() };
        VComp::new::<Kept>(Rc::new(drawn), Some(Key::from(piece.key()))).into()
    }

    /// Whether a piece is on the page.
    pub(super) fn has(&self, piece: Piece) -> bool {
        self.0.pieces.borrow().iter().any(|(other, ..)| *other == piece)
    }

    /// Draws a piece again, if it is on the page.
    pub(super) fn renew(&self, piece: Piece, html: Html) {
        let pieces = self.0.pieces.borrow();
        if let Some((.., scope)) = pieces.iter().find(|(other, ..)| *other == piece) {
            scope.send_message(html);
        }
    }

    /// Calls `told` whenever a piece was drawn.
    pub(super) fn on_drawn(&self, told: impl Fn(Piece) + 'static) {
        *self.0.drawn.borrow_mut() = Some(Box::new(told));
    }

    fn enter(&self, piece: Piece, scope: &Scope<Kept>) -> u32 {
        let number = self.0.count.get();
        self.0.count.set(number + 1);
        let mut pieces = self.0.pieces.borrow_mut();
        pieces.retain(|(other, ..)| *other != piece);
        pieces.push((piece, number, scope.clone()));
        number
    }

    fn leave(&self, number: u32) {
        self.0.pieces.borrow_mut().retain(|(_, other, _)| *other != number);
    }
}

impl Component for Kept {
    type Message = Html;
    type Properties = Drawn;

    fn create(ctx: &Context<Self>) -> Self {
        let number = ctx.props().home.enter(ctx.props().piece, ctx.link());
        Self { number, next: RefCell::default() }
    }

    fn update(&mut self, _: &Context<Self>, html: Html) -> bool {
        *self.next.borrow_mut() = Some(html);
        true
    }

    fn destroy(&mut self, ctx: &Context<Self>) {
        ctx.props().home.leave(self.number);
    }

    fn changed(&mut self, _: &Context<Self>, _: &Drawn) -> bool {
        // What the page draws is newer.
        *self.next.borrow_mut() = None;
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let next = self.next.borrow_mut().take();
        next.or_else(|| ctx.props().html.borrow_mut().take()).unwrap_or_default()
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if let Some(told) = &*ctx.props().home.0.drawn.borrow() {
            told(ctx.props().piece);
        }
    }
}

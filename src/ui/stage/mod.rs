//! The Now view: cards of nodes, clients, links with their switches, and packets in flight.

mod card;
pub(super) mod layer;
mod links;

use super::dom;
use super::player::PlayerRef;
use crate::sim::NodeId;
use crate::view::inspect::Pick;
use crate::view::layout::Point;
use crate::view::{Lang, Picture, format, words};
use layer::Layer;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// What the Now view shows.
#[derive(Clone, PartialEq, Properties)]
pub(in crate::ui) struct NowProps {
    /// The language.
    pub(in crate::ui) lang: Lang,
    /// The player.
    pub(in crate::ui) player: PlayerRef,
    /// The picture.
    pub(in crate::ui) picture: Rc<Picture>,
    /// Whether the big play button stands in the middle.
    pub(in crate::ui) poster: bool,
    /// What is picked.
    pub(in crate::ui) pick: Pick,
    /// Called with what the reader picks.
    pub(in crate::ui) on_pick: Callback<Pick>,
}

/// How near a click must be to a packet, in pixels; a finger is thicker than a mouse pointer.
const REACH: f64 = 22.0;

/// The Now view.
#[component]
pub(in crate::ui) fn Now(props: &NowProps) -> Html {
    let NowProps { lang, player, picture, poster, pick, on_pick } = props;
    let w = words(*lang);
    let stage = use_node_ref();
    {
        let (stage, player) = (stage.clone(), player.clone());
        use_effect_with((), move |()| {
            dom::on_resize(&stage, move |width, height| {
                player.set_frame(|frame| frame.stage = (width, height))
            })
        });
    }
    let onclick = {
        let (stage, player, on_pick) = (stage.clone(), player.clone(), on_pick.clone());
        Callback::from(move |event: MouseEvent| {
            let Some(stage) = stage.cast::<Element>() else { return };
            let rect = stage.get_bounding_client_rect();
            let point = Point {
                x: f64::from(event.client_x()) - rect.left(),
                y: f64::from(event.client_y()) - rect.top(),
            };
            if let Some(packet) = player.packet_at(point, REACH) {
                on_pick.emit(Pick::Packet(Box::new(packet)));
            }
        })
    };
    let card = |node: &crate::view::scene::NodeCard| {
        let rect = picture.stage.node(node.id).unwrap_or_default();
        let picked = *pick == Pick::Node(node.id);
        let on_pick = on_pick.clone();
        let on_pick = Callback::from(move |id: NodeId| {
            on_pick.emit(if picked { Pick::Nothing } else { Pick::Node(id) });
        });
        card::card(w, node, rect, picked, &on_pick)
    };
    let play = {
        let player = player.clone();
        Callback::from(move |_: MouseEvent| player.set_playing(true))
    };
    html! {
        <section class="view now" aria-label={w.now}>
            <h2>{ w.now }</h2>
            <div class="stage" ref={stage} {onclick}>
                { links::wires(&picture.stage, &picture.scene) }
                <FlightLayer player={player.clone()} />
                { links::switches(w, player, &picture.stage, &picture.scene) }
                { for picture.scene.nodes.iter().map(card) }
                { for picture.scene.clients.iter().map(|client| client_pill(*lang, picture, client)) }
                if *poster {
                    <div class="poster">
                        <button class="btn pri" type="button" onclick={play}>
                            { super::icons::icon(super::icons::Icon::Play) }{ w.play }
                        </button>
                    </div>
                }
            </div>
        </section>
    }
}

fn client_pill(lang: Lang, picture: &Picture, client: &crate::view::scene::ClientPill) -> Html {
    let w = words(lang);
    let Some((_, rect)) = picture.stage.clients.iter().find(|(id, _)| *id == client.id) else {
        return Html::default();
    };
    let rate = if client.running {
        (w.per_second)(&format::per_second(client.every))
    } else {
        w.writes_stopped.to_owned()
    };
    html! {
        <div class="client" style={dom::place(*rect)}><span>{ w.client }</span><small>{ rate }</small></div>
    }
}

/// What the layer of packets needs.
#[derive(Clone, PartialEq, Properties)]
struct FlightProps {
    player: PlayerRef,
}

/// An `<svg>` that the player fills; Yew never looks into it.
#[component]
fn FlightLayer(props: &FlightProps) -> Html {
    let root = use_node_ref();
    {
        let (root, player) = (root.clone(), props.player.clone());
        use_effect_with((), move |()| {
            player.set_layer(root.cast::<Element>().and_then(Layer::new));
            move || player.set_layer(None)
        });
    }
    html! { <svg class="flights" ref={root} aria-hidden="true"></svg> }
}

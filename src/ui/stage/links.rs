//! Links: the wires, and on each a switch that cuts and restores it.

use crate::sim::{LinkId, Party};
use crate::ui::dom;
use crate::ui::icons::{Icon, icon};
use crate::ui::player::PlayerRef;
use crate::view::Words;
use crate::view::format::px;
use crate::view::layout::{Stage, Way};
use crate::view::scene::Scene;
use yew::prelude::*;

/// The wires, behind everything else.
pub(super) fn wires(stage: &Stage, scene: &Scene) -> Html {
    let up = |id: LinkId| scene.links.iter().any(|link| link.id == id && link.up);
    let wire = |way: &Way| match way.link {
        None => html! { { segment("cable", way, 0.0, 1.0) } },
        Some(id) if up(id) => html! {
            <g>{ segment("wire", way, 0.0, 1.0) }{ segment("wire-core", way, 0.0, 1.0) }</g>
        },
        Some(_) => html! {
            <g>{ segment("wire-cut", way, 0.0, 0.42) }{ segment("wire-cut", way, 0.58, 1.0) }</g>
        },
    };
    html! { <svg aria-hidden="true">{ for stage.ways.iter().map(wire) }</svg> }
}

fn segment(class: &'static str, way: &Way, from: f64, to: f64) -> Html {
    let (a, b) = (way.at(from), way.at(to));
    html! { <line {class} x1={px(a.x)} y1={px(a.y)} x2={px(b.x)} y2={px(b.y)} /> }
}

/// One switch in the middle of each link: a real button.
pub(super) fn switches(w: &'static Words, player: &PlayerRef, stage: &Stage, scene: &Scene) -> Html {
    let switch = |link: &crate::view::scene::LinkLine| {
        let way = stage.way(Party::Node(link.upper), Party::Node(link.lower));
        let (Some(way), Some(upper), Some(lower)) = (way, scene.node(link.upper), scene.node(link.lower))
        else {
            return Html::default();
        };
        let onclick = {
            let (player, id) = (player.clone(), link.id);
            Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                player.flip(id);
            })
        };
        let cut = !link.up;
        let label = (w.cut_link)(&upper.host, &lower.host);
        let name = format!("{label} · {}", if cut { w.link_down } else { w.link_up });
        html! {
            <button key={link.id.0} type="button" class="switch" style={dom::at(way.at(0.5))} {onclick}
                aria-label={name} title={label} aria-pressed={cut.to_string()}
                data-link={link.id.0.to_string()}>
                <span>
                    if cut { { icon(Icon::Scissors) }{ w.link_down } } else { { w.link_up } }
                </span>
            </button>
        }
    };
    html! { <>{ for scene.links.iter().map(switch) }</> }
}

//! Icons as inline SVG on a grid of 16: they look the same on every machine, unlike font glyphs.

use super::el::{El, el};

/// An icon of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    /// The mark of the lab: a ring with a head.
    Brand,
    /// A triangle.
    Play,
    /// Two bars.
    Pause,
    /// A bar and a triangle to the right.
    Step,
    /// A bar and a triangle to the left.
    StepBack,
    /// A circular arrow.
    Reset,
    /// Scissors.
    Scissors,
    /// A cross.
    Close,
    /// A disc, half filled.
    Theme,
    /// A pencil.
    Write,
    /// To the end.
    Latest,
    /// A flag to the right.
    NextMark,
    /// A flag to the left.
    PrevMark,
    /// Two arrows in a circle.
    Loop,
    /// Three dots in a column.
    Dots,
    /// A plus.
    Plus,
    /// A minus.
    Minus,
    /// A question mark.
    Help,
    /// Three dots.
    More,
    /// A whole wire.
    Wire,
    /// A loudspeaker that is silent.
    Mute,
    /// Boxes in a row.
    Tidy,
    /// Corners.
    FullScreen,
    /// A circle.
    Ring,
    /// A strip.
    Tape,
    /// A list.
    Lessons,
    /// A tick.
    Check,
    /// To the right.
    Next,
    /// Upwards.
    Up,
    /// Downwards.
    Down,
    /// An arrow out of a box.
    Share,
}

/// Draws an icon. It is decoration: the words are beside it or in a label.
pub(super) fn icon(which: Icon) -> El {
    let d = match which {
        Icon::Brand => {
            "M8 1a7 7 0 1 0 6.9 8.2l-3-.5A4 4 0 1 1 8 4zM9.6 1.2a7 7 0 0 1 5.3 5.6l-3 .6a4 4 0 0 0-2.9-3.2z"
        }
        Icon::Play => "M4 2.2v11.6a.6.6 0 0 0 .9.5l9-5.8a.6.6 0 0 0 0-1l-9-5.8a.6.6 0 0 0-.9.5z",
        Icon::Pause => "M3.5 2h3v12h-3zM9.5 2h3v12h-3z",
        Icon::Step => {
            "M3 2.6v10.8a.5.5 0 0 0 .8.4L10.500 8.400V14H13V2h-2.500v5.600L3.800 2.200a.5.5 0 0 0-.8.4z"
        }
        Icon::StepBack => {
            "M13 2.600v10.800a.5.5 0 0 1-.8.4L5.500 8.400V14H3V2h2.500v5.600l6.700-5.400a.5.5 0 0 1 .8.4z"
        }
        Icon::Reset => {
            "M8 2.200V0L4 3.200l4 3.200V4.200a4.300 4.300 0 1 1-4.300 4.300h-2A6.300 6.300 0 1 0 8 2.200z"
        }
        Icon::Scissors => {
            "M4 1.500a2.500 2.500 0 1 0 1.700 4.300L7 7.300 5.700 9.200A2.500 2.500 0 1 0 6.900 10.400L14.500 2.500 13 1.800 8.200 5.900 6.400 4.600A2.500 2.500 0 0 0 4 1.500zM4 3a1 1 0 1 1 0 2 1 1 0 0 1 0-2zM4.500 10.300a1 1 0 1 1 0 2 1 1 0 0 1 0-2zM9 9.200l5.500 5-1.500.6-5.200-4.300z"
        }
        Icon::Close => {
            "M3.400 2 8 6.600 12.600 2 14 3.400 9.400 8l4.600 4.600-1.400 1.400L8 9.400 3.400 14 2 12.600 6.600 8 2 3.400z"
        }
        Icon::Theme => "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2v10A5 5 0 0 1 8 3z",
        Icon::Write => "M2 11.500 11 2.500l2.500 2.500-9 9H2zM12 1.500l1-1 2.500 2.500-1 1z",
        Icon::NextMark => {
            "M9 1h1.600v14H9zM11 1.500h4.500L14 4l1.500 2.500H11zM1 4.200v7.600a.5.5 0 0 0 .8.4l5.400-3.800a.5.5 0 0 0 0-.8L1.800 3.800a.5.5 0 0 0-.8.4z"
        }
        Icon::PrevMark => {
            "M7 1H5.400v14H7zM5 1.500H.5L2 4 .5 6.500H5zM15 4.200v7.600a.5.5 0 0 1-.8.4L8.800 8.400a.5.5 0 0 1 0-.8l5.400-3.800a.5.5 0 0 1 .8.4z"
        }
        Icon::Loop => {
            "M4 3.500h7V1l4 3.500L11 8V5.500H4.500v3h-2V5a1.500 1.500 0 0 1 1.500-1.500zM12 12.500H5V15l-4-3.500L5 8v2.500h6.500v-3h2V11a1.500 1.500 0 0 1-1.500 1.500z"
        }
        Icon::Dots => "M6.500 1.500h3v3h-3zM6.500 6.500h3v3h-3zM6.500 11.500h3v3h-3z",
        Icon::Plus => "M7.100 2.500h1.800v4.600h4.600v1.800H8.900v4.600H7.100V8.900H2.500V7.100h4.600z",
        Icon::Minus => "M2.500 7.100h11v1.800h-11z",
        Icon::Help => {
            "M4.500 5.300a3.600 3.600 0 1 1 5.300 3.200c-.8.4-1 .7-1 1.500v.5H7v-.7c0-1.400.6-2.100 1.700-2.700a1.900 1.900 0 1 0-2.500-1.800zM7 12h1.900v2H7z"
        }
        Icon::More => "M1.5 6.500h3v3h-3zM6.500 6.500h3v3h-3zM11.500 6.500h3v3h-3z",
        Icon::Wire => "M1 6.500h3V5h2v6H4V9.500H1zM15 6.500h-3V5h-2v6h2V9.500h3zM6 7.200h4v1.600H6z",
        Icon::Mute => {
            "M1 5.500h3L8.500 1.500v13L4 10.500H1zM10 6.400 11.400 5l1.400 1.400L14.200 5l1.400 1.400L14.200 7.800l1.400 1.400-1.400 1.400-1.400-1.400-1.400 1.400L10 9.200l1.400-1.400z"
        }
        Icon::Tidy => {
            "M5.500 1.500h5v4h-5zM1 10.500h5v4H1zM10 10.500h5v4h-5zM7.300 5.500h1.400v2.300h4.500v2.700h-1.400V9.200H4.200v1.300H2.800V7.800h4.500z"
        }
        Icon::FullScreen => {
            "M1.500 1.500H6V3.300H3.300V6H1.500zM10 1.500h4.500V6h-1.800V3.300H10zM1.500 10h1.800v2.700H6v1.800H1.500zM12.700 10h1.800v4.500H10v-1.800h2.700z"
        }
        Icon::Ring => "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
        Icon::Tape => "M1 5h14v6H1zM2.500 6.500v3H5v-3zM6.500 6.500v3h3v-3zM11 6.500v3h2.500v-3z",
        Icon::Lessons => {
            "M1 2.500h3v2.500H1zM5.500 2.700H15v2H5.500zM1 6.800h3v2.400H1zM5.500 7H15v2H5.500zM1 11h3v2.500H1zM5.500 11.300H15v2H5.500z"
        }
        Icon::Check => "M2.700 8.300 1.300 9.700l4.200 4.100L15 4.100l-1.400-1.400-8.100 8.300z",
        Icon::Next => "M5.500 2.500 4 4l4 4-4 4 1.500 1.500L11 8z",
        Icon::Up => "M8 4 2.500 9.500 4 11l4-4 4 4 1.500-1.500z",
        Icon::Down => "M8 12 2.500 6.500 4 5l4 4 4-4 1.500 1.500z",
        Icon::Share => {
            "M8 .8 12 4.8l-1.100 1.100L8.800 3.800V10H7.200V3.800L5.100 5.900 4 4.800zM2 7h3v1.600H3.600v4.800h8.800V8.600H11V7h3v8H2z"
        }
        Icon::Latest => {
            "M2 2.600v10.800a.5.5 0 0 0 .8.4L7.500 9.500v3.900a.5.5 0 0 0 .8.4L14.800 8.400a.5.5 0 0 0 0-.8L8.300 2.200a.5.5 0 0 0-.8.4v3.900L2.800 2.200a.5.5 0 0 0-.8.4z"
        }
    };
    el("svg")
        .class("icon")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .add(el("path").attr("d", d).attr("fill-rule", "evenodd"))
}

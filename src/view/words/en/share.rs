//! The dialog that shares, in English.

use crate::view::words::ShareWords;

pub(in crate::view::words) static SHARE: ShareWords = ShareWords {
    title: "Share this moment",
    close: "Close",
    link: "Link",
    link_hint: "The link holds the whole session: where it starts, what was done, the moment and the view.",
    no_site: "This copy has no address that others can open: write yours in place of https://HOST/.",
    long: "This link is long: some programs cut it. It can be saved as a file instead.",
    copy: "Copy",
    copied: "Copied",
    copy_self: "Press Ctrl+C to copy the selected text.",
    embed: "Embed in notes",
    place: "Written for",
    save: "Save",
    file: "Link as a file",
    picture_svg: "Picture, SVG",
    picture_png: "Picture, PNG",
    history_svg: "History, SVG",
    film: "Film, WebM",
    film_busy: "Recording…",
    film_none: "This browser cannot record.",
    mermaid: "Mermaid sequence diagram",
    shiviz: "ShiViz log",
    markdown: "Event log, Markdown",
    qr: "QR code",
    qr_none: "The link is too long for a QR code.",
    no_save: "If no file came, the page around this one forbids it: open the lab in a tab of its own and save there.",
    failed: "That did not work: ",
    snippet_title: "Interactive: Redis replication",
};

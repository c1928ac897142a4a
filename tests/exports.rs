//! What is exported tells what the trace tells: pictures are well-formed, diagrams name the messages,
//! clocks grow.

use psync_lab::redis::{Event, Time};
use psync_lab::sim::{Action, LinkId, NodeId, Session, What, WorldSpec};
use psync_lab::view::Lang;
use psync_lab::view::export::{Opened, markdown, mermaid, shiviz, snippets, svg, texts};
use psync_lab::view::permalink::{Look, Shared};

fn fragment() -> String {
    let mut session = Session::new(WorldSpec::course());
    session.advance(Time::from_millis(6000));
    let args = [&b"SET"[..], b"x<y", b"a & \"b\" | c"].map(<[u8]>::to_vec).to_vec();
    session.act(Action::Write { node: NodeId(0), args }).expect("the master runs");
    session.advance(Time::from_millis(6100));
    session.act(Action::Cut(LinkId(1))).expect("the scene has this link");
    session.advance(Time::from_millis(9000));
    Shared::of(&session, Look::default()).fragment()
}

fn opened(lang: Lang) -> Opened {
    Opened::new("https://example.org/lab/", &fragment(), lang).expect("it opens")
}

/// Whether every tag is closed in order, and no text holds a bare sign.
fn well_formed(xml: &str) {
    let mut open = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        for part in rest[..start].split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|name| part.starts_with(name)), "&{part:.20}");
        }
        let end = rest[start..].find('>').expect("a tag ends") + start;
        let tag = &rest[start + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or_default().to_owned());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

/// The texts of a class.
fn texts_of<'a>(picture: &'a str, class: &str) -> Vec<&'a str> {
    let start = format!("<text class=\"{class}\"");
    picture.split(&start).skip(1).filter_map(|text| text.split(['>', '<']).nth(1)).collect()
}

#[test]
fn pictures_show_the_moment_and_its_link() {
    for lang in [Lang::Zh, Lang::En] {
        let opened = opened(lang);
        let picture = svg::moment(&opened);
        well_formed(&picture);
        for address in ["172.16.19.3", "172.16.19.5", "172.16.19.7"] {
            assert!(picture.contains(address), "{address}");
        }
        assert!(picture.contains("class=\"cut\"") && picture.contains("9.000 s"), "the cut and the time");
        assert!(picture.contains(&format!("href=\"{}\"", opened.link)), "the permalink");
        let printed = texts_of(&picture, "link").concat();
        assert_eq!(printed, format!("PSYNC Lab · {}", opened.link), "on paper it is whole");
        let foot = picture.split("viewBox=\"0 0 760 ").nth(1).and_then(|rest| rest.split('"').next());
        let foot: f64 = foot.expect("a height").parse().expect("a number");
        let lines = picture.match_indices("class=\"link\"").count();
        assert!(foot >= 430.0 + 46.0 + 11.0 * (lines - 1) as f64, "{lines} lines in {foot}");
        let is_size = |text: &&str| {
            let said = text.split(['>', '<']).nth(1).unwrap_or_default();
            said.ends_with(" B") && said.starts_with(|c: char| c.is_ascii_digit())
        };
        let sizes: Vec<&str> = picture.split("<text ").filter(is_size).collect();
        assert!(!sizes.is_empty() && sizes.iter().all(|size| size.contains("fill='#5d6675'")), "{sizes:?}");
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
        let history = svg::history(&opened, Time::from_millis(1000), Time::from_millis(9000));
        well_formed(&history);
        assert!(
            history.contains("h-cut") && history.contains("h-rdb") && history.contains("h-line h-master")
        );
        // Node A ran from 0.5 s on: it is dashed before, on its lane only.
        let whole = svg::history(&opened, Time::ZERO, Time::from_millis(9000));
        let dashed = whole.match_indices("class=\"h-line h-down\"").count();
        assert_eq!(dashed, 2, "A and B before they were started");
        assert!(!history.contains("h-line h-down"), "not later than that");
    }
}

#[test]
fn a_mermaid_diagram_names_who_says_what() {
    let text = mermaid::sequence(&opened(Lang::En), Time::ZERO, Time::from_millis(9000));
    assert!(text.starts_with("sequenceDiagram\n    participant M as 172.16.19.3·6379\n"), "{text}");
    assert!(text.contains("A->>M: PSYNC ? -1"), "{text}");
    assert!(text.contains("M->>A: SET"), "{text}");
    assert!(text.contains("Note over M,B:"), "the cut: {text}");
    for line in text.lines().skip(1) {
        let known =
            ["    participant ", "    Note over ", "    %% "].iter().any(|start| line.starts_with(start));
        assert!(known || line.contains("->>") || line.contains("--x"), "{line}");
        assert!(line.matches(':').count() <= 1 && !line.contains(';') && !line.contains('#'), "{line}");
    }
}

#[test]
fn a_mermaid_diagram_keeps_every_offset_of_a_handshake() {
    let mut session = Session::new(WorldSpec::course());
    session.advance(Time::from_millis(6000));
    session.act(Action::Cut(LinkId(1))).expect("the scene has this link");
    session.advance(Time::from_millis(7000));
    session.act(Action::Heal(LinkId(1))).expect("the scene has this link");
    session.advance(Time::from_millis(15_000));
    let fragment = Shared::of(&session, Look::default()).fragment();
    let opened = Opened::new("https://example.org/lab/", &fragment, Lang::En).expect("it opens");
    let text = mermaid::sequence(&opened, Time::ZERO, Time::from_millis(15_000));
    let mut asked = 0;
    let master = session.world().node(NodeId(0)).and_then(|node| node.server()).expect("it runs").repl_id();
    for entry in session.world().trace().iter() {
        let line = match &entry.what {
            What::Server(Event::PsyncAsked { resume: Some(resume) }) => {
                format!("B->>M: PSYNC {:.8}… {}\n", resume.0, resume.1)
            }
            What::Server(Event::FullResyncStarted { offset, .. }) => {
                format!("FULLRESYNC {master:.8}… {offset}\n")
            }
            _ => continue,
        };
        asked += 1;
        assert!(text.contains(&line), "{line} in {text}");
    }
    assert!(asked > 2, "{asked}");
}

#[test]
fn shiviz_clocks_grow_and_follow_messages() {
    let text = shiviz::log(&opened(Lang::En), Time::from_millis(9000));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 200 && lines.len().is_multiple_of(2));
    let mut own = std::collections::BTreeMap::new();
    let mut merged = 0;
    for pair in lines.chunks(2) {
        let (host, clock) = pair[0].split_once(' ').expect("a host and its clock");
        let clock: std::collections::BTreeMap<String, u32> =
            serde_json::from_str(clock).expect("a clock is JSON");
        let mine = clock[host];
        let before: u32 = own.insert(host.to_owned(), mine).unwrap_or(0);
        assert_eq!(mine, before + 1, "each event of {host} counts one");
        merged += u32::from(clock.len() > 1);
        assert!(!pair[1].is_empty());
    }
    assert!(merged > 100, "clocks come with messages");
}

#[test]
fn the_log_is_a_table() {
    let text = markdown::log(&opened(Lang::En), Time::ZERO, Time::from_millis(9000));
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() > 10);
    for row in &rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 3, "{row}");
    }
    assert!(text.contains("+FULLRESYNC") && text.ends_with(&format!("({})\n", opened(Lang::En).link)));
}

#[test]
fn snippets_hold_the_session_and_are_valid_json() {
    let fragment = fragment();
    let json = snippets::json("https://example.org/lab/", false, &fragment, Lang::Zh);
    let rows: Vec<(String, String, String)> = serde_json::from_str(&json).expect("it is JSON");
    let names: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
    for name in [
        "iframe",
        "element",
        "mdbook",
        "mkdocs",
        "docusaurus",
        "hugo",
        "reveal",
        "jupyter",
        "notion",
        "gitbook",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    for (name, _, text) in &rows {
        assert!(text.contains(&fragment), "{name}");
    }
    // What the element's script loads lies where it was loaded from.
    for name in ["element", "mdbook", "mkdocs", "hugo"] {
        let text = &rows.iter().find(|row| row.0 == name).expect("it is there").2;
        assert!(text.contains("https://example.org/lab/psync-lab.js"), "{name}: {text}");
    }
    let words: std::collections::BTreeMap<String, String> =
        serde_json::from_str(&texts(Lang::En)).expect("JSON");
    assert!(words.len() > 20 && words.values().all(|word| !word.is_empty()));
}

#[test]
fn snippets_of_the_page_as_one_file_name_that_file_only() {
    let (page, fragment) = ("https://example.org/lab/psync-lab-offline.html", fragment());
    let all = snippets::snippets(page, true, &fragment, Lang::En);
    for name in ["iframe", "docusaurus", "reveal", "jupyter", "notion", "gitbook", "markdown"] {
        assert!(all.iter().any(|snippet| snippet.name == name), "{name}");
    }
    for snippet in &all {
        let told = &snippet.text;
        assert!(told.contains(&format!("{page}?lang=en")) && told.contains(&fragment), "{told}");
        assert!(!told.contains("embed.html") && !told.contains("psync-lab.js"), "{told}");
    }
}

#[test]
fn a_link_that_does_not_open_says_why() {
    assert!(Opened::new("x", "s=AAAA", Lang::En).is_err());
    assert!(Opened::new("x", "", Lang::En).is_err());
}

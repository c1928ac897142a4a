//! The page's HTML, rendered natively: what it says before anything runs, in both languages.

use psync_lab::ui::poster::html;
use psync_lab::view::Lang;

/// The text a reader sees, without tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn the_first_moment_shows_three_servers_and_no_backlog() {
    let page = text(&html("", Lang::En));
    for address in ["172.16.19.3:6379", "172.16.19.5:6379", "172.16.19.7:6379"] {
        assert!(page.contains(address), "{address} is missing");
    }
    assert!(page.contains("No server follows another yet."), "{page}");
    assert!(page.contains("no replica has asked yet"));
    assert!(page.contains("course") && page.contains("redis"), "the master's keys are there");
}

#[test]
fn the_address_chooses_the_language() {
    let page = html("?lang=zh", Lang::En);
    assert!(page.contains("剪断网络") && page.contains("主库"));
    assert!(!page.contains("Cut a link"));
}

#[test]
fn what_is_wrong_with_the_address_is_said_and_escaped() {
    let page = html("?<script>=1&speed=9", Lang::En);
    assert!(page.contains("&lt;script&gt; is unknown") && page.contains("speed=9"), "{page}");
    assert!(!page.contains("<script>"));
}

#[test]
fn every_button_has_a_name() {
    for lang in [Lang::Zh, Lang::En] {
        let page = html("", lang);
        for button in page.split("<button").skip(1) {
            let end = button.find("</button>").unwrap_or(button.len());
            let (head, body) = button[..end].split_once('>').expect("a tag ends");
            assert!(
                head.contains("aria-label=") || !text(body).trim().is_empty(),
                "nameless: <button{head}>"
            );
        }
    }
}

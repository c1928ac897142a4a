//! The documents name what the code has: all of it, and nothing else.

use psync_lab::view::orders::ORDERS;
use psync_lab::view::params::TABLE;

/// The rows of the table under a heading: the code in their first cell, and the code in the second.
fn rows(text: &str, heading: &str) -> Vec<(String, String)> {
    let part = text.split(&format!("\n## {heading}")).nth(1).expect("the heading is there");
    let part = part.split("\n## ").next().unwrap_or_default();
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    part.lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let mut cells = line.trim_matches('|').split(" | ");
            (cell(cells.next().unwrap_or_default()), cell(cells.next().unwrap_or_default()))
        })
        .collect()
}

#[test]
fn the_page_on_embedding_names_every_parameter() {
    let text = std::fs::read_to_string("docs/EMBED.md").expect("it is there");
    let table: Vec<(String, String)> =
        TABLE.iter().map(|(name, values)| (name.to_string(), values.to_string())).collect();
    assert_eq!(rows(&text, "Parameters"), table);
}

#[test]
fn the_page_on_embedding_names_every_message() {
    let text = std::fs::read_to_string("docs/EMBED.md").expect("it is there");
    let script = std::fs::read_to_string("www/embed.js").expect("it is there");
    let named: Vec<String> = rows(&text, "Messages").into_iter().map(|row| row.0).collect();
    // The names of the two lists in the script.
    let list = |name: &str| -> Vec<String> {
        let part = script.split(&format!("const {name} = {{")).nth(1).expect("the list is there");
        let part = part.split("};").next().unwrap_or_default();
        part.lines()
            .filter_map(|line| line.trim().split_once(": ["))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let (out, into) = (list("OUT"), list("IN"));
    for name in out.iter().chain(&into) {
        assert!(named.contains(name), "docs/EMBED.md does not name the message {name}");
    }
    for name in &named {
        assert!(
            out.contains(name) || into.contains(name),
            "docs/EMBED.md names {name}, which does not exist"
        );
    }
    for (name, _) in ORDERS {
        assert!(into.iter().any(|other| other == name), "www/embed.js does not pass on {name}");
    }
}

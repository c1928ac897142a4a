//! Results of a run: lines as they come, a table at the end, and the same as JSON and as a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::json;

/// How one case went on one server.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Ok,
    /// Fails, and is listed as a known difference of that version.
    Differs(String),
    Fail(String),
}

/// One case on one server.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) case: String,
    pub(crate) server: String,
    pub(crate) verdict: Verdict,
    pub(crate) seconds: f64,
    /// `observed` labels nothing compared.
    pub(crate) open: Vec<String>,
    pub(crate) retried: bool,
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Differs(_) => "differs",
            Verdict::Fail(_) => "FAIL",
        }
    }

    /// The line printed when the case is over.
    pub(crate) fn line(&self) -> String {
        let again = if self.retried { " (second try)" } else { "" };
        let open = if self.open.is_empty() {
            String::new()
        } else {
            format!("  [not compared: {}]", self.open.join(", "))
        };
        format!("{:<7} {:>5.1} s  {} · {}{again}{open}", self.word(), self.seconds, self.case, self.server)
    }
}

/// Case names, server names, and the outcomes by both.
type Table<'a> = (Vec<String>, Vec<String>, BTreeMap<(String, String), &'a Outcome>);

/// Case × server, in the order given.
fn table(outcomes: &[Outcome]) -> Table<'_> {
    let (mut cases, mut servers) = (Vec::new(), Vec::new());
    for o in outcomes {
        if !cases.contains(&o.case) {
            cases.push(o.case.clone());
        }
        if !servers.contains(&o.server) {
            servers.push(o.server.clone());
        }
    }
    let cells = outcomes.iter().map(|o| ((o.case.clone(), o.server.clone()), o)).collect();
    (cases, servers, cells)
}

/// Prints failures and the table; returns whether nothing failed.
pub(crate) fn finish(outcomes: &[Outcome], seconds: f64) -> bool {
    let failed: Vec<_> = outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Fail(_))).collect();
    for o in &failed {
        if let Verdict::Fail(why) = &o.verdict {
            println!("\n---- {} · {}\n    {why}", o.case, o.server);
        }
    }
    let (cases, servers, cells) = table(outcomes);
    let width = cases.iter().map(|c| c.chars().count()).max().unwrap_or(0);
    println!("\n{:width$}  {}", "", servers.join("  "));
    for case in &cases {
        let row = servers.iter().map(|s| {
            let word = cells.get(&(case.clone(), s.clone())).map_or("-", |o| o.word());
            format!("{word:w$}", w = s.chars().count())
        });
        println!("{case:width$}  {}", row.collect::<Vec<_>>().join("  "));
    }
    for s in &servers {
        let count = |word: &str| outcomes.iter().filter(|o| o.server == *s && o.word() == word).count();
        println!("{s}: {} ok, {} differ, {} fail", count("ok"), count("differs"), count("FAIL"));
    }
    let differs = outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Differs(_))).count();
    let passed = outcomes.len() - failed.len() - differs;
    let word = if failed.is_empty() { "ok" } else { "FAILED" };
    let known = if differs == 0 { String::new() } else { format!("; {differs} known differences") };
    println!(
        "\ntest result: {word}. {passed} passed; {} failed{known}; finished in {seconds:.1}s",
        failed.len()
    );
    failed.is_empty()
}

/// Writes the results where `CONFORMANCE_REPORT` says: a page, and the same name with `.json`.
pub(crate) fn write(outcomes: &[Outcome], path: &str) -> Result<(), String> {
    let stem = path.strip_suffix(".html").or_else(|| path.strip_suffix(".json")).unwrap_or(path);
    let put =
        |name: String, text: String| fs::write(&name, text).map_err(|e| format!("cannot write {name}: {e}"));
    let rows: Vec<_> = outcomes.iter().map(|o| {
        let why = match &o.verdict {
            Verdict::Ok => None,
            Verdict::Differs(why) | Verdict::Fail(why) => Some(why),
        };
        json!({"case": o.case, "server": o.server, "result": o.word(), "seconds": o.seconds, "why": why, "not_compared": o.open})
    }).collect();
    put(format!("{stem}.json"), serde_json::to_string_pretty(&rows).map_err(|e| e.to_string())?)?;
    put(format!("{stem}.html"), page(outcomes))
}

fn page(outcomes: &[Outcome]) -> String {
    let clean = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let (cases, servers, cells) = table(outcomes);
    let mut out = String::from(concat!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">",
        "<meta name=\"viewport\" content=\"width=device-width\"><title>PSYNC Lab: conformance</title>\n<style>\n",
        include_str!("report.css"),
        "</style>\n<main><h1>Conformance</h1>\n<p>Each row is a recorded scenario, or a story played on a real ",
        "server and on the one under test; each column is a server. <b class=ok>ok</b>: byte for byte as recorded, ",
        "or as the real server. <b class=differs>differs</b>: a real server of another version, as it is known to. ",
        "The servers called psync-node are this project's.</p>\n",
    ));
    let count =
        |name: &str, word: &str| outcomes.iter().filter(|o| o.server == name && o.word() == word).count();
    out.push_str("<table><thead><tr><th>Server<th>ok<th>differs<th>fail<tbody>\n");
    for s in &servers {
        let (ok, differs, fail) = (count(s, "ok"), count(s, "differs"), count(s, "FAIL"));
        let _ = writeln!(out, "<tr><td>{}<td>{ok}<td>{differs}<td>{fail}", clean(s));
    }
    out.push_str("</table>\n<table><thead><tr><th>Case");
    for s in &servers {
        let _ = write!(out, "<th>{}", clean(s));
    }
    out.push_str("<tbody>\n");
    for case in &cases {
        let _ = write!(out, "<tr><td>{}", clean(case));
        for s in &servers {
            match cells.get(&(case.clone(), s.clone())) {
                Some(o) => {
                    let why = match &o.verdict {
                        Verdict::Ok => "",
                        Verdict::Differs(why) | Verdict::Fail(why) => why,
                    };
                    let _ = write!(out, "<td class=\"{0}\" title=\"{1}\">{0}", o.word(), clean(why));
                }
                None => out.push_str("<td>–"),
            }
        }
        out.push('\n');
    }
    out.push_str("</table>\n</main>\n</html>\n");
    out
}

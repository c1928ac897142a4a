//! Waiting for what a scenario waits for: replicas caught up, INFO fields with certain values.

use std::time::{Duration, Instant};

use crate::resp::Res;
use crate::runner::{LONG, Run};

impl Run<'_> {
    /// Waits until the replicas are linked and at the master's offset.
    pub(crate) fn wait_synced(&mut self, master: &str, replicas: &[String]) -> Res<()> {
        let end = Instant::now() + LONG;
        for name in replicas {
            loop {
                let goal = self.node(master)?.field("master_repl_offset")?;
                let at = self.node(name)?.field("slave_repl_offset")?;
                let link = self.node(name)?.field("master_link_status")?;
                if goal == at && link.as_deref() == Some("up") {
                    break;
                }
                if Instant::now() > end {
                    return Err(format!(
                        "{name} is at {at:?} (link {link:?}), {master} at {goal:?} after {} s",
                        LONG.as_secs()
                    ));
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(())
    }

    /// Conditions: `A.field == value and B.field == C.field`, or every slave line being online.
    pub(crate) fn wait_until(&mut self, what: &str) -> Res<()> {
        let end = Instant::now() + LONG;
        loop {
            let mut seen = Vec::new();
            let mut all = true;
            for part in what.split(" and ") {
                all &= self.holds(part, &mut seen)?;
            }
            if all {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!(
                    "never came true within {} s: {what}; last seen {}",
                    LONG.as_secs(),
                    seen.join(", ")
                ));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn holds(&mut self, part: &str, seen: &mut Vec<String>) -> Res<bool> {
        if let Some((node, rest)) = part.split_once(": ") {
            if rest != "every slaveN line says state=online" {
                return Err(format!("cannot read the condition {part:?}"));
            }
            let info = self.node(node)?.info("replication")?;
            let lines = info
                .iter()
                .filter(|(k, _)| k.strip_prefix("slave").is_some_and(|n| n.parse::<u32>().is_ok()));
            let states: Vec<_> = lines.map(|(_, v)| v.clone()).collect();
            seen.push(format!("{states:?}"));
            return Ok(!states.is_empty() && states.iter().all(|s| s.contains("state=online")));
        }
        let words: Vec<_> = part.split_whitespace().collect();
        let [left, op, right] = words[..] else { return Err(format!("cannot read the condition {part:?}")) };
        let left = self.term(left)?;
        let right = self.term(right)?;
        seen.push(format!("{part}: {left} {op} {right}"));
        let numbers = (left.parse::<i64>(), right.parse::<i64>());
        match (op, numbers) {
            ("==", _) => Ok(left == right),
            ("!=", _) => Ok(left != right),
            (">=", (Ok(a), Ok(b))) => Ok(a >= b),
            ("<=", (Ok(a), Ok(b))) => Ok(a <= b),
            (">", (Ok(a), Ok(b))) => Ok(a > b),
            ("<", (Ok(a), Ok(b))) => Ok(a < b),
            _ => Err(format!("cannot read the condition {part:?}")),
        }
    }

    fn term(&mut self, word: &str) -> Res<String> {
        match word.split_once('.') {
            Some((node, field)) if self.nodes.contains_key(node) => {
                Ok(self.node(node)?.field(field)?.unwrap_or_else(|| "absent".to_owned()))
            }
            _ => Ok(String::from_utf8_lossy(&self.mask.fill(word)?).into_owned()),
        }
    }
}

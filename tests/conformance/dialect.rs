//! What other versions of the real server do otherwise (`dialects.json`); the scenarios were
//! recorded on 7.0.15.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::resp::Res;

/// How one version differs from 7.0.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Dialect {
    /// The first nine bytes of its snapshots.
    pub(crate) magic: String,
    /// AUX fields that have another name.
    pub(crate) aux: BTreeMap<String, String>,
    /// Settings whose defaults differ and matter.
    pub(crate) config: BTreeMap<String, String>,
    /// Scenarios that come out otherwise, and why.
    pub(crate) differences: BTreeMap<String, String>,
}

impl Default for Dialect {
    fn default() -> Self {
        let (aux, config, differences) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { magic: "REDIS0010".to_owned(), aux, config, differences }
    }
}

impl Dialect {
    /// The dialect of the server with this label.
    pub(crate) fn of(label: &str) -> Res<Self> {
        let all: BTreeMap<String, Self> =
            serde_json::from_str(include_str!("dialects.json")).map_err(|e| format!("dialects.json: {e}"))?;
        Ok(all
            .into_iter()
            .find(|(start, _)| label.starts_with(start.as_str()))
            .map(|(_, d)| d)
            .unwrap_or_default())
    }

    /// The name this version gives to an AUX field.
    pub(crate) fn aux_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.aux.get(name).map_or(name, String::as_str)
    }

    /// Bytes of a recording with the snapshot's version replaced.
    pub(crate) fn speak(&self, bytes: &str) -> String {
        bytes.replace("REDIS0010", &self.magic)
    }
}

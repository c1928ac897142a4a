//! The lesson file: title, worlds, steps, questions, challenges, notes of fact.

use super::condition::Condition;
use super::deed::Deed;
use super::event::{Event, Packet};
use super::in_file;
use super::probe::Probe;
use super::sizing::Load;
use super::table::Table;
use super::text::{Named, Text};
use super::world::World;

/// The version of the format that this program reads.
pub const FORMAT: u32 = 1;
/// The largest file, in bytes.
pub const MOST_BYTES: usize = 256 * 1024;

in_file! {
    /// A lesson.
    pub struct Lesson {
        /// Where the schema is, for editors; not read.
        #[serde(rename = "$schema", default)]
        pub schema: Option<String>,
        /// Version of the format: 1.
        pub format: u32,
        /// Its name in links and results: lower-case letters, digits and `-`.
        pub id: String,
        /// The languages that every text has: `["zh", "en"]`.
        pub languages: Vec<String>,
        /// Its title.
        pub title: Text,
        /// What one learns, in a sentence or two.
        pub summary: Text,
        /// The worlds it plays in, by name. The first one is on the stage at the start.
        pub worlds: Named<World>,
        /// Its steps, in order.
        pub steps: Vec<Step>,
        /// Challenges after the steps.
        #[serde(default)]
        pub challenges: Vec<Challenge>,
        /// Notes of what real Redis does.
        #[serde(default)]
        pub facts: Vec<Fact>,
    }

    /// A step. In this order: `do` happens by itself, `ask` asks and reveals, `await` waits for the
    /// student, `until` waits for the world. Without any of the last three the reader goes on when they
    /// have read.
    pub struct Step {
        /// Its name, unique in the lesson.
        pub id: String,
        /// A heading.
        #[serde(default)]
        pub title: Option<Text>,
        /// What it tells.
        pub text: Text,
        /// Numbers in its texts, read while the reader reads: `{"lag": {"lag": "b"}}` fills `{lag}`.
        #[serde(default)]
        pub values: Named<Probe>,
        /// The worlds on the stage, one or two: as in the step before if left out. Other worlds than in
        /// the step before begin anew.
        #[serde(default)]
        pub worlds: Vec<String>,
        /// Whether the worlds begin anew even if they are the same.
        #[serde(default)]
        pub fresh: bool,
        /// What is highlighted.
        #[serde(default)]
        pub show: Vec<Show>,
        /// What happens by itself, in order.
        #[serde(rename = "do", default)]
        pub deeds: Vec<Deed>,
        /// How fast the clock runs, in percent of real time (0: it stands still); as the reader has it if
        /// left out.
        #[serde(default)]
        pub speed: Option<u32>,
        /// A question; the clock stands still until it is answered.
        #[serde(default)]
        pub ask: Option<Ask>,
        /// What the student must do.
        #[serde(rename = "await", default)]
        pub wait: Option<Await>,
        /// What must hold in the world before the step is done.
        #[serde(default)]
        pub until: Option<Condition>,
        /// How long `until` may take, in milliseconds of the world's time; 60000 if left out.
        #[serde(default = "limit")]
        pub limit_ms: u64,
        /// Whether the clock stands still once the step is done, so that the next one begins where this one
        /// ended, however long the reader reads.
        #[serde(default)]
        pub hold: bool,
        /// Help, each shown when its condition holds, or when the student asks for it.
        #[serde(default)]
        pub hints: Vec<Hint>,
        /// Names of the notes of fact that belong here.
        #[serde(default)]
        pub facts: Vec<String>,
        /// A table under the text.
        #[serde(default)]
        pub table: Option<Table>,
        /// The calculator of backlog sizes, set to this load.
        #[serde(default)]
        pub calculator: Option<Load>,
    }

    /// What is highlighted.
    pub enum Show {
        /// A node's card.
        Node(String),
        /// A link.
        Link([String; 2]),
        /// A client.
        Client(String),
        /// A node's backlog; it is chosen for the ring.
        Ring(String),
        /// Bytes in a node's backlog, from one to the other.
        Bytes {
            /// The node.
            node: String,
            /// The first byte.
            from: Box<Probe>,
            /// The last byte.
            to: Box<Probe>,
        },
        /// The space–time diagram.
        History,
        /// The chart of offsets.
        Chart,
        /// The event log.
        Log,
        /// A node's console; it is chosen.
        Console(String),
        /// Packets of a kind.
        Packets(Packet),
        /// The same in the second world on the stage.
        Other(Box<Show>),
    }

    /// What the student must do.
    pub struct Await {
        /// One way of doing it: what "show me" does, what is pointed at, and what the tests do.
        #[serde(rename = "do")]
        pub deeds: Vec<Deed>,
        /// When it is done; if left out, when the student did all of `do`.
        #[serde(default)]
        pub when: Option<Condition>,
        /// Something else that a student may try. It must not complete the step: tests do it first.
        #[serde(default)]
        pub wrong: Vec<Deed>,
    }

    /// Help.
    pub struct Hint {
        /// What it says.
        pub text: Text,
        /// When it is shown by itself.
        #[serde(default)]
        pub when: Option<Condition>,
    }

    /// A question. Its right answer is not written here: it is found by running a copy of the world
    /// through `run`.
    pub struct Ask {
        /// The question.
        pub text: Text,
        /// The kind of answer.
        pub guess: Guess,
        /// What the copy goes through; afterwards the world on the stage goes through the same.
        #[serde(default)]
        pub run: Forward,
        /// Numbers for `why` and the options' `why`, read at the end of the run.
        #[serde(default)]
        pub values: Named<Probe>,
        /// Why it is so. Shown after the reveal.
        pub why: Text,
        /// The deciding instant: the reveal plays it slowly. The first such event of the run.
        #[serde(default)]
        pub moment: Option<Event>,
        /// Whether the world goes back to where it was after the reveal.
        #[serde(default)]
        pub rewind: bool,
    }

    /// What a copy of the world goes through.
    #[derive(Default)]
    pub struct Forward {
        /// What is done, in order; `wait_ms` and `wait_for` let time pass in between.
        #[serde(rename = "do", default)]
        pub deeds: Vec<Deed>,
        /// How long it goes on after that.
        #[serde(default)]
        pub ms: u64,
    }

    /// The kind of answer.
    pub enum Guess {
        /// One option is right: the one whose `when` holds at the end of the run.
        Choose(Vec<Choice>),
        /// All options are right whose `when` holds; at least one must be.
        ChooseAll(Vec<Choice>),
        /// Put into the order in which they first happen in the run.
        Order(Vec<Item>),
        /// A number on a slider.
        Number {
            /// What it is at the end of the run.
            probe: Probe,
            /// How far off still counts as right.
            tolerance: u32,
            /// The slider's left end.
            min: i64,
            /// Its right end.
            max: i64,
            /// From one place to the next.
            step: u32,
        },
        /// Click the node for which this holds at the end of the run, the node being `"?"`.
        Node {
            /// The condition.
            when: Condition,
            /// The nodes that can be clicked; all if left out.
            #[serde(default)]
            among: Vec<String>,
        },
        /// Click a byte of a node's backlog.
        Byte {
            /// The node.
            node: String,
            /// Its position, at the end of the run.
            probe: Probe,
            /// How far off still counts as right.
            #[serde(default)]
            tolerance: u32,
        },
    }

    /// An option.
    pub struct Choice {
        /// What it says.
        pub text: Text,
        /// When it is right.
        pub when: Condition,
        /// What to say to who chose it.
        #[serde(default)]
        pub why: Option<Text>,
    }

    /// Something to be put into order.
    pub struct Item {
        /// What it says.
        pub text: Text,
        /// What it is.
        pub event: Event,
    }

    /// A challenge: any way to the goal wins.
    pub struct Challenge {
        /// Its name, unique in the lesson.
        pub id: String,
        /// Its title.
        pub title: Text,
        /// What is to be done.
        pub text: Text,
        /// Its world; the lesson's first if left out.
        #[serde(default)]
        pub world: Option<String>,
        /// What happens first, by itself.
        #[serde(rename = "do", default)]
        pub deeds: Vec<Deed>,
        /// A setting that the student chooses before it begins.
        #[serde(default)]
        pub dial: Option<Dial>,
        /// When it is won.
        pub goal: Condition,
        /// Kinds of actions that may be used; all if left out.
        #[serde(default)]
        pub allow: Option<Vec<Tool>>,
        /// Most actions.
        #[serde(default)]
        pub max_actions: Option<u32>,
        /// A good number of actions.
        #[serde(default)]
        pub par: Option<u32>,
        /// Time until it is lost, in milliseconds of the world's time; 120000 if left out.
        #[serde(default = "challenge_limit")]
        pub limit_ms: u64,
        /// A number that is shown as the result (less is better), beside the count of actions.
        #[serde(default)]
        pub measure: Option<Probe>,
        /// What to say when it is won. May use `{actions}`, `{measure}` and `{dial}`.
        pub success: Text,
        /// Help.
        #[serde(default)]
        pub hints: Vec<Hint>,
        /// One way to win, so that it is known to be possible; the dial's value is found by trying.
        pub solution: Vec<Deed>,
        /// A way that does not win, for the tests.
        #[serde(default)]
        pub wrong: Vec<Deed>,
    }

    /// A setting chosen by the student. Won with the smallest value that reaches the goal, to within one
    /// step.
    pub struct Dial {
        /// The node.
        pub node: String,
        /// The setting.
        pub setting: DialSetting,
        /// The smallest value.
        pub min: u64,
        /// The largest value.
        pub max: u64,
        /// From one value to the next.
        pub step: u64,
    }

    /// What a dial sets.
    #[derive(Copy)]
    pub enum DialSetting {
        /// `repl-backlog-size` in bytes.
        #[serde(rename = "repl-backlog-size")]
        BacklogSize,
        /// `repl-timeout` in seconds.
        #[serde(rename = "repl-timeout")]
        Timeout,
        /// Hard limit in bytes of `client-output-buffer-limit replica`.
        #[serde(rename = "client-output-buffer-limit-replica")]
        OutputBuffer,
    }

    /// A kind of action.
    #[derive(Copy)]
    pub enum Tool {
        /// Cut and heal links.
        Cut,
        /// Other modes, delay and bandwidth of links.
        Link,
        /// Type commands (but `REPLICAOF`).
        Command,
        /// `REPLICAOF`, typed or by a button.
        Replicaof,
        /// Kill and restart.
        Kill,
        /// Pause and resume.
        Pause,
        /// Start and stop clients, change their rate.
        Client,
    }

    /// A note of what real Redis does.
    pub struct Fact {
        /// Its name, unique in the lesson.
        pub id: String,
        /// What it says.
        pub text: Text,
        /// The conformance scenario that backs it, played against real servers.
        pub scenario: String,
    }
}

fn limit() -> u64 {
    60_000
}
fn challenge_limit() -> u64 {
    120_000
}

impl Lesson {
    /// The worlds on the stage in a step: its own, or those of the last step before that names some, or
    /// the first.
    pub fn worlds_at(&self, step: usize) -> &[String] {
        let before = self.steps.get(..=step).unwrap_or(&self.steps);
        before
            .iter()
            .rev()
            .map(|step| step.worlds.as_slice())
            .find(|worlds| !worlds.is_empty())
            .unwrap_or(&[])
    }

    /// Whether a step begins with fresh worlds.
    pub fn begins_anew(&self, step: usize) -> bool {
        let Some(here) = self.steps.get(step) else { return false };
        step == 0 || here.fresh || self.worlds_at(step) != self.worlds_at(step - 1)
    }

    /// A note of fact by its name.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.id == id)
    }
}

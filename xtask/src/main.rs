//! Build tasks of PSYNC Lab: `cargo xtask help` lists them.
//!
//! Everything that a person or a machine has to do with this project beyond `cargo build` is a task
//! here, so that the README needs two commands and no tool has to be installed by hand.
//!
//! | module | what it does |
//! |---|---|
//! | [`args`] | the command line, read into a [`args::Task`] |
//! | [`setup`], [`packages`] | what has to be installed, and how on this system |
//! | [`page`] | the library as WebAssembly and its JavaScript glue |
//! | [`serve`], [`watch`] | the page on a local address, built again after a change |
//! | [`dist`], [`offline`], [`scorm`] | the static site, all of it in one file, and as a package for learning platforms |
//! | [`shrink`], [`size`] | it is made small; what it costs |
//! | [`suites`], [`trace`] | every test, and the comparison of the native and the wasm build |
//! | [`lessons`] | lesson files, checked, and packed as the page loads them |
//! | [`mod@bench`] | how fast the core is beside its peers |
//! | [`swarm`] | random worlds under random faults |
//! | [`conformance`] | the conformance suite against every server, ours and real ones |
//! | [`bench_page`] | frames, idle callbacks and memory of the page |
//! | [`bench_load`] | when the page is painted, beside a bare Yew counter |
//! | [`browser`] | the Node.js half: browser tests and screenshots |
//! | [`run`], [`project`], [`error`] | running programs, where things are, what can go wrong |

mod args;
mod bench;
mod bench_load;
mod bench_page;
mod browser;
mod conformance;
mod dist;
mod error;
mod lessons;
mod offline;
mod packages;
mod page;
mod project;
mod run;
mod scorm;
mod serve;
mod setup;
mod shrink;
mod size;
mod suites;
mod swarm;
mod trace;
mod watch;

use std::process::ExitCode;

use args::Task;
use error::TaskError;
use project::Project;

fn main() -> ExitCode {
    let task = match args::parse(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match perform(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("\nerror: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<(), TaskError> {
    if matches!(task, Task::Help) {
        println!("{}", args::HELP);
        return Ok(());
    }
    let project = Project::locate()?;
    match task {
        Task::Help => Ok(()),
        Task::Setup { parts } => setup::all(&project, &parts),
        Task::Build { profile } => {
            setup::all(&project, &[setup::Part::Page])?;
            page::build(&project, profile).map(|built| {
                println!("The page's code is in {}", project.shown(&built));
            })
        }
        Task::Serve(wanted) => serve::task(&project, wanted),
        Task::Dist => dist::task(&project),
        Task::Test { only } => suites::task(&project, only),
        Task::Bench(wanted) => bench::task(&project, &wanted),
        Task::Swarm(wanted) => swarm::task(&project, wanted),
        Task::Conformance { filters } => conformance::task(&project, &filters),
        Task::BenchLoad => bench_load::task(&project),
        Task::BenchPage => bench_page::task(&project),
        Task::Lesson { words } => lessons::task(&project, &words),
        Task::Screenshots => browser::screenshots(&project),
    }
}

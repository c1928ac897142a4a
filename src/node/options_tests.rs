//! Command lines and files that real servers are started with.

use super::*;

fn parse(line: &str) -> Result<Request, OptionsError> {
    Request::parse(&split_words(line).expect("quotes in the test are balanced"))
}

fn config(line: &str) -> Config {
    match parse(line) {
        Ok(Request::Run(options)) => options.config,
        other => panic!("{line}: {other:?}"),
    }
}

fn message(line: &str) -> String {
    parse(line).expect_err(line).to_string()
}

#[test]
fn a_command_line_of_tests_against_real_servers() {
    let config = config(
        "--port 7001 --bind 127.0.0.1 ::1 --save '' --replicaof localhost 7000 \
         --client-output-buffer-limit replica 1mb 0 0 --repl-diskless-sync-delay 0 --dir /tmp",
    );
    assert_eq!(config.port, 7001);
    assert_eq!(config.save, "");
    assert_eq!(config.replicaof, Some(Endpoint::new("localhost", 7000)));
    assert_eq!((config.limit_replica.hard, config.repl_diskless_sync_delay), (1 << 20, 0));
    assert_eq!(config.passive("bind").as_deref(), Some("127.0.0.1 ::1"));
}

#[test]
fn save_points_add_up_until_forgotten() {
    assert_eq!(config("--save 60 1 --save 5 100").save, "60 1 5 100");
    assert_eq!(config("--save 60 1 --save '' --port 1").save, "");
    assert_eq!(config("--save --port 1").save, "", "as in Redis, --save may stand alone");
    assert_eq!(config("--port 1 --save").save, "");
    assert!(message("--save 60").contains("Invalid save parameters"));
}

#[test]
fn the_version_decides_the_defaults_wherever_it_stands() {
    let old = config("--repl-timeout 5 --psync-lab-version 6.2");
    assert_eq!((old.version, old.backlog_model), (RedisVersion::V6_2, BacklogModel::Ring));
    assert_eq!(old.repl_timeout, 5);
    assert!(!old.repl_diskless_sync);
    assert_eq!(config("--psync-lab-backlog ring").backlog_model, BacklogModel::Ring);
}

#[test]
fn words_may_share_one_argument() {
    assert_eq!(config(r#""--port 6380""#).port, 6380);
    assert_eq!(config(r#"--replicaof "10.0.0.1 6379""#).replicaof, Some(Endpoint::new("10.0.0.1", 6379)));
    assert_eq!(config("--masterauth --secret").masterauth, "--secret");
}

#[test]
fn wrong_options_say_which_and_what_is_allowed() {
    assert!(message("--port abc").ends_with(">>> 'port abc'\nargument couldn't be parsed into an integer"));
    assert!(message("--ports 1").ends_with("did you mean 'port'?"));
    assert!(message("--frobnicate 1").contains("--help"));
    assert!(message("--port").contains("takes one value"));
    assert!(message("--port 1 2").contains("takes one value"));
    assert!(message("--psync-lab-version 5.0").contains("6.2, 7.0 and 7.2"));
    assert!(message("--psync-lab-backlog heap").contains("ring and blocks"));
    assert!(message("--replicaof host").contains("a host and a port"));
    assert!(message("--replicaof host 0").contains("Invalid master port"));
    assert!(message("--dbfilename ../x.rdb").contains("can't be a path"));
    assert!(message("--tls-port 1").contains("psync-node has no 'tls-port'"));
    assert!(message("/no/such/file.conf").starts_with("Can't open config file '/no/such/file.conf'"));
    assert!(message("-port 1").contains("two dashes"));
}

#[test]
fn a_file_with_comments_includes_and_ignored_settings() {
    let dir = std::env::temp_dir().join(format!("psync-node-options-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a place for files");
    let (main, more) = (dir.join("main.conf"), dir.join("more.conf"));
    std::fs::write(&more, "requirepass \"a b\"\n").expect("written");
    let text =
        format!("# comment\nport 1\n\nhash-max-listpack-entries 128\ninclude {}\nPORT 2\n", more.display());
    std::fs::write(&main, text).expect("written");
    let args = [main.display().to_string(), "--repl-timeout".into(), "7".into()];
    let Ok(Request::Run(options)) = Request::parse(&args) else { panic!("must be accepted") };
    assert_eq!((options.config.port, options.config.repl_timeout), (2, 7));
    assert_eq!(options.config.requirepass, "a b");
    assert_eq!(options.ignored, ["hash-max-listpack-entries 128"]);

    std::fs::write(&main, "port 1\nport \"2").expect("written");
    let error = Request::parse(&args[..1]).expect_err("unbalanced").to_string();
    assert!(error.contains("at line 2\n>>> 'port \"2'\nUnbalanced quotes"), "{error}");
    std::fs::write(&main, format!("include {}", main.display())).expect("written");
    assert!(matches!(Request::parse(&args[..1]), Err(OptionsError::IncludeDepth(_))));
    std::fs::remove_dir_all(&dir).expect("removed");
}

//! The job of the README runs as it stands there.

use super::{Stage, drawn_in};

const README: &str = include_str!("../../README.md");

#[test]
fn the_job_of_the_readme_runs_as_it_says() {
    let Some(stage) = Stage::new() else { return };
    let url = stage.database.url("127.0.0.1", "?sslmode=disable");
    stage.done(&format!(
        "CREATE REDSHIFT CONNECTION sales CONNECTION_STRING = '{url}' USER_NAME = 'trusted_user' PASSWORD = 'unused'"
    ));
    stage.database.administer("GRANT CREATE ON SCHEMA public TO trusted_user");
    stage.on_server(
        "CREATE TABLE public.orders AS SELECT n AS order_id, timestamp '2026-01-29' + n * interval '6 hours' AS placed_at \
         FROM generate_series(0, 11) n",
    );
    let block = README
        .split("```text\n")
        .find(|block| block.starts_with("$ redwire -c \"CREATE JOB load_daily"));
    let block = block
        .and_then(|block| block.split("```").next())
        .expect("the block of the README");
    let commands = block.replace("\n> ", "\n");
    let mut printed = String::new();
    for command in commands.split("$ redwire ").skip(1) {
        let end = command
            .find("\"\nCREATE JOB\n")
            .or_else(|| command.find("\"\n┌"))
            .expect("an answer");
        let command = &command[..=end];
        let arguments = command.split("-c ").skip(1).map(|part| part.trim().trim_matches('"'));
        let mut run = drawn_in(&stage.home);
        for argument in arguments {
            run = run.args(["-c", argument]);
        }
        let done = run.run().status(0);
        printed = format!("{printed}$ redwire {command}\n{}{}", done.err, done.out);
    }
    assert_eq!(without_times(&printed), without_times(&commands));
}

/// The text with each digit of a time in seconds replaced.
fn without_times(text: &str) -> String {
    let words = text.split(' ').collect::<Vec<_>>();
    let is_time = |index: usize| words.get(index + 1) == Some(&"s");
    let kept = words
        .iter()
        .enumerate()
        .map(|(index, word)| if is_time(index) { "0.000" } else { word });
    kept.collect::<Vec<_>>().join(" ")
}

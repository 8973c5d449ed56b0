//! Errors that Redshift says in words of its own, and mostly with a code of its own.

use super::Isolation;
use super::message::Report;
use super::relay::meeting;

/// Redshift's error for the backend's; None where it is the same.
pub fn in_redshifts_words(report: &Report, isolation: Isolation) -> Option<Report> {
    let message = report.get(b'M');
    match report.get(b'C') {
        "40001" => Some(meeting(isolation)),
        "21000" if message == "MERGE command cannot affect row a second time" => {
            let message = "Found multiple matches to update the same tuple.";
            Some(Report::new("ERROR", "XX000", message))
        }
        "22001" => {
            let context = message.replacen("value", "Value", 1);
            Some(of_a_node("Value too long for character type", "8001", &context))
        }
        "23502" => {
            let message = format!("Cannot insert a NULL value into column {}", report.get(b'c'));
            Some(of_a_node(&message, "8007", "query execution"))
        }
        "57014" if message == "canceling statement due to user request" => {
            Some(Report::new("ERROR", "57014", "Query (213818) cancelled on user's request"))
        }
        _ => None,
    }
}

/// An error of a compute node.
fn of_a_node(message: &str, code: &str, context: &str) -> Report {
    let line = "-----------------------------------------------";
    let detail = format!(
        "\n  {line}\n  error:  {message}\n  code:      {code}\n  context:   {context}\n  \
         query:     213818\n  location:  string.cpp:213\n  \
         process:   query0_113_213818 [pid=25354]\n  {line}\n"
    );
    Report::new("ERROR", "XX000", message).with(b'D', detail)
}

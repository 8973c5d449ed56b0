//! The templates of dbt: `{{ env_var('NAME') }}`, with a default or filters (dbt documentation,
//! "About env_var function"). Nothing else of Jinja is known.

use super::VariableLookup;
use crate::sign::{STARS, is_variable_name};

/// Filters that convert a text; redwire keeps it.
const FILTERS: [&str; 5] = ["int", "as_number", "as_bool", "as_text", "as_native"];

/// The text with its templates filled in, or the reason why that cannot be done.
pub(super) fn render(text: &str, variables: VariableLookup<'_>) -> Result<String, String> {
    let mut rendered = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (expression, behind) = rest[start + 2..].split_once("}}").ok_or_else(beyond_env_var)?;
        rendered.push_str(&rest[..start]);
        rendered.push_str(&value_of(expression, variables)?);
        rest = behind;
    }
    if text.contains("{%") || text.contains("{#") {
        return Err(beyond_env_var());
    }
    rendered.push_str(rest);
    Ok(rendered)
}

fn beyond_env_var() -> String {
    "it uses Jinja beyond env_var()".to_owned()
}

/// The reason for a variable of the environment that is not set.
pub(super) fn not_set(name: &str) -> String {
    let name = if is_variable_name(name) { name } else { STARS };
    format!("environment variable {name} is not set")
}

fn value_of(expression: &str, variables: VariableLookup<'_>) -> Result<String, String> {
    let (name, default, filters) = call(expression).ok_or_else(beyond_env_var)?;
    let is_known = |filter: &str| FILTERS.contains(&filter.trim());
    if !filters.trim().is_empty()
        && !filters
            .trim_start()
            .strip_prefix('|')
            .is_some_and(|filters| filters.split('|').all(is_known))
    {
        return Err(beyond_env_var());
    }
    variables(name).or(default.map(str::to_owned)).ok_or_else(|| not_set(name))
}

/// The name, the default and the filters of `env_var('NAME', 'default') | filter`.
fn call(expression: &str) -> Option<(&str, Option<&str>, &str)> {
    let arguments = expression.trim().strip_prefix("env_var")?.trim_start().strip_prefix('(')?;
    let (name, rest) = literal(arguments)?;
    let (default, rest) = match rest.strip_prefix(',') {
        Some(rest) => {
            let (default, rest) = literal(rest)?;
            (Some(default), rest)
        }
        None => (None, rest),
    };
    Some((name, default, rest.strip_prefix(')')?))
}

/// A string without escapes, and the text behind it.
fn literal(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (content, rest) = text[1..].split_once(quote)?;
    (!content.contains('\\')).then_some((content, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> Result<String, String> {
        render(text, &|name| (name == "HOST").then(|| "h".to_owned()))
    }

    #[test]
    fn env_var_is_filled_in() {
        for (text, expected) in [
            ("plain { text }", "plain { text }"),
            ("{{ env_var('HOST') }}", "h"),
            ("{{env_var(\"HOST\")}}.example.com", "h.example.com"),
            ("{{ env_var( 'PORT' , '5439' ) | int }}", "5439"),
            ("{{ env_var('HOST', 'x') | as_text | as_native }}:{{ env_var('A', '') }}", "h:"),
        ] {
            assert_eq!(rendered(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_templates_are_not_known() {
        for text in [
            "{{ var('HOST') }}",
            "{{ env_var('HOST') ~ 'x' }}",
            "{{ env_var('HOST') | upper }}",
            "{{ env_var(HOST) }}",
            "{{ env_var('HOST'",
            "{% if true %}h{% endif %}",
            "{{ env_var('A\\'B') }}",
        ] {
            assert_eq!(rendered(text), Err(beyond_env_var()), "{text}");
        }
        let error = rendered("{{ env_var('PORT') }}").unwrap_err();
        assert_eq!(error, "environment variable PORT is not set");
        assert!(!rendered("{{ env_var('S3 cret') }}").unwrap_err().contains("S3"));
    }
}

//! The search path: the schemas whose tables need no qualification.

/// Reads a search path as SHOW prints it and SET accepts it: names separated by commas, without
/// quotes, in double or in single quotes (PostgreSQL documentation, "The Schema Search Path").
/// `$user` is the schema with the user's name.
pub fn search_path(text: &str, user: &str) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = next_name(rest);
        let name = if name == "$user" { user.to_owned() } else { name };
        if !name.is_empty() && !path.contains(&name) {
            path.push(name);
        }
        rest = after;
    }
    path
}

/// The first name, and the text behind the comma after it.
fn next_name(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let Some(quote) = quote else {
        let (name, after) = text.split_once(',').unwrap_or((text, ""));
        return (name.trim_end().to_lowercase(), after);
    };
    let mut name = String::new();
    let mut chars = text[1..].chars();
    while let Some(c) = chars.next() {
        if c != quote {
            name.push(c);
        } else if chars.as_str().starts_with(quote) {
            chars.next();
            name.push(c);
        } else {
            break;
        }
    }
    let after = chars.as_str().split_once(',').map_or("", |(_, after)| after);
    (name, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_path_is_read_as_each_server_prints_it() {
        for (text, path) in [
            ("\"$user\", public", vec!["etl", "public"]),
            ("$user, public", vec!["etl", "public"]),
            ("Crm,\"My \"\"own\"\"\", 'it''s', ETL", vec!["crm", "My \"own\"", "it's", "etl"]),
            ("public, public,, ", vec!["public"]),
            ("\"open, public", vec!["open, public"]),
            ("", vec![]),
            ("\"\"", vec![]),
        ] {
            assert_eq!(search_path(text, "etl"), path, "{text}");
        }
    }
}

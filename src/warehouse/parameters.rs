//! Settings that the server reports.

/// The maximum number of settings that are kept; PostgreSQL 15 reports 13.
const MAX_PARAMETERS: usize = 64;

/// The maximum length of a name or a value that is kept.
const MAX_BYTES: usize = 1024;

/// The settings that the server reported, each with its last value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::warehouse) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        let has_room = self.0.len() < MAX_PARAMETERS;
        if name.len() > MAX_BYTES || value.len() > MAX_BYTES {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None if has_room => self.0.push((name.to_owned(), value.to_owned())),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts() {
        let mut parameters = Parameters::default();
        parameters.set("TimeZone", "UTC");
        parameters.set("TimeZone", "Europe/Berlin");
        assert_eq!(parameters.get("TimeZone"), Some("Europe/Berlin"));
        assert_eq!(parameters.get("DateStyle"), None);
    }

    #[test]
    fn a_server_cannot_fill_the_memory_with_settings() {
        let mut parameters = Parameters::default();
        for number in 0..1_000 {
            parameters.set(&format!("p{number}"), "x");
        }
        parameters.set("p0", &"x".repeat(2_000));
        assert_eq!(parameters.0.len(), MAX_PARAMETERS);
        assert_eq!(parameters.get("p0"), Some("x"));
    }
}

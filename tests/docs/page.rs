//! A page of Markdown: its blocks, its links and its headings.

use std::path::{Path, PathBuf};

/// A page.
pub struct Page {
    pub path: PathBuf,
    /// The path for messages.
    pub name: String,
    /// The blocks between fences.
    pub blocks: Vec<Block>,
    /// Links to files and to places in them.
    pub links: Vec<String>,
    /// The names of its headings, as links have them.
    pub anchors: Vec<String>,
}

/// The lines between two fences.
pub struct Block {
    /// The word after the fence: the language of the block, and its needs.
    pub language: String,
    /// The line of its fence.
    pub line: usize,
    /// Its lines.
    pub text: String,
}

impl Page {
    /// Reads the file.
    pub fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).expect("a page of the documentation");
        let name = path.strip_prefix(super::root()).unwrap_or(&path).display().to_string();
        let mut page = Self {
            path,
            name,
            blocks: Vec::new(),
            links: Vec::new(),
            anchors: Vec::new(),
        };
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            match (line.strip_prefix("```"), open.as_mut()) {
                (Some(_), Some(_)) => page.blocks.extend(open.take()),
                (Some(language), None) => {
                    open = Some(Block {
                        language: language.to_owned(),
                        line: index + 1,
                        text: String::new(),
                    });
                }
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => page.read_line(line),
            }
        }
        assert!(open.is_none(), "{}: a fence is not closed", page.name);
        page
    }

    fn read_line(&mut self, line: &str) {
        if let Some(heading) = line.strip_prefix('#') {
            self.anchors.push(anchor(heading.trim_start_matches('#').trim()));
        }
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let local = targets.filter(|target| !target.contains("://"));
        self.links.extend(local.map(str::to_owned));
    }

    /// The folder that its links begin in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// The strings after the word ENV or FILE in the page's blocks.
    pub fn sources(&self, word: &str) -> Vec<String> {
        let opening = format!("{word} '");
        let runs = |block: &&Block| {
            ["sql", "sh", "sh python", "console"].contains(&block.language.as_str())
        };
        self.blocks
            .iter()
            .filter(runs)
            .flat_map(|block| block.text.split(&opening).skip(1))
            .filter_map(|rest| rest.split('\'').next())
            .map(str::to_owned)
            .collect()
    }
}

/// The name that GitHub gives to a heading.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

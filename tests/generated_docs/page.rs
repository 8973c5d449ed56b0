//! Markdown as it is put together: headings, paragraphs, tables, blocks.

/// A page of Markdown that grows from the top.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// A page with its title, and the note that says where it comes from.
    pub(super) fn titled(title: &str) -> Self {
        let mut page = Self::default();
        page.text.push_str(GENERATED);
        page.heading(1, title);
        page
    }

    /// A heading; 1 is the title of the page.
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        self.block(&format!("{} {text}", "#".repeat(level)));
    }

    /// Text that is Markdown already.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.block(text);
    }

    /// A list with a dot before each item.
    pub(super) fn list<T: AsRef<str>>(&mut self, items: impl IntoIterator<Item = T>) {
        let items: Vec<String> =
            items.into_iter().map(|item| format!("- {}", item.as_ref())).collect();
        self.block(&items.join("\n"));
    }

    /// Lines between fences.
    pub(super) fn code(&mut self, language: &str, lines: &str) {
        self.block(&format!("```{language}\n{lines}\n```"));
    }

    /// A table; every row has as many cells as the header.
    pub(super) fn table<const N: usize>(
        &mut self,
        header: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        let mut lines = vec![row(header), row(["---"; N])];
        lines.extend(rows.into_iter().map(|cells| row(cells.each_ref().map(String::as_str))));
        self.block(&lines.join("\n"));
    }

    /// The whole page.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn block(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }
}

const GENERATED: &str = "<!-- Generated from the tables in src/. \
                         Renew it with: UPDATE_GENERATED=1 cargo test --test redwire docs -->\n";

/// Text as code; it holds no backquote.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Texts as code, separated by commas.
pub(super) fn codes<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| code(text.as_ref())).collect();
    texts.join(", ")
}

fn row<const N: usize>(cells: [&str; N]) -> String {
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_apart_by_one_empty_line() {
        let mut page = Page::default();
        page.heading(2, "A");
        page.table(["a", "b"], [["1".to_owned(), "x|y".to_owned()]]);
        assert_eq!(page.into_text(), "## A\n\n| a | b |\n| --- | --- |\n| 1 | x\\|y |\n");
    }
}

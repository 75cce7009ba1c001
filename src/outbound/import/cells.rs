//! A row's cells by column name, and what can be wrong with them.

use serde::Serialize;

/// A cell that can't be taken, and what would make it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}, column {column}: `{value}`: {remedy}")]
pub struct CellProblem {
    /// Line of the file, the header being 1.
    pub line: u64,
    pub column: String,
    pub value: String,
    pub remedy: String,
}

/// Why a file is not one that can be imported at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "what", content = "value", rename_all = "snake_case")]
pub enum FileError {
    #[error(
        "this is a spreadsheet, not a CSV file: open it in your spreadsheet program and save it as \"CSV UTF-8 (comma separated)\""
    )]
    Spreadsheet,
    #[error("this is a PDF, not a CSV file: export the list from your own system as CSV")]
    Pdf,
    #[error("the file is UTF-16 text: save it as \"CSV UTF-8\"")]
    Wide,
    #[error("the file is empty: its first line must name the columns, like `{0}`")]
    Empty(String),
    #[error("line 1: the column `{missing}` is missing; the file has `{found}`, and needs `{needed}`")]
    MissingColumn {
        missing: String,
        found: String,
        needed: String,
    },
    #[error("line 1: the column `{0}` stands twice: keep one of them")]
    DoubledColumn(String),
    #[error(
        "line 1: the columns are separated by `{0}`: save the file with commas (in a spreadsheet: \"CSV UTF-8 (comma separated)\")"
    )]
    Separator(char),
    #[error("line 1 is not UTF-8 text: save the file as \"CSV UTF-8\"")]
    Encoding,
    #[error("the file can't be read: {0}")]
    Unreadable(String),
}

/// One row of a file.
#[derive(Clone, Debug)]
pub struct Row {
    pub line: u64,
    cells: Vec<(&'static str, String)>,
    pub warnings: Vec<CellProblem>,
}

impl Row {
    pub(super) const fn new(line: u64, cells: Vec<(&'static str, String)>) -> Self {
        Self {
            line,
            cells,
            warnings: Vec::new(),
        }
    }

    pub(super) fn line_number(&self) -> i64 {
        i64::try_from(self.line).unwrap_or(i64::MAX)
    }

    /// The cell of that column, trimmed; nothing when it is empty or the file has no such column.
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        self.cells
            .iter()
            .find(|(name, _)| *name == column)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The same, owned, for text that is shown to people: line breaks and control characters become spaces.
    pub(super) fn plain(&self, column: &str) -> Option<String> {
        self.text(column).map(|value| {
            let spaced: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            spaced.split_whitespace().collect::<Vec<_>>().join(" ")
        })
    }

    pub(super) fn required(&self, column: &str, remedy: &str) -> Result<&str, CellProblem> {
        self.text(column).ok_or_else(|| self.problem(column, remedy))
    }

    /// The cell read by `parse`; nothing when it is empty.
    pub(super) fn parsed<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, CellProblem> {
        self.text(column)
            .map(parse)
            .transpose()
            .map_err(|remedy| self.problem(column, remedy))
    }

    /// The cell as a value of a closed list; nothing when it is empty.
    pub(super) fn one_of<T: std::str::FromStr>(&self, column: &str, known: &[&str]) -> Result<Option<T>, CellProblem> {
        self.parsed(column, |text| {
            text.to_lowercase()
                .replace([' ', '-'], "_")
                .parse()
                .map_err(|_| format!("write one of {}", known.join(", ")))
        })
    }

    pub(super) fn problem(&self, column: &str, remedy: impl Into<String>) -> CellProblem {
        let value = self.text(column).unwrap_or_default();
        let shown: String = value.chars().take(80).collect();
        CellProblem {
            line: self.line,
            column: column.to_owned(),
            value: shown,
            remedy: remedy.into(),
        }
    }

    pub(super) fn warn(&mut self, column: &str, remedy: impl Into<String>) {
        let problem = self.problem(column, remedy);
        self.warnings.push(problem);
    }
}

/// Where a batch's first and last rows stand, taken or not.
pub(super) trait Line {
    fn line(&self) -> u64;
}

impl Line for Result<Row, CellProblem> {
    fn line(&self) -> u64 {
        match self {
            Ok(row) => row.line,
            Err(problem) => problem.line,
        }
    }
}

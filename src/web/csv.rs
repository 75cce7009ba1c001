//! Tables that a user takes along: CSV as RFC 4180 has it, in UTF-8, for spreadsheets that take some texts for formulas.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// So that spreadsheets know the encoding.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What a cell that a spreadsheet would run begins with.
const BEGINS_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// What somebody may have written.
    Text(String),
    /// A number of ours, to so many decimals.
    Number(f64, usize),
    Empty,
}

impl Cell {
    pub(super) fn count(count: u32) -> Self {
        Self::Number(f64::from(count), 0)
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn written(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Number(number, decimals) => format!("{number:.decimals$}"),
            Self::Text(text) => {
                let apostrophe = if text.starts_with(BEGINS_FORMULA) { "'" } else { "" };
                let text = format!("{apostrophe}{text}");
                if text.contains([',', '"', '\r', '\n']) {
                    format!("\"{}\"", text.replace('"', "\"\""))
                } else {
                    text
                }
            }
        }
    }
}

/// A table: the names of its columns, and its rows.
pub(super) fn table(columns: &[&str], rows: &[Vec<Cell>]) -> String {
    let line = |cells: Vec<String>| cells.join(",") + "\r\n";
    let mut table = BYTE_ORDER_MARK.to_owned();
    table.push_str(&line(columns.iter().map(|name| (*name).to_owned()).collect()));
    for row in rows {
        table.push_str(&line(row.iter().map(Cell::written).collect()));
    }
    table
}

/// A table as a file of that name, which must be plain letters and digits.
pub(super) fn download(name: &str, table: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    (
        [
            (
                header::CONTENT_TYPE,
                "text/csv; charset=utf-8; header=present".to_owned(),
            ),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        table,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_must_be_and_never_a_formula() {
        for (cell, written) in [
            (Cell::text("Oil change"), "Oil change"),
            (Cell::text("Oil, filter"), "\"Oil, filter\""),
            (Cell::text("the \"big\" one"), "\"the \"\"big\"\" one\""),
            (Cell::text("two\nlines"), "\"two\nlines\""),
            (Cell::text("=1+1"), "'=1+1"),
            (
                Cell::text("=HYPERLINK(\"x\",\"y\")"),
                "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
            ),
            (Cell::text("+49 171"), "'+49 171"),
            (Cell::text("-5"), "'-5"),
            (Cell::text("@x"), "'@x"),
            (Cell::text("\tx"), "'\tx"),
            (Cell::text("Łódź"), "Łódź"),
            (Cell::Number(-12.34, 1), "-12.3"),
            (Cell::count(3), "3"),
            (Cell::Empty, ""),
        ] {
            assert_eq!(cell.written(), written);
        }
    }

    #[test]
    fn lines_end_as_the_standard_has_it() {
        let table = table(&["a", "b"], &[vec![Cell::count(1), Cell::Empty]]);
        assert_eq!(table, "\u{feff}a,b\r\n1,\r\n");
    }
}

//! CSV with the documented headers, read row by row so that memory does not grow with the file.

use std::io::{Chain, Cursor, Read};

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::cells::{CellProblem, FileError, Row};

/// Longest cell that is taken; a longer one is a file gone wrong.
const LONGEST: usize = 2_000;

/// How files begin that people take for a CSV file: spreadsheets new and old, PDF, and text of two bytes a letter.
const BEGINNINGS: [(&[u8], FileError); 5] = [
    (b"PK\x03\x04", FileError::Spreadsheet),
    (b"\xd0\xcf\x11\xe0", FileError::Spreadsheet),
    (b"%PDF", FileError::Pdf),
    (b"\xff\xfe", FileError::Wide),
    (b"\xfe\xff", FileError::Wide),
];

/// A file, with what was read of its beginning put back.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// A CSV file whose header has been read and fits.
pub(super) struct Reader<R> {
    inner: csv::Reader<Whole<R>>,
    /// For each column of the file, the documented name it carries.
    columns: Vec<Option<&'static str>>,
    ignored: Vec<String>,
    broken: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the header. `required` must be there, `known` may be, others are ignored and reported.
    pub(super) fn new(file: R, (required, known): (&[&str], &'static [&'static str])) -> Result<Self, FileError> {
        let file = checked(file)?;
        let mut inner = ReaderBuilder::new().flexible(true).trim(Trim::None).from_reader(file);
        let header = inner
            .byte_headers()
            .map_err(|error| FileError::Unreadable(error.to_string()))?
            .clone();
        let names = names(&header)?;
        if names.iter().all(String::is_empty) {
            return Err(FileError::Empty(known.join(",")));
        }
        check(&names, required)?;
        let columns: Vec<_> = names
            .iter()
            .map(|name| known.iter().copied().find(|known| known == name))
            .collect();
        let strangers = names
            .iter()
            .zip(&columns)
            .filter(|(name, column)| column.is_none() && !name.is_empty());
        let ignored = strangers.map(|(name, _)| name.clone()).collect();
        Ok(Self {
            inner,
            columns,
            ignored,
            broken: false,
        })
    }

    pub(super) fn ignored(&self) -> &[String] {
        &self.ignored
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.inner.position().byte()
    }

    /// Up to `size` further rows that are not blank; none at the end of the file.
    pub(super) fn batch(&mut self, size: usize) -> Vec<Result<Row, CellProblem>> {
        let mut rows = Vec::new();
        let mut record = ByteRecord::new();
        while rows.len() < size && !self.broken {
            let line = self.inner.position().line();
            match self.inner.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    let line = record.position().map_or(line, csv::Position::line);
                    rows.extend(self.row(line, &record));
                }
                Err(error) => {
                    self.broken = true;
                    rows.push(Err(problem(
                        line,
                        "",
                        "",
                        format!("the file can't be read on from here: {error}"),
                    )));
                }
            }
        }
        rows
    }

    /// The record as a row; nothing when it is blank.
    fn row(&self, line: u64, record: &ByteRecord) -> Option<Result<Row, CellProblem>> {
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            return None;
        }
        let mut cells = Vec::with_capacity(self.columns.len());
        for (index, cell) in record.iter().enumerate() {
            let Some(column) = self.columns.get(index) else {
                if cell.trim_ascii().is_empty() {
                    continue;
                }
                let value = String::from_utf8_lossy(cell);
                let remedy = "the row has more cells than the header: put values that hold a comma in quotes";
                return Some(Err(problem(line, &format!("{}", index + 1), &value, remedy.to_owned())));
            };
            if holds_rows(cell, self.columns.len()) {
                let remedy = "a quote is opened here and never closed, so the rows after it are not seen: close it";
                let first_line = cell.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let column = column.map_or_else(|| (index + 1).to_string(), str::to_owned);
                return Some(Err(problem(
                    line,
                    &column,
                    &String::from_utf8_lossy(first_line),
                    remedy.to_owned(),
                )));
            }
            let Some(name) = *column else { continue };
            if cell.len() > LONGEST {
                let value = String::from_utf8_lossy(&cell[..80]);
                let remedy = format!("longer than {LONGEST} bytes: is a quote left open?");
                return Some(Err(problem(line, name, &value, remedy)));
            }
            let Ok(text) = std::str::from_utf8(cell) else {
                let value = String::from_utf8_lossy(cell);
                return Some(Err(problem(
                    line,
                    name,
                    &value,
                    "not UTF-8 text: save the file as \"CSV UTF-8\"".to_owned(),
                )));
            };
            cells.push((name, text.to_owned()));
        }
        Some(Ok(Row::new(line, cells)))
    }
}

/// Refuses what is no CSV file by its first bytes.
fn checked<R: Read>(mut file: R) -> Result<Whole<R>, FileError> {
    let mut beginning = Vec::new();
    let read = file.by_ref().take(4).read_to_end(&mut beginning);
    read.map_err(|error| FileError::Unreadable(error.to_string()))?;
    match BEGINNINGS.into_iter().find(|(bytes, _)| beginning.starts_with(bytes)) {
        Some((_, error)) => Err(error),
        None => Ok(Cursor::new(beginning).chain(file)),
    }
}

/// Whether a cell has taken in whole rows: one of its further lines has the separators of a row.
fn holds_rows(cell: &[u8], columns: usize) -> bool {
    let cells = |line: &[u8]| line.split(|byte| *byte == b',').count();
    columns > 2
        && cell
            .split(|byte| *byte == b'\n')
            .skip(1)
            .any(|line| cells(line) >= columns)
}

fn problem(line: u64, column: &str, value: &str, remedy: String) -> CellProblem {
    CellProblem {
        line,
        column: column.to_owned(),
        value: value.chars().take(80).collect(),
        remedy,
    }
}

/// The header's names: lower case, without a byte order mark.
fn names(header: &ByteRecord) -> Result<Vec<String>, FileError> {
    let name = |cell| {
        let text = std::str::from_utf8(cell).map_err(|_| FileError::Encoding)?;
        Ok(text.trim_start_matches('\u{feff}').trim().to_lowercase())
    };
    header.iter().map(name).collect()
}

fn check(names: &[String], required: &[&str]) -> Result<(), FileError> {
    if let [only] = names
        && let Some(separator) = [';', '\t', '|'].into_iter().find(|separator| only.contains(*separator))
    {
        return Err(FileError::Separator(separator));
    }
    let doubled = names
        .iter()
        .enumerate()
        .find(|(index, name)| !name.is_empty() && names[..*index].contains(name));
    if let Some((_, name)) = doubled {
        return Err(FileError::DoubledColumn(name.clone()));
    }
    match required
        .iter()
        .find(|required| !names.iter().any(|name| name == *required))
    {
        Some(missing) => Err(FileError::MissingColumn {
            missing: (*missing).to_owned(),
            found: names.join(","),
            needed: required.join(","),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_never_closed_is_refused_with_the_row_it_stands_in() {
        let file =
            "external_id,name,notes\nA1,Ana,\nA2,Bea,\"two\nlines, both hers\"\nA3,Cid,\"open\nA4,Dan,\nA5,Eva,\n";
        let columns = (&["external_id"][..], &["external_id", "name", "notes"][..]);
        let mut reader = Reader::new(file.as_bytes(), columns).unwrap();
        let rows = reader.batch(10);
        assert_eq!(rows.len(), 3);
        assert!(rows[..2].iter().all(Result::is_ok));
        let problem = rows[2].as_ref().unwrap_err();
        assert_eq!(
            (problem.line, problem.column.as_str(), problem.value.as_str()),
            (5, "notes", "open")
        );
    }
}

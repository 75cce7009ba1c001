//! A sample business's own software, as far as the demonstration plays it: rows, and exports of those that changed.

use csv::StringRecord;

/// The rows that the software holds, under the headers of its first export.
#[derive(Debug)]
pub(super) struct OwnSystem {
    headers: StringRecord,
    rows: Vec<StringRecord>,
}

impl OwnSystem {
    pub(super) fn read(file: &str) -> Result<Self, csv::Error> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.as_bytes());
        let headers = reader.headers()?.clone();
        // Rows without an id are the bad examples; the software could not find them again either.
        let rows: Result<Vec<_>, _> = reader
            .records()
            .filter(|row| row.as_ref().is_ok_and(|row| !row[0].is_empty()))
            .collect();
        Ok(Self { headers, rows: rows? })
    }

    /// The ids of rows that `fits`, which is given what a row says in a column.
    pub(super) fn ids(&self, fits: impl Fn(&dyn Fn(&str) -> String) -> bool) -> Vec<String> {
        let found = self
            .rows
            .iter()
            .filter(|row| fits(&|name| self.cell_of(row, name).to_owned()));
        found.map(|row| row[0].to_owned()).collect()
    }

    /// What the row with this id says in a column.
    pub(super) fn cell(&self, id: &str, name: &str) -> String {
        let row = self.rows.iter().find(|row| &row[0] == id);
        row.map_or_else(String::new, |row| self.cell_of(row, name).to_owned())
    }

    fn cell_of<'a>(&self, row: &'a StringRecord, name: &str) -> &'a str {
        self.column(name).and_then(|column| row.get(column)).unwrap_or_default()
    }

    /// Somebody at the desk changes a cell.
    pub(super) fn set(&mut self, id: &str, name: &str, value: &str) {
        let Some(changed) = self.column(name) else { return };
        for row in self.rows.iter_mut().filter(|row| &row[0] == id) {
            *row = row
                .iter()
                .enumerate()
                .map(|(at, cell)| if at == changed { value } else { cell })
                .collect();
        }
    }

    /// Somebody at the desk adds a row, given as a line of the file.
    pub(super) fn add(&mut self, line: &str) -> Result<String, csv::Error> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(line.as_bytes());
        let row = reader.records().next().transpose()?.unwrap_or_default();
        let id = row.get(0).unwrap_or_default().to_owned();
        self.rows.push(row);
        Ok(id)
    }

    /// An export of these rows, as the import reads it. Rows that it leaves out stay as they are.
    pub(super) fn export(&self, ids: &[String]) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(&self.headers)?;
        for row in self.rows.iter().filter(|row| ids.iter().any(|id| id == &row[0])) {
            writer.write_record(row)?;
        }
        writer
            .into_inner()
            .map_err(|error| csv::Error::from(error.into_error()))
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|header| header == name)
    }
}

//! Tables as Parquet files (crate `parquet`, without Arrow): whole numbers, numbers and text, any of them absent.

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue, RowGroupMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::types::Type;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
    /// Text.
    Text,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// Nothing.
    Absent,
}

/// A Parquet file being written; it has its name only when its writer is closed by [`close`](Writer::close).
#[derive(Debug)]
pub struct Writer {
    inner: SerializedFileWriter<Vec<u8>>,
    columns: Vec<(String, Kind)>,
}

impl Writer {
    /// Begins a table; `about` goes into the file's metadata.
    pub fn new(columns: &[(String, Kind)], about: &[(&str, &str)]) -> Result<Self> {
        let field = |(name, kind): &(String, Kind)| {
            let (physical, logical) = match kind {
                Kind::Whole => (Physical::INT64, None),
                Kind::Number => (Physical::DOUBLE, None),
                Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            };
            Type::primitive_type_builder(name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        };
        let fields = columns.iter().map(field).collect::<Result<Vec<_>>>()?;
        let schema = Arc::new(Type::group_type_builder("row").with_fields(fields).build()?);
        let about = about.iter().map(|(k, v)| KeyValue::new((*k).to_owned(), (*v).to_owned())).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("thermsolve ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(about))
            .build();
        Ok(Self { inner: SerializedFileWriter::new(vec![], schema, Arc::new(properties))?, columns: columns.to_vec() })
    }

    /// Adds rows as one row group.
    pub fn rows(&mut self, rows: &[Vec<Cell>]) -> Result<()> {
        let mut group = self.inner.next_row_group()?;
        for (k, (_, kind)) in self.columns.iter().enumerate() {
            let mut column = group.next_column()?.expect("as many columns as the schema has");
            let there: Vec<i16> = rows.iter().map(|r| i16::from(r[k] != Cell::Absent)).collect();
            let cells = rows.iter().map(|r| &r[k]);
            match kind {
                Kind::Whole => {
                    let values: Vec<i64> = cells.filter_map(|c| if let Cell::Whole(x) = c { Some(*x) } else { None }).collect();
                    column.typed::<Int64Type>().write_batch(&values, Some(&there), None)?;
                }
                Kind::Number => {
                    let values: Vec<f64> = cells.filter_map(|c| if let Cell::Number(x) = c { Some(*x) } else { None }).collect();
                    column.typed::<DoubleType>().write_batch(&values, Some(&there), None)?;
                }
                Kind::Text => {
                    let values: Vec<ByteArray> =
                        cells.filter_map(|c| if let Cell::Text(x) = c { Some(x.as_str().into()) } else { None }).collect();
                    column.typed::<ByteArrayType>().write_batch(&values, Some(&there), None)?;
                }
            }
            column.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// The file's bytes.
    pub fn close(self) -> Result<Vec<u8>> {
        self.inner.into_inner()
    }
}

/// A file whose end is an error: the reader of page headers goes over lists of any length without asking whether they are there.
struct Ended(File);

impl Length for Ended {
    fn len(&self) -> u64 {
        Length::len(&self.0)
    }
}

impl ChunkReader for Ended {
    type T = UntilEnd;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(UntilEnd(self.0.get_read(start)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<bytes::Bytes> {
        self.0.get_bytes(start, length)
    }
}

struct UntilEnd(BufReader<File>);

impl Read for UntilEnd {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(to)? {
            0 if !to.is_empty() => Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => Ok(n),
        }
    }
}

/// All rows of a file that [`Writer`] wrote. Errors: of reading, and files that are damaged.
///
/// Truth: `study::damaged_parts_are_refused`.
pub fn read(path: &Path) -> Result<Vec<Vec<Cell>>> {
    // The reader may panic where a file contradicts itself.
    let rows = std::panic::catch_unwind(|| rows_of(File::open(path)?));
    rows.unwrap_or_else(|_| Err(ParquetError::General("the file contradicts itself".to_owned())))
}

fn rows_of(file: File) -> Result<Vec<Vec<Cell>>> {
    let length = file.metadata()?.len();
    let reader = SerializedFileReader::new(Ended(file))?;
    let inside = |c: &ColumnChunkMetaData| {
        let [start, size] = [c.dictionary_page_offset().unwrap_or(c.data_page_offset()), c.compressed_size()];
        let end = u64::try_from(start).ok().zip(u64::try_from(size).ok()).and_then(|(start, size)| start.checked_add(size));
        end.is_some_and(|end| end <= length)
    };
    if !reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns).all(inside) {
        return Err(ParquetError::General("a column lies outside of the file".to_owned()));
    }
    let cell = |field: &Field| match field {
        Field::Long(x) => Cell::Whole(*x),
        Field::Double(x) => Cell::Number(*x),
        Field::Str(x) => Cell::Text(x.clone()),
        _ => Cell::Absent,
    };
    reader.get_row_iter(None)?.map(|row| Ok(row?.get_column_iter().map(|(_, f)| cell(f)).collect())).collect()
}

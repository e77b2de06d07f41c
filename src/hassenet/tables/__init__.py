"""Tables of named columns, read from and written to CSV, TSV and Parquet."""

from hassenet.tables.reading import read_columns, read_names, read_spelling, read_table
from hassenet.tables.table import Table
from hassenet.tables.writing import write_table

__all__ = ["Table", "read_columns", "read_names", "read_spelling", "read_table", "write_table"]

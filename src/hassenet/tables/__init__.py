"""Tables of named columns, read from and written to CSV, TSV, Parquet and Arrow; AnnData and genotypes as tables."""

from hassenet.tables.annotated import read_anndata
from hassenet.tables.genotypes import read_plink
from hassenet.tables.reading import read_columns, read_names, read_spelling, read_table
from hassenet.tables.table import Table
from hassenet.tables.writing import write_table

__all__ = [
    "Table",
    "read_anndata",
    "read_columns",
    "read_names",
    "read_plink",
    "read_spelling",
    "read_table",
    "write_table",
]

"""Files of Parquet: groups of rows, of which the file tells at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, final

from hassenet.files.optional import pyarrow
from hassenet.tables.column_file import ColumnFile
from hassenet.tables.footers import Bounds, bounds_in


@final
class ParquetFile(ColumnFile):
    """A file of Parquet that is open. Pages that have check sums are held against them.

    Parameters
    ----------
    source : pyarrow.NativeFile
        The bytes.
    end : pyarrow.parquet.FileMetaData, optional
        What stands at its end; read by default.

    Raises
    ------
    pyarrow.ArrowException, OSError
        If it is not Parquet, or cut off.
    """

    kind = "Parquet"

    def __init__(self, source: Any, end: Any = None) -> None:
        self.file = pyarrow("parquet").ParquetFile(source, metadata=end, page_checksum_verification=True)
        self.end = self.file.metadata
        self.end_bytes = self.end.serialized_size
        self.schema = self.file.schema_arrow
        self.groups = tuple(self.end.row_group(k).num_rows for k in range(self.end.num_row_groups))

    @property
    def about(self) -> int:
        """How many bytes the columns have once they are not compressed."""
        return sum(self.end.row_group(k).total_byte_size for k in range(self.end.num_row_groups))

    def unfolded(self, names: Sequence[str]) -> int:
        """As :meth:`ColumnFile.unfolded`."""
        if len(names) == len(self.schema.names):
            return self.about
        groups = [self.end.row_group(k) for k in range(self.end.num_row_groups)]
        paths = [self.file.schema.column(k).path.split(".")[0] for k in range(self.end.num_columns)]
        there = set(names)
        wanted = [k for k, path in enumerate(paths) if path in there]
        return sum(group.column(k).total_uncompressed_size for group in groups for k in wanted)

    def bounds(self, names: Sequence[str]) -> Bounds:
        """As :meth:`ColumnFile.bounds`."""
        return bounds_in(self.end, names)

    def batches(self, names: Sequence[str], rows: int, group: int | None = None) -> Iterator[Any]:
        """As :meth:`ColumnFile.batches`."""
        return self.file.iter_batches(
            rows,
            row_groups=None if group is None else [group],
            columns=list(names),
            use_threads=group is None or self.groups[group] > rows,  # else whole groups are read side by side
        )

    def close(self) -> None:
        """As :meth:`ColumnFile.close`."""
        self.file.close()

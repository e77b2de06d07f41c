"""Files of Arrow: record batches, as Feather has them, or one after the other as in a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, final

from hassenet.files.optional import pyarrow
from hassenet.tables.arrow_messages import FILE, FIRST_FEATHER, messages
from hassenet.tables.column_file import ColumnFile


class _End(NamedTuple):
    """Whether batches are found by their number, how many rows each has, and how many bytes all become."""

    is_file: bool
    rows: tuple[int, ...]
    unfolded: int


@final
class ArrowFile(ColumnFile):
    """A file of Arrow that is open: of its file format, whose batches are groups, or of its stream format, one group.

    It is read and not mapped into memory: where a mapped file is cut off meanwhile, the system ends the process. What
    is read is validated, as the columns of a damaged file may point anywhere.

    Parameters
    ----------
    source : pyarrow.NativeFile
        The bytes.
    end : object, optional
        What an object of this file found before.

    Raises
    ------
    pyarrow.ArrowException, OSError
        If it is not Arrow, or cut off.
    """

    kind = "Arrow"

    def __init__(self, source: Any, end: Any = None) -> None:
        self.source = source
        self.end = _end_of(source) if end is None else end
        self.end_bytes = 8 * len(self.end.rows)
        self.groups = self.end.rows if self.end.is_file else (sum(self.end.rows),)
        self.at_once = max(self.end.rows, default=1)
        self.schema = self._opened(()).schema
        self._check_rows()
        self._names: tuple[str, ...] = ()
        self._reader: Any = None

    def _check_rows(self) -> None:
        """Refuse more rows than there are bits for, unless columns take none for each, as those of gaps and of runs."""
        types = pyarrow("types")
        takes_any = [
            not (types.is_null(kind) or types.is_run_end_encoded(kind)) for kind in self.schema.types
        ]
        if any(takes_any) and sum(self.end.rows) > 8 * self.end.unfolded:
            raise pyarrow().ArrowInvalid("it has fewer bytes than its rows take")

    @property
    def about(self) -> int:
        """How many bytes all columns have once they are not compressed."""
        return self.end.unfolded

    def unfolded(self, names: Sequence[str]) -> int:
        """Return how many bytes all columns have once they are not compressed."""
        return self.end.unfolded

    def batches(self, names: Sequence[str], rows: int, group: int | None = None) -> Iterator[Any]:
        """As :meth:`ColumnFile.batches`."""
        numbers = range(len(self.end.rows)) if group is None or not self.end.is_file else [group]
        for number, batch in zip(numbers, self._whole(tuple(names), numbers), strict=True):
            if len(batch) != self.end.rows[number]:
                raise pyarrow().ArrowInvalid("a record batch has other rows than it says")
            batch.validate(full=True)
            yield from (batch.slice(start, rows) for start in range(0, len(batch), rows))

    def _whole(self, names: tuple[str, ...], numbers: Sequence[int]) -> Iterator[Any]:
        if not self.end.is_file:
            return iter(self._opened(names))
        if names != self._names or self._reader is None:  # it reads what categories are called once
            self._names, self._reader = names, self._opened(names)
        if self._reader.num_record_batches != len(self.end.rows):
            raise pyarrow().ArrowInvalid("its end does not tell of all record batches")
        return map(self._reader.get_batch, numbers)

    def _opened(self, names: Sequence[str]) -> Any:
        """Return a reader of some columns, by default of all."""
        ipc = pyarrow("ipc")
        wanted = set(names)
        places = [k for k, name in enumerate(self.schema.names) if name in wanted] if names else None
        options = ipc.IpcReadOptions(included_fields=places)
        self.source.seek(0)
        return (ipc.open_file if self.end.is_file else ipc.open_stream)(self.source, options=options)

    def close(self) -> None:
        """As :meth:`ColumnFile.close`."""
        self.source.close()


def _end_of(source: Any) -> _End:
    """Return how many rows each record batch has, as the messages of a file say."""
    start = source.read_at(len(FILE), 0)
    if start.startswith(FIRST_FEATHER):
        raise pyarrow().ArrowInvalid(
            "it is of the first version of Feather, which Arrow gives up (pandas.read_feather and to_feather write it "
            "anew)"
        )
    found = list(messages(source))
    rows = tuple(message.rows for message in found if message.is_batch)
    return _End(start == FILE, rows, sum(message.unfolded for message in found))

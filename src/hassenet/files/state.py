"""Whether a file is the one that was looked at before."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import final

from hassenet.errors import DataError


@final
@dataclass(frozen=True)
class FileState:
    """A file's size and the time of its last change, when it was opened.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "numbers"
    >>> _ = path.write_bytes(bytes(8))
    >>> FileState.of(path).check()
    >>> state, _ = FileState.of(path), path.write_bytes(bytes(4))
    >>> state.check()
    Traceback (most recent call last):
    hassenet.errors.DataError: the files of a stream stay as they are while it is read; numbers was changed, 8 bytes to
    4; put it back, or open the stream anew
    """

    path: Path
    size: int
    changed: int

    @staticmethod
    def of(path: Path) -> FileState:
        """Return that of a file.

        Raises
        ------
        DataError
            If there is none.
        """
        try:
            found = path.stat()
        except OSError:
            raise DataError(
                f"the files of a stream stay while it is read; there is none at {path}; put it back, or check the path"
            ) from None
        return FileState(path, found.st_size, found.st_mtime_ns)

    def check(self) -> None:
        """Refuse a file that is gone, or was changed since.

        Raises
        ------
        DataError
            If it is, or was; it names the file.
        """
        now = FileState.of(self.path)
        if now.size != self.size:
            raise DataError(
                f"the files of a stream stay as they are while it is read; {self.path.name} was changed, "
                f"{self.size:,} bytes to {now.size:,}; put it back, or open the stream anew"
            )
        if now != self:
            raise DataError(
                f"the files of a stream stay as they are while it is read; {self.path.name} was written again; open "
                "the stream anew"
            )

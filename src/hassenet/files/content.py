"""A file that is read once, for its bytes and for its text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import final

from hassenet.errors import DataError
from hassenet.files.gzipped import unzipped
from hassenet.files.not_text import check_is_text
from hassenet.files.paths import path_of_file

FilePath = str | PathLike[str]


@final
@dataclass(frozen=True, eq=False)
class FileContent(PathLike[str]):
    r"""A path that also stands for what its file holds, which is read at most once, when it is first asked for.

    Where a reader takes a path it takes this too: a file whose format was recognised by its content is not read again,
    and one that cannot be read again, as a pipe, is read at all.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = FileContent(Path(folder, "edges.csv"))
    ...     _ = file.path.write_text("a,b\n")
    ...     file.text
    'a,b\n'
    """

    path: Path

    @staticmethod
    def of(path: FilePath) -> FileContent:
        """Return the file at a path; itself if it is one already.

        Raises
        ------
        ParameterError
            If it is not a path, or the address of a file elsewhere.
        """
        return path if isinstance(path, FileContent) else FileContent(path_of_file(path))

    @cached_property
    def content(self) -> bytes:
        """The bytes of the file, unzipped.

        Raises
        ------
        OSError
            If there is no such file, or it may not be read.
        DataError
            If the file is empty, compressed by another program than gzip, an archive or a document, or a gzip stream
            that is cut off or damaged.
        """
        content = unzipped(self.path.read_bytes(), self.path)
        check_is_text("a file must be text", repr(str(self.path)), content)
        if not content.strip():
            raise self._empty()
        return content

    @cached_property
    def text(self) -> str:
        """The text of the file, in UTF-8.

        Raises
        ------
        OSError
            If there is no such file, or it may not be read.
        DataError
            If the file is empty, not text, or a gzip stream that is cut off or damaged.
        """
        text = _decoded(self.content, self.path)
        if not text.strip():
            raise self._empty()
        return text

    def _empty(self) -> DataError:
        return DataError(f"a file must hold something: {str(self.path)!r} is empty; write it again")

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return str(self.path)


def _decoded(content: bytes, path: Path) -> str:
    end = _end_of_text(content)
    if end < len(content):
        line = content.count(b"\n", 0, end) + 1
        raise DataError(
            f"a file must be text in UTF-8: {str(path)!r} has the byte 0x{content[end]:02x} on line {line}; "
            "save it as text in UTF-8"
        )
    return content.decode("utf-8-sig")


def _end_of_text(content: bytes) -> int:
    """Return where the text ends: at a byte that is not UTF-8, at a NUL, or with the content."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        end = error.start
    else:
        end = len(content)
    nul = content.find(b"\0", 0, end)
    return end if nul < 0 else nul

"""What was learned is not lost where it cannot be written: it is kept in another place, and the message says where."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from hassenet.cli.system_errors import in_words
from hassenet.errors import HassenetError

Write = Callable[[Path], object]


def written_or_rescued(write: Write, out: Path) -> None:
    """Write to a path; where that fails, write under the same name into a temporary folder.

    Raises
    ------
    HassenetError
        Where it failed: what went wrong, and where the result is.
    OSError
        If it cannot be written anywhere.
    """
    try:
        write(out)
    except OSError as error:
        kept = _elsewhere(write, out.name or "results")
        if kept is None:
            raise
        raise HassenetError(
            f"{in_words(error)}; nothing is lost, the result is kept in {kept}: move it from there"
        ) from None


def _elsewhere(write: Write, name: str) -> Path | None:
    """Return where it was written: the first place that takes it."""
    for place in _places():
        made = None
        try:
            made = Path(tempfile.mkdtemp(prefix="hassenet-", dir=place))
            write(made / name)
        except OSError:
            if made is not None:
                shutil.rmtree(made, ignore_errors=True)
        else:
            return made / name
    return None


def _places() -> Iterator[Path]:
    """Yield the temporary folder, that of the user, and the one that the run was begun in, as far as there are such."""
    found: tuple[Callable[[], str | Path], ...] = (tempfile.gettempdir, Path.home, Path.cwd)
    for place in found:
        with suppress(OSError, RuntimeError):  # there may be none
            yield Path(place())

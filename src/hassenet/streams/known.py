"""What is known of the rows of a matrix from another file than its own."""

from __future__ import annotations

from hassenet.checkpoints import digest
from hassenet.tables.cells import Cells
from hassenet.tables.table import Table


def digest_of(known: Cells) -> str:
    """Return what tells columns beside a matrix from others: the files of the matrix say nothing of them.

    >>> import pyarrow
    >>> one, other = (Cells.typed({"age": pyarrow.chunked_array([[a, 64]])}) for a in (31, 32))
    >>> digest_of(one) == digest_of(one), digest_of(one) == digest_of(other)
    (True, False)
    """
    table = Table(known)
    return digest(tuple(known), *(table[name] for name in known))

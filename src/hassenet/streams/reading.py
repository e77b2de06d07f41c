"""How the files of a stream are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from hassenet._checks import require_whole_number
from hassenet.errors import ParameterError
from hassenet.tables.dialect import Dialect


@final
@dataclass(frozen=True)
class Reading:
    """What is asked for of files: options that some formats alone have are refused of others.

    Parameters
    ----------
    block : int, optional
        How many rows are read together at most.
    layer, names : str, optional
        Of AnnData: the matrix, and the column that names its variables.
    dialect : Dialect
        Of text.
    transpose : bool, optional
        Of text: False where rows are examples, whatever stands in the first column.

    Raises
    ------
    ParameterError
        If a block has not a whole number of rows; from a check, if an option is about another format.

    Examples
    --------
    >>> Reading(layer="counts").check_plain("X.npy")
    Traceback (most recent call last):
    hassenet.errors.ParameterError: layer and names are about AnnData (.h5ad); X.npy is not; leave them out
    """

    block: int | None = None
    layer: str | None = None
    names: str | None = None
    dialect: Dialect = field(default_factory=Dialect)
    transpose: bool | None = None

    def __post_init__(self) -> None:
        """Refuse blocks of no rows, or of parts of a row."""
        if self.block is not None:
            require_whole_number("block", self.block, 1)

    def check_plain(self, name: str) -> None:
        """Refuse options of text and of AnnData."""
        self.check_annotated(name)
        self.check_of_text(name)

    def check_annotated(self, name: str) -> None:
        """Refuse options of text."""
        if self.dialect != Dialect() or self.transpose:
            raise ParameterError(
                f"sep, decimal, encoding and transpose are about text (.csv, .tsv); {name} is not; leave them out"
            )

    def check_of_text(self, name: str) -> None:
        """Refuse options of AnnData, and rows that are to become columns."""
        if self.transpose:
            raise ParameterError(
                f"rows of a stream are examples, each read by itself, and {name} is not turned; turn it first: "
                "hassenet.tables.read_table(path, transpose=True) and write_table; or give transpose=False"
            )
        if self.layer is not None or self.names is not None:
            raise ParameterError(f"layer and names are about AnnData (.h5ad); {name} is not; leave them out")

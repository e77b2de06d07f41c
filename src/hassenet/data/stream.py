"""Examples that are read a block at a time, as where they are larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import Any, ClassVar, TypeVar, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from hassenet._checks import POSITIVE, is_whole_number, require_number, require_whole_number
from hassenet.data.checks import check_one_each
from hassenet.data.columns import compact_columns
from hassenet.data.keeping import Keeping, Make
from hassenet.data.match import Match, check_each_once, check_own_names
from hassenet.data.noting import noted_once
from hassenet.data.rows_called import RowsCalled
from hassenet.data.source import Read, Rows, Source
from hassenet.data.table import columns_of, is_table
from hassenet.data.whole import Whole
from hassenet.errors import DataError, FeatureError, ShapeError, listing
from hassenet.files.optional import pyarrow

Array = NDArray[Any]
T = TypeVar("T")
Step = Callable[[Any, str], Any]
"""From the rows of a block, and what messages call it, to what is made of them."""

MEGABYTE = 1 << 20
_BLOCKS_OF_A_SAMPLE = 64
_CELL = 32  # bytes that a cell may take while its column is looked at


@final
@dataclass(frozen=True, eq=False, repr=False)
class Stream:
    """Examples in blocks: the features are read a block at a time, targets, weights and offsets are kept in memory.

    It stands where X does: ``hn.fit(net, stream)``. A window of blocks is held at a time, one or two more are read
    ahead on a thread meanwhile. :func:`hassenet.data.open` makes one.

    Parameters
    ----------
    source : Source
        Where the rows lie.
    features : tuple of Hashable
        The columns that are features, in their order.
    target : tuple of str, or array, optional
        The columns that are the target, or the target itself, a row an example.
    weight, offset : str, or array, optional
        The column of sample weights, and of what is added to the signals of all outputs, or these themselves.
    window : float
        How many megabytes are held and shuffled together.
    ahead : int
        How many windows wait, read; 0 reads without a thread.
    rows : array of int, optional
        The rows of the source that are examples, rising; by default all.
    steps : tuple of callable
        What is made of a block, one after the other, on the thread that reads.
    made : tuple of Hashable, optional
        The names of the features that the steps make; by default those of the columns.
    kind : dtype, optional
        The type of the features; by default that of the first rows.
    threads : int, optional
        How many threads decode blocks; by default one for each processor that may be used, 4 at most.
    cache : Keeping, optional
        Where blocks are kept for later epochs.
    kept_after : int, optional
        After how many of the steps they are kept; by default they are not.

    Raises
    ------
    ParameterError
        If the window is not above 0, ``ahead`` below 0, or ``threads`` below 1.
    FeatureError
        If there are no such columns, a feature is named twice, or is the target.
    ShapeError
        If an array has not a row for each example.

    Examples
    --------
    >>> import hassenet as hn
    >>> stream = hn.data.open(np.arange(12.0).reshape(6, 2), target=[0, 0, 1, 1, 0, 1])
    >>> stream, stream.shape, stream.Y.tolist()
    (Stream(6 rows, 2 features, 1 block), (6, 2), [0, 0, 1, 1, 0, 1])
    """

    source: Source
    features: tuple[Hashable, ...]
    target: tuple[str, ...] | Array | None = None
    weight: str | Array | None = None
    offset: str | Array | None = None
    window: float = 256
    ahead: int = 1
    rows: Rows | None = None
    steps: tuple[Step, ...] = ()
    made: tuple[Hashable, ...] | None = None
    kind: np.dtype[Any] | None = None
    threads: int | None = None
    cache: Keeping | None = None
    kept_after: int | None = None

    def __post_init__(self) -> None:
        """Refuse columns that are not there, and options outside their domains."""
        require_number("window", self.window, POSITIVE, ", in megabytes")
        require_whole_number("ahead", self.ahead, 0)
        if self.threads is not None:
            require_whole_number("threads", self.threads, 1)
        self._check_columns()
        for what, values in (("target", self.target), ("weight", self.weight), ("offset", self.offset)):
            if isinstance(values, np.ndarray):
                check_one_each(what, values.shape, self._n_rows, f" in {self.source.name}")

    def _check_columns(self) -> None:
        there, asked = set(self.source.columns), (*self.features, *self.beside)
        of_kinds = {} if self.source.has_names else {type(name): name for name in asked}
        odd = {kind for kind, name in of_kinds.items() if not is_whole_number(name)}
        others = [name for name in asked if name not in there or type(name) in odd]
        if others:
            raise FeatureError(
                f"{self.source.name} has no {listing(others, 3)}; its columns are {listing(self.source.columns, 5)}; "
                "name others"
            )
        if len(set(self.features)) < len(self.features):
            check_own_names(self.source.name, self.features)
        target = self.target if isinstance(self.target, tuple) else ()
        if both := [name for name in self.features if name in target]:
            raise FeatureError(
                f"a target cannot be a feature, as it would predict itself; of {self.source.name} {listing(both, 3)} "
                "would be both; leave it out of the features"
            )
        self.source.check(asked)

    # ---------------------------------------------------------------- what it is

    @property
    def beside(self) -> tuple[str, ...]:
        """The columns that are the target, weights and offsets."""
        target = self.target if isinstance(self.target, tuple) else ()
        return (*target, *(name for name in (self.weight, self.offset) if isinstance(name, str)))

    @property
    def columns(self) -> tuple[Hashable, ...]:
        """All columns of the source."""
        return self.source.columns

    @property
    def _n_rows(self) -> int:
        return int(self.source.sizes.sum())

    def __len__(self) -> int:
        return self._n_rows if self.rows is None else len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of examples and of features."""
        return len(self), len(self.names)

    @property
    def names(self) -> tuple[Hashable, ...]:
        """The names of the features, as the steps make them."""
        return self.features if self.made is None else self.made

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The type of the features: float32 where all columns have it, else float64."""
        if self.kind is not None:
            return self.kind
        head = self.head(1)
        found = (columns_of(head).block(self.names) if is_table(head) else head).dtype
        return found if found == np.float32 else np.dtype(np.float64)

    def __repr__(self) -> str:
        b = len(self.source.sizes)
        blocks = f"{b:,} block{'s' * (b != 1)}"
        return f"Stream({len(self):,} rows, {self.shape[1]:,} features, {blocks})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Refuse to become an array: it may not fit into memory."""
        raise DataError(
            "a stream is read a block at a time, and what was asked for holds all rows; read those that fit into "
            "memory as a table, as by hassenet.tables.read_table, or take hassenet.fit"
        )

    # ---------------------------------------------------------------- others like it

    __iter__: ClassVar[None] = None  # else each example would be asked for by its number

    def __getitem__(self, rows: Any) -> Stream:
        """Return the stream of some examples: a mask, or their numbers, rising."""
        picked = np.arange(len(self))[rows] if self.rows is None else self.rows[rows]
        if picked.ndim != 1:
            raise DataError(
                f"examples of a stream are taken as a stream; got {rows!r}; give a slice, a list of numbers, or a mask"
            )
        if len(picked) and (np.diff(picked) <= 0).any():
            raise DataError("the examples of a stream stay in their order; give numbers that rise, or a mask")
        return self._but(rows=picked)

    def _but(self, **others: Any) -> Stream:
        """Return one that differs in what no check looks at: it has no column that this one has not."""
        found = object.__new__(Stream)
        vars(found).update({field.name: getattr(self, field.name) for field in fields(self)} | others)
        return found

    def span(self, rows: slice) -> Stream:
        """Return the stream of the examples from one to another: no number of any other one is held.

        >>> from hassenet.streams import open
        >>> open({"a": [1, 2, 3], "y": [0, 1, 2]}, target="y").span(slice(1, 3)).Y
        array([1, 2])
        """
        picked = np.arange(rows.start, rows.stop) if self.rows is None else self.rows[rows]
        return self._but(rows=picked)

    def select(self, features: Sequence[Hashable]) -> Stream:
        """Return the stream with these columns as features, in this order.

        >>> from hassenet.streams import open
        >>> open({"a": [1, 2], "b": [3, 4], "y": [0, 1]}, target="y").select(["b"]).shape
        (2, 1)
        """
        chosen = (features,) if isinstance(features, str) else tuple(features)
        are_known = (
            self.source.has_names and len(set(chosen)) == len(chosen) and set(self.features) >= set(chosen)
        )
        return self._but(features=chosen) if are_known else replace(self, features=chosen)

    def through(self, step: Step, made: Sequence[Hashable]) -> Stream:
        """Return the stream with a step more, which makes these features of a block."""
        return self._but(steps=(*self.steps, step), made=tuple(made))

    @property
    def kept(self) -> Stream:
        """The stream whose blocks are kept as its steps make them until here, if it has a place for them."""
        return self._but(kept_after=None if self.cache is None else len(self.steps))

    @property
    def kept_once(self) -> Stream:
        """The same, unless they are kept after a step before: what is made of these then is made each time."""
        return self if self.kept_after is not None else self.kept

    @property
    def alone(self) -> Stream:
        """The stream of the features, without target, weights and offsets."""
        return self._but(target=None, weight=None, offset=None)

    def matched(self, names: Sequence[Hashable]) -> Stream:
        """Return the stream with the columns of these names, all of its features, in this order.

        Raises
        ------
        FeatureError
            If there is not one column for each, or others are left out.
        """
        found = Match.of(names, self.features)
        check_each_once(found)
        if found.missing or found.left_out:
            raise FeatureError(
                f"the features of a stream are those of the hierarchy; missing are "
                f"{listing(found.missing, 3) if found.missing else 'none'}, left out "
                f"{listing(found.left_out, 3) if found.left_out else 'none'}; take stream.select(list(H.ranks[0])), "
                "or restrict() the hierarchy to its columns"
            )
        return self.select([found.column[name] for name in names])

    # ---------------------------------------------------------------- what is kept in memory

    @cached_property
    def Y(self) -> Any:
        """The target, read once: (m,) for one column, a table of several, or the array that was given.

        Raises
        ------
        DataError
            If no target was named.
        """
        if self.target is None:
            raise DataError('a stream to learn from has a target; name its column: open(…, target="…")')
        if not isinstance(self.target, tuple):
            return self._of_examples(self.target)
        read = self.read(self.target)
        return read[self.target[0]] if len(self.target) == 1 else read

    @cached_property
    def weights(self) -> Array | None:
        """The sample weights, (m,), where there are any."""
        return self._numbers(self.weight)

    @cached_property
    def offsets(self) -> Array | None:
        """The offsets, (m,), where there are any."""
        return self._numbers(self.offset)

    def _numbers(self, given: str | Array | None) -> Array | None:
        values = self.read([given])[given] if isinstance(given, str) else given
        return None if values is None else values if isinstance(given, str) else self._of_examples(values)

    def _of_examples(self, values: Array) -> Array:
        return values if self.rows is None else values[self.rows]

    def read(self, names: Sequence[str]) -> Any:
        """Return whole columns, a table in memory.

        >>> from hassenet.streams import open
        >>> open({"a": [1, 2], "y": [0, 1]}, target="y").read(["y"])["y"]
        array([0, 1])
        """
        return Whole(_stacked(list(self._parts(names)), names))

    def _parts(self, names: Sequence[Hashable]) -> Iterator[Any]:
        """Yield columns of the examples of each block that has some, or of none of the first."""
        with self.source.reading(names) as read:
            yield from (taken(read(block), self.picked(block)) for block in self.filled or [0])

    def cells(self, names: Sequence[Hashable]) -> Any:
        """Return whole columns, a table in memory: of Arrow, or of a text file, and of genotypes, its own.

        >>> from hassenet.streams import open
        >>> open({"a": [1, 2], "y": [0, 1]}, target="y").cells(["y"]).to_pydict()
        {'y': [0, 1]}
        """
        parts = list(self._parts(list(names)))
        if self._is_own(parts[0]):
            return parts[0].above(parts[1:])
        return as_arrow(parts, names)

    def _is_own(self, block: Any) -> bool:
        """Return whether a block is a table of text, cells or genotypes, which stays what it is with others below."""
        return _is_spelled(block) or bool(compact_columns(block))

    def some_at_a_time(self, names: Sequence[Hashable]) -> Iterator[tuple[Sequence[Hashable], Any]]:
        """Yield whole columns, as many together as a window has room for: their names, and a table in memory.

        >>> from hassenet.streams import open
        >>> [names for names, _ in open({"a": [1, 2], "b": [3, 4]}, window=1e-9).some_at_a_time(["a", "b"])]
        [['a'], ['b']]
        """
        for part in together(names, len(self), self.window):
            yield part, self.cells(part)

    def looked_at(self) -> Iterator[Any]:
        """Yield tables that show what the features are: some rows where columns have types, all rows of text.

        >>> from hassenet.streams import open
        >>> [len(table) for table in open({"a": np.arange(50)}, block=5).looked_at()]
        [50]
        """
        if not _is_spelled(self.head(1)):
            yield self.sample()
            return
        yield from (table for _, table in self.some_at_a_time(self.features))

    # ---------------------------------------------------------------- what is read a block at a time

    @contextmanager
    def reading(self) -> Iterator[Read]:
        """Open the source; inside, the features of a block can be read, of those of its rows that are examples."""
        with self.source.reading(self.features) as read:
            made = partial(self._made, read, self.steps[: self.kept_after])
            yield self._picked(made) if self.kept_after is None else self._kept(made, self.kept_after)

    def _picked(self, made: Make) -> Read:
        return lambda block: made(block, self.picked(block))

    def _kept(self, made: Make, after: int) -> Read:
        """Return what reads a block from where it is kept, and takes the steps that are left."""
        assert self.cache is not None
        found = self.cache.reading(self, made)
        return lambda block: self._through(self.steps[after:], found(block), block)

    def _made(self, read: Read, steps: tuple[Step, ...], block: int, rows: Any) -> Any:
        return self._through(steps, taken(read(block), rows), block)

    def _through(self, steps: tuple[Step, ...], made: Any, block: int) -> Any:
        name = self.source.block_name(block)
        with self.rows_called(block).in_messages():
            for step in steps:
                made = step(made, name)
        return made

    def blocks(self) -> Generator[Any, None, None]:
        """Yield the examples of each block that has some, in their order: tables, or arrays where there are no names.

        What is noted of them is told once, of all.

        >>> from hassenet.streams import open
        >>> [len(block) for block in open(np.ones((5, 2)), block=2).blocks()]
        [2, 2, 1]
        """
        with self.reading() as read:
            yield from noted_once(read, self.filled)

    def each(self, function: Callable[[Any], T]) -> Iterator[T]:
        """Yield what a function makes of the examples of each block, whose rows messages call as their file does.

        What is noted of them is told once, of all.

        >>> from hassenet.streams import open
        >>> list(open(np.ones((5, 2)), block=2).each(len))
        [2, 2, 1]
        """

        def made(part: tuple[int, Any]) -> T:
            with self.rows_called(part[0]).in_messages():
                return function(part[1])

        return noted_once(made, zip(self.filled, self.blocks(), strict=True))

    def head(self, n: int) -> Any:
        """Return the first examples of the first block, n at most.

        Raises
        ------
        ShapeError
            If no row is an example.
        """
        if not len(self):
            raise ShapeError(f"a stream has rows; of those of {self.source.name} none is picked; pick some")
        with closing(self.blocks()) as blocks:
            return taken(next(blocks), slice(0, n))

    def sample(self, n: int = 10_000, seed: int = 0) -> Any:
        """Return examples for a look at the columns, a table in memory: of up to 64 blocks at random, n at most.

        Those of text are as they are spelled: zeros before a code are part of it. Genotypes stay bytes.

        >>> from hassenet.streams import open
        >>> len(open({"a": np.arange(50)}, block=5).sample(20))
        20
        """
        rng, filled = np.random.default_rng(seed), np.flatnonzero(np.diff(self.examples_before))
        chosen = np.sort(rng.permutation(filled)[:_BLOCKS_OF_A_SAMPLE])
        share = min(1.0, n / np.diff(self.examples_before)[chosen].sum())
        with self.source.reading(self.features) as read:
            parts = [self._some_of(read(int(block)), int(block), share, rng) for block in chosen]
        return parts[0].above(parts[1:]) if self._is_own(parts[0]) else Whole(_stacked(parts, self.features))

    def _some_of(self, block: Any, k: int, share: float, rng: np.random.Generator) -> Any:
        rows = np.arange(self.source.sizes[k])[self.picked(k)]
        return taken(block, np.sort(rng.permutation(rows)[: round(share * len(rows))]))

    @property
    def filled(self) -> list[int]:
        """The blocks that have examples."""
        found: list[int] = np.flatnonzero(np.diff(self.examples_before)).tolist()
        return found

    @cached_property
    def edges(self) -> Rows:
        """Where the rows of each block begin among those of the source, and their end, (b + 1,)."""
        return np.concatenate([[0], np.cumsum(self.source.sizes)])

    @cached_property
    def examples_before(self) -> Rows:
        """How many examples stand before each block, and in all, (b + 1,)."""
        return self.edges if self.rows is None else np.searchsorted(self.rows, self.edges)

    def picked(self, block: int) -> Any:
        """Return which rows of a block are examples: their numbers in it, or a slice of all."""
        if self.rows is None:
            return slice(None)
        return self.rows[slice(*self.examples_before[block : block + 2])] - self.edges[block]

    def rows_called(self, block: int) -> RowsCalled:
        """Return what messages call the examples of a block.

        >>> from hassenet.streams import open
        >>> open(np.ones((5, 2)), block=2).rows_called(1)
        RowsCalled(file='X', numbers=array([2, 3]))
        """
        file, start = self.source.place_of(block)
        return RowsCalled(file, np.arange(start, start + self.source.sizes[block])[self.picked(block)])

    @property
    def row_bytes(self) -> float:
        """How many bytes an example has in memory, about."""
        made = 0 if self.made is None or self.source.is_compact else 8 * len(self.made)
        return max(self.source.row_bytes(self.features), made, 1)


def taken(block: Any, rows: Any) -> Any:
    """Return some rows of a block, a mask, numbers or a slice; of a table as well."""
    if not is_table(block) or (isinstance(rows, slice) and rows == slice(None)):
        return block if isinstance(rows, slice) and rows == slice(None) else block[rows]
    return block.take(np.arange(len(block))[rows])


def _columns(block: Any, names: Sequence[Hashable]) -> dict[Hashable, Array]:
    """Return the columns of a block: those of a table by their names, those of an array in order."""
    if is_table(block):
        columns = columns_of(block)
        return {name: columns.column(name) for name in names}
    dense = block.toarray() if issparse(block) else block
    return dict(zip(names, dense.T, strict=True))


def _is_spelled(block: Any) -> bool:
    """Return whether a block is of a text file: what its columns are, all blocks say together."""
    return bool(getattr(block, "is_spelled", False))


def _stacked(parts: Sequence[Any], names: Sequence[Hashable]) -> dict[Hashable, Array]:
    """Return the columns of blocks, one block below the other."""
    whole = [parts[0].above(parts[1:])] if _is_spelled(parts[0]) else parts
    columns = [_columns(part, names) for part in whole]
    return {name: np.concatenate([part[name] for part in columns]) for name in names}


def as_arrow(blocks: Sequence[Any], names: Sequence[Hashable]) -> Any:
    """Return blocks as a table of Arrow, one block below the other.

    >>> as_arrow([np.eye(2)], ["a", "b"]).to_pydict()
    {'a': [1.0, 0.0], 'b': [0.0, 1.0]}
    """
    tables = [_arrow(block, names) for block in blocks]
    return pyarrow().concat_tables(tables, promote_options="permissive")


def _arrow(block: Any, names: Sequence[Hashable]) -> Any:
    """Return the columns of a block as a table of Arrow, text without blanks around it."""
    if is_table(block):
        columns = columns_of(block)
        return pyarrow().table([columns.cells(name) for name in names], names=list(map(str, names)))
    return pyarrow().table(list(_columns(block, names).values()), names=list(map(str, names)))


def is_stream(X: Any) -> bool:
    """Return whether X is read a block at a time.

    >>> is_stream(np.ones((2, 2)))
    False
    """
    return isinstance(X, Stream)


def together(names: Sequence[Hashable], rows: int, window: float) -> list[Sequence[Any]]:
    """Return columns in parts that a window of some megabytes has room for.

    >>> together(["a", "b", "c"], 10_000, 1.0), together(["a", "b", "c"], 1_000_000, 64.0)
    ([['a', 'b', 'c']], [['a', 'b'], ['c']])
    """
    n = max(int(window * MEGABYTE // (_CELL * max(rows, 1))), 1)
    return [names[k : k + n] for k in range(0, len(names), n)]

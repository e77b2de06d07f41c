"""Trainings whose processes share each batch, by MPI: ``mpiexec -n 4 python -m mpi4py train.py``."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, final

import numpy as np

from hassenet.checkpoints import Codec, Identity, Record, opened
from hassenet.checkpoints.ours import SUFFIX
from hassenet.data.features import as_features
from hassenet.data.stream import is_stream
from hassenet.distributed.agreed import by_all
from hassenet.distributed.last_words import wait_until_read
from hassenet.distributed.ranks import RowsOnRanks
from hassenet.distributed.same import check_same
from hassenet.errors import DataError, HassenetError, HassenetWarning
from hassenet.files.optional import mpi4py
from hassenet.network import Network
from hassenet.training import fit as fit_here
from hassenet.training.history import Fit
from hassenet.training.interrupt import handled

__all__ = ["fit_on_ranks", "rows_of_rank"]

_ENDING = (signal.SIGINT, signal.SIGTERM)
_NEVER = 1e9  # seconds
_BY_RANKS = Identity({"training": "by ranks"})
_RANKS: Codec[int] = Codec(Record, lambda record: int(record.value))


def rows_of_rank(m: int, comm: Any = None) -> slice:
    """Return which of m rows are those of this rank, where every rank can read all of them.

    Parameters
    ----------
    m : int
    comm : mpi4py.MPI.Comm, optional
        By default the world.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> rows_of_rank(10, SimpleNamespace(rank=1, size=4))
    slice(2, 5, None)
    """
    comm = _world(comm)
    return slice(m * comm.rank // comm.size, m * (comm.rank + 1) // comm.size)


def fit_on_ranks(
    net: Network,
    X: Any,
    Y: Any,
    loss: Any = None,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    callbacks: Sequence[Callable[..., Any]] = (),
    progress: bool = False,
    n_threads: int | None = 1,
    checkpoint: str | os.PathLike[str] | None = None,
    every: float | None = None,
    comm: Any = None,
    **options: Any,
) -> Fit:
    """Train a network as :func:`hassenet.fit` does, on the rows of all ranks together.

    Every rank calls it with its own rows. Each step is one of the batch of ``batch_size`` examples that one process
    would take: a rank computes the gradient on those that it has, one all-reduce adds them, and every rank takes the
    same step. The network that comes back has the same bits on all ranks, and is that of one process to rounding.

    Parameters
    ----------
    net : Network
        The same on every rank.
    X, Y, sample_weight, offset
        The rows of this rank, as for :func:`hassenet.fit`. The examples are numbered through the ranks; targets,
        weights and offsets are given to all ranks, features stay where they are.
    loss : str, Loss or Likelihood, optional
    callbacks : sequence of callables
        Called on rank 0; its answer holds for all.
    progress : bool
        Whether rank 0 shows a progress bar.
    n_threads : int, optional
        Threads of each rank.
    checkpoint : path-like, optional
        A folder that rank 0 writes, as in :func:`hassenet.fit`: the same command goes on from it, with as many ranks to
        the same bits, with another number to rounding, which is warned of.
    every : float, optional
        Seconds from one checkpoint to the next.
    comm : mpi4py.MPI.Comm, optional
        By default the world.
    **options
        Those of :func:`hassenet.fit`, the same on every rank.

    Returns
    -------
    Fit

    Raises
    ------
    DataError
        On every rank, if the rows of one do not fit, or it has targets, weights or offsets where another has none; the
        message names it.
    ParameterError
        On every rank, if one has another network or other options than rank 0, another version of hassenet or another
        instruction level, or an option is outside its domain.
    HassenetError
        On the other ranks, if a callback fails on rank 0.
    DivergedError
        On every rank, if a cost is not finite.

    Warns
    -----
    HassenetWarning
        On rank 0, if it goes on from a checkpoint of another number of ranks.

    Notes
    -----
    A rank that fails, or is asked to end by Ctrl-C or SIGTERM, ends all of them: the others would wait for it for ever.
    Of one that fails before it calls this ``-m mpi4py`` takes care, but not where it calls ``sys.exit(0)``.

    The file ``train.py`` of ``mpiexec -n 4 python -m mpi4py train.py``::

        X, y = np.load("X.npy", mmap_mode="r"), np.load("y.npy")
        mine = hn.distributed.rows_of_rank(len(X))
        fit = hn.distributed.fit_on_ranks(net, X[mine], y[mine], optimizer=hn.Adam(0.001), batch_size=4096)
    """
    comm = _world(comm)
    asked = {"loss": loss, "callbacks": callbacks, "n_threads": n_threads, **options}
    with _ending_all(comm):
        check_same(comm, net, {**asked, "checkpoint": checkpoint is not None})
        with _checkpoints_of_first(comm, checkpoint, every) as kept:
            own = by_all(comm, lambda: _in_memory(X, net), "rows")
            of_all = _Gathered(comm, own.shape[0])
            return fit_here(
                net,
                RowsOnRanks.of(comm, own),
                of_all("Y", Y),
                loss,
                sample_weight=of_all("sample_weight", sample_weight),
                offset=of_all("offset", offset),
                callbacks=[_OnFirst(comm, callback) for callback in callbacks],
                progress=progress and comm.rank == 0,
                n_threads=n_threads,
                **kept,
                **options,
            )


@final
class _Gathered:
    """Brings what belongs to the rows of each rank to all of them."""

    def __init__(self, comm: Any, m: int) -> None:
        self.comm, self.m = comm, m

    def __call__(self, what: str, own: Any) -> Any:
        """Return the values of all rows; None where no rank has any."""
        values = by_all(self.comm, lambda: self._checked(what, own), "rows")
        every = self.comm.allgather(values)
        kinds = [None if one is None else one.shape[1:] for one in every]
        if kinds != kinds[:1] * len(kinds):
            raise DataError(
                f"{what} is given by all ranks, in one shape, or by none; {_two(kinds)}; give all the same"
            )
        return None if values is None else np.concatenate(every)

    def _checked(self, what: str, own: Any) -> Any:
        if own is None:
            return None
        values = np.asarray(own)
        if values.shape[:1] != (self.m,):
            raise DataError(
                f"X and {what} of a rank have the same rows; X has {self.m:,}, {what} the shape {values.shape}; give "
                "those of this rank"
            )
        return values


def _in_memory(X: Any, net: Network) -> Any:
    if is_stream(X):
        raise DataError(
            "a rank holds its rows, or maps them, and X is a stream; give numpy.load(path, mmap_mode='r')[rows]"
        )
    return as_features(X, net.hierarchy.ranks[0], net.dtype)


def _two(kinds: Sequence[tuple[int, ...] | None]) -> str:
    """Return what rank 0 gives for an example, and the first rank with another, in words."""
    other = next(rank for rank, kind in enumerate(kinds) if kind != kinds[0])
    here, there = (
        "none" if kind is None else f"rows of the shape {kind}" for kind in (kinds[0], kinds[other])
    )
    return f"rank 0 gives {here}, rank {other} {there}"


@final
class _OnFirst:
    """A callback of rank 0, whose answer all ranks have; where it fails, or asks to end, all do."""

    def __init__(self, comm: Any, callback: Callable[..., Any]) -> None:
        self.comm, self.callback = comm, callback

    def __call__(self, epoch: Any, network: Network) -> bool:
        """Return the answer of rank 0, or raise as it does."""
        if self.comm.rank:
            return _answered(self.comm.bcast(None))
        try:
            answer = bool(self.callback(epoch, network))
        except BaseException as error:
            self.comm.bcast(_told(error))
            raise
        return bool(self.comm.bcast(answer))


def _told(error: BaseException) -> BaseException:
    """Return what the other ranks raise where a callback does on rank 0: a class of a user may not be made there."""
    if isinstance(error, KeyboardInterrupt):
        return KeyboardInterrupt()
    if isinstance(error, SystemExit):
        return SystemExit(_plain(error.code))
    told = HassenetError(
        f"a callback holds for all ranks; on rank 0 it failed: {type(error).__name__}: {_said(error)}; correct it"
    )
    told.add_note(
        "".join(traceback.format_exception(error))
    )  # the rank that ends all may be the first to print
    return told


def _plain(code: object) -> int | str | None:
    return code if code is None else int(code) if isinstance(code, int) else _said(code)


def _said(what: object) -> str:
    try:
        return str(what)
    except Exception:  # the ranks that wait are told in any case
        return "what it says cannot be shown"


def _answered(answer: bool | BaseException) -> bool:
    if isinstance(answer, BaseException):
        raise answer
    return answer


@contextmanager
def _checkpoints_of_first(comm: Any, checkpoint: Any, every: float | None) -> Iterator[dict[str, Any]]:
    """Let rank 0 keep checkpoints in the folder, and the others go on from a copy of what is there now."""
    if checkpoint is None:
        yield {"every": every}
        return
    records = comm.bcast(_records(Path(checkpoint)) if comm.rank == 0 else None)
    with _own_place(comm, checkpoint, records) as place, opened(place, _BY_RANKS) as folder:
        _say_if_others(comm, folder.kept("ranks", lambda: int(comm.size), _RANKS))
        folder.write("ranks", Record(comm.size))
        yield {"checkpoint": folder.part("training"), "every": every if comm.rank == 0 else _NEVER}


@contextmanager
def _own_place(comm: Any, checkpoint: Any, records: dict[str, bytes]) -> Iterator[Any]:
    if comm.rank == 0:
        yield checkpoint
        return
    with TemporaryDirectory() as own:
        for name, content in records.items():
            (Path(own) / name).write_bytes(content)
        yield own


def _say_if_others(comm: Any, before: int) -> None:
    """Warn where the sums of a training that goes on have another order than those before."""
    if before != comm.size and comm.rank == 0:
        warnings.warn(
            f"a training of {before} ranks goes on with {comm.size}: what they add is added in another order, and the "
            f"result is the same to rounding, no longer to the bit; for the same bits take mpiexec -n {before}",
            HassenetWarning,
            stacklevel=2,
        )


def _records(folder: Path) -> dict[str, bytes]:
    """Return what is in the records of a folder: what is not a file, as a pipe that nobody ends, is left out there."""
    return {file.name: file.read_bytes() for file in sorted(folder.glob(f"*{SUFFIX}")) if file.is_file()}


def _world(comm: Any) -> Any:
    return mpi4py().COMM_WORLD if comm is None else comm


@contextmanager
def _ending_all(comm: Any) -> Iterator[None]:
    """Let an error that nothing catches, or a signal, end all ranks: the others would wait for this one for ever."""
    if comm.size == 1:
        yield
        return
    sys.excepthook = _Ending(comm)
    with handled(dict.fromkeys(_ENDING, _Ending(comm).by_signal)):
        yield


@final
class _Ending:
    """What prints why a rank ends, and ends all."""

    def __init__(self, comm: Any) -> None:
        self.comm = comm

    def __call__(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        """Print the error as ever, and end all ranks."""
        traced = "".join(traceback.format_exception(kind, error, trace))
        self._end(f"rank {self.comm.rank} of {self.comm.size} failed, and all end", 1, traced)

    def by_signal(self, number: int, _frame: Any) -> None:
        """End all ranks with the status of the signal."""
        name = signal.Signals(number).name
        self._end(
            f"rank {self.comm.rank} of {self.comm.size} was asked to end ({name}), and all do", 128 + number
        )

    def _end(self, why: str, status: int, before: str = "") -> None:
        try:
            print(f"{before}hassenet: {why}; go on from the last checkpoint", file=sys.stderr)  # noqa: T201
            wait_until_read(
                sys.stdout, sys.stderr
            )  # the launcher that is told to end drops what it has not read
        finally:
            self.comm.Abort(status)

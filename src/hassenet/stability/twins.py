"""A network beside its rewired and its complete twin, on examples held out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, final

import numpy as np
from numpy.typing import NDArray

from hassenet._checks import require_whole_number
from hassenet.checkpoints import Codec, Place, Record
from hassenet.data.examples import Examples
from hassenet.errors import ParameterError
from hassenet.files.optional import pandas
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.network.elements import real_elements
from hassenet.shaping.rewiring import rewired
from hassenet.stability.added import require_offset_taken
from hassenet.stability.completing import complete_twin
from hassenet.stability.jobs import check_functions, parts_of_study, seeds, side_by_side
from hassenet.stability.preparing import Prepare, prepared
from hassenet.stability.recipe import Recipe, Train
from hassenet.stability.resampling import Folds, Resampling, Rows, check_resampling
from hassenet.stability.scores import Judge, judge_for, judged
from hassenet.stability.subject import Subject
from hassenet.stability.training import trained
from hassenet.training.results import folder_for, results_in

Floats = NDArray[np.float64]


@final
class Size(NamedTuple):
    """How large a network is.

    Attributes
    ----------
    shape : tuple of int
        The number of elements of each rank, relays left out.
    parameters : int
        Covers and biases.
    """

    shape: tuple[int, ...]
    parameters: int

    @staticmethod
    def of(net: Network) -> Size:
        """Return that of a network."""
        return Size(tuple(map(len, real_elements(net.plan))), net.n_parameters)

    def __str__(self) -> str:
        return "-".join(map(str, self.shape))


@final
@dataclass(frozen=True, eq=False, repr=False)
class Twins:
    """What networks reached on the same examples held out, run by run.

    Attributes
    ----------
    hierarchy, rewired, complete : (r,) arrays
        On the hierarchy, on a rewired one (another in each run), and on the complete one with about as many parameters.
        NaN where the examples held out cannot tell, as R² of targets that do not vary: means are over runs without any.
    sizes : tuple of three Size
        Of these networks.
    """

    hierarchy: Floats
    rewired: Floats
    complete: Floats
    sizes: tuple[Size, ...]

    @property
    def _judged(self) -> Floats:
        """What was reached in the runs in which all three were judged, (3, runs)."""
        scores = np.stack([self.hierarchy, self.rewired, self.complete])
        return scores[:, ~np.isnan(scores).any(axis=0)]

    def table(self) -> dict[str, Any]:
        """Return columns network, shape, parameters, mean, sd, behind (how far behind the hierarchy) and behind_sd.

        Only runs count in which all three were judged; without any the numbers are NaN.
        """
        judged = self._judged if self._judged.size else np.full((3, 1), np.nan)
        behind = judged[0] - judged
        return {
            "network": ["hierarchy", "rewired", "complete"],
            "shape": [str(size) for size in self.sizes],
            "parameters": np.array([size.parameters for size in self.sizes]),
            "mean": judged.mean(axis=1),
            "sd": judged.std(axis=1),
            "behind": behind.mean(axis=1),
            "behind_sd": behind.std(axis=1),
        }

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        return pandas().DataFrame(self.table())

    def __repr__(self) -> str:
        means = ", ".join(f"{name} {mean:.3f}" for name, mean in zip(*self._means, strict=True))
        return f"Twins({means}; {len(self.hierarchy):,} runs)"

    def __str__(self) -> str:
        t = self.table()
        left_out = len(self.hierarchy) - self._judged.shape[1]
        note = f", of which {left_out:,} could not be judged" if left_out else ""
        lines = [f"held out, {len(self.hierarchy):,} runs{note}"]
        lines += [
            f"  {name}: {mean:.3f} ± {sd:.3f} ({size}, {size.parameters:,} parameters)"
            for name, mean, sd, size in zip(t["network"], t["mean"], t["sd"], self.sizes, strict=True)
        ]
        return "\n".join(lines)

    @property
    def _means(self) -> tuple[list[str], Floats]:
        table = self.table()
        return table["network"], table["mean"]


def twins(
    train: Train,
    H: Hierarchy,
    X: Any,
    Y: Any,
    *,
    sample_weight: Any = None,
    offset: Any = None,
    exposure: Any = None,
    resampling: Resampling = Folds(5),
    judge: Judge | None = None,
    prepare: Prepare | None = None,
    runs: int = 5,
    seed: int = 0,
    n_jobs: int | None = None,
    progress: bool = False,
    checkpoint: Place | None = None,
    every: float | None = None,
) -> Twins:
    """Train on the hierarchy, on rewired ones and on the complete twin, and judge each on the same examples held out.

    Where the hierarchy does no better than its rewired twins, what its elements are called is not part of its success.

    Parameters
    ----------
    train, H, X, Y, sample_weight, offset, exposure, judge, prepare, seed, n_jobs, progress, checkpoint, every
        As in :func:`stability`; ``train`` has to take hierarchies with other elements, and with fewer ranks, as
        :class:`Recipe` with one hidden activation does.
    resampling : Resampling
        One that holds examples out.
    runs : int

    Raises
    ------
    CheckpointError
        If the checkpoint is of another call, of another version, or in use.
    DataError, ParameterError
        If X or Y do not fit, nothing is held out, or an option is outside its domain; and what a training raises.

    Examples
    --------
    >>> from hassenet.stability import Recipe
    >>> X = np.random.default_rng(0).standard_normal((40, 3))
    >>> twins(
    ...     Recipe(options={"epochs": 20}), Hierarchy.complete(3, 2, 1), X, 2 * X[:, 0], runs=2
    ... ).rewired.shape
    (2,)
    """
    require_whole_number("runs", runs, 1)
    check_functions(train=train, **({"judge": judge} if judge else {}))
    check_resampling(resampling, train)
    subject = Subject.of(train, H, X, Y, sample_weight, offset, exposure)
    H, data = subject.hierarchy, subject.data
    complete = complete_twin(H)
    if data.offset is not None:
        require_offset_taken(train=train, judge=judge)
    _check_takes(train, H, complete)
    prepare = subject.prepare(prepare)
    own, of_covers, tasks = seeds("twins", seed, runs), seeds("rewired twins", seed, runs), []
    for run in range(runs):
        rows = _rows(resampling, len(data), run, seed)
        tasks += [
            (train, G, data, *rows, judge, prepare, own[run])
            for G in (H, rewired(H, of_covers[run]), complete)
        ]
    keys = [f"run {run + 1}, {name}" for run in range(runs) for name in ("hierarchy", "rewired", "complete")]
    judging = {"judge": judge, "prepare": prepare}
    parts = partial(parts_of_study, "twins", H, data, train, resampling=resampling, seed=seed, **judging)
    with folder_for(checkpoint, parts, every) as folder:
        kept = results_in(folder, keys, _CODEC)
        found = list(side_by_side(_held_out, tasks, n_jobs, progress=progress, kept=kept))
    reached = np.array([value for value, _ in found]).reshape(runs, 3)
    first, second, third = reached.T
    return Twins(first, second, third, tuple(size for _, size in found[:3]))


_CODEC: Codec[tuple[float, Size]] = Codec(
    lambda found: Record([found[0], list(found[1].shape), found[1].parameters]),
    lambda record: (float(record.value[0]), Size(tuple(map(int, record.value[1])), int(record.value[2]))),
)


def _check_takes(train: Train, H: Hierarchy, complete: Hierarchy) -> None:
    """Refuse a recipe with an activation for each rank where the complete twin has fewer ranks."""
    if isinstance(train, Recipe) and not isinstance(train.hidden, str) and complete.depth != H.depth:
        raise ParameterError(
            f"the complete twin has {complete.depth - 1} hidden ranks, as narrow ones are left out, and the hierarchy "
            f"{H.depth - 1}; the recipe has an activation for each rank; give one for all, as hidden='tanh'"
        )


def _rows(resampling: Resampling, m: int, run: int, seed: int) -> tuple[Rows, Rows]:
    learned, held_out = resampling.rows(m, run, seed)
    if not len(held_out):
        raise ParameterError(
            "twins are compared on examples held out; there are none; take Folds or Bootstrap"
        )
    return learned, held_out


def _held_out(
    train: Train,
    H: Hierarchy,
    data: Examples,
    learned: Rows,
    held_out: Rows,
    judge: Judge | None,
    prepare: Prepare | None,
    seed: int,
) -> tuple[float, Size]:
    data = prepared(prepare, data, learned)
    net = trained(train, H, data.take(learned), seed)
    return judged(judge or judge_for(train, net), net, data.take(held_out)), Size.of(net)

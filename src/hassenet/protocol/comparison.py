"""What a network, its twins and the usual models reached on the same folds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import UnknownElementError, listing
from hassenet.files.optional import pandas
from hassenet.protocol.difference import Difference, paired_difference
from hassenet.protocol.kinds import ALONE, CHANCE, Compared
from hassenet.protocol.verdict import NETWORK, Verdict, verdict

Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What models reached on the same folds, each judged on rows that it has not seen.

    Attributes
    ----------
    models : tuple of k str
        "network", "complete twin", "rewired twin", and the others.
    measures : tuple of two str
        What is measured, of each kind. Models are compared by the first: ROC AUC of classes, R² of amounts, the
        concordance of ordered classes, D² of counts and quantiles, Harrell's C of times.
    values : (2, k, s) array
        Both measures of each model on each of s splits, fold after fold, repeat after repeat.
    seconds : (k, s) array
        How long it took to fit and to judge.
    folds, repeats : int
        How many parts each cross-validation has, and how many cross-validations were asked for.
    kind : "classification", "regression", "ordinal", "count", "survival", "quantiles" or "several"
    stopped : "complete" or "interrupted"
        After Ctrl-C the splits count that all models had done.
    """

    models: tuple[str, ...]
    measures: tuple[str, str]
    values: Floats
    seconds: Floats
    folds: int
    repeats: int
    kind: Compared
    stopped: Literal["complete", "interrupted"] = "complete"

    @property
    def n_splits(self) -> int:
        """How many splits all models have done."""
        return self.values.shape[2]

    @property
    def scores(self) -> dict[str, Floats]:
        """The first measure of each model, (s,), by its name."""
        return dict(zip(self.models, self.values[0], strict=True))

    def difference(self, model: str, level: float = 0.95) -> Difference:
        """Return the first measure of the network less that of another model, with an interval.

        Raises
        ------
        UnknownElementError, ParameterError
            If there is no such model, or the level does not lie between 0 and 1.
        """
        if model not in self.models:
            raise UnknownElementError(
                f"a difference is that to one of {listing(self.models, len(self.models))}; got {model!r}; choose one"
            )
        return paired_difference(self.scores[NETWORK], self.scores[model], self.folds, level)

    @property
    def verdict(self) -> Verdict:
        """What the scores say about the hierarchy: see :func:`hassenet.protocol.verdict`."""
        return verdict(self.scores, self.folds, chance=CHANCE[self.kind])

    def table(self) -> dict[str, Any]:
        """Return columns model, mean, sd, network_minus, low, high, the second measure, and seconds a split.

        Mean and deviation are those of the first measure; network_minus, low and high those of :meth:`difference`.
        """
        beside = [self.difference(name) for name in self.models]
        first, second = self.values
        return {
            "model": list(self.models),
            "mean": first.mean(axis=1),
            "sd": first.std(axis=1),
            "network_minus": np.array([d.mean for d in beside]),
            "low": np.array([d.low for d in beside]),
            "high": np.array([d.high for d in beside]),
            self.measures[1]: second.mean(axis=1),
            "seconds": self.seconds.mean(axis=1),
        }

    def of_splits(self) -> dict[str, Any]:
        """Return columns repeat, fold, model, both measures and seconds, a row a model and split."""
        k, s = len(self.models), self.n_splits
        at = np.tile(np.arange(s), k)
        return {
            "repeat": at // self.folds + 1,
            "fold": at % self.folds + 1,
            "model": [name for name in self.models for _ in range(s)],
            **{what: of.ravel() for what, of in zip(self.measures, self.values, strict=True)},
            "seconds": self.seconds.ravel(),
        }

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame (``pip install hassenet[tables]``)."""
        return pandas().DataFrame(self.table())

    def __repr__(self) -> str:
        return f"Comparison({self.verdict.finding}; {len(self.models)} models, {self.n_splits} splits)"

    def __str__(self) -> str:
        return "\n".join([*self._head(), *self._rows(), "", str(self.verdict)])

    def _head(self) -> Iterator[str]:
        yield f"{self.measures[0]} on rows not learned from; {self._of()}, the same for all"
        if self.kind in ALONE and self.models[3:] in (
            ("linear model",),
            ("linear model", "gradient boosting"),
        ):
            yield ALONE[self.kind]
        if self.stopped == "interrupted":
            asked = self.folds * self.repeats
            yield f"interrupted: {self.n_splits} of {asked} splits were done by all models, and count"

    def _of(self) -> str:
        return f"{self.folds} folds" + (f" × {self.repeats}" if self.repeats > 1 else "")

    def _rows(self) -> Iterator[str]:
        table, width = self.table(), max(map(len, self.models))
        second = self.measures[1]
        yield f"  {'':<{width}}{'mean':>8}{'sd':>7}   network minus this (95 %)  {second:>9}{'seconds':>9}"
        for name, mean, sd, *_, other, seconds in zip(*table.values(), strict=True):
            beside = "" if name == NETWORK else str(self.difference(name))
            yield f"  {name:<{width}}{mean:>8.3f}{sd:>7.3f}   {beside:<25}  {other:>9.3f}{seconds:>9.1f}"

"""One class a row that a hierarchy's estimator learns, and the model of it."""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.data.step import Step
from hassenet.data.target_notes import note_classes
from hassenet.data.targets import have_target
from hassenet.errors import TargetError
from hassenet.estimators.calibration import best_temperature
from hassenet.estimators.labels import Labels
from hassenet.estimators.learned_as import Learnable, LearnedAs, features_of, settings_of
from hassenet.likelihoods import BinaryCrossEntropy, CrossEntropy
from hassenet.model import Label, Model
from hassenet.selection import Problem, Selection
from hassenet.task.folds import check_learned_classes
from hassenet.task.names import distinct

Array = NDArray[Any]


@final
@dataclass(frozen=True)
class AsClasses(LearnedAs):
    """Classes by their cross-entropy, whose probabilities a temperature sets right."""

    name: str
    known: Labels | None = None

    @property
    def labels(self) -> Labels:
        """The classes, once they are known."""
        assert self.known is not None
        return self.known

    def note(self, y: Array) -> None:
        """Warn of classes that may be one, or stand for nothing."""
        note_classes("y", np.unique(y).tolist(), y)

    def have_target(self, y: Array) -> NDArray[np.bool_]:
        """Return which rows have a target, (m,)."""
        return have_target(y)

    def begun(self, y: Array, folds: int) -> AsClasses:
        """Return them with the classes that there are.

        Raises
        ------
        TargetError
            If a row has several labels, or not every fold could hold each class.
        """
        check_one_label(y)
        labels = Labels(y, self.name)
        labels.require_two()
        check_learned_classes(y, folds)
        return AsClasses(self.name, labels)

    def keys(self, y: Array) -> Array:
        """Return the labels."""
        return y

    def encoded(self, y: Array) -> Learnable:
        """Return what is learned from."""
        return Learnable(self.labels.encode(y), np.unique(y, return_inverse=True)[1])

    def outputs(self, taken: Container[Hashable]) -> Sequence[Hashable]:
        """Return the names of the outputs."""
        return distinct(self.labels.names, taken)

    @property
    def loss(self) -> CrossEntropy | BinaryCrossEntropy:
        """L."""
        return CrossEntropy() if self.labels.task == "multiclass" else BinaryCrossEntropy()

    def model(self, selection: Selection, steps: tuple[Step, ...], problem: Problem, y: Array) -> Model:
        """Return the model of an ensemble, with the temperature of rows that its networks had not seen."""
        rows = selection.is_predicted
        weight = None if problem.weight is None else problem.weight[rows]
        p = of_both(selection.out_of_fold[rows])
        return Model(
            selection.ensemble,
            features_of(problem),
            "classification",
            (self.name,),
            _plain(self.labels.classes),
            steps=steps,
            temperature=best_temperature(p, problem.strata[rows], weight),
            settings=settings_of(selection),
        )


def check_one_label(y: Array) -> None:
    """Refuse several labels a row.

    Raises
    ------
    TargetError
        If there are some.
    """
    if y.ndim > 1:
        raise TargetError(
            f"a row has one label here; y has {y.shape[1]} columns; fit one classifier a column, or take "
            "NetworkClassifier of labels that are 0 and 1, hassenet.estimators.HierarchyOutcomes of any others"
        )


def of_both(p: Array) -> Array:
    """Return the probabilities of all classes; of two there may be that of the second alone.

    >>> of_both(np.array([[0.25]]))
    array([[0.75, 0.25]])
    """
    return np.hstack([1 - p, p]) if p.shape[1] == 1 else p


def _plain(classes: Array) -> tuple[Label, ...]:
    """Return classes as a model keeps them: others than text and numbers as they are written."""
    return tuple(c if isinstance(c, str | int | float) else str(c) for c in classes.tolist())

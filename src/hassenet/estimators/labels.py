"""Class labels to targets of the network, and back."""

from __future__ import annotations

import warnings
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels

from hassenet.data.class_numbers import ClassNumbers
from hassenet.data.target_notes import note_classes
from hassenet.errors import HassenetWarning, TargetError, listing
from hassenet.estimators.gaps import targets_with_gaps
from hassenet.task.splitting import Rows, of_classes, of_labels

Array = NDArray[Any]
KindOfLabels = Literal["binary", "multiclass", "multilabel-indicator"]


@final
class Labels:
    """The classes of a task, and their places among the outputs.

    Parameters
    ----------
    y : (m,) array of labels, or (m, k) indicator
        Holds every class.
    name : str, optional
        What notes call it.

    Raises
    ------
    ValueError
        If y holds no classes (a continuous target).

    Examples
    --------
    >>> labels = Labels(["ill", "well", "ill"])
    >>> labels.encode(["well", "ill"]).ravel()
    array([1, 0], dtype=uint8)
    >>> labels.decode(np.array([[0.9], [0.2]]))
    array(['well', 'ill'], dtype='<U4')
    """

    def __init__(self, y: Any, name: str = "y") -> None:
        y = without_gaps(y)
        check_classification_targets(y)
        _check_one_or_bits(y)
        self._binarizer = LabelBinarizer().fit(y)
        self.classes: Array = self._binarizer.classes_
        if self.task != "multilabel-indicator":
            note_classes(name, self.classes.tolist(), np.asarray(y).ravel())

    @property
    def task(self) -> KindOfLabels:
        """Two classes, many classes, or many labels of which several may hold."""
        kind: KindOfLabels = self._binarizer.y_type_
        return kind

    @property
    def names(self) -> list[str]:
        """One name an output; for two classes that of the positive one, for one class that of what it is not."""
        if self.has_one_class:
            return [f"not {self.classes[0]}"]
        return [str(c) for c in (self.classes[1:] if self.task == "binary" else self.classes)]

    @property
    def has_one_class(self) -> bool:
        """Whether there is nothing to tell apart: the one output is learned to be 0, and the class is predicted."""
        return self.task == "binary" and len(self.classes) == 1

    def require_two(self) -> None:
        """Refuse one class only.

        Raises
        ------
        TargetError
            If there are not two classes to tell apart.
        """
        if self.has_one_class:
            raise one_class_only(self.classes)

    def check_all(self, y: Any) -> None:
        """Refuse labels that are not exactly the classes: a warm start goes on with the same ones."""
        found = unique_labels(without_gaps(y))
        if set(found) != set(self.classes):
            raise TargetError(
                "warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                f"Previously got {self.classes}, `y` has {found}"
            )

    def encode(self, y: Any) -> Array | ClassNumbers:
        """Return the targets, (m, k) of 0 and 1, of many classes their numbers; others than the classes are refused."""
        gaps, y = gaps_in(y), without_gaps(y)
        found = unique_labels(y)
        if np.setdiff1d(found, self.classes).size:
            raise TargetError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes}. 'y' has {found}."
            )
        if self.task == "multiclass":
            return ClassNumbers(np.searchsorted(self.classes, column_or_1d(y)), len(self.classes))
        Y = self._binarizer.transform(y)
        codes = (Y.toarray() if issparse(Y) else np.asarray(Y)).astype(np.uint8)
        return codes if gaps is None else np.where(gaps, np.nan, codes)

    def strata(self, Y: Array | ClassNumbers) -> list[Rows]:
        """Return the rows of each class, or those with and without each label."""
        places = _places(self.task, Y)
        return (
            of_classes(places)
            if self.task == "multiclass"
            else of_labels(places, np.logical_not(_missing(Y)))
        )

    def check_split(self, Y: Array | ClassNumbers, *, is_drawn: bool) -> None:
        """Refuse a class of one row, which cannot stay on both sides of a split; of rows that were drawn, warn.

        Raises
        ------
        TargetError
            If the rows are all there are, and one class has a single one.
        """
        rare = self._of_one_row(Y)
        if rare and not is_drawn:
            raise TargetError(
                f"The least populated classes in y have only 1 member: {listing(rare)}; a class stays on both sides of "
                "the split for early stopping, which takes two; add examples, leave the class out, or give "
                f"validation_data (in scikit-learn's words: Classes with too few members are: {self._shown(rare)})"
            )
        if rare:
            warnings.warn(
                f"one example with weight is left of the classes {listing(rare)}; it is learned from, so that early "
                "stopping does not see them; give more of them weight, or validation_data",
                HassenetWarning,
                stacklevel=2,
            )

    def _of_one_row(self, Y: Array | ClassNumbers) -> list[Any]:
        """Return the classes of one row; labels of which a row has several may be as rare as they are."""
        if self.task == "multilabel-indicator":
            return []
        codes = np.ravel(_places(self.task, Y)).astype(np.int64)
        return list(self.classes[np.bincount(codes, minlength=len(self.classes)) == 1].tolist())

    def _shown(self, classes: list[Any]) -> list[str]:
        """Return classes as text; 0 and 1 are truth values to scikit-learn."""
        are_bits = self.task == "binary" and self.classes.tolist() == [0, 1]
        return [str(bool(c)) if are_bits else str(c) for c in classes]

    def decode(self, prediction: Array) -> Any:
        """Return the labels that the outputs (m, k) speak for."""
        if self.task == "multiclass":
            return self.classes[prediction.argmax(axis=1)]
        return self._binarizer.inverse_transform(prediction.ravel() if self.task == "binary" else prediction)

    def accuracy(self, Y: Array | ClassNumbers, prediction: Array, weight: Array | None) -> float:
        """Return the share of rows that are right in every output; NaN, no score at all, where one is not finite."""
        if not np.isfinite(prediction).all():
            return float("nan")
        right = (_places(self.task, Y) == _places(self.task, prediction)) | _missing(Y)
        return float(np.average(right if right.ndim == 1 else right.all(axis=1), weights=weight))


def _check_one_or_bits(y: Any) -> None:
    """Refuse several labels a row that are classes of their own, and not whether each holds."""
    if type_of_target(y) == "multiclass-multioutput":
        raise TargetError(
            f"several labels of a row are 0 or 1 each; y has {np.shape(y)[1]} columns that hold others; fit one "
            "classifier a column, or take hassenet.estimators.HierarchyOutcomes"
        )


def gaps_in(y: Any) -> NDArray[np.bool_] | None:
    """Return which of several labels of each row are missing; None where none is."""
    found = targets_with_gaps(y)
    return None if found is None else np.isnan(found)


def without_gaps(y: Any) -> Any:
    """Return labels with 0 for those that are missing; all others as they are.

    >>> without_gaps(np.array([[1.0, np.nan], [0.0, 1.0]]))
    array([[1, 0],
           [0, 1]])
    """
    found = targets_with_gaps(y)
    if found is None:
        return y
    whole = np.nan_to_num(found)
    return whole.astype(np.int64) if np.isin(whole, (0, 1)).all() else whole


def _missing(Y: Array | ClassNumbers) -> Any:
    """Return which entries are missing; of class numbers none is."""
    return False if isinstance(Y, ClassNumbers) or Y.dtype.kind != "f" else np.isnan(Y)


def _places(task: KindOfLabels, outputs: Array | ClassNumbers) -> Array:
    if isinstance(outputs, ClassNumbers):
        return outputs.numbers
    return np.argmax(outputs, axis=1) if task == "multiclass" else outputs > 0.5


def one_class_only(classes: Array) -> TargetError:
    """Return the refusal of classes of which there is one alone."""
    return TargetError(
        f"y holds one class only, {classes.tolist()}: a classifier needs two or more classes to tell apart; add "
        "examples of another"
    )

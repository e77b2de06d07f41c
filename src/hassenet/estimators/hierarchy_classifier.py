"""The classifier for people who have a hierarchy."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from hassenet.data.kinds import Kind
from hassenet.estimators.as_classes import AsClasses, check_one_label, of_both
from hassenet.estimators.gaps import r2
from hassenet.estimators.hierarchy_estimator import DOMAINS, HierarchyEstimator
from hassenet.estimators.parameters import keep
from hassenet.estimators.score_of_classes import ScoreOfClasses
from hassenet.hierarchy import Hierarchy
from hassenet.model.temperature import tempered
from hassenet.selection import Setting

Array = NDArray[Any]
_TINY = np.finfo(np.float64).tiny


@final
class HierarchyClassifier(ScoreOfClasses, ClassifierMixin, HierarchyEstimator):
    """A classifier on a hierarchy that needs no tuning: networks and linear models, weighted by cross-validation.

    The one to take where there is a hierarchy. :class:`NetworkClassifier` is for those who want one network, or
    scikit-learn's ``MLPClassifier`` with its defaults.

    ``fit`` fills gaps by medians, standardises the features and clips their tails softly; tries linear models and
    networks of several penalties, neurons an element and shares of features dropped, all on the same folds; gives up
    what is clearly worse after two folds; and keeps the networks of the folds as an ensemble, a candidate of z standard
    errors behind the best with the weight exp(−z²/2). A temperature found out of fold sets the probabilities right.

    A stream (:func:`hassenet.data.open`), as of a file larger than memory, stands where X does: see :meth:`fit`.

    Parameters
    ----------
    hierarchy : Hierarchy, callable or None, default None
        H without outputs: its rank 0 names the features, matched with X's column names, or by position where X has
        none. A callable makes H of the column names, as ``Hierarchy.from_lineages`` does. None: two complete ranks.
    members : int, default 10
        Networks of each candidate: one a fold at least, else the largest multiple of ``folds`` that is not more; of a
        large task one a fold.
    folds : int, default 5
        Folds of the cross-validation; every class needs as many rows.
    settings : sequence of Setting, optional
        What to try; by default what the number of rows and the hierarchy's size call for, so that a fit stays near a
        minute on two cores.
    steps : int, optional
        Steps of each training; by default about 50√m, from 600 to 10,000.
    random_state : int, RandomState or None, default None
        For folds, initial weights and orders of examples.
    n_jobs : int or None, default None
        Trainings at a time, each on one core; None is one for each processor. The result does not depend on it.
    monotonic_cst : mapping from column to int, array-like of int, or None, default None
        Features in which the probability of the second class is monotone, as in scikit-learn's
        ``HistGradientBoosting``: 1 increasing, −1 decreasing, 0 free, by name or one a column; see
        :func:`hassenet.network.monotone`. What is tried by default then has tanh neurons. Not for more than two
        classes.
    covariates : sequence of str or int, optional
        Columns of X beside the features, as age, sex or a batch: by name, by number where X has none. The outputs of
        every network and linear model look at them, and no setting leaves them out.
    column_kinds : mapping from str to "number", "category" or "date", optional
        What columns of a table are where their values do not show it, as ``{"zip": "category"}``; columns that
        cannot be what is asked for are refused.
    covariate_penalty : float, default 0.001
        λ_c of the penalty (λ_c/2)‖w_c‖² on their weights, whatever the penalty of a setting is.
    progress : bool, default False
        Whether to show a progress bar.
    checkpoint : path-like, optional
        A folder that keeps each training of ``fit`` from the moment when it is done: killed at any moment, the same fit
        with the same folder goes on and ends with the same bits; without a random_state too, as the folder keeps a
        seed. Other data, or another hierarchy, are refused; more members or settings go on from what there is.
    every : float, optional
        Seconds that a kill costs at most, of networks that wait to be written and of those under way; by default 10, or
        more where a checkpoint takes a while. Writing takes no more than a fifth of the time, so 0 is as often as
        that.

    Attributes
    ----------
    ensemble_ : Ensemble
        The networks that are kept, with their weights; ``hassenet.explain`` takes it.
    model_ : Model
        The ensemble with the preparation of its features and the temperature; to be saved by ``hassenet.save``.
    candidates_, chosen_ : tuple of Candidate
        What was tried, the best first, and those of them that have a weight.
    out_of_fold_ : (m, number of classes) array
        The probabilities of each row by the networks that have not seen it; NaN for rows of weight 0,
        and, of a stream, for those that settings were not chosen on.
    chosen_on_ : (c,) array of int
        The rows that settings were chosen on: those that are learned from, of a stream or rows elsewhere some of them.
    selection_ : Selection
        All of it as it was found.
    classes_ : array
        The classes.
    hierarchy_ : Hierarchy
        H with the outputs on top.
    n_features_in_, feature_names_in_
        The number of features and, where X had them, their names.

    Notes
    -----
    Means of networks that differ in their seeds: Lakshminarayanan et al. (2017). Networks of folds as members: Krogh
    and Vedelsby (1994). Temperature: Guo et al. (2017). A smooth clip: Holzmüller et al. (2024).

    Examples
    --------
    >>> from hassenet.selection import Setting
    >>> X = np.random.default_rng(0).normal(size=(60, 3))
    >>> y = np.where(X[:, 0] > 0, "ill", "well")
    >>> H = Hierarchy.subsets(3)
    >>> settings = [Setting(0.01), Setting(0.01, neurons=2)]
    >>> clf = HierarchyClassifier(H, folds=2, members=2, settings=settings, steps=50, random_state=0).fit(
    ...     X, y
    ... )
    >>> clf.predict([[2.0, 0.0, np.nan]]).tolist()
    ['ill']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = DOMAINS

    _learned_as: AsClasses
    _score_with_gaps = staticmethod(r2)

    def __init__(
        self,
        hierarchy: Hierarchy | Callable[[Sequence[str]], Hierarchy] | None = None,
        *,
        members: int = 10,
        folds: int = 5,
        settings: Sequence[Setting] | None = None,
        steps: int | None = None,
        random_state: Any = None,
        n_jobs: int | None = None,
        monotonic_cst: Any = None,
        covariates: Sequence[Hashable] | None = None,
        column_kinds: Mapping[str, Kind] | None = None,
        covariate_penalty: float = 0.001,
        progress: bool = False,
        checkpoint: str | PathLike[str] | None = None,
        every: float | None = None,
    ) -> None:
        keep(self, locals())

    # ---------------------------------------------------------------- predictions

    @property
    def classes_(self) -> Array:
        """The classes, in the order of the columns of :meth:`predict_proba`."""
        return self._learned_as.labels.classes

    def predict(self, X: Any) -> Array:
        """Return the most probable class of each example.

        Parameters
        ----------
        X : (m, n) array, table or stream
            NaN where a feature is missing.

        Returns
        -------
        (m,) array of labels
        """
        return self._predicted(self._validated_features(X))

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class.

        Parameters
        ----------
        X : (m, n) array, table or stream

        Returns
        -------
        (m, number of classes) array
            Columns in the order of ``classes_``.
        """
        X = self._validated_features(X)
        return self.model_.predict_proba(X)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the log of :meth:`predict_proba`, finite also where p rounds to 0.

        Parameters
        ----------
        X : (m, n) array, table or stream

        Returns
        -------
        (m, number of classes) array
        """
        return np.log(np.maximum(self.predict_proba(X), _TINY))

    # ---------------------------------------------------------------- what the base class asks

    def _predicted(self, X: Any, offset: Any = None) -> Array:
        return self.classes_[self.model_.predict_proba(X).argmax(axis=1)]

    def _checked(self, X: Any, y: Any, names: Sequence[str] | None) -> tuple[Array, Array]:
        self._learned_as = AsClasses((names or ("y",))[0])
        return self._validated(X, y)

    def _of_part(self, y: Any, names: Sequence[str] | None) -> Array:
        labels = super()._of_part(y, names)
        check_one_label(labels)
        check_classification_targets(labels)
        return labels

    def _in_units(self, out_of_fold: Array) -> Array:
        return tempered(of_both(out_of_fold), self.model_.temperature)

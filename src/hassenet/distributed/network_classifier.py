"""The classifier on several machines, a single network."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.classifier import DaskClassifier
from hassenet.distributed.estimator import FEW
from hassenet.estimators import NetworkClassifier


@final
class DaskNetworkClassifier(DaskClassifier):
    """:class:`hassenet.NetworkClassifier` whose rows lie on the workers of a Dask cluster.

    The network is that of the estimator without Dask on all rows at once, to rounding. A batch should be large, as each
    is a message to every worker: ``solver="lbfgs"``, or ``batch_size`` of thousands. Batches of up to 100,000 rows are
    the same examples; of more rows, where y is a collection, targets stay on the workers, and each partition has its
    share of every batch, in an order of its own.

    Parameters
    ----------
    *positional, **parameters
        Those of :class:`hassenet.NetworkClassifier`.
    client : distributed.Client, optional
        By default the one that was made last.

    Attributes
    ----------
    client_ : distributed.Client
        The one it was fitted with. What else was learned is here under its name too, as ``classes_``.

    Examples
    --------
    >>> import dask.array, numpy as np
    >>> from distributed import Client
    >>> X = dask.array.from_array(np.eye(4), chunks=(2, 4))
    >>> y = np.array(["ill", "ill", "well", "well"])
    >>> with Client(processes=False, n_workers=1, dashboard_address=":0") as client:
    ...     clf = DaskNetworkClassifier((2,), solver="lbfgs", random_state=0, client=client).fit(X, y)
    ...     prediction = clf.predict(X).compute()
    >>> prediction.tolist()
    ['ill', 'ill', 'well', 'well']
    """

    _kind: ClassVar[Any] = NetworkClassifier
    _most_here: ClassVar[float] = FEW

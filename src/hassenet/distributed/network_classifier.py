"""The classifier on several machines, a single network."""

from __future__ import annotations

from typing import Any, ClassVar, final

from hassenet.distributed.classifier import DaskClassifier
from hassenet.estimators import NetworkClassifier


@final
class DaskNetworkClassifier(DaskClassifier):
    """:class:`hassenet.NetworkClassifier` whose rows lie on the workers of a Dask cluster.

    The network is that of the estimator without Dask on all rows at once, to rounding: batches are the same examples. A
    batch should be large, as each is a message to every worker: ``solver="lbfgs"``, or ``batch_size`` of thousands.

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

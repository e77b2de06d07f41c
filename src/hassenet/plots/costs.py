"""The course of training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter
from numpy.typing import ArrayLike, NDArray

from hassenet.errors import ParameterError
from hassenet.plots.checks import numbers, vector
from hassenet.plots.curves import curve_of
from hassenet.plots.style import ACCENT, INK, MUTED, SECOND, axes_of, literal, tidy

Floats = NDArray[np.float64]


@literal
def plot_costs(history: Any, *, costs: ArrayLike | None = None, ax: Axes | None = None) -> Figure:
    """Draw the costs of a training run: a thin line a step, a thick one an epoch, the validation cost beside them.

    What stands at 3 was there when three epochs were over: the validation cost of the third one, and its last step. The
    cost of an epoch is the mean over its steps, and stands in their middle, at 2.5. The epoch with the
    lowest validation cost is marked. The axis is logarithmic where costs span more than a factor of ten and all are
    above 0.

    Parameters
    ----------
    history : sequence of Epoch, Fit, Model, fitted estimator or pipeline, or sequence of numbers
        ``fit.history``, or what has one; each row has ``cost`` and ``validation_cost``, NaN where there was no
        validation. Numbers are costs, one an epoch, as an estimator's ``loss_curve_``.
    costs : (steps,) array, optional
        ``fit.costs``: J of the batch, one a step.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Figure
        The matplotlib figure.

    Raises
    ------
    ParameterError
        If there is neither an epoch nor a step to draw, or a cost is not finite.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> rows = [SimpleNamespace(cost=1 / k, validation_cost=1 / k + 0.1 * k) for k in range(1, 6)]
    >>> plot_costs(rows).axes[0].get_xlabel()
    'epoch'
    """
    rows, costs = curve_of(history), getattr(history, "costs", None) if costs is None else costs
    per_epoch = vector("the cost of an epoch", [row.cost for row in rows])
    validation = numbers("the validation cost", [row.validation_cost for row in rows])
    per_step = vector("costs", () if costs is None else costs)
    if not (len(rows) or len(per_step)):
        raise ParameterError(
            "costs need something to draw: at least one epoch of history, or costs=fit.costs"
        )
    figure, ax = axes_of(ax, (6.4, 3.8))
    _draw_steps(ax, per_step, len(rows))
    _draw_epochs(ax, per_epoch, validation)
    _finish(ax, np.concatenate([per_step, per_epoch, validation]))
    return figure


def _draw_steps(ax: Axes, costs: Floats, epochs: int) -> None:
    if len(costs):
        x = np.arange(1, len(costs) + 1) * (max(epochs, 1) / len(costs))
        ax.plot(
            x,
            costs,
            color=ACCENT,
            alpha=0.4,
            linewidth=0.6,
            label="training, each step (one batch)",
            gid="steps",
        )


def _draw_epochs(ax: Axes, costs: Floats, validation: Floats) -> None:
    epochs = np.arange(1, len(costs) + 1)
    marker = "o" if len(costs) < 2 else ""
    if len(costs):
        ax.plot(epochs - 0.5, costs, color=ACCENT, linewidth=2.2, marker=marker, label="training, mean of each epoch",
                gid="epochs")  # fmt: skip
    if np.isfinite(validation).any():
        ax.plot(
            epochs,
            validation,
            color=SECOND,
            linewidth=2.2,
            marker=marker,
            label="validation, after each epoch",
            gid="validation",
        )
        _mark_best(ax, validation)


def _mark_best(ax: Axes, validation: Floats) -> None:
    best = int(np.nanargmin(validation))
    label = f"lowest validation cost: {validation[best]:.3g} in epoch {best + 1}"
    ax.plot([best + 1], [validation[best]], "o", markersize=8, markerfacecolor="white", markeredgecolor=SECOND,
            markeredgewidth=2, label=label, zorder=4, gid="best")  # fmt: skip


def _finish(ax: Axes, values: Sequence[float] | Floats) -> None:
    finite = np.asarray(values)[np.isfinite(values)]
    if len(finite) and finite.min() > 0 and finite.max() > 10 * finite.min():
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
    tidy(ax)
    ax.set_xlabel("epoch", color=INK)
    ax.set_ylabel("cost J (mean loss + penalty)", color=INK)
    ax.margins(x=0.02)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(frameon=False, fontsize=9, labelcolor=MUTED)

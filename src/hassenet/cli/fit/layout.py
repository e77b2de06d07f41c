"""The hierarchy of a network: the one that the user gave or that of the columns, its top the target."""

from __future__ import annotations

from collections.abc import Sequence

from hassenet.cli.fit.encoded import Encoded
from hassenet.cli.fit.options import FitOptions
from hassenet.shaping import covariates
from hassenet.task.architecture import Architecture
from hassenet.task.columns import Layout, layout_of_columns
from hassenet.task.names import distinct


def layout_for(found: Encoded, outputs: Sequence[str], o: FitOptions) -> Layout:
    """Return a graded hierarchy with heads on top: the one given, or columns over their features and complete ranks.

    Covariates stand beside the features, and all heads look at them.
    """
    made = _on_elements(found, distinct(outputs, taken=found.covariates), o)
    return (
        made._replace(hierarchy=covariates(made.hierarchy, found.covariates).hierarchy)
        if found.covariates
        else made
    )


def _on_elements(found: Encoded, outputs: Sequence[str], o: FitOptions) -> Layout:
    H = found.hierarchy
    if H is None:
        return layout_of_columns(found.of_elements, o.hidden_layer_sizes, outputs, o.hidden)
    architecture = Architecture(H, heads=o.heads, auxiliary=o.auxiliary)
    return Layout(architecture.built(None, H.shape[0], outputs), o.hidden)

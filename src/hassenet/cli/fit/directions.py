"""The features with which the output is to rise, or to fall, as the command line names them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import click

from hassenet.cli.fit.options import FitOptions
from hassenet.data.encoding import Encoding
from hassenet.errors import FeatureError, listing
from hassenet.hierarchy.labels import as_text
from hassenet.task.columns import check_directions_of_features


def directions_of(
    o: FitOptions, features: Sequence[Hashable], encoding: Encoding | None = None
) -> dict[Hashable, int]:
    """Return 1 or −1 for each feature that ``--increasing`` or ``--decreasing`` names, and print which they are.

    Raises
    ------
    FeatureError
        If a name is not that of a feature; of a column that ``encoding`` made into several the message names these.
    UsageError
        If both options name one.
    """
    feature = {as_text(e): e for e in features}
    up, down = (_named(texts, feature, encoding) for texts in (o.increasing, o.decreasing))
    both = set(up) & set(down)
    if both:
        raise click.UsageError(
            "an output rises with a feature or falls: --increasing and --decreasing both name "
            f"{listing(sorted(both))}; leave it out of one"
        )
    parts = [
        f"never {what} with {listing(names)}" for what, names in (("falls", up), ("rises", down)) if names
    ]
    if parts:
        o.say(f"the output {', '.join(parts)}")
    return {feature[name]: 1 for name in up} | {feature[name]: -1 for name in down}


def _named(texts: Sequence[str], feature: dict[str, Hashable], encoding: Encoding | None) -> list[str]:
    """Return the names in texts that hold one or, with commas between, several."""
    names = [name.strip() for text in texts for name in ([text] if text in feature else text.split(","))]
    unknown = [name for name in names if name not in feature]
    check_directions_of_features(unknown, encoding)
    if unknown:
        raise FeatureError(
            f"--increasing and --decreasing name features: {listing(unknown)} is not among {listing(feature, 5)}; name "
            "these"
        )
    return names

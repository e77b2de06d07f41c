"""The options of ``hassenet fit`` that say what targets are, beside their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from hassenet.outcomes.recognition import Wish

C = TypeVar("C", bound=Callable[..., Any])

KINDS = ("classification", "regression", "ordinal", "count")
LIKELIHOODS = (
    "gaussian",
    "student_t",
    "laplace",
    "poisson",
    "negative_binomial",
    "zero_inflated_poisson",
    "zero_inflated_negative_binomial",
)


def _kinds(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """Return the kinds in ``COLUMN=KIND``, by column."""
    pairs = [text.rpartition("=")[::2] for text in texts]
    strange = [text for text, (name, kind) in zip(texts, pairs, strict=True) if not name or kind not in KINDS]
    if strange:
        raise click.BadParameter(
            f"it is COLUMN=KIND, with a kind of {', '.join(KINDS)}, as visits=count; got {strange[0]!r}"
        )
    return dict(pairs)


def _shares(_: click.Context, __: click.Parameter, text: str | None) -> tuple[float, ...]:
    """Return the numbers in ``.1,.5,.9``."""
    if text is None:
        return ()
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = (0.0,)
    if not all(0 < share < 1 for share in shares):
        raise click.BadParameter(f"they lie between 0 and 1, with commas between, as .1,.5,.9; got {text!r}")
    return shares


def _names(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Return the names in a text with commas between."""
    return () if text is None else tuple(part.strip() for part in text.split(","))


_OPTIONS = (
    click.option(
        "--kind",
        "kinds",
        multiple=True,
        metavar="COLUMN=KIND",
        callback=_kinds,
        help=f"What one of several targets is: {', '.join(KINDS)}; may be repeated.  [default: as --task has it]",
    ),
    click.option(
        "--time",
        metavar="COLUMN",
        help="A time until an event, as a target: until it was seen, or else until the row was last observed.",
    ),
    click.option(
        "--event",
        metavar="COLUMN[=CELL]",
        help="Of --time: whether the event was seen (1, true, yes), or the cell that says so, as status=dead.",
    ),
    click.option(
        "--strata", metavar="COLUMN", help="Of --time: rows are compared within their stratum, as a centre."
    ),
    click.option(
        "--survival",
        type=click.Choice(["cox", "discrete"]),
        default="cox",
        show_default=True,
        help="Of --time: proportional hazards, or a hazard in each of some intervals.",
    ),
    click.option(
        "--intervals",
        type=click.IntRange(2),
        default=10,
        show_default=True,
        help="Of --survival discrete: how many, with about equally many events each.",
    ),
    click.option(
        "--quantiles",
        metavar="SHARES",
        callback=_shares,
        help="Of a regression: learn these quantiles in place of the mean, as .1,.5,.9.",
    ),
    click.option(
        "--likelihood",
        type=click.Choice(LIKELIHOODS),
        help="Of a regression or of counts.  [default: gaussian, negative_binomial]",
    ),
    click.option(
        "--order",
        metavar="CLASSES",
        callback=_names,
        help="Of an ordinal target: its classes with commas between, the lowest first.  [default: that of numbers]",
    ),
    click.option(
        "--offset", metavar="COLUMN", help="Column that is added to the signal of the target, of weight 1."
    ),
    click.option(
        "--exposure",
        metavar="COLUMN",
        help="Column with which counts grow, as years or a library size: its logarithm is an offset.",
    ),
)
OPTIONS = (
    "kinds",
    "time",
    "event",
    "strata",
    "survival",
    "intervals",
    "quantiles",
    "likelihood",
    "order",
    "offset",
    "exposure",
)
"""The names of these options."""


_LEFT_OUT: Mapping[str, Any] = MappingProxyType(
    {
        "kinds": MappingProxyType({}),
        "time": None,
        "event": None,
        "strata": None,
        "survival": "cox",
        "intervals": 10,
        "quantiles": (),
        "likelihood": None,
        "order": (),
        "offset": None,
        "exposure": None,
        "positive": None,
    }
)
"""What the options are of a command that does not take them."""


def outcome_options(command: C) -> C:
    """Give a command the options about targets that are more than one class or plain numbers."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def wish_of(given: Mapping[str, Any]) -> Wish:
    """Return what is known of the targets, of the options of a command; what it does not take is as if not given."""
    from hassenet.outcomes import OffsetColumn
    from hassenet.outcomes.recognition import Wish

    options = {**_LEFT_OUT, **given}
    event, equals, cell = (options["event"] or "").partition("=")
    added = options["offset"] or options["exposure"]
    return Wish(
        task=options["task"],
        kinds=options["kinds"],
        time=options["time"],
        event=event or None,
        seen=cell if equals else None,
        stratum=options["strata"],
        survival=options["survival"],
        intervals=options["intervals"],
        quantiles=options["quantiles"],
        likelihood=options["likelihood"],
        order=options["order"],
        offset=None if added is None else OffsetColumn(added, options["exposure"] is not None),
        positive=options["positive"],
    )

"""The options of ``hassenet fit``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, final

import click
from click.core import ParameterSource

from hassenet.cli.fit.wishes import OPTIONS, wish_of
from hassenet.cli.reading import TableOptions, gathered
from hassenet.cli.terminal import echo

if TYPE_CHECKING:
    from hassenet.hierarchy.hierarchy import Over
    from hassenet.outcomes.recognition import Wish
    from hassenet.training import TrainingOptions

_MOST_ELEMENTS = 10_000_000
_VALIDATION = 0.1
_BATCH = 32

FOLDS = 5
"""Into how many parts the rows are divided that settings are chosen on."""


@final
@dataclass(frozen=True)
class FitOptions:
    """What the user asked for, beside how the network is trained.

    Attributes
    ----------
    training : TrainingOptions
        All that has to do with a training; its loss comes with the target.
    """

    data: Path
    target: tuple[str, ...]
    out: Path
    hierarchy: tuple[Path, ...]
    hierarchy_format: str | None
    lineage_sep: str | None
    task: str
    positive: str | None
    drop: tuple[str, ...]
    increasing: tuple[str, ...]
    decreasing: tuple[str, ...]
    log10: float | None
    standardize: bool
    hidden_layer_sizes: tuple[int, ...]
    activation: str | None
    heads: Over
    auxiliary: Literal["rank", "element"] | None
    auxiliary_weight: float
    single: bool
    members: int
    test_size: float
    plots: bool
    force: bool
    quiet: bool
    training: TrainingOptions
    reading: TableOptions
    covariate: tuple[str, ...] = ()
    covariate_l2: float = 0.001
    checkpoint: Path | None = None
    every: float | None = None
    categorical: tuple[str, ...] = ()
    numerical: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    batch_size: int | None = None
    wish: Wish = field(kw_only=True)

    @staticmethod
    def of(
        *,
        epochs: int,
        batch_size: int | None,
        learning_rate: float,
        l2: float,
        dropout: float,
        early_stopping: bool,
        seed: int,
        **others: Any,
    ) -> FitOptions:
        """Return the options as the command line has them, by their names there."""
        from hassenet.optimizers import Adam
        from hassenet.penalties import L2, NoPenalty, Separate
        from hassenet.training import EarlyStopping, TrainingOptions

        rest = L2(l2) if l2 else None
        beside = Separate(rest or NoPenalty(), others["covariate_l2"])
        training = TrainingOptions(
            penalty=beside if others["covariate"] else rest,
            optimizer=Adam(learning_rate),
            batch_size=batch_size or _BATCH,
            epochs=epochs,
            dropout=dropout,
            seed=seed,
            validation_fraction=_VALIDATION if early_stopping else 0.0,
            early_stopping=EarlyStopping() if early_stopping else None,
        )
        rest_of = {name: value for name, value in others.items() if name not in OPTIONS}
        return FitOptions(training=training, batch_size=batch_size, wish=wish_of(others), **gathered(rest_of))

    def say(self, text: str) -> None:
        """Print a line unless told to be quiet."""
        if not self.quiet:
            echo(text)

    @property
    def has_hierarchy(self) -> bool:
        """Whether a hierarchy is given, as a file or in the names of the columns."""
        return bool(self.hierarchy) or self.lineage_sep is not None

    @property
    def hidden(self) -> str:
        """The activation of hidden elements: tanh where a hierarchy is given, whose elements stand for something."""
        return self.activation or ("tanh" if self.has_hierarchy else "relu")


@final
@dataclass(frozen=True)
class _Given:
    """The options of a command line, and the names of those that the user gave."""

    options: Mapping[str, Any]
    names: set[str]

    @property
    def hierarchies(self) -> set[str]:
        """The options given that say where a hierarchy comes from."""
        return self.names & {"hierarchy", "lineage_sep"}

    @property
    def are_for_a_choice(self) -> bool:
        """Whether there is no option about one network."""
        return self.names <= _OF_ANY_FIT


_OF_ANY_FIT = frozenset(
    """
    sep decimal encoding transpose layer var_names targets cache
    data target out hierarchy hierarchy_format lineage_sep task positive drop
    categorical numerical date increasing decreasing log10
    members test_size seed
    covariate covariate_l2 plots force quiet checkpoint every resume
    kinds time event strata survival intervals quantiles likelihood order offset exposure
    """.split()  # noqa: SIM905 - names, not a line for each of them
)
"""Options beside those about one network: with any of the others its settings are the user's, and are not chosen."""

_CONTRADICTIONS: tuple[tuple[Callable[[_Given], bool], str], ...] = (
    (
        lambda given: len(given.hierarchies) > 1,
        "a hierarchy comes from --hierarchy or from --lineage-sep; give one of the two",
    ),
    (
        lambda given: bool(given.hierarchies) and "hidden_layer_sizes" in given.names,
        "a hierarchy has its own hidden elements; --hidden-layer-sizes is for networks without one; leave one out",
    ),
    (
        lambda given: "hierarchy_format" in given.names and "hierarchy" not in given.names,
        "--hierarchy-format is that of --hierarchy; there is none; give --hierarchy",
    ),
    (
        lambda given: "heads" in given.names and not given.hierarchies,
        "--heads says what outputs see of a hierarchy; there is none; give --hierarchy or --lineage-sep",
    ),
    (
        lambda given: (
            "auxiliary" in given.names and not (given.hierarchies and given.options["heads"] != "maximal")
        ),
        "--auxiliary puts heads on a hierarchy, beside outputs that look at all of it; give --hierarchy or "
        "--lineage-sep, and leave --heads all, or give --heads features",
    ),
    (
        lambda given: "members" in given.names and not given.are_for_a_choice,
        "--members are networks of settings that are chosen; leave out options about one network",
    ),
    (
        lambda given: bool(given.options.get("event")) != bool(given.options.get("time")),
        "a time until an event is --time and --event, which says whether it was seen; give both",
    ),
    (
        lambda given: bool(given.names & {"strata", "survival", "intervals"}) and not given.options["time"],
        "--strata, --survival and --intervals are about --time; there is none; give --time and --event",
    ),
    (
        lambda given: "intervals" in given.names and given.options["survival"] != "discrete",
        "--intervals are those of --survival discrete; give both",
    ),
    (
        lambda given: "strata" in given.names and given.options.get("survival") == "discrete",
        "--strata are those of --survival cox; of hazards in intervals name the column as a feature or --covariate",
    ),
    (
        lambda given: {"offset", "exposure"} <= given.names,
        "an exposure is an offset, its logarithm; give --offset or --exposure",
    ),
    (
        lambda given: "covariate_l2" in given.names and "covariate" not in given.names,
        "--covariate-l2 is the penalty of covariates; there are none; give --covariate",
    ),
    (
        lambda given: "auxiliary_weight" in given.names and "auxiliary" not in given.names,
        "--auxiliary-weight is that of auxiliary heads; there are none; give --auxiliary",
    ),
)
"""Options that contradict each other, or that would do nothing, with the message about each."""


def chooses_settings(context: click.Context) -> bool:
    """Return whether settings are to be chosen: there is no option about one network."""
    return _given(context).are_for_a_choice


def _given(context: click.Context) -> _Given:
    o = context.params
    sources = {name: context.get_parameter_source(name) for name in o}
    return _Given(o, {name for name, source in sources.items() if source is ParameterSource.COMMANDLINE})


def check_together(context: click.Context) -> None:
    """Refuse options that contradict each other, or that would do nothing.

    Raises
    ------
    UsageError
        With the options' names.
    """
    o = context.params
    given = _given(context)
    for contradicts, message in _CONTRADICTIONS:
        if contradicts(given):
            raise click.UsageError(message)
    if not o["target"] and not o.get("time"):
        raise click.UsageError(
            "Missing option '--target': the column to predict; of survival --time and --event."
        )
    twice = next((name for name in o["target"] if o["target"].count(name) > 1), None)
    if twice is not None:
        raise click.UsageError(f"a target is named once; --target {twice!r} came twice; leave one out")


def sizes(_: click.Context, __: click.Parameter, value: str) -> tuple[int, ...]:
    """Return the numbers in ``"64,32"``; an empty text means no hidden layer."""
    try:
        numbers = tuple(int(part) for part in value.split(",") if part.strip())
    except ValueError:
        numbers = (0,)
    if any(n < 1 for n in numbers):
        raise click.BadParameter(
            f"sizes are whole numbers from 1 on, with commas between, such as 64,32; got {value!r}"
        )
    if sum(numbers) > _MOST_ELEMENTS:
        raise click.BadParameter(
            f"a network has at most {_MOST_ELEMENTS:,} hidden elements here; got {sum(numbers):,}; give fewer"
        )
    return numbers

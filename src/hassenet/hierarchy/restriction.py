"""What a restriction dropped, and why."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import final
from unicodedata import normalize

from hassenet.errors import listing
from hassenet.hierarchy.relay import Relay
from hassenet.hierarchy.report import Count, Report

Elements = tuple[Hashable, ...]

FEW = 0.05
"""The share of the given features below which a match looks like two kinds of names."""


UPSIDE_DOWN = (
    "does the hierarchy stand upside down? choose the lower and the upper column (lower=, upper=; --lower, --upper), "
    "or where arrows lead (arrows='down'; --arrows)"
)
"""What to ask where features are elements above rank 0."""


def looks(name: Hashable) -> str:
    r"""Return what a reader sees of a name: neither capitals, nor blanks, nor how an accent is put on its letter.

    >>> looks("Ame\u0301 1") == looks("am\xe91\u200b")
    True
    """
    letters = normalize("NFC", str(name)).lower()
    return "".join(letter for letter in letters if letter.isprintable() and not letter.isspace())


def no_match(given: Sequence[Hashable], rank_0: Sequence[Hashable], ranks: Sequence[int]) -> str:
    """Return the message that none of the given features is an element of rank 0; some are of the ranks given.

    >>> print(no_match(["TP53"], ["Hypoxia"], [1])[:85])
    none of the 1 features is an element of rank 0, but 1 of higher ones, of rank 1 first
    """
    other = f", but {len(ranks):,} of higher ones, of rank {min(ranks)} first" if ranks else ""
    remedy = UPSIDE_DOWN if ranks else "give the same names to both"
    return (
        f"none of the {len(given):,} features is an element of rank 0{other}: features are, for instance, "
        f"{listing(given, 3)}, elements of rank 0 {listing(rank_0, 3)}; {remedy}"
    )


@final
@dataclass(frozen=True)
class Restriction:
    """What ``Hierarchy.restrict`` kept and dropped, by its reason; it prints as its report.

    Attributes
    ----------
    features : tuple
        The features kept, in the order of the new rank 0.
    unknown : tuple
        Features given that are not elements.
    above : tuple
        Features given that are elements above rank 0.
    left_out : tuple
        Elements of rank 0 that were not given.
    unreached : tuple
        Elements above rank 0 that no kept feature reaches.
    relays : tuple of Relay
        Relays that nothing reads, or nothing feeds, any more.
    """

    features: Elements
    unknown: Elements
    above: Elements
    left_out: Elements
    unreached: Elements
    relays: tuple[Relay, ...]

    @staticmethod
    def of(
        elements: Container[Hashable],
        rank_0: Elements,
        given: Sequence[Hashable],
        known: Sequence[Hashable],
        dropped: Iterable[Hashable],
    ) -> Restriction:
        """Sort what was dropped of a hierarchy's elements, and of its rank 0, by its reason."""
        kept, features = set(known), set(rank_0)
        dropped = list(dropped)
        upper = [e for e in dropped if e not in features]
        return Restriction(
            features=tuple(known),
            unknown=tuple(f for f in given if f not in elements),
            above=tuple(f for f in given if f in elements and f not in kept),
            left_out=tuple(e for e in dropped if e in features),
            unreached=tuple(e for e in upper if not isinstance(e, Relay)),
            relays=tuple(e for e in upper if isinstance(e, Relay)),
        )

    def __repr__(self) -> str:
        return f"<Restriction: {self.n_given:,} features given, {len(self.features):,} kept>"

    @property
    def n_given(self) -> int:
        """How many features were given."""
        return len(self.features) + len(self.unknown) + len(self.above)

    @property
    def doubt(self) -> str:
        """What is odd about the match; empty if nothing is.

        Fewer than 5 % of the features are elements, or more of them are elements above rank 0 than in it.
        """
        if len(self.above) > len(self.features):
            return (
                f"{len(self.above):,} of {self.n_given:,} features are elements above rank 0, for instance "
                f"{listing(self.above, 3)}, and only {len(self.features):,} are of it; {UPSIDE_DOWN}"
            )
        if len(self.features) >= FEW * self.n_given:
            return ""
        there = self.left_out or self.features
        return (
            f"only {len(self.features):,} of {self.n_given:,} names matched: features are, for instance, "
            f"{listing(self.unknown + self.above, 3)}; elements of rank 0 {listing(there, 3)}; "
            "give both the same kind of names"
        )

    @property
    def report(self) -> Report:
        """The same in counts, as every step of shaping reports; a doubt is a fault."""
        return Report(
            "restrict",
            made=(Count(f"features kept, of {self.n_given:,} given", len(self.features)),),
            dropped=(
                Count.of("features given that are no element", self.unknown),
                Count.of("features given that are elements above rank 0", self.above),
                Count.of("features of the hierarchy that were not given", self.left_out),
                Count.of("elements that no feature reaches", self.unreached),
            ),
            faults=(
                *((Count(self.doubt, len(self.features)),) if self.doubt else ()),
                Count.of(
                    "features given that differ from names of the hierarchy in capitals, blanks or accents' form alone",
                    self.alike,
                    "write both alike (unicodedata.normalize('NFC', name) for accents)",
                ),
            ),
        )

    @property
    def alike(self) -> Elements:
        """The features given that are no element, and look like one of rank 0 that was not given."""
        there = {looks(name) for name in self.left_out} if self.unknown else set()
        return tuple(name for name in self.unknown if looks(name) in there)

    def __str__(self) -> str:
        return str(self.report)

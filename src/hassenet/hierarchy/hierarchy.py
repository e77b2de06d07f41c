"""H: a hierarchy, the finite graded poset that a network is built on."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations, pairwise
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from hassenet._checks import is_whole_number, require_seed
from hassenet.errors import (
    DuplicateElementError,
    FeatureError,
    HassenetWarning,
    HierarchyError,
    NotGradedError,
    ParameterError,
    UnknownElementError,
    listing,
)
from hassenet.hierarchy import grading, poset, random, relation
from hassenet.hierarchy import signs as signing
from hassenet.hierarchy.covariate import Covariate
from hassenet.hierarchy.covers import Covers
from hassenet.hierarchy.labels import as_text, by_text
from hassenet.hierarchy.lineages import taxa
from hassenet.hierarchy.relation import Pair
from hassenet.hierarchy.relation import Ranking as Ranking
from hassenet.hierarchy.relay import Relay as Relay
from hassenet.hierarchy.restriction import Restriction, no_match

Indices = NDArray[np.int64]
Signs = NDArray[np.int8]
Over = Literal["all", "features", "maximal"]
"""What outputs on top look at."""

_NO_SKIPS: Indices = np.zeros((2, 0), np.int64)


@final
@dataclass(frozen=True, eq=False, repr=False)
class Hierarchy:
    """H = (P, ⊑, φ, ≤′): a finite graded poset with an order on each rank.

    Use one of the constructors: :meth:`complete`, :meth:`from_covers`, :meth:`from_relation`, :meth:`from_lineages`,
    :meth:`subsets`, :meth:`random`, :meth:`from_networkx`.

    Parameters
    ----------
    ranks : tuple of tuples of Hashable
        The names of the elements of each rank, in the order ≤′.
    layers : tuple of Covers
        The covers from rank i to rank i + 1, 0 ≤ i < D.
    skips : (2, k) array of int, optional
        Covers (lower, upper) that skip ranks, as element numbers counted through the ranks. A hierarchy with any is
        not graded yet; see :meth:`graded`.
    skip_signs : (k,) array of int8, optional
        The signs of those, as the layers have them of theirs; see :meth:`with_signs`.

    Examples
    --------
    >>> H = Hierarchy.from_covers([("a", "b"), ("c", "b")])
    >>> H.ranks
    (('a', 'c'), ('b',))
    >>> H.below("b")
    ('a', 'c')
    """

    ranks: tuple[tuple[Hashable, ...], ...]
    layers: tuple[Covers, ...]
    skips: Indices = field(default_factory=lambda: _NO_SKIPS)
    skip_signs: Signs | None = None

    def __post_init__(self) -> None:
        """Refuse layers that do not fit the ranks, names that occur twice, and relays that change a sign."""
        shapes = [(up, low) for low, up in pairwise(self.shape)]
        if [layer.shape for layer in self.layers] != shapes:
            raise HierarchyError(
                f"between ranks of sizes {self.shape} there are layers of shapes {shapes}; "
                f"got {[layer.shape for layer in self.layers]}; use one of the constructors"
            )
        if len(self._number) != self.n_elements:
            twice = [e for e, times in Counter(chain(*self.ranks)).items() if times > 1]
            raise DuplicateElementError(
                f"an element has one place: {listing(twice)} occur(s) more than once; give each element its own name"
            )
        self._check_relays_keep_signs()

    def _check_relays_keep_signs(self) -> None:
        """Look at the covers that have signs alone: a complete layer without may stand for any number of them."""
        above = ((i, layer) for i, layer in enumerate(self.layers, 1) if layer.signs is not None)
        odd = [self.ranks[i][k] for i, layer in above for k in layer.signed_rows() if self.relays(i)[k]]
        if self.skip_signs is not None:
            odd += [self._name(k) for k in self.skips[1, self.skip_signs != 0] if self._is_relay[k]]
        if odd:
            raise HierarchyError(
                f"a relay hands on a value as it is: the cover below {odd[0]!s} has a sign; give it to the cover that "
                "reads the relay"
            )

    # ---------------------------------------------------------------- constructors

    @classmethod
    def complete(cls, *shape: int, names: Sequence[Sequence[Hashable] | None] | None = None) -> Hierarchy:
        """Return P(n₀,…,n_D), where every element covers all of the rank below: the dense network.

        Parameters
        ----------
        *shape : int
            n₀,…,n_D, each at least 1.
        names : a sequence of names per rank, optional
            None for a rank that is given none, as [columns, None, None].
            By default x0, x1, … at rank 0, h1_0, … at rank 1, and so on, y0, … at rank D.

        Raises
        ------
        ParameterError
            If a size is not a positive integer, or names do not fit the sizes.

        Examples
        --------
        >>> Hierarchy.complete(784, 128, 10)
        Hierarchy(shape=(784, 128, 10), covers=101,632, density=1)
        """
        sizes = random.checked_shape(shape)
        ranks = random.given_names(sizes, names)
        relation.check_names(chain(*ranks))
        if tuple(map(len, ranks)) != sizes:
            raise ParameterError(
                f"names must fit the shape {sizes}, one name an element; got {tuple(map(len, ranks))} names"
            )
        return cls(ranks, tuple(Covers((up, low)) for low, up in pairwise(sizes)))

    @classmethod
    def from_covers(
        cls,
        pairs: Iterable[Pair],
        *,
        rank: Ranking = "below",
        elements: Iterable[Hashable] = (),
        signs: signing.Given | None = None,
    ) -> Hierarchy:
        """Return the hierarchy of the given covers (lower, upper).

        Parameters
        ----------
        pairs : iterable of (lower, upper)
            lower ⋖ upper, each a cover. A pair given twice counts once.
        rank : "below", "above" or a mapping from element to int
            φ. "below": the length of the longest chain from below. "above": D minus the longest chain above, the
            elements with nothing below stay at rank 0. A mapping gives every element's rank (a taxonomy's levels).
        elements : iterable of Hashable
            Elements that may occur in no pair; they come first in the order of their rank.
        signs : mapping from (lower, upper) to a sign, or an iterable of one a pair, optional
            1 or "activates", −1 or "inhibits", 0 or nothing: the sign that the weight of this cover keeps while a
            network is trained; see :meth:`with_signs`.

        Raises
        ------
        CycleError
            If the relation returns to where it started.
        HierarchyError
            If a pair is implied by others (use :meth:`from_relation`), a given rank does not grow along a pair, or a
            pair came with both signs.

        Examples
        --------
        >>> H = Hierarchy.from_covers([("BRCA2", "Homologous repair"), ("Homologous repair", "DNA repair")])
        >>> H.rank("DNA repair")
        2
        """
        pairs = list(pairs) if signs is not None else pairs
        names, lower, upper = relation.numbered(pairs, elements)
        phi = relation.ranks_of(names, lower, upper, rank)
        cover = poset.is_cover(len(names), lower, upper, phi)
        if not cover.all():
            first = int(np.argmin(cover))
            p, q = lower[first], upper[first]
            between = names[poset.an_element_between(len(names), lower, upper, phi, p, q)]
            raise HierarchyError(
                f"not a cover: {names[q]!r} covers {names[p]!r}, but {between!r} lies strictly between; "
                "give covers only, or use Hierarchy.from_relation, which finds them"
            )
        return cls._assemble(names, lower, upper, phi, _signs(names, lower, upper, pairs, signs))

    @classmethod
    def from_relation(
        cls,
        pairs: Iterable[Pair],
        *,
        rank: Ranking = "below",
        elements: Iterable[Hashable] = (),
        signs: signing.Given | None = None,
    ) -> Hierarchy:
        """Return the hierarchy of an acyclic relation; its covers are found (transitive reduction).

        Parameters are those of :meth:`from_covers`; a pair need not be a cover. The sign of one that others imply goes
        with it.

        Raises
        ------
        CycleError
            If the relation returns to where it started.

        Examples
        --------
        >>> H = Hierarchy.from_relation([("a", "b"), ("b", "c"), ("a", "c")])
        >>> H.n_covers
        2
        """
        pairs = list(pairs) if signs is not None else pairs
        names, lower, upper = relation.numbered(pairs, elements)
        phi = relation.ranks_of(names, lower, upper, rank)
        cover = poset.is_cover(len(names), lower, upper, phi)
        found = _signs(names, lower, upper, pairs, signs)
        kept = None if found is None else found[cover]
        return cls._assemble(names, lower[cover], upper[cover], phi, kept)

    @classmethod
    def from_lineages(cls, lineages: Iterable[str], sep: str = "|") -> Hierarchy:
        """Return the graded hierarchy of a taxonomy whose features are named by their lineages.

        The features, at rank 0, are the lineages themselves; the taxa above are named by their prefixes, without blanks
        around levels, and stand at the rank of their level. A lineage that ends above the lowest level, or leaves a
        level without a name (empty, ``g__``, "unclassified", "unassigned", "unknown"), is carried to its next taxon by
        relays. A taxon that has the name of a feature is called ``name + sep + "*"``.

        Parameters
        ----------
        lineages : iterable of str
            From the most general level to the most special.
        sep : str
            What stands between two levels.

        Examples
        --------
        >>> H = Hierarchy.from_lineages(
        ...     ["Bacteria|Firmicutes|Bacilli", "Bacteria|Firmicutes|Clostridia", "Archaea"]
        ... )
        >>> H.ranks[1:]
        (('Bacteria|Firmicutes',), ('Bacteria',))
        """
        pairs, ranks = taxa(lineages, sep)
        return cls.from_covers(pairs, rank=ranks, elements=ranks).graded()

    @classmethod
    def subsets(cls, n: int, max_size: int | None = None) -> Hierarchy:
        """Return the non-empty subsets of {1,…,n} with at most ``max_size`` members under ⊆.

        A subset is a tuple of its members; φ = size − 1, ≤′ is lexicographic: the lattice of feature interactions.

        Examples
        --------
        >>> Hierarchy.subsets(3).ranks
        (((1,), (2,), (3,)), ((1, 2), (1, 3), (2, 3)), ((1, 2, 3),))
        """
        sizes = range(1, 1 + (n if max_size is None else max_size))
        if n < 1 or len(sizes) < 1 or len(sizes) > n:
            raise ParameterError(f"subsets need 1 ≤ max_size ≤ n; got n={n}, max_size={max_size}")
        subsets = [S for size in sizes for S in combinations(range(1, n + 1), size)]
        pairs = [(S[:k] + S[k + 1 :], S) for S in subsets if len(S) > 1 for k in range(len(S))]
        return cls.from_covers(pairs, elements=subsets, rank={S: len(S) - 1 for S in subsets})

    @classmethod
    def random(
        cls,
        shape: Sequence[int],
        *,
        density: float | None = None,
        covers: Sequence[int] | None = None,
        seed: int = 0,
    ) -> Hierarchy:
        """Return a hierarchy with random covers, their number given for each layer.

        Every element above rank 0 covers at least one, and as far as the number allows every element is covered.

        Parameters
        ----------
        shape : sequence of int
            n₀,…,n_D.
        density : float in (0, 1], optional
            The share of the pairs of neighbouring ranks that are covers; raised where an element would cover nothing.
        covers : sequence of D int, optional
            The number of covers of each layer, at least nᵢ₊₁; give this or ``density``.
        seed : int
            For numpy's default generator.

        Examples
        --------
        >>> Hierarchy.random((784, 1000, 10), density=0.01, seed=0).n_covers
        7940
        """
        sizes = random.checked_shape(shape)
        require_seed(seed)
        counts = random.cover_counts(sizes, density, covers)
        rng = np.random.default_rng(seed)
        steps = zip(pairwise(sizes), counts, strict=True)
        layers = tuple(random.random_covers(low, up, n, rng) for (low, up), n in steps)
        return cls(random.default_names(sizes), layers)

    @classmethod
    def from_networkx(cls, graph: Any, *, rank: Ranking | None = None) -> Hierarchy:
        """Return the hierarchy whose covers are the edges lower → upper of a networkx DiGraph.

        ``rank`` is that of :meth:`from_covers`; by default the nodes' attribute "rank" where all have it, else "below".
        For edges that are not covers, or lead down, see :func:`hassenet.readers.read_networkx`.

        Raises
        ------
        ParameterError
            If it is not a graph of networkx, or one without directions.
        """
        relation.check_directed(graph)
        given = dict(graph.nodes(data="rank"))
        chosen = rank if rank is not None else ("below" if None in given.values() else given)
        signs = [sign for _, _, sign in graph.edges(data="sign")]
        return cls.from_covers(graph.edges(), elements=graph.nodes(), rank=chosen, signs=signs)

    @classmethod
    def _assemble(
        cls,
        names: Sequence[Hashable],
        lower: Indices,
        upper: Indices,
        phi: Indices,
        signs: Signs | None = None,
    ) -> Hierarchy:
        """Build from numbered elements: rank first, then the order of their numbers."""
        sizes = np.bincount(phi) if len(phi) else np.zeros(1, np.int64)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        order = np.argsort(phi, kind="stable")
        number = np.empty_like(order)
        number[order] = np.arange(len(order))
        position = number - starts[phi]
        ranks = tuple(tuple(names[k] for k in order[a:b]) for a, b in pairwise(starts))
        near = phi[upper] - phi[lower] == 1
        layers = []
        for i in range(len(sizes) - 1):
            here = near & (phi[lower] == i)
            shape = (int(sizes[i + 1]), int(sizes[i]))
            of_layer = None if signs is None else signs[here]
            layers.append(Covers.of_pairs(position[upper[here]], position[lower[here]], shape, of_layer))
        skips = np.stack([number[lower[~near]], number[upper[~near]]])
        by_upper = np.lexsort(skips)
        of_skips = None if signs is None or not signs[~near].any() else signs[~near][by_upper]
        return cls(ranks, tuple(layers), skips[:, by_upper], of_skips)

    # ---------------------------------------------------------------- sizes

    @property
    def depth(self) -> int:
        """D, the highest rank."""
        return len(self.ranks) - 1

    @property
    def shape(self) -> tuple[int, ...]:
        """(n₀,…,n_D), the sizes of the ranks."""
        return tuple(map(len, self.ranks))

    @property
    def n_elements(self) -> int:
        """The number of elements, relays included."""
        return sum(self.shape)

    @property
    def n_covers(self) -> int:
        """The number of covers: the connections of a network."""
        return sum(layer.n for layer in self.layers) + self.skips.shape[1]

    @property
    def density(self) -> float:
        """The share of the pairs of neighbouring ranks that are covers."""
        pairs = sum(up * low for up, low in (layer.shape for layer in self.layers))
        return sum(layer.n for layer in self.layers) / pairs if pairs else 0.0

    @property
    def is_graded(self) -> bool:
        """Whether every cover goes from one rank to the next."""
        return self.skips.shape[1] == 0

    @property
    def is_signed(self) -> bool:
        """Whether any cover has a sign that its weight keeps."""
        return self.skip_signs is not None or any(layer.signs is not None for layer in self.layers)

    @property
    def signs(self) -> dict[Pair, int]:
        """The signs of the covers (lower, upper) that have one, 1 or −1.

        Examples
        --------
        >>> pairs = [("IL6", "inflammation"), ("IL10", "inflammation"), ("CRP", "inflammation")]
        >>> Hierarchy.from_covers(pairs, signs=["activates", "inhibits", ""]).signs
        {('IL6', 'inflammation'): 1, ('IL10', 'inflammation'): -1}
        """
        signs, (lower, upper) = self.pair_signs(), self.pairs()
        elements = list(chain(*self.ranks)) if self.is_signed else []
        some = np.flatnonzero(signs).tolist()
        return {(elements[lower[k]], elements[upper[k]]): int(signs[k]) for k in some}

    def __len__(self) -> int:
        return self.n_elements

    # ---------------------------------------------------------------- elements

    @cached_property
    def _number(self) -> dict[Hashable, int]:
        return {element: k for k, element in enumerate(chain(*self.ranks))}

    @cached_property
    def _starts(self) -> Indices:
        return np.concatenate([[0], np.cumsum(self.shape)])

    @property
    def _phi(self) -> Indices:
        return np.repeat(np.arange(len(self.ranks)), self.shape)

    def __contains__(self, element: object) -> bool:
        return element in self._number

    def _find(self, element: Hashable) -> tuple[int, int]:
        """Return (rank, position)."""
        try:
            k = self._number[element]
        except (KeyError, TypeError):  # what cannot be hashed is the name of nothing
            raise UnknownElementError(
                f"no element {element!r} in this hierarchy; its {self.n_elements:,} elements are, for instance, "
                f"{listing(chain(*self.ranks), 3)}"
            ) from None
        i = int(np.searchsorted(self._starts, k, side="right")) - 1
        return i, int(k - self._starts[i])

    def rank(self, element: Hashable) -> int:
        """Return φ(element).

        Raises
        ------
        UnknownElementError
            If the hierarchy does not hold the element.
        """
        return self._find(element)[0]

    def position(self, element: Hashable) -> int:
        """Return the element's position in the order of its rank, from 0.

        Raises
        ------
        UnknownElementError
            If the hierarchy does not hold the element.
        """
        return self._find(element)[1]

    def below(self, element: Hashable) -> tuple[Hashable, ...]:
        """Return the elements that ``element`` covers."""
        i, k = self._find(element)
        near = [self.ranks[i - 1][j] for j in self.layers[i - 1].below(k)] if i > 0 else []
        far = self.skips[0, self.skips[1] == self._starts[i] + k]
        return (*(self._name(j) for j in far), *near)

    def above(self, element: Hashable) -> tuple[Hashable, ...]:
        """Return the elements that cover ``element``."""
        i, k = self._find(element)
        near = [self.ranks[i + 1][j] for j in self.layers[i].above(k)] if i < self.depth else []
        far = self.skips[1, self.skips[0] == self._starts[i] + k]
        return (*near, *(self._name(j) for j in far))

    def _name(self, number: int) -> Hashable:
        i = int(np.searchsorted(self._starts, number, side="right")) - 1
        return self.ranks[i][int(number - self._starts[i])]

    def covers(self, i: int) -> csr_array:
        """Return the covers from rank i to rank i + 1 as a pattern of shape (nᵢ₊₁, nᵢ), rows the upper elements.

        Raises
        ------
        NotGradedError
            If covers skip ranks, so that no pattern between neighbours can show them.
        ParameterError
            If there is no layer i.

        Examples
        --------
        >>> Hierarchy.subsets(3).covers(0).toarray().astype(int)
        array([[1, 1, 0],
               [1, 0, 1],
               [0, 1, 1]])
        """
        self.check_graded()
        self._check_rank(i, self.depth - 1)
        return self.layers[i].csr.copy()

    def is_complete(self, i: int) -> bool:
        """Return whether every element of rank i + 1 covers all of rank i."""
        self._check_rank(i, self.depth - 1)
        return self.layers[i].is_complete

    def relays(self, i: int) -> NDArray[np.bool_]:
        """Return which elements of rank i are relays, as a mask in the order of the rank."""
        self._check_rank(i, self.depth)
        return np.fromiter((isinstance(e, Relay) for e in self.ranks[i]), bool, len(self.ranks[i]))

    @cached_property
    def covariates(self) -> tuple[Covariate, ...]:
        """The elements of rank 0 that are covariates; see :func:`hassenet.shaping.covariates`."""
        return tuple(e for e in self.ranks[0] if isinstance(e, Covariate))

    def _check_rank(self, i: int, last: int) -> None:
        if not is_whole_number(i) or not 0 <= i <= last:
            raise ParameterError(f"the ranks are counted from 0, here up to {last}; got {i!r}")

    def check_graded(self) -> None:
        """Raise NotGradedError, naming a cover that skips ranks, unless the hierarchy is graded."""
        if self.is_graded:
            return
        p, q = (self._name(k) for k in self.skips[:, 0])
        neighbours = [e for e in self.below(q) if self.rank(e) == self.rank(q) - 1]
        beside = f" and {neighbours[0]!r} (rank {self.rank(neighbours[0])})" if neighbours else ""
        raise NotGradedError(
            f"not graded: {q!r} (rank {self.rank(q)}) covers {p!r} (rank {self.rank(p)}){beside}; "
            "pass rank=… or call graded()"
        )

    # ---------------------------------------------------------------- new hierarchies from this one

    def pairs(self) -> tuple[Indices, Indices]:
        """Return all covers as arrays (lower, upper) of element numbers, counted through the ranks."""
        lower, upper = [self.skips[0]], [self.skips[1]]
        for i, layer in enumerate(self.layers):
            up, low = layer.pairs()
            lower.append(low + self._starts[i])
            upper.append(up + self._starts[i + 1])
        return np.concatenate(lower), np.concatenate(upper)

    def pair_signs(self) -> Signs:
        """Return the signs of the covers in the order of :meth:`pairs`: 1, −1, or 0 for a free one."""
        own = [_or_free(self.skip_signs, self.skips.shape[1])]
        return np.concatenate([*own, *(_or_free(layer.signs, layer.n) for layer in self.layers)])

    def with_signs(self, signs: Mapping[Any, Any]) -> Hierarchy:
        """Return the hierarchy whose covers have these signs, and where none is given the one that they had.

        The weight of a cover with a sign keeps it while a network is trained, by projection after each step: w ≥ 0
        where the lower element activates the upper one, w ≤ 0 where it inhibits it. Of elements with several neurons it
        is the weight between each two.

        Parameters
        ----------
        signs : mapping from (lower, upper) to a sign
            1 or "activates", −1 or "inhibits", 0 or nothing for a free one. Relays are looked through: a cover of a
            relay may go by the name of what the relay hands on.

        Raises
        ------
        UnknownElementError
            If a pair is not a cover.
        ParameterError
            If a sign is none of these.

        Examples
        --------
        >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
        >>> H.with_signs({("x", "c"): "inhibits"}).signs
        {(Relay(source='x', rank=1), 'c'): -1}
        """
        lower, upper = self.pairs()
        elements = list(chain(*self.ranks))
        read = ~self._is_relay[upper]
        number = {
            (_source(elements[p]), elements[q]): k
            for k, p, q in zip(np.flatnonzero(read).tolist(), lower[read], upper[read], strict=True)
        }
        found = self.pair_signs()
        named = {(_source(low), up): sign for (low, up), sign in signs.items()}
        for pair, sign in zip(number, signing.of_pairs(named, list(number)), strict=True):
            if pair in named:
                found[number[pair]] = sign
        return self._with_pair_signs(found)

    def _with_pair_signs(self, signs: Signs) -> Hierarchy:
        """Return the hierarchy with signs in the order of :meth:`pairs`."""
        ends = np.cumsum([self.skips.shape[1], *(layer.n for layer in self.layers)])[:-1]
        of_skips, *of_layers = np.split(signs, ends)
        layers = [layer.with_signs(own) for layer, own in zip(self.layers, of_layers, strict=True)]
        return Hierarchy(self.ranks, tuple(layers), self.skips, of_skips if of_skips.any() else None)

    def graded(self) -> Hierarchy:
        """Return the graded hierarchy: each cover that skips ranks becomes a chain of relays, one chain per source.

        A sign stays with the cover that reads the chain.

        Examples
        --------
        >>> H = Hierarchy.from_covers([("a", "b"), ("b", "c"), ("x", "c")]).graded()
        >>> H.below("c")
        ('b', Relay(source='x', rank=1))
        """
        if self.is_graded:
            return self
        names = list(chain(*self.ranks))
        return self._assemble(*grading.put_in_relays(names, *self.pairs(), self._phi, self.pair_signs()))

    def crown(self, outputs: Sequence[Hashable], over: Over = "all") -> Hierarchy:
        """Return the graded hierarchy with new elements on top, the outputs.

        Parameters
        ----------
        outputs : sequence of Hashable
            The names of the new elements, at rank D + 1.
        over : "all", "features" or "maximal"
            "all": each output looks at every element above rank 0, through relays where it must, and at the features
            that nothing covers (heads on all ranks). "features": at every element above rank 0 and at every feature,
            so that a linear model of the features is a part of the network. "maximal": only at the elements that
            nothing covers.

        Raises
        ------
        ParameterError, DuplicateElementError
            If there are no outputs, they are not a sequence of names, or a name is taken.

        Examples
        --------
        >>> Hierarchy.subsets(3).crown(["healthy", "ill"]).shape
        (3, 3, 4, 2)
        >>> len(Hierarchy.subsets(3).crown(["ill"], over="features").below("ill"))
        7
        """
        names = grading.checked_outputs(outputs, self)
        grading.say_if_the_top_is_narrow(self.ranks)
        crowned = self._with_one_top(self._looked_at(over))
        top = crowned.layers[-1]
        rows = np.zeros(len(names), np.int64)
        pattern = None if top.pattern is None else top.pattern[rows]
        layer = Covers((len(names), top.shape[1]), pattern)
        return Hierarchy((*crowned.ranks[:-1], names), (*crowned.layers[:-1], layer))

    def _looked_at(self, over: Over) -> NDArray[np.bool_]:
        """The elements that an output over "all", "features" or "maximal" looks at."""
        feature, above = self._phi == 0, (self._phi > 0) & ~self._is_relay
        match over:
            case "all":
                return self._uncovered | above
            case "features":
                return self._uncovered | above | feature
            case "maximal":
                return self._uncovered
        raise ParameterError(f"over must be 'all', 'features' or 'maximal'; got {over!r}")

    @property
    def _uncovered(self) -> NDArray[np.bool_]:
        """The elements that nothing covers."""
        above = [layer.above_counts for layer in self.layers]
        uncovered = np.concatenate([*above, np.zeros(self.shape[-1], np.int64)]) == 0
        uncovered[self.skips[0]] = False
        return uncovered

    @property
    def _is_relay(self) -> NDArray[np.bool_]:
        return np.concatenate([self.relays(i) for i in range(len(self.ranks))])

    def _with_one_top(self, looked_at: NDArray[np.bool_]) -> Hierarchy:
        """Return the graded hierarchy with one more element, which covers those looked at or relays of them."""
        if self.is_graded and looked_at[self._phi == self.depth].all() and looked_at.sum() == self.shape[-1]:
            return Hierarchy((*self.ranks, (object(),)), (*self.layers, Covers((1, self.shape[-1]))))
        lower, upper = self.pairs()
        below = np.flatnonzero(looked_at)
        return self._assemble(
            [*chain(*self.ranks), object()],
            np.concatenate([lower, below]),
            np.concatenate([upper, np.full(len(below), self.n_elements)]),
            np.append(self._phi, self.depth + 1),
            np.append(self.pair_signs(), np.zeros(len(below), np.int8)),
        ).graded()

    def restrict(self, features: Iterable[Hashable]) -> tuple[Hierarchy, Restriction]:
        """Return the hierarchy of what the given features reach, and a report of what was dropped and why.

        Parameters
        ----------
        features : iterable of Hashable
            The features to keep, in the order that rank 0 shall have, compared as text with the names of elements: 7157
            is the element "7157". Those that are not elements of rank 0 are reported.

        Returns
        -------
        Hierarchy
            The given features and every element that one of them reaches; ranks stay as they were.
        Restriction
            What was dropped and why.

        Raises
        ------
        FeatureError
            If none of the features is an element of rank 0.
        DuplicateElementError
            If a feature is given twice.

        Warns
        -----
        HassenetWarning
            If fewer than 5 % of the features are elements of rank 0, as where the two are named in different ways, or
            more are elements above it, as where the hierarchy stands upside down.

        Examples
        --------
        >>> H, report = Hierarchy.subsets(3).restrict([(2,), (1,), "age"])
        >>> H.shape
        (2, 3, 1)
        >>> print(report)
        restrict
          features kept, of 3 given: 2
          dropped, features given that are no element: 1 ('age')
          dropped, features of the hierarchy that were not given: 1 ((3,))
        """
        given = self._as_named(relation.checked_features(features))
        known = [f for f in given if f in self._number and self._number[f] < self.shape[0]]
        if not known:
            above = [self._phi[self._number[f]] for f in given if f in self._number]
            raise FeatureError(no_match(given, self.ranks[0], above))
        kept = self._kept(np.fromiter((self._number[f] for f in known), np.int64, len(known)))
        elements = list(chain(*self.ranks))
        dropped = [e for e, keep in zip(elements, kept, strict=True) if not keep]
        first = dict.fromkeys(known)
        order = [*first, *(e for e, keep in zip(elements, kept, strict=True) if keep and e not in first)]
        restriction = Restriction.of(self, self.ranks[0], given, known, dropped)
        if restriction.doubt:
            warnings.warn(restriction.doubt, HassenetWarning, stacklevel=2)
        return self._induced(order), restriction

    def _as_named(self, features: list[Hashable]) -> list[Hashable]:
        """Return features by the names of the elements that are written alike: the element "7157" for 7157."""
        if all(f in self._number for f in features):
            return features
        alike = {text: own[0] for text, own in by_text(self._number).items() if len(own) == 1}
        named = (f if f in self._number else alike.get(as_text(f), f) for f in features)
        return relation.checked_features(list(named))

    def _kept(self, features: Indices) -> NDArray[np.bool_]:
        """Return the mask of the elements that the features reach, without relays that nothing reads any more."""
        n, phi, (lower, upper) = self.n_elements, self._phi, self.pairs()
        start = np.zeros(n, bool)
        start[features] = True
        kept = poset.reached(n, lower, upper, phi, start)
        alive = kept[lower] & kept[upper]
        return kept & poset.reaches_down(n, lower[alive], upper[alive], phi, ~self._is_relay & kept)

    def _induced(self, elements: Sequence[Hashable]) -> Hierarchy:
        """Return the hierarchy of some of the elements, in the order given inside each rank."""
        old = np.fromiter((self._number[e] for e in elements), np.int64, len(elements))
        new = np.full(self.n_elements, -1)
        new[old] = np.arange(len(old))
        lower, upper = (new[k] for k in self.pairs())
        inside = (lower >= 0) & (upper >= 0)
        return self._assemble(
            elements, lower[inside], upper[inside], self._phi[old], self.pair_signs()[inside]
        )

    def reorder(self, i: int, elements: Sequence[Hashable]) -> Hierarchy:
        """Return the hierarchy with the elements of rank i in another order ≤′; nothing else changes.

        Raises
        ------
        ParameterError
            If ``elements`` is not the rank's elements, each once.
        """
        self._check_rank(i, self.depth)
        if len(elements) != self.shape[i] or set(elements) != set(self.ranks[i]):
            raise ParameterError(
                f"an order of rank {i} lists its {self.shape[i]} elements once; got {listing(elements)}"
            )
        return self._induced([*chain(*self.ranks[:i]), *elements, *chain(*self.ranks[i + 1 :])])

    def rename(self, names: Mapping[Any, Hashable] | Callable[[Any], Hashable]) -> Hierarchy:
        """Return the hierarchy with new names; a relay follows its source, a covariate stays one.

        Parameters
        ----------
        names : mapping or callable
            The new name of each element; elements that a mapping leaves out keep theirs.

        Raises
        ------
        DuplicateElementError
            If two elements get one name.

        Examples
        --------
        >>> Hierarchy.subsets(2).rename(str).ranks
        (('(1,)', '(2,)'), ('(1, 2)',))
        """
        new = names if callable(names) else lambda element: names.get(element, element)

        def renamed(element: Hashable) -> Hashable:
            if isinstance(element, Relay):
                return Relay(renamed(element.source), element.rank)
            return Covariate(new(element.name)) if isinstance(element, Covariate) else new(element)

        ranks = tuple(tuple(map(renamed, rank)) for rank in self.ranks)
        relation.check_names(chain(*ranks))
        return Hierarchy(ranks, self.layers, self.skips, self.skip_signs)

    def to_networkx(self) -> Any:
        """Return a networkx DiGraph: edges lower → upper, nodes with their attribute "rank".

        An edge whose cover has a sign has it as its attribute "sign", 1 or −1.
        """
        from networkx import DiGraph

        graph = DiGraph()
        for i, rank in enumerate(self.ranks):
            graph.add_nodes_from(rank, rank=i)
        elements = list(chain(*self.ranks))
        lower, upper = self.pairs()
        graph.add_edges_from((elements[p], elements[q]) for p, q in zip(lower, upper, strict=True))
        graph.add_edges_from((p, q, {"sign": sign}) for (p, q), sign in self.signs.items())
        return graph

    # ---------------------------------------------------------------- equality and looks

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hierarchy):
            return NotImplemented
        same = self.ranks == other.ranks and self.layers == other.layers
        if not (same and np.array_equal(self.skips, other.skips)):
            return False
        return self.skip_signs is other.skip_signs is None or np.array_equal(
            self.pair_signs(), other.pair_signs()
        )

    def __hash__(self) -> int:
        return hash((self.ranks, self.n_covers))

    def __deepcopy__(self, memo: object) -> Hierarchy:
        return self  # frozen: a copy could not be told from it

    def __repr__(self) -> str:
        skips = "" if self.is_graded else f", skipping ranks={self.skips.shape[1]:,}"
        signed = f", signed={np.count_nonzero(self.pair_signs()):,}" if self.is_signed else ""
        return f"Hierarchy(shape={self.shape}, covers={self.n_covers:,}, density={self.density:.3g}{signed}{skips})"

    def _repr_html_(self) -> str:
        from hassenet.hierarchy.html import hierarchy_table
        from hassenet.hierarchy.rank_rows import rank_rows

        rows = rank_rows([self.relays(i) for i in range(self.depth + 1)], self.layers)
        return hierarchy_table(repr(self), self.ranks, rows)


def _signs(
    names: Sequence[Hashable],
    lower: Indices,
    upper: Indices,
    pairs: Iterable[Pair],
    signs: signing.Given | None,
) -> Signs | None:
    """Return the signs of distinct pairs, as they were given beside pairs by name; None where none were."""
    if signs is None:
        return None
    listed = [(low, up) for low, up in pairs]
    return signing.joined(names, lower, upper, listed, signing.of_pairs(signs, listed))


def _or_free(signs: Signs | None, n: int) -> Signs:
    return np.zeros(n, np.int8) if signs is None else signs


def _source(element: Hashable) -> Hashable:
    return element.source if isinstance(element, Relay) else element

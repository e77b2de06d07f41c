"""Rows of neurons brought together as rows of elements: of one network, or of several."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple, final

import numpy as np
from scipy.sparse import csr_array

from hassenet.explain.passes import Array, Method, Scored
from hassenet.explain.summary import ElementRows
from hassenet.network.common import element_of


@final
class Merged(NamedTuple):
    """Elements, rank after rank, and for each network the matrix that adds its rows up to theirs.

    Attributes
    ----------
    rows : ElementRows
    together : tuple of csr_array
        Of the shape (elements, rows of the network); the row of an element that the network lacks is 0.
    """

    rows: ElementRows
    together: tuple[csr_array, ...]

    @staticmethod
    def of(networks: Sequence[ElementRows]) -> Merged:
        """Bring together the neurons of elements; an element stands at the rank where it is first found."""
        rank: dict[Hashable, int] = {}
        for rows in networks:
            for unit, i in zip(rows.elements, rows.ranks.tolist(), strict=True):
                rank.setdefault(element_of(unit), i)
        elements = tuple(
            sorted(rank, key=rank.__getitem__)
        )  # in a rank, in the order in which they are found
        number = {element: k for k, element in enumerate(elements)}
        found = ElementRows(elements, np.array([rank[element] for element in elements], np.int64))
        return Merged(found, tuple(_adding_up(rows, number) for rows in networks))


def added(method: Method, together: csr_array) -> Method:
    """Return the method with rows added up."""

    def scores(x: Array) -> Scored:
        found = method(x)
        return found._replace(shares=found.shares._replace(scores=together @ found.shares.scores))

    return scores


def _adding_up(rows: ElementRows, number: dict[Hashable, int]) -> csr_array:
    of_unit = np.array([number[element_of(unit)] for unit in rows.elements], np.int64)
    pattern = (of_unit, np.arange(len(of_unit)))
    return csr_array((np.ones(len(of_unit)), pattern), shape=(len(number), len(of_unit)))

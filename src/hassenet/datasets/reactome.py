"""The pathways of Reactome."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.resources import as_file

from hassenet.datasets.content import file
from hassenet.readers import Reading, read_reactome

_FILES = ("ReactomePathways.gmt.gz", "ReactomePathwaysRelation.txt.gz", "ReactomePathways.txt.gz")


def load_reactome() -> Reading:
    """Return the human pathways of Reactome over their genes, and the report of the reading.

    Rank 0 holds 11,375 genes by their symbols. Reactome gives its data out under CC0 1.0; origin and licence stand
    beside the files, as ``reactome-ORIGIN.txt`` and ``reactome-LICENSE.txt``.

    Returns
    -------
    Reading
        The hierarchy, not graded (``crown`` and ``graded`` put in relays), and the report.

    References
    ----------
    M. Gillespie and others, The reactome pathway knowledgebase 2022, Nucleic Acids Research 50 (2022) D687-D692.

    Examples
    --------
    >>> H, report = load_reactome()
    >>> H.n_elements, H.n_covers, H.depth
    (13860, 43130, 12)
    >>> H.above("Synthesis of DNA")
    ('DNA Replication', 'S Phase')
    """
    with ExitStack() as stack:
        paths = [stack.enter_context(as_file(file(name))) for name in _FILES]
        return read_reactome(*paths)

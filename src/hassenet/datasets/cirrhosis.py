"""The gut microbes of people with and without cirrhosis of the liver."""

from __future__ import annotations

import csv

import numpy as np

from hassenet.datasets.content import text
from hassenet.datasets.dataset import Dataset

_CLASSES = ("cirrhosis", "healthy")


def load_cirrhosis() -> Dataset:
    """Return the gut microbes of 232 people, 118 of them with cirrhosis of the liver.

    X holds relative abundances in per cent, y is "cirrhosis" or "healthy". The features
    are named by their lineages: ``Hierarchy.from_lineages(data.feature_names)`` is their taxonomy.

    Returns
    -------
    Dataset
        X of shape (232, 542); read anew at each call, so it may be changed.

    References
    ----------
    N. Qin and others, Alterations of the human gut microbiome in liver cirrhosis, Nature 513 (2014) 59-64.

    Examples
    --------
    >>> data = load_cirrhosis()
    >>> data.X.shape, data.target_names
    ((232, 542), ('cirrhosis', 'healthy'))
    >>> data.feature_names[0].split("|")[-1]
    's__Methanobrevibacter_smithii'
    """
    header, *rows = csv.reader(text("cirrhosis.csv.gz").splitlines())
    _samples, diseases, *abundances = zip(*rows, strict=True)
    return Dataset(
        name="cirrhosis",
        X=np.array(abundances, np.float64).T.copy(),
        y=np.array(diseases),
        feature_names=tuple(header[2:]),
        target_names=_CLASSES,
        description=text("cirrhosis-ORIGIN.txt"),
        licence=text("cirrhosis-LICENSE.txt"),
    )

"""A table with a column of each kind, in every library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from hassenet.tables import Table


def people(m: int = 200, seed: int = 0) -> pd.DataFrame:
    """Numbers with and without gaps, categories, truth values, dates, codes, spelled numbers, names, a constant."""
    rng = np.random.default_rng(seed)
    age, sex = rng.integers(20, 80, m).astype(float), rng.choice(["f", "m"], m).astype(object)
    age[::9], sex[::11] = np.nan, None
    city = rng.choice(["Bonn", "Oslo", "Rome"], m).astype(object)
    city[:3] = ["Genf", "Kiel", "Lima"]
    risk = (city == "Rome") * 2 + np.nan_to_num(age, nan=50) / 20 + rng.normal(size=m)
    visit = pd.Timestamp("2019-01-03") + pd.to_timedelta(rng.permutation(m) * 2, "D")
    return pd.DataFrame(
        {
            "patient_id": rng.permutation(m) + 1000,
            "name": [f"n{k}" for k in range(m)],
            "age": age,
            "bmi": rng.normal(25, 4, m),
            "city": city,
            "sex": sex,
            "smoker": rng.random(m) < 0.3,
            "visit": visit.strftime("%Y-%m-%d"),
            "zip": rng.choice(["01067", "53111", "00100"], m),
            "price": [f"{x:,.2f}" for x in rng.lognormal(7, 1, m)],
            "site": "A",
            "ill": np.where(risk > 3.5, "yes", "no"),
        }
    )


def as_pandas(frame: pd.DataFrame) -> Any:
    return frame


def as_polars(frame: pd.DataFrame) -> Any:
    return pl.from_pandas(frame)


def as_arrow(frame: pd.DataFrame) -> Any:
    return pl.from_pandas(frame).to_arrow()


def as_ours(frame: pd.DataFrame) -> Any:
    return Table({name: frame[name].to_numpy() for name in frame.columns})


LIBRARIES = [as_pandas, as_polars, as_arrow, as_ours]

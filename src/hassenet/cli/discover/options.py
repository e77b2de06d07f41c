"""The options of ``hassenet discover``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import final


@final
@dataclass(frozen=True)
class DiscoverOptions:
    """What ``hassenet discover`` asks for beside what is read, one field an option."""

    covariate: tuple[str, ...]
    folds: int
    repeats: int
    draws: int
    rank: int | None
    top: int
    seed: int
    jobs: int
    out: Path | None
    force: bool
    spreadsheet_safe: bool | None
    checkpoint: Path | None
    every: float | None

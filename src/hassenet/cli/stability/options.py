"""The options of ``hassenet stability``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class StudyOptions:
    """What ``hassenet stability`` asks for beside the options of a fit, one field an option."""

    runs: int
    nulls: int
    method: str
    label: str | None
    explain_target: str | None
    jobs: int
    spreadsheet_safe: bool | None

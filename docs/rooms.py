"""Draw the rooms of the library as they stand in the contract of imports: `python docs/rooms.py`.

The floors are read from pyproject.toml, so that the picture cannot say anything that `make contract` does not check.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "rooms.svg"

# In pixels. A letter of the font is about 0.6 of its size wide.
_WIDTH, _RIGHT, _FLOOR, _GAP, _LEFT = 960, 150, 40, 8, 34
_SIZE = 14


class Part(NamedTuple):
    """A part of the library: what it is for, and the colour of its floors."""

    name: str
    colour: str


# Each part, by a room of its highest floor.
_PARTS = {
    "__main__": Part("interfaces", "#ece7f2"),
    "storage": Part("kept and judged", "#d0e3f0"),
    "training": Part("learning", "#d9ead3"),
    "data": Part("examples and files", "#fdebd0"),
    "likelihoods": Part("the notation", "#f6dfe1"),
}


def floors() -> list[list[str]]:
    """Return the rooms of each floor, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    return [[room.strip(" ()") for room in layer.split("|")] for layer in layers]


def drawn(house: Sequence[Sequence[str]]) -> str:
    """Return the picture, as SVG."""
    height = len(house) * (_FLOOR + _GAP) + _GAP
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="{_SIZE}">',
        "<title>The rooms of hassenet; each floor imports from lower floors only</title>",
        f'<rect width="{_WIDTH}" height="{height}" rx="8" fill="white"/>',
        *_arrow(height),
    ]
    colour = "white"
    for k, rooms in enumerate(house):
        y = _GAP + k * (_FLOOR + _GAP)
        for part in (_PARTS[room] for room in rooms if room in _PARTS):
            colour = part.colour
            body.append(f'<text x="{_WIDTH - _RIGHT + _GAP}" y="{_middle(y)}" fill="#666">{part.name}</text>')
        body += _floor(rooms, y, colour)
    return "\n".join([*body, "</svg>", ""])


def _middle(y: int) -> str:
    """Return where the letters on a floor stand."""
    return f"{y + _FLOOR / 2 + _SIZE / 3:.1f}"


def _floor(rooms: Sequence[str], y: int, colour: str) -> Iterator[str]:
    """Yield the rooms of a floor, as wide as their names ask for."""
    free = _WIDTH - _RIGHT - _LEFT - _GAP * (len(rooms) - 1)
    letters = sum(len(room) + 4 for room in rooms)
    x = float(_LEFT)
    for room in rooms:
        width = free * (len(room) + 4) / letters
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_FLOOR}" rx="5" fill="{colour}" stroke="#888"/>'
        )
        yield (
            f'<text x="{x + width / 2:.1f}" y="{_middle(y)}" text-anchor="middle" '
            f'textLength="{min(width - _GAP, 0.6 * _SIZE * len(room)):.1f}" fill="#222">{escape(room)}</text>'
        )
        x += width + _GAP


def _arrow(height: int) -> Iterator[str]:
    """Yield the arrow from top to bottom: the way of imports."""
    x, tip = _LEFT / 2, height - _GAP
    yield f'<path d="M{x} {_GAP} V{tip - 8}" stroke="#888" stroke-width="2"/>'
    yield f'<path d="M{x - 5} {tip - 9} L{x} {tip} L{x + 5} {tip - 9} Z" fill="#888"/>'


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(drawn(floors()), "utf-8")
    print(f"pyproject.toml: {PICTURE.name}")


if __name__ == "__main__":
    main()

"""Take the picture of the page in docs/guides/report.md anew: `python docs/screenshot.py` (Chromium is needed)."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "docs"), str(ROOT / "tests" / "page")]

from browser import browser  # noqa: E402
from running import run  # noqa: E402

ELEMENT = "g__Veillonella"


def main() -> None:
    """Run the guide, open the page that it writes, and look at an element."""
    with TemporaryDirectory() as folder, browser() as tab:
        run(ROOT / "docs/guides/report.md", Path(folder))
        tab.look(1280, 900)
        tab.open((Path(folder) / "report.html").as_uri())
        tab.press("/")
        tab.write(ELEMENT)
        tab.press("Enter")
        tab.wait("document.querySelector('.path') !== null")
        tab.picture(ROOT / "docs/images/report.webp")


if __name__ == "__main__":
    main()

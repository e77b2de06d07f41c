"""Draw the pictures of the documents anew: `python docs/pictures.py`.

The pictures are those that the code on the pages saves, and that of the rooms. Every page is run in a folder of its
own, and what it saves goes to docs/images.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "docs"), str(ROOT / "docs")]

import rooms  # noqa: E402
from running import PAGES, examples, run  # noqa: E402


def main() -> None:
    """Run the pages named on the command line, or all of them; draw the rooms."""
    rooms.main()
    named = [Path(argument).resolve() for argument in sys.argv[1:]]
    for page in named or [page for page in PAGES if examples(page)]:
        with TemporaryDirectory() as folder:
            run(page, Path(folder))
            for picture in sorted(Path(folder).glob("*.png")):
                shutil.copy(picture, ROOT / "docs" / "images" / picture.name)
                print(f"{page.relative_to(ROOT)}: {picture.name}")


if __name__ == "__main__":
    main()

"""``python -m hassenet`` is ``hassenet``."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line; Ctrl-C while it is still loaded ends it as later on, without a traceback."""
    try:
        from hassenet.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; nothing was written\n")
        sys.exit(130)
    main(prog_name="hassenet")


if __name__ == "__main__":
    run()

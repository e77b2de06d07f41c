"""``python -m hassenet`` is ``hassenet``."""

from hassenet.cli import main

main(prog_name="hassenet")

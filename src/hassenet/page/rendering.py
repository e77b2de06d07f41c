"""What a page shows as one HTML file."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from zlib import compress

from hassenet.page.data import PageData
from hassenet.page.spelling import to_json

SCRIPTS = (
    "data.js",
    "text.js",
    "build.js",
    "search.js",
    "histogram.js",
    "neighbourhood.js",
    "element.js",
    "flow.js",
    "overview.js",
    "page.js",
)
"""The parts of the script, in the order in which they stand in a page."""


_MOST_PLAIN = 1_000_000  # letters; any browser reads them, a packed page needs one of 2023 or newer


def render(data: PageData) -> str:
    """Return the page: style, script and data are in it, and its policy lets nothing else be loaded or run.

    Source: Content Security Policy Level 3, W3C, sections 6.1 and 8.
    """
    style = _asset("page.css")
    script = "(async () => {\n'use strict';\n" + "\n".join(map(_asset, SCRIPTS)) + "})();\n"
    kind, content = _packed(to_json(data))
    return Template(_asset("page.html")).substitute(
        title=escape(data.title).encode("utf-8", "backslashreplace").decode("utf-8"),
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        kind=kind,
        data=content,
    )


def _packed(text: str) -> tuple[str, str]:
    """Return the media type of what stands in the page, and that: plain where it is small, else deflated."""
    if len(text) <= _MOST_PLAIN:
        return "application/json", text
    return "application/octet-stream", b64encode(compress(text.encode())).decode()


def _asset(name: str) -> str:
    return files("hassenet.page").joinpath("assets", name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

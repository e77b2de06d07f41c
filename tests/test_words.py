"""Phrases that a reader has to read twice do not come back; the message names them and what to write instead."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]


class Phrase(NamedTuple):
    """What is not written, as a regular expression, what to write instead, and where it may stay, with the reason."""

    pattern: str
    instead: str
    allowed: tuple[str, ...] = ()


# Titles of the counts of a report: programs look counts up by them.
TITLES = (
    "features given that are no element",
    "in relations that are no set",
    "attributes 'rank' that are no ranks",
    "columns that are no lineages",
)

# "there is no x" says that x does not exist; in the others "no" belongs to a comparison or to an idiom.
IDIOMS = "longer|less|fewer|more|better|fault|proof|news"

PROSE = {
    "none as a predicate": Phrase(
        r"(?<!there )\b(is|are|was|were) none\b(?! of\b)",
        "x is not a valid y; give …, or: not an element of …",
    ),
    "no as not": Phrase(rf"(?<!there )\b(is|are|was|were) no (?!{IDIOMS})\w+", "x is not a y", TITLES),
    "lest": Phrase(r"\b[Ll]est\b", "so that … not"),
    "mend": Phrase(r"\b[Mm]end(s|ed|ing)?\b", "correct, repair or change"),
    "whoever": Phrase(r"\b[Ww]ho(so)?ever\b", "the one that …, or name the caller"),
    "is said": Phrase(r"\b(is|are) said\b", "the report counts …, the message names …"),
    "American spelling": Phrase(
        r"\b(behavior|neighbor|favor|honor|fiber|judgment|labeled|modeled|canceled|"
        r"(general|standard|random|regular|penal|real|organ|summar|recogn|visual|emphas|factor)iz(e[ds]?|ing))\w*",
        "British spelling",
        (
            "--standardize",
            "no-standardize",
            "standardize: bool",
            "o.standardize",
        ),  # a name of the command line
    ),
}

NAMES = {
    "none as a predicate": Phrase(r"(?<!there)_(is|are)_none_", "invalid_…, or name what it lacks"),
    "no as not": Phrase(rf"(?<!there)_(is|are)_no_(?!{IDIOMS})", "…_is_not_a_…"),
    "a pronoun without its noun": Phrase(
        r"^test_(its?|they|their|so|or|and|this|that|these)_", "the noun itself"
    ),
    "what a message does": Phrase(
        r"_(is|are)_(said|told)(_(?!apart)|$)", "…_is_reported, …_is_printed, …_is_counted"
    ),
}


def prose() -> list[Path]:
    """Return the files that people read: source, documents, comments of the compiled engine, benchmarks."""
    found = (ROOT / folder for folder in ("src", "docs", "native", "benchmarks"))
    files = chain.from_iterable(folder.rglob("*") for folder in found)
    return [
        *(
            file
            for file in files
            if file.suffix in {".py", ".pyi", ".md", ".hpp", ".cpp"} and "_build" not in file.parts
        ),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
    ]


TEXTS = {str(file.relative_to(ROOT)): " ".join(file.read_text("utf-8").split()) for file in prose()}
TESTS = [
    (str(file.relative_to(ROOT)), name)
    for file in sorted((ROOT / "tests").rglob("test_*.py"))
    for name in (file.stem, *re.findall(r"\bdef (test_\w+)", file.read_text("utf-8")))
]


def found(phrase: Phrase, text: str) -> list[str]:
    """Return where a phrase stands, each with the words around it."""
    for allowed in phrase.allowed:
        text = text.replace(allowed, "")
    matches = re.finditer(phrase.pattern, text)
    return [text[max(m.start() - 40, 0) : m.end() + 40] for m in matches]


@pytest.mark.parametrize("phrase", PROSE.values(), ids=PROSE)
def test_a_phrase_that_is_not_written_is_in_no_text(phrase: Phrase) -> None:
    places = [f"{file}: …{words}…" for file, text in TEXTS.items() for words in found(phrase, text)]
    assert not places, f"write: {phrase.instead}"


@pytest.mark.parametrize("phrase", NAMES.values(), ids=NAMES)
def test_the_name_of_a_test_is_a_sentence_that_needs_no_file(phrase: Phrase) -> None:
    assert [(file, name) for file, name in TESTS if found(phrase, name)] == [], f"write: {phrase.instead}"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("none as a predicate", "'y7' is none; drop it"),
        ("none as a predicate", "relays that are none"),
        ("no as not", "what is no hierarchy is refused"),
        ("lest", "first, lest a file be left"),
        ("mend", "mend the file"),
        ("whoever", "Whoever parses them"),
        ("is said", "what is said of a method"),
        ("American spelling", "the neighbors of a rank"),
    ],
)
def test_a_phrase_that_is_not_written_would_be_found(kind: str, text: str) -> None:
    assert found(PROSE[kind], text)


@pytest.mark.parametrize(
    "text",
    ["there is none", "if it is none of these", "there are no covers", "it is no longer finite", *TITLES],
)
def test_plain_english_with_no_and_none_is_allowed(text: str) -> None:
    assert not any(found(phrase, text) for phrase in PROSE.values())

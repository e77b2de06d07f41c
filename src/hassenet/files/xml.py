"""XML that is nothing but what stands in the file: no entities of its own, and nothing from elsewhere."""

from __future__ import annotations

from xml.parsers import expat

from hassenet.errors import DataError


class _RootReachedError(Exception):
    """The root has begun: nothing is declared behind it."""


def check_declarations(content: bytes) -> None:
    r"""Refuse XML that declares entities, or refers to another file, before anything of it is expanded or looked for.

    An entity stands for text, of other entities perhaps, so that a few lines unfold to more than memory holds; or for a
    file of this machine or an address. A hierarchy needs neither. That is our rule, whatever the parser would do.

    Parameters
    ----------
    content : bytes
        A whole file. What is wrong with it otherwise is left to its reader.

    Raises
    ------
    DataError
        Naming what is declared, and its line.

    Examples
    --------
    >>> check_declarations(b'<?xml version="1.0"?><graphml/>')
    >>> check_declarations(b'<!DOCTYPE graphml [<!ENTITY a "ha">]><graphml/>')
    Traceback (most recent call last):
        ...
    hassenet.errors.DataError: XML declares no entities and refers to no other file: line 1 declares the entity 'a';
    take the <!DOCTYPE …> out, or write the file again without
    """
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.EntityDeclHandler = lambda name, *_: _refuse(parser, f"declares the entity {name!r}")
    parser.StartDoctypeDeclHandler = lambda _, system, public, __: _check_doctype(parser, system or public)
    parser.StartElementHandler = _stop
    try:
        parser.Parse(content, True)
    except DataError:
        raise
    except (_RootReachedError, expat.ExpatError, LookupError, ValueError):
        return


def _check_doctype(parser: expat.XMLParserType, elsewhere: str | None) -> None:
    if elsewhere:
        _refuse(parser, f"refers to {elsewhere!r}")


def _refuse(parser: expat.XMLParserType, what: str) -> None:
    raise DataError(
        f"XML declares no entities and refers to no other file: line {parser.CurrentLineNumber} {what}; take the "
        "<!DOCTYPE …> out, or write the file again without"
    )


def _stop(*_: object) -> None:
    raise _RootReachedError

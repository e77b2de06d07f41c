"""Tables with a feature and its lineage a line: taxonomies of GTDB, QIIME2, SILVA and mothur."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from hassenet.errors import DataError, DuplicateElementError
from hassenet.files.content import FilePath
from hassenet.hierarchy.placeholders import is_placeholder, left_out
from hassenet.hierarchy.report import Count, Report
from hassenet.readers.choices import check_sep
from hassenet.readers.delimited import sheet_of
from hassenet.readers.headers import heads_lineages
from hassenet.readers.lineage_cells import plain_lineage, separator_of
from hassenet.readers.lineages import doubtful, taxonomy_of
from hassenet.readers.rank_columns import NUMBERS, column_of_names, ranks_of, with_lineages
from hassenet.readers.reading import Reading
from hassenet.readers.sheet import Row, Sheet
from hassenet.readers.silva import are_taxa_of_silva, read_taxa_of_silva

_OF_SILVA = ("primaryAccession", "start", "stop")


def read_taxonomy(path: FilePath, *, sep: str | None = None) -> Reading:
    r"""Return the taxonomy of a table with a feature and its lineage a line, as GTDB, QIIME2, SILVA and mothur have it.

    The lineages are in the column most of whose cells have levels; the features in the first of the others, each once.
    Rank 0 holds the features; a taxon is called by the path to it from the root, without blanks around its levels.
    A level without a name is passed over by relays, and counted. Confidences behind levels, as in
    ``Bacteria(100);Firmicutes(98);``, are left out. Where no column holds lineages, three or more that are headed by
    ranks (Kingdom, Phylum, …, in any order), as DADA2 and phyloseq have them, are read as lineages, and features are
    in a column beside them of text, or below ID, OTU or the like. A first line is a header if the cell above the
    lineages is "Taxon", "taxonomy" or the like. Sequences of SILVA are called accession.start.stop, as in its other
    files; in its list of taxa (tax_slv) features are the taxa that no other continues, called by their paths.

    Parameters
    ----------
    path : str or path
        The file: CSV or TSV, gzipped or not.
    sep : str, optional
        What stands between two levels; by default ``;`` or ``|``, which of them most cells hold.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    DataError
        If the file is empty, no text, no table, or there are not one column of lineages and one of features.
    DuplicateElementError
        If a feature stands on two lines.
    ParameterError
        If the separator is empty or not text.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "Feature ID\tTaxon\tConfidence\n4b5e\td__Bacteria; p__Firmicutes\t0.9\na2c1\td__Bacteria; p__\t0.7\n"
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "taxonomy.tsv")
    ...     _ = file.write_text(text)
    ...     H, report = read_taxonomy(file)
    >>> H.ranks[0], H.ranks[-1]
    (('4b5e', 'a2c1'), ('d__Bacteria',))
    """
    if sep is not None:
        check_sep(sep)
    sheet = sheet_of(path)
    if sep in (None, ";") and are_taxa_of_silva(sheet):
        return read_taxa_of_silva(sheet)
    ranks = ranks_of(sheet.first)
    # Names such as "OTU1;size=5" look like lineages below a head of features.
    columns = _columns(sheet, sep, column_of_names(sheet, ranks) if ranks else None)
    if columns is None and ranks:
        sheet, columns = _of_ranks(sheet, ranks)
    if columns is None:
        raise DataError(
            f"a table of a taxonomy has a column of features and one of lineages: {sheet.place} has none of lineages, "
            f"whose levels are set apart by {sep or '; or |'}, and no three headed by ranks; give what stands between "
            "levels as sep, or another format"
        )
    rows = sheet.rows[columns.start :]
    named = [row for row in rows if not is_placeholder(columns.name(row[1]))]
    lineages = [plain_lineage(cells[columns.lineage], columns.sep) for _, cells in named]
    # A feature has the last level; its name may hold the separator, so its number stands for it.
    spelt: dict[Hashable, Hashable] = {
        f"{lineage}{columns.sep}{k}": feature
        for k, (feature, lineage) in enumerate(zip(_features(named, columns, sheet), lineages, strict=True))
    }
    report = _report(sheet, columns, lineages)
    return taxonomy_of(list(map(str, spelt)), columns.sep, f"line of {str(path)!r}", report, spelt)


class _Columns(NamedTuple):
    features: tuple[int, ...]  # whose cells, with points between, are the name
    lineage: int
    start: int  # the first row that is not a header
    sep: str

    def name(self, cells: tuple[Any, ...]) -> str:
        """Return the name of the feature."""
        return ".".join(cells[k] for k in self.features)


def _columns(sheet: Sheet, sep: str | None, names: int | None = None) -> _Columns | None:
    """Return where features and lineages stand: these in the first column with some, but that of names; or None."""
    for k in (k for k in range(len(sheet.first)) if k != names):
        found = _separator([cells[k] for _, cells in sheet.rows], sep)
        if found is not None and len(sheet.first) > 1:
            headed = sheet.headed or heads_lineages(sheet.first[k])
            if k == 0:
                _check_features(sheet)
            return _Columns(_of_features(sheet, k), k, int(headed), found)
    return None


def _of_ranks(sheet: Sheet, ranks: list[int]) -> tuple[Sheet, _Columns]:
    """Return a sheet with lineages in place of columns that are headed by ranks, and where they stand."""
    names = column_of_names(sheet, ranks)
    if names is None:
        raise DataError(
            f"a table of a taxonomy has a column of features beside its ranks: all others of {sheet.place} hold "
            "numbers, as counts; if one has numbers for names, head it by ID"
        )
    features = _silva(sheet) or (names,)
    joined, sep = with_lineages(sheet, ranks)
    places = tuple(k - sum(rank < k for rank in ranks) for k in features)
    return joined, _Columns(places, len(joined.first) - 1, 1, sep)


def _silva(sheet: Sheet) -> tuple[int, ...]:
    """Return the three columns that name a sequence of SILVA, as an accession has several; none in other tables."""
    return tuple(map(sheet.first.index, _OF_SILVA)) if set(_OF_SILVA) <= set(sheet.first) else ()


def _of_features(sheet: Sheet, lineage: int) -> tuple[int, ...]:
    """Return the columns of the features' names: the first beside the lineages."""
    return _silva(sheet) or (int(lineage == 0),)


def _check_features(sheet: Sheet) -> None:
    """Refuse numbers behind lineages for features: counts, or numbers of taxa, as MetaPhlAn and Kraken have them."""
    if all(NUMBERS.fullmatch(cells[1]) for _, cells in sheet.rows[1:] or sheet.rows):
        raise DataError(
            f"a table of a taxonomy has a column of features and one of lineages: in {sheet.place} numbers stand "
            "behind the lineages, which seem to be the features; read the table by read_clades (on the command line, "
            "--format clades), or give their column alone to read_lineages"
        )


def _separator(cells: Sequence[str], sep: str | None) -> str | None:
    if sep is None:
        return separator_of(cells)
    return sep if 2 * sum(sep in cell for cell in cells) >= len(cells) else None


def _features(rows: Sequence[Row], columns: _Columns, sheet: Sheet) -> list[str]:
    lines: dict[str, int] = {}
    for line, cells in rows:
        feature = columns.name(cells)
        first = lines.setdefault(feature, line)
        if first != line:
            raise DuplicateElementError(
                f"a feature stands on one line: {feature!r} stands on lines {first} and {line} of {sheet.place}; "
                "take one out"
            )
    return list(lines)


def _report(sheet: Sheet, columns: _Columns, lineages: Sequence[str]) -> Report:
    features = [columns.name(cells) for _, cells in sheet.rows[columns.start :]]
    beside = [k for k in range(len(sheet.first)) if k not in (columns.lineage, *columns.features)]
    names = tuple(sheet.first[k] for k in beside) if columns.start else ()
    dropped = (
        Count("columns beside features and lineages", len(beside), names),
        left_out("features", filter(is_placeholder, features)),
        *sheet.dropped,
    )
    doubt = doubtful(lineages, columns.sep) if not columns.start else Count("", 0)
    return Report(sheet.name, dropped=dropped, faults=(doubt, *sheet.faults))

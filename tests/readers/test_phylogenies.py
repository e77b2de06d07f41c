"""Trees in Newick and NEXUS."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hassenet.errors import DataError, DuplicateElementError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import read_newick

from .reports import dropped, made

TREE = "((A:0.1,B:0.2)Blautia:0.3,(C,'D d'[a comment])Dorea)root;\n"


def test_leaves_are_features_and_names_of_inner_nodes_are_names(write_both):
    H, report = read_newick(write_both(TREE, "tree.nwk"))
    assert H.ranks == (("A", "B", "C", "D d"), ("Blautia", "Dorea"), ("root",))
    assert made(report) == {"leaves": 4, "inner nodes": 3, "pairs": 6, "elements": 7, "covers": 6}
    assert dropped(report) == {"lengths of branches": 3, "comments in square brackets": 1}


def test_nexus_is_read_with_its_table_of_names(write_both):
    text = "#NEXUS\nbegin trees;\ntranslate 1 A, 2 B, 3 C;\ntree t = [&R] ((1:0.1,2:0.2)x:0.1,3:1)r;\nend;\n"
    assert read_newick(write_both(text, "tree.nex")).hierarchy.ranks == (("A", "B", "C"), ("x",), ("r",))


def test_quoted_names_are_names_in_nexus_too(write):
    text = "#NEXUS\nbegin trees;\ntranslate 1 'Homo sapiens', 2 B;\ntree t = (1:0.1,2:0.2)'the root';\nend;\n"
    assert read_newick(write(text)).hierarchy.ranks == (("Homo sapiens", "B"), ("the root",))


def trees():
    """Nested lists: the shapes of trees."""
    return st.recursive(
        st.none(), lambda below: st.lists(below, min_size=2, max_size=4), max_leaves=20
    ).filter(bool)


def spelt(shape, pairs, leaves, name="r", called=str):
    """Return a shape in Newick, noting its pairs (lower, upper)."""
    if shape is None:
        leaves.append(name)
        return name
    below = []
    for k, child in enumerate(shape):
        pairs.append((f"{name}{k}", name))
        below.append(spelt(child, pairs, leaves, f"{name}{k}", called))
    return f"({','.join(below)}){called(name)}"


@given(shape=trees())
def test_a_tree_in_newick_is_the_hierarchy_of_its_pairs(shape):
    pairs = []
    text = spelt(shape, pairs, [])
    with TemporaryDirectory() as folder:
        path = Path(folder, "tree.nwk")
        path.write_text(f"{text};\n")
        H = read_newick(path).hierarchy
    expected = Hierarchy.from_covers(pairs)
    assert list(map(set, H.ranks)) == list(map(set, expected.ranks))
    assert H.n_covers == expected.n_covers == len(pairs)


@given(shape=trees())
def test_inner_nodes_without_names_are_called_by_their_leaves_and_each_has_a_name_of_its_own(shape):
    leaves = []
    text = spelt(shape, [], leaves, called=lambda _: "")
    with TemporaryDirectory() as folder:
        path = Path(folder, "tree.nwk")
        path.write_text(f"{text};\n")
        H, report = read_newick(path)
    assert set(H.ranks[0]) == set(leaves)
    assert H.ranks[-1] == (f"{leaves[0]} … {leaves[-1]}",)
    assert made(report)["inner nodes called by their first and last leaf"] == H.n_elements - len(leaves)


@pytest.mark.parametrize("support", ["98", "0.98", "1e-3", "98.5/100"])
def test_numbers_up_to_a_hundred_are_support(write, support):
    H, report = read_newick(write(f"((A,B){support}:0.1,C);\n"))
    assert H.ranks == (("A", "B", "C"), ("A … B",), ("A … C",))
    assert dropped(report)["numbers at inner nodes (support)"] == 1


def test_numbers_above_a_hundred_are_names(write):
    H, report = read_newick(write("((1,2)186806,4)2;\n".replace(",4)2", ",4)186802")))
    assert H.ranks == (("1", "2", "4"), ("186806",), ("186802",))
    assert "numbers at inner nodes (support)" not in dropped(report)


def test_long_numbers_are_names_to_their_last_digit(write):
    H = read_newick(write("((9606,9598)1437010,(10090,10116)1437011)33208;\n")).hierarchy
    assert H.ranks[1:] == (("1437010", "1437011"), ("33208",))


def test_blanks_comments_and_signs_stand_around_lengths(write):
    text = "('A b':0.1[it's],B : 2 ,C:-.5,D:1.5E+2)r : 0 ;\n"
    assert read_newick(write(text)).hierarchy.ranks == (("A b", "B", "C", "D"), ("r",))


def test_a_name_behind_its_support_is_a_name(write):
    H, report = read_newick(write("((A,B)'100.0:g__Blautia',(C,D)'f__X; g__Y':1);\n"))
    assert H.ranks[1] == ("g__Blautia", "f__X; g__Y")
    assert dropped(report)["numbers at inner nodes (support)"] == 1


def test_a_name_of_several_nodes_is_followed_by_their_leaves(write):
    H, report = read_newick(write("((A,B)g,(C,D)g,E)r;\n"))
    assert H.ranks[1] == ("g (A … B)", "g (C … D)")
    assert made(report)["names in several places (followed by their leaves)"] == 1


def test_a_node_without_a_name_over_a_single_child_is_looked_through(write):
    H, report = read_newick(write("(((A,B)x),C)r;\n"))
    assert H.above("x") == ("r",)
    assert dropped(report)["inner nodes without a name over a single child"] == 1


def test_a_tree_of_a_thousand_levels_is_read(write):
    n = 1000
    H = read_newick(write("(" * n + "a0," + ",".join(f"a{k + 1})" for k in range(n)) + ";\n")).hierarchy
    assert H.depth == n


BAD = {
    "cut off": ("((A,B);\n", DataError, "a tree must be whole: .*; was the file cut off"),
    "no end": ("((A,B),C)\n", DataError, "begins with a bracket and ends with a semicolon"),
    "two trees": ("(A,B);\n(C,D);\n", DataError, "a hierarchy is one tree: .* holds 2; write the one wanted"),
    "nameless": ("(A,,B);\n", DataError, "a leaf has a name: 1 of .* lack one; name them"),
    "no comma": ("(A (B,C));\n", DataError, r"a name stands behind the brackets .* is a comma missing"),
    "no number": (
        "(A:x,B);\n",
        DataError,
        "a length behind ':' is a number: .* reads '.A:x,B.;\\\\n?'; correct it",
    ),
    "no number with blanks": ("(A : x,B);\n", DataError, "a length behind ':' is a number"),
    "a quote inside": ("((A's:1,B's:1)X,C);\n", DataError, "single quotation marks are around a whole name"),
    "double quotes": ('("A b",C);\n', DataError, "single quotation marks are around a whole name"),
    "blanks": ("(Homo sapiens:1,B);\n", DataError, "a name with blanks stands in single quotation marks"),
    "several points": ("(A:1.2.3,B);\n", DataError, "nothing stands behind a length"),
    "half an exponent": ("(A:1e,B);\n", DataError, "nothing stands behind a length"),
    "a network": ("((A,(B)#H1)x,(#H1,C)y)r;\n", DataError, "this is a network .extended Newick"),
    "a comment that is open before others": ("(A[one,B[two],C)r;\n", DataError, "square brackets has an end"),
    "an open comment": ("(A,B[one)r;\n(C,D);\n", DataError, "a comment in square brackets has an end"),
    "trees in a line": ("(A,B);(C,D);\n", DataError, "holds 2; write the one wanted"),
    "nexus without a tree": ("#NEXUS\nbegin taxa;\nend;\n", DataError, "holds 0"),
    "nexus cut off": ("#NEXUS\nbegin trees;\ntree t = ((A,B),", DataError, "in the middle of a command"),
    "edges of jplace": (
        "(A:1{0},B:1{1});\n",
        DataError,
        "nothing stands behind a length but a comma.*of jplace",
    ),
    "twice": ("((A,B)g,(A,C)h);\n", DuplicateElementError, "a leaf stands in one place of a tree: 'A' in"),
    "alike": ("(((A,B)g)g,C);\n", DuplicateElementError, "'g .A … B.' name.s. a node and its only child"),
    "nexus": ("#NEXUS\nbegin trees;\ntree t = ((A,B),C;\nend;\n", DataError, "a tree must be whole"),
    "a name with a number of two places": ("((A,(B)z#H1)x,(#H1,C)y)r;\n", DataError, "has '#H1' in several"),
    "a network with its names": ("((A,(B)z#H1)x,(z#H1,C)y)r;\n", DataError, "with '#' in single quotation"),
    "marks in a name": ("((A='1',B)x,C)r;\n", DataError, "single quotation marks are around a whole name"),
    "a bracket in a name": ("((A]1,B)x,C)r;\n", DataError, "square brackets are around comments"),
}


# In what may stand around names a tree is the same, in both ways of writing.
@pytest.mark.parametrize("nexus", [False, True], ids=["newick", "nexus"])
@pytest.mark.parametrize(
    "text",
    [
        "((A,B)007,(C,'D d')1e3)9604;",
        "((A[a[nested]one],B)007[&&NHX:S=x],(C[it's],'D d')1e3)9604;",
        "((A:1.,B:  .1)007:1E+3,(C:-2[&rate=1],'D d' : 1)1e3[b]:1.5e-3)9604:0;",
        "(\n\t(A,B)007,\n\t(C,\n\t\t'D d')1e3\n)9604;",
        "( (A\t,B )007 , ( C , 'D d' )1e3\t)9604 ;",
    ],
)
def test_names_are_as_they_are_written_whatever_stands_around_them(write, nexus, text):
    table = "translate A A, B B, C C, 'D d' 'D d';\n"
    H = read_newick(
        write(f"#NEXUS\nbegin trees;\n{table}tree t = {text}\nend;\n" if nexus else text)
    ).hierarchy
    assert H.ranks == (("A", "B", "C", "D d"), ("007", "1e3"), ("9604",))


def test_comments_stand_before_and_behind_a_tree(write):
    H, report = read_newick(write("[a tree; of mine]\n[&R] ((A,B)x,C)r; [its end]\n"))
    assert H.ranks == (("A", "B", "C"), ("x",), ("r",))
    assert dropped(report)["comments in square brackets"] == 3


def test_numbers_of_leaves_are_names_of_the_table_and_those_of_inner_nodes_are_support(write):
    text = (
        "#NEXUS\nbegin trees;\ntranslate\n\t1 A,\n\t2 'B, b',\n\t3 C\n\t;\ntree 't 1' = ((1,2)3,3);\nend;\n"
    )
    H, report = read_newick(write(text))
    assert H.ranks == (("A", "B, b", "C"), ("A … B, b",), ("A … C",))
    assert dropped(report) == {"numbers at inner nodes (support)": 1}


def test_a_tree_of_a_thousand_levels_is_read_from_nexus_too(write):
    n = 1000
    tree = "(" * n + "a0," + ",".join(f"a{k + 1})" for k in range(n))
    assert read_newick(write(f"#NEXUS\nbegin trees;\ntree t = {tree};\nend;\n")).hierarchy.depth == n


@pytest.mark.parametrize("name", BAD)
def test_a_tree_that_is_not_whole_is_refused_with_the_reason(write_both, name):
    text, error, message = BAD[name]
    with pytest.raises(error, match=message):
        read_newick(write_both(text, "tree"))


def test_a_table_is_not_a_tree_in_newick(write):
    with pytest.raises(DataError, match="begins with a bracket"):
        read_newick(write("a,b\nb,c\n"))
    with pytest.raises(DataError, match="looks like JSON"):
        read_newick(write('{"a": ["b"]}\n'))


# ---------------------------------------------------------------- blocks and tables of NEXUS

OF_THREE = "tree t = ((1,2)x,3)r;"


def nexus(*commands):
    return "\n".join(["#NEXUS", "begin trees;", *commands, "end;", ""])


BAD_NEXUS = {
    "a leaf that the table lacks": (
        nexus("translate 1 A, 2 B;", OF_THREE),
        "with a table of names every leaf is in it: 'translate' of .* lacks '3'",
    ),
    "a leaf without a name": (
        nexus("translate 1 A, 2 B;", "tree t = ((1,2)x,)r;"),
        "a leaf has a name: 1 of",
    ),
    "a key alone": (nexus("translate 1 A, 2 B, 3 , 4 D;", OF_THREE), "a key and a name: .* reads '3'"),
    "no entry": (nexus("translate ;", "tree t = ((A,B)x,C)r;"), "a key and a name: .* reads ''"),
    "a mark in a leaf": (nexus("tree t = ((A,O'B)x,C)r;"), "marks are around a whole name"),
    "no comma between entries": (nexus("translate 1 A 2 B, 3 C;", OF_THREE), "reads '1 A 2 B'"),
    "an odd double mark": (nexus('translate 1 A", 2 B, 3 C;', OF_THREE), "a key and a name"),
    "an apostrophe": (
        nexus("translate 1 Quercus_alba, 2 Acer_l'Heritier, 3 Fagus;", OF_THREE),
        "a key and a name: .*l'Heritier.*put a name with blanks or marks in single quotation marks",
    ),
    "two apostrophes": (
        "#NEXUS\nbegin taxa;\ntaxlabels A O'Brien C;\nend;\n"
        "begin trees;\ntranslate 1 A, 2 O'Brien, 3 C;\ntree t = ((1,2)x,3)r;\nend;\n",
        "a key and a name: .* reads .2 O'Brien",
    ),
    "a table in another block": (
        nexus("translate 1 A, 2 B, 3 C;", "end;", "begin trees;", OF_THREE),
        "stands in the block of its trees",
    ),
    "a tree without =": (nexus("tree t ((A,B)x,C)r;"), "'tree NAME = .….' .* reads 'tree t"),
    "a table without blanks": (nexus("translate[of]1 A, 2 B, 3 C;", OF_THREE), "reads 'translate1 A"),
    "a block without an end": (
        "#NEXUS\nbegin trees;\ntree t = ((A,B)x,C)r;\n",
        "a block of NEXUS has an end: .* 'trees'",
    ),
    "a block in a block": (
        "#NEXUS\nbegin taxa;\nbegin trees;\ntree t = (A,B);\nend;\n",
        "a block of NEXUS has an end: .* 'taxa'",
    ),
    "text behind an end": (
        nexus("tree t = (A,B)r;", "end", "begin trees;", "tree u = (C,D)r;"),
        "a semicolon stands behind each command of NEXUS",
    ),
    "text behind the last command": (
        nexus("tree t = (A,B)r;") + "tree u = (C,",
        "in the middle of a command",
    ),
}


@pytest.mark.parametrize("name", BAD_NEXUS)
def test_nexus_of_which_a_part_would_be_lost_is_refused(write, name):
    text, message = BAD_NEXUS[name]
    with pytest.raises(DataError, match=message):
        read_newick(write(text))


def test_a_table_with_two_names_for_a_key_is_refused(write):
    with pytest.raises(DuplicateElementError, match="one for each key: '1' stands in several entries"):
        read_newick(write(nexus("translate 1 A, 1 D, 2 B, 3 C;", OF_THREE)))


@pytest.mark.parametrize(
    "text",
    [
        nexus("translate 1 A, 2 'B''s b', 3 C;", OF_THREE),
        nexus("translate\n\t1 A,\n\t2 \"B's b\",\n\t3 'C',\n;", "TREE * 'my; tree' = [&R] ((1,2)x,3)r;"),
        nexus("translate 1 A, 2 'B''s b'; translate 3 C;", OF_THREE),
        nexus("translate '1''' A, 2 'B''s b', 3 C;", "tree t = (('1''',2)x,3)r;"),
        nexus("title 'A; B';", "tree \"a = b\" = ((A,'B''s b')x,C)r;"),
        nexus("tree my tree = ((A,'B''s b')x,C)r;"),
        nexus("rtree t = ((A,'B''s b')x,C)r;"),
        nexus("utree t = ((A,'B''s b')x,C)r;", "end;", "begin figtree;", 'set a = "it\'s; so";'),
        nexus(
            "translate 1 A, 2 'B''s b', 3 C;", OF_THREE, "end;", "begin trees;", "translate 1 X, 2 Y, 3 Z;"
        ),
        nexus("tree t = ((A,'B''s b')x,C)r;", "end;", "begin notes;", "tree u = (D,E)r;"),
        nexus("tree t = ((A,'B''s b')x,C)r;") + "begin paup;\nquit;\n",
        "#nexus[by me]begin trees; tree t = ((A,'B''s b')x,C)r; ENDBLOCK\n",
    ],
)
def test_blocks_and_tables_are_written_in_many_ways(write, text):
    assert read_newick(write(text)).hierarchy.ranks == (("A", "B's b", "C"), ("x",), ("r",))


# A reader that tries all ways to set the marks apart does not come to an end here.
def test_quotation_marks_and_brackets_are_read_once(write):
    names = " ".join(f"'s{k}''s'" for k in range(1000))
    labels = f"begin taxa;\ntaxlabels {names} O'Brien;\nend;\nbegin trees;"
    text = nexus("tree t = (A,B)r;").replace("begin trees;", labels)
    assert read_newick(write(text)).hierarchy.ranks == (("A", "B"), ("r",))
    with pytest.raises(DataError, match="single quotation marks are around a whole name"):
        read_newick(write(text.replace("O'Brien", "'O'Brien'")))
    with pytest.raises(DataError, match="single quotation marks are around a whole name"):
        read_newick(write(f"({names.replace(' ', ',')},O'Brien);\n"))
    comments = "[a [ b]" * 3000
    assert read_newick(write(f"(A,B{comments})r;\n")).hierarchy.ranks == (("A", "B"), ("r",))


@given(names=st.lists(st.text(" A;,'[]()=\"", min_size=1, max_size=6), min_size=2, max_size=5))
def test_a_table_gives_each_leaf_its_name_whatever_is_quoted_in_it(names):
    called = [f"{name}{k}" for k, name in enumerate(names)]
    quoted = [name.replace("'", "''") for name in called]
    table = ", ".join(f"{k} '{name}'" for k, name in enumerate(quoted))
    with TemporaryDirectory() as folder:
        path = Path(folder, "tree.nex")
        path.write_text(nexus(f"translate {table};", f"tree t = ({','.join(map(str, range(len(names))))})r;"))
        assert read_newick(path).hierarchy.ranks[0] == tuple(called)


# ---------------------------------------------------------------- names with signs of networks, brackets in comments


@pytest.mark.parametrize(
    ("text", "below"),
    [
        ("((l#R1,l#R2)l,(g#R1,g#R2)g)r;", ("l", "g")),
        ("((A,B)c#R1,(C,D)d#H1)r;", ("c#R1", "d#H1")),
        ("((A,B)c#R1,(C,D)c#R1)r;", ("c#R1 (A … B)", "c#R1 (C … D)")),
        ("((A,B)'#H1',('C#H1',D)d)r;", ("#H1", "d")),
        ("((A,B)#H1,(C,D)d)r;", ("#H1", "d")),
    ],
)
def test_a_name_with_a_number_sign_that_stands_in_one_place_is_a_name(write, text, below):
    assert read_newick(write(text)).hierarchy.ranks[1] == below


@pytest.mark.parametrize("comment", ["[a [ b]", "[a [b] c]", "[[]", "[a] [ [b]"])
def test_a_comment_ends_at_a_bracket_that_is_there(write, comment):
    for text in (f"(A{comment},B)r;", nexus(f"tree t = (A{comment},B)r;")):
        assert read_newick(write(text)).hierarchy.ranks == (("A", "B"), ("r",))

"""SNPs belong to the genes that they lie in or near, whatever file says where genes lie, and each is counted once."""

from __future__ import annotations

import pytest

from hassenet.errors import DataError, FeatureError, ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.readers import format_of, read_snps

from .reports import dropped, made

BIM = "".join(
    f"{c}\trs{k}\t0\t{p}\tA\tC\n"
    for k, (c, p) in enumerate([(1, 100), (1, 200), (1, 205), (2, 150), (23, 50), (1, 0)])
)
GENES = {
    "genes.tsv": "chrom\tstart\tend\tname\nchr1\t100\t200\tG1\nchr1\t190\t300\tG2\nchrX\t40\t60\tGX\nchr3\t1\t9\tG3\n",
    "genes.csv": "gene,chr,begin,stop\nG1,1,100,200\nG2,1,190,300\nGX,X,40,60\nG3,3,1,9\n",
    "genes.bed": "track name=genes\nchr1\t99\t200\tG1\nchr1\t189\t300\tG2\nchrX\t39\t60\tGX\nchr3\t0\t9\tG3\n",
    "glist-hg19": "1 100 200 G1\n1 190 300 G2\n23 40 60 GX\n3 1 9 G3\n",
    "genes.gtf": '#!genome-build\n1\th\tgene\t100\t200\t.\t+\t.\tgene_id "E1"; gene_name "G1";\n'
    '1\th\texon\t100\t120\t.\t+\t.\tgene_id "E1";\n1\th\tgene\t190\t300\t.\t+\t.\tgene_id "G2";\n'
    'X\th\tgene\t40\t60\t.\t+\t.\tgene_name "GX";\n3\th\tgene\t1\t9\t.\t+\t.\tgene_name "G3";\n',
    "genes.gff3": "1\th\tgene\t100\t200\t.\t+\t.\tID=gene:E1;Name=G1\n1\th\tgene\t190\t300\t.\t+\t.\tID=gene:G2\n"
    "X\th\tgene\t40\t60\t.\t+\t.\tName=GX\n3\th\tgene\t1\t9\t.\t+\t.\tName=G3\n",
}


@pytest.mark.parametrize("name", GENES)
def test_a_snp_belongs_to_each_gene_that_it_lies_in(write_both, write, name):
    bim = write(BIM, "cohort.bim")
    assert format_of(bim) == "snps"
    H, report = read_snps(bim, write_both(GENES[name], name))
    assert H.ranks == (("rs0", "rs1", "rs2", "rs4"), ("G1", "G2", "GX"))
    assert H.above("rs1") == ("G1", "G2")
    lost = dropped(report)
    lost.pop("lines of other features than genes", None)
    assert lost == {"SNPs in no gene": 1, "SNPs without a position": 1, "genes without a SNP": 1}
    assert made(report)["SNPs"] == H.shape[0] + lost["SNPs in no gene"] + lost["SNPs without a position"]


def test_a_window_reaches_to_both_sides_of_a_gene_and_no_further(write):
    genes = write("1\t105\t195\tG\n", "genes.tsv")
    reach = {w: read_snps(write(BIM, "c.bim"), genes, window=w).hierarchy.ranks[0] for w in (5, 9, 10)}
    assert reach == {5: ("rs0", "rs1"), 9: ("rs0", "rs1"), 10: ("rs0", "rs1", "rs2")}


def test_what_lies_above_genes_is_kept_where_a_snp_reaches_it_and_genes_without_it_are_counted(write):
    above = Hierarchy.from_covers([("G1", "repair"), ("repair", "cell"), ("G3", "other")])
    H, report = read_snps(write(BIM, "c.bim"), write(GENES["genes.tsv"]), above=above)
    assert H.ranks == (("rs0", "rs1", "rs2", "rs4"), ("G1", "G2", "GX"), ("repair",), ("cell",))
    assert made(report)["genes that nothing covers"] == 2


def test_without_genes_windows_of_the_chromosomes_stand_for_them(write):
    H, report = read_snps(write(BIM, "c.bim"), window=200)
    assert H.ranks[1] == ("1:1-200", "1:201-400", "2:1-200", "X:1-200")
    assert H.above("rs1") == ("1:1-200",)
    assert H.ranks[2] == ("chromosome 1", "chromosome 2", "chromosome X")
    assert dropped(report) == {"SNPs without a position": 1}


def test_genes_without_a_name_are_left_out_and_counted(write):
    _, report = read_snps(write(BIM, "c.bim"), write("1\t1\t150\tG1\n1\t1\t900\tNA\n"))
    assert dropped(report)["genes with a placeholder for a name"] == 1


@pytest.mark.parametrize(
    ("genes", "options", "error", "message"),
    [
        (None, {}, ParameterError, "give a file of genes, or window="),
        (None, {"window": 0}, ParameterError, "window"),
        (GENES["genes.tsv"], {"window": -1}, ParameterError, "window"),
        (
            None,
            {"window": 5, "above": Hierarchy.from_covers([("a", "b")])},
            ParameterError,
            "above genes needs genes",
        ),
        ("7\t1\t9\tG\n", {}, FeatureError, "lies in one of .* 0 bases around; are both of one build"),
        ("1\t9\t1\tG\n", {}, DataError, "line 1 of .* has '9' and '1'"),
        ("1\t1\t9\tG\n1\t5\n", {}, DataError, "line 2 of .* has fewer columns"),
        (
            "gene\tlength\tstart\tend\nG\t5\t1\t9\n",
            {},
            DataError,
            "genes have columns chrom, start, end and name",
        ),
        ('1\th\texon\t1\t9\t.\t+\t.\tgene_id "G";\n', {}, DataError, "none; give a file with genes"),
        ("# nothing\n", {}, DataError, "a table of genes has rows"),
        ("1\t1\t900\trs2\n", {}, DataError, "'rs2' of .* is a SNP too; rename one"),
    ],
)
def test_genes_that_say_nothing_about_these_snps_are_refused(write, genes, options, error, message):
    with pytest.raises(error, match=message):
        read_snps(write(BIM, "c.bim"), None if genes is None else write(genes, "g.tsv"), **options)


def test_snps_that_are_called_otherwise_than_in_the_file_are_counted(write):
    bim = write("1\t.\t0\t5\tA\tC\n1\trs1\t0\t6\tA\tC\n1\trs2\t0\t7\tA\tC\n1\trs2\t0\t8\tA\tC\n", "c.bim")
    for genes in (None, write("1\t1\t9\tG\n", "genes.tsv")):
        H, report = read_snps(bim, genes, window=10)
        assert H.ranks[0] == ("1:5:A:C", "rs1", "1:7:A:C", "1:8:A:C")
        assert (
            made(report)["SNPs called by place and alleles, as their names are missing or those of several"]
            == 3
        )


def test_windows_of_snps_without_positions_are_refused(write):
    with pytest.raises(FeatureError, match="none of .* has one above 0"):
        read_snps(write("1\trs1\t0\t0\tA\tC\n1\trs2\t0\t-7\tA\tC\n", "c.bim"), window=10)

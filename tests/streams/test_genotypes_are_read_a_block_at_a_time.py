"""A .bed is read some people at a time, and gives what is given by the cohort held in memory."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from bed_reader import to_bed
from click.testing import CliRunner

import hassenet as hn
from hassenet.cli import main, streamed
from hassenet.data.packed import Packed
from hassenet.errors import DataError, FeatureError, HassenetWarning, ShapeError
from hassenet.estimators import NetworkClassifier
from hassenet.selection import Effort, Search, Setting, some_rows
from hassenet.storage import load, save
from hassenet.tables import read_plink
from hassenet.tables.bed import Bed
from memory import holds_less

SAMPLE = Path(__file__).parents[1] / "data" / "plink" / "some_missing.bed"
RNG = np.random.default_rng(0)
M, N = 61, 40
SNPS = [f"rs{k}" for k in range(N)]
X = RNG.binomial(2, 0.4, (M, N)).astype("int8")
ILL = X[:, 0] + X[:, 1] > 1
X[RNG.random((M, N)) < 0.03] = -127
TURNED = np.arange(N) % 3 == 0
H = hn.Hierarchy.from_covers([(snp, f"G{k // 5}") for k, snp in enumerate(SNPS)])
NET = hn.Network(H.crown(["case"]), output="sigmoid")

pytestmark = pytest.mark.filterwarnings("ignore:.* genotypes of", "ignore:Stochastic Optimizer")


def written(path, genotypes, turned=()):
    A, G = (np.where(np.isin(np.arange(N), turned), *pair) for pair in (("G", "A"), ("A", "G")))
    who = {
        "fid": ["f"] * M,
        "iid": [f"i{i}" for i in range(M)],
        "sex": 1 + np.arange(M) % 2,
        "pheno": 1 + ILL,
    }
    which = {"sid": SNPS, "chromosome": ["1"] * N, "bp_position": 100 * np.arange(N) + 1}
    to_bed(path, genotypes, properties=who | which | {"allele_1": A, "allele_2": G})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The cohort, and the same with A1 and A2 the other way round in some SNPs."""
    folder = tmp_path_factory.mktemp("beds")
    written(folder / "a.bed", X)
    written(folder / "turned.bed", np.where(TURNED & (X >= 0), 2 - X, X), np.flatnonzero(TURNED))
    return folder


def test_blocks_of_people_are_the_rows_of_the_cohort_in_memory(folder):
    for path, target in ((folder / "a.bed", "phenotype"), (SAMPLE, "IID")):
        whole = read_plink(path)
        for block in (7, 8, None):
            stream = hn.data.open(path, target, block=block)
            assert stream.features == whole.variables
            some = [*whole.variables[5:1:-1], "sex"]
            for names in (list(whole.variables), some[:-1], some):
                found = [
                    part.held(names) if "sex" not in names else part for part in stream.select(names).blocks()
                ]
                if "sex" in names:
                    assert np.concatenate([part["sex"] for part in found]).tolist() == whole["sex"].tolist()
                    found = [part.held(names[:-1]) for part in found]
                np.testing.assert_array_equal(
                    np.concatenate(found), whole.held([n for n in names if n != "sex"])
                )
                assert found[0].dtype == np.int8
            np.testing.assert_array_equal(stream.Y, whole[target])


@pytest.mark.parametrize("m", [1, 4, 7, 300])
def test_genotypes_are_counted_as_they_are_read(tmp_path, m):
    genotypes = RNG.choice(np.array([0, 1, 2, -127], "int8"), (m, 5))
    to_bed(tmp_path / "x.bed", genotypes)
    bed = Bed(tmp_path / "x.bed", m, 5)
    for people in (None, RNG.permutation(m)[: m // 2 + 1]):
        some = genotypes if people is None else genotypes[people]
        np.testing.assert_array_equal(bed.counts(people), [(some == k).sum(axis=0) for k in (0, 1, 2, -127)])


def test_wide_files_are_read_snp_by_snp(folder, monkeypatch):
    monkeypatch.setattr("hassenet.tables.bed._NEAR", 0)
    stream, whole = hn.data.open(folder / "a.bed", block=8), read_plink(folder / "a.bed")
    np.testing.assert_array_equal(next(stream.blocks()).held(SNPS), whole.held(SNPS)[:8])


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_network_learns_the_same_bits_from_the_file_as_from_the_cohort_in_memory(folder, engine):
    whole = read_plink(folder / "a.bed").select(SNPS)
    stream = hn.data.open(folder / "a.bed", ILL.astype(float), block=8, window=3e-4)
    one, other = (
        hn.fit(NET, *data, epochs=2, shuffle=False, batch_size=10, engine=engine).network
        for data in ((stream,), (whole, ILL.astype(float)))
    )
    np.testing.assert_array_equal(one.theta, other.theta)
    np.testing.assert_allclose(one(stream), one(whole), rtol=1e-6)
    scores = [hn.explain.deeplift(one, data).score for data in (stream, whole)]
    np.testing.assert_allclose(*scores, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("covariates", [None, ["sex"]], ids=["alone", "beside sex"])
def test_an_estimator_of_a_file_predicts_another_cohort_which_counts_other_alleles(
    folder, tmp_path, covariates, early_stopping
):
    features = [*SNPS, *(covariates or ())]
    own = NetworkClassifier(hierarchy=H, covariates=covariates, max_iter=2, shuffle=False, random_state=0)
    own.set_params(early_stopping=early_stopping)
    stream = hn.data.open(folder / "a.bed", "phenotype", features=features, block=8, window=3e-4)
    expected = NetworkClassifier(**own.get_params()).fit(
        read_plink(folder / "a.bed").select(features), stream.Y
    )
    own.fit(stream)
    assert own.encoding_ == expected.encoding_
    np.testing.assert_array_equal(own.network_.theta, expected.network_.theta)
    other = hn.data.open(folder / "turned.bed", features=features, block=8)
    save(own.as_model(), tmp_path / "model")
    model = load(tmp_path / "model")
    for predict in (own.predict_proba, model.predict_proba, lambda X: own.network_(model.prepare(X))):
        with pytest.warns(HassenetWarning, match="14 SNPs with A1 and A2 the other way round") as caught:
            found = predict(other)
        assert len(caught) == 1, "once, and not block by block"
        np.testing.assert_allclose(found[:, -1], own.predict_proba(stream)[:, -1], rtol=1e-6)


def test_blocks_of_a_prepared_stream_are_bytes_beside_covariates(folder):
    own = NetworkClassifier(hierarchy=H, covariates=["sex"], max_iter=1, random_state=0)
    own.fit(hn.data.open(folder / "a.bed", "phenotype", features=[*SNPS, "sex"], block=8))
    prepared = own.as_model().prepare(hn.data.open(folder / "a.bed", block=8))
    assert all(isinstance(block, Packed) for block in prepared.blocks())
    assert prepared.row_bytes < 2 * N


def test_a_block_takes_little_more_than_its_own_bytes(tmp_path, monkeypatch):
    to_bed(tmp_path / "x.bed", np.ones((4000, 1000), "int8"))
    monkeypatch.setattr("hassenet.tables.bed._AT_ONCE", 1 << 15)
    bed = Bed(tmp_path / "x.bed", 4000, 1000)
    with bed.opened() as file:
        most = 400 * 1000 + 8 * 1000 + 8 * (1 << 15)
        assert holds_less(most, lambda: (bed.genotypes(file, 0, 400), bed.genotypes(file, 8, 16)))
    assert most < bed.path.stat().st_size


# ---------------------------------------------------------------- what is not whole, or does not fit


def changed(folder, tmp_path, change, part=".bed"):
    for suffix in (".bed", ".bim", ".fam"):
        shutil.copy(folder / f"a{suffix}", tmp_path / f"x{suffix}")
    path = tmp_path / f"x{part}"
    path.write_bytes(change(path.read_bytes()))
    return tmp_path / "x.bed"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[:-1], "these take 643 bytes, and it has 642; was it cut off"),
        (lambda data: data + b"x", "these take 643 bytes, and it has 644"),
        (lambda data: b"", "begin with the bytes 6C 1B and 00 or 01; x.bed does not"),
        (lambda data: b"chr1\t100\t200\n", "regions of a genome .BED. are not genotypes"),
        (lambda data: data[:2] + b"\0" + data[3:], "in x.bed they lie person after person"),
    ],
    ids=["cut off", "too long", "empty", "regions", "person after person"],
)
def test_a_bed_that_is_not_a_whole_one_is_refused(folder, tmp_path, change, message):
    with pytest.raises(DataError, match=message):
        hn.data.open(changed(folder, tmp_path, change))


def test_parts_of_a_cohort_that_are_missing_or_of_another_are_refused(folder, tmp_path):
    path = changed(folder, tmp_path, lambda lines: lines[: lines.index(b"\n") + 1], ".fam")
    with pytest.raises(DataError, match="not the genotypes of 1 people and 40 SNPs as PLINK writes them"):
        hn.data.open(path)
    path.with_suffix(".fam").write_text("")
    with pytest.raises((DataError, ShapeError), match="x.bed|x.fam"):
        hn.data.open(path)
    path.with_suffix(".bim").unlink()
    with pytest.raises(DataError, match="a .bed with its .bim and .fam beside it; there is none at .*x.bim"):
        hn.data.open(path)


def test_a_bed_that_is_cut_off_while_it_is_read_is_refused(folder, tmp_path):
    path = changed(folder, tmp_path, lambda data: data)
    stream = hn.data.open(path, block=8)
    with stream.reading() as read:
        read(0)
        path.write_bytes(path.read_bytes()[:100])
        with pytest.raises(DataError, match="x.bed was changed, 643 bytes to 100"):
            read(1)
    with Bed.opened(stream.source.bed) as file, pytest.raises(DataError, match="ends .* bytes too early"):
        stream.source.bed.genotypes(file, 0, 8)


def test_a_snp_of_a_file_with_other_alleles_is_refused(folder, tmp_path):
    own = NetworkClassifier(hierarchy=H, max_iter=1, random_state=0).fit(
        hn.data.open(folder / "a.bed", "phenotype")
    )
    path = changed(folder, tmp_path, lambda text: text.replace(b"A\tG", b"A\tT", 1), ".bim")
    with pytest.raises(FeatureError, match="1 SNP with others: 'rs0 A/T .learned: A/G.'"):
        own.predict(hn.data.open(path))


def test_missing_genotypes_are_counted_when_a_file_is_opened(folder):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hn.data.open(folder / "a.bed")
        read_plink(folder / "a.bed")
    assert f"{(X < 0).sum()} genotypes of a.bed are missing" in str(caught[0].message)
    assert str(caught[0].message) == str(caught[1].message)


# ---------------------------------------------------------------- commands


def run(*arguments):
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.output
    return done.output


QUICK = ("--epochs", 2, "--no-plots", "--test-size", 0, "--hidden-layer-sizes", 3)


@pytest.fixture
def targets(tmp_path):
    """A second table, in another order, without some people."""
    lines = [f"i{k},{30 + k % 9},{'yes' if ILL[k] else 'no'}" for k in reversed(range(4, M))]
    (tmp_path / "ill.csv").write_text("\n".join(["IID,age,ill", *lines]) + "\n")
    return tmp_path / "ill.csv"


@pytest.mark.filterwarnings("ignore:.* are not in ill.csv")
@pytest.mark.parametrize(
    "beside", [False, True], ids=["of the .fam", "of a second table, beside a covariate"]
)
def test_commands_on_a_large_bed_find_what_they_find_on_the_cohort_in_memory(
    folder, tmp_path, monkeypatch, targets, beside
):
    monkeypatch.setattr("hassenet.streams.genotypes.BLOCK", 8 * N)
    data = (folder / "a.bed", *(("--targets", targets) if beside else ()))
    own = ("--target", "ill", "--covariate", "age,sex") if beside else ("--target", "phenotype")
    said, out = {}, {}
    for large in (1 << 30, 1):
        monkeypatch.setattr(streamed, "LARGE", large)
        said[large] = run("fit", *data, *own, *QUICK, "--out", tmp_path / f"{large}")
        out[large] = tmp_path / f"{large}.csv"
        run("predict", tmp_path / f"{1 << 30}", *data, "--keep", "IID", "--out", out[large])
    assert "read a block at a time" in said[1]
    assert "read a block at a time" not in said[1 << 30]
    assert out[1].read_bytes() == out[1 << 30].read_bytes()
    by_blocks, in_memory = (load(tmp_path / f"{large}") for large in (1, 1 << 30))
    assert by_blocks.encoding == in_memory.encoding
    thetas = [hn.network.Ensemble.of(m.network).networks[0].theta for m in (by_blocks, in_memory)]
    np.testing.assert_allclose(*thetas, rtol=1e-4, atol=1e-6)
    scored = run("evaluate", tmp_path / "1", *data), run("explain", tmp_path / "1", *data, "--top", 1)
    assert "network" in scored[0]
    assert "rs" in scored[1]


@pytest.mark.parametrize("n", [20, M])
def test_rows_at_random_are_bytes_whose_gaps_are_those_of_training(folder, n):
    stream = hn.data.open(folder / "a.bed", "phenotype", block=7)
    some = stream.sample(n)
    assert some.held(SNPS).dtype == np.int8
    estimator = NetworkClassifier(max_iter=1, random_state=0).fit(stream)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = estimator.as_model().predict_proba(some)
    np.testing.assert_allclose(found, estimator.predict_proba(some), rtol=1e-5)


def test_settings_are_chosen_on_the_bytes_of_some_people_of_a_large_bed(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(streamed, "LARGE", 1)
    monkeypatch.setattr(some_rows, "_FEWEST_ROWS", 40)
    monkeypatch.setattr(some_rows, "_MOST_CELLS", 1)
    effort = Effort((Setting(0.1, neurons=1),), repeats=1, batch_size=16, steps=4)
    seen = []
    monkeypatch.setattr(
        Search, "effort", lambda search, problem: seen.append(problem.X.block.F.dtype) or effort
    )
    said = run(
        "fit",
        folder / "a.bed",
        "--target",
        "phenotype",
        "--members",
        1,
        "--no-plots",
        "--out",
        tmp_path / "m",
    )
    assert "settings are chosen on 40 of" in said
    assert set(seen) == {np.dtype(np.int8)}
    assert load(tmp_path / "m").encoding.alleles == ("A/G",) * N


def test_options_that_a_large_bed_has_not_are_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(streamed, "LARGE", 1)
    for option in (("--cache", tmp_path / "c"), ("--decimal", ",")):
        fit = ["fit", folder / "a.bed", "--target", "phenotype", *option, "--out", tmp_path / "m"]
        done = CliRunner().invoke(main, list(map(str, fit)))
        assert f"{option[0]} is not about a .bed that is read a block at a time" in done.output

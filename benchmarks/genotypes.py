"""How much memory a training on genotypes takes: python benchmarks/genotypes.py [PEOPLE] [SNPS] [--way WAY].

A cohort is simulated and written as PLINK has it, with a list of genes and a table of covariates; then a network is
fitted to it, in a process of its own, whose peak is shown beside the sizes of the genotypes as bytes and as floats:

    single        one network, by the command line
    covariates    the same beside sex, age and ten axes of ancestry
    chosen        settings chosen by cross-validation, beside covariates
    stream        one epoch of the file, read some people at a time
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

SPACING, OF_A_GENE, AT_ONCE = 5_000, 25, 1_000  # bases between SNPs, SNPs in a gene, SNPs written at once

SIZES = {"bytes": 1, "float32": 4, "float64": 8}


def drawn(rng: np.random.Generator, n: int, m: int) -> np.ndarray:
    """Return genotypes of n SNPs, the alleles of each as frequent as chance has it."""
    share = rng.integers(13, 128, (n, 1), np.uint8)
    two = (rng.integers(0, 256, (n, m), np.uint8) < share for _ in range(2))
    return np.add(*(alleles.view(np.uint8) for alleles in two))


def packed(genotypes: np.ndarray, rng: np.random.Generator) -> bytes:
    """Return genotypes as a .bed has them, four in a byte, about one of a hundred missing."""
    codes = np.array([3, 2, 0], np.uint8)[genotypes]
    codes[rng.integers(0, 256, codes.shape, np.uint8) < 3] = 1
    four = np.pad(codes, ((0, 0), (0, -codes.shape[1] % 4))).reshape(len(codes), -1, 4)
    return (four << np.array([0, 2, 4, 6], np.uint8)).sum(axis=2, dtype=np.uint8).tobytes()


def write_cohort(folder: Path, m: int, n: int) -> None:
    """Write cohort.bed, .bim, .fam and genes.tsv; the first hundred SNPs say who is ill."""
    rng, risk = np.random.default_rng(0), np.zeros(m)
    with (folder / "cohort.bed").open("wb") as bed:
        bed.write(bytes([0x6C, 0x1B, 0x01]))
        for start in range(0, n, AT_ONCE):
            genotypes = drawn(rng, min(AT_ONCE, n - start), m)
            risk += genotypes[:100].sum(axis=0) * (start == 0)
            bed.write(packed(genotypes, rng))
    ill = 1 + (risk + rng.normal(size=m) > np.median(risk))
    (folder / "cohort.fam").write_text("".join(f"f{i} p{i} 0 0 {1 + i % 2} {y}\n" for i, y in enumerate(ill)))
    (folder / "cohort.bim").write_text("".join(f"1\trs{k}\t0\t{k * SPACING + 1}\tA\tC\n" for k in range(n)))
    width = SPACING * OF_A_GENE
    genes = "".join(f"1\t{k * width + 1}\t{(k + 1) * width}\tG{k}\n" for k in range(-(-n // OF_A_GENE)))
    (folder / "genes.tsv").write_text("chrom\tstart\tend\tname\n" + genes)


COVARIATES = ["age", *(f"PC{k}" for k in range(1, 11))]
COMMAND = "-m hassenet fit cohort.bed --target phenotype --hierarchy genes.tsv --no-plots --quiet --out model"
BESIDE = f"--targets people.tsv --covariate sex,{','.join(COVARIATES)}"
STREAM = """
import warnings, hassenet as hn
from hassenet.readers import read_snps
warnings.simplefilter("ignore")
stream = hn.data.open("cohort.bed")
H = read_snps("cohort.bim", "genes.tsv").hierarchy
ill = (stream.read(["phenotype"])["phenotype"] == "case").astype(float)
stream = hn.data.open("cohort.bed", ill, features=H.ranks[0])
fit = hn.fit(hn.Network(H.crown(["ill"]), output="sigmoid"), stream, optimizer=hn.SGD(1e-3), epochs=1)
print(fit, f"waiting {fit.waiting:.0%}")
"""
WAYS = {
    "single": f"{COMMAND} --single --epochs 2",
    "covariates": f"{COMMAND} --single --epochs 2 {BESIDE}",
    "chosen": f"{COMMAND} --members 5 {BESIDE}",
}


def write_people(folder: Path, m: int) -> None:
    """Write the covariates of the people, one age missing."""
    values = np.random.default_rng(1).normal(50, 10, (m, len(COVARIATES))).round(2).astype(str)
    values[0, 0] = ""
    lines = ["\t".join(["IID", *COVARIATES]), *("\t".join([f"p{i}", *row]) for i, row in enumerate(values))]
    (folder / "people.tsv").write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int, nargs="?", default=3000)
    parser.add_argument("snps", type=int, nargs="?", default=500_000)
    parser.add_argument("--way", choices=[*WAYS, "stream"], default="single")
    given = parser.parse_args()
    m, n = given.people, given.snps
    command = ["-c", STREAM] if given.way == "stream" else WAYS[given.way].split()
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_cohort(folder, m, n)
        write_people(folder, m)
        begin = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=folder, check=True, env=os.environ)
        seconds = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"{given.way}: {m:,} people, {n:,} SNPs: {seconds:.0f} s, peak {peak / 1e9:.2f} GB")
    print(", ".join(f"as {kind} {size * m * n / 1e9:.2f} GB" for kind, size in SIZES.items()))


if __name__ == "__main__":
    main()

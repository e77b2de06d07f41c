"""The bytes of a .bed: four genotypes of a SNP in each, SNP after SNP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from hassenet.errors import DataError

Rows = NDArray[np.int64]
Array = NDArray[Any]

MISSING = -127
_MAGIC, _START = b"\x6c\x1b", 3
_BY_SNP = b"\x01"
_ORDERS = (_BY_SNP, b"\x00")
_A_BYTE, _CODES, _FIELD = 4, 4, 16  # people in a byte, codes, bits of a sum
_GENOTYPES = np.array([2, MISSING, 1, 0], np.int8)
"""How often A1 is there, of each code: both alleles, unknown, one, none."""
_AT_ONCE, _ADDED = (
    1 << 22,
    1 << 14,
)  # bytes that are looked at together, and of a SNP those added in fields of 16 bits
_NEAR = 64  # up to so many times the bytes that are wanted are read, where these would be many small parts


def is_by_snp(path: Path) -> bool:
    """Return whether a .bed lies SNP after SNP, and not person after person.

    Raises
    ------
    DataError
        If it does not begin as one.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if start[:2] != _MAGIC or start[2:] not in _ORDERS:
        raise DataError(
            f"PLINK's genotypes begin with the bytes 6C 1B and 00 or 01; {path.name} does not; other genotypes are "
            "written so by plink --make-bed, and regions of a genome (BED) are not genotypes"
        )
    return start[2:] == _BY_SNP


def check_size(path: Path, m: int, n: int) -> None:
    """Refuse a .bed that has not as many bytes as m people and n SNPs take.

    Raises
    ------
    DataError
    """
    rows, width = (n, m) if is_by_snp(path) else (m, n)
    size, wanted = path.stat().st_size, _START + rows * -(-width // _A_BYTE)
    if size != wanted:
        raise DataError(
            f"{path.name} is not the genotypes of {m:,} people and {n:,} SNPs as PLINK writes them: these take "
            f"{wanted:,} bytes, and it has {size:,}; was it cut off? Else give the .bim and .fam that belong to it"
        )


@final
@dataclass(frozen=True)
class Bed:
    """Genotypes in a file, of m people and n SNPs.

    Parameters
    ----------
    path : path
    m, n : int

    Raises
    ------
    DataError
        If it is not a .bed, lies person after person, or has not as many bytes as these take.
    """

    path: Path
    m: int
    n: int

    def __post_init__(self) -> None:
        """Look at the first bytes, and at how many there are."""
        if not is_by_snp(self.path):
            raise DataError(
                f"genotypes lie SNP after SNP; in {self.path.name} they lie person after person; write it anew: plink "
                "--make-bed"
            )
        check_size(self.path, self.m, self.n)

    @property
    def of_a_snp(self) -> int:
        """How many bytes a SNP takes."""
        return -(-self.m // _A_BYTE)

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Open the file; inside, its genotypes are read by a number that stands for it."""
        with self.path.open("rb") as file:
            yield file.fileno()

    def genotypes(self, file: int, start: int, end: int, snps: Rows | None = None) -> Array:
        """Return genotypes of people from one to another, (people, SNPs) of int8; some SNPs are in memory at a time."""
        first, last = start // _A_BYTE, -(-end // _A_BYTE)
        chosen = np.arange(self.n) if snps is None else snps
        X = np.empty((end - start, len(chosen)), np.int8)
        at_once = max(1, _AT_ONCE // (_A_BYTE * max(last - first, 1)))
        for k in range(0, len(chosen), at_once):
            part = self._bytes(file, chosen[k : k + at_once], first, last)
            four = _four()[part].view(np.int8).reshape(len(part), -1)
            X[:, k : k + at_once] = four[:, start - _A_BYTE * first :][:, : end - start].T
        return X

    def _bytes(self, file: int, snps: Rows, first: int, last: int) -> Array:
        """Return bytes of some SNPs: SNP by SNP, or all of a run of them where that reads little more."""
        is_run = snps[-1] - snps[0] + 1 == len(snps) and bool((np.diff(snps) == 1).all())
        if is_run and self.of_a_snp <= _NEAR * (last - first):
            return self._run(file, int(snps[0]), len(snps))[:, first:last]
        size = last - first
        parts = (self._read(file, snp * self.of_a_snp + first, size) for snp in snps.tolist())
        return np.frombuffer(b"".join(parts), np.uint8).reshape(-1, size)

    def _run(self, file: int, first: int, n: int) -> Array:
        whole = self._read(file, first * self.of_a_snp, n * self.of_a_snp)
        return np.frombuffer(whole, np.uint8).reshape(n, -1)

    def _read(self, file: int, start: int, size: int) -> bytes:
        found = os.pread(file, size, _START + start)
        if len(found) != size:
            raise DataError(
                f"{self.path.name} ends {size - len(found):,} bytes too early: it was cut off while it was read; put "
                "it back, or open it anew"
            )
        return found

    def counts(self, people: Rows | None = None) -> Rows:
        """Return how often each SNP has 0, 1 and 2 of A1, and how often neither is known, in people, (4, n)."""
        taken = np.zeros(self.of_a_snp * _A_BYTE, np.uint16)
        taken[slice(self.m) if people is None else people] = 1
        which = (taken.reshape(-1, _A_BYTE) << np.arange(_A_BYTE, dtype=np.uint16)).sum(
            axis=1, dtype=np.uint16
        ) << 8
        found = np.zeros((_CODES, self.n), np.int64)
        at_once = max(1, _AT_ONCE // max(self.of_a_snp, 1))
        with self.opened() as file:
            for k in range(0, self.n, at_once):
                some = self._run(file, k, min(at_once, self.n - k))
                found[:, k : k + at_once] = _counted(some, which)
        return found[[3, 2, 0, 1]]


def _counted(some: Array, which: Array) -> Rows:
    """Return how often each row of bytes has each code, (4, k)."""
    found = np.zeros((_CODES, len(some)), np.int64)
    for start in range(0, some.shape[1], _ADDED):
        part = slice(start, start + _ADDED)
        sums = _fields()[some[:, part] | which[part]].sum(axis=1, dtype=np.uint64)
        found += [
            (sums >> np.uint64(_FIELD * code)).astype(np.int64) & (2**_FIELD - 1) for code in range(_CODES)
        ]
    return found


@cache
def _four() -> Array:
    """Return, for each byte, its four genotypes as four bytes of a number."""
    codes = np.arange(256)[:, None] >> np.arange(0, 8, 2) & 3
    return np.ascontiguousarray(_GENOTYPES[codes]).view(np.uint32)[:, 0]


@cache
def _fields() -> Array:
    """Return, for each choice of the four people of a byte and each byte, how many have each code, in 16 bits each."""
    number = np.arange(1 << 12)
    codes = number[:, None] >> np.arange(0, 8, 2) & 3
    taken = number[:, None] >> np.arange(8, 12) & 1
    return (taken.astype(np.uint64) << (_FIELD * codes).astype(np.uint64)).sum(axis=1, dtype=np.uint64)

"""The report of the demonstration, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from hassenet.demo.contenders import BATCH, LOGISTIC, NETWORK, PENALTY, RATE
from hassenet.demo.data import RANKS, Microbes
from hassenet.demo.settings import Settings
from hassenet.demo.taxa import Taxon
from hassenet.demo.validation import Floats
from hassenet.network import Network
from hassenet.plots.labels import short_label
from hassenet.protocol import paired_difference


def opening(data: Microbes) -> str:
    """Return what the data are."""
    m, n = data.abundance.shape
    ill = int(data.ill.sum())
    return (
        f"Data       {m} people, {ill} with cirrhosis and {m - ill} healthy; {n} gut microbes named by their lineage\n"
        "           log10(per cent + 0.0001), standardised inside each fold"
    )


def network(net: Network, settings: Settings) -> str:
    """Return what the network is: taxa by rank, covers, and how many a dense one would have."""
    sizes = [int((~net.hierarchy.relays(i)).sum()) for i in range(net.hierarchy.depth + 1)]
    chain = " → ".join(f"{n} {name}" for n, name in zip(sizes, RANKS, strict=True))
    weights = net.n_parameters - sum(sizes[1:])
    dense = sum(a * b for a, b in pairwise(sizes))
    return (
        f"Hierarchy  {chain}\n"
        "           the output looks at the taxa of every rank, through relays\n"
        f"Network    one tanh neuron a taxon, {weights:,} weights; dense between the same ranks: {dense:,}"
        f" ({dense / weights:.0f} times as many)\n"
        f"           Adam {RATE}, batch {BATCH}, {settings.epochs} epochs, L2 {PENALTY}; settings of an earlier trial\n"
        "           on the same people, none is chosen in this run"
    )


def results(aucs: Mapping[str, Floats], settings: Settings) -> str:
    """Return the table of ROC AUCs."""
    title = f"ROC AUC of cirrhosis, {settings.folds}-fold cross-validation × {settings.repeats}, the same folds for all"
    rows = [_result(name, values, aucs[NETWORK], settings.folds) for name, values in aucs.items()]
    head = f"  {'':<22}{'mean':>7}{'sd':>8}   hassenet minus this (95 % interval)"
    return "\n".join([title, head, *rows])


def _result(name: str, values: Floats, ours: Floats, folds: int) -> str:
    row = f"  {name:<22}{values.mean():>7.3f}{values.std():>8.3f}"
    if name == NETWORK:
        return row
    d = paired_difference(ours, values, folds)
    return f"{row}   {d.mean:+.3f}  ({d.low:+.3f} … {d.high:+.3f})"


def verdict(aucs: Mapping[str, Floats], folds: int) -> str:
    """Return in a sentence what the comparison with logistic regression says."""
    d = paired_difference(aucs[NETWORK], aucs[LOGISTIC], folds)
    if d.low > 0:
        return "The network is better than logistic regression on these people."
    if d.high < 0:
        return "The network is worse than logistic regression on these people."
    return "On these few people the network and logistic regression cannot be told apart; the network names its taxa."


def taxa(table: Sequence[Taxon]) -> str:
    """Return the table of the most important taxa."""
    title = "The taxa that matter most: by how much each moves ill and healthy apart (log-odds)"
    head = f"  {'taxon':<38}{'level':<9}{'more in':<11}{'score':>6}  ± sd   among these in"
    return "\n".join([title, head, *map(_taxon, table), _legend(len(table))])


def _taxon(t: Taxon) -> str:
    name = short_label(t.lineage, 36)
    score = f"{t.score:>6.3f}  {t.spread:.3f}"
    return f"  {name:<38}{t.level:<9}{t.direction:<11}{score}   {t.often} of {t.networks} networks"


def _legend(count: int) -> str:
    return (
        "  score: mean of (∂signal/∂x)(x − mean x) in the ill minus in the healthy; sd: over the networks of the\n"
        f"  cross-validation; last column: in how many of these it is among the first {count}. Ranks overlap: a genus\n"
        "  hands on what its species say. More in: by mean log10 abundance, from the data alone."
    )


def files(folder: Path, seconds: float) -> str:
    """Return where things are."""
    names = {
        "model": "the model folder, for hassenet predict and hassenet show",
        "results.csv": "ROC AUC of every model on every fold",
        "taxa.csv": "the table of taxa",
        "auc.png, taxa.png": "these two as pictures",
        "hierarchy.png": "the network: the most important taxa and the largest weights",
        "costs.png": "the course of training",
    }
    rows = [f"  {name:<18} {what}" for name, what in names.items()]
    return "\n".join([f"Written to {folder} in {seconds:.0f} s", *rows])

"""Data that come with the library, each with its origin and licence, and simulated ones."""

from hassenet.datasets.cirrhosis import load_cirrhosis
from hassenet.datasets.dataset import Dataset
from hassenet.datasets.reactome import load_reactome
from hassenet.datasets.simulated import simulate_pathway

__all__ = ["Dataset", "load_cirrhosis", "load_reactome", "simulate_pathway"]

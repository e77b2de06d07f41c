"""Real data that come with the library, each with its origin and licence."""

from hassenet.datasets.cirrhosis import load_cirrhosis
from hassenet.datasets.dataset import Dataset

__all__ = ["Dataset", "load_cirrhosis"]

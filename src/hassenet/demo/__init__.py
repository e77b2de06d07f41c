"""The real thing: cirrhosis of the liver recognised from gut microbes, by a network that is their taxonomy."""

from hassenet.demo.main import run

__all__ = ["run"]

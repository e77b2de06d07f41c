"""One interactive HTML page of a model and its data, for the browser, without a network."""

from hassenet.page.building import page_data
from hassenet.page.data import PageData
from hassenet.page.rendering import render
from hassenet.page.writing import write_report

__all__ = ["PageData", "page_data", "render", "write_report"]

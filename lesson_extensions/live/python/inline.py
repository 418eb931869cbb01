"""Matplotlib's backend in the worker: plt.show() shows figures where it stands, as in a notebook.

Named by MPLBACKEND, so it is imported by Matplotlib, once that is loaded.
"""

from console import Console
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]


def show(close: object = None, block: object = None) -> None:
    """Send all figures and close them; figures that no call shows follow at their cell's end."""
    if Console.current is not None:
        Console.current.show_figures()

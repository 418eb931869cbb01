"""What a page says of a module that is not there, and of what a browser does not let Python do."""

import difflib
import sys

HERE = "Here are NumPy, Matplotlib and Python's own library"
THERE = "Run code that needs it in a Python on your computer."

# Each ends what "… is not on this page." begins: what can be had here instead.
INSTEAD = {
    "scipy": (
        "For linear algebra take np.linalg: solve, inv, eig, eigh, svd, qr, cholesky, lstsq, norm."
        " What only SciPy has (lu, expm, sparse matrices) needs a Python on your computer."
    ),
    "pandas": (
        "A table of numbers is an array: np.loadtxt and np.genfromtxt read a text, such as"
        " np.loadtxt(['1 2', '3 4'])."
    ),
    "sympy": "fractions.Fraction calculates exactly, in Python's own library.",
    "requests": (
        "A page may not fetch from elsewhere: write the data into the cell as a text, and"
        " np.loadtxt(text.splitlines()) reads it."
    ),
    "sklearn": (
        "np.linalg.lstsq fits a linear model, and np.linalg.svd of the centred data gives principal"
        " components."
    ),
    "torch": "The same products are @, np.einsum and np.tensordot; gradients are yours to write.",
    "seaborn": "Matplotlib draws: import matplotlib.pyplot as plt.",
    "PIL": "plt.imread and plt.imshow read and show pictures.",
    "numba": "Loops that are slow become one operation on whole arrays.",
    "networkx": "A graph is its adjacency matrix, an array.",
    "statsmodels": "np.linalg.lstsq fits a linear model.",
    "IPython": "display() is there without an import.",
    "tkinter": "A page has no windows; Matplotlib draws below the cell.",
    "micropip": "Nothing can be installed on a page.",
}
LIKE = {
    "pandas": "polars xarray openpyxl csvkit pyarrow",
    "sympy": "mpmath gmpy2 sage",
    "requests": "httpx urllib3 aiohttp bs4 kagglehub yfinance",
    "torch": "tensorflow keras jax flax transformers torchvision",
    "seaborn": "plotly bokeh altair",
    "PIL": "cv2 imageio skimage",
    "numba": "cupy cython dask",
    "tkinter": "turtle pygame PyQt5 PyQt6 curses",
    "micropip": "pip setuptools",
}
INSTEAD |= {name: INSTEAD[like] for like, names in LIKE.items() for name in names.split()}


def sentence(error: BaseException) -> str:
    """What can be had in the place of what was not there, or ""."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return of_module(error.name)
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return "Python in a browser has one thread: call the function itself."
    return ""


def of_module(name: str) -> str:
    top = name.partition(".")[0]
    if top in INSTEAD:
        return f"{top} is not on this page. {INSTEAD[top]}"
    if top in sys.modules:  # a part of what is there
        return f"{top} is here, but has no {name.rpartition('.')[2]}; dir({top}) lists what it has."
    if top in sys.stdlib_module_names:
        return f"{top} is part of Python, but not of Python in a browser. {THERE}"
    meant = [
        *difflib.get_close_matches(top, ["numpy", "matplotlib"], 1),
        *difflib.get_close_matches(top, sys.stdlib_module_names, 1, 0.8),
    ]
    if meant:
        return f"{HERE}, and no {top}. Did you mean {meant[0]}?"
    return f"{HERE}, and no {top}. {THERE}"

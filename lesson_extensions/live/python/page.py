"""What the worker asks Python: one console a page, and the corrections made before it begins."""

import contextlib
import os
from pathlib import Path

import native_errors
import needs
import numpy as np
import wide_integers
from console import Console

state = {}


def begin(emit, corrections=True):
    """Make the console; `emit(index, kind, text)` hands on what the text at `index` shows."""
    if corrections:
        native_errors.install()
        wide_integers.install()
    needs.install()
    set_look()
    state["print options"] = np.get_printoptions()
    state["index"] = 0
    state["past"] = needs.Past()
    state["console"] = Console(lambda kind, text: emit(state["index"], kind, text))


def set_look():
    """Give pictures the look of the site's, which lies in the archive with this file."""
    with contextlib.suppress(OSError):  # a site without a look of its own
        look = Path("/home/pyodide/matplotlibrc")
        look.write_bytes(__loader__.get_data(f"{__loader__.archive}/matplotlibrc"))
        os.environ["MATPLOTLIBRC"] = str(look)


def reset():
    """Begin anew: no variables, and NumPy prints as it does at first."""
    state["console"].reset()
    state["past"] = needs.Past()
    np.set_printoptions(**state["print options"])


def order(texts, target):
    """The indices to run for the text at `target`, the last."""
    return state["past"].order([code for _, code in texts], target)


def packages(texts, run):
    return needs.packages([code for _, code in texts], list(run))


def loaded():
    """A package was loaded."""
    needs.loaded(state["console"].namespace)


def run(texts, index):
    """Run a text; return the name of the error that ended it, and of the package that it lacks."""
    kind, code = texts[index]
    state["index"] = index
    if "random" in code:
        wide_integers.install_random()
    try:
        error = state["console"].run(kind, code, f"{kind} {index + 1}")
    except needs.Package as package:
        return "", str(package)
    # a session goes on after an error
    state["past"].note([code for _, code in texts], index, bool(error) and kind == "cell")
    return error, ""

"""What the worker asks Python: one console a page, and the corrections made before it begins."""

import contextlib
import importlib
import io
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import flags
import native_errors
import needs
import numpy as np
import wide_integers
from console import Console

Texts = Sequence[tuple[str, str]]  # kind and code of each

PRISTINE = "lesson_extensions.shared.pristine"  # served beside this file

state: dict[str, Any] = {}


def begin(emit: Callable[[int, str, str], object], corrections: bool = True) -> None:
    """Make the console; `emit(index, kind, text)` hands on what the text at `index` shows."""
    if corrections:
        native_errors.install()
        wide_integers.install()
    needs.install()
    importlib.import_module(PRISTINE)  # now: what a reader does to NumPy is no grader's NumPy
    set_look()
    state["print options"] = np.get_printoptions()
    state["index"] = 0
    state["past"] = needs.Past()
    native_errors.doubts[:] = [lambda sentence: state["console"].note(sentence)]
    state["console"] = Console(lambda kind, text: emit(state["index"], kind, text))


def flagged(dictate: Callable[[int], object]) -> flags.Addresses:
    """What flags.js must know, which says by `dictate` what NumPy shall read next."""
    flags.watch_casts(dictate)
    native_errors.dictates[:] = [dictate]
    return flags.addresses()


def set_look() -> None:
    """Give pictures the look of the site's, which lies in the archive with this file."""
    archive: Any = __spec__.loader
    with contextlib.suppress(OSError):  # a site without a look of its own
        look = Path("/home/pyodide/matplotlibrc")
        look.write_bytes(archive.get_data(f"{archive.archive}/matplotlibrc"))
        os.environ["MATPLOTLIBRC"] = str(look)


def reset() -> None:
    """Begin anew: no variables, and NumPy prints as it does at first."""
    state["console"].reset()
    state["past"] = needs.Past()
    np.set_printoptions(**state["print options"])


def order(texts: Texts, target: int) -> list[int]:
    """The indices to run for the text at `target`, the last."""
    past: needs.Past = state["past"]
    return past.order([code for _, code in texts], target)


def packages(texts: Texts, run: Iterable[int]) -> list[str]:
    return needs.packages([code for _, code in texts], list(run))


def loaded() -> None:
    """A package was loaded."""
    needs.loaded(state["console"].namespace)


def run(texts: Texts, index: int) -> tuple[str, str]:
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


def told() -> list[str]:
    """The last lines of the errors and warnings of the text that ran last."""
    return list(state["console"].told)


def call(module: str, function: str, args: str) -> str:
    """Call a function of a served module; `args` are JSON.

    Returns JSON: {value, printed, error, lacks}: `error` is what Python says of an exception, and
    `lacks` names a package that has to be loaded first.
    """
    printed = io.StringIO()
    answer: dict[str, Any] = {"value": None, "error": "", "lacks": ""}
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            value = getattr(importlib.import_module(module), function)(*json.loads(args))
        json.dumps(value, allow_nan=False)  # JavaScript reads no NaN
        answer["value"] = value
    except needs.Package as package:
        answer["lacks"] = str(package)
    except BaseException as error:
        answer["error"] = ": ".join(filter(None, [type(error).__name__, str(error)]))
    return json.dumps({**answer, "printed": printed.getvalue()})

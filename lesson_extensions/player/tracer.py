"""Runs the steps of a program one after the other, and says what each printed and left.

The question: {"path", "steps": [{"code", "line", "predict", "predict_line"}]}. The answer:
{"steps": [{"printed", "variables", "answer"}]}, or {"error": {"line", "text", "predicted"}}.
"""

import contextlib
import io
import re
import reprlib
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lesson_extensions.execution.snippets import answer, last_line

SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 60
NOT_SHOWN = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, np.ufunc, type)


class ProgramError(Exception):
    """What the program raised, where, and whether a prediction asked for it."""

    def __init__(self, error: BaseException, line: int, predicted: bool = False) -> None:
        super().__init__(last_line(error))
        self.report = {"line": line, "text": last_line(error), "predicted": predicted}


def trace(question: dict[str, Any]) -> dict[str, Any]:
    path = question["path"]
    module = types.ModuleType(Path(path).stem)
    module.__file__ = path
    sys.modules[module.__name__] = module
    sys.path[0] = str(Path(path).parent)  # what lies beside the program can be imported
    try:
        return {"steps": list(run(path, question["steps"], vars(module)))}
    except ProgramError as error:
        return {"error": error.report}


def run(
    path: str, steps: list[dict[str, Any]], namespace: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield what each step printed and left; raises ProgramError."""
    before: dict[str, Any] = {}
    for step in steps:
        printed = io.StringIO()
        code = "\n" * (step["line"] - 1) + step["code"]  # a traceback names the line of the file
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(code, path, "exec"), namespace)
        except BaseException as error:  # exit() too
            raise ProgramError(error, line_of(error, path)) from None
        after = {name: identity(held) for name, held in namespace.items() if is_shown(name, held)}
        variables = [
            {"name": name, "mark": mark(name, before, after), **described(namespace[name])}
            for name in after
        ]
        before = after
        yield {
            "printed": printed.getvalue(),
            "variables": variables,
            "answer": predicted(step, path, namespace),
        }


def predicted(step: dict[str, Any], path: str, namespace: dict[str, Any]) -> str | None:
    """What the reader is to predict, as text; None where the step asks for nothing."""
    if step["predict"] is None:
        return None
    try:
        held = eval(compile(step["predict"], path, "eval"), namespace)
        return held if isinstance(held, str) else short(held)
    except BaseException as error:
        raise ProgramError(error, step["predict_line"], predicted=True) from None


def line_of(error: BaseException, path: str) -> int:
    """The last line of the program that the traceback names."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno or 0 for frame in frames if frame.filename == path][-1]


def is_shown(name: str, held: Any) -> bool:
    return not name.startswith("_") and not isinstance(held, NOT_SHOWN)


def identity(held: Any) -> tuple[Any, ...]:
    """What differs when a value does, also when an array was changed in place."""
    if isinstance(held, (np.ndarray, np.generic)) and held.dtype != object:
        return str(held.dtype), held.shape, held.tobytes()
    return type(held), repr(held)


def mark(name: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    if name not in before:
        return "new"
    return "changed" if after[name] != before[name] else ""


def described(held: Any) -> dict[str, str]:
    if isinstance(held, (np.ndarray, np.generic)):
        shape, dtype = str(held.shape), str(held.dtype)
    else:
        shape, dtype = "–", type(held).__name__
    return {"value": short(held), "shape": shape, "dtype": dtype}


def short(held: Any) -> str:
    """As print() shows an array, as a session shows anything else; shortened if it is long."""
    if isinstance(held, (np.ndarray, np.generic, np.dtype)):
        with np.printoptions(threshold=36, edgeitems=2, linewidth=40):
            text = str(held)
    else:
        text = SHORT.repr(held)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)  # differs from build to build


if __name__ == "__main__":
    answer(trace)

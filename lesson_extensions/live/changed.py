"""Runs a cell that was changed, after the cells above that it needs, as a live cell would.

snippets.ask runs this file in a process of its own.
"""

import sys
from pathlib import Path
from typing import Any

import IPython.lib.pretty
import matplotlib

from lesson_extensions.execution.snippets import answer

sys.path.insert(0, str(Path(__file__).parent / "python"))  # where the reader's Python has them
sys.modules["pretty"] = IPython.lib.pretty  # and this is called so

import console  # noqa: E402  # it lies where the path above leads
import needs  # noqa: E402  # so does this


def changed(question: dict[str, Any]) -> dict[str, Any]:
    """What the last of `sources` shows, and whether `holds`, a condition or "", is true after it.

    Returns {shown: text, of an error its last line; picture: whether it drew one; above: what
    ended a cell above, or ""; holds: "", or what is wrong with the condition}.
    """
    matplotlib.use("agg")
    sources, holds = question["sources"], question["holds"]
    events: list[tuple[str, str]] = []
    own = console.Console(lambda kind, text: events.append((kind, text)))
    *above, last = needs.Past().order(sources, len(sources) - 1)
    for index in above:
        if own.run("cell", sources[index], f"cell {index + 1}"):
            return {"shown": "", "picture": False, "above": [*own.told][-1], "holds": ""}
    events.clear()
    own.run("cell", sources[last], f"cell {last + 1}")
    told = [*own.told]
    shown = [f"{told[-1]}\n" if kind == "error" else text for kind, text in events]
    pictures = [kind for kind, _ in events if kind == "image"]
    return {
        "shown": "" if pictures else "".join(shown),
        "picture": bool(pictures),
        "above": "",
        "holds": wrong_with(holds, own.namespace) if holds else "",
    }


def wrong_with(condition: str, namespace: dict[str, object]) -> str:
    try:
        return "" if eval(condition, namespace) else "it is false"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    answer(changed)

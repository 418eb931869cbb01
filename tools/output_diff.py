"""Show as Markdown what the pages print now and did not print at another commit.

`python -m tools.output_diff main` compares tests/outputs/, as it lies here, with what it was in
`main`; CI writes this beside each pull request. Needs nothing but Python and git.
"""

import difflib
import re
import subprocess
import sys
from collections.abc import Set
from html import escape
from pathlib import Path

OUTPUTS = "tests/outputs"
PICTURE = "[picture]"  # all that tests/test_outputs.py keeps of one
LONGEST = 400  # lines of a page's diff; GitHub takes a mebibyte in all


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def printed_at(commit: str) -> dict[str, str]:
    """Page → what it printed, as recorded in a commit."""
    names = git("ls-tree", "-r", "-z", "--name-only", commit, "--", OUTPUTS).split("\0")[:-1]
    return {page_of(name): git("show", f"{commit}:{name}") for name in names}


def printed_here() -> dict[str, str]:
    """Page → what it printed, as recorded in the folder that we are in."""
    files = sorted(Path(OUTPUTS).rglob("*.txt"))
    return {page_of(path.as_posix()): path.read_text("utf-8") for path in files}


def page_of(name: str) -> str:
    """tests/outputs/lessons/vectors.txt → lessons/vectors."""
    return name.removeprefix(f"{OUTPUTS}/").removesuffix(".txt")


def edited_since(commit: str) -> set[str]:
    """The pages whose Markdown is not what it was."""
    names = git("diff", "-z", "--name-only", commit, "--", "docs").split("\0")
    return {
        name.removeprefix("docs/").removesuffix(".md") for name in names if name.endswith(".md")
    }


def diff(old: str, new: str) -> list[str]:
    """The lines of a unified diff, without its two first, which name files."""
    return list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""))[2:]


def fold(page: str, lines: list[str], change: str) -> str:
    """A page's diff behind a line that can be opened."""
    gone, added = (sum(line.startswith(sign) for line in lines) for sign in "-+")
    left_out = len(lines) - LONGEST
    shown = lines[:LONGEST] + ([f"  … and {left_out} more lines"] if left_out > 0 else [])
    # longer than any fence that a page printed, so that none of them ends this one
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", "\n".join(shown))), default=0))
    return "\n".join(
        [
            f"<details>\n<summary>{escape(page)}{change}: −{gone} +{added}</summary>\n",
            f"{fence}diff",
            *shown,
            f"{fence}\n\n</details>",
        ]
    )


def report(old: dict[str, str], new: dict[str, str], edited: Set[str] = frozenset()) -> str:
    """Markdown: a fold for each page that prints something else, or that there is none.

    old, new: page → what it printed; edited: pages whose source changed.
    """
    folds = []
    for page in sorted(old.keys() | new.keys()):
        lines = diff(old.get(page, ""), new.get(page, ""))
        change = " (new)" if page not in old else " (gone)" if page not in new else ""
        if lines:
            folds.append(fold(page, lines, change))
    parts = ["## What the pages print"]
    if folds:
        parts.append(f"Changed on {len(folds)} of {len(old.keys() | new.keys())} pages.")
    else:
        parts.append("Every page prints what it printed before.")
    parts += folds
    drawn = [page for page in sorted(edited & new.keys()) if PICTURE in new[page]]
    if drawn:
        parts.append(f"Edited, with pictures, which are not compared: {', '.join(drawn)}.")
    return "\n\n".join(parts) + "\n"


def main(commit: str) -> None:
    print(report(printed_at(commit), printed_here(), edited_since(commit)), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])

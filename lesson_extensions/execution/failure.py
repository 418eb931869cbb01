"""What is said when a cell fails: file, line, cell, what happened, and how to mend it."""

from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError

QUOTED = 20  # lines of a failing cell

ADVICE = (
    "Mend the cell. Where the error is what you want to show, catch it and print it, "
    "as CONTRIBUTING.md shows under “An intended error”."
)
SMALLER = "Make it smaller: fewer rows, fewer steps, one block at a time."
SAID = {  # what limits.py says → how to mend it
    "has no network": "Put the data into docs/_data/, with its source and licence, and read it "
    "from there: then the page says the same when the other host is gone.",
    "may start no process": "Do the work in the notebook's own Python, "
    "without `!` commands, subprocess and multiprocessing.",
    "must not fork": "Start another process with subprocess or with multiprocessing's “spawn”: "
    "a fork of a notebook would answer in its place.",
    "writes only into": "Write below tempfile.mkdtemp(): that folder is the notebook's own, so "
    "that no two meet in one file, and it goes when the notebook ends.",
    "it printed more than": "Print less: the first rows, a sum, a shape. A page carries all that "
    "its cells print.",
    "No space left on device": "Free some space, and build again; the last good site is in place.",
}


def message(failure: Any, page: str | Path, root: str | Path, limits: dict[str, Any]) -> str:
    """What to say of an error of nbclient's with `cell`, its source, and `line`, of its fence."""
    what, advice = diagnosis(failure, limits)
    source = failure.cell.splitlines()
    cell = "\n".join(f"    {line}" for line in source[:QUOTED] + ["…"] * (len(source) > QUOTED))
    where = location(failure.cell, failure.line, page, root)
    return f"{where}: this cell failed: {what}\n\n{cell}\n\n{advice}"


def not_utf8(page: Path, root: str | Path) -> str:
    """What to say of a page that cannot be read as text; nothing of one that can."""
    content = page.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte {error.start}, 0x{content[error.start]:02x}"
        return (
            f"{relative(page, root)}:{line}: this page is not in UTF-8: {byte}, cannot be read.\n\n"
            "Save it in UTF-8, which every editor can, or mend what stands there."
        )
    return ""


def killed(places: list[str]) -> str:
    """What to say where a process that read pages is gone; `places` are where it was."""
    where = "".join(f"{place}: " for place in places[:1])
    return (
        f"{where}the process that read this page was killed while it executed this cell.\n\n"
        "It may have been for want of memory: `--jobs=1` reads with one process."
    )


def location(source: str, fence: int, page: str | Path, root: str | Path) -> str:
    """The file and line of a cell, as an editor opens it."""
    line = line_of(source, Path(page).read_text("utf-8"), fence)
    return f"{relative(page, root)}:{line}"


def relative(page: str | Path, root: str | Path) -> Path:
    return Path(page).relative_to(root) if Path(page).is_relative_to(root) else Path(page)


def diagnosis(failure: Any, limits: dict[str, Any]) -> tuple[str, str]:
    """What happened to a cell, and how to mend it."""
    if isinstance(failure, CellTimeoutError):
        if "seconds" not in limits:
            return "it took too long", ADVICE
        return f"the notebook may run for {limits['seconds']} seconds in all", SMALLER
    what = f"{failure.ename}: {failure.evalue}"
    if "gigabytes" in limits and failure.ename.endswith(("MemoryError", "DeadKernelError")):
        return f"{what}; the notebook may use {limits['gigabytes']} GiB of memory", SMALLER
    found = (advice for said, advice in SAID.items() if said in failure.evalue)
    return what, next(found, ADVICE)


def line_of(source: str, text: str, fence: int) -> int:
    """The line of a page on which the code of a cell begins, whose fence stands at line `fence`."""
    before = "".join(text.splitlines(keepends=True)[: fence - 1])
    start = text.find(source, len(before))
    return text.count("\n", 0, start) + 1 if start >= 0 else fence  # a cell may `:load:` its code

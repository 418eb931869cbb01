"""The lesson past one machine: it stays below its limit, and survives the loss of a worker."""

import time

import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

from lesson_extensions.execution import forks
from lesson_extensions.execution.notebook import execute
from tests.conftest import ROOT, processes_in

PAGE = ROOT / "docs/lessons/beyond-one-machine.md"
DEADLY = """
import os, signal

mark = Path(tempfile.gettempdir()) / "killed"

def deadly(minutes):
    if not tracemalloc.is_tracing():
        tracemalloc.start()  # in the worker that takes the place of the first
    if len(minutes) and minutes[0] >= 1_000_000 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return waves(minutes)

"""
SAID = "mark.exists(), peak < limit, 0 < max(peaks) < limit, np.allclose(gram_dask, gram)"


@pytest.fixture
def page():
    """The notebook of the page until both results are there, without its pictures.

    A worker is killed in the first of its tasks that is past a million rows.
    """
    config = MdParserConfig(enable_extensions=["colon_fence", "dollarmath"])
    found = read_myst_markdown_notebook(
        PAGE.read_text("utf-8"), config, path=str(PAGE), add_source_map=True
    )
    codes = [cell for cell in found.cells if cell.cell_type == "code"]
    last = next(n for n, cell in enumerate(codes) if cell.source.startswith("client.close()"))
    found.cells = [cell for cell in codes[:last] if "plt.subplots" not in cell.source]
    found.metadata["source_map"] = list(range(len(found.cells)))
    (tall,) = [cell for cell in found.cells if "tall = " in cell.source]
    assert tall.source.count("    waves, chunks") == 1
    tall.source = DEADLY + tall.source.replace("    waves, chunks", "    deadly, chunks")
    found.cells[-1].source = SAID
    return found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the kernel of a notebook runs, and nothing else does."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    forks.use_forks()
    yield tmp_path
    forks.use_ordinary()


def test_a_worker_that_is_killed_changes_no_result_and_none_is_left(page, folder):
    """The notebook ends before it has stopped its workers, as it does where a cell fails."""
    entry = execute(page, folder, 300, {"gigabytes": 4})

    assert entry is not None, "a cell failed"
    outputs = [output for step in entry["steps"] for output in step["outputs"]]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    assert outputs[-1]["data"]["text/plain"] == "(True, True, True, True)"
    latest = time.monotonic() + 120
    while left := processes_in(folder):
        assert time.monotonic() < latest, left
        time.sleep(0.05)

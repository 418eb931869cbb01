"""Notebooks executed by a Dask cluster: the same pages, also when a worker is lost."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lesson_extensions.execution import cluster
from lesson_extensions.execution.cache import Cache
from lesson_extensions.execution.client import Execution
from tests.conftest import ROOT, Site

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
orphan: true
---
# Notebook

```{code-cell}
import time
import numpy as np
time.sleep(0.5)
A = np.array([[2.0, 1.0], [1.0, NUMBER]])
```

The determinant is {eval}`round(np.linalg.det(A), 3)`.

```{code-cell}
np.linalg.inv(A)
```
"""
SETTINGS = {
    "exclude_patterns": ["_build"],
    "extensions": ["myst_nb", "lesson_extensions.execution"],
}


def pages(number):
    found = {f"page{n}.md": PAGE.replace("NUMBER", str(n + 3)) for n in range(number)}
    return found | {"index.md": "# Home\n"}


def start(*arguments):
    """A Dask program on the loopback; its own folder is a checkout."""
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """The address of a scheduler with two workers, and the workers, by the names given to them.

    To start them takes longer than any test; so one cluster serves all, the last of which kills a
    worker.
    """
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    common = [f"--scheduler-file={file}", "--no-dashboard"]
    programs = [start("dask_scheduler", *common, "--host=127.0.0.1", "--port=0")]
    workers = {
        name: start(
            "dask_worker", *common, "--nthreads=1", "--no-nanny", f"--name={name}",
            f"--local-directory={folder / name}", "--host=127.0.0.1",
        )
        for name in ("one", "two")
    }  # fmt: skip
    programs += workers.values()
    until(lambda: file.is_file() and file.read_text("utf-8").endswith("}"))
    address = json.loads(file.read_text("utf-8"))["address"]
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    yield address, workers
    for program in programs:
        program.kill()
        program.wait()


def until(condition, seconds=60):
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it did not happen"
        time.sleep(0.05)


def build(folder, files, **conf):
    site = Site(folder, files, SETTINGS | conf)
    site.app.cleanup()
    return site, Execution.build.progress


def text(site, number):
    return [site.html(f"page{n}").get_text() for n in range(number)]


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The text of six pages that were executed here."""
    return text(build(tmp_path_factory.mktemp("local"), pages(6))[0], 6)


def test_the_pages_are_those_of_a_local_build_and_nothing_is_executed_here(dask, local, tmp_path):
    address, _ = dask
    site, progress = build(tmp_path / "there", pages(3), execution_cluster=address)

    assert text(site, 3) == local[:3]
    assert "The determinant is np.float64(5.0)" in text(site, 3)[0]
    assert (progress.executed.value, progress.from_cache.value) == (0, 3)


def test_what_fails_there_is_said_here_with_file_and_line(dask, tmp_path):
    address, _ = dask
    files = pages(2) | {"page0.md": PAGE.replace("[[2.0, 1.0], [1.0, NUMBER]]", "[1]")}
    with pytest.raises(SystemExit) as ended:
        build(tmp_path / "there", files, execution_cluster=address)

    assert "page0.md:18: this cell failed: LinAlgError" in ended.value.code


def test_no_scheduler_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECTING", 1)
    with pytest.raises(SystemExit, match=r"no Dask scheduler answers at tcp://127\.0"):
        build(tmp_path, pages(1), execution_cluster="tcp://127.0.0.1:9")


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(dask, local, tmp_path, monkeypatch):
    address, workers = dask
    killed = []
    real = Cache.store

    def kill_one(*arguments):
        if not killed:  # the first notebook is back: the others are being executed, or wait
            killed.extend(descendants(workers["one"].pid))
            workers["one"].kill()
        return real(*arguments)

    monkeypatch.setattr(Cache, "store", kill_one)
    site, progress = build(tmp_path / "there", pages(6), execution_cluster=address)

    assert killed and workers["one"].wait(timeout=60) == -signal.SIGKILL
    assert text(site, 6) == local
    assert (progress.executed.value, progress.from_cache.value) == (0, 6)
    until(lambda: not any(Path(f"/proc/{process}").exists() for process in killed))


def descendants(process):
    """The ids of the processes that a process has started, and those that these have."""
    children = [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return children + [other for child in children for other in descendants(child)]

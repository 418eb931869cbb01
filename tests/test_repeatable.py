"""Two builds of the same sources give the same bytes, but for the pages that hold timings."""

import filecmp
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

# What is timed when the site is built, and what quotes or indexes it. Nothing else may differ.
TIMED = {"benchmarks.html", "lessons/matmul.html", "lessons/matmul.ipynb", "searchindex.js"}


def build(folder):
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-c", ".", "docs", str(folder)]
    env = os.environ | {"SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def files(folder):
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".doctrees" not in path.parts
    }


@pytest.mark.skipif(
    "BLAS_THREADS" in os.environ,
    reason="`nox -s tests` compares two builds; twelve times more, for each NumPy, says no more",
)
def test_two_builds_give_the_same_bytes(tmp_path):
    first, second = tmp_path / "a" / "html", tmp_path / "b" / "html"
    build(first)
    build(second)
    common = sorted(files(first) & files(second))
    _, differing, errors = filecmp.cmpfiles(first, second, common, shallow=False)
    alone = files(first) ^ files(second)

    assert set(differing) <= TIMED and errors == []
    # the picture of the timings is named by its content; so is no other
    assert len(alone) <= 2 and all(name.startswith("_images/") for name in alone), alone
    assert len(common) > 100

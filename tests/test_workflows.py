"""What runs on GitHub: only pinned actions, and nothing is published that was not tested."""

import re

import pytest
import yaml

from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"uses: (\./\S+|\S+@[0-9a-f]{40} # v\d+(\.\d+)*)$")


def jobs(name):
    return yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text("utf-8"))["jobs"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_hash_with_its_version_beside_it(path):
    used = re.findall(r"uses: .*", path.read_text("utf-8"))

    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def test_what_fails_is_not_published():
    pages = jobs("pages")

    assert pages["publish"]["needs"] == "tests"
    assert pages["tests"]["uses"] == "./.github/workflows/tests.yml"
    deploying = [path.name for path in WORKFLOWS if "actions/deploy-pages" in path.read_text()]
    assert deploying == ["pages.yml"]


def test_what_runs_new_releases_may_not_write():
    for path in WORKFLOWS:
        for name, job in jobs(path.stem).items():
            may_write = "write" in job.get("permissions", {}).values()
            runs = [step.get("run", "") for step in job.get("steps", [])]
            assert not (may_write and any("nox -s lock" in run for run in runs)), (path, name)


def test_the_oldest_and_the_newest_python_are_tested():
    tested = jobs("tests")["tests"]["strategy"]["matrix"]["python"]
    oldest = re.search(r'target-version = "py3(\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))

    assert tested[0] == f"3.{oldest[1]}"
    assert {"3.13", "3.14"} <= set(tested)

"""The files that a contributor's tools read say what the README and the tasks say."""

import json
import re
import tomllib

import yaml

from tests.conftest import ROOT


def text(name):
    return (ROOT / name).read_text("utf-8")


def tasks():
    """The names of the tasks in noxfile.py."""
    return set(re.findall(r"@nox\.session.*?\ndef (\w+)\(", text("noxfile.py"), re.DOTALL))


def named_tasks(commands):
    """The tasks that commands run: what follows -s, up to what is passed on."""
    return " ".join(re.findall(r"\bnox -s ([\w ]+)", commands)).split()


def test_dev_container_runs_the_commands_of_the_readme():
    container = json.loads(text(".devcontainer/devcontainer.json"))

    assert container["postCreateCommand"] in text("README.md").splitlines()
    assert named_tasks(container["postCreateCommand"]) == ["docs"]


def test_dev_container_has_a_python_that_ci_tests():
    image = json.loads(text(".devcontainer/devcontainer.json"))["image"]
    jobs = yaml.safe_load(text(".github/workflows/tests.yml"))["jobs"]

    assert (
        re.fullmatch(r"python:(3\.\d+)-slim", image)[1]
        in (jobs["tests"]["strategy"]["matrix"]["python"])
    )


def test_dev_container_forwards_the_port_at_which_pages_are_served_live():
    ports = json.loads(text(".devcontainer/devcontainer.json"))["forwardPorts"]

    assert ports == [int(port) for port in re.findall(r'"--port=(\d+)"', text("noxfile.py"))]


def test_commit_hooks_run_a_task_that_ci_runs():
    hooks = [
        hook
        for repository in yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
        for hook in repository["hooks"]
    ]

    assert hooks
    for hook in hooks:
        assert named_tasks(hook["entry"])
        for task in named_tasks(hook["entry"]):
            assert task in tasks()
            assert task in named_tasks(text(".github/workflows/tests.yml"))
            assert task in named_tasks(text(".ci/run"))


def test_workflows_run_tasks_that_there_are():
    workflows = sorted((ROOT / ".github/workflows").glob("*.yml"))

    assert workflows
    for workflow in workflows:
        for job in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values():
            for step in job.get("steps", []):  # a job may be another workflow
                assert set(named_tasks(step.get("run", ""))) <= tasks(), workflow


def test_types_of_every_script_are_checked():
    checked = text("tools/types/tsconfig.json")

    for folder in {script.parent for script in ROOT.glob("lesson_extensions/*/static/*.js")}:
        assert f'"../../{folder.relative_to(ROOT).as_posix()}"' in checked


def test_what_installs_our_extensions_is_pinned():
    requires = tomllib.loads(text("pyproject.toml"))["build-system"]["requires"]
    pinned = set(re.findall(r"^([\w-]+)==", text("constraints.txt"), re.MULTILINE))

    assert {re.match(r"[\w-]+", one)[0].replace("_", "-") for one in requires} <= pinned

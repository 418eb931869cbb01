"""`nox -s preview`: what is saved is served, what fails is said in its page, nothing is left."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path

import pytest
import sphinx_autobuild.__main__ as autobuild

from lesson_extensions.execution.forks import can_fork
from tests.conftest import ROOT
from tools import preview as previewing

CONF = """import sys
sys.path.insert(0, {root!r})
extensions = ["myst_nb", "lesson_extensions.execution", "lesson_extensions.page.warnings_in_page"]
html_theme = "furo"
nb_execution_mode = "inline"
nb_execution_raise_on_error = True
"""
PAGES = {
    "index.md": "# Home\n\nFirst words.\n\n```{toctree}\nnotebook\n```\n",
    "notebook.md": "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n"
    "---\n# Notebook\n\n```{code-cell}\nprint('it is', 6 * 7)\n```\n",
}
PATIENCE = 90  # seconds


class Preview:
    """tools.preview at work on a site of two pages."""

    def __init__(self, folder):
        self.folder = folder
        for name, text in PAGES.items():
            self.write(name, text)
        self.write("conf.py", CONF.format(root=str(ROOT)))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "tools.preview", f"--port={self.port}", "--quiet"]
        command += [f"--doctree-dir={folder / 'build/doctrees'}", f"--ignore={folder / 'build'}"]
        command += ["--define=warnings_in_page=1", "--define=execution_goes_on=1"]
        command += [str(folder / "docs"), str(folder / "build/html")]
        # Its processes are known by what they inherit
        self.mark = f"PREVIEW_TEST={folder}"
        env = os.environ | dict([self.mark.split("=", 1)])
        with (folder / "said").open("w") as said:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT
            )

    def write(self, name, text):
        path = self.folder / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")

    def said(self):
        return (self.folder / "said").read_text("utf-8", "replace")

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}") as answer:
            return answer.read().decode()

    def wait_for(self, path, text, absent=""):
        """The page, when it holds `text` and not `absent`."""
        latest = time.monotonic() + PATIENCE
        page = ""
        while time.monotonic() < latest and self.process.poll() is None:
            with contextlib.suppress(OSError, HTTPException):  # it is being written
                page = self.get(path)
                if text in page and not (absent and absent in page):
                    return page
            time.sleep(0.05)
        pytest.fail(f"{text!r} is not served, or {absent!r} is:\n{page[-3000:]}\n{self.said()}")

    def left(self):
        """The command lines of the processes that it has started and that go on."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if self.mark.encode() in (path / "environ").read_bytes().split(b"\0"):
                    found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return [line for line in found if line]

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="module")
def preview(tmp_path_factory):
    """One for all tests, since each takes seconds to start; the last of them ends it."""
    started = Preview(tmp_path_factory.mktemp("preview"))
    yield started
    started.end()


def test_an_edit_is_served_an_error_is_in_its_page_and_goes_when_it_is_mended(preview):
    index, notebook = PAGES["index.md"], PAGES["notebook.md"]
    page = preview.wait_for("index.html", "First words.")
    assert '<script src="/preview.js?builds=' in page
    assert "WebSocket" in preview.get("preview.js")
    assert "it is 42" in preview.get("notebook.html")

    preview.write("index.md", index.replace("First", "Other"))
    preview.wait_for("index.html", "Other words.")

    preview.write("notebook.md", notebook.replace("6 * 7", "6 * 8"))
    preview.wait_for("notebook.html", "it is 48")

    preview.write("notebook.md", notebook.replace("6 * 7", "6 / 0"))
    page = preview.wait_for("notebook.html", "this cell failed: ZeroDivisionError")
    assert '<div class="la-warnings" role="alert">' in page
    assert "notebook.md:8: WARNING: this cell failed: ZeroDivisionError" in preview.said()

    preview.write("notebook.md", notebook)
    preview.wait_for("notebook.html", "it is 42", absent="la-warnings")


def test_a_fault_in_conf_py_is_told_and_its_mending_is_seen(preview):
    preview.wait_for("index.html", "words.")
    conf = (preview.folder / "docs/conf.py").read_text("utf-8")

    assert "IndexError" not in preview.said()
    preview.write("conf.py", conf + "[][1]\n")
    latest = time.monotonic() + PATIENCE
    while "IndexError" not in preview.said() and time.monotonic() < latest:
        time.sleep(0.05)
    assert "IndexError" in preview.said()

    preview.write("conf.py", conf + "html_title = 'Another title'\n")
    preview.wait_for("index.html", "Another title")


@pytest.mark.skipif(
    not can_fork(), reason="what is forked is tested; elsewhere each build is a new Python"
)
def test_ctrl_c_leaves_no_process(preview):
    preview.wait_for("notebook.html", "it is 42")
    assert any("tools.forked_builds" in line for line in preview.left())
    assert any("fork_server" in line for line in preview.left())

    preview.end()
    latest = time.monotonic() + PATIENCE
    while preview.left() and time.monotonic() < latest:
        time.sleep(0.05)

    assert preview.left() == []
    assert preview.process.returncode == 0


def test_where_a_door_is_closed_sphinx_autobuild_serves_as_it_comes_and_that_is_said(
    monkeypatch, capsys
):
    assert previewing.closed_doors() == []
    served = []
    monkeypatch.setattr(autobuild, "main", lambda argv=(): served.append(argv))
    monkeypatch.setattr(autobuild, "_create_app", lambda watch_dirs, builder: None)
    monkeypatch.delattr("sphinx_autobuild.server.RebuildServer.watch_reloads")

    previewing.main(["docs", "html"])

    assert served == [["docs", "html"]]
    said = capsys.readouterr().err
    assert "(sphinx_autobuild.__main__._create_app, " in said
    assert "sphinx_autobuild.server.RebuildServer.watch_reloads" in said
    assert "reload the page" in said

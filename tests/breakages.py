"""Break the repository, one fault at a time, and see that the build or a test catches each.

`nox -s mutate -- --code` tries all that breakages.toml lists; words after it, those whose name
holds one of them. mutate.py changes what pages say; what is changed here is how they are made.

The faults are put into a scratch copy, which is mended after each. Where a fault matters to the
real site, the copy's is made again: a style sheet or script is put where it is served; for all else
every page is written again, and read again if it changed, with Sphinx's warnings as errors, so that
the build may be what catches it. Then the tests that the entry names are run, until one fails.
"""

import functools
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from lesson_extensions.page import sheets
from lesson_extensions.shared import linking

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".toml")
BUILD = "docs/_build"
KEPT = ("runtime", "executed", "html", "doctrees")  # of the build that `nox -s mutate` makes first
SERVED = {".css", ".js"}  # what the site holds as it is
LONGEST = 900  # seconds; what hangs is caught too
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
WARNED = re.compile(r"^.*(?:WARNING|ERROR|rror:).*$", re.MULTILINE)


class Untrue(Exception):
    """An entry speaks of what is not there: the code has moved on, and the list must follow."""


class Copy:
    """The tracked files in `folder`, with what was built of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():  # and not deleted since
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        for name in KEPT:
            if (ROOT / BUILD / name).is_dir():
                shutil.copytree(ROOT / BUILD / name, folder / BUILD / name)

    def run(self, *arguments: str) -> tuple[int | None, str]:
        """The exit code of `python -m …` in the copy, None if it did not end, and what it said."""
        with tempfile.TemporaryFile("w+", errors="replace") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=self.folder, env=os.environ | {"PYTHONPATH": str(self.folder)},
                stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                code = process.wait(LONGEST)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            said.seek(0)
            return code, said.read()

    def build(self, *options: str) -> str:
        """Build the site of the copy; the first complaint, or ""."""
        html, doctrees = f"{BUILD}/html", f"{BUILD}/doctrees"
        shutil.rmtree(self.folder / html, ignore_errors=True)
        flags = ["--quiet", "--jobs=auto", "--fail-on-warning", "--keep-going", *options]
        code, said = self.run(
            "sphinx", "--builder=html", "--conf-dir=.", f"--doctree-dir={doctrees}", *flags,
            "docs", html,
        )  # fmt: skip
        if not code and code is not None:
            return ""
        complaint = (WARNED.findall(said) or said.strip().splitlines() or ["it did not end"])[0]
        return complaint.replace(f"{self.folder}/", "")

    @functools.cached_property
    def doctrees(self) -> Path:
        """The doctrees of the copy as it is when nothing is broken."""
        if complaint := self.build():
            raise Untrue(f"the site does not build as it is: {complaint}")
        return shutil.copytree(self.folder / BUILD / "doctrees", self.folder / BUILD / "as-it-is")

    def catches(self, entry: dict) -> str:
        """What catches the fault: the build's complaint or a test's name; "" if nothing does."""
        path = self.folder / entry["file"]
        text, times = path.read_text("utf-8"), path.stat()
        broken = text.replace(entry["old"], entry["new"])
        if entry.get("rebuild") and not is_served(entry):
            whole = self.doctrees
            shutil.rmtree(self.folder / BUILD / "doctrees", ignore_errors=True)
            shutil.copytree(whole, self.folder / BUILD / "doctrees")
        path.write_text(broken, "utf-8")
        try:
            if entry.get("rebuild") and is_served(entry):
                if not self.serve(path.name, text, broken):
                    raise Untrue("the built site does not hold that file; build it anew")
            elif entry.get("rebuild") and (complaint := self.build("--write-all")):
                return f"the build: {complaint}"
            for selector in entry.get("tests", []):
                if failure := self.fails(selector):
                    return failure
            return ""
        finally:
            path.write_text(text, "utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # a page is not read again
            self.serve(path.name, broken, text)

    def serve(self, name: str, old: str, new: str) -> bool:
        """Put the new text of a style sheet or script into what pages load of the old one.

        They load what was made of several: that is made anew, of the sources in the copy.
        """
        if Path(name).suffix not in SERVED:
            return False
        site = self.folder / BUILD / "html"
        source = site / "_static" / name  # as it is written: each is served by itself too
        if not source.is_file() or source.read_text("utf-8") not in (old, new):
            return False
        source.write_text(new, "utf-8")
        if source.suffix == ".css":
            sheets.write(site, self.folder / BUILD / "doctrees/sheets")
            return True
        for path in site.glob("_static/features/*/*.js"):
            path.write_text(
                linking.served(path.name, lambda part: site / "_static" / part), "utf-8"
            )
        return True

    def fails(self, selector: str) -> str:
        """The first of these tests that fails, or ""."""
        options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--no-header"]
        code, said = self.run("pytest", *options, *shlex.split(selector))
        if code is None:
            return f"{selector}: did not end"
        if code in (4, 5):  # pytest's words for no such file, and no such test
            raise Untrue(f"`{selector}` names no test")
        return (FAILED.findall(said) or [selector])[0] if code else ""


def entries(words: list[str]) -> list[dict]:
    """The faults to try: first those that need no build of the site."""
    listed = tomllib.loads(LIST.read_text("utf-8"))["breakage"]
    for entry in listed:
        path = ROOT / entry["file"]
        found = path.read_text("utf-8").count(entry["old"]) if path.is_file() else None
        if found != 1:
            what = "is not there" if found is None else f"holds its `old` {found} times, not once"
            raise Untrue(f"“{entry['name']}”: {entry['file']} {what}")
    chosen = [one for one in listed if not words or any(word in one["name"] for word in words)]
    return sorted(chosen, key=lambda entry: bool(entry.get("rebuild")) * (2 - is_served(entry)))


def is_served(entry: dict) -> bool:
    """Whether the site holds the file as it is."""
    return Path(entry["file"]).suffix in SERVED


def main(words: list[str]) -> int:
    """Report each fault and what catches it; 1 if one is not caught that should be."""
    chosen, missed, caught = entries(words), 0, 0
    with tempfile.TemporaryDirectory(prefix="breakages-") as folder:
        copy = Copy(Path(folder).resolve())
        for entry in chosen:
            begin = time.monotonic()
            try:
                by = copy.catches(entry)
            except Untrue as error:
                raise Untrue(f"“{entry['name']}”: {error}") from None
            caught += bool(by)
            missed += not by and "uncaught" not in entry
            verdict = by or f"NOT CAUGHT {entry.get('uncaught', '')}".strip()
            print(f"{time.monotonic() - begin:4.0f} s  {entry['name']}: {verdict}", flush=True)
    print(f"{caught} of {len(chosen)} breakages were caught")
    return 1 if missed or not chosen else 0


if __name__ == "__main__":
    try:
        sys.exit(main([word for word in sys.argv[1:] if not word.startswith("--")]))
    except Untrue as untrue:
        sys.exit(str(untrue))

"""The one place that runs the code of our directives, in a process of its own, at build.

A feature that runs code has a script for it, which reads a question from stdin as JSON and writes
its answer to stdout as JSON; what the snippets print themselves must not get there. An endless loop
ends at the time limit and a huge array at the memory limit, and the build says so.
"""

import contextlib
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]  # so that the script can import this file
TIMEOUT = 60.0  # seconds for all that one directive runs
MEMORY = 4 << 30  # bytes of address space
store: tuple[Path, str] | None = None  # where a build stores answers, and what else they depend on
# (script, question) → answer, both as JSON; `nox -s preview` hands it to the next build
answers: dict[tuple[str, str], str] = {}


class SnippetError(Exception):
    """The process gave no answer: it took too long, or was ended, or its script has a bug."""


def ask(script: str | Path, question: Any, timeout: float = TIMEOUT) -> Any:
    """What the Python file `script` answers to `question`; both are what JSON can hold.

    Raises SnippetError where it gives no answer within `timeout` seconds.
    """
    asked = str(script), json.dumps(question)
    if (answer := answers.get(asked) or stored(asked)) is not None:
        return json.loads(answer)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with tempfile.TemporaryDirectory() as folder:
        environ["TMPDIR"] = folder  # what it writes goes with it
        streams = [Path(folder, name) for name in ("question", "answer", "errors")]
        streams[0].write_text(asked[1], "utf-8")
        for stream in streams[1:]:
            stream.touch()
        status = run(asked[0], streams, environ, timeout)
        answer, errors = (stream.read_text("utf-8", "replace") for stream in streams[1:])
        is_certain = streams[1].with_suffix(".certain").exists()
    if status is None:
        raise SnippetError(f"it ran for more than {timeout:g} seconds")
    if status:
        last = (errors.strip().splitlines() or ["no word why"])[-1]
        raise SnippetError(f"Python ended with code {status}: {last}")
    answers[asked] = answer
    if is_certain:
        store_answer(asked, answer)
    return json.loads(answer)


# -- Answers of earlier builds -------------------------------------------------------------------


def stored(asked: tuple[str, str]) -> str | None:
    """The answer that was stored, if it is whole; else None."""
    if store is None:
        return None
    try:
        digest, _, answer = stored_at(asked, *store).read_text("utf-8").partition("\n")
    except OSError:
        return None
    return answer if digest == hashlib.sha256(answer.encode()).hexdigest() else None


def store_answer(asked: tuple[str, str], answer: str) -> None:
    """Store an answer that came from its question alone; a full disk stores nothing."""
    if store is None:
        return
    with contextlib.suppress(OSError):
        path = stored_at(asked, *store)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(f"{hashlib.sha256(answer.encode()).hexdigest()}\n{answer}", "utf-8")
        draft.replace(path)


def stored_at(asked: tuple[str, str], folder: Path, facts: str) -> Path:
    script = Path(asked[0]).read_text("utf-8")
    return folder / hashlib.sha256("\0".join([facts, script, *asked]).encode()).hexdigest()


# -- Processes -----------------------------------------------------------------------------------


def start(
    script: str, streams: Sequence[Path], environ: Mapping[str, str], timeout: float
) -> int | None:
    """Run a script in a new Python; its exit code, or None if it took longer.

    `streams` are its stdin, stdout and stderr. A file beside the second, with the suffix .certain,
    says that the answer came from the question alone; of a new Python nobody knows.
    """
    with contextlib.ExitStack() as stack:
        stdin, stdout, stderr = (
            stack.enter_context(stream.open(mode))
            for stream, mode in zip(streams, "raa", strict=True)
        )
        process = subprocess.Popen(
            [sys.executable, script],
            stdin=stdin, stdout=stdout, stderr=stderr, env=environ,
            start_new_session=True,  # what it started ends with it
        )  # fmt: skip
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        finally:
            end(process)
            process.wait()


run = start  # while a build forks, forks.run_script


def end(process: subprocess.Popen[Any]) -> None:
    """Kill a process and what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


# -- For the scripts ---------------------------------------------------------------------------


def answer(function: Callable[[Any], Any]) -> None:
    """Answer the question on stdin with function(question), with the limits of a snippet."""
    with contextlib.suppress(ImportError, ValueError):  # no limit where the system knows none
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    question = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        result = function(question)
    json.dump(result, sys.stdout)


def last_line(error: BaseException) -> str:
    """The last line of the traceback that Python would show, such as `TypeError: …`."""
    return traceback.format_exception_only(error)[-1].strip()

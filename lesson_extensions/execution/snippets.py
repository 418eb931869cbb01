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
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[2]  # so that the script can import this file
TIMEOUT = 60  # seconds for all that one directive runs
MEMORY = 4 << 30  # bytes of address space
store = None  # (folder, facts): where a build keeps answers, and what they depend on besides
answers = {}  # (script, question) → answer, both as JSON; `nox -s live` hands it to the next build


class SnippetError(Exception):
    """The process gave no answer: it took too long, or was ended, or its script has a bug."""


def ask(script, question, timeout=TIMEOUT):
    """What the Python file `script` answers to `question`; both are what JSON can hold.

    Raises SnippetError where it gives no answer within `timeout` seconds.
    """
    asked = str(script), json.dumps(question)
    if (answer := answers.get(asked) or kept(asked)) is not None:
        return json.loads(answer)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with tempfile.TemporaryDirectory() as folder:
        environ["TMPDIR"] = folder  # what it writes goes with it
        streams = [Path(folder, name) for name in ("question", "answer", "errors")]
        streams[0].write_text(asked[1], "utf-8")
        for stream in streams[1:]:
            stream.touch()
        run = forked if can_fork() else started
        status = run(str(script), streams, environ, timeout)
        answer, errors = (stream.read_text("utf-8", "replace") for stream in streams[1:])
        is_certain = run is forked and not streams[1].with_suffix(".uncertain").exists()
    if status is None:
        raise SnippetError(f"it ran for more than {timeout} seconds")
    if status:
        last = (errors.strip().splitlines() or ["no word why"])[-1]
        raise SnippetError(f"Python ended with code {status}: {last}")
    answers[asked] = answer
    if is_certain:
        keep(asked, answer)
    return json.loads(answer)


def kept(asked):
    """The answer that was kept, if it is whole; else None."""
    if store is None:
        return None
    try:
        digest, _, answer = place(asked).read_text("utf-8").partition("\n")
    except OSError:
        return None
    return answer if digest == hashlib.sha256(answer.encode()).hexdigest() else None


def keep(asked, answer):
    """Keep an answer that came from its question alone; a full disk keeps nothing."""
    if store is None:
        return
    with contextlib.suppress(OSError):
        path = place(asked)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(f".{os.getpid()}").write_text(
            f"{hashlib.sha256(answer.encode()).hexdigest()}\n{answer}", "utf-8"
        )
        path.with_suffix(f".{os.getpid()}").replace(path)


def place(asked):
    folder, facts = store
    script = Path(asked[0]).read_text("utf-8")
    return folder / hashlib.sha256("\0".join([facts, script, *asked]).encode()).hexdigest()


def can_fork():
    """Whether a build is under way whose kernels are forked."""
    execution = sys.modules.get("lesson_extensions.execution.provisioner")
    return execution is not None and execution.ForkProvisioner.server is not None


def forked(script, streams, environ, timeout):
    """Run a script in a fork of a Python that has NumPy imported; its exit code, or None."""
    from lesson_extensions.execution.provisioner import ForkProvisioner, NoServer  # not in scripts

    wanted = {"script": script, "streams": [str(stream) for stream in streams], "argv": []}
    wanted |= {"cwd": os.getcwd(), "env": environ, "threads": ForkProvisioner.server.threads}
    try:
        process = ForkProvisioner.server.fork(**wanted)
    except NoServer:
        return started(script, streams, environ, timeout)
    try:
        return process.wait_until(time.monotonic() + timeout)
    finally:
        process.close()  # which ends it, and what it started


def started(script, streams, environ, timeout):
    """Run a script in a new Python; its exit code, or None if it took longer."""
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


def end(process):
    """Kill a process and what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


# -- For the scripts ---------------------------------------------------------------------------


def answer(function):
    """Answer the question on stdin with function(question), with the limits of a snippet."""
    with contextlib.suppress(ImportError, ValueError):  # no limit where the system knows none
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    question = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        result = function(question)
    json.dump(result, sys.stdout)


def last_line(error):
    """The last line of the traceback that Python would show, such as `TypeError: …`."""
    return traceback.format_exception_only(error)[-1].strip()

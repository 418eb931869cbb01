"""The one place that runs the code of our directives, in a process of its own, at build.

A feature that runs code has a script for it, which reads a question from stdin as JSON and writes
its answer to stdout as JSON; what the snippets print themselves must not get there. An endless loop
ends at the time limit and a huge array at the memory limit, and the build says so.
"""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).parents[1]  # so that the script can import lesson_extensions.snippets
TIMEOUT = 60  # seconds for all that one directive runs
MEMORY = 4 << 30  # bytes of address space


class SnippetError(Exception):
    """The process gave no answer: it took too long, or was ended, or its script has a bug."""


def ask(script, question, timeout=TIMEOUT):
    """What the Python file `script` answers to `question`; both are what JSON can hold.

    Raises SnippetError where it gives no answer within `timeout` seconds.
    """
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        start_new_session=True,  # what it started ends with it
    ) as process:
        try:
            out, err = process.communicate(json.dumps(question), timeout)
        except subprocess.TimeoutExpired:
            raise SnippetError(f"it ran for more than {timeout} seconds") from None
        finally:
            end(process)
    if process.returncode:
        last = (err.strip().splitlines() or ["no word why"])[-1]
        raise SnippetError(f"Python ended with code {process.returncode}: {last}")
    return json.loads(out)


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

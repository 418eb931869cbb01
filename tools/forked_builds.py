"""A Python in which Sphinx is imported, and which forks a build for each line that it is sent.

Most of the time of `python -m sphinx`, where one page has changed, goes by before the page is read:
in imports, and in starting what forks the kernels. Here both are done once. A build is a fork, so
that it leaves nothing behind for the next but what is named in `KEPT`: answers that were
computed, by what they were computed from.

preview_server.py starts it with the arguments of sphinx-build, and a socket as its stdin, from
which it reads a line for each build and answers with one, {"status": …, "said": …}. It ends when
that closes, and with it what forks the kernels; a kernel ends with the build that asked for it.
A process that has threads should not fork: nothing here starts one.
"""

import contextlib
import gc
import importlib
import io
import json
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

import sphinx.jinja2glue
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sphinx.cmd.build import get_parser
from sphinx.cmd.build import main as sphinx_build
from sphinx.config import Config
from sphinx.util.tags import Tags

from lesson_extensions.execution import forks

# Dictionaries that one build hands to the next, as module and name
KEPT = [
    ("lesson_extensions.execution.snippets", "answers"),
    ("lesson_extensions.live.runtime", "known"),
    (__name__, "compiled"),
]
compiled: dict[tuple[str, str], bytes] = {}  # templates: name and hash → bytecode
# A page to rehearse with: kinds of text, but no cell, since who talks to a kernel has threads
PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Title

Text with `code`, $x$ and **weight**, a [link](https://example.org) and a [place](#title).

```python
>>> 1 + 1
2
```

| a | b |
|---|---|
| 1 | 2 |

- one

:::{note}
1. first
:::
"""
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


def main(args: list[str]) -> None:
    connection = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the build
    prepare(args)
    for _ in connection.makefile("rb"):
        answer, modules, kept = build(args)
        with contextlib.suppress(BrokenPipeError):
            connection.sendall(json.dumps(answer).encode() + b"\n")
        for place, values in kept.items():
            dictionary(place).update(values)
        if modules:
            load(modules)
            rehearse(args)


def prepare(args: list[str]) -> None:
    """Import what conf.py names, and start what forks the kernels of all builds."""
    glue: Any = sphinx.jinja2glue
    glue.SandboxedEnvironment = partial(glue.SandboxedEnvironment, bytecode_cache=Compiled())
    named = get_parser().parse_args(args)
    with contextlib.suppress(Exception):  # the build will say what is wrong with conf.py
        config = Config.read(named.confdir or named.sourcedir, overrides={}, tags=Tags())
        load(config.extensions)
    forks.use_forks()
    if forks.server:
        with contextlib.suppress(forks.NoServer):
            forks.server.connect().close()


def load(modules: list[str]) -> None:
    """Import modules, without the threads that BLAS would start."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for name, value in before.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value
    freeze()


def rehearse(args: list[str]) -> None:
    """Build a site of one page in this process, so that what Sphinx and others keep is there."""
    named = get_parser().parse_args(args)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "index.md").write_text(PAGE, "utf-8")
        confdir = named.confdir or named.sourcedir
        options = ["-Q", f"-c{confdir}", f"-d{folder}/doctrees", "-Dlive_runtime=none"]
        with contextlib.suppress(Exception, SystemExit):
            sphinx_build([*options, folder, f"{folder}/html"])
        import nbformat

        nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
    freeze()


def freeze() -> None:
    gc.collect()
    gc.freeze()  # a collection in a build would copy every page of memory that is shared


class Compiled(BytecodeCache):
    """Templates that are compiled once, and not in each build."""

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def build(args: list[str]) -> tuple[dict[str, Any], list[str], dict[Any, Any]]:
    """Build once: what is to be answered, the modules that it imported, and what it keeps."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=run, args=(args, theirs))
    process.start()
    theirs.close()
    try:
        result = ours.recv()
    except EOFError:  # it was ended
        result = {"status": 1, "said": "The build was ended."}, [], {}
    ours.close()
    process.join()
    return result


def run(args: list[str], pipe: Connection) -> None:
    """In the fork: build, as `python -m sphinx` does."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.set_threshold(100_000, 50, 100)  # a build is short
    loaded = set(sys.modules)
    before = {place: set(dictionary(place)) for place in KEPT}
    sys.stderr = Copied(sys.stderr)
    try:
        status: str | int | None = sphinx_build(args)
    except SystemExit as ended:
        status = ended.code
        if not isinstance(status, int | None):
            print(status, file=sys.stderr)
            status = 1
    except KeyboardInterrupt:
        return
    modules = [name for name in sys.modules if name not in loaded]
    kept = {
        place: {key: value for key, value in dictionary(place).items() if key not in before[place]}
        for place in KEPT
    }
    said = sys.stderr.text.getvalue() if status else ""
    pipe.send(({"status": status or 0, "said": said}, modules, kept))


def dictionary(place: tuple[str, str]) -> dict[Any, Any]:
    module, name = place
    return getattr(sys.modules.get(module), name, {})


class Copied:
    """A stream, all of whose text is kept as well."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.text = io.StringIO()

    def write(self, text: str) -> int:
        self.text.write(text)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


if __name__ == "__main__":
    main(sys.argv[1:])

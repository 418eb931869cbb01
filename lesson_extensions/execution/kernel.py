"""A notebook's kernel, and the client that has it execute cells within the limits of its page.

A kernel is a fork (forked_kernel.py) where the notebook is of this Python and the build forks;
elsewhere it is Jupyter's ordinary one. A client is nbclient's, as myst-nb extends it; what differs
from their defaults says why beside it.
"""

import ast
import codecs
import json
import os
import select
import socket
import sys
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from myst_nb.core.execute.inline import ModifiedNotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from lesson_extensions.execution import forks, provenance

STARTING = 60.0  # seconds
MOST = 1_000_000  # characters that one cell may print or display, a picture as base64
REPORT = f"__import__('sys').modules[{provenance.NAME!r}].report()"
IPYKERNEL = [sys.executable, "-m", "ipykernel_launcher"]

Limits = dict[str, Any]  # of a page: limits.limit()'s, and "seconds" for the whole notebook


def start(
    notebook: NotebookNode,
    folder: str | Path,
    timeout: float | None,
    limits: Limits,
    allow_errors: bool = False,
) -> "Client":
    """A client whose kernel waits for the first cell; it runs in `folder`."""
    name = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    kinds = [ForkClient] if forks.server and is_this_python(name) else []
    for kind in [*kinds, JupyterClient]:
        client = kind(
            notebook,
            resources={"metadata": {"path": str(folder)}},
            timeout=timeout,
            allow_errors=allow_errors,
        )
        client.limits = limits
        try:
            client.start()
            return client
        except forks.NoServer as error:
            print(f"{error}; ordinary kernels are started instead", file=sys.stderr)
            client.end()
    raise AssertionError("Jupyter's needs no server")


@cache
def is_this_python(name: str) -> bool:
    """Whether a kernel of that name is ipykernel in the Python that runs here."""
    try:
        manager = AsyncKernelManager(kernel_name=name)
        command = manager.format_kernel_cmd()
    except NoSuchKernel:  # which Jupyter will say
        return False
    spec = manager.kernel_spec
    return command[:3] == IPYKERNEL and spec is not None and not spec.env


class Client(ModifiedNotebookClient):
    """What both have in common: limits, a folder of the notebook's own, and an end."""

    record_timing = False  # as myst-nb has it: times would make each build another
    limits: Limits = {}
    deadline: float | None = None  # when the notebook, not the cell, must have ended
    size = 0  # characters of the outputs of a cell

    def start(self) -> None:
        folder = forks.server.folder if forks.server else None  # it goes however the build ends
        self.own_folder = tempfile.TemporaryDirectory(prefix="n-", dir=folder)
        self.reset_execution_trackers()
        if "seconds" in self.limits:
            self.deadline = monotonic() + self.limits["seconds"]
        self.start_python()

    def start_python(self) -> None:
        raise NotImplementedError

    def environ(self) -> dict[str, str]:
        limits = {name: self.limits[name] for name in self.limits if name != "seconds"}
        return os.environ | {
            "IPYTHONDIR": str(forks.IPYTHON),
            "LA_LIMITS": json.dumps(limits),
            "TMPDIR": self.own_folder.name,
        }

    def _get_timeout(self, cell: NotebookNode | None) -> float | None:
        timeout = super()._get_timeout(cell)
        if self.deadline is None:
            return timeout
        left = max(self.deadline - monotonic(), 0.001)  # 0 would mean no limit
        return left if timeout is None else min(timeout, left)

    def weigh(self, number: int) -> None:
        """Count characters of an output. Raises CellExecutionError where they are too many."""
        self.size += number
        if self.size > MOST:
            raise CellExecutionError(
                "", "OutputError", f"it printed more than {MOST:,} characters, and was cut there"
            )

    def ask_for_report(self) -> Any:
        """The reply to what asks for provenance.report()."""
        raise NotImplementedError

    def report(self) -> dict[str, Any] | None:
        """What the outputs come from, as provenance.report() says it; None if it does not answer.

        A notebook may have spoilt what answers it; then its outputs are not kept.
        """
        try:
            answer = self.ask_for_report()["user_expressions"]["report"]["data"]["text/plain"]
            report: dict[str, Any] = json.loads(ast.literal_eval(answer))
            return report
        except (CellTimeoutError, DeadKernelError, KeyError, TypeError, ValueError, SyntaxError):
            return None

    def end(self) -> None:
        """End the kernel, all that it has started, and what it has written."""
        self.own_folder.cleanup()


# -- In a fork -----------------------------------------------------------------------------------


class ForkClient(Client):
    """Talks to forked_kernel.py."""

    process: forks.Forked | None = None

    def start_python(self) -> None:
        assert forks.server is not None
        self.files = ExitStack()
        self.talk, theirs = socket.socketpair()
        nothing = os.open(os.devnull, os.O_RDONLY)
        (out, their_out), (err, their_err), (their_asked, asked) = (os.pipe() for _ in range(3))
        self.printed = {out: "stdout", err: "stderr"}
        decoder = codecs.getincrementaldecoder("utf-8")
        self.decoders = {file: decoder("replace") for file in self.printed}
        self.asked = asked
        for file in self.printed:
            os.set_blocking(file, False)
        for file in (asked, *self.printed):
            self.files.callback(os.close, file)
        self.files.enter_context(self.talk)
        with theirs:
            given = [nothing, their_out, their_err, theirs.fileno(), their_asked]
            try:
                folder = self.resources["metadata"]["path"]
                self.process = forks.server.fork(given, cwd=folder, env=self.environ())
            finally:
                for file in (nothing, their_out, their_err, their_asked):
                    os.close(file)
        self.nb.metadata["language_info"] = self.receive()

    def execute_cell(
        self, cell: NotebookNode, cell_index: int, *_: object, **__: object
    ) -> NotebookNode:
        if self.skip_cells_with_tag in cell.metadata.get("tags", []):
            return cell
        cell.outputs = []
        reply = self.ask(cell, cell_index, store_history=True)
        cell.outputs = joined(cell.outputs)
        if reply["status"] == "error":
            run_sync(self._check_raise_for_error)(cell, cell_index, {"content": reply})
        return cell

    def eval_expression(self, name: str) -> list[NotebookNode]:
        cell = nbformat.v4.new_code_cell(source=name)
        self.ask(cell, -1, store_history=False)
        outputs: list[NotebookNode] = cell.outputs
        return outputs

    def ask_for_report(self) -> Any:
        cell = nbformat.v4.new_code_cell(source="")
        return self.ask(cell, -1, silent=True, user_expressions={"report": REPORT})

    def ask(self, cell: NotebookNode, index: int, **options: Any) -> Any:
        """Have a cell executed, its outputs put into it; the content of Jupyter's execute_reply.

        Raises CellTimeoutError, or DeadKernelError where the kernel has ended.
        """
        self.size = 0
        self.clear_before_next_output = False
        timeout = self._get_timeout(cell)
        latest = None if timeout is None else monotonic() + timeout
        try:
            request = {"code": cell.source, "stop_on_error": False, **options}
            os.write(self.asked, json.dumps(request).encode() + b"\n")
            while True:
                left = None if latest is None else max(latest - monotonic(), 0)
                sources: list[Any] = [self.talk, *self.printed]
                ready, _, _ = select.select(sources, [], [], left)
                if not ready:
                    raise CellTimeoutError.error_from_timeout_and_cell(
                        "Cell execution timed out", int(timeout or 0), cell
                    )
                message = self.receive() if self.talk in ready else None
                self.take_printed(cell, index)
                if message is None:
                    continue
                self.talk.sendall(b"\n")
                if message["msg_type"] == "execute_reply":
                    return message["content"]
                self.show(cell, index, **message)
        except ConnectionError:
            raise DeadKernelError("Kernel died") from None

    def receive(self) -> dict[str, Any]:
        """The message that the kernel sends; raises ConnectionError where it has ended."""
        line = bytearray()
        while not line.endswith(b"\n"):
            if not (part := self.talk.recv(2**20)):
                raise ConnectionError
            line += part
        self.weigh(len(line))
        message: dict[str, Any] = json.loads(line)
        return message

    def take_printed(self, cell: NotebookNode, index: int) -> None:
        """Put what was printed meanwhile into a cell."""
        for file, name in list(self.printed.items()):
            while part := self.read(file):
                self.weigh(len(part))
                text = {"name": name, "text": self.decoders[file].decode(part)}
                self.show(cell, index, "stream", text)

    def show(self, cell: NotebookNode, index: int, msg_type: str, content: Any) -> None:
        """Add to a cell's outputs what a message of Jupyter's says."""
        header = {"msg_type": msg_type}
        message = {"header": header, "parent_header": {}, "content": content} | header
        self.process_message(message, cell, index)

    def read(self, file: int) -> bytes:
        try:
            part = os.read(file, 2**16)
        except BlockingIOError:
            return b""
        if not part:  # closed by the notebook, or by its end
            del self.printed[file]
        return part

    def end(self) -> None:
        if self.process:
            self.process.end()
        self.files.close()
        super().end()


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell, all of a stream in its first place, as nbclient joins them."""
    pieces: dict[str, list[str]] = {}
    found = []
    for output in outputs:
        if output.output_type != "stream":
            found.append(output)
        elif output.name in pieces:
            pieces[output.name].append(output.text)
        else:
            pieces[output.name] = [output.text]
            found.append(output)
    for number, output in enumerate(found):
        if output.output_type == "stream":
            output.text = without_overwritten("".join(pieces[output.name]))
            after = found[number + 1] if number + 1 < len(found) else None
            if output.name == "stderr" and after and after.get("name") == "stdout":
                found[number], found[number + 1] = after, output
    return found


def without_overwritten(text: str) -> str:
    """Text as a terminal leaves it: in a line, what stands before a carriage return is gone."""
    if "\r" not in text:
        return text
    lines = text.split("\n")
    lasts = [line.removesuffix("\r").rpartition("\r")[2] for line in lines]
    ends = ["\r" if line.endswith("\r") else "" for line in lines]
    return "\n".join(last + end for last, end in zip(lasts, ends, strict=True))


# -- By Jupyter ----------------------------------------------------------------------------------


class KernelClient(AsyncKernelClient):
    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the answer to a question and for all that is said with it.

        Jupyter's own waits 0.2 seconds more, for whatever might follow.
        """
        latest = monotonic() + (timeout or STARTING)
        while monotonic() < latest:
            asked = self.kernel_info()
            try:
                self.information = (await self.get_shell_msg(timeout=1))["content"]
                while not is_end(await self.get_iopub_msg(timeout=0.05), asked):
                    pass
                return
            except Empty:  # it is not there yet, or spoke before we listened
                if self.parent and not await self.parent.is_alive():
                    raise RuntimeError("Python ended before the first cell") from None
        raise RuntimeError(f"no kernel answered within {timeout or STARTING:g} seconds")


def is_end(message: dict[str, Any], asked: str) -> bool:
    """Whether a message says that the kernel has done what was `asked`."""
    state = message["content"].get("execution_state")
    return bool(state == "idle" and message["parent_header"].get("msg_id") == asked)


class KernelManager(AsyncKernelManager):
    client_factory = KernelClient


class JupyterClient(Client):
    """nbclient's own way.

    A kernel sends what was printed every 0.2 seconds, in the middle of a line if need be. nbclient
    joins the pieces; myst-nb's nb_merge_streams would end a line after each. By default it drops,
    in silence, what comes 4 seconds late: a busy machine is slow, and no output may be lost.
    """

    coalesce_streams = True
    iopub_timeout = 60  # seconds
    raise_on_iopub_timeout = True
    shutdown_kernel = "immediate"  # asked politely, a kernel often takes three seconds to end
    kernel_manager_class = KernelManager

    def start_python(self) -> None:
        self.create_kernel_manager()
        self.start_new_kernel(env=self.environ())
        self.start_new_kernel_client()
        self.nb.metadata["language_info"] = self.kc.information["language_info"]

    def execute_cell(self, cell: NotebookNode, *place: Any, **options: Any) -> NotebookNode:
        self.size = 0
        return run_sync(self.async_execute_cell)(cell, *place, **options)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        if msg["msg_type"] in ("stream", "display_data", "execute_result"):
            self.weigh(len(json.dumps(msg["content"], default=str)))
        return super().process_message(msg, cell, cell_index)

    def ask_for_report(self) -> Any:
        asked = self.kc.execute("", silent=True, user_expressions={"report": REPORT})
        return self.wait_for_reply(asked)["content"]

    def end(self) -> None:
        if self.km is not None:
            self._cleanup_kernel()
        super().end()

"""The kernel of a notebook in a fork of fork_server.py: ipykernel's own, without its sockets.

What it is asked comes as lines of JSON, the content of Jupyter's execute_request, from one file.
What it displays goes as lines of JSON to another, and what is printed to stdout and stderr, by
whatever the notebook runs. Each line is answered by a byte before it goes on: who reads has then
taken what was printed before it. ZeroMQ's sockets, and the five threads of an ordinary kernel that
serve them, take more of its time than the cells of a lesson do.
"""

import asyncio
import io
import json
import os
import socket
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session

SENT = {
    "clear_output", "display_data", "error", "execute_reply", "execute_result",
    "update_display_data",
}  # fmt: skip


class Lines(Session):
    """Sends Jupyter's messages as lines, once it has a connection."""

    connection: socket.socket
    lock = threading.Lock()

    def send(
        self, stream: object, msg_or_type: Any, content: Any = None, *_: object, **__: object
    ) -> dict[str, Any]:
        kind = msg_or_type
        if isinstance(msg_or_type, dict):
            kind, content = msg_or_type["msg_type"], msg_or_type["content"]
        if kind in SENT:
            line = self.pack({"msg_type": kind, "content": content})
            with self.lock:
                self.connection.sendall(line + b"\n")
                if not self.connection.recv(1):
                    os._exit(1)  # nobody listens any more
        return {"content": content}


class KernelApp(IPKernelApp):
    """ipykernel's, but for what is there for sockets."""

    name = IPKernelApp.name

    def nothing(self, **_: object) -> None:
        pass

    init_connection_file = init_poller = init_sockets = init_heartbeat = nothing
    write_connection_file = log_connection_info = init_io = init_signal = nothing

    def init_kernel(self) -> None:
        self.kernel = IPythonKernel.instance(
            parent=self,
            session=Lines(parent=self),
            shell_channel_thread=SimpleNamespace(parent_thread=None),
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
            _execute_sleep=0.0,  # for ZeroMQ's sake, before each answer
        )


def prepared() -> Any:
    """The application of a kernel that waits to be in a fork."""
    app: Any = KernelApp.instance()
    hook, argv = sys.excepthook, sys.argv
    sys.argv = ["ipykernel_launcher"]
    app.init_code = app.nothing  # for the fork: what it runs may start threads
    app.initialize([])
    del app.init_code
    sys.excepthook, sys.argv = hook, argv  # a failure of the server is none of a kernel
    return app


def be(app: Any, connection: int, asked: int) -> None:
    """In the fork: execute what is asked, until nobody asks any more."""
    sys.argv = ["ipykernel_launcher", "-f", "kernel.json"]  # as an ordinary kernel has it
    del sys.path[0]  # where fork_server.py is; IPython has put the working folder further down
    sys.stdout, sys.stderr = as_stream(1), as_stream(2)
    for file in (connection, asked):
        os.set_inheritable(file, False)
    kernel = app.kernel
    kernel.session.connection = socket.socket(fileno=connection)
    kernel.shell.history_manager.dir_hist[:] = [Path.cwd()]
    kernel.shell.init_environment()
    app.init_gui_pylab()
    app.init_code()
    asyncio.set_event_loop(loop := asyncio.new_event_loop())
    kernel.session.connection.sendall(json.dumps(kernel.language_info).encode() + b"\n")
    with open(asked, encoding="utf-8") as requests:
        for line in requests:
            request = kernel.session.msg("execute_request", json.loads(line))
            kernel.set_parent([], request)
            loop.run_until_complete(kernel.execute_request(None, [], request))


def as_stream(file: int) -> TextIO:
    """Text that goes into a file at once, as with `python -u`: programs may write there too."""
    raw = io.FileIO(file, "w", closefd=False)
    return io.TextIOWrapper(raw, "UTF-8", errors="backslashreplace", write_through=True)

"""The processes that fork_server.py forks for a build: kernels of notebooks, scripts of snippets.

Where `can_fork()` is false, nothing is forked: Jupyter starts its ordinary kernels, and each script
has a new Python.
"""

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lesson_extensions.execution import snippets

IPYTHON = Path(__file__).parent / "ipython"
SERVER = Path(__file__).with_name("fork_server.py")
STARTING = 60  # seconds within which a server must have started


def can_fork() -> bool:
    """Whether processes can be forked here. macOS forks, but its libraries do not survive it."""
    return sys.platform.startswith("linux")


class NoServer(Exception):
    """No fork server runs, and none could be started."""


class Forked:
    """A process that was forked; who holds this keeps it alive.

    Its stdin, stdout and stderr, and what else it uses, are `files`, by their descriptors.
    """

    def __init__(
        self, connection: socket.socket, files: Sequence[int] = (), **wanted: object
    ) -> None:
        self.returncode: int | None = None
        self.connection = connection
        # Unbuffered: of two answers that come at once, select() would not see the second
        self.answers = connection.makefile("rb", buffering=0)
        try:
            socket.send_fds(connection, [json.dumps(wanted).encode() + b"\n"], list(files))
            self.pid: int = json.loads(self.answers.readline() or "{}")["pid"]
        except (ConnectionError, KeyError):
            self.close()
            raise ConnectionError("the fork server has ended") from None

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        if self.returncode is None:
            answer = b""  # nothing comes if the server has been killed
            with contextlib.suppress(ConnectionError):
                answer = self.answers.readline() or b""
            self.returncode = json.loads(answer)["ended"] if answer else -signal.SIGKILL
        return self.returncode

    def wait_until(self, latest: float) -> int | None:
        """Wait, but no longer than until `latest` (of time.monotonic()): None if it goes on."""
        left = max(latest - time.monotonic(), 0)
        if self.returncode is None and select.select([self.connection], [], [], left)[0]:
            self.wait()
        return self.returncode

    def end(self) -> None:
        """Kill it and what it has started, and wait until it has ended."""
        if self.wait_until(time.monotonic()) is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended just now
                os.kill(self.pid, signal.SIGKILL)
            self.wait()
        self.close()

    def close(self) -> None:
        """The server kills what is left of the process when it sees this."""
        self.answers.close()
        self.connection.close()


class Server:
    """The fork server of a build: started when first needed, shared by the build's processes."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.has_failed = False
        self.launched: int | None = None  # the id of the server's process
        self.threads: int | None = None  # of BLAS, in each fork; None: as many as there are cores
        self.folder = Path(tempfile.mkdtemp(prefix="kernels-"))
        self.socket = str(self.folder / "server")
        # The processes of the build hold one end: the server ends when the last of them has.
        self.ends, self.alive = os.pipe()
        atexit.register(self.close)

    def fork(self, files: Sequence[int], **wanted: object) -> Forked:
        """A new process, as fork_server.py makes it. Raises NoServer where no server can be had."""
        for _ in range(2):  # one that was killed is started anew
            with contextlib.suppress(ConnectionError):
                return Forked(self.connect(), files, threads=self.threads, **wanted)
        raise NoServer("the fork server ends whenever it is asked")

    def connect(self) -> socket.socket:
        """A socket to the server. Raises NoServer where it does not start, and then always."""
        if self.has_failed:
            raise NoServer("the fork server did not start")
        with self.locked():
            return connected(self.socket) or self.start()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process of the build at a time: of two servers one would find the address in use."""
        import fcntl  # not on Windows

        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def prepare(self) -> None:
        """Have the server start, if none has been, and do not wait until it listens."""
        with self.locked():
            if not is_running(self.launched):
                self.launch()

    def launch(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)  # a server that was killed has left it
        command = [sys.executable, str(SERVER), self.socket]
        environ = os.environ | {"IPYTHONDIR": str(IPYTHON)}
        # A session of its own: Ctrl-C is for the build, which ends its kernels
        server = subprocess.Popen(command, stdin=self.ends, env=environ, start_new_session=True)
        self.launched = server.pid
        server.returncode = 0  # not this object's to wait for: it ends after the build

    def start(self) -> socket.socket:
        """A socket to a server that has been launched, or is now."""
        if not is_running(self.launched):
            self.launch()
        latest = time.monotonic() + STARTING
        while is_running(self.launched) and time.monotonic() < latest:
            if connection := connected(self.socket):
                return connection
            time.sleep(0.005)
        self.has_failed = True
        raise NoServer("the fork server did not start; what it said stands above")

    def close(self) -> None:
        """End the server, and with it all that it has forked."""
        atexit.unregister(self.close)
        if os.getpid() == self.owner:  # and not a process that the owner has forked
            os.close(self.alive)
            os.close(self.ends)
            shutil.rmtree(self.folder, ignore_errors=True)


def is_running(process: int | None) -> bool:
    """Whether a process, by its id, runs; one that has ended is none, also if nobody has asked."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def connected(path: str) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


# -- What a build forks with ---------------------------------------------------------------------

server: Server | None = None  # where this process forks


def use_forks() -> None:
    """Fork kernels and scripts in this process from now on, where that can be done."""
    global server
    if server is None and can_fork():
        server = Server()
        snippets.run = run_script


def use_ordinary() -> None:
    """Start Jupyter's ordinary kernels from now on, and end the server that there may be."""
    global server
    if server is not None:
        server.close()
        server = None
        snippets.run = snippets.start


def run_script(
    script: str, streams: Sequence[Path], environ: Mapping[str, str], timeout: float
) -> int | None:
    """As snippets.start(), in a fork of a Python that has NumPy imported.

    A file beside the answer says if that came from the question alone.
    """
    wanted = {"script": script, "cwd": os.getcwd(), "env": dict(environ)}
    with contextlib.ExitStack() as stack:
        files = [
            stack.enter_context(stream.open("ab" if number else "rb"))
            for number, stream in enumerate(streams)
        ]
        try:
            assert server is not None
            process = server.fork([file.fileno() for file in files], **wanted)
        except NoServer:
            return snippets.start(script, streams, environ, timeout)
    try:
        return process.wait_until(time.monotonic() + timeout)
    finally:
        process.close()  # which ends it, and what it started

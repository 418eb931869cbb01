"""Kernels forked by fork_server.py, by way of Jupyter's own door for it: a kernel provisioner.

Where `can_fork()` is false, Jupyter starts its ordinary kernels.
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
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "lesson-fork"
IPYTHON = Path(__file__).parent / "ipython"
SERVER = Path(__file__).with_name("fork_server.py")
STARTING = 60  # seconds within which a server must have started
LAUNCHER = ("-m", "ipykernel_launcher")


def can_fork():
    """Whether kernels can be forked here. macOS forks, but its own libraries do not survive it."""
    return sys.platform.startswith("linux")


class NoServer(Exception):
    """No fork server runs, and none could be started."""


class Server:
    """The fork server of a build: started when first needed, shared by the build's processes."""

    def __init__(self):
        self.owner = os.getpid()
        self.has_failed = False
        self.launched = None  # the id of the server's process
        self.threads = None  # of BLAS, in each kernel; None: as many as there are cores
        self.folder = Path(tempfile.mkdtemp(prefix="kernels-"))
        self.socket = str(self.folder / "server")
        # The processes of the build hold one end: the server ends when the last of them has.
        self.ends, self.alive = os.pipe()
        atexit.register(self.close)

    def fork(self, **wanted):
        """A new process, as fork_server.py makes it. Raises NoServer where no server can be had."""
        for _ in range(2):  # one that was killed is started anew
            with contextlib.suppress(ConnectionError):
                return Forked(self.connect(), **wanted)
        raise NoServer("the fork server ends whenever it is asked")

    def connect(self):
        """A socket to the server. Raises NoServer where it does not start, and then always."""
        if self.has_failed:
            raise NoServer("the fork server did not start")
        import fcntl  # not on Windows

        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return connected(self.socket) or self.start()

    def launch(self):
        """Start the server, and do not wait until it listens."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)  # a server that was killed has left it
        command = [sys.executable, str(SERVER), self.socket]
        environ = os.environ | {"IPYTHONDIR": str(IPYTHON)}
        # A session of its own: Ctrl-C is for the build, which ends its kernels
        server = subprocess.Popen(command, stdin=self.ends, env=environ, start_new_session=True)
        self.launched = server.pid
        server.returncode = 0  # not this object's to wait for: it ends after the build

    def start(self):
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

    def close(self):
        """End the server, and with it all its kernels."""
        atexit.unregister(self.close)
        if os.getpid() == self.owner:  # and not a process that the owner has forked
            os.close(self.alive)
            os.close(self.ends)
            shutil.rmtree(self.folder, ignore_errors=True)


def is_running(process):
    """Whether a process, by its id, runs; one that has ended is none, also if nobody has asked."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def connected(path):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


class Forked:
    """A forked kernel, with what a provisioner uses of subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, connection, **wanted):
        self.returncode = None
        self.connection = connection
        # Unbuffered: of two answers that come at once, select() would not see the second
        self.answers = connection.makefile("rb", buffering=0)
        try:
            connection.sendall(json.dumps(wanted).encode() + b"\n")
            self.pid = json.loads(self.answers.readline() or "{}")["pid"]
        except (ConnectionError, KeyError):
            self.close()
            raise ConnectionError("the fork server has ended") from None

    def poll(self):
        return self.wait_until(0)

    def wait(self):
        if self.returncode is None:
            answer = b""  # nothing comes if the server has been killed
            with contextlib.suppress(ConnectionError):
                answer = self.answers.readline()
            self.returncode = json.loads(answer)["ended"] if answer else -signal.SIGKILL
        return self.returncode

    def wait_until(self, latest):
        """Wait, but no longer than until `latest` (of time.monotonic()): None if it goes on."""
        left = max(latest - time.monotonic(), 0)
        if self.returncode is None and select.select([self.connection], [], [], left)[0]:
            self.wait()
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def close(self):
        """The server kills what is left of the kernel when it sees this."""
        self.answers.close()
        self.connection.close()


class ForkProvisioner(LocalProvisioner):
    """Asks `server` for a kernel; starts an ordinary one for another Python or another language."""

    server = None
    forked = None

    async def launch_kernel(self, cmd, **kwargs):
        if cmd[0] != sys.executable or tuple(cmd[1:3]) != LAUNCHER:
            return await super().launch_kernel(cmd, **kwargs)
        argv, cwd, env = cmd[3:], str(kwargs["cwd"]), kwargs["env"]
        try:
            wanted = {"argv": argv, "cwd": cwd, "env": env, "threads": self.server.threads}
            self.process = self.forked = self.server.fork(**wanted)
        except NoServer as error:
            print(f"{error}; ordinary kernels are started instead", file=sys.stderr)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = cwd
        return self.connection_info

    async def kill(self, restart=False):
        """Kill, and wait until it has ended: a millisecond, where Jupyter looks every 100."""
        await super().kill(restart)
        if self.forked:
            self.forked.wait()

    async def cleanup(self, restart=False):
        await super().cleanup(restart)
        if self.forked and not restart:
            self.forked.close()


def use_forks():
    """Fork kernels in this process from now on, where that can be done; does so once."""
    if ForkProvisioner.server is not None or not can_fork():
        return
    ForkProvisioner.server = Server()
    factory = KernelProvisionerFactory.instance()
    where = f"{ForkProvisioner.__module__}:{ForkProvisioner.__name__}"
    factory.provisioners[NAME] = EntryPoint(NAME, where, factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


def use_ordinary():
    """Start Jupyter's ordinary kernels from now on, and end the server that there may be."""
    if ForkProvisioner.server is not None:
        ForkProvisioner.server.close()
        ForkProvisioner.server = None
    KernelProvisionerFactory.instance().default_provisioner_name = "local-provisioner"

"""A process that has IPython, NumPy and Matplotlib imported, and forks itself when asked.

An ordinary kernel imports all that for each notebook, which takes most of a second; a fork takes
milliseconds, and is as separate a process. Whoever wants one connects to the socket and sends
a line of JSON, the arguments of be(), and with it the open files that the fork is to have. The
answer is {"pid": ...}, and when the fork has ended {"ended": its exit code}. It and all that it has
started are killed when the connection closes, so that none outlives who asked for it, however that
one ended; and the server ends when its stdin closes, which is when the build has ended.

A process that has threads must not fork: the child would have their locks without them. So nothing
is imported here that starts one, BLAS is held to one thread, and the server refuses to work if it
has more than its own. BLAS gets its threads back in the fork.
"""

import contextlib
import gc
import importlib
import importlib.util
import io
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

# What BLAS reads when it is loaded, whichever BLAS it is
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")

KERNEL = (  # what a kernel imports until its first cell
    "ipykernel.debugger", "ipykernel.kernelapp", "ipykernel.zmqshell",
    "IPython.core.completer", "IPython.core.completerlib", "IPython.core.debugger",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "faulthandler", "tornado.platform.asyncio",
)  # fmt: skip


def warm(provenance: Any) -> tuple[Any, Any, dict[str, str]]:
    """Import and try what kernels use. Raises RuntimeError if a thread or a file stays open.

    Returns the kernel, the BLAS libraries, to be given their threads, and what imports set in the
    environment.
    """
    environ = dict(os.environ)
    ours = dict.fromkeys(THREADS, "1") | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as ipykernel sets it
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # nothing is debugged, so nothing is said
    }
    os.environ |= ours
    for name in KERNEL:
        importlib.import_module(name)
    import matplotlib.pyplot  # noqa: F401 - so that kernels find it imported
    import numpy.linalg
    from matplotlib import font_manager, mathtext
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    numpy.linalg.inv(numpy.eye(2))
    figure = Figure()
    FigureCanvasAgg(figure)
    figure.add_subplot().set_title("$x^2$ y")
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    del figure  # and close the fonts: a file that is open would be so in all kernels, as one
    for cached in (vars(mathtext.MathTextParser)["_parse_cached"], vars(font_manager)["_get_font"]):
        cached.cache_clear()
    gc.collect()
    for name in [name for name in sys.modules if name.startswith("matplotlib_inline")]:
        del sys.modules[name]  # when it is imported it joins the shell, which a kernel has
    set_by_imports = {k: os.environ[k] for k in os.environ.keys() - environ.keys() - ours.keys()}
    libraries = provenance.prepare()
    app = load("forked_kernel").prepared()
    provenance.settle()
    os.environ.clear()
    os.environ |= environ
    if (threads := count_threads()) != 1:
        raise RuntimeError(f"the fork server has {threads} threads, so that it must not fork")
    if files := open_files():
        raise RuntimeError(f"the fork server holds open {files}, so that it must not fork")
    return app, libraries, set_by_imports


def count_threads() -> int:
    return len(os.listdir("/proc/self/task"))


def open_files() -> list[str]:
    """The paths of the files that this process holds open, but for stdin, stdout and stderr."""
    found = (Path("/proc/self/fd", number) for number in os.listdir("/proc/self/fd"))
    return [os.readlink(fd) for fd in found if int(fd.name) > 2 and fd.is_file()]


class Server:
    """Forks for those who connect to the listening socket, until stdin closes."""

    def __init__(
        self, listening: socket.socket, app: Any, libraries: Any, set_by_imports: dict[str, str]
    ) -> None:
        self.listening = listening
        self.app = app
        self.libraries = libraries
        self.set_by_imports = set_by_imports
        self.forks: dict[int, socket.socket] = {}  # process id → connection
        self.selector = selectors.DefaultSelector()

    def serve(self) -> None:
        woken, self.wake = socket.socketpair()
        for end in (woken, self.wake):
            end.setblocking(False)
        signal.set_wakeup_fd(self.wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the build, which ends us
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        self.selector.register(woken, selectors.EVENT_READ, self.reap)
        self.selector.register(self.listening, selectors.EVENT_READ, self.accept)
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    return
                key.data(key.fileobj)

    def accept(self, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        self.selector.register(connection, selectors.EVENT_READ, self.asked)

    def asked(self, connection: socket.socket) -> None:
        """Fork for a line that came; the end of the connection ends the fork."""
        with contextlib.suppress(OSError):
            line, files, _, _ = socket.recv_fds(connection, 2**16, 5)
            if line:
                if not line.endswith(b"\n"):
                    line += connection.makefile("rb").readline()
                self.fork(connection, files, json.loads(line))
                return
        self.close(connection)

    def fork(self, connection: socket.socket, files: list[int], wanted: dict[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            be(self, files, **wanted)
        for file in files:
            os.close(file)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)  # as the child does: whoever comes first
        self.forks[pid] = connection
        self.tell(connection, pid=pid)

    def reap(self, woken: socket.socket) -> None:
        """Say which forks have ended, and end what they have left behind."""
        with contextlib.suppress(BlockingIOError):
            woken.recv(4096)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                kill(pid)
                if connection := self.forks.pop(pid, None):
                    self.tell(connection, ended=os.waitstatus_to_exitcode(status))

    def tell(self, connection: socket.socket, **what: int) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(json.dumps(what).encode() + b"\n")

    def close(self, connection: socket.socket) -> None:
        self.selector.unregister(connection)
        connection.close()
        for pid in [pid for pid, other in self.forks.items() if other is connection]:
            kill(pid)
            del self.forks[pid]  # reap() collects it

    def end(self) -> None:
        for pid in self.forks:
            kill(pid)


def kill(group: int) -> None:
    """Kill a fork, which leads a process group, and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def be(
    server: Server,
    files: list[int],
    cwd: str,
    env: dict[str, str],
    threads: int | None = None,
    script: str = "",
) -> NoReturn:
    """In the child: be a kernel, or `python script`, with these files, of which 0 to 2 come first.

    Never returns.
    """
    status = 1
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for key in list(server.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        server.selector.close()
        server.wake.close()
        for number, file in enumerate(files[:3]):
            os.dup2(file, number)
            os.close(file)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(server.set_by_imports | env)
        tempfile.tempdir = None  # to be found anew
        give_threads(server.libraries, threads)
        if random := sys.modules.get("numpy.random"):
            random.seed()  # else all notebooks would draw the same numbers
        if script:
            run_script(script)
        else:
            run_kernel(server.app, *files[3:])
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def run_kernel(app: Any, connection: int, asked: int) -> None:
    sys.modules["_lesson_limits"].limit(**json.loads(os.environ.pop("LA_LIMITS", "{}")))
    sys.modules["_lesson_forked_kernel"].be(app, connection, asked)


def run_script(script: str) -> None:
    """Run a script; a file beside its answer says that it read only what is ours or installed."""
    provenance = sys.modules["_lesson_provenance"]
    sys.argv = [script]
    sys.path[0:1] = [os.path.dirname(script), *filter(None, os.environ["PYTHONPATH"].split(":"))]
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = script
    before = set(provenance.opened)
    provenance.untraced.clear()
    code = SourceFileLoader("__main__", script).get_code("__main__")  # compiled once
    assert code
    exec(code, vars(main))
    ours = str(Path(__file__).parents[1]) + os.sep
    files = provenance.own(set(provenance.opened) - before | provenance.modules())
    if not provenance.untraced and all(path.startswith((ours, script)) for path in files):
        Path(os.readlink("/proc/self/fd/1")).with_suffix(".certain").touch()


def give_threads(libraries: Any, threads: int | None) -> None:
    """Give BLAS so many threads, but no more than the environment allows; None: one for each core.

    Where as many notebooks run as there are cores, more than one each would wait for each other.
    """
    threads = threads or len(os.sched_getaffinity(0))
    for library in libraries.lib_controllers:
        names = (f"{library.internal_api.upper()}_NUM_THREADS", "OMP_NUM_THREADS")
        said = [int(os.environ[name]) for name in names if os.environ.get(name, "").isdigit()]
        library.set_num_threads(min([threads, *said[:1]]) or threads)


def load(name: str) -> Any:
    """A file of ours, under a name that no notebook imports."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"_lesson_{name}", path)
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path: str) -> None:
    provenance = load("provenance")  # before any file is read that it is to note
    warmed = warm(provenance)
    gc.collect()
    gc.freeze()  # a collection in a kernel would copy every page that is shared
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(128)
        server = Server(listening, *warmed)
        try:
            server.serve()
        finally:
            server.end()
            shutil.rmtree(os.path.dirname(path), ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

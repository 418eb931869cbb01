"""A process that has IPython, NumPy and Matplotlib imported, and forks a kernel when asked.

An ordinary kernel imports all that for each notebook, which takes most of a second; a fork takes
milliseconds, and is as separate a process. Whoever wants a kernel connects to the socket and sends
a line of JSON, {"argv": [...], "cwd": ..., "env": {...}}; the answer is {"pid": ...}, and when the
kernel has ended {"ended": its exit code}. The kernel and all that it has started are killed when
the connection closes, so that none outlives who asked for it, however that one ended; and the
server ends when its stdin closes, which is when the build has ended.

A process that has threads must not fork: the child would have their locks without them. So nothing
is imported here that starts one, BLAS is held to one thread, and the server refuses to work if it
has more than its own. BLAS gets its threads back in the kernel.
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

# What BLAS reads when it is loaded, whichever BLAS it is
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")

KERNEL = (  # what a kernel imports until its first cell
    "ipykernel.debugger", "ipykernel.kernelapp", "ipykernel.zmqshell",
    "IPython.core.completer", "IPython.core.completerlib", "IPython.core.debugger",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "faulthandler", "tornado.platform.asyncio",
)  # fmt: skip


def warm(provenance):
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
    mathtext.MathTextParser._parse_cached.cache_clear()
    font_manager._get_font.cache_clear()
    gc.collect()
    for name in [name for name in sys.modules if name.startswith("matplotlib_inline")]:
        del sys.modules[name]  # when it is imported it joins the shell, which a kernel has
    set_by_imports = {k: os.environ[k] for k in os.environ.keys() - environ.keys() - ours.keys()}
    os.environ.clear()
    os.environ |= environ
    libraries = provenance.prepare()
    if (threads := count_threads()) != 1:
        raise RuntimeError(f"the fork server has {threads} threads, so that it must not fork")
    if files := open_files():
        raise RuntimeError(f"the fork server holds open {files}, so that it must not fork")
    return prepared_kernel(), libraries, set_by_imports


def prepared_kernel():
    """Jupyter's application for a kernel, with its configuration read: half of what it does."""
    from ipykernel.kernelapp import IPKernelApp
    from IPython.core.application import BaseIPythonApplication

    class Prepared(BaseIPythonApplication):
        is_prepared = False

        def initialize(self, argv=None):
            if not self.is_prepared:
                super().initialize(argv)
            self.is_prepared = True

    class KernelApp(IPKernelApp, Prepared):  # which calls Prepared.initialize, and then goes on
        name = IPKernelApp.name

    app = KernelApp.instance()
    hook = sys.excepthook
    Prepared.initialize(app, [])
    sys.excepthook = hook  # a failure of this server is none of a kernel
    return app


def count_threads():
    return len(os.listdir("/proc/self/task"))


def open_files():
    """The paths of the files that this process holds open, but for stdin, stdout and stderr."""
    found = (Path("/proc/self/fd", number) for number in os.listdir("/proc/self/fd"))
    return [os.readlink(fd) for fd in found if int(fd.name) > 2 and fd.is_file()]


class Server:
    """Forks kernels for those who connect to the listening socket, until stdin closes."""

    def __init__(self, listening, app, libraries, set_by_imports):
        self.listening = listening
        self.app = app
        self.libraries = libraries
        self.set_by_imports = set_by_imports
        self.kernels = {}  # process id → connection
        self.selector = selectors.DefaultSelector()

    def serve(self):
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

    def accept(self, listening):
        connection, _ = listening.accept()
        self.selector.register(connection, selectors.EVENT_READ, self.asked)

    def asked(self, connection):
        """Fork for a line that came; the end of the connection ends the kernel."""
        with contextlib.suppress(OSError):
            if line := connection.makefile("rb").readline():
                self.fork(connection, json.loads(line))
                return
        self.close(connection)

    def fork(self, connection, wanted):
        pid = os.fork()
        if pid == 0:
            be(self, **wanted)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpgid(pid, pid)  # as the child does: whoever comes first
        self.kernels[pid] = connection
        self.tell(connection, pid=pid)

    def reap(self, woken):
        """Say which kernels have ended, and end what they have left behind."""
        with contextlib.suppress(BlockingIOError):
            woken.recv(4096)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                kill(pid)
                if connection := self.kernels.pop(pid, None):
                    self.tell(connection, ended=os.waitstatus_to_exitcode(status))

    def tell(self, connection, **what):
        with contextlib.suppress(OSError):
            connection.sendall(json.dumps(what).encode() + b"\n")

    def close(self, connection):
        self.selector.unregister(connection)
        connection.close()
        for pid in [pid for pid, other in self.kernels.items() if other is connection]:
            kill(pid)
            del self.kernels[pid]  # reap() collects it

    def end(self):
        for pid in self.kernels:
            kill(pid)


def kill(group):
    """Kill a kernel, which leads a process group, and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def be(server, argv, cwd, env, threads=None, script=None, streams=()):
    """In the child: be `python -m ipykernel_launcher`, or `python script`, with these arguments.

    `streams` are the paths of files to be stdin, stdout and stderr.
    """
    status = 1
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for key in list(server.selector.get_map().values()):
            if key.fileobj is not sys.stdin:
                key.fileobj.close()
        server.selector.close()
        server.wake.close()
        for number, path in enumerate(streams or [os.devnull]):
            opened = os.open(path, os.O_WRONLY if number else os.O_RDONLY)
            os.dup2(opened, number)
            os.close(opened)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(server.set_by_imports | env)
        tempfile.tempdir = None  # to be found anew
        give_threads(server.libraries, threads)
        if random := sys.modules.get("numpy.random"):
            random.seed()  # else all notebooks would draw the same numbers
        if script:
            run_script(script, argv)
        else:
            run_kernel(server.app, argv)
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


def run_kernel(app, argv):
    sys.argv = ["ipykernel_launcher", *argv]
    sys.path[0] = ""  # where this file is, as an ordinary kernel has it
    sys.modules["_lesson_limits"].limit(**json.loads(os.environ.pop("LA_LIMITS", "{}")))
    app.connection_file = argv[argv.index("-f") + 1]
    app.parent_handle = os.getppid()
    app.initialize()
    app.start()


def run_script(script, argv):
    """Run a script; a file beside its answer says if it read what is neither ours nor installed."""
    provenance = sys.modules["_lesson_provenance"]
    sys.argv = [script, *argv]
    sys.path[0:1] = [os.path.dirname(script), *filter(None, os.environ["PYTHONPATH"].split(":"))]
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = script
    before = set(provenance.opened)
    provenance.untraced.clear()
    exec(SourceFileLoader("__main__", script).get_code("__main__"), vars(main))  # compiled once
    ours = str(Path(__file__).parents[1]) + os.sep
    files = [path for path in set(provenance.opened) - before if provenance.is_own(path)]
    files += [path for path in provenance.modules() if provenance.is_own(path)]
    if provenance.untraced or any(not path.startswith((ours, script)) for path in files):
        Path(os.readlink("/proc/self/fd/1")).with_suffix(".uncertain").touch()


def give_threads(libraries, threads):
    """Give BLAS so many threads, but no more than the environment allows; None: one for each core.

    Where as many notebooks run as there are cores, more than one each would wait for each other.
    """
    threads = threads or len(os.sched_getaffinity(0))
    for library in libraries.lib_controllers:
        names = (f"{library.internal_api.upper()}_NUM_THREADS", "OMP_NUM_THREADS")
        said = [int(os.environ[name]) for name in names if os.environ.get(name, "").isdigit()]
        library.set_num_threads(min([threads, *said[:1]]) or threads)


def watch():
    """Load what notes the files that are read, before any is; a kernel goes on with its notes."""
    path = Path(__file__).with_name("provenance.py")
    spec = importlib.util.spec_from_file_location("_lesson_provenance", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path):
    provenance = watch()
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

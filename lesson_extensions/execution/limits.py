"""The limits of a kernel, set before its first cell: no network, no fork, no file that stays.

They stop a notebook that is careless, or that would say something else in ten years. They do not
stop one that means harm: native code (ctypes, a compiled package) asks no audit hook, and a process
that an ordinary page starts has no limits. So a person reads a notebook before it is run.
The memory limit is the system's to keep: Linux does, macOS and Windows do not.
"""

import contextlib
import errno
import ipaddress
import os
import sys
import tempfile
from typing import Any, NoReturn

ADDRESS = {  # audit event → which of its arguments is an address
    "socket.bind": 1,
    "socket.connect": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyaddr": 0,
    "socket.gethostbyname": 0,
    "socket.getnameinfo": 0,
    "socket.sendmsg": 1,
    "socket.sendto": 1,
}
FORK = {"os.fork", "os.forkpty"}
PROCESS = {
    "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn",
    "subprocess.Popen",
}  # fmt: skip
# multiprocessing starts its processes unheard, in C, but first imports the module that does it
IMPORT = "multiprocessing.popen_"
CHANGES = {  # audit event → which of its arguments are paths, and which the folder they begin in
    "os.chmod": ((0,), (2,)),
    "os.link": ((1,), (3,)),
    "os.mkdir": ((0,), (2,)),
    "os.remove": ((0,), (1,)),
    "os.rename": ((0, 1), (2, 3)),
    "os.rmdir": ((0,), (1,)),
    "os.symlink": ((1,), (2,)),
    "os.truncate": ((0,), (None,)),
}
DEVICES = ["/dev/fd", "/dev/full", "/dev/null", "/dev/tty", "/proc"]
WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit(gigabytes: float | None = None, strict: bool = False) -> None:
    """Set the limits of this process; if `strict`, no local address and no other process either.

    Jupyter's own messages go on: ZeroMQ opens their sockets in C.
    """
    sys.dont_write_bytecode = True
    if gigabytes is not None:
        with contextlib.suppress(ImportError, ValueError, OSError):
            import resource

            most = int(gigabytes * 2**30)  # bytes of address space
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    local_too = not strict or sys.platform == "win32"  # there, an event loop is a local connection
    own = writable()

    def refuse(event: str, arguments: Any) -> None:
        if event in ADDRESS:
            address = arguments[ADDRESS[event]]
            if address is not None and not (local_too and is_local(address)):
                refused(f"a notebook has no network here; it asked for {address!r}")
        elif event in FORK and not strict:
            refused("a notebook must not fork its own Python")
        elif strict and starts_process(event, arguments):
            what = arguments[0] if arguments else event
            refused(f"this notebook may start no process; it tried {what!r}")
        else:
            for path in changed(event, arguments):
                if not is_below(path, own):
                    refused(f"a notebook writes only into a temporary folder; it tried {path!r}")

    sys.addaudithook(refuse)


def refused(why: str) -> NoReturn:
    """Raise what the system would: libraries expect that, and wrap it."""
    raise PermissionError(errno.EACCES, why)


# -- Network and processes -----------------------------------------------------------------------


def is_local(address: Any) -> bool:
    """Whether an address is this machine's: its loopback, or the path of a socket.

    An address is a tuple that begins with the host, or the host; of a path there is none.
    """
    host = address[0] if isinstance(address, tuple) else address
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host in ("", "None", "localhost") or "/" in host:
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def starts_process(event: str, arguments: Any) -> bool:
    if event == "import":
        return bool(arguments[0].startswith(IMPORT))
    # Matplotlib asks it for fonts, once on a machine, and keeps the answer for all its programs
    is_font_list = bool(arguments) and os.path.basename(str(arguments[0])) == "fc-list"
    return event in PROCESS | FORK and not is_font_list


# -- Files ---------------------------------------------------------------------------------------


def writable() -> list[str]:
    """Where a notebook may write: its temporary folder, and what programs keep for themselves."""
    home = os.path.expanduser("~")
    kept = [os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("MPLCONFIGDIR", "")]
    kept += [os.path.join(home, name) for name in (".cache", ".config/matplotlib", ".matplotlib")]
    jupyter = [argument for argument in sys.argv if argument.endswith(".json")]  # its connection
    places = [tempfile.gettempdir(), os.environ.get("IPYTHONDIR", ""), *DEVICES, *kept]
    return [os.path.realpath(place) for place in places + jupyter if place]


def changed(event: str, arguments: Any) -> list[str]:
    """The paths that an event would change."""
    if event == "open":
        path, mode, flags = arguments
        writes = set(mode) & set("wax+") if isinstance(mode, str) else (flags or 0) & WRITE
        return [absolute(path)] if writes and not isinstance(path, int) else []
    paths, folders = CHANGES.get(event, ((), ()))
    return [
        absolute(arguments[path], arguments[folder] if folder is not None else -1)
        for path, folder in zip(paths, folders, strict=True)
        if not isinstance(arguments[path], int)
    ]


def absolute(path: Any, folder: Any = -1) -> str:
    """The absolute path of a file, whose folder may be given as a file descriptor."""
    path = os.fsdecode(path)
    if isinstance(folder, int) and folder >= 0:
        with contextlib.suppress(OSError):
            path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
    return os.path.realpath(os.path.dirname(path)) + "/" + os.path.basename(path)


def is_below(path: str, folders: list[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)

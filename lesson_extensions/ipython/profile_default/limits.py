"""The limits of a kernel, set before its first cell: no network, and for some pages more.

They stop a notebook that is careless, or that would say something else in ten years. They do not
stop one that means harm: native code (ctypes, a compiled package) asks no audit hook, the files of
whoever builds the site can be read and written, and a process that an ordinary page starts has no
limits. So a person reads a notebook before it is run.
The memory limit is the system's to keep: Linux does, macOS and Windows do not.
"""

import contextlib
import errno
import ipaddress
import json
import os
import sys

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
PROCESS = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
    "pty.spawn", "subprocess.Popen",
}  # fmt: skip
# multiprocessing starts its processes unheard, in C, but first imports the module that does it
IMPORT = "multiprocessing.popen_"


def limit(gigabytes=None, strict=False):
    """Refuse this process the network; if `strict`, local addresses and other processes as well.

    Jupyter's own messages go on: ZeroMQ opens their sockets in C.
    """
    if gigabytes is not None:
        with contextlib.suppress(ImportError, ValueError, OSError):
            import resource

            most = int(gigabytes * 2**30)  # bytes of address space
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
    local_too = not strict or sys.platform == "win32"  # there, an event loop is a local connection

    def refuse(event, arguments):
        if event in ADDRESS:
            address = arguments[ADDRESS[event]]
            if address is not None and not (local_too and is_local(address)):
                refused(f"a notebook has no network here; it asked for {address!r}")
        elif strict and starts_process(event, arguments):
            what = arguments[0] if arguments else event
            refused(f"this notebook may start no process; it tried {what!r}")

    sys.addaudithook(refuse)


def refused(why):
    raise PermissionError(
        errno.EACCES, why
    )  # as the system would: libraries expect that, and wrap it


def is_local(address):
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


def starts_process(event, arguments):
    if event == "import":
        return arguments[0].startswith(IMPORT)
    # Matplotlib asks it for fonts, once on a machine, and keeps the answer for all its programs
    is_font_list = bool(arguments) and os.path.basename(str(arguments[0])) == "fc-list"
    return event in PROCESS and not is_font_list


limit(**json.loads(os.environ.pop("LA_LIMITS", "{}")))

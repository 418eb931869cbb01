"""A notebook's kernel, started and ended without Jupyter's waits, and with the limits of its page.

The messages are those of any kernel. What differs from nbclient's and jupyter_client's defaults
says why beside it.
"""

import ast
import json
import os
import tempfile
from pathlib import Path
from queue import Empty
from time import monotonic, sleep

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from myst_nb.core.execute.inline import ModifiedNotebookClient
from nbclient.exceptions import CellTimeoutError
from nbclient.util import run_sync

from lesson_extensions.execution import provenance
from lesson_extensions.execution.provisioner import IPYTHON, ForkProvisioner

STARTING = 60  # seconds
REPORT = f"__import__('sys').modules[{provenance.NAME!r}].report()"


class KernelClient(AsyncKernelClient):
    async def wait_for_ready(self, timeout=None):
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
                if not await self.parent.is_alive():
                    raise RuntimeError("Python ended before the first cell") from None
        raise RuntimeError(f"no kernel answered within {timeout or STARTING} seconds")


def is_end(message, asked):
    """Whether a message says that the kernel has done what was `asked`."""
    state = message["content"].get("execution_state")
    return state == "idle" and message["parent_header"].get("msg_id") == asked


class KernelManager(AsyncKernelManager):
    client_factory = KernelClient


class NotebookClient(ModifiedNotebookClient):
    """nbclient's, as myst-nb has extended it by eval_expression.

    A kernel sends what was printed every 0.2 seconds, in the middle of a line if need be. nbclient
    joins the pieces; myst-nb's nb_merge_streams would end a line after each. By default it drops,
    in silence, what comes 4 seconds late: a busy machine is slow, and no output may be lost.
    """

    record_timing = False  # as myst-nb has it: times would make each build another
    coalesce_streams = True
    iopub_timeout = 60  # seconds
    raise_on_iopub_timeout = True
    shutdown_kernel = "immediate"  # asked politely, a kernel often takes three seconds to end
    kernel_manager_class = KernelManager
    limits = {}  # of the page: limits.limit()'s, and "seconds" for the whole notebook
    deadline = None  # when the notebook, not the cell, must have ended

    def start(self):
        server = ForkProvisioner.server
        self.own_folder = tempfile.TemporaryDirectory(prefix="n-", dir=server and server.folder)
        self.scratch = Path(self.own_folder.name, "tmp")
        self.scratch.mkdir()
        self.create_kernel_manager()
        if server:  # files in place of ports; Jupyter's folder makes too long a name of some
            self.km.transport = "ipc"
            self.km.connection_file = os.path.join(self.own_folder.name, "kernel.json")
            self.km.ip = os.path.join(self.own_folder.name, "kernel")
        self.reset_execution_trackers()
        self.start_new_kernel()
        if server:
            self.wait_for_sockets()
        self.start_new_kernel_client()
        self.nb.metadata["language_info"] = self.kc.information["language_info"]

    def wait_for_sockets(self):
        """Wait until there is what to connect to: ZeroMQ itself tries again every 0.1 seconds."""
        latest = monotonic() + STARTING
        sockets = [Path(f"{self.km.ip}-{port}") for port in self.km.ports]
        while monotonic() < latest and not all(socket.exists() for socket in sockets):
            if self.km.provisioner.process.poll() is not None:
                return  # wait_for_ready() says so
            sleep(0.001)

    async def async_start_new_kernel(self, **kwargs):
        if "seconds" in self.limits:
            self.deadline = monotonic() + self.limits["seconds"]
        limits = {name: self.limits[name] for name in self.limits if name != "seconds"}
        ours = {
            "IPYTHONDIR": str(IPYTHON),
            "LA_LIMITS": json.dumps(limits),
            "TMPDIR": str(self.scratch),
        }
        await super().async_start_new_kernel(env=os.environ | ours, **kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    def _get_timeout(self, cell):
        timeout = super()._get_timeout(cell)
        if self.deadline is None:
            return timeout
        left = max(self.deadline - monotonic(), 0.001)  # 0 would mean no limit
        return left if timeout is None else min(timeout, left)

    def report(self):
        """What the outputs come from, as provenance.report() says it; None if it does not answer.

        A notebook may have spoilt what answers it; then its outputs are not kept.
        """
        asked = self.kc.execute("", silent=True, user_expressions={"report": REPORT})
        try:
            answer = self.wait_for_reply(asked)["content"]["user_expressions"]["report"]
            return json.loads(ast.literal_eval(answer["data"]["text/plain"]))
        except (CellTimeoutError, KeyError, TypeError, ValueError, SyntaxError):
            return None

    def end(self):
        """End the kernel, all that it has started, and what it has written."""
        if self.km is not None:
            self._cleanup_kernel()
        self.own_folder.cleanup()

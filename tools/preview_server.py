"""Serve the site while one writes: what is saved is in the browser within a second.

sphinx-autobuild watches the files and serves the pages. What is another here: builds are forks of
a Python that has all imported (forked_builds.py), where the system can fork; a build that fails
says so in the browser; and the script that reloads a page is a file, since the pages'
Content-Security-Policy lets no other run.
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import sphinx_autobuild.__main__ as autobuild
import watchfiles
from sphinx_autobuild.filter import IgnoreFilter
from sphinx_autobuild.middleware import JavascriptInjectorMiddleware
from sphinx_autobuild.server import RebuildServer
from sphinx_autobuild.utils import show_message
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from lesson_extensions.execution.forks import can_fork

SCRIPT = Path(__file__).with_name("preview.js")
COLOUR = re.compile(r"\x1b\[[\d;]*[mK]")
READ_EACH_TIME = {".css", ".js"}  # of what lies beside the pages; anything else may be code


class Builder(autobuild.Builder):
    """Builds in forks of one process, the forker, which is started anew when code has changed."""

    failure: str | None = None  # what the last build said, if it failed
    forker: subprocess.Popen[bytes] | None = None

    def __init__(self, sphinx_args: list[str], **options: Any) -> None:
        super().__init__(sphinx_args, **options)
        self.sources = Path(autobuild.sphinx_get_parser().parse_args(sphinx_args).sourcedir)

    def __call__(self, *, changed_paths: Sequence[Path]) -> None:
        if any(map(self.is_code, changed_paths)):
            self.stop()
        began = time.monotonic()
        names = [os.path.relpath(path) for path in changed_paths if path.exists()]
        status, said = (self.ask if can_fork() else self.run)()
        self.failure = COLOUR.sub("", said).strip() or f"exit code {status}" if status else None
        if not status:
            self._run_commands(self.post_build_commands, "post-build")
        show_message(
            f"{', '.join(names[:5]) or 'The site'}: {'FAILED' if status else 'built'} "
            f"after {time.monotonic() - began:.1f} s; {self.uri}"
        )

    def is_code(self, path: Path) -> bool:
        is_page = path.is_relative_to(self.sources.resolve())
        if is_page:  # with the look of pictures, which is read when Matplotlib is imported
            return path.name == "matplotlibrc"
        return path.suffix not in READ_EACH_TIME

    def run(self) -> tuple[int, str]:
        command = [sys.executable, "-m", "sphinx", "build", *self.sphinx_args]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        print(done.stderr, end="", file=sys.stderr)
        return done.returncode, done.stderr

    def ask(self) -> tuple[int, str]:
        """Exit code and stderr of a build in a fork; starts what forks it, if need be."""
        for _ in range(2):  # one that was killed is started anew
            if self.forker is None:
                self.start()
            with contextlib.suppress(OSError):
                self.connection.sendall(b"\n")
                if answer := self.answers.readline():
                    answer = json.loads(answer)
                    return answer["status"], answer["said"]
            if self.forker is None:  # stop() was called meanwhile
                break
            self.stop()
        return 1, "the build was ended"

    def start(self) -> None:
        self.connection, theirs = socket.socketpair()
        self.answers = self.connection.makefile("rb")
        command = [sys.executable, "-m", "tools.forked_builds", *self.sphinx_args]
        # A session of its own: Ctrl-C is for this process, which ends the other
        self.forker = subprocess.Popen(command, stdin=theirs.fileno(), start_new_session=True)
        theirs.close()

    def stop(self) -> None:
        """End the forker, and the build that it may be about."""
        if self.forker is None:
            return
        forker, self.forker = self.forker, None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(forker.pid, signal.SIGINT)
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        try:
            forker.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(forker.pid, signal.SIGKILL)
            forker.wait()
        self.connection.close()


class Server(RebuildServer):
    """Tells each page that is open after each build, and one that opens what it has missed."""

    builds = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.built = asyncio.Condition()

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with super().lifespan(app):
            try:
                yield
            finally:
                await asyncio.to_thread(self.change_callback.stop)

    async def watch(self) -> None:
        ignore = self.ignore
        async for changes in watchfiles.awatch(
            *self.paths, watch_filter=lambda _, path: not ignore(path), step=20
        ):
            paths = sorted({Path(path).resolve() for _, path in changes})
            await asyncio.to_thread(self.change_callback, changed_paths=paths)
            async with self.built:
                self.builds += 1
                self.built.notify_all()

    async def watch_reloads(self, ws: WebSocket) -> None:
        seen = int(ws.query_params.get("builds", 0))
        if self.change_callback.failure:
            await ws.send_json({"failed": self.change_callback.failure})
            seen = self.builds
        while True:
            async with self.built:
                while self.builds == seen:
                    await self.built.wait()
                seen = self.builds
            await ws.send_json({"failed": self.change_callback.failure})


class Injector(JavascriptInjectorMiddleware):
    def __init__(self, app: ASGIApp, server: Server) -> None:
        super().__init__(app, "")
        self.server = server

    @property
    def script(self) -> bytes:
        """Of one length, whatever the number: the length of a page is said before it is sent."""
        return b'\n<script src="/preview.js?builds=%08d"></script>\n' % self.server.builds

    @script.setter
    def script(self, _: bytes) -> None:
        pass


def create_app(
    watch_dirs: list[Path],
    ignore_handler: IgnoreFilter,
    builder: Builder,
    out_dir: Path,
    url_host: str,
) -> Starlette:
    server = Server(watch_dirs, ignore_handler, change_callback=builder)

    def script(request: Request) -> FileResponse:
        return FileResponse(SCRIPT)

    return Starlette(
        routes=[
            WebSocketRoute("/websocket-reload", server, name="reload"),
            Route("/preview.js", script),
            Mount("/", app=StaticFiles(directory=out_dir, html=True), name="static"),
        ],
        middleware=[Middleware(Injector, server=server)],
        lifespan=server.lifespan,
    )


def main(args: list[str]) -> None:
    built: list[Builder] = []

    def make(*args: Any, **options: Any) -> Builder:
        built.append(Builder(*args, **options))
        return built[0]

    autobuild.Builder, autobuild._create_app = make, create_app
    try:
        autobuild.main(args)
    except KeyboardInterrupt:
        pass  # during the first build
    finally:
        for builder in built:
            builder.stop()

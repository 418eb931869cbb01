"""Fixtures: a site of a few files, and the real one as `nox -s tests` built it."""

import contextlib
import functools
import http.server
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.testing.util import SphinxTestApp
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parents[1]
BUILD = ROOT / os.environ.get("SITE_BUILD", "docs/_build")  # another NumPy, another folder
SITE = BUILD / "html" / os.environ.get("SITE_LANGUAGE", "")  # that of `nox -s languages`
DOCTREES = BUILD / "doctrees"


# Files that one of two workers runs: what looks at processes and clocks, and what loads Python into
# a page once. (xdist's own groups do not work with pytest 9.2, which names no test after them.)
# They take longest, so they begin: else one worker has nothing to do while the other ends.
GROUPS = {
    "processes": "cluster execution execution_cache kernels preview scale snippet_process",
    "python": "exercise expressions native_errors parity wide_integers",
}


@pytest.hookimpl(optionalhook=True)  # xdist's
def pytest_xdist_make_scheduler(config, log):
    """Give each file to one worker, so that what its tests share is built once."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = [*GROUPS, "tests/browser/test_live.py", "tests/browser/test_pages.py"]
    groups = [group_of(item.nodeid) for item in items]
    places = [order.index(group) if group in order else len(order) for group in groups]
    items[:] = [item for _, item in sorted(zip(places, items, strict=True), key=lambda one: one[0])]


def group_of(nodeid: str) -> str:
    """The group of a test's file; of one that is in none, the file."""
    file = nodeid.partition("::")[0]
    name = Path(file).stem.removeprefix("test_")
    group = "python" if "/browser/" in file else "processes"
    return group if name in GROUPS[group].split() else file


@pytest.fixture(scope="session", autouse=True)
def blas_threads():
    """`nox -s numpy` runs the tests with one and with two threads; otherwise BLAS decides."""
    with threadpool_limits(int(os.environ.get("BLAS_THREADS", "0")) or None):
        yield


EVERYTHING = [
    "myst_nb",
    "sphinx_design",
    "lesson_extensions.beside",
    "lesson_extensions.cards",
    "lesson_extensions.check",
    "lesson_extensions.claims",
    "lesson_extensions.execution",
    "lesson_extensions.exercise",
    "lesson_extensions.glossary",
    "lesson_extensions.lessons",
    "lesson_extensions.live",
    "lesson_extensions.page.mathml",
    "lesson_extensions.measure",
    "lesson_extensions.notebooks",
    "lesson_extensions.page.pictures",
    "lesson_extensions.paths",
    "lesson_extensions.player",
    "lesson_extensions.search",
    "lesson_extensions.shapes",
    "lesson_extensions.showcase",
    "lesson_extensions.skill_tree",
    "lesson_extensions.page.warnings_in_page",
]


class Compiled(BytecodeCache):
    """Templates that one site compiled, for the next: that takes half the time of a small site."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.code


class Templates(BuiltinTemplateLoader):
    """Sphinx's own, and what they are compiled to."""

    compiled = Compiled()

    def init(self, *args: Any) -> None:
        super().init(*args)
        self.environment.bytecode_cache = self.compiled


class Site:
    """A site that was built from `files`: its pages as soup, and what the build warned of."""

    def __init__(self, folder: Path, files: dict[str, str], conf: dict[str, Any]) -> None:
        for name, text in files.items():
            page = folder / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, "utf-8")
        (folder / "conf.py").touch()
        settings = {
            "extensions": EVERYTHING,
            "html_theme": "furo",
            "nb_execution_mode": "inline",
            "nb_execution_raise_on_error": True,
            "nb_eval_name_regex": ".+",
            "nitpicky": True,
            "myst_enable_extensions": ["colon_fence", "dollarmath"],
            "template_bridge": f"{__name__}.{Templates.__name__}",
        }
        builder = conf.pop("builder", "html")
        parallel = conf.pop("parallel", 0)  # how many processes read and write
        self.app = SphinxTestApp(
            builder, srcdir=folder, confoverrides=settings | conf, parallel=parallel
        )
        try:
            self.app.build()
        except BaseException:  # SystemExit: a cell that fails ends the build
            self.app.cleanup()  # else the next site is warned of this one's nodes
            raise

    @property
    def warnings(self) -> str:
        return self.app.warning.getvalue()

    def warnings_of(self, file: str) -> str:
        """What the build warned of one file, such as lessons/add.md: whole messages."""
        messages = re.split(r"^(?=\S+\.\w+(?::\d+)?: [A-Z]+: )", self.warnings, flags=re.MULTILINE)
        return "".join(text for text in messages if re.match(rf"\S*/{re.escape(file)}:", text))

    def written_by(self, builder: str) -> SphinxTestApp:
        """What another builder has made of the pages as they were read, once this one is done."""
        config = self.app.config
        settings = config.overrides | {"extensions": list(config.extensions)}
        app = SphinxTestApp(builder, srcdir=self.app.srcdir, confoverrides=settings)
        try:
            app.build()
        finally:
            app.cleanup()
        return app

    def html(self, docname: str) -> Tag:
        """The main part of a page."""
        text = (self.app.outdir / f"{docname}.html").read_text("utf-8")
        return BeautifulSoup(text, "html.parser").article


@pytest.fixture
def build_site(tmp_path, request):
    """build_site(files, **conf) → Site; every page must be in a toctree or say `orphan: true`.

    Its extensions are those that EXTENSIONS names in the file of the test; all where none does.
    """
    built = []

    def build(files: dict[str, str], **conf: Any) -> Site:
        conf = extensions_of(request.module) | conf
        built.append(Site(tmp_path / str(len(built)), files, conf))
        return built[-1]

    yield build
    for site in built:
        site.app.cleanup()


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory, request):
    """shared_site(files, **conf) → Site as above, built once for all tests of a file.

    For tests that only read: it cannot be built again.
    """
    built = {}

    def build(files: dict[str, str], **conf: Any) -> Site:
        key = repr((files, conf))
        if key not in built:
            conf = extensions_of(request.module) | conf
            built[key] = Site(tmp_path_factory.mktemp("site"), files, conf)
            built[key].app.cleanup()  # else the next site is warned of this one's nodes
        return built[key]

    return build


def one_site(pages: dict[str, str]) -> dict[str, str]:
    """The files of a site of these pages: a table of wrong inputs is quickly built as one site.

    Each page is to have labels of its own; Site.warnings_of() says what was warned of it.
    """
    listed = "\n".join(name.removesuffix(".md") for name in pages if name.endswith(".md"))
    return {"index.md": f"# Home\n\n```{{toctree}}\n{listed}\n```\n"} | pages


def extensions_of(module: Any) -> dict[str, Any]:
    return {"extensions": module.EXTENSIONS} if hasattr(module, "EXTENSIONS") else {}


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail(f"{SITE} is not there: build the site with `nox -s docs`")
    return SITE


@pytest.fixture(scope="session")
def node():
    """The program that runs our scripts where no page is needed."""
    beside = str(Path(sys.executable).parent)  # where the dependency group “test” puts it
    found = shutil.which("node", path=os.pathsep.join([beside, os.environ["PATH"]]))
    assert found, "there is no node: install the dependency group “test” of pyproject.toml"
    return found


@pytest.fixture(scope="session")
def doctrees():
    """The folder of the pages as they were read; `nox -s numpy` has nothing else."""
    if not (DOCTREES / "index.doctree").is_file():
        pytest.fail(f"{DOCTREES} is not there: build the site with `nox -s docs`")
    return DOCTREES


@pytest.fixture(scope="session")
def address(site):
    """The address at which the built site is served, with no slash at its end."""
    with serve(site) as address:
        yield address


@contextlib.contextmanager
def serve(site: Path, handler: Any = None) -> Iterator[str]:
    """Serve the site below the path for which it was built, as a host does with a project's pages.

    The page for what does not exist says which: its links start at the root of the host. A site
    without such a page is served at the root.
    """
    missing = site / "404.html"
    found = missing.is_file() and re.search(r'href="(/[^"]*)_static/', missing.read_text("utf-8"))
    path = found[1] if found else "/"
    handler = functools.partial(handler or Handler, path=path, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{path.rstrip('/')}"
        server.shutdown()


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args, path, **kwargs):
        self.base = path
        super().__init__(*args, **kwargs)

    def translate_path(self, path):
        return super().translate_path("/" + path.removeprefix(self.base))

    def log_message(self, format, *args):
        pass


def soup(page):
    """A built page, by its path relative to the site."""
    return BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")


def sources() -> list[Path]:
    """The paths of all pages as they are written."""
    return [
        path
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if not any(part.startswith("_") for part in path.relative_to(ROOT).parts)
    ]


def pages() -> list[str]:
    """The paths of all built pages, relative to the site, such as lessons/vectors.html."""
    return sorted(
        page.relative_to(SITE).as_posix()
        for page in SITE.rglob("*.html")
        if "_static" not in page.parts
    )


def processes_in(folder: Path) -> list[int]:
    """The ids of the processes whose working folder this is, where the system tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == str(folder):
                found.append(int(process.name))
        except OSError:
            continue
    return found

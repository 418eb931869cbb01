"""Every task that a person runs: `nox -l` lists them, `nox -s docs` runs one."""

import shutil
from pathlib import Path

import nox

nox.options.sessions = ["docs"]
nox.options.default_venv_backend = "uv|venv"  # in a second with uv; Python is all one needs
nox.options.reuse_existing_virtualenvs = True  # the second run starts in a second
nox.options.error_on_missing_interpreters = False  # a NumPy that needs another Python is skipped
nox.options.download_python = "never"  # and none is fetched from elsewhere

PYPROJECT = nox.project.load_toml("pyproject.toml")
BUILD = Path("docs/_build")
SITE = BUILD / "html"
RUNTIME = BUILD / "runtime"  # outlives builds; conf.py looks for it here
RECORDS = "tests/test_outputs.py::test_page_printed_what_was_recorded"
# The oldest NumPy that we name, the last of each minor since, and what Python each runs on.
NUMPY = ["2.0.2", "2.1.3", "2.2.6", "2.3.5", "2.4.6", "2.5.5"]
STRICTLY = [
    "--conf-dir=.",  # conf.py is at the root, the pages are in docs/
    "--quiet",
    "--jobs=auto",
    "--fail-on-warning",
    "--keep-going",  # to the end, so that one sees all warnings at once
]
# A worker a core, and no more than two: Chromium has processes of its own. A file of tests, or a
# group of files that tests/conftest.py names, is one worker's. `pytest` alone is one process.
WORKERS = ["--numprocesses=logical", "--maxprocesses=2", "--dist=loadfile"]
WORKERS += ["--no-loadscope-reorder"]  # those with most tests are not those that take longest
# What another NumPy could change; the rest is tested once, by `nox -s tests`. Of the directives the
# build itself proves each use under each NumPy.
CHANGED_BY_NUMPY = ("beside", "exercise", "measure", "outputs", "shapes", "snippets")
# Of the tests of the built site, those that a translation can break.
OF_EACH_LANGUAGE = ["every_internal_link_leads_somewhere", "no_page_loads_anything_from_elsewhere"]
SCORED = ["index", "lessons/vectors", "lessons/svd", "faq/at-or-dot", "glossary/norm"]
SCORED = [f"{page}.html" for page in [*SCORED, "errors/index", "benchmarks"]]
NEEDS_PYTHON_3_12 = {"2.5.5"}


@nox.session
def docs(session):
    """Build the site; `-- --languages` in each, `-- --serve` serves it at http://127.0.0.1:8000."""
    install(session, "docs")
    build(session, "--languages" in session.posargs)
    session.log(f"open {(SITE / 'index.html').resolve().as_uri()}")
    if "--serve" in session.posargs:
        session.log("or http://127.0.0.1:8000, until Ctrl-C")
        session.run(
            "python", "-m", "http.server", "8000", "--bind=127.0.0.1", f"--directory={SITE}"
        )


@nox.session
def epub(session):
    """Make the book as EPUB, and have EPUBCheck judge it; `nox -s docs` then offers it."""
    install(session, "docs", "epub")
    book(session, "epub")
    session.run("python", "-m", "tools.epubcheck", str(BUILD / "book"))


@nox.session
def pdf(session):
    """Make the book as PDF, printed by Chromium; `nox -s docs` then offers it."""
    install(session, "docs", "pdf")
    book(session, "pdf")


@nox.session
def preview(session):
    """Build the site, and again at each change, in the browser too: for writing."""
    install(session, "docs", "preview")
    fetch_runtime(session)
    session.run(
        "python",
        "-m",
        "tools.preview",
        "--open-browser",
        "--delay=1",  # seconds, in which the server starts
        "--port=8000",  # which .devcontainer/ forwards
        "--quiet",  # what is wrong is not lost among what is right
        "--conf-dir=.",
        f"--doctree-dir={BUILD / 'preview-doctrees'}",  # its own: warnings do not stop it
        "--define=warnings_in_page=1",  # a fault is said in its page too
        "--define=execution_goes_on=1",  # and a cell that fails does not end the build
        f"--ignore={BUILD}",  # what a build writes is not to start the next
        "--watch=lesson_extensions",
        "--watch=conf.py",
        *session.posargs,
        "docs",
        str(BUILD / "preview"),
    )


@nox.session
def new(session):
    """Make a page to begin with: `-- lesson "Title"`, or showcase, faq, term, error."""
    session.run("python", "-m", "tools.new", *session.posargs)


@nox.session
def tests(session):
    """Build the site and test it, in the browser too; what follows `--` goes to pytest."""
    install(session, "docs", "test", "browser", "preview")
    install_checker(session)
    build(session)
    session.run("python", "-m", "pytest", *WORKERS, *session.posargs)


@nox.session
def gettext(session):
    """Bring the catalogs of each language up to date; `-- es index` starts one of a page."""
    install(session, "docs")
    session.run("python", "-m", "tools.translations", *session.posargs)


@nox.session
def languages(session):
    """Build the site in each language, and test those that are not English."""
    install(session, "docs", "test", "browser")
    install_checker(session)
    build(session, languages=True)
    for language in sorted(folder.name for folder in Path("docs/locale").iterdir()):
        session.run(
            "python",
            "-m",
            "pytest",
            "tests/test_html.py::test_each_page_is_valid",
            *(f"tests/test_site.py::test_{name}" for name in OF_EACH_LANGUAGE),
            "tests/browser/languages.py",
            *session.posargs,
            env={"SITE_LANGUAGE": language},
        )


@nox.session
def parity(session):
    """Compare what Chromium prints: each runnable text with the page, NumPy with a computer's."""
    install(session, "docs", "test", "browser")
    build(session)
    tests = [f"tests/browser/test_{name}.py" for name in ("parity", "expressions")]
    session.run("python", "-m", "pytest", *tests, *session.posargs)


@nox.session
def engines(session):
    """Compare in Firefox and WebKitGTK too, and use each component; `-- --sample`: a few pages."""
    if not shutil.which("xvfb-run"):  # WebKitGTK draws on a screen
        session.error("apt-get install firefox-esr webkit2gtk-driver xvfb xauth, on Debian")
    install(session, "docs", "test", "browser", "engines")
    if not SITE.is_dir():
        build(session)
    tests = [f"tests/engines/{name}.py" for name in ("components", "parity")]
    command = ["xvfb-run", "--auto-servernum", "python", "-m", "pytest", *tests]
    session.run(*command, *session.posargs, external=True)


@nox.session
def expressions(session):
    """Record anew what expressions over all of NumPy print with the browser's NumPy, here."""
    pins = nox.project.load_toml("lesson_extensions/live/runtime.toml")["packages"]
    session.install(f"numpy=={pins['numpy']['version']}")
    session.run("python", "-m", "tests.browser.expressions", "--record", *session.posargs)


@nox.session
def runtime(session):
    """Fetch the Python and NumPy that run in the reader's browser, as runtime.toml pins them."""
    install(session, "docs")
    fetch_runtime(session)


@nox.session
def doctest(session):
    """Run every `>>>` example of the pages and the README, and compare its output."""
    install(session, "docs", "test")
    session.run("python", "-m", "pytest", "tests/test_snippets.py", *session.posargs)


@nox.session
def outputs(session):
    """Show how what the pages print differs from what was recorded; `-- --record` records it."""
    install(session, "docs", "test")
    build(session)
    if "--record" in session.posargs:
        record = ["--force-regen", "--quiet", "--no-header", "--tb=no", "--show-capture=no"]
        session.run("python", "-m", "pytest", RECORDS, *record, success_codes=[0, 1])
        session.run("git", "status", "--short", "tests/outputs", external=True)
    else:
        session.run("python", "-m", "pytest", RECORDS, *session.posargs)


@nox.session
@nox.parametrize(
    ("python", "numpy"),
    [
        nox.param("3.12" if version in NEEDS_PYTHON_3_12 else None, version, id=version)
        for version in NUMPY
    ],
)
def numpy(session, numpy):
    """Build and test, but not in the browser, with one NumPy and one and two BLAS threads."""
    with_numpy(session, f"numpy {numpy}", f"numpy=={numpy}")


@nox.session
def prerelease(session):
    """The same with NumPy's newest release candidate, where there is one."""
    with_numpy(session, "numpy prerelease", "--pre", "--upgrade", "numpy")


@nox.session
def mutate(session):
    """Change what the site says, or with `-- --code` break the code, and see each change caught."""
    of_code = "--code" in session.posargs  # else a sample, or all with `-- --all`
    install(session, "docs", "test", *(["browser", "preview"] if of_code else []))
    install_checker(session)
    build(session)
    module = "tests.breakages" if of_code else "tests.mutate"
    session.run("python", "-m", module, *session.posargs)


@nox.session
def lighthouse(session):
    """Score a page of each kind as a phone on a slow network sees it, or those named after `--`."""
    install(session, "docs", "browser", "style")  # the last has node
    session.run("npm", "ci", "--silent", "--ignore-scripts", "--prefix=tools/lighthouse")
    build(session)
    session.run("python", "-m", "tools.lighthouse.run", str(SITE), *(session.posargs or SCORED))


@nox.session
def links(session):
    """Ask each link to elsewhere whether it is still there; a host that is silent fails nothing."""
    install(session, "docs")
    session.run(
        "sphinx-build",
        "--builder=linkcheck",
        "--conf-dir=.",
        f"--doctree-dir={BUILD / 'doctrees'}",
        "--quiet",
        "docs",
        str(BUILD / "links"),
        success_codes=[0, 1],  # what is broken is sorted below
    )
    session.run("python", "-m", "tools.links", str(BUILD / "links/output.json"))


@nox.session
def shots(session):
    """Write PNGs of pages, narrow and wide, light and dark, to docs/_build/shots."""
    install(session, "docs", "browser")
    build(session)
    session.run("python", "-m", "tests.browser.shots", *session.posargs)


@nox.session
def zip(session):
    """Zip the site, as `nox -s docs` built it, to work from a folder; offer it there; test it."""
    install(session, "docs", "test", "browser")
    if not SITE.is_dir():
        build(session)
    session.run("python", "-m", "tools.zip.build", str(SITE), "linear-algebra-with-numpy.zip")
    tests = ["tests/test_zip.py", "tests/browser/test_zip.py"]
    session.run("python", "-m", "pytest", *tests, *session.posargs)


@nox.session
def style(session):
    """Check Python, Markdown, spelling, and types; `-- --fix` mends what it can."""
    install(session, "docs", "preview", "style")  # mypy reads the types of what is imported
    fix = "--fix" in session.posargs
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", *([] if fix else ["--check"]))
    session.run("rumdl", "check", "--quiet", *(["--fix"] if fix else []), ".")
    session.run("codespell", *(["--write-changes"] if fix else []))
    session.run("mypy")
    session.run("npm", "ci", "--silent", "--prefix=tools/types")
    session.run("node", "tools/types/node_modules/typescript/bin/tsc", "--project", "tools/types")


@nox.session
def lock(session):
    """Pin the newest versions of everything in constraints.txt, for every Python we support."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lock"))
    session.run(
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--upgrade",
        "--universal",  # one file for all systems and Pythons, by markers
        "--python-version=3.11",  # the oldest
        "--no-emit-index-url",  # where a package came from is the machine's affair
        "--custom-compile-command=nox -s lock",
        "--output-file=constraints.txt",
        "pyproject.toml",
        *(f"--group={group}" for group in PYPROJECT["dependency-groups"]),
    )


@nox.session
def inventory(session):
    """Renew the inventory by which names link to NumPy's reference."""
    install(session, "docs", "data")
    session.run("python", "-m", "tools.numpy_inventory", "docs/_data/numpy.inv")


@nox.session
def fonts(session):
    """Cut the fonts anew: `nox -s fonts -- path/to/texgyrepagella-math.otf`."""
    install(session, "data")
    session.run("python", "-m", "tools.fonts", "docs/_static/fonts", *session.posargs)


@nox.session(venv_backend="none")
def octave(session):
    """Run the Octave side of each {beside} anew, and record what it prints; needs GNU Octave."""
    session.run("python", "tools/octave.py")


@nox.session(venv_backend="none")
def editor(session):
    """Bundle the code editor of live cells anew, as tools/editor/ pins it; needs node."""
    session.run("python", "tools/editor/build.py", "lesson_extensions/live/static")


def fetch_runtime(session):
    """Fetch what of the runtime is missing; where nothing can be had the site is built without."""
    if session.venv_backend == "uv":
        session.install("pip")  # it downloads a part; uv makes environments without it
    session.run("python", "-m", "lesson_extensions.live.fetch", str(RUNTIME))


def install(session, *groups):
    """Install lesson_extensions in place, and dependency groups, as constraints.txt pins them."""
    wanted = [
        *PYPROJECT["build-system"]["requires"],
        *PYPROJECT["project"]["dependencies"],
        *nox.project.dependency_groups(PYPROJECT, *groups),
    ]
    session.install("--constraint", "constraints.txt", *wanted)
    session.install("--no-deps", "--no-build-isolation", "--editable=.")


def book(session, form):
    """Make the book of the pages that `docs` has read, or of those that it will not read again."""
    try:
        session.run(
            "sphinx-build",
            "--builder=book",
            *STRICTLY,
            f"--define=book_form={form}",
            f"--doctree-dir={BUILD / 'doctrees'}",  # of the site: none is executed or proven twice
            "docs",
            str(BUILD / "book"),
        )
    except BaseException:  # see build()
        shutil.rmtree(BUILD / "doctrees", ignore_errors=True)
        raise


def install_checker(session):
    """The checker of HTML that tests/test_html.py runs, as tools/html/ pins it."""
    session.run("npm", "ci", "--silent", "--ignore-scripts", "--prefix=tools/html")


def with_numpy(session, label, *wanted):
    """Install this NumPy over the pinned one, then build and test with one and two threads.

    Every page is executed and all that it says is proven; none is written, since what NumPy may
    change is in a page once it is read.
    """
    install(session, "docs", "test")
    try:
        session.install("--only-binary=:all:", *wanted)
    except nox.command.CommandFailed:
        session.skip(f"NOT RUN: {label} does not install on this Python")
    for threads in ("1", "2"):
        folder = BUILD / f"{label}, {threads} threads"
        env = {"BLAS_THREADS": threads, "SITE_BUILD": str(folder)}
        session.run(
            "sphinx-build",
            "--builder=dummy",
            *STRICTLY,
            "--fresh-env",  # a page that warned the last time is read again
            "--define=live_runtime=none",  # no reader runs anything here
            f"--doctree-dir={folder / 'doctrees'}",
            "docs",
            str(folder / "nothing"),
            env=env,
        )
        tests = [f"tests/test_{name}.py" for name in CHANGED_BY_NUMPY]
        session.run(
            "python", "-m", "pytest", "--quiet", *WORKERS, *tests, *session.posargs, env=env
        )


def build(session, languages=False):
    """Build into a draft that replaces the last good site only if there was no warning.

    The draft is always whole: a deleted page leaves nothing behind. Pages that did not change are
    not read again; after a failure all are, since Sphinx counts a page that warned as read, and
    would pass it the next time. What was executed is kept all the same, in docs/_build/executed.
    """
    fetch_runtime(session)
    draft, doctrees = BUILD / "draft", BUILD / "doctrees"
    others = sorted(folder.name for folder in Path("docs/locale").iterdir()) if languages else []
    switch = [f"--define=translation_languages={','.join(['en', *others])}"] if others else []
    shutil.rmtree(draft, ignore_errors=True)
    try:
        for language in ["en", *others]:
            other = language in others
            session.run(
                "sphinx-build",
                "--builder=html",
                *STRICTLY,
                f"--define=language={language}",
                *switch,
                *(["--define=live_shared=../"] if other else []),  # one runtime serves all
                f"--doctree-dir={f'{doctrees}-{language}' if other else doctrees}",
                "docs",
                str(draft / language if other else draft),
            )
    except BaseException:  # Ctrl-C as well
        for folder in BUILD.glob("doctrees*"):
            shutil.rmtree(folder, ignore_errors=True)
        session.warn(f"{SITE} was left as it was")
        raise
    if draft.is_dir():  # and nothing was built where `--install-only` is given
        shutil.rmtree(SITE, ignore_errors=True)
        draft.rename(SITE)

"""How building grows with the number of lessons: this site beside other builders of notebooks.

The same lessons are written for each builder: eight cells, six paragraphs and links to a glossary,
with other numbers in each lesson, so that no output of one can serve another. Each site is built
four times: cold (no output, no cache), unchanged, with one sentence of one lesson edited, and with
one number in one cell edited. After each build that executes cells, what they must have printed is
looked for in the pages; a builder that did not print it has failed.

Measured of each build, the start of Python included:

seconds       from start to end, by the clock
cpu_seconds   of all its processes, user and system; at least this, see Watch
memory_bytes  the highest sum over its processes, a shared page divided among those that share it
              (PSS; RSS where the system has no PSS), sampled, so a short peak may be missed
executed      how many notebooks were executed, or null where that is not known

Builders:

ours            the checkout's conf.py with all features, -j auto
ours-plain      myst-nb with our execution and sidebar, nothing else; Furo, -j auto
sphinx          myst-nb as it comes (nb_execution_mode "auto"); Furo, -j 1
sphinx-j2       the same, -j 2
mkdocs-jupyter  mkdocs with Material's theme and mkdocs-jupyter, execute: true
jupyter-book    version 1

The first four run in the Python of the checkout's `docs` group, the last two in environments that
this script makes with venv and pip, once for each --work folder.

With --real, the checkout's own pages are built as well, from a copy: with its execution and
-j auto; and, with -j 1, by myst-nb's execution and with Sphinx's navigation, all other features on.
"""

import argparse
import ctypes
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from textwrap import dedent

import psutil

ROOT = Path(__file__).parents[1]
SIZES = (10, 100, 300, 1000)  # lessons
STEPS = ("cold", "unchanged", "prose edit", "cell edit")
OURS = ("ours", "ours-plain")
INSTALLED = {  # what pip installs for a builder that the checkout has not
    "mkdocs-jupyter": ("mkdocs", "mkdocs-jupyter", "numpy", "matplotlib", "ipykernel"),
    "jupyter-book": ("jupyter-book<2", "numpy", "matplotlib", "ipykernel"),
}
VERSIONS = "sphinx myst-nb furo mkdocs mkdocs-jupyter mkdocs-material jupyter-book ipykernel numpy"
SAMPLE = 0.2  # seconds between two samples of memory; more where a sample takes long
SHARE = 0.03  # of one core, at most, that sampling may take
QUOTED = 15  # last lines of a failed build


class CannotMeasure(Exception):
    """Why there is nothing to compare, in a sentence for who runs this."""


# -- Lessons ---------------------------------------------------------------------------------

TERMS = {
    "matrix": "A grid of numbers in rows and columns.",
    "dot product": "The sum of the products of matching entries of two vectors.",
    "residual": "What is left of the right side when a solution is put into a system.",
    "rank": "How many rows of a matrix are independent of each other.",
}
PICTURE = """\
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([0, {k}], [0, {more}], marker="o");"""


@dataclass(frozen=True)
class Lesson:
    """The lesson of a number, 1 for the first; what is edited says how often it was."""

    number: int
    picture: bool = False
    prose_edits: int = 0
    cell_edits: int = 0

    @property
    def name(self):
        return f"lesson-{self.number:04}"

    @property
    def title(self):
        return f"Solve system {self.number}"

    @property
    def prerequisites(self):
        """Names of the lesson before and of the one half as far."""
        numbers = {self.number - 1, self.number // 2} - {0, self.number}
        return [Lesson(number).name for number in sorted(numbers, reverse=True)]

    @property
    def factor(self):
        """The number in the fifth cell that a cell edit changes."""
        return 3 + self.cell_edits

    @property
    def answer(self):
        """What the fifth cell prints, and no source says."""
        return str(1009 * self.number + 100_000 * self.factor)

    @property
    def sentence(self):
        """The sentence that a prose edit changes."""
        return f"System {self.number} was read {self.prose_edits} times before you."

    def blocks(self):
        """The lesson below its title, as (kind, content).

        "text" is Markdown with [[terms]]; "code" and "picture" are Python.
        """
        k = self.number
        blocks = [
            ("text", f"Two receipts cost {k} and {k + 5} in all. What does each thing cost? "
             "Write the question as a [[matrix]] of counts, one row for each receipt."),
            ("code", f"import numpy as np\n\nA = np.array([[{k + 2}, 1], [1, {k % 7 + 2}]])\nA"),
            ("code", f"b = np.array([{k}, {k + 5}])\nA @ b"),
            ("text", f"The product tries {k} and {k + 5} as prices. They do not fit, so look for "
             f"others. {self.sentence} A determinant other than zero says that there are some."),
            ("code", f"np.linalg.det(A + {k} * np.eye(2)).round(3)"),
            ("code", f"x = np.linalg.solve(A, b + {k})\nx.round(4)"),
            ("text", "Before you trust the result, compute a [[dot product]] by hand and compare "
             f"it with what NumPy says of {k} and the number beside it."),
            ("code", f"u = np.array([{k}, {self.factor}])\nu @ np.array([1009, 100_000])"),
            ("text", "Now put the solution back. The [[residual]] should be nothing but rounding, "
             f"whatever the totals were; here they were raised by {k}."),
            ("code", f"np.allclose(A @ x, b + {k})"),
            ("text", f"A larger table counts on from {k}. Its columns add up to numbers that "
             "differ by three, since each row does by one from column to column."),
            ("code", f"M = np.arange({k}, {k + 12}).reshape(3, 4)\nM.sum(axis=0), M.T.shape"),
            ("code", f"np.linalg.matrix_rank(M), np.linalg.norm(M + {k}).round(2)"),
            ("text", "Three rows, but a [[rank]] of two: the middle row is halfway between the "
             f"others. That is so for {k} as for every other start."),
        ]  # fmt: skip
        if self.picture:
            blocks.insert(-1, ("picture", PICTURE.format(k=k, more=k + 5)))
        return blocks


def lessons_of(size, picture):
    """{number: Lesson} of so many lessons."""
    return {number: Lesson(number, picture) for number in range(1, size + 1)}


def linked(text, link):
    """The text with each [[term]] as `link(term)`."""
    for term in TERMS:
        text = text.replace(f"[[{term}]]", link(term))
    return text


# -- What each builder reads -----------------------------------------------------------------


def write(path, text):
    """Write text to a file, in a folder that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), "utf-8")


FENCE = "```"
ALT = '---\nmystnb:\n  image:\n    alt: "A line through the origin, with a dot at each end."\n---\n'


def myst(lesson):
    """The lesson as a MyST notebook, with the front matter of this site's lessons."""
    before = ", ".join(lesson.prerequisites)
    parts = [
        "---\n"
        "file_format: mystnb\n"
        "kernelspec: {name: python3, display_name: Python 3}\n"
        f"order: {lesson.number}\n"
        f'lesson: {{summary: "Find the prices behind receipt {lesson.number}.", minutes: 15, '
        f"prerequisites: [{before}]}}\n"
        "---\n"
        f"# {lesson.title}"
    ]
    for kind, content in lesson.blocks():
        if kind == "text":
            parts.append(linked(content, lambda term: f"{{term}}`{term}`"))
        else:
            options = ALT if kind == "picture" else ""
            parts.append(f"{FENCE}{{code-cell}}\n{options}{content}\n{FENCE}")
    return "\n\n".join(parts) + "\n"


def ipynb(lesson):
    """The lesson as a Jupyter notebook without outputs."""
    cells = [{"cell_type": "markdown", "source": f"# {lesson.title}"}]
    for kind, content in lesson.blocks():
        if kind == "text":
            cells.append({"cell_type": "markdown", "source": linked(content, mkdocs_link)})
        else:
            code = {"cell_type": "code", "execution_count": None, "outputs": [], "source": content}
            cells.append(code)
    cells = [{"id": f"cell-{i}", "metadata": {}} | cell for i, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}}
    return json.dumps(notebook | {"cells": cells}, indent=1) + "\n"


def mkdocs_link(term):
    """A link to a term from lessons/lesson-0001/, as mkdocs lays its pages."""
    return f"[{term}](../../glossary/#{term.replace(' ', '-')})"


def write_myst_lesson(folder, lesson):
    write(folder / f"docs/lessons/{lesson.name}.md", myst(lesson))


def write_ipynb_lesson(folder, lesson):
    write(folder / f"docs/lessons/{lesson.name}.ipynb", ipynb(lesson))


def write_ours(folder, lessons, checkout):
    """Beside the lessons: a home page with tree and cards, and a page for each term."""
    docs = folder / "docs"
    write(
        docs / "index.md",
        """\
        # Generated lessons

        ```{skill-tree}
        ```

        ```{cards} lessons/*
        :caption: Lessons
        ```

        ```{toctree}
        :hidden:
        :caption: Look things up

        glossary/index
        ```
        """,
    )
    write(docs / "glossary/index.md", "# Glossary\n\n```{cards} *\n:require: summary\n```\n")
    for term, definition in TERMS.items():
        page = f"---\nterm: [{term}]\n---\n# {term.capitalize()}\n\n{definition}\n"
        write(docs / f"glossary/{term.replace(' ', '-')}.md", page)
    (docs / "_data").mkdir(exist_ok=True)
    shutil.copy(checkout / "docs/_data/numpy.inv", docs / "_data")  # conf.py asks for it there


def write_sphinx(folder, lessons, checkout, extensions=("myst_nb",), settings=""):
    """Beside the lessons: conf.py, a home page that lists them, and one page for all terms."""
    conf = f"""\
        import sys
        sys.path.insert(0, {str(checkout)!r})
        project = "Generated lessons"
        extensions = {list(extensions)!r}
        exclude_patterns = ["_build"]
        html_theme = "furo"
        {settings}
        """
    write(folder / "conf.py", conf)
    index = "# Generated lessons\n\n```{toctree}\n:glob:\n\nlessons/*\nglossary\n```\n"
    write(folder / "docs/index.md", index)
    write_glossary(folder)


def write_ours_plain(folder, lessons, checkout):
    extensions = ("myst_nb", "lesson_extensions.execution", "lesson_extensions.page.sidebar")
    settings = 'nb_execution_mode = "inline"; nb_execution_raise_on_error = True'
    write_sphinx(folder, lessons, checkout, extensions, settings)


def write_glossary(folder):
    """All terms in one page, by Sphinx's own directive."""
    terms = "\n\n".join(f"{term}\n  {definition}" for term, definition in TERMS.items())
    page = f"# Glossary\n\n{FENCE}{{glossary}}\n{terms}\n{FENCE}\n"
    write(folder / "docs/glossary.md", page)


def write_jupyter_book(folder, lessons, checkout):
    docs = folder / "docs"
    write(docs / "_config.yml", "title: Generated lessons\nauthor: nobody\nlogo: ''\n")
    files = "".join(f"- file: lessons/{lesson.name}\n" for lesson in lessons.values())
    write(docs / "_toc.yml", f"format: jb-book\nroot: index\nchapters:\n- file: glossary\n{files}")
    write(docs / "index.md", "# Generated lessons\n\nRead them in order.\n")
    write_glossary(folder)


def write_mkdocs(folder, lessons, checkout):
    write(
        folder / "mkdocs.yml",
        """\
        site_name: Generated lessons
        theme: {name: material}
        plugins:
          - search
          - mkdocs-jupyter: {execute: true, allow_errors: false}
        """,
    )
    write(folder / "docs/index.md", "# Generated lessons\n\nRead them in order.\n")
    terms = "".join(f"## {term}\n\n{definition}\n\n" for term, definition in TERMS.items())
    write(folder / "docs/glossary.md", f"# Glossary\n\n{terms}")


# -- Builders --------------------------------------------------------------------------------


def sphinx(python, folder, conf, jobs, *options):
    """The command that builds folder/docs into folder/docs/_build, as noxfile.py lays it out."""
    build = folder / "docs/_build"
    return [
        *(python, "-m", "sphinx", "--builder=html", "--fail-on-warning", f"--jobs={jobs}"),
        *(f"--conf-dir={conf}", f"--doctree-dir={build / 'doctrees'}", *options),
        *(folder / "docs", build / "html"),
    ]


def mkdocs(python, folder, checkout):
    site = folder / "site"
    return [python, "-m", "mkdocs", "build", "--strict", "-f", folder / "mkdocs.yml", "-d", site]


def jupyter_book(python, folder, checkout):
    command = python.with_name("jupyter-book")
    return [command, "build", "-W", "--keep-going", folder / "docs"]


def sphinx_page(folder, lesson):
    return folder / f"docs/_build/html/lessons/{lesson.name}.html"


def mkdocs_page(folder, lesson):
    return folder / f"site/lessons/{lesson.name}/index.html"


@dataclass(frozen=True)
class Builder:
    """How to write a site, build it, and find the page of a lesson; functions of the folder."""

    write_site: Callable  # (folder, lessons, checkout)
    command: Callable  # (python, folder, checkout) → list for subprocess
    write_lesson: Callable = write_myst_lesson  # (folder, lesson)
    page: Callable = sphinx_page  # (folder, lesson) → Path


BUILDERS = {
    "ours": Builder(write_ours, lambda python, folder, at: sphinx(python, folder, at, "auto")),
    "ours-plain": Builder(
        write_ours_plain, lambda python, folder, at: sphinx(python, folder, folder, "auto")
    ),
    "sphinx": Builder(write_sphinx, lambda python, folder, at: sphinx(python, folder, folder, 1)),
    "sphinx-j2": Builder(
        write_sphinx, lambda python, folder, at: sphinx(python, folder, folder, 2)
    ),
    "mkdocs-jupyter": Builder(write_mkdocs, mkdocs, write_ipynb_lesson, mkdocs_page),
    "jupyter-book": Builder(write_jupyter_book, jupyter_book),
}


def python_for(name, options):
    """The Python that has a builder: the checkout's, or one of an environment made here."""
    if name not in INSTALLED:
        return options.python
    folder = options.work / "environments" / name
    python, done = folder / "bin/python", folder / "installed"
    if not done.exists():
        say(f"installing {name} in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        pip = [python, "-m", "pip", "install", "--quiet", *INSTALLED[name]]
        for command in ([sys.executable, "-m", "venv", folder], pip):
            ended = subprocess.run(command, capture_output=True, text=True)
            if ended.returncode:
                raise CannotMeasure(f"{name} could not be installed:\n{last_lines(ended.stderr)}")
        done.touch()  # last, so that it says "all is there"
    return python


# -- One build -------------------------------------------------------------------------------


@dataclass
class Cost:
    """Of one build; the head of this file says what each is."""

    seconds: float
    cpu_seconds: float
    memory_bytes: int
    executed: int | None = None


class Watch(threading.Thread):
    """Samples all processes below this one until `stop`, which gives the seconds and bytes.

    CPU seconds are the larger of two sums, each of which can be too small: what the system counted
    of processes that ended and were waited for, and what each process had used when last seen.
    """

    def __init__(self, limit):
        super().__init__(daemon=True)
        self.latest = time.monotonic() + limit
        self.timed_out = False
        self.ended = threading.Event()
        self.memory, self.cpu = 0, {}  # bytes; {(pid, start): seconds}
        self.before = waited_for()

    def run(self):
        pause = SAMPLE
        while not self.ended.wait(pause):
            used = time.thread_time()
            self.sample()
            pause = max(SAMPLE, (time.thread_time() - used) / SHARE)
            if time.monotonic() > self.latest:
                self.timed_out = True
                kill_descendants()

    def sample(self):
        memory = 0
        for process in psutil.Process().children(recursive=True):
            try:
                times = process.cpu_times()
                self.cpu[process.pid, process.create_time()] = times.user + times.system
                found = process.memory_full_info()
            except (psutil.Error, OSError):  # it has ended meanwhile
                continue
            memory += getattr(found, "pss", found.rss)
        self.memory = max(self.memory, memory)

    def stop(self):
        """(CPU seconds, bytes)"""
        self.ended.set()
        self.join()
        end_descendants()
        return max(waited_for() - self.before, sum(self.cpu.values())), self.memory


def waited_for():
    """CPU seconds of all processes below this one that ended and were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def adopt_orphans():
    """Have processes whose parent ends become children of this one, so that none escapes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def kill_descendants():
    """Kill all processes below this one."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has ended meanwhile
            process.kill()


def end_descendants():
    """Kill all processes below this one and wait for them, so that what they used is counted.

    A build that failed, or was broken off, may leave kernels behind.
    """
    while psutil.Process().children():
        kill_descendants()
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)


def build(command, folder, limit):
    """The Cost of a command; raises CannotMeasure where it fails or takes too long."""
    log = folder / "log.txt"
    watch = Watch(limit)
    with log.open("w") as file:
        watch.start()
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        status = process.wait()
        seconds = time.perf_counter() - began
    cpu, memory = watch.stop()
    said = log.read_text("utf-8", errors="replace")
    if watch.timed_out:
        raise CannotMeasure(f"it took more than {limit} seconds")
    if status:
        raise CannotMeasure(f"it ended with status {status}:\n{last_lines(said)}")
    return Cost(seconds, cpu, memory, executed(folder, said))


def executed(folder, said):
    """How many notebooks a build executed, from what ours says at its end; None: not known."""
    found = re.search(r"notebooks: (\d+) executed", said)
    return int(found[1]) if found else None


def last_lines(text):
    return "\n".join(text.strip().splitlines()[-QUOTED:])


def say(text):
    print(text, file=sys.stderr, flush=True)


# -- The four builds of a site ---------------------------------------------------------------


def four_builds(name, size, options):
    """Write a site anew and yield (step, Cost) of each build; raises CannotMeasure."""
    builder, python = BUILDERS[name], python_for(name, options)
    folder = options.work / f"{name}-{size}"
    lessons = lessons_of(size, options.pictures)
    middle = size // 2 + 1
    write_site(builder, folder, lessons, options.checkout)
    for step in STEPS:
        if step == "prose edit":
            lessons[middle] = replace(lessons[middle], prose_edits=1)
        elif step == "cell edit":
            lessons[middle] = replace(lessons[middle], cell_edits=1)
        if step.endswith("edit"):
            builder.write_lesson(folder, lessons[middle])
        command = builder.command(python, folder, options.checkout)
        cost = build(command, folder, options.limit)
        verify(builder, folder, lessons.values() if step == "cold" else [lessons[middle]])
        say_cost(f"{name}, {size} lessons, {step}", cost)
        yield step, cost
    if not options.keep:
        shutil.rmtree(folder)


def write_site(builder, folder, lessons, checkout):
    """Write the pages of a site into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for lesson in lessons.values():
        builder.write_lesson(folder, lesson)
    builder.write_site(folder, lessons, checkout)


def verify(builder, folder, lessons):
    """Raise CannotMeasure where a page lacks its prose or what its fifth cell printed."""
    for lesson in lessons:
        page = builder.page(folder, lesson)
        html = unescape(page.read_text("utf-8")) if page.is_file() else ""
        for wanted in (lesson.answer, lesson.sentence):
            if wanted not in html:
                raise CannotMeasure(f"{page} does not say {wanted!r}")


def say_cost(label, cost):
    known = "" if cost.executed is None else f", {cost.executed} executed"
    say(
        f"{label}: {cost.seconds:.2f} s, {cost.cpu_seconds:.2f} s CPU, "
        f"{cost.memory_bytes / 1e6:.0f} MB{known}"
    )


def warm_up(name, options):
    """Build a site of one lesson, so that the first one measured finds its files in memory."""
    builder, folder = BUILDERS[name], options.work / f"{name}-warm-up"
    write_site(builder, folder, lessons_of(1, options.pictures), options.checkout)
    build(
        builder.command(python_for(name, options), folder, options.checkout), folder, options.limit
    )
    shutil.rmtree(folder)


def skipped(name, size, options):
    """Whether a builder that is not ours is spared a site of this size."""
    return name not in OURS and size > options.peer_limit


def measure(options, record):
    """Fill record["builds"], record["failed"], record["skipped"]; builders take turns."""
    dead = set()
    for name in options.builders:
        if all(skipped(name, size, options) for size in options.sizes):
            continue
        with failures_noted(record, dead, name, "one lesson, to warm up"):
            warm_up(name, options)
            record["versions"][name] = versions(python_for(name, options))
    for size in options.sizes:
        for name in options.builders:
            if skipped(name, size, options):
                record["skipped"].append({"builder": name, "lessons": size})
        for _ in range(options.repeat):
            for name in options.builders:
                if name in dead or skipped(name, size, options):
                    continue
                with failures_noted(record, dead, name, f"{size} lessons"):
                    for step, cost in four_builds(name, size, options):
                        add(record["builds"], name, size, step, cost)
                        save(record, options)


@contextmanager
def failures_noted(record, dead, name, what):
    """Note a failure and let the others go on; a builder that failed is not tried again."""
    try:
        yield
    except CannotMeasure as error:
        dead.add(name)
        record["failed"].append({"builder": name, "what": what, "why": str(error)})
        say(f"FAILED: {name}, {what}: {error}")


def add(builds, name, size, step, cost):
    """Note the cost of a run: builds is a list of {builder, lessons, step, runs}."""
    key = {"builder": name, "lessons": size, "step": step}
    entry = next((entry for entry in builds if key.items() <= entry.items()), None)
    if entry is None:
        entry = key | {"runs": []}
        builds.append(entry)
    entry["runs"].append(asdict(cost))


# -- The real site ---------------------------------------------------------------------------

REAL_EDIT = "lessons/vectors.md"  # the page to whose end a sentence is added


def real_builds(name, options):
    """Yield (step, Cost) of the checkout's own pages: cold, unchanged, with one sentence more."""
    folder = options.work / f"real-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        options.checkout / "docs", folder / "docs", ignore=shutil.ignore_patterns("_build")
    )
    jobs, without = ("auto", []) if name == "ours" else (1, without_execution(options))
    command = sphinx(options.python, folder, options.checkout, jobs, *without)
    edited = folder / "docs" / REAL_EDIT
    page = folder / "docs/_build/html" / Path(REAL_EDIT).with_suffix(".html")
    sentence = "This sentence was added to measure how long that takes."
    for step in STEPS[:3]:
        if step == "prose edit":
            edited.write_text(edited.read_text("utf-8") + f"\n{sentence}\n", "utf-8")
        cost = build(command, folder, options.limit)
        if step == "prose edit" and sentence not in page.read_text("utf-8"):
            raise CannotMeasure(f"{page} does not say {sentence!r}")
        say_cost(f"the real site, {name}, {step}", cost)
        yield step, cost
    if not options.keep:
        shutil.rmtree(folder)


def without_execution(options):
    """The option that takes what makes building fast out of the checkout's extensions."""
    code = "import json, runpy; print(json.dumps(runpy.run_path('conf.py')['extensions']))"
    ended = subprocess.run(
        [options.python, "-c", code], cwd=options.checkout, capture_output=True, text=True
    )
    if ended.returncode:
        raise CannotMeasure(f"the checkout's conf.py failed:\n{last_lines(ended.stderr)}")
    extensions = json.loads(ended.stdout)
    for name in ("execution", "page.sidebar"):
        extensions.remove(f"lesson_extensions.{name}")
    return ["-D", f"extensions={','.join(extensions)}"]


def measure_real(options, record):
    """Fill record["real"]: as record["builds"], with the number of pages for that of lessons."""
    docs = options.checkout / "docs"
    files = (file.relative_to(docs).as_posix() for file in docs.rglob("*.md"))
    pages = sum(not file.startswith("_") for file in files)  # as conf.py's exclude_patterns
    dead = set()
    for _ in range(options.repeat):
        for name in ("ours", "myst-nb -j1"):
            if name in dead:
                continue
            with failures_noted(record, dead, name, "the real site"):
                for step, cost in real_builds(name, options):
                    add(record["real"], name, pages, step, cost)
                    save(record, options)


# -- What was found --------------------------------------------------------------------------


def median(entry, quantity):
    """The median of a quantity over the runs of an entry; None where a run does not know it."""
    values = [run[quantity] for run in entry["runs"]]
    return None if None in values else statistics.median(values)


def slope(points):
    """Seconds a lesson: the least-squares slope through (lessons, seconds); None for one point."""
    if len(points) < 2:
        return None
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def slopes(builds):
    """[{builder, step, all, smallest, largest, ratio}], slopes in seconds a lesson.

    `all` is over all sizes, the others over the two smallest and the two largest; `ratio` is
    largest / smallest: 1 where time grows in proportion, None for fewer than three sizes.
    """
    points = defaultdict(list)
    for entry in builds:
        point = entry["lessons"], median(entry, "seconds")
        points[entry["builder"], entry["step"]].append(point)
    found = []
    for (builder, step), line in points.items():
        line.sort()
        smallest, largest = slope(line[:2]), slope(line[-2:])
        ratio = largest / smallest if len(line) > 2 and smallest else None
        found.append(
            {"builder": builder, "step": step, "all": slope(line)}
            | {"smallest": smallest, "largest": largest, "ratio": ratio}
        )
    return found


def markdown(headings, rows):
    """A table; numbers are set to the right, None is shown as a dash."""
    lines = [headings, ["---" if i < 2 else "---:" for i in range(len(headings))], *rows]
    cells = (["–" if cell is None else str(cell) for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def cost_table(builds, count="lessons"):
    """Medians of the runs, a row for each site, builder and step; MB are 10⁶ bytes."""
    headings = ["builder", "build", count, "runs", "seconds", "CPU seconds", "MB", "executed"]
    rows = []
    for entry in builds:
        seconds, cpu, memory, number = (
            median(entry, name) for name in ("seconds", "cpu_seconds", "memory_bytes", "executed")
        )
        rows.append(
            [
                *(entry["builder"], entry["step"], entry["lessons"], len(entry["runs"])),
                *(f"{seconds:.2f}", f"{cpu:.2f}", f"{memory / 1e6:.0f}", number),
            ]
        )
    return markdown(headings, rows)


def slope_table(found):
    """The slopes in milliseconds a lesson, and the ratio of the last two."""
    headings = ["builder", "build", "all sizes, ms", "two smallest, ms", "two largest, ms", "ratio"]
    rows = []
    for line in found:
        milliseconds = (line[name] for name in ("all", "smallest", "largest"))
        ratio = line["ratio"]
        rows.append(
            [line["builder"], line["step"]]
            + [None if value is None else f"{1000 * value:.1f}" for value in milliseconds]
            + [None if ratio is None else f"{ratio:.2f}"]
        )
    return markdown(headings, rows)


def report(record):
    """All tables, what was skipped and what failed, as Markdown."""
    parts = []
    if record["builds"]:
        parts += ["## Costs, medians", cost_table(record["builds"])]
    if any(line["all"] is not None for line in record["slopes"]):
        parts += ["## Slopes of seconds over lessons", slope_table(record["slopes"])]
    if record["real"]:
        parts += ["## The real site, medians", cost_table(record["real"], "pages")]
    parts += [
        f"Skipped, as --peer-limit says: {one['builder']} with {one['lessons']} lessons."
        for one in record["skipped"]
    ]
    parts += [f"FAILED: {one['builder']}, {one['what']}: {one['why']}" for one in record["failed"]]
    return "\n\n".join(parts)


def save(record, options):
    """Write the record as far as it has come: a long run may be broken off."""
    record["slopes"] = slopes(record["builds"])
    if options.json:
        options.json.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


# -- The machine -----------------------------------------------------------------------------


def machine():
    """What ran the builds; memory in bytes, load as the system's average over a minute."""
    return {
        "cpu": cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "load": os.getloadavg()[0],
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def cpu_model():
    """The model's name, or the architecture where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def versions(python):
    """{package: version} of what a Python has of VERSIONS, and of Python itself."""
    code = dedent("""\
        import importlib.metadata as metadata, json, platform, sys
        found = {"python": platform.python_version()}
        for name in sys.argv[1:]:
            try:
                found[name] = metadata.version(name)
            except metadata.PackageNotFoundError:
                pass
        print(json.dumps(found))
        """)
    command = [python, "-c", code, *VERSIONS.split()]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def revision(checkout):
    """The commit of the checkout, with -dirty where files differ; None where git does not say."""
    git = ["git", "-C", checkout, "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


# -- Command line ----------------------------------------------------------------------------


def sizes(text):
    """Numbers of lessons, from text such as 10,100; sorted, each once."""
    return sorted({positive(part) for part in text.split(",")})


def positive(text):
    """A whole number of at least 1."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def names(text):
    """Names of builders, from text such as ours,sphinx."""
    found = text.split(",")
    for name in found:
        if name not in BUILDERS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(BUILDERS)}")
    return found


def arguments(words=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--checkout", type=Path, default=ROOT, help="the repository to measure (default: this one)")
    add(
        "--python",
        type=Path,
        help="the Python that has the checkout's `docs` group (default: that of its nox session "
        "`docs` if there is one, else the one that runs this)",
    )
    add(
        "--sizes",
        type=sizes,
        default=list(SIZES),
        metavar="N,N",
        help="numbers of lessons (default: 10,100,300,1000); slopes need two, a ratio three",
    )
    add(
        "--builders",
        type=names,
        default=list(BUILDERS),
        metavar="NAME,NAME",
        help="some of those above (default: all)",
    )
    add("--pictures", action="store_true", help="one Matplotlib figure in each lesson")
    add(
        "--peer-limit",
        type=int,
        default=100,
        metavar="N",
        help="the largest site that builders other than ours and ours-plain get (default: 100)",
    )
    add(
        "--repeat",
        type=positive,
        default=1,
        metavar="N",
        help="runs of each, of which medians are shown (default: 1)",
    )
    add("--real", action="store_true", help="build the checkout's own pages as well")
    add("--only-real", action="store_true", help="build nothing but the checkout's own pages")
    add(
        "--limit",
        type=float,
        default=7200,
        metavar="SECONDS",
        help="of one build, after which it is ended and counts as failed (default: 7200)",
    )
    add(
        "--work",
        type=Path,
        help="the folder for sites and environments, kept (default: a temporary one, deleted)",
    )
    add("--keep", action="store_true", help="keep the generated sites in the --work folder")
    add("--json", type=Path, metavar="FILE", help="write every single run, and the machine, here")
    options = parser.parse_args(words)
    options.checkout = options.checkout.resolve()
    session = options.checkout / ".nox/docs/bin/python"
    options.python = options.python or (session if session.exists() else Path(sys.executable))
    options.python = options.python.absolute()  # not resolved: that would leave its environment
    return options


@contextmanager
def work_folder(options):
    """Have options.work be a folder."""
    if options.work:
        options.work = options.work.resolve()
        options.work.mkdir(parents=True, exist_ok=True)
        yield
    else:
        with tempfile.TemporaryDirectory(prefix="scale-", ignore_cleanup_errors=True) as folder:
            options.work = Path(folder)
            yield


def main():
    options = arguments()
    adopt_orphans()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that builds are ended too
    record = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision(options.checkout),
        "machine": machine(),
        "versions": {"checkout": versions(options.python)},
        "pictures": options.pictures,
        "runtime": (options.checkout / "docs/_build/runtime").is_dir(),  # copied by cold builds
        "builds": [],
        "slopes": [],
        "real": [],
        "skipped": [],
        "failed": [],
    }
    with work_folder(options):
        try:
            if not options.only_real:
                measure(options, record)
            if options.real or options.only_real:
                measure_real(options, record)
        finally:
            end_descendants()
            save(record, options)
    print(report(record))
    return 1 if record["failed"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotMeasure as error:
        say(f"Nothing was measured: {error}")
        sys.exit(2)

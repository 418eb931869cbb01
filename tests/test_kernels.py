"""A forked kernel does what an ordinary one does, is as separate, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

from lesson_extensions.execution import fork_server, forks, kernel
from lesson_extensions.execution.notebook import execute, is_alone, is_notebook
from tests.conftest import ROOT, processes_in, sources

linux = pytest.mark.skipif(
    not forks.can_fork(), reason="all here is of forked kernels, which only Linux has"
)
pytestmark = linux
STYLE = str(ROOT / "docs/_static/matplotlibrc")


@pytest.fixture(scope="module")
def started():
    """A server for all tests that leave it as it is: each takes seconds to import what it forks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")
        patch.setenv("MATPLOTLIBRC", STYLE)  # as conf.py sets it before a build starts one
        server = forks.Server()
        server.prepare()
    yield server
    server.close()


@pytest.fixture
def server(started, monkeypatch):
    monkeypatch.setattr(forks, "server", started)
    return started


@pytest.fixture
def own_server():
    """One that the test may kill, or that has yet to start."""
    forks.use_forks()
    yield forks.server
    forks.use_ordinary()


def notebook(*cells):
    found = nbformat.v4.new_notebook()
    found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    found.metadata["source_map"] = list(range(len(cells)))
    found.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return found


def run(*cells, **limits):
    """The outputs of cells as text, and where they came from."""
    entry = execute(notebook(*cells), ROOT / "docs", 60, limits)
    texts = ["".join(map(text, step["outputs"])) for step in entry["steps"]]
    return texts, entry["report"]


def text(output):
    return output.get("text") or output["data"]["text/plain"]


# -- The same outputs ------------------------------------------------------------------------------

SAMPLE = [
    "import numpy as np\nimport matplotlib.pyplot as plt",
    "A = np.array([[2.0, 1.0], [1.0, 3.0]])\nnp.linalg.inv(A)",
    "np.random.seed(1)\nnp.random.rand(2), np.random.default_rng(1).normal(size=2)",
    "fig, ax = plt.subplots()\nax.plot([1, 2], [3, 4]);",
    "plt.figure()\nplt.imshow(A)\nprint('below it')",
    "from IPython.display import HTML, Markdown\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))",
    "import sys, warnings\nprint('out')\nprint('err', file=sys.stderr)\nwarnings.warn('careful')",
    "import os\nos.write(1, b'from the system')\nos.system('echo from a program');",
    "try:\n    input('?')\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "%matplotlib inline\nplt.plot([1, 0]);",
    "import threading\nt = threading.Thread(target=print, args=('it',))\nt.start()\nt.join()",
    "__name__, sys.argv[0].rpartition('/')[2][:17], sys.flags.optimize, os.getcwd()",
    "plt.get_backend(), np.show_config(mode='dicts')['Build Dependencies']['blas']['name']",
    "from threadpoolctl import threadpool_info\nthreadpool_info()[0]",
    "sorted(n for n in os.environ if n not in ('JPY_PARENT_PID', 'TMPDIR', 'PYTEST_CURRENT_TEST'))",
    "sys.stdin is None, sys.dont_write_bytecode, __doc__, len(get_ipython().user_ns['In'])",
    "display(1)\nprint('between')\ndisplay(2)\nprint('after')",
    "shown = display('a', display_id='x')\nprint('p')\nshown.update('b')",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('left')",
    "print('gone')\nclear_output(wait=True)\ndisplay('left')",
    "import asyncio\nawait asyncio.sleep(0)\nprint('gone\\rleft')\nprint('ä', end='')",
    "_, _dh, str(get_ipython()).split()[0], sys.path[0], sys.stdout.isatty(), sys.stdout.encoding",
    "try:\n    asyncio.run(asyncio.sleep(0))\nexcept RuntimeError as error:\n    print(error)",
    "%%capture taken\nprint('not shown')",
    "taken.stdout, __builtins__ is __import__('builtins'), sys.modules['__main__'].__name__",
]


def outputs(cells):
    return [step["outputs"] for step in execute(notebook(*cells), ROOT / "docs", 60, {})["steps"]]


def test_every_cell_gives_what_an_ordinary_kernel_gives(monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it ipykernel leaves out what programs print
    forks.use_forks()
    forked = outputs(SAMPLE)
    forks.use_ordinary()

    for cell, ours, ordinary in zip(SAMPLE, forked, outputs(SAMPLE), strict=True):
        assert plain(ours) == plain(ordinary), cell
    assert [output["output_type"] for output in forked[3]] == ["display_data"]
    assert forked[3][0]["data"]["image/png"]


def plain(outputs):
    """Outputs without what is of this process: the path that a warning gives to its cell.

    The pattern begins at a slash and meets no plus sign: one that may begin at each letter and
    reaches as far as it can takes ten seconds for a picture.
    """
    return re.sub(r"/[\w./-]+/ipykernel_\d+", "ipykernel_N", repr(outputs))


def notebooks():
    """The pages of the site that are notebooks, without those whose cells measure the machine."""
    return [
        path.relative_to(ROOT / "docs").as_posix()
        for path in sources()
        if is_notebook(path) and not is_alone(path)
    ]


@pytest.mark.parametrize("name", notebooks())
def test_every_notebook_of_the_site_gives_what_ordinary_kernels_give(name, server, monkeypatch):
    """Cell by cell, in order, pictures to the byte; with one thread of BLAS, and with all."""
    monkeypatch.setenv("MATPLOTLIBRC", STYLE)
    monkeypatch.setattr(server, "threads", 1)
    forked = cells_of(name)
    monkeypatch.setattr(forks, "server", None)
    ordinary = cells_of(name)

    assert len(forked) == len(ordinary) > 0
    for (source, ours), (_, theirs) in zip(forked, ordinary, strict=True):
        assert ours == theirs, source


def cells_of(name):
    """The (source, outputs) of the cells of a page, without those that are tagged `varies`."""
    path = ROOT / "docs" / name
    config = MdParserConfig(enable_extensions=["colon_fence", "dollarmath"])
    page = read_myst_markdown_notebook(
        path.read_text("utf-8"), config, path=str(path), add_source_map=True
    )
    varies = {cell.source for cell in page.cells if "varies" in cell.metadata.get("tags", [])}
    entry = execute(page, path.parent, 600, {})  # beside a load, workers take a minute to start
    return [
        (step["source"], plain(step["outputs"]))
        for step in entry["steps"]
        if step["kind"] == "cell" and step["source"] not in varies
    ]


def test_a_kernel_goes_on_after_an_error_that_was_meant(server):
    cells = notebook("1 / 0", "6 * 7")
    cells.cells[0].metadata["tags"] = ["raises-exception"]
    meant, after = execute(cells, ROOT / "docs", 60, {})["steps"]

    assert meant["outputs"][0]["ename"] == "ZeroDivisionError"
    assert text(after["outputs"][0]) == "42"


# -- As separate -----------------------------------------------------------------------------------


def test_two_notebooks_share_no_variable_no_random_numbers_and_no_folder(server):
    cells = (
        "import tempfile, os, numpy as np\n'x' in globals()",
        "x = np.random.rand()\nx",
        "print(tempfile.gettempdir())",
        "print(tempfile.mkdtemp())\nos.getpid()",
    )
    first, second = run(*cells)[0], run(*cells)[0]

    assert first[0] == second[0] == "False"
    assert all(one != other for one, other in zip(first[1:], second[1:], strict=True))
    assert not Path(first[2].strip()).exists()


def test_a_kernel_holds_no_file_no_socket_and_no_pipe_of_the_server(server):
    """Two processes that hold one open file would move each other's place in it."""
    code = "import os\nprint(*[os.readlink(entry.path) for entry in os.scandir('/proc/self/fd')"
    (held,), _ = run(code + " if entry.name > '2' and os.path.exists(entry.path)])")
    folder = Path(f"/proc/{process_with(server.socket)}/fd")
    theirs = {os.readlink(entry) for entry in folder.iterdir() if entry.name not in "012"}

    assert len(theirs) > 3
    assert theirs & set(held.split()) <= {"anon_inode:[eventpoll]"}  # the name of all of them


def test_the_server_has_one_thread_and_a_kernel_all_that_blas_wants(server):
    code = "import threadpoolctl, numpy\nthreadpoolctl.threadpool_info()[0]['num_threads']"
    (threads,), _ = run(code)
    process = process_with(server.socket)

    assert len(os.listdir(f"/proc/{process}/task")) == 1
    assert int(threads) == len(os.sched_getaffinity(0))


def process_with(argument):
    """The id of the process that has this among its arguments."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if argument.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                return int(folder.name)
        except OSError:
            continue
    raise AssertionError(f"no process has {argument}")


def test_a_server_whose_kernels_are_to_have_two_threads_has_one_itself(monkeypatch, capfd):
    """`nox -s numpy` asks for them; the profile that kernels begin with gives them."""
    monkeypatch.setenv("BLAS_THREADS", "2")
    forks.use_forks()
    try:
        code = "import threadpoolctl, numpy\nthreadpoolctl.threadpool_info()[0]['num_threads']"
        assert run(code)[0] == ["2"]
    finally:
        forks.use_ordinary()

    assert "must not fork" not in capfd.readouterr().err


def test_a_server_with_a_second_thread_does_not_fork_and_ordinary_kernels_are_used(
    tmp_path, monkeypatch, capfd
):
    script = tmp_path / "server.py"
    script.write_text(
        f"import sys, threading\nsys.path.insert(0, {str(Path(fork_server.__file__).parent)!r})\n"
        "import fork_server\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "fork_server.main(sys.argv[1])\n",
        "utf-8",
    )
    monkeypatch.setattr(forks, "SERVER", script)
    forks.use_forks()
    try:
        assert run("6 * 7")[0] == ["42"]
    finally:
        forks.use_ordinary()

    said = capfd.readouterr().err
    assert "the fork server has 2 threads, so that it must not fork" in said
    assert "ordinary kernels are started instead" in said


def test_a_server_that_starts_is_not_started_twice(own_server, capfd):
    """Two would want one address; of one that is killed, nothing is left to be waited for."""
    own_server.prepare()
    first = own_server.launched
    own_server.prepare()

    assert own_server.launched == first
    assert run("1")[0] == ["1"]
    assert "Address already in use" not in capfd.readouterr().err


def test_a_server_that_was_killed_is_started_anew(own_server):
    assert run("1")[0] == ["1"]
    os.kill(process_with(own_server.socket), signal.SIGKILL)

    assert run("2")[0] == ["2"]


# -- Nothing is left -------------------------------------------------------------------------------

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
import subprocess, time
subprocess.Popen(["sleep", "600"])
time.sleep(600)
```
"""
CONF = f"""import sys
sys.path.insert(0, {str(ROOT)!r})
extensions = ["myst_nb", "lesson_extensions.execution"]
nb_execution_mode = "inline"
nb_execution_raise_on_error = True
nb_execution_timeout = -1  # a cell that sleeps is to be ended by what the test does
"""


def until(condition, seconds=600):
    """What the condition gives as soon as it holds; on a busy machine that may take minutes."""
    latest = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < latest, "it did not happen"
        time.sleep(0.05)
    return result


@pytest.fixture
def hanging_build(tmp_path):
    """A build in the middle of a cell, with one program that this cell has started."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, "utf-8")
    (source / "index.md").write_text(PAGE, "utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", str(source), str(tmp_path / "out")]
    build = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        until(lambda: len(processes_in(source)) == 2)
        yield build, source
    finally:
        build.kill()
        build.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_build_that_is_stopped_leaves_no_process(hanging_build, number):
    build, source = hanging_build
    folder = Path(os.readlink(f"/proc/{processes_in(source)[0]}/fd/0")).name  # any: it is alive
    build.send_signal(number)
    _, said = build.communicate(timeout=60)

    assert folder
    until(lambda: not processes_in(source))
    assert build.returncode
    if number == signal.SIGINT:
        assert "index.md:8: stopped in this cell" in said


def test_a_process_that_has_ended_before_it_is_waited_for_is_not_waited_for():
    """The server's two answers may come at once."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b'{"pid": 1}\n{"ended": 3}\n')
    process = forks.Forked(ours)

    assert process.wait_until(time.monotonic() + 5) == 3
    process.close()
    theirs.close()


def test_a_failed_notebook_leaves_no_process(server):
    code = "import subprocess\nsubprocess.Popen(['sleep', '600'])\n1 / 0"
    before = set(processes_in(ROOT / "docs"))

    assert execute(notebook(code), ROOT / "docs", 60, {}) is None
    until(lambda: set(processes_in(ROOT / "docs")) <= before)


def test_a_kernel_that_ends_itself_is_seen_and_leaves_no_zombie(server):
    client = kernel.start(notebook("import os\nos._exit(3)"), ROOT / "docs", 60, {})
    with pytest.raises(Exception, match="Kernel died"):
        client.execute_cell(client.nb.cells[0], 0)
    client.end()

    assert client.process.returncode == 3
    until(lambda: not Path(f"/proc/{client.process.pid}").exists())


def readers_of(build):
    """The ids of the one process that still reads pages; none if there are more."""
    children = Path(f"/proc/{build}/task/{build}/children").read_text().split()
    found = [int(c) for c in children if b"-j2" in Path(f"/proc/{c}/cmdline").read_bytes()]
    return found if len(found) == 1 else []


def test_a_reader_that_is_killed_ends_the_build_and_is_named(tmp_path):
    """As the system does for want of memory."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, "utf-8")
    (source / "index.md").write_text("# Home\n\nText.\n", "utf-8")
    page = PAGE.replace("---\n# N", "orphan: true\n---\n# N")
    (source / "page0.md").write_text(page, "utf-8")
    for number in range(1, 8):
        short = page.replace("600", "0") + f"\n{number}\n"
        (source / f"page{number}.md").write_text(short, "utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-j2", str(source), str(tmp_path / "out")]
    build = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    (reader,) = until(lambda: len(processes_in(source)) == 2 and readers_of(build.pid))
    os.kill(reader, signal.SIGKILL)
    _, said = build.communicate(timeout=60)

    assert build.returncode
    assert "page0.md:9: the process that read this page was killed" in said
    until(lambda: not processes_in(source))

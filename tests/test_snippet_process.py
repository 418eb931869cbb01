"""The code of our directives runs in a process of its own, and what goes wrong there is said."""

import os
import select
import sys

import pytest

from lesson_extensions.execution import forks, snippets
from lesson_extensions.execution.snippets import SnippetError, ask

SCRIPT = """
import os, subprocess, sys
from lesson_extensions.execution import snippets
from lesson_extensions.execution import forks
from lesson_extensions.execution.snippets import answer

def work(question):
    print("noise of a snippet")
    exec(question)
    return [1, "ä"]

answer(work)
"""


@pytest.fixture(autouse=True, params=["forked", "started"])
def process(request):
    """Each test twice: where the build forks its processes, and where it cannot."""
    if request.param == "forked":
        if not forks.can_fork():
            pytest.skip("nothing is forked on this system")
        forks.use_forks()
    else:
        forks.use_ordinary()
    yield request.param
    forks.use_ordinary()


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT, "utf-8")
    return path


def test_the_answer_is_not_mixed_with_what_a_snippet_prints(script):
    assert ask(script, "print('more')") == [1, "ä"]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Where answers are kept, as a build says; nothing is remembered in this process."""
    monkeypatch.setattr(snippets, "store", (tmp_path / "kept", "facts"))
    monkeypatch.setattr(snippets, "answers", Forgetful())
    return tmp_path / "kept"


class Forgetful(dict):
    def __setitem__(self, key, value):
        pass


def answer_of(script, code):
    """What the code leaves in `x`."""
    script.write_text(SCRIPT.replace('return [1, "ä"]', "return scope['x']").replace(
        "exec(question)", "scope = {}; exec(question, scope)"), "utf-8")  # fmt: skip
    return ask(script, code)


def test_an_answer_is_kept_and_given_again_while_all_is_as_it_was(script, store, process):
    first = answer_of(script, "import uuid; x = uuid.uuid4().hex")
    again = answer_of(script, "import uuid; x = uuid.uuid4().hex")
    other = answer_of(script, "import uuid; x = uuid.uuid4().hex;")
    snippets.store = (store, "other facts")
    later = answer_of(script, "import uuid; x = uuid.uuid4().hex")

    assert (again == first) == (process == "forked")
    assert len({first, other, later}) == 3


def test_an_answer_that_came_from_a_file_or_a_program_is_not_kept(script, store, tmp_path):
    (tmp_path / "data").write_text("1", "utf-8")
    read = f"x = open({str(tmp_path / 'data')!r}).read()"
    assert answer_of(script, read) == "1"
    (tmp_path / "data").write_text("2", "utf-8")

    assert answer_of(script, read) == "2"
    run = "import subprocess, uuid\nsubprocess.run(['true'])\nx = uuid.uuid4().hex"
    assert answer_of(script, run) != answer_of(script, run)


def test_a_damaged_answer_is_not_given(script, store, process):
    code = "import uuid; x = uuid.uuid4().hex"
    first = answer_of(script, code)
    if process == "started":  # no hook sees what it reads, so nothing is kept
        assert not store.exists()
        return
    (file,) = store.iterdir()
    file.write_text(file.read_text("utf-8").replace(first, "0" * 32), "utf-8")

    assert answer_of(script, code) not in (first, "0" * 32)


@pytest.mark.skipif(sys.platform == "win32", reason="the child is watched by a FIFO: POSIX only")
def test_an_endless_loop_ends_at_the_time_limit_and_takes_its_children_with_it(script, tmp_path):
    fifo = tmp_path / "fifo"  # both hold it open for as long as they live
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    loop = f"held = os.open({str(fifo)!r}, os.O_WRONLY); os.set_inheritable(held, True)\n"
    loop += "subprocess.Popen(['sleep', '600'], close_fds=False)\nos.write(held, b'x')"

    with pytest.raises(SnippetError, match="more than 1 seconds"):
        ask(script, f"{loop}\nwhile True: pass", timeout=1)

    assert os.read(reader, 9) == b"x"
    # readable once nobody holds it any more; the system may take a moment to end what was killed
    assert select.select([reader], [], [], 30)[0] == [reader]
    assert os.read(reader, 9) == b""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system keeps RLIMIT_AS")
def test_a_huge_array_ends_at_the_memory_limit(script):
    with pytest.raises(SnippetError, match="MemoryError"):
        ask(script, "bytearray(10 << 30)")


def test_a_process_that_ends_itself_is_reported_with_its_code(script):
    with pytest.raises(SnippetError, match="ended with code 3"):
        ask(script, "os._exit(3)")


def test_what_a_script_imports_is_ours_whatever_the_folder(script, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "lesson_extensions.py").write_text("1 / 0", "utf-8")
    monkeypatch.chdir(folder)

    assert ask(script, "assert os.getcwd().endswith('elsewhere')") == [1, "ä"]

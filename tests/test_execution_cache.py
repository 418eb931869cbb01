"""What was executed is kept while it is still what the notebook prints, and no longer."""

import errno
import os
import re

import pytest
from jupyter_cache import get_cache

from lesson_extensions.execution import cache, provenance
from lesson_extensions.execution.client import Execution
from tests.conftest import Site

TEXT = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
import uuid
x = 6 * 7
```

The answer is {eval}`x`, and this run is {eval}`uuid.uuid4().hex`.

```{code-cell}
print("run", uuid.uuid4().hex)
```
"""
SETTINGS = {
    "exclude_patterns": ["_build"],  # what is kept there are notebooks, but no pages
    "extensions": ["myst_nb", "lesson_extensions.claims", "lesson_extensions.execution"],
}
READS = TEXT.replace("x = 6 * 7", 'x = open("data.txt").read()')


@pytest.fixture
def build(tmp_path):
    """build(text, **conf): build the page again, or as it is; what it says and executes."""
    apps = []

    def build(text=TEXT, files=(), **conf):
        pages = {"index.md": text} if text else {}
        site = Site(tmp_path, pages | dict(files), SETTINGS | conf)
        apps.append(site.app)
        site.app.cleanup()  # else the next one is warned of this one's nodes
        progress = Execution.build.progress
        site.executed, site.replayed = progress.executed.value, progress.from_cache.value
        site.printed = site.html("index").get_text()
        return site

    return build


def test_what_did_not_change_is_not_executed_again(build, tmp_path):
    first = build()
    (tmp_path / "index.md").touch()
    second = build()

    assert (first.executed, first.replayed) == (1, 0)
    assert (second.executed, second.replayed) == (0, 1)
    assert second.printed == first.printed
    assert "The answer is 42" in first.printed


EDITS_OF_TEXT = [
    ("The answer is", "What we looked for is"),
    ("```{code-cell}\nprint", "```{code-cell}\n:tags: [hide-input]\nprint"),
    ("# Notebook", "# Another title\n\nText before all cells."),
]
EDITS_OF_CODE = [
    ("x = 6 * 7", "x = 6 * 8"),
    ("{eval}`x`", "{eval}`x + 1`"),
    ("The answer is {eval}`x`, and t", "T"),
    ('print("run"', 'y = 1\nprint("run"'),
    ("# Notebook", "# Notebook\n\nFirst, {eval}`2 + 2`."),
    ("```{code-cell}\nprint", "```{claim} x > 1\n```\n\n```{code-cell}\nprint"),
    ("```{code-cell}\nprint", "```{code-cell}\n:tags: [raises-exception]\nprint"),
]


def test_an_edit_of_code_executes_all_of_the_notebook_and_one_of_text_or_a_tag_nothing(
    build, subtests
):
    edits = EDITS_OF_TEXT + EDITS_OF_CODE
    # of each its own code, else one would find what another has left
    texts = [TEXT.replace("import uuid", f"import uuid  # {n}") for n in range(len(edits))]
    site = build("# Home\n", pages_of(texts))
    first = [run_of(site, f"page{number}") for number in range(len(edits))]
    edited = [text.replace(*edit) for text, edit in zip(texts, edits, strict=True)]
    assert all(one != other for one, other in zip(texts, edited, strict=True))
    second = build("# Home\n", pages_of(edited))

    for number, edit in enumerate(edits):
        with subtests.test(edit):
            now, before = set(run_of(second, f"page{number}")), set(first[number])
            assert now
            assert now == before if edit in EDITS_OF_TEXT else not now & before
    assert (second.executed, second.replayed) == (len(EDITS_OF_CODE), len(EDITS_OF_TEXT))


def pages_of(texts):
    return {f"page{number}.md": text for number, text in enumerate(texts)}.items()


def run_of(site, docname="index"):
    """What says which execution a page is of."""
    return re.findall("[0-9a-f]{32}", site.html(docname).get_text())


def test_only_the_notebook_that_was_edited_is_executed(build):
    more = [(f"more{n}.md", TEXT.replace("6 * 7", str(n)) + ":orphan:\n") for n in range(3)]
    build(files=more)
    second = build(TEXT.replace("6 * 7", "7 * 8"), files=more)

    assert second.executed == 1


def test_a_file_that_a_notebook_reads_executes_it_when_it_changes(build, tmp_path):
    first = build(READS, {"data.txt": "one"}.items())
    same = build(READS, {"data.txt": "one"}.items())
    second = build(READS, {"data.txt": "two"}.items())

    assert (first.executed, same.executed, second.executed) == (1, 0, 1)
    assert "The answer is two" in second.printed


WAYS_TO_READ = [
    "import numpy as np\nx = np.loadtxt('data.txt')",
    "import numpy as np\nx = np.fromfile('data.txt', dtype='u1')",
    "import os\nx = os.read(os.open('data.txt', os.O_RDONLY), 9)",
    "from pathlib import Path\nx = Path('data.txt').read_text()",
    "import data_module as m\nx = m.x",
    "import os\nx = os.listdir('folder')",
    "from pathlib import Path\nx = [p.name for p in Path('folder').iterdir()]",
    "import os\ntry: x = open('missing.txt').read()\nexcept OSError: x = 0",
]


def test_whichever_way_it_is_read(build, subtests):
    texts = [TEXT.replace("x = 6 * 7", code) for code in WAYS_TO_READ]
    files = {"data.txt": "1 2", "data_module.py": "x = 1", "folder/a.txt": ""}
    changed = {"data.txt": "3 4", "data_module.py": "x = 22", "missing.txt": "there"}
    changed = files | changed | {"folder/b.txt": ""}
    site = build("# Home\n", files | dict(pages_of(texts)))
    first = [run_of(site, f"page{number}") for number in range(len(texts))]
    more = dict(pages_of([text + "\nMore.\n" for text in texts]))
    same = build("# Home\n", files | more)
    assert (same.executed, same.replayed) == (0, len(texts))

    most = dict(pages_of([text + "\nStill more.\n" for text in texts]))
    second = build("# Home\n", changed | most)
    for number, code in enumerate(WAYS_TO_READ):
        with subtests.test(code):
            assert not set(run_of(second, f"page{number}")) & set(first[number])


def test_what_a_notebook_does_not_read_executes_nothing(build):
    build(READS, {"data.txt": "one", "other.txt": "1"}.items())

    site = build(READS + "\nMore.\n", {"data.txt": "one", "other.txt": "2", "new.txt": ""}.items())
    assert site.executed == 0


def test_a_notebook_that_asks_what_is_installed_does_not_depend_on_its_folder(build):
    """The working folder is on sys.path, where Python looks for what is installed."""
    code = "import numpy as np\nx = np.testing.assert_raises(ValueError, int, 'x')"
    page = TEXT.replace("x = 6 * 7", code)
    build(page)

    assert build(page + "\nMore.\n", {"new.txt": ""}.items()).executed == 0


def test_a_file_that_it_has_written_itself_is_not_read(build):
    code = "import tempfile\nx = tempfile.mkdtemp() + '/f'\nopen(x, 'w').write('1')\nopen(x).read()"
    build(TEXT.replace("x = 6 * 7", code))

    assert build(TEXT.replace("x = 6 * 7", code) + "\nMore.\n").executed == 0


OTHERS = [
    ("python", lambda: "CPython 9", "is now CPython 9"),
    ("environment", lambda: {"OMP_NUM_THREADS": "7"}, "OMP_NUM_THREADS None is now 7"),
    ("version", lambda name: "99" if name == "numpy" else "1", "is now 99"),
    ("cached_digest", lambda path: "another", "has changed"),
]


def test_another_python_numpy_or_blas_executes_it(build, monkeypatch, capfd, subtests):
    page = TEXT.replace("import uuid", "import uuid\nimport numpy as np")
    build(page)
    for name, value, said in OTHERS:
        with subtests.test(name), monkeypatch.context() as patch:
            patch.setattr(provenance, name, value)
            assert build(f"{page}\nMore of {name}.\n").executed == 1
            assert said in capfd.readouterr().err
    assert build(page + "\nMore.\n").executed == 0


def test_with_another_numpy_pages_that_nobody_edited_are_read_again(build, monkeypatch):
    build()
    same = build(None)
    assert (same.executed, same.replayed) == (0, 0)  # not even read
    monkeypatch.setattr(provenance, "python", lambda: "CPython 9")

    assert build(None).executed == 1


def test_other_options_of_execution_execute_it(build):
    build()

    assert build(TEXT + "\nMore.\n", nb_execution_timeout=50).executed == 1
    assert build(TEXT + "\nMore still.\n", execution_limits={}).executed == 1
    assert build(TEXT + "\nMost.\n").executed == 0


def test_a_notebook_that_starts_a_program_is_executed_each_time(build):
    page = TEXT.replace("x = 6 * 7", "import subprocess\nx = subprocess.run(['true']).returncode")
    build(page)

    assert build(page + "\nMore.\n").executed == 1


def test_without_the_cache_all_is_executed_and_nothing_kept(build, tmp_path):
    build(execution_cache=False)

    assert build(TEXT + "\nMore.\n", execution_cache=False).executed == 1
    assert not (tmp_path / "_build/executed").exists()


# -- Damage ----------------------------------------------------------------------------------------


def entries(tmp_path):
    return list((tmp_path / "_build/executed").rglob("base.ipynb"))


def test_a_half_written_entry_is_left_out_and_said(build, tmp_path, capfd, subtests):
    site = build()
    for kept in (0, 40, 0.5, 0.99):
        (entry,) = entries(tmp_path)
        text = entry.read_text("utf-8")
        entry.write_text(text[: int(kept if kept > 1 else kept * len(text))], "utf-8")
        before, site = run_of(site), build(f"{TEXT}\nMore, {kept}.\n")

        with subtests.test(kept):
            assert site.executed == 1 and run_of(site) != before
            assert "damaged" in capfd.readouterr().err
            assert build(f"{TEXT}\nEven more, {kept}.\n").executed == 0


def test_an_entry_in_which_an_output_was_changed_is_left_out(build, tmp_path, capfd):
    build()
    (entry,) = entries(tmp_path)
    text = entry.read_text("utf-8")
    assert text.count(r"\"42\"") == 1
    entry.write_text(text.replace(r"\"42\"", r"\"43\""), "utf-8")
    site = build(TEXT + "\nMore.\n")

    assert site.executed == 1
    assert "The answer is 42" in site.printed
    assert "its checksum is another" in capfd.readouterr().err


def test_a_damaged_index_is_emptied_and_said(build, tmp_path, capfd):
    build()
    (tmp_path / "_build/executed/global.db").write_bytes(b"no database" * 1000)
    site = build(TEXT + "\nMore.\n")

    assert site.executed == 1
    assert "was emptied" in capfd.readouterr().err
    assert build(TEXT + "\nEven more.\n").executed == 0


def test_a_full_disk_keeps_nothing_and_is_said(build, monkeypatch, capfd):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("jupyter_cache.cache.main.JupyterCacheBase.cache_notebook_bundle", full)
    site = build()

    assert site.executed == 1 and "The answer is 42" in site.printed
    assert "No space left on device" in capfd.readouterr().err


def test_a_page_that_failed_is_not_kept(build, tmp_path):
    with pytest.raises(SystemExit):
        build(TEXT + "\n```{code-cell}\n1 / 0\n```\n")

    assert entries(tmp_path) == []
    assert build().executed == 1


def test_a_notebook_that_prints_something_else_each_time_is_not_put_together(build, tmp_path):
    """What asks for the evaluation is a substitution, which nobody sees before it is rendered."""
    asks = TEXT.replace("---\n# N", 'myst: {substitutions: {s: "{eval}`1 + 1`"}}\n---\n# N')
    settings = {"myst_enable_extensions": ["substitution"]}
    build(asks, **settings)
    with pytest.raises(SystemExit) as ended:
        build(asks + "\nIt is {{ s }}.\n", **settings)

    assert "printed something else" in ended.value.code
    assert build(asks + "\nIt is {{ s }}.\n", **settings).executed == 0


def test_the_cache_holds_more_than_jupyter_cache_does_by_default(build, tmp_path):
    build()

    assert get_cache(tmp_path / "_build/executed").get_cache_limit() == cache.MOST

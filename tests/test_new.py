"""`nox -s new` makes pages that build as they are, and overwrites nothing."""

import subprocess
import sys
from datetime import date

import pytest

from lesson_extensions.shared import front_matter
from tests.conftest import ROOT
from tests.test_snippets import examples
from tools import new

FOLDERS = "lessons/*\nfaq/*\nglossary/*\nerrors/*\nwarnings/*\nshowcase/*"
INDEX = f"# Home\n\n```{{toctree}}\n:glob:\n\n{FOLDERS}\n```\n"
TITLES = ['Two: “stacks” of `A` & "b"', "What's a # or a: b?", "Größe – 100 % of it", "行列"]


@pytest.fixture
def docs(tmp_path):
    docs = tmp_path / "docs"
    (docs / "_data").mkdir(parents=True)
    (docs / "_data/numpy.inv").write_bytes((ROOT / "docs/_data/numpy.inv").read_bytes())
    (docs / "index.md").write_text(INDEX, "utf-8")
    return docs


def made(docs):
    return {path.relative_to(docs).as_posix() for path in docs.rglob("*/*.md")}


def test_each_kind_builds_without_a_warning_whatever_its_title(docs, tmp_path):
    """With the site's own settings; the second of a kind stands beside the first."""
    for title in TITLES:
        for kind in new.FOLDERS:
            assert new.main([kind, title], docs) is None
    options = ["-q", "-W", "--keep-going", "-D", "live_runtime=none"]
    build = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "-c", ROOT, docs, tmp_path / "site"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (build.returncode, build.stderr) == (0, "")
    assert len(made(docs)) == len(TITLES) * len(new.FOLDERS)


@pytest.mark.parametrize("kind", new.FOLDERS)
def test_what_a_skeleton_says_python_prints_is_what_it_prints(kind, docs):
    new.main([kind, "A title"], docs)
    (page,) = made(docs)

    for example in examples(docs / page):
        example.evaluate()


def test_the_title_is_the_page_s_and_names_its_file(docs, capsys):
    new.main(["faq", "What's a # or a: b?"], docs)

    assert made(docs) == {"faq/whats-a-or-a-b.md"}
    assert "\n# What's a # or a: b?\n" in (docs / "faq/whats-a-or-a-b.md").read_text("utf-8")
    assert "faq/whats-a-or-a-b.md is there, and builds as it is" in capsys.readouterr().out


def test_a_term_is_the_title_to_the_letter(docs):
    title = 'The "norm": a length'
    new.main(["term", title], docs)
    text = (docs / "glossary/the-norm-a-length.md").read_text("utf-8")

    said = front_matter.read_topmatter(text)
    assert said["term"] == [title]
    assert date.fromisoformat(said["since"]) <= date.today()


def test_a_lesson_comes_after_the_last_and_builds_on_it(docs):
    for title in ["First", "Second", "Third"]:
        new.main(["lesson", title], docs)
    pages = [
        front_matter.read_topmatter((docs / f"lessons/{name}.md").read_text("utf-8"))
        for name in ("first", "second", "third")
    ]

    assert [page["order"] for page in pages] == [1, 2, 3]
    assert [page["lesson"]["prerequisites"] for page in pages] == [[], ["first"], ["second"]]


def test_the_order_of_the_real_lessons_is_read(docs):
    assert new.order_of(ROOT / "docs/lessons/matmul.md") == 3
    assert new.order_of(ROOT / "docs/glossary/rank.md") == 0


def test_words_without_quotes_are_one_title(docs):
    new.main(["faq", "Is", "it", "so?"], docs)

    assert made(docs) == {"faq/is-it-so.md"}


def test_a_title_without_latin_letters_gets_a_number(docs):
    assert new.main(["faq", "行列"], docs) is None
    assert new.main(["faq", "逆行列"], docs) is None

    assert made(docs) == {"faq/faq-1.md", "faq/faq-2.md"}


def test_a_title_cannot_leave_its_folder(docs):
    new.main(["faq", "../../index"], docs)

    assert made(docs) == {"faq/index.md"}


def test_a_page_that_is_there_is_left_as_it_is(docs):
    page = docs / "faq/is-it-so.md"
    page.parent.mkdir()
    page.write_text("Mine.\n", "utf-8")

    assert "is-it-so.md is there already; choose another title" in new.main(
        ["faq", "Is it so?"], docs
    )
    assert page.read_text("utf-8") == "Mine.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Nothing is asked for. Write: nox -s new -- lesson|faq|term|error|warning|showcase"),
        (["poem", "Ode"], "There is no kind 'poem'. Write: nox -s new"),
        (["lesson"], "A lesson needs a title. Write: nox -s new"),
        (["lesson", "  "], "A lesson needs a title. Write: nox -s new"),
    ],
)
def test_a_wrong_call_ends_with_a_sentence(arguments, sentence, docs):
    assert new.main(arguments, docs).startswith(sentence)
    assert made(docs) == set()


def test_the_sentence_is_on_stderr_and_the_exit_code_1():
    call = subprocess.run(
        [sys.executable, "-m", "tools.new", "poem"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert call.returncode == 1
    assert call.stderr.startswith("There is no kind 'poem'.")

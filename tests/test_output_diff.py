"""What a pull request changes of the printed outputs is shown as Markdown, page by page."""

import subprocess
from pathlib import Path

import pytest

from tools.output_diff import LONGEST, main, report

VECTORS = ">>> u @ v\n11\n\n>>> plt.plot(u)\n[picture]\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """The folder of a git repository with one page, in which we are."""
    monkeypatch.chdir(tmp_path)
    write("docs/lessons/vectors.md", "# Vectors\n")
    write("tests/outputs/lessons/vectors.txt", VECTORS)
    author = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "-m", "A"]):
        subprocess.run(["git", *command], check=True)
    return tmp_path


def write(name, text):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_a_changed_output_is_shown_as_a_diff_in_a_fold(repository, capsys):
    write("tests/outputs/lessons/vectors.txt", VECTORS.replace("11", "12"))

    main("HEAD")

    markdown = capsys.readouterr().out
    assert "Changed on 1 of 1 pages." in markdown
    assert "<summary>lessons/vectors: −1 +1</summary>\n\n```diff\n@@" in markdown
    assert "\n >>> u @ v\n-11\n+12\n" in markdown
    assert markdown.endswith("```\n\n</details>\n")


def test_where_nothing_changed_it_says_so(repository, capsys):
    main("HEAD")

    assert capsys.readouterr().out == (
        "## What the pages print\n\nEvery page prints what it printed before.\n"
    )


def test_a_new_page_and_one_that_is_gone_are_named_so(repository, capsys):
    (repository / "tests/outputs/lessons/vectors.txt").unlink()
    write("tests/outputs/clinic.txt", ">>> 6 * 7\n42\n")  # not even known to git

    main("HEAD")

    markdown = capsys.readouterr().out
    assert "<summary>clinic (new): −0 +2</summary>" in markdown
    assert "<summary>lessons/vectors (gone): −5 +0</summary>" in markdown


def test_an_edited_page_with_pictures_is_named_since_these_are_not_compared(repository, capsys):
    write("docs/lessons/vectors.md", "# Vectors\n\nMore.\n")

    main("HEAD")

    assert "Edited, with pictures, which are not compared: lessons/vectors." in (
        capsys.readouterr().out
    )


def test_a_commit_that_is_not_there_fails(repository):
    with pytest.raises(subprocess.CalledProcessError):
        main("0" * 40)


def test_a_fence_in_an_output_does_not_end_the_diff():
    markdown = report({"faq": "a\n"}, {"faq": "a\n````python\n</details>\n"})

    assert "`````diff\n" in markdown
    assert "\n+````python\n+</details>\n`````\n" in markdown


def test_lines_that_begin_like_the_names_of_files_are_shown():
    markdown = report({"faq": "-- a\n"}, {"faq": "++ b\n"})

    assert "\n--- a\n+++ b\n" in markdown


def test_a_long_diff_is_cut_and_says_so():
    old = {"faq": ""}
    new = {"faq": "".join(f"{line}\n" for line in range(LONGEST + 7))}

    markdown = report(old, new)

    assert f"−0 +{LONGEST + 7}</summary>" in markdown
    assert "  … and 8 more lines\n" in markdown  # one more for the @@
    assert markdown.count("\n+") == LONGEST - 1

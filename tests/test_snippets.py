"""Every `>>>` example of the pages and the README is run, and its output compared."""

import re
import warnings
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.example import SybilFailure
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

from tests.compare import CHECKER, FLAGS
from tests.conftest import ROOT, sources

FILES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sources()]


class Evaluator(DocTestEvaluator):
    """Shows warnings where they arise, as a prompt does, and as the live cells do."""

    def __call__(self, sybil_example):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = lambda text, kind, *_: print(f"{kind.__name__}: {text}")
            return super().__call__(sybil_example)


evaluator = Evaluator(FLAGS)
evaluator.runner._checker = CHECKER  # sybil offers no way to say so
fences = FencedCodeBlockLexer("python", mapping={"source": "source"})
examples_in = DocTestStringParser(evaluator)


def parse_fences(document):
    """Yield each example of each ```python fence: the fence, not the next `>>>`, ends an output."""
    for fence in fences(document):
        source = fence.lexemes["source"]
        for region in examples_in(source, document.path):
            region.adjust(fence, source)
            yield region


def examples(path):
    """The examples of one file; they share a namespace, as they do for the reader."""
    return list(Sybil([parse_fences]).parse(path))


def all_examples():
    for path in FILES:
        for example in examples(path):
            yield pytest.param(example, id=f"{path.relative_to(ROOT)}:{example.line}")


@pytest.mark.parametrize("example", list(all_examples()))
def test_example_prints_what_the_page_says(example):
    example.evaluate()


def test_there_are_examples_to_run():
    assert sum(len(examples(path)) for path in FILES) > 200


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_example_is_passed_over(path):
    """An indented `>>>`, an unlabelled fence or ```py would be skipped in silence."""
    collected = sum(example.parsed.source.count("\n") for example in examples(path))
    written = len(re.findall(r"^\s*(?:>>>|\.\.\.) ", path.read_text("utf-8"), re.MULTILINE))

    assert collected == written, f"{path}: put every `>>>` into a ```python fence at the margin"


def change_a_digit(text):
    """Change the last digit of the last output of the last ```python fence."""
    *_, fence = re.finditer(r"```python\n(.*?)```", text, re.DOTALL)
    *_, last = re.finditer(r"\d", fence[1])
    position = fence.start(1) + last.start()
    digit = str((int(text[position]) + 1) % 10)
    return text[:position] + digit + text[position + 1 :]


@pytest.mark.parametrize(
    "name", ["docs/faq/dot-or-star.md", "docs/glossary/np-dot.md", "README.md"]
)
def test_a_changed_digit_fails_and_names_file_and_line(name, tmp_path):
    path = tmp_path / Path(name).name
    path.write_text(change_a_digit((ROOT / name).read_text("utf-8")), "utf-8")
    *before, last = examples(path)
    for example in before:
        example.evaluate()

    with pytest.raises(SybilFailure, match=rf"{re.escape(path.name)}, line {last.line}"):
        last.evaluate()

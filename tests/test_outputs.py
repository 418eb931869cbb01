"""What each executed page printed is what tests/outputs/ holds: see `nox -s outputs`."""

import difflib
import pickle
import re
from pathlib import Path

import pytest
from docutils import nodes

from lesson_extensions.live.change_it import change_it
from tests.compare import same
from tests.conftest import DOCTREES, ROOT, sources

OUTPUTS = Path(__file__).parent / "outputs"


def executed_pages():
    return [path for path in sources() if "file_format: mystnb" in path.read_text("utf-8")]


def printed(bundle):
    """The plain text of an output: of the formats that a cell offers, the one a terminal shows."""
    for node in bundle.findall(nodes.container):
        if node.get("mime_type", "").startswith("image/"):
            return "[picture]"
    for node in bundle.findall(nodes.container):
        if node.get("mime_type") == "text/plain":
            return node.astext()
    return bundle.astext()


def shape_of(text):
    """What must stay the same of an output that varies: its lines, and the first word of each."""
    first_words = ((line.split() or [""])[0] for line in text.splitlines())
    return "\n".join(re.sub(r"\d[\d.,e+-]*", "#", word) + " …" for word in first_words)


def cell_record(cell, varies):
    """A cell as a session: code behind `>>>`, then what it printed; "" if it printed nothing."""
    outputs = [
        printed(output)
        for part in cell
        if part.get("nb_element") == "cell_code_output"
        for output in part
    ]
    if not outputs:
        return ""
    text = "\n".join(output.rstrip("\n") for output in outputs)
    if varies or "tag_varies" in cell["classes"]:
        text = shape_of(text)
    if cell.get("hide_mode"):
        return f"(folded code)\n{text}"
    code = cell[0].astext().replace("\n", "\n... ").replace("... \n", "...\n")
    return f">>> {code}\n{text}"


def sentence_record(paragraph, varies):
    """A paragraph that holds a computed figure; "" for others."""
    if not any(node.get("mime_type") for node in paragraph.findall(nodes.container)):
        return ""
    text = " ".join(paragraph.astext().split())
    return "| " + (re.sub(r"\d[\d.,e+-]*", "#", text) if varies else text)


def change_record(node):
    """What a cell shows when it is changed as the reader is asked to."""
    output = next(node.findall(nodes.literal_block)).astext()
    return f"(with {node['after']} in place of {node['before']})\n{output}"


def record(doctree, varies=False):
    """Everything on a page that was computed, in order, as plain text.

    A page whose front matter says `varies: true`, or a cell with this tag, prints timings or facts
    of the machine; only the shape of what it prints is kept.
    """
    records = []
    for node in doctree.findall(nodes.Element):
        if node.get("nb_element") == "cell_code":
            records.append(cell_record(node, varies))
        elif isinstance(node, change_it):
            records.append(change_record(node))
        elif isinstance(node, nodes.paragraph):
            records.append(sentence_record(node, varies))
    return "\n\n".join(filter(None, records)) + "\n"


def record_of(path):
    pickled = DOCTREES / path.relative_to(ROOT / "docs").with_suffix(".doctree")
    varies = "\nvaries: true\n" in path.read_text("utf-8")
    return record(pickle.loads(pickled.read_bytes()), varies)


def recorded(path):
    """The file that holds what a page printed when its output was last reviewed."""
    return OUTPUTS / path.relative_to(ROOT / "docs").with_suffix(".txt")


def compare(obtained, expected):
    """Fail with a readable diff, unless the two files say the same."""
    new, old = obtained.read_text("utf-8"), expected.read_text("utf-8")
    if not same(old, new):
        lines = difflib.unified_diff(
            old.splitlines(), new.splitlines(), "as recorded", "as built", lineterm=""
        )
        raise AssertionError(
            "this page printed something else than was recorded; "
            "if that is right, run `nox -s outputs -- --record`\n" + "\n".join(lines)
        )


@pytest.mark.parametrize("path", executed_pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_page_printed_what_was_recorded(path, doctrees, file_regression, request):
    text = record_of(path)
    if not recorded(path).is_file() and not request.config.getoption("force_regen"):
        pytest.fail(
            "nothing is recorded of this page; if it prints what it should, "
            f"run `nox -s outputs -- --record`:\n\n{text}",
            pytrace=False,
        )
    file_regression.check(text, encoding="utf-8", fullpath=recorded(path), check_fn=compare)


def test_no_record_is_left_of_a_page_that_is_gone():
    kept = set(OUTPUTS.rglob("*.txt"))

    assert kept == {recorded(path) for path in executed_pages()}


NOTEBOOK = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
x = 6 * 7
x
```

The answer is {eval}`x`, and no figure is in this: 7.

Nothing here.

```{code-cell}
:tags: [varies]

print("took", 0.123, "seconds")
print("on", 2, "cores")
```
"""


def test_a_record_holds_cells_and_computed_sentences_in_order(build_site):
    text = record(build_site({"index.md": NOTEBOOK}).app.env.get_doctree("index"))

    assert text == (
        ">>> x = 6 * 7\n... x\n42\n\n"
        "| The answer is 42, and no figure is in this: 7.\n\n"
        '>>> print("took", 0.123, "seconds")\n... print("on", 2, "cores")\ntook …\non …\n'
    )


@pytest.mark.parametrize(
    ("expected", "printed", "verdict"),
    [
        ("array([0.8, 1.4])", "array([0.8, 1.4])", True),
        ("-2.0000000000000004", "-2.0", True),
        ("0.669", "0.667", False),
        ("1e-15", "1e-9", False),
        ("5", "6", False),
        ("9223372036854775807", "9223372036854775806", False),
        ("array([1., 2.])", "array([[1., 2.]])", False),
        ("True", "False", False),
        ("5.0", "5", False),
        ("np.float64(5.0)", "5.0", False),
        ("a\n\n\nb", "a\n\n\nb", True),  # once, blank lines made equal texts differ
        ("a\n\nb", "a\nb", False),
    ],
)
def test_numbers_are_compared_as_numbers_and_all_else_to_the_letter(expected, printed, verdict):
    assert same(expected, printed) is verdict

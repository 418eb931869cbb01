"""A cell that fails ends the build and is named."""

import pytest

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

"""A claim that holds is silent; one that does not is named, with the mend."""

import pytest

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
x = 42
```

It is large.

```{claim} CONDITION
```
"""


def warnings(build_site, condition):
    return build_site({"index.md": PAGE.replace("CONDITION", condition)}).warnings


@pytest.mark.parametrize("condition", ["x > 40", "40 < x < 50 and str(x) == '42'"])
def test_a_true_claim_is_silent_and_invisible(condition, build_site):
    site = build_site({"index.md": PAGE.replace("CONDITION", condition)})

    assert site.warnings == ""
    assert site.html("index").get_text().strip().endswith("It is large.")


def test_a_claim_is_checked_after_a_cell_that_ends_in_a_semicolon(build_site):
    page = PAGE.replace("x = 42", "x = 42\nx;")

    assert build_site({"index.md": page.replace("CONDITION", "x == 42")}).warnings == ""
    assert "is false" in build_site({"index.md": page.replace("CONDITION", "x == 0")}).warnings


def test_a_false_claim_is_named_with_file_line_and_mend(build_site):
    text = warnings(build_site, "x < 40")

    assert "index.md:13: WARNING: this claim is false: `x < 40`; mend the sentence" in text


@pytest.mark.parametrize("condition", ["y > 40", "x >"])
def test_a_claim_that_cannot_be_computed_is_named(condition, build_site):
    text = warnings(build_site, condition)

    assert f"index.md:13: WARNING: this claim cannot be checked: `{condition}`" in text


def test_a_claim_on_a_page_that_is_not_executed_is_named(build_site):
    text = build_site({"index.md": "# Page\n\n```{claim} 1 < 2\n```\n"}).warnings

    assert "index.md:3: WARNING: this claim cannot be checked" in text

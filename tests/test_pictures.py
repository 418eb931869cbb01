"""A picture says what it shows, or the build says where one does not."""

import pytest

PAGE = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Notebook

```{code-cell}
---
mystnb:
  image:
    alt: "ALT"
---
import matplotlib.pyplot as plt
plt.plot([1, 2]);
```
"""


@pytest.mark.parametrize("alt", ["", "A line"])
def test_a_picture_that_does_not_say_what_it_shows_is_named_with_its_line(alt, build_site):
    warnings = build_site({"index.md": PAGE.replace("ALT", alt)}).warnings

    assert "index.md:9: WARNING: this cell draws a picture without an alt text" in warnings


def test_an_alt_text_is_that_of_the_picture(build_site):
    site = build_site({"index.md": PAGE.replace("ALT", "A line: it rises from one to two")})

    assert site.warnings == ""
    assert site.html("index").img["alt"] == "A line: it rises from one to two"


def test_options_of_a_cell_that_are_no_yaml_are_named_with_the_page(build_site):
    broken = PAGE.replace('"ALT"', "A line: it rises")
    with pytest.raises(SystemExit) as ended:
        build_site({"index.md": broken})

    assert "index.md: Code cell 1 at line" in ended.value.code
    assert "put quotes around" in ended.value.code

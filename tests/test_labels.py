"""A label stands for one thing on the whole site: whoever comes second is refused, and told why."""

import pytest

PROGRAM = '"""Small."""\n# %% One\n# It adds.\nx = 1\n# %% Two\n# It adds.\ny = 2\n'
CHECK = """:::{check}
LABEL:answer: 1 + 1

How much is `1 + 1`?

- `2`
- `3`: no

So.
:::
"""
EXERCISE = """::::{exercise} Two
LABEL
Write `two`.

:::{starter}
two = ...
:::
:::{tests}
two == 2
:::
:::{hidden-tests}
two > 1  # large
:::
:::{hint}
One more than one.
:::
:::{solution}
two = 2
:::
:::{mistake} That is one.
two = 1
:::
::::
"""
PLAYER = "```{player} small.py\nLABEL```\n"
DIRECTIVES = {"check": CHECK, "exercise": EXERCISE, "player": PLAYER}
WRONG = ["Upper", "two words", "a_b", "-a", "ä"]


def written(noun, label="the-label"):
    return DIRECTIVES[noun].replace("LABEL", f":label: {label}\n" if label else "")


def all_of(*labels):
    """The three directives, each with each of the labels; {} in a label stands for its noun."""
    return "\n".join(written(noun, label.format(noun)) for label in labels for noun in DIRECTIVES)


@pytest.fixture
def site_of(build_site):
    """site_of(page, other) → a site of these two pages, with the program of the player."""

    def build(page, other="Text.\n"):
        other = f"---\norphan: true\n---\n# Other\n\n{other}"
        return build_site({"small.py": PROGRAM, "index.md": f"# Page\n\n{page}", "other.md": other})

    return build


@pytest.mark.parametrize("first", DIRECTIVES)
def test_a_taken_label_refuses_whoever_comes_second_and_leaves_the_first(first, site_of):
    link = "[It](#the-label), {ref}`the-label`.\n\n"
    site = site_of(f"{link}{written(first)}\n{all_of('the-label')}", link + all_of("the-label"))

    *warnings, end = site.warnings.split("\n")
    assert end == "" and len(warnings) == 6
    for place, noun in enumerate([*DIRECTIVES, *DIRECTIVES]):
        assert ("index.md:" if place < 3 else "other.md:") in warnings[place]
        assert " WARNING: the label 'the-label' is taken, in " in warnings[place]
        assert f"index.md; give this {noun} another: a label stands for one" in warnings[place]
    assert len(site.html("index").select("[id=the-label]")) == 1
    assert site.html("index").select_one(f".la-{first}#the-label")
    for page, address in (("index", "#the-label"), ("other", "index.html#the-label")):
        links = site.html(page).select("p a.reference")
        assert [link["href"] for link in links[:2]] == [address] * 2
    assert not site.html("other").select(".la-check, .la-exercise, .la-player")


def test_the_address_of_a_heading_is_refused(site_of):
    page = f"## A label\n\n(b-2)=\n## Part\n\n{all_of('a-label')}\n{written('player', 'b')}"
    warnings = site_of(page).warnings

    for noun in DIRECTIVES:
        assert (
            "the label 'a-label' is the address of something else on this page, such as a heading; "
            f"give this {noun} another"
        ) in warnings
    assert "the label 'b-2' is the address of something else" in warnings  # of the player's step


def test_a_heading_below_gets_another_address(site_of):
    site = site_of(all_of("the-{}") + "\n## The check\n\n## The exercise\n\n## The player\n")

    assert site.warnings == ""
    ids = [tag["id"] for tag in site.html("index").select("[id]")]
    assert len(ids) == len(set(ids)) and {f"the-{noun}" for noun in DIRECTIVES} < set(ids)


def test_what_is_no_label_is_refused(site_of):
    warnings = site_of(all_of(*WRONG)).warnings

    for label in WRONG:
        for example in ("dot-product", "project-onto-a-line", "algebra-again"):
            assert (
                f"WARNING: the label {label!r} cannot be used; add a line such as "
                f"`:label: {example}`: lower case, digits, hyphens"
            ) in warnings


def test_without_a_label_a_player_has_that_of_its_program_and_others_none(site_of):
    site = site_of(all_of(""))

    assert site.html("index").select_one(".la-player#small")
    for noun in ("check", "exercise"):
        assert f": WARNING: this {noun} has no label; add a line such as `:label:" in site.warnings


def test_a_page_that_is_read_again_keeps_its_labels(site_of):
    site = site_of(all_of("the-{}"))
    page = site.app.srcdir / "index.md"
    page.write_text(page.read_text("utf-8") + "\nMore.\n", "utf-8")
    site.app.build()

    assert site.warnings == ""

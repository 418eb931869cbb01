"""What is taken from a style sheet on its way to the reader, and what is not."""

import pytest

from lesson_extensions.page.minify import lean

SHEETS = [  # as it is written, as it is served
    ("/* A note\n   in two lines. */\np {\n  margin: 0;\n}\n", "\np {\nmargin: 0;\n}\n"),
    ("p { margin: 0 /* none */ 1px; }", "p { margin: 0  1px; }"),
    # a space before a colon stands for “anywhere below”, within a rule's block too
    ("@container (width < 9em) {\n  p :is(b) { top: 0 }\n}", None),
    ("p > :not(b) ,\n\n i { top: calc(1px + 2px) }", "p > :not(b) ,\ni { top: calc(1px + 2px) }"),
    ('p::after { content: "/* \\" */" }', 'p::after { content: "/* \\" */" }'),
    ("p::after { content: '/* no comment */' }", "p::after { content: '/* no comment */' }"),
]


@pytest.mark.parametrize(("written", "served"), SHEETS)
def test_comments_and_indents_go_and_nothing_else_does(written, served):
    expected = served if served is not None else written.replace("\n  ", "\n")

    assert lean(written) == expected
    assert lean(expected) == expected

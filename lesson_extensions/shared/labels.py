"""The one place where directives claim labels.

A label stands for one thing on the whole site: it is an address, and what a reader's progress is
kept under.
"""

import re

from sphinx.util.docutils import SphinxDirective

LABEL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class LabelError(Exception):
    """Why a label cannot be had, and what to write instead."""


def claim(directive: SphinxDirective, titles: dict[str, str], example: str) -> None:
    """Make each label of {label: what a link to it says} an address on the directive's page.

    The nodes of the directive have them as ids. Raises LabelError, and claims none of them, where
    one is no label or is taken; `example` is such as its author could write.
    """
    env, noun = directive.env, directive.name
    known = env.domains.standard_domain.anonlabels
    for label in titles:
        if not LABEL.fullmatch(label):
            what = f"the label {label!r} cannot be used" if label else f"this {noun} has no label"
            raise LabelError(
                f"{what}; add a line such as `:label: {example}`: lower case, digits, hyphens"
            )
        if label in known:
            raise LabelError(
                f"the label {label!r} is taken, in {env.doc2path(known[label][0])}; "
                f"give this {noun} another: a label stands for one thing on the whole site"
            )
        if label in directive.state.document.ids:
            raise LabelError(
                f"the label {label!r} is the address of something else on this page, such as a "
                f"heading; give this {noun} another"
            )
    for label, title in titles.items():
        address = env.current_document.docname, label
        known[label] = address
        env.domains.standard_domain.labels[label] = (*address, title)

"""Where a language's pages are, what each says of the others, and the links that lead there."""

from html import escape
from pathlib import Path
from typing import Any

from babel import Locale
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from lesson_extensions.shared import words
from lesson_extensions.shared.words import N_, _
from lesson_extensions.translation import pages

# Of conf.py: it is read before a language is known. What a page calls the site, and folded code.
SETTINGS = {
    "project": N_("Linear Algebra with NumPy"),
    "html_title": N_("Linear Algebra with NumPy"),
    "nb_code_prompt_show": N_("Show the code"),
    "nb_code_prompt_hide": N_("Hide the code"),
}
# Of the theme's templates, which has no Spanish.
OF_THE_THEME = (N_("Back to top"),)


def place(app: Sphinx, config: Config) -> None:
    """Load the words; a language other than English is in a folder of its own, below English."""
    words.load(app)
    if config.language == words.ENGLISH:
        return
    for name, english in SETTINGS.items():
        if getattr(config, name, None) == english:
            setattr(config, name, _(english))
    letters = f"fonts-{config.language}.css"  # which the fonts of the site do not have
    if any(Path(app.confdir, folder, letters).is_file() for folder in config.html_static_path):
        config.html_css_files = [letters, *config.html_css_files]
    if config.html_baseurl:
        config.html_baseurl = f"{config.html_baseurl.rstrip('/')}/{config.language}/"
        for name in ("ogp_site_url", "notfound_urls_prefix"):
            if getattr(config, name, ""):
                setattr(config, name, f"{getattr(config, name).rstrip('/')}/{config.language}/")


def forget(app: Sphinx, exception: Exception | None) -> None:
    words.forget()


def name_of(language: str) -> str:
    """What those who speak a language call it, such as Español."""
    name = Locale.parse(language).get_display_name() or language
    return name[0].upper() + name[1:]


def tell_the_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template the page in each other language, and say which of them are translations."""
    here, config = app.config.language, app.config
    others = config.translation_languages
    context["languages"] = []
    # Sphinx's words for scripts of its own, of which none is left to hear them
    context["script_files"] = [
        each
        for each in context["script_files"]
        if Path(str(getattr(each, "filename", each))).name != "translations.js"
    ]
    if here != words.ENGLISH and doctree is not None:
        done, of = pages.progress(app.env, pagename)
        context["untranslated"] = of and not done
        context["body"] = marked(context["body"], done, of)
    if len(others) < 2 or pagename not in app.env.found_docs:
        return
    uri = app.builder.get_target_uri(pagename)
    up = "../" * uri.count("/") + ("" if here == words.ENGLISH else "../")
    root = config.html_baseurl.removesuffix(f"{here}/")
    alternates = []
    for language in others:
        below = "" if language == words.ENGLISH else f"{language}/"
        if language != here:
            context["languages"].append((language, name_of(language), f"{up}{below}{uri}"))
        if language == words.ENGLISH or pages.catalog_exists(app, language, pagename):
            alternates.append((language, f"{root}{below}{uri}"))
    if len(alternates) > 1 and root:
        tags = (
            f'<link rel="alternate" hreflang="{language}" href="{escape(address)}">'
            for language, address in [*alternates, ("x-default", f"{root}{uri}")]
        )
        context["metatags"] = context.get("metatags", "") + "".join(tags)
    if context.get("untranslated") and root:
        context["pageurl"] = f"{root}{uri}"  # it says what the English one says


def marked(body: str, done: int, of: int) -> str:
    """The text of a page, which says above itself what of it is in English."""
    if done >= of:
        return body
    said = (
        _("Part of this page is not translated yet: what is missing is in English.")
        if done
        else _("This page is not translated yet: it is in English.")
    )
    note = f'<p class="la-untranslated" role="note">{escape(said)}</p>\n'
    return note + (body if done else f'<div lang="en">{body}</div>')

"""Settings of the site. Its features are in lesson_extensions/, its tasks in noxfile.py."""

import os
from pathlib import Path

ROOT = Path(__file__).parent
# Inherited by the kernels: one look for all pictures.
os.environ["MATPLOTLIBRC"] = str(ROOT / "docs/_static/matplotlibrc")

# -- Project ---------------------------------------------------------------------------------
project = "Linear Algebra with NumPy"
author = "The contributors to Linear Algebra with NumPy"
copyright = f"{author}. Text CC BY 4.0, code BSD-3-Clause"
language = "en"
# A fork's own pages link to the fork: its CI names the repository.
repository = os.environ.get("GITHUB_REPOSITORY", "linear-algebra-with-numpy/site")
owner, _, name = repository.partition("/")
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", f"https://{owner}.github.io/{name}/")

# -- Pages -----------------------------------------------------------------------------------
extensions = [
    "myst_nb", "sphinx.ext.intersphinx", "sphinx_copybutton", "sphinx_design",
    "sphinxext.opengraph", "notfound.extension",
]  # fmt: skip
extensions += [f"lesson_extensions.{feature}" for feature in (
    "beside", "book", "cards", "check", "claims", "execution", "exercise", "glossary", "lessons",
    "live", "measure", "notebooks", "notices", "offline", "page.copying", "page.csp", "page.feed",
    "page.folded_cells", "page.highlighting", "page.llms", "page.mathml", "page.pictures",
    "page.scrolling", "page.sheets", "page.sidebar", "page.sitemap", "page.structured_data",
    "page.unused_assets", "page.warnings_in_page", "page.webp", "paths", "player",
    "search", "shapes", "sheet", "showcase", "skill_tree", "translation",
)]  # fmt: skip
exclude_patterns = ["_build", "_data", "_static", "_templates", "locale", "**/.ipynb_checkpoints"]
nitpicky = True  # a name that links nowhere stops the build
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "dollarmath", "substitution"]
myst_heading_anchors = 3
# kept in the repository, so that a build needs no network: `nox -s inventory` refreshes it
intersphinx_mapping = {"numpy": ("https://numpy.org/doc/stable/", "_data/numpy.inv")}

# -- Notebooks -------------------------------------------------------------------------------
nb_execution_mode = "inline"  # so that {eval} can put a computed figure into a sentence
nb_execution_raise_on_error = True  # without it a failed page passes on the second build
nb_execution_timeout = 60  # seconds a cell
nb_eval_name_regex = ".+"  # a format string too: {eval}`f"{ratio:.1f}"`
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
structured_data_licence = "https://creativecommons.org/licenses/by/4.0/"
notebooks_licence = twins_licence = (  # said in what a reader downloads of a page
    f"Text [CC BY 4.0]({structured_data_licence}), "
    "code [BSD-3-Clause](https://opensource.org/license/bsd-3-clause)."
)
live_help = "run-code"  # the page to which the bar at the foot of a page leads

# -- HTML ------------------------------------------------------------------------------------
html_theme = "furo"
html_title = project
html_favicon = "docs/_static/favicon.svg"
templates_path = ["docs/_templates"]  # where Furo falls short of WCAG
html_static_path = ["docs/_static"]
html_css_files = ["fonts.css", "maths.css", "site.css"]
html_show_sourcelink = False  # "edit this page" leads to the same text
html_copy_source = False
html_use_index = False  # the glossary is the index
html_theme_options = {
    "source_repository": f"https://github.com/{repository}/",
    "source_branch": "main",
    "source_directory": "docs/",
    "top_of_page_buttons": ["edit"],
}
pygments_style = pygments_dark_style = "github-dark"  # code is a dark pane in both themes
copybutton_prompt_text = r">>> |\.\.\.(?: |$)"  # a line that goes on is copied too
copybutton_prompt_is_regexp = True
copybutton_selector = "div:not(.output) > div.highlight pre"  # what is printed is not to be copied
notfound_template = "404.html"
notfound_urls_prefix = f"/{html_baseurl.partition('://')[2].partition('/')[2]}"
ogp_site_url = html_baseurl
ogp_image = "_static/social.png"
ogp_image_alt = False
ogp_social_cards = {"enable": False}  # would draw a picture a page, with fonts of its own

# -- Whose work is served: docs/copyright.md shows it, to which Furo links from each page ----------
notices_files = {"This site": "LICENSE", "Its fonts": "docs/_static/fonts/LICENCES.txt"}
notices_files["Its data"] = "docs/_data/README.md"
notices_packages = ["Sphinx", "furo", "Pygments", "sphinx_design", "sphinx-copybutton"]

# -- Links to elsewhere, checked by `nox -s links` ---------------------------------------------
linkcheck_timeout = 10  # seconds
linkcheck_anchors = False  # GitHub and NumPy make theirs by script

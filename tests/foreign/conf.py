"""A site that is not ours: another theme, none of our pages, sheets or settings."""

project = "Half and half"
extensions = ["myst_nb"]
extensions += [f"lesson_extensions.{name}" for name in ("check", "execution", "exercise", "live")]
extensions += ["lesson_extensions.notebooks", "lesson_extensions.player"]
notebooks_for = ["cells"]
html_theme = "alabaster"
html_favicon = "favicon.svg"  # else a browser asks for one that is not there
myst_enable_extensions = ["colon_fence"]
nb_execution_raise_on_error = True
nitpicky = True

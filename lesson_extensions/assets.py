"""The one place that registers static files: lesson_extensions/static/ is served as _static/."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"


def add_assets(app, *names):
    """Serve the named files of static/ and load them on every page: style sheets, and modules.

    Raises FileNotFoundError for a name that static/ does not hold.
    """
    app.connect("config-inited", _serve_static_folder)
    for name in names:
        if not (STATIC / name).is_file():
            raise FileNotFoundError(STATIC / name)
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, type="module")  # a module is deferred and shares no globals


def _serve_static_folder(app, config):
    if str(STATIC) not in config.html_static_path:
        config.html_static_path.append(str(STATIC))

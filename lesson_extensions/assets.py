"""The one place that registers static files: a feature's static/ is served as _static/."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"


def add_assets(app, *names, folder=STATIC):
    """Serve `folder` and load its named files on every page: style sheets, and modules.

    Raises FileNotFoundError for a name that the folder does not hold.
    """

    def serve(app, config):
        if str(folder) not in config.html_static_path:
            config.html_static_path.append(str(folder))

    app.connect("config-inited", serve)
    for name in names:
        if not (folder / name).is_file():
            raise FileNotFoundError(folder / name)
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, type="module")  # a module is deferred and shares no globals

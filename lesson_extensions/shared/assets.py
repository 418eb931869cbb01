"""The one place that registers static files: a feature's static/ is served as _static/."""

from pathlib import Path

STATIC = Path(__file__).parent / "static"  # what scripts of features import


def add_assets(app, *names, folder=STATIC, on=None):
    """Serve `folder` and load its named files: style sheets, and modules.

    With a class of nodes as `on`, only the pages that hold such a node load them; else all pages.
    Raises FileNotFoundError for a name that the folder does not hold.
    """

    def serve(app, config):
        for path in (str(folder), str(STATIC)):
            if path not in config.html_static_path:
                config.html_static_path.append(path)

    def load():
        for name in names:
            if name.endswith(".css"):
                app.add_css_file(name)
            else:
                app.add_js_file(name, type="module")  # deferred, and shares no globals

    def load_where_used(app, pagename, templatename, context, doctree):
        if doctree is not None and next(doctree.findall(on), None) is not None:
            load()  # during this event Sphinx adds files to this page only

    for name in names:
        if not (folder / name).is_file():
            raise FileNotFoundError(folder / name)
    app.connect("config-inited", serve)
    app.add_css_file("tokens.css", priority=400)  # before all sheets that use or change them
    if on is None:
        load()
    else:
        app.connect("html-page-context", load_where_used)

"""`nox -s preview`: the site in the browser while one writes, by preview_server.py.

That goes through doors of sphinx-autobuild and Sphinx which are not theirs to keep. Where one is
not as expected, sphinx-autobuild serves as it comes.
"""

import inspect
import sys
from importlib import import_module
from typing import Any

import sphinx_autobuild.__main__ as autobuild

OURS = (
    "tools.preview_server",
    "tools.forked_builds",
)  # which fail if what they import is not there
DOORS = {  # what they call or replace, by module and name → the parameters that it must have
    ("sphinx_autobuild.__main__", "Builder"): (
        "sphinx_args", "url_host", "pre_build_commands", "post_build_commands",
    ),
    ("sphinx_autobuild.__main__", "Builder._run_commands"): ("self", "commands", "log_context"),
    ("sphinx_autobuild.__main__", "_create_app"): (
        "watch_dirs", "ignore_handler", "builder", "out_dir", "url_host",
    ),
    ("sphinx_autobuild.__main__", "main"): ("argv",),
    ("sphinx_autobuild.server", "RebuildServer"): ("paths", "ignore_filter", "change_callback"),
    ("sphinx_autobuild.server", "RebuildServer.watch"): ("self",),
    ("sphinx_autobuild.server", "RebuildServer.watch_reloads"): ("self", "ws"),
    ("sphinx_autobuild.server", "RebuildServer.lifespan"): ("self", "_app"),
    ("sphinx_autobuild.middleware", "JavascriptInjectorMiddleware"): ("app", "ws_url"),
    ("sphinx.cmd.build", "get_parser"): (),
    ("sphinx.cmd.build", "main"): ("argv",),
    ("sphinx.config", "Config.read"): ("confdir", "overrides", "tags"),
}  # fmt: skip


def closed_doors() -> list[str]:
    """What is not as expected."""
    found = []
    for name in OURS:
        try:
            import_module(name)
        except (ImportError, AttributeError) as error:
            found.append(str(error))
    for (module, name), expected in DOORS.items():
        thing: Any = import_module(module)
        for part in name.split("."):
            thing = getattr(thing, part, None)
        if thing is None or tuple(inspect.signature(thing).parameters) != expected:
            found.append(f"{module}.{name}")
    return found


def main(args: list[str]) -> None:
    if closed := closed_doors():
        print(
            f"Another sphinx-autobuild or Sphinx than this was made for ({', '.join(closed)}). "
            "Each build starts anew, and takes seconds longer; reload the page after it.",
            file=sys.stderr,
        )
        autobuild.main(args)
        return
    import_module("tools.preview_server").main(args)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Without a network, and while the site is replaced: what a reader gets is of one build, whole."""

import json
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from lesson_extensions.offline import directive, listing
from lesson_extensions.shared.words import in_script
from tests.browser.conftest import new_context
from tests.browser.test_live import expect_state, run
from tests.conftest import ROOT, SITE, Handler, serve

MINUTE = 60_000  # in milliseconds, as Playwright counts
FEATURES = "_static/features/one"
# The page, its sheet and its script each say of which build they are; so do data that come later.
PAGE = """<!doctype html><html data-page="{build}"><head><meta charset="utf-8"><title>{name}</title>
<link rel="stylesheet" href="_static/style.css?v={build}"></head>
<body>{body}
<script type="module" src="_static/script.js?v={build}"></script></body></html>"""
SCRIPT = """document.documentElement.dataset.script = "{build}";
window.later = () => import("./later.js").then(({{build}}) => build);
window.keepsRead = async () => {{
  const {{Kept}} = await import(new URL("features/one/kept.js", import.meta.url));
  await new Kept(new URL("../", import.meta.url).href).register();
}};
"""
PANEL = f"""<div class="la-offline"><p class="la-offline__says" role="status"></p>
{directive.ZIP}</div>
<script type="module" src="{FEATURES}/keep_all.js"></script>"""
# Of which builds page, sheet and script are: of one, unless something is wrong or on its way.
BUILDS = """[document.documentElement.dataset.page,
  getComputedStyle(document.documentElement).getPropertyValue("--build").trim(),
  document.documentElement.dataset.script].join()"""


def make_build(folder, build, changed=("index", "read")):
    """A site of four pages, of which those that `changed` say so."""
    scripts = [ROOT / "lesson_extensions/shared/static" / name for name in ("kept.js", "dom.js")]
    scripts += [ROOT / "lesson_extensions/offline/static/keep_all.js"]
    files = {
        f"{FEATURES}/{path.name}": in_script(path.read_text("utf-8"), say=str) for path in scripts
    }
    for name in ("index", "read", "unread", "same"):
        of = build if build == "one" or name in changed else "one"
        files[f"{name}.html"] = PAGE.format(
            build=of, name=name, body=PANEL if name == "same" else f"{name} of {of}"
        )
    files["_static/style.css"] = f":root {{ --build: {build}; }}"
    files["_static/script.js"] = SCRIPT.format(build=build)
    files["_static/later.js"] = f'export const build = "{build}";'
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / listing.WORKER).write_text(listing.worker(), "utf-8")
    listing.write(folder)
    return folder


class Host(Handler):
    """Serves one build, then another; can hold a file back until it is let go."""

    site = None
    held = ""
    asked = threading.Event()
    let_go = threading.Event()
    requests: list = []

    def __init__(self, *args, directory, **kwargs):
        super().__init__(*args, directory=self.site, **kwargs)

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")  # two builds may be of one second
        super().end_headers()

    def do_GET(self):
        self.requests.append(self.path.partition("?")[0])
        if self.held and self.held in self.path:
            self.asked.set()
            self.let_go.wait()
        self.directory = self.site  # by now it may be another
        super().do_GET()


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("builds")
    return [make_build(folder / build, build) for build in ("one", "two")]


@pytest.fixture
def host(builds) -> Iterator[str]:
    Host.site, Host.held = builds[0], ""
    Host.asked.clear()
    Host.let_go.clear()
    with serve(builds[0], Host) as address:
        yield address
        Host.let_go.set()


@pytest.fixture
def page(chromium):
    context = new_context(chromium)
    context.set_default_timeout(MINUTE)
    page = context.new_page()
    yield page
    context.close()


def expect_builds(page, build):
    page.wait_for_function(f"{BUILDS} === '{build},{build},{build}'")


def controlled(page, address):
    """Have the service worker rule the page."""
    page.goto(f"{address}/index.html")
    page.evaluate("keepsRead()")
    page.wait_for_function("navigator.serviceWorker.controller")


def panel(page):
    return page.locator(".la-offline")


def keep_whole(page, address):
    page.goto(f"{address}/same.html")
    panel(page).get_by_role("button", name="Keep the whole site").click()
    expect(panel(page).get_by_role("button", name="Remove it again")).to_be_visible()


# -- What was read ---------------------------------------------------------------------------------


def test_a_page_that_is_half_loaded_while_the_site_is_replaced_is_never_of_two_builds(
    page, host, builds
):
    controlled(page, host)
    Host.held = "style.css"
    page.goto(f"{host}/read.html", wait_until="commit")
    assert Host.asked.wait(60)
    Host.site = builds[1]
    Host.let_go.set()
    expect_builds(page, "two")  # loaded anew, since its style sheet was gone
    assert page.evaluate("later()") == "two"


def test_each_page_that_was_read_stays_readable_as_it_was(page, host, builds):
    controlled(page, host)
    for name in ("unread", "index", "read"):
        page.goto(f"{host}/{name}.html")
        expect_builds(page, "one")
    Host.site = builds[1]
    page.goto(f"{host}/read.html")
    expect_builds(page, "two")

    page.context.set_offline(True)
    for name, build in {"index": "one", "read": "two", "unread": "one"}.items():
        page.goto(f"{host}/{name}.html?q=1#part")
        expect_builds(page, build)


def test_an_open_page_gets_nothing_of_a_newer_build(page, host, builds):
    controlled(page, host)
    page.goto(f"{host}/read.html")
    expect_builds(page, "one")
    Host.site = builds[1]
    with page.expect_navigation():  # what it never loaded is gone: it is loaded anew, whole
        page.evaluate("void later().catch(() => null)")
    expect_builds(page, "two")


# -- The whole site --------------------------------------------------------------------------------


def test_on_request_the_whole_site_is_kept_renewed_aside_and_removed(page, host, builds):
    listed = json.loads((builds[0] / listing.LIST).read_text("utf-8"))
    page.goto(f"{host}/same.html")
    expect(panel(page)).to_contain_text(f"{listed['bytes'] / 1e6:.1f} MB in this browser")
    keep_whole(page, host)
    page.context.set_offline(True)
    page.goto(f"{host}/unread.html")
    expect_builds(page, "one")
    page.context.set_offline(False)

    # another build: the page that is opened, and one that stays open, are of the old one
    still = page.context.new_page()
    still.goto(f"{host}/read.html")
    expect_builds(still, "one")
    Host.site = builds[1]
    Host.requests.clear()
    Host.held = "later.js"  # the newer build is not there yet
    page.goto(f"{host}/read.html")
    assert Host.asked.wait(60)
    expect_builds(page, "one")
    page.reload()
    expect_builds(page, "one")
    Host.let_go.set()
    page.wait_for_function("fetch('_static/later.js').then(() => caches.keys())")
    page.wait_for_function(
        """async (address) => {
          const [name] = (await caches.keys()).filter((name) => name.startsWith("la-site"));
          const whole = await (await caches.open(name)).match(`${address}/?whole=`);
          const list = await (await fetch("offline.json", {cache: "no-cache"})).json();
          return await whole.text() === list.build;
        }""",
        arg=host,
    )
    fetched = {path.removeprefix("/site/").lstrip("/") for path in Host.requests}
    changed = {"index.html", "read.html", *(f"_static/{n}" for n in ("later.js", "script.js"))}
    assert fetched - {listing.LIST, listing.WORKER} == changed | {"_static/style.css"}
    assert still.evaluate("later()") == "one"
    page.reload()
    expect_builds(page, "two")
    still.reload()
    expect_builds(still, "two")

    page.goto(f"{host}/same.html")
    panel(page).get_by_role("button", name="Remove it again").click()
    expect(panel(page)).to_contain_text("Removed")
    assert page.evaluate("caches.keys()") == []
    page.context.set_offline(True)
    assert page.evaluate("fetch('unread.html').catch(() => 'gone')") == "gone"


def test_what_is_cancelled_or_refused_leaves_nothing_and_says_so(page, host, builds):
    page.goto(f"{host}/same.html")
    Host.held = "later.js"
    panel(page).get_by_role("button", name="Keep the whole site").click()
    expect(panel(page).get_by_role("progressbar", name="Kept of the site")).to_be_visible()
    kept = "caches.open(`la-site ${new URL('./', location)}`).then((store) => store.keys())"
    page.wait_for_function(f"{kept}.then((keys) => keys.length)")
    panel(page).get_by_role("button", name="Cancel").click()
    expect(panel(page)).to_contain_text("Cancelled; nothing more is kept than before.")
    Host.let_go.set()
    assert page.evaluate(f"{kept}.then((keys) => keys.map(({{url}}) => url))") == []

    session = page.context.new_cdp_session(page)
    quota = {"origin": page.evaluate("origin"), "quotaSize": 1000}
    session.send("Storage.overrideQuotaForOrigin", quota)
    panel(page).get_by_role("button", name="Keep the whole site").click()
    expect(panel(page)).to_contain_text("The browser refused the space: the site needs 0.0 MB")
    expect(panel(page).get_by_role("button", name="Keep the whole site")).to_be_focused()
    session.send("Storage.overrideQuotaForOrigin", {"origin": quota["origin"]})

    (builds[0] / "unread.html").rename(builds[0] / "away.html")
    panel(page).get_by_role("button", name="Keep the whole site").click()
    expect(panel(page)).to_contain_text("The site could not be loaded whole")
    (builds[0] / "away.html").rename(builds[0] / "unread.html")


def test_the_site_with_its_python_is_kept_whole(chromium, address):
    listed = json.loads((SITE / listing.LIST).read_text("utf-8"))
    context = new_context(chromium)
    context.set_default_timeout(MINUTE)
    page = context.new_page()
    page.goto(f"{address}/run-code.html")
    expect(panel(page)).to_contain_text(
        f"{listed['wire'] / 1e6:.0f} MB to load, {listed['bytes'] / 1e6:.0f} MB in this browser"
    )
    keep_whole_here = panel(page).get_by_role("button", name="Keep the whole site")
    keep_whole_here.click()
    expect(panel(page).get_by_role("button", name="Remove it again")).to_be_visible()
    context.set_offline(True)
    page.goto(f"{address}/lessons/vectors.html")
    expect_state(run(page, 1), "done")
    page.goto(f"{address}/search.html?q=norm+of+a+matrix")
    expect(page.locator(".la-search__title").first).to_contain_text(re.compile("norm", re.I))
    context.close()

"""A reader steps through a program: by keyboard, by touch, by a link, guessing, or watching."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import faults, script_url
from tests.conftest import ROOT, Site, serve

SMALL = """# %% First
# One line that is as wide as it gets on any screen, and wider still on a phone.
import numpy as np
long = np.array([[1.5, -2.25], [1e-3, 4.0]]); more = (long.sum(), long.shape, long.dtype, "end")

# %% Second
# A word.
# predict: long.dtype
print(long.dtype)

# %% Third
# A matrix.
# predict: np.array([[1, 2], [3, 4]])
print("third")

# %% Fourth
# A fraction.
# predict: 1 / 3
print("fourth")
"""
PAGES = {
    "index.md": "# One\n\nText.\n\n```{player} algebra_ops.py\n```\n\n[Three](#algebra-ops-3)\n\n"
    "```{toctree}\ntwo\ndeep\n```\n",
    "two.md": "# Two\n\n```{player} algebra_ops.py\n:steps: 1-3\n:label: other\n```\n\n"
    "```{player} small.py\n```\n",
    "deep.md": "# Far down\n\n" + "Text.\n\n" * 60 + "```{player} small.py\n:label: deep\n```\n",
    "small.py": SMALL,
}
LOOK = {
    "extensions": ["myst_nb", "lesson_extensions.player", "lesson_extensions.page.scrolling"],
    "html_static_path": [str(ROOT / "docs/_static")],
    "html_css_files": ["fonts.css", "site.css"],
    "pygments_style": "github-dark",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A small site with players, in the place of the built one."""
    program = (ROOT / "docs/algebra_ops.py").read_text("utf-8")
    site = Site(tmp_path_factory.mktemp("player"), PAGES | {"algebra_ops.py": program}, LOOK)
    assert site.warnings == ""
    with serve(site.app.outdir) as address:
        yield address
    site.app.cleanup()


@pytest.fixture
def player(open_page):
    return open_page("index.html").locator(".la-player")


def press(player, name):
    player.get_by_role("button", name=name).click()


def step(player):
    """The step that is shown; there is always one."""
    item = player.get_by_role("listitem")
    expect(item).to_have_count(1)
    return item


def at(player, number, steps=9):
    expect(player.get_by_text(f"{number} / {steps}", exact=True)).to_be_visible()


def lines(player):
    """[the code, the part of it that is lit]"""
    pane = player.get_by_role("group", name="The code")
    return [pane.inner_text(), pane.locator(".la-player__lit").inner_text()]


def address_of(page):
    return page.url.rpartition("/")[2]


def tab_to(page, target, key="Tab"):
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("not reached by Tab")


# -- Step by step ----------------------------------------------------------------------------------


def test_from_the_first_step_to_the_last_with_the_keyboard_alone(player):
    page = player.page
    at(player, 1)
    following = player.get_by_role("button", name="Next")
    tab_to(page, following)

    for number, guess in enumerate(["10", None, None, "2,", None, None, "[3, 4]", None], 2):
        page.keyboard.press("Enter")
        at(player, number)
        if guess:  # the field has the focus, and then Next again
            expect(player.get_by_role("textbox")).to_be_focused()
            expect(step(player).get_by_role("table")).to_have_count(0)
            page.keyboard.type(guess)
            page.keyboard.press("Enter")
            expect(step(player)).to_contain_text("Right: it is")
        expect(following).to_be_focused()
        expect(step(player).get_by_role("table")).to_be_visible()

    expect(following).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    at(player, 9)
    assert step(player).get_by_role("row").last.inner_text().split() == [
        *("residual", "new", "[0.", "0.]", "(2,)", "float64")
    ]
    assert page.problems == [] and page.blocked == []


def test_a_step_shows_the_program_with_its_own_lines_lit_and_its_state(player):
    for _ in range(2):
        player.get_by_role("button", name="Next").focus()
        player.page.keyboard.press("ArrowRight")  # to the second step, and its answer
    player.page.keyboard.press("ArrowRight")

    program, lit = lines(player)
    assert lit.split("\n")[0] == "A = np.array([[2, 1], [4, 3]])"
    assert program.strip().startswith("import numpy as np")
    so_far, _, later = program.partition(lit)
    assert "print(v, v.shape)" in so_far and "print(A.T)" in later
    expect(player.locator(".la-player__later")).to_have_count(6)
    item = step(player)
    expect(item).to_contain_text("Make a matrix")
    expect(item.locator("pre:visible")).to_have_text("[[2 1]\n [4 3]] (2, 2)\n")
    assert [row.split()[0] for row in item.get_by_role("row").all_inner_texts()] == [
        *("name", "v", "w", "A")
    ]


def test_arrows_home_and_end_move_and_leave_fields_alone(player):
    page = player.page
    player.get_by_role("link", name="Make a vector").focus()

    page.keyboard.press("End")
    at(player, 9)
    page.keyboard.press("ArrowLeft")
    at(player, 8)
    page.keyboard.press("Home")
    at(player, 1)
    page.keyboard.press("ArrowLeft")
    at(player, 1)
    page.keyboard.press("Alt+ArrowRight")  # the browser's own
    at(player, 1)
    page.keyboard.press("ArrowRight")
    field = player.get_by_role("textbox")
    field.fill("12")
    for key in ("ArrowLeft", "Home", "End", "ArrowRight"):
        field.press(key)
    at(player, 2)
    expect(field).to_be_focused()
    player.get_by_label("Pace").focus()
    page.keyboard.press("Home")
    at(player, 2)
    assert player.get_by_label("Pace").input_value() == "9"


def test_keys_outside_the_player_do_nothing_in_it(player):
    player.page.keyboard.press("ArrowRight")

    at(player, 1)


def test_each_step_is_announced_but_not_the_first_sight(player):
    status = player.get_by_role("status")
    expect(status).to_have_text("")

    press(player, "Next")
    expect(status).to_have_text("Step 2 of 9: Take a dot product. What will v @ w be?")
    press(player, "Next")
    expect(status).to_have_text("It is 10.")
    press(player, "Next")
    expect(status).to_have_text("Step 3 of 9: Make a matrix.")
    press(player, "Previous")
    expect(status).to_have_text("Step 2 of 9: Take a dot product.")


def test_the_player_has_a_name_and_a_download(player):
    group = player.page.get_by_role("group", name="Linear algebra in nine steps")

    expect(group).to_have_class("la-player docutils container la-player--on")
    with player.page.expect_download() as download:
        player.get_by_role("link", name="algebra_ops.py").click()
    assert download.value.path().read_bytes() == (ROOT / "docs/algebra_ops.py").read_bytes()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_does_not_jump_between_steps(width, open_page):
    page = open_page("index.html", viewport={"width": width, "height": 900})
    player = page.locator(".la-player")
    heights = set()
    for _ in range(11):  # nine steps, of which three ask
        heights.add(round(page.evaluate("document.documentElement.scrollHeight")))
        press(player, "Next")
    heights.add(round(page.evaluate("document.documentElement.scrollHeight")))

    at(player, 9)
    assert max(heights) - min(heights) <= 1


@pytest.mark.parametrize("width", [390, 1280])
def test_the_lit_lines_are_in_sight_also_at_the_end(width, open_page):
    page = open_page("index.html#algebra-ops-9", viewport={"width": width, "height": 900})
    inside = """() => {
      const lit = document.querySelector(".la-player__lit");
      const [a, b] = [lit, lit.parentElement].map((element) => element.getBoundingClientRect());
      return a.top >= b.top && a.bottom <= b.bottom;
    }"""
    page.wait_for_function(inside)
    expect(page.locator(".la-player__lit")).to_be_in_viewport(ratio=0.95)
    page.add_style_tag(content=".la-player__pane {font-size: 1.5rem}")  # as a late font may do
    page.wait_for_function(inside)


# -- Predict, then reveal --------------------------------------------------------------------------


def ask(player, number, guess):
    """Go to that step of nine or four and guess; what the player says to it."""
    player.get_by_role("button", name="Previous").focus()
    player.page.keyboard.press("Home")
    while not player.get_by_text(f"{number} / ").is_visible():
        press(player, "Next")
    player.get_by_role("textbox").fill(guess)
    press(player, "Reveal")
    return step(player).locator(".la-player__verdict")


def test_a_prediction_hides_what_it_asks_for(player):
    press(player, "Next")
    item = step(player)

    expect(item).to_contain_text("Multiply entry by entry")
    expect(player.get_by_role("textbox", name="What will v @ w be?")).to_be_visible()
    assert "print(v @ w)" in lines(player)[1]
    expect(item.get_by_text("It prints")).not_to_be_visible()
    expect(item.get_by_role("table")).to_have_count(0)
    expect(item.locator("details")).to_have_count(0)


def test_a_right_guess_is_called_right(player):
    expect(ask(player, 2, " 10 ")).to_have_text("Right: it is 10")
    expect(step(player).get_by_role("table")).to_be_visible()


def test_a_wrong_guess_gets_the_answer(player):
    expect(ask(player, 2, "1 0")).to_have_text("It is 10, and you wrote 1 0")
    expect(player.get_by_role("status")).to_have_text("It is 10, and you wrote 1 0.")


MATRIX = "[[1 2]\n [3 4]]"


def test_a_guess_can_be_written_as_one_likes(open_page, subtests):
    page = open_page("index.html")
    for answer, right, wrong in (
        ("10", ["10", "10.0", "1e1", "np.int64(10)", "it is 10"], ["11", "ten", "-10", "1 0"]),
        ("10", [], ["[6 4]", "10 11"]),
        ("(2,)", ["(2,)", "2", "[2]", "2,"], ["(1, 2)", "2x2"]),
        # no number in the answer: all words count
        ("float64", ["float64", "Float64"], ["np.float64", "float32"]),
        (MATRIX, [MATRIX, "array([[1, 2], [3, 4]])", "1 2 3 4"], ["[[1, 3], [2, 4]]"]),
        ("0.3333333333333333", ["0.333", ".33"], [".3", "0.5"]),
    ):
        for guess in right + wrong:
            with subtests.test(f"{guess} for {answer}"):
                said = page.evaluate(
                    "async ([module, ...texts]) => (await import(module)).says(...texts)",
                    [script_url(page, "guess.js"), guess, answer],
                )

                assert said is (guess in right)


def test_a_guess_is_text_and_nothing_else(player):
    guess = "<img src=x onerror=alert(1)>"

    expect(ask(player, 2, guess)).to_have_text(f"It is 10, and you wrote {guess}")


def test_a_prediction_can_be_skipped(player):
    expect(ask(player, 2, "")).to_have_text("It is 10")
    press(player, "Next")
    at(player, 3)


def test_what_was_revealed_stays_so(player):
    ask(player, 2, "11")
    press(player, "Next")
    press(player, "Previous")

    expect(step(player)).to_contain_text("and you wrote 11")
    expect(step(player).get_by_role("table")).to_be_visible()
    expect(player.get_by_role("textbox")).to_have_count(0)


def test_a_switch_turns_predicting_off_and_on(player):
    switch = player.get_by_role("switch", name="Guess first")
    expect(switch).to_be_checked()
    press(player, "Next")
    switch.focus()
    player.page.keyboard.press("Space")

    expect(step(player).get_by_role("table")).to_be_visible()
    expect(player.get_by_role("textbox")).to_have_count(0)
    press(player, "Next")
    at(player, 3)
    press(player, "Previous")
    switch.press("Space")
    expect(player.get_by_role("textbox")).to_be_visible()
    expect(step(player).get_by_role("table")).to_have_count(0)


# -- A link to a step ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_opens_its_step_with_its_code_in_sight(width, open_page):
    page = open_page("deep.html#deep-3", viewport={"width": width, "height": 700})
    player = page.locator(".la-player")

    at(player, 3, 4)
    expect(step(player).get_by_role("link", name="Third")).to_be_in_viewport()
    expect(page.locator(".la-player__lit")).to_be_in_viewport()
    expect(player.get_by_role("button", name="Next")).to_be_in_viewport()


def test_moving_changes_the_address_but_adds_no_history(open_page):
    page = open_page("index.html", own=True)  # whose history is short: Chromium counts to 50
    player = page.locator(".la-player")
    before = page.evaluate("history.length")
    press(player, "Next")
    assert address_of(page) == "index.html#algebra-ops-2"
    press(player, "Next")
    press(player, "Next")

    assert address_of(page) == "index.html#algebra-ops-3"
    assert page.evaluate("history.length") == before
    page.reload()
    at(player, 3)


def test_the_title_of_a_step_is_its_link(player):
    expect(player.get_by_role("link", name="Make a vector")).to_have_attribute(
        "href", "#algebra-ops-1"
    )


def test_a_link_on_the_page_opens_its_step_again_and_again(player):
    page = player.page
    for _ in range(2):
        page.get_by_role("link", name="Three", exact=True).click()
        at(player, 3)
        press(player, "Next")
        at(player, 4)


def test_an_address_of_something_else_leaves_the_player_at_its_first_step(open_page):
    page = open_page("index.html#algebra-ops-10")

    at(page.locator(".la-player"), 1)


# -- Play ------------------------------------------------------------------------------------------


@pytest.fixture
def playing(open_page):
    """The player with a clock that stands still, predicting turned off."""
    player = open_page("index.html", own=True).locator(".la-player")
    player.page.clock.install()
    player.get_by_role("switch").uncheck()
    return player


def run_for(player, seconds):
    player.page.clock.run_for(1000 * seconds)


def test_play_moves_at_the_pace_of_the_reader_and_stops_at_the_end(playing):
    press(playing, "Play")
    at(playing, 1)
    run_for(playing, 5)
    at(playing, 1)
    run_for(playing, 2)
    at(playing, 2)
    playing.get_by_label("Pace").select_option("quick")
    run_for(playing, 6)
    at(playing, 3)
    run_for(playing, 3)
    at(playing, 4)
    run_for(playing, 60)
    at(playing, 9)
    expect(playing.get_by_role("button", name="Play")).to_be_visible()

    press(playing, "Play")  # from the beginning
    at(playing, 1)
    run_for(playing, 3)
    at(playing, 2)


def test_pause_stops(playing):
    button = playing.get_by_role("button", name="Play")
    button.focus()
    playing.page.keyboard.press("Enter")
    run_for(playing, 6)
    at(playing, 2)
    playing.get_by_role("button", name="Pause").press("Enter")
    expect(button).to_be_focused()
    run_for(playing, 60)

    at(playing, 2)


@pytest.mark.parametrize("key", ["Escape", "Tab", "a", "Shift"])
def test_any_key_stops(key, playing):
    press(playing, "Play")
    playing.page.keyboard.press(key)
    run_for(playing, 60)

    at(playing, 1)
    expect(playing.get_by_role("button", name="Play")).to_be_visible()


def test_a_step_of_the_reader_s_own_stops(playing):
    press(playing, "Play")
    press(playing, "Next")
    run_for(playing, 60)

    at(playing, 2)


def test_play_stops_where_a_prediction_waits_and_goes_on_after_it(playing):
    playing.get_by_role("switch").check()
    press(playing, "Play")
    run_for(playing, 60)
    at(playing, 2)
    expect(playing.get_by_role("textbox")).to_be_visible()

    press(playing, "Play")
    expect(step(playing)).to_contain_text("It is 10")
    run_for(playing, 6)
    at(playing, 3)


# -- Touch -----------------------------------------------------------------------------------------


def swipe(page, target, across, down=0):
    """A finger on the middle of the target, moved so far, and lifted."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for kind, share in (("Start", 0), ("Move", 0.5), ("Move", 1), ("End", None)):
        points = [] if share is None else [{"x": x + share * across, "y": y + share * down}]
        event = {"type": f"touch{kind}", "touchPoints": points}
        session.send("Input.dispatchTouchEvent", event)


def test_a_swipe_moves_and_a_scroll_does_not(open_page):
    page = open_page("index.html", viewport={"width": 390, "height": 800}, has_touch=True)
    player = page.locator(".la-player")
    title = player.locator(".la-player__now .la-player__title")

    swipe(page, title, -150)
    at(player, 2)
    swipe(page, title, -150)
    expect(step(player)).to_contain_text("It is 10")
    swipe(page, title, -150, 40)
    at(player, 3)
    swipe(page, title, 150)
    at(player, 2)
    swipe(page, title, -30)
    at(player, 2)
    swipe(page, title, -90, -80)
    at(player, 2)


def test_what_scrolls_sideways_is_scrolled_and_not_swiped(open_page):
    page = open_page("two.html", viewport={"width": 390, "height": 800}, has_touch=True)
    player = page.locator("#small")
    pane = player.get_by_role("group", name="The code")
    pane.scroll_into_view_if_needed()
    assert pane.evaluate("pane => pane.scrollWidth > pane.clientWidth")

    swipe(page, pane, -150)
    at(player, 1, 4)
    pane.press("ArrowRight")
    at(player, 1, 4)


# -- The page --------------------------------------------------------------------------------------


def test_two_players_on_one_page_do_not_meet(open_page):
    page = open_page("two.html#small-2")
    one, two = page.locator("#other"), page.locator("#small")
    at(one, 1, 3)
    at(two, 2, 4)
    expect(one.get_by_role("status")).to_have_text("")

    one.get_by_role("button", name="Next").focus()
    page.keyboard.press("End")
    at(one, 3, 3)
    at(two, 2, 4)
    assert address_of(page) == "two.html#other-3"


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_page_and_axe_finds_nothing(width, open_page):
    page = open_page("two.html", viewport={"width": width, "height": 900})
    for player in page.locator(".la-player").all():
        press(player, "Next")  # one asks, and
        press(player, "Next")
    ask(page.locator("#small"), 3, "guess")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for move in ("Home", "ArrowRight", "End"):
        page.locator("#other").get_by_role("button", name="Next").focus()
        page.keyboard.press(move)
        assert faults(page, ".la-player") + faults(page, ".la-player", theme="dark") == []


def test_what_can_be_pressed_is_large_enough_for_a_finger(open_page):
    phone = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
    player = open_page("index.html#algebra-ops-2", **phone).locator(".la-player")
    targets = player.locator(":is(button, select, label, form input):visible").all()

    assert len(targets) == 7
    for target in targets:
        assert target.bounding_box()["height"] >= 40, target.inner_text()


def test_without_javascript_all_steps_are_there(open_page):
    page = open_page("index.html#algebra-ops-9", java_script_enabled=False)
    player = page.locator(".la-player")

    expect(player.get_by_role("listitem")).to_have_count(9)
    for item in player.get_by_role("listitem").all():
        expect(item.get_by_role("table")).to_be_visible()
        expect(item.locator("pre").first).to_be_visible()
    expect(player.get_by_role("listitem").last).to_be_in_viewport()
    expect(player.get_by_role("button")).to_have_count(0)
    answer = player.locator("details code").first
    expect(answer).not_to_be_visible()
    player.get_by_text("Answer").first.click()
    expect(answer).to_have_text("10")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert page.evaluate("matchMedia('(scripting: none)').matches") is True


def test_on_paper_all_steps_are_there(player):
    player.page.emulate_media(media="print")

    for item in player.locator("li").all():
        expect(item).to_be_visible()
        expect(item.locator("pre").first).to_be_visible()
    expect(player.get_by_role("button", name="Next")).not_to_be_visible()

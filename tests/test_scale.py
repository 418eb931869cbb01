import json
import subprocess
import sys

import pytest

from benchmarks import scale


def test_no_two_lessons_hold_the_same_cell_or_print_the_same_answer():
    lessons = scale.lessons_of(300, picture=False).values()
    cells = [text for lesson in lessons for kind, text in lesson.blocks() if kind == "code"]

    assert len(cells) == len(set(cells)) == 300 * 8
    assert len({lesson.answer for lesson in lessons}) == 300


@pytest.mark.parametrize("kind, edit", [("text", "prose_edits"), ("code", "cell_edits")])
def test_an_edit_changes_one_block_of_its_kind(kind, edit):
    before = scale.Lesson(7)
    after = scale.Lesson(7, **{edit: 1})

    blocks = zip(before.blocks(), after.blocks(), strict=True)
    assert [kind] == [old[0] for old, new in blocks if old != new]


def test_all_builders_get_the_same_cells():
    lesson = scale.Lesson(7, picture=True)

    for kind, content in lesson.blocks():
        if kind != "text":
            assert content in scale.myst(lesson)
            assert content in [cell["source"] for cell in json.loads(scale.ipynb(lesson))["cells"]]


def test_slopes_of_times_that_grow_in_proportion_have_ratio_one():
    builds = []
    for size in (10, 100, 300):
        scale.add(builds, "ours", size, "cold", scale.Cost(2 + 0.5 * size, 0, 0))

    (line,) = scale.slopes(builds)
    found = [line[name] for name in ("all", "smallest", "largest", "ratio")]
    assert found == pytest.approx([0.5, 0.5, 0.5, 1])


def test_two_sizes_give_a_slope_but_no_ratio():
    builds = []
    for size in (10, 100):
        scale.add(builds, "ours", size, "cold", scale.Cost(size, 0, 0))

    (line,) = scale.slopes(builds)
    assert line["all"] == pytest.approx(1)
    assert line["ratio"] is None


def build_apart(code, folder, limit):
    """What scale.build says of this code, in a process apart: it ends all children of its own."""
    program = (
        "import sys; from pathlib import Path; from benchmarks import scale\n"
        "folder, limit, code = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]\n"
        "try: print(scale.build([sys.executable, '-c', code], folder, limit))\n"
        "except scale.CannotMeasure as error: print(error)"
    )
    command = [sys.executable, "-c", program, folder, str(limit), code]
    return subprocess.run(
        command, cwd=scale.ROOT, capture_output=True, text=True, check=True, timeout=50
    ).stdout


def test_build_that_takes_too_long_is_ended_and_said(tmp_path):
    said = build_apart("import time; time.sleep(60)", tmp_path, 0.5)

    assert "it took more than 0.5 seconds" in said


def test_build_that_fails_is_quoted(tmp_path):
    said = build_apart("exit('no such builder')", tmp_path, 60)

    assert "status 1:\nno such builder" in said


def test_cost_of_a_build_counts_its_children(tmp_path):
    spend = "import time; x = bytearray(300_000_000)\nwhile time.process_time() < 1: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spend!r}])"

    said = build_apart(code, tmp_path, 60)

    cost = eval(said, {"Cost": scale.Cost})
    assert cost.cpu_seconds >= 1
    assert cost.memory_bytes >= 300_000_000


def test_help_names_every_builder():
    ended = subprocess.run(
        [sys.executable, scale.__file__, "--help"], capture_output=True, text=True, check=True
    )

    assert all(name in ended.stdout for name in scale.BUILDERS)

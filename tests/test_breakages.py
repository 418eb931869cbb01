"""The faults that `nox -s mutate -- --code` puts into the code can be put there."""

import pytest

from tests import breakages


def test_each_fault_is_in_code_that_is_there():
    assert len(breakages.entries([])) >= 60


def test_a_fault_whose_code_has_moved_on_is_named(monkeypatch, tmp_path):
    listed = '[[breakage]]\nname = "It hides"\nfile = "conf.py"\nold = "not there"\nnew = ""\n'
    (tmp_path / "breakages.toml").write_text(listed, "utf-8")
    monkeypatch.setattr(breakages, "LIST", tmp_path / "breakages.toml")

    with pytest.raises(breakages.Untrue, match=r"“It hides”: conf\.py holds its `old` 0 times"):
        breakages.entries([])


def test_a_fault_in_a_script_reaches_what_a_page_loads(tmp_path):
    copy = object.__new__(breakages.Copy)  # without the whole repository
    copy.folder = tmp_path
    static = tmp_path / breakages.BUILD / "html/_static"
    loaded = static / "features/0123456789/page-play.js"
    for path, text in ((static / "play.js", "// Why.\nplay();\n"), (loaded, "as it was")):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")

    assert copy.serve("play.js", "// Why.\nplay();\n", "// Why.\nstop();\n")
    assert "stop();" in loaded.read_text("utf-8")
    assert not copy.serve("play.js", "// What?\nplay();\n", "// What?\nstop();\n")

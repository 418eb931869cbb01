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

"""Where kernels are kept when a user may write neither the package nor a home."""

import os
import stat
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project import kernel_cache
from dagster_project.cli import app
from dagster_project.kernel_cache import VARIABLE, keep_kernels_somewhere


@pytest.fixture
def nowhere(monkeypatch, tmp_path) -> Path:
    """Return the folder for temporary files, the only one that may be written to."""
    usual = (tmp_path / "a file" / "kernels", Path("~"))
    usual[0].parent.touch()
    monkeypatch.setattr(kernel_cache, "_usual_places", lambda: usual)
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_usual_places_are_left_to_numba(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert keep_kernels_somewhere() is None
    assert VARIABLE not in os.environ


def test_a_place_that_was_named_stands(nowhere, monkeypatch):
    monkeypatch.setenv(VARIABLE, "named")
    assert keep_kernels_somewhere() is None
    assert os.environ[VARIABLE] == "named"


def test_the_next_command_finds_the_same_folder(nowhere, monkeypatch):
    first = keep_kernels_somewhere()
    assert first.parent == nowhere and os.environ[VARIABLE] == str(first)
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    monkeypatch.setenv(VARIABLE, "")
    assert keep_kernels_somewhere() == first


@pytest.mark.parametrize("kind", ["open to all", "a link", "a file"])
def test_a_folder_that_others_may_have_filled_is_not_used(nowhere, monkeypatch, kind):
    usual = nowhere / f"throughline-kernels-{os.getuid()}"
    if kind == "open to all":
        usual.mkdir()
        usual.chmod(0o777)
    elif kind == "a link":
        (nowhere / "elsewhere").mkdir(mode=0o700)
        usual.symlink_to(nowhere / "elsewhere")
    else:
        usual.touch(0o600)
    folder = keep_kernels_somewhere()
    assert folder != usual and folder.parent == nowhere
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_is_said_in_one_line(nowhere):
    said = CliRunner().invoke(app, ["link", "no.csv", "--out", str(nowhere / "out")])
    assert said.stderr.startswith(f"Compiled kernels are kept in {nowhere}")
    assert said.stderr.count("\n") == 2, said.stderr


def test_without_any_folder_there_is_one_sentence(nowhere, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(nowhere / "gone"))
    said = CliRunner().invoke(app, ["link", "no.csv", "--out", str(nowhere / "out")])
    assert said.exit_code == 1
    assert said.stderr == (
        f"There is no folder to keep compiled kernels in; set {VARIABLE} to one\n"
    )

"""What is loaded for good is kept from Python's collector; the rest is not."""

import gc
import weakref

import pytest

from dagster_project.collector import loading


@pytest.fixture(autouse=True)
def at_work():
    """Whatever another test left behind, the collector works at the start."""
    was_on = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if was_on else gc.disable)()


class Kept:
    """Something that points at itself."""

    def __init__(self) -> None:
        self.itself = self


def test_the_collector_rests_while_something_loads_and_works_again_after():
    frozen = gc.get_freeze_count()
    with loading():
        assert not gc.isenabled()
        made = Kept()
    assert gc.isenabled()
    assert gc.get_freeze_count() > frozen
    assert made.itself is made
    told = weakref.ref(Kept())
    gc.collect()
    assert told() is None


def test_a_failed_import_does_not_leave_it_off():
    with pytest.raises(ImportError), loading():
        raise ImportError("no module of this name")
    assert gc.isenabled()


def test_who_turned_it_off_finds_it_off():
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()

"""The default city, run once and shared with the tests of the measures."""

from tests.measures.conftest import city_run  # noqa: F401

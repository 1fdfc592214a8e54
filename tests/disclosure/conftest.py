"""A release of made counts, prepared once for each module that reads it."""

import pytest

from dagster_project.disclosure.prepare import Prepared, prepare
from tests.disclosure.made_counts import made_counts, made_points


@pytest.fixture(scope="module")
def seed() -> list:
    return made_points()


@pytest.fixture(scope="module")
def prepared(seed) -> Prepared:
    return prepare(made_counts(), seed, data_through="2026-06-30")

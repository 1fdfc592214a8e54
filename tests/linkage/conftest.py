"""Kernels are compiled anew when a source they call has changed."""

import pytest

from dagster_project.linkage.warm import discard_stale_kernels


@pytest.fixture(scope="session", autouse=True)
def fresh_kernels() -> None:
    discard_stale_kernels()

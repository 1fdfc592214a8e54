"""dbt's documentation builds, and says who uses which mart."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from dagster_project.places import REPOSITORY
from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.raw_tables import create_empty

PAGE = REPOSITORY / "dagster_project" / "publication" / "page"


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of docs of an empty warehouse, in one file."""
    folder = tmp_path_factory.mktemp("docs")
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        create_empty(connection)
    run_dbt(warehouse, folder / "target", "docs", "generate", "--static")
    return folder / "target"


@pytest.fixture(scope="module")
def manifest(docs: Path) -> dict:
    return json.loads((docs / "manifest.json").read_text())


def used_by(manifest: dict, exposure: str) -> set[str]:
    """Return the names of the models an exposure reads."""
    node = manifest["exposures"][f"exposure.throughline.{exposure}"]
    return {parent.split(".")[-1] for parent in node["depends_on"]["nodes"]}


def marts(manifest: dict) -> set[str]:
    return {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }


def test_the_docs_are_one_page_that_holds_every_mart(docs, manifest) -> None:
    page = (docs / "static_index.html").read_text(encoding="utf-8")
    assert not [name for name in marts(manifest) if name not in page]


def test_the_published_copy_is_every_mart_but_the_conferences(manifest) -> None:
    apart = used_by(manifest, "case_conference_list")
    assert used_by(manifest, "published_copy") == marts(manifest) - apart


def test_the_report_page_reads_what_its_exposure_says(manifest) -> None:
    text = "".join(path.read_text() for path in sorted(PAGE.rglob("*.py")))
    named = re.findall(r"marts\.(\w+)", text) + re.findall(r'table="(\w+)"', text)
    assert used_by(manifest, "report_page") == set(named) & marts(manifest)


def test_the_case_conference_and_the_public_read_what_is_theirs(manifest) -> None:
    assert used_by(manifest, "case_conference_list") == {
        name for name in marts(manifest) if name.startswith("case_")
    }
    counts = used_by(manifest, "public_tables")
    assert counts and all(name.startswith("public_counts_") for name in counts)

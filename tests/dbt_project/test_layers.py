"""Who may read whom, read from dbt's manifest."""

import json

import pytest

from tests.dbt_project.conftest import run_dbt

MAY_READ = {
    "staging": {"raw"},
    "intermediate": {"staging", "intermediate", "seeds"},
    "linked": {"staging", "intermediate", "linked", "marts", "linkage", "seeds"},
    "marts": {"intermediate", "linked", "marts", "seeds", "linkage"},
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> dict:
    """Return the manifest of a project parsed without any warehouse."""
    target = tmp_path_factory.mktemp("parsed")
    run_dbt(target / "absent" / "warehouse.duckdb", target, "parse")
    return json.loads((target / "manifest.json").read_text())


def models(manifest: dict) -> list[dict]:
    return [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]


def test_each_layer_reads_what_it_may(manifest):
    schema = {
        key: node["schema"]
        for key, node in (manifest["nodes"] | manifest["sources"]).items()
    }
    wrong = [
        f"{node['schema']}.{node['name']} reads {parent}"
        for node in models(manifest)
        for parent in node["depends_on"]["nodes"]
        if schema[parent] not in MAY_READ[node["schema"]]
    ]
    assert wrong == []


def test_the_schema_is_the_folder(manifest):
    for node in models(manifest):
        assert node["schema"] == node["path"].split("/")[0], node["name"]


def test_marts_are_public_contracted_and_described(manifest):
    for node in models(manifest):
        if node["schema"] == "marts":
            assert node["config"]["contract"]["enforced"], node["name"]
            assert node["access"] == "public", node["name"]
            assert node["description"].startswith("One row per"), node["name"]
            assert " Good " in node["description"], node["name"]
            assert " Not " in node["description"], node["name"]
            assert all(c["description"] for c in node["columns"].values()), node["name"]


def test_every_model_says_its_grain(manifest):
    silent = [
        n["name"]
        for n in models(manifest)
        if not n["description"].startswith("One row")
    ]
    assert silent == []


def test_an_empty_warehouse_builds(tmp_path):
    import duckdb

    from tests.dbt_project.raw_tables import create_empty

    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_empty(connection)
    # Unit tests bring their own rows; the tiny city's build has run them.
    without = ["--exclude-resource-type", "unit_test"]
    run_dbt(path, tmp_path / "target", "build", *without)


def test_a_mart_says_in_the_warehouse_what_it_and_its_columns_mean(manifest, query):
    marts = [n for n in models(manifest) if n["schema"] == "marts"]
    written = query(
        "select table_name, comment from duckdb_tables() "
        "where schema_name = 'marts' and comment is not null"
    )
    assert dict(written) == {n["name"]: n["description"] for n in marts}
    columns = query(
        "select table_name || '.' || column_name from duckdb_columns() "
        "where schema_name = 'marts' and comment is null"
    )
    assert columns == []

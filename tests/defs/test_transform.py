"""What a step asks dbt to build is what the step says it builds."""

import json

import pytest

from dagster_project.dbt_reading import flags, read_project
from dagster_project.defs import transform


@pytest.fixture(scope="module")
def selected(tmp_path_factory):
    """Return a function from dbt's selection to the nodes it builds and tests."""
    from dbt.cli.main import dbtRunner

    folder = tmp_path_factory.mktemp("dbt")
    # Its own folder: what is kept of a reading is every other run's, too.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(folder))
        manifest = read_project(folder / "warehouse.duckdb")

        def chosen(*names: str) -> set[str]:
            words = ["ls", *flags(), "--select", *names]
            words += ["--indirect-selection", "buildable"]
            words += ["--exclude-resource-type", "unit_test"]
            words += ["--output", "json", "--output-keys", "unique_id"]
            done = dbtRunner(manifest).invoke(words)
            assert done.success, done.exception
            return {json.loads(line)["unique_id"] for line in done.result}

        yield chosen


@pytest.mark.parametrize(
    ("step", "folders"),
    [
        (transform.client_record_models, transform.BEFORE_LINKAGE),
        (transform.mart_models, transform.AFTER_LINKAGE),
    ],
    ids=["before linkage", "after"],
)
def test_folders_hold_the_models_of_a_step_and_their_tests(selected, step, folders):
    by_name = transform.names_of(step.keys)
    assert len(by_name) == len(step.keys)
    folder = selected(folders)
    assert any(node.startswith("test.") for node in folder)
    # What is written into its readers is no asset, so it has no name here.
    nodes = json.loads(transform.project.manifest_path.read_text())["nodes"]
    written_in = {
        name
        for name, node in nodes.items()
        if node["config"].get("materialized") == "ephemeral"
    }
    assert selected(*by_name) - written_in == folder - written_in


def test_one_name_selects_one_model(selected):
    (key,) = [k for k in transform.mart_models.keys if k.path[-1] == "people"]
    (name,) = transform.names_of({key})
    models = [node for node in selected(name) if node.startswith("model.")]
    assert models == ["model.throughline.people"]

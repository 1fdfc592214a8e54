"""The dbt models as assets, run by dbt inside this process.

Belongs here: the one translator, the two steps before and after linkage, and the way
from dbt's results to Dagster's. Does not belong here: SQL.

dbt as a subprocess costs about five CPU seconds a call; its own ``dbtRunner`` does the
same work in this process. The two steps are named: left to itself, Dagster splits one
``@dbt_assets`` around linkage into four calls, each with dbt's start-up to pay.
"""

import json
import os
import sys
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from dagster_project.dbt_reading import flags, read_project
from dagster_project.defs.resources import Warehouse
from dagster_project.encryption import warehouse_key
from dagster_project.places import DBT_PROJECT

project = DbtProject(project_dir=DBT_PROJECT)


AFTER_LINKAGE = "path:models/linked path:models/marts"
"""What is built from persons, and so after linkage."""
BEFORE_LINKAGE = "path:seeds path:models/staging path:models/intermediate"
"""All else."""


class SchemaIsGroup(DagsterDbtTranslator):
    """One name everywhere: schema = asset key prefix = asset group."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Return dbt's spec under the key ``schema/name`` in the group ``schema``."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(
            group_name=self.get_resource_props(manifest, unique_id)["schema"]
        )

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return ``schema/name``."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])


translator = SchemaIsGroup()


@dbt_assets(
    manifest=project.manifest_path,
    project=project,
    dagster_dbt_translator=translator,
    name="build_client_records",
    exclude=AFTER_LINKAGE,
    pool="duckdb_writer",
)
def client_record_models(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator:
    """Build what linkage reads: seeds, staging, intermediate."""
    is_all = context.selected_asset_keys == client_record_models.keys
    yield from _build(context, warehouse, BEFORE_LINKAGE if is_all else None)


@dbt_assets(
    manifest=project.manifest_path,
    project=project,
    dagster_dbt_translator=translator,
    name="build_marts",
    select=AFTER_LINKAGE,
    pool="duckdb_writer",
)
def mart_models(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator:
    """Build what is known of persons, and what analysts read of it: the marts."""
    is_all = context.selected_asset_keys == mart_models.keys
    yield from _build(context, warehouse, AFTER_LINKAGE if is_all else None)


def _build(
    context: dg.AssetExecutionContext, warehouse: Warehouse, folders: str | None
) -> Iterator:
    """Build the selected models and run their tests, as ``dbt build`` does.

    Args:
        context: Says which models are selected.
        warehouse: Where to.
        folders: All the models of the step, if they are selected. dbt goes through the
            whole project for each name it is told: a CPU second for 170 names.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ["WAREHOUSE_PATH"] = warehouse.path
    os.environ["WAREHOUSE_TARGET"] = "encrypted" if warehouse_key() else "local"
    wanted = [folders] if folders else names_of(context.selected_asset_keys)
    with _without_a_command():
        try:
            manifest = _manifest(context.run_id, Path(warehouse.path))
        except RuntimeError as error:
            raise dg.Failure(str(error)) from error
        outcome = dbtRunner(
            manifest, callbacks=[lambda event: _tell(context, event)]
        ).invoke(
            [
                "build",
                *flags(),
                "--no-write-json",
                "--select",
                *wanted,
                "--indirect-selection",
                "buildable",
                "--exclude-resource-type",
                "unit_test",
            ]
        )
    # dbt keeps the file open from model to model; the next step needs it.
    DuckDBConnectionManager.close_all_connections()
    if outcome.exception:
        raise dg.Failure(f"dbt could not run: {outcome.exception}")
    yield from _events(context, outcome.result.results, _row_counts(warehouse))
    if not outcome.success:
        broken = [r for r in outcome.result.results if r.status in ("error", "fail")]
        raise dg.Failure(
            "dbt stopped: "
            + "; ".join(f"{r.node.name}: {r.message}" for r in broken[:5])
        )


def names_of(keys: Container[dg.AssetKey]) -> list[str]:
    """Return dbt's own names of models and seeds, sorted."""
    nodes = json.loads(project.manifest_path.read_text())["nodes"].values()
    return sorted(
        ".".join(node["fqn"])
        for node in nodes
        if translator.get_asset_key(node) in keys
    )


@lru_cache(maxsize=1)
def _manifest(_run_id: str, warehouse: Path) -> Any:
    """Return dbt's reading of the project, the same for the two steps of a run.

    dbt builds each selection of it anew. Kept, it costs no memory: what it takes up
    does not go back to the system when it is let go.
    """
    return read_project(warehouse, "--no-write-json")


@contextmanager
def _without_a_command() -> Iterator[None]:
    """Keep the words of our own command from dbt, which writes them into its results.

    ``throughline expunge`` names a client in them, and who asked.
    """
    given, sys.argv = sys.argv, sys.argv[:1]
    try:
        yield
    finally:
        sys.argv = given


def _unique_id(spec: dg.AssetSpec) -> str:
    """Return the dbt node behind an asset."""
    return spec.metadata["dagster_dbt/unique_id"]


def _tell(context: dg.AssetExecutionContext, event: Any) -> None:
    """Pass one line per finished model on to the run's log."""
    if event.info.name == "LogModelResult":
        context.log.info(f"built {event.data.node_info.node_name}")


def _row_counts(warehouse: Warehouse) -> dict[tuple[str, ...], int]:
    """Return rows by schema and table, from the catalogue, without reading a table."""
    with warehouse.connect(read_only=True) as connection:
        known = connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables()"
        ).fetchall()
    return {(schema, table): rows for schema, table, rows in known}


def _events(
    context: dg.AssetExecutionContext, results: Any, rows: dict[tuple[str, ...], int]
) -> Iterator:
    """Translate dbt's results: models to materializations, tests to check results."""
    checks = {
        _unique_id(spec): spec
        for spec in context.assets_def.check_specs
        if spec.metadata
    }
    assets = {
        _unique_id(context.assets_def.get_asset_spec(key)): key
        for key in context.selected_asset_keys
    }
    for result in results:
        unique_id = result.node.unique_id
        seconds = round(result.execution_time, 3)
        if unique_id in assets and result.status == "success":
            key = assets[unique_id]
            count = rows.get(tuple(key.path))
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={"seconds": seconds}
                | ({} if count is None else {"dagster/row_count": count}),
            )
        elif unique_id in checks and checks[unique_id].asset_key in set(
            assets.values()
        ):
            spec = checks[unique_id]
            yield dg.AssetCheckResult(
                asset_key=spec.asset_key,
                check_name=spec.name,
                passed=result.status == "pass",
                severity=dg.AssetCheckSeverity.WARN
                if result.status == "warn"
                else dg.AssetCheckSeverity.ERROR,
                metadata={"failing_rows": result.failures or 0, "seconds": seconds},
            )

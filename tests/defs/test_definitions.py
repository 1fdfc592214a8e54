"""The asset graph: one name everywhere, every Python-written table under a promise."""

import dagster as dg
import pytest

from dagster_project.case_conference.flow_revisions import TABLES as FLOW_BOOK
from dagster_project.definitions import defs
from dagster_project.defs.checks import read_suites
from dagster_project.defs.disclosure import AUDIT, PUBLIC
from dagster_project.defs.ledger import LEDGER
from dagster_project.departments.feeds import FEEDS
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.effects.columns import TABLES as EFFECTS
from dagster_project.governance.consent_tables import TABLES as CONSENT
from dagster_project.linkability.tables import TABLES as LINKABILITY
from dagster_project.linkage.store import TABLES

FLOW = (
    "raw",
    "staging",
    "intermediate",
    "linkage",
    "marts",
    "published",
)


@pytest.fixture(scope="module")
def graph() -> dg.AssetsDefinition:
    """Return the graph of all assets."""
    return defs().resolve_asset_graph()


def keys_of(graph, layer: str) -> set[str]:
    """Return the names of a layer's assets."""
    return {k.path[-1] for k in graph.get_all_asset_keys() if k.path[0] == layer}


def test_a_schema_is_a_key_prefix_is_a_group(graph) -> None:
    for key in graph.get_all_asset_keys():
        assert len(key.path) == 2, key
        assert graph.get(key).group_name == key.path[0], key


def test_each_layer_reads_only_what_comes_before_it(graph) -> None:
    order = {layer: place for place, layer in enumerate(FLOW)}
    # What only the pipeline reads of persons is built together with the marts.
    order["linked"] = order["marts"]
    for key in graph.get_all_asset_keys():
        for parent in graph.get(key).parent_keys:
            if parent.path[0] != "seeds":
                assert order[parent.path[0]] <= order[key.path[0]], (parent, key)


def test_no_mart_reads_raw_or_staging(graph) -> None:
    for key in graph.get_all_asset_keys():
        if key.path[0] == "marts":
            layers = {parent.path[0] for parent in graph.get(key).parent_keys}
            assert not layers & {"raw", "staging"}, key


def test_every_table_python_writes_has_a_suite_and_every_suite_a_table(graph) -> None:
    suites = {f"{suite.schema}/{suite.table}" for suite in read_suites()}
    written = {f"raw/{table.name}" for feed in FEEDS for table in feed.tables}
    written |= {f"raw/{table}" for table in (*LEDGER, *CONSENT)}
    written |= {f"linkage/{table}" for table in TABLES}
    written |= {f"marts/{table}" for table in EFFECTS}
    written |= {f"linkage/{table}" for table in ("case_list", *LINKABILITY)}
    written |= {f"marts/{table}" for table in FLOW_BOOK}
    written |= {"/".join(key.path) for key in PUBLIC}
    assert suites == written
    assert {f"raw/{name}" for name in keys_of(graph, "raw")} <= suites


def test_promises_block_and_warnings_do_not(graph) -> None:
    blocking = {
        key.name: graph.get_check_spec(key).blocking
        for key in graph.asset_check_keys
        if key.name in ("promises", "warnings")
    }
    assert blocking == {"promises": True, "warnings": False}


def test_nothing_is_published_before_the_public_tables_are_audited(graph) -> None:
    published = graph.get(dg.AssetKey(["published", "marts"]))
    assert set(PUBLIC) <= published.parent_keys
    audits = [key for key in graph.asset_check_keys if key.name == AUDIT]
    assert {key.asset_key for key in audits} == {
        key for key in PUBLIC if key.path[-1] != "public_table_scores"
    }
    assert all(graph.get_check_spec(key).blocking for key in audits)


def test_no_count_before_suppression_is_published(graph) -> None:
    counts = {table.counts for table in PUBLIC_TABLES}
    assert counts <= keys_of(graph, "linked")
    assert not counts & keys_of(graph, "marts")


def test_the_job_takes_the_whole_graph_and_something_starts_it(graph) -> None:
    definitions = defs()
    job = definitions.resolve_job_def("everything")
    assert job.asset_layer.selected_asset_keys == graph.get_all_asset_keys()
    assert definitions.resolve_schedule_def("every_morning").job_name == "everything"
    assert definitions.resolve_sensor_def("landing_folder").job_name == "everything"


def test_no_step_is_split(graph) -> None:
    """A circle of tables and checks makes Dagster call dbt several times."""
    steps = {node.name for node in defs().resolve_job_def("everything").graph.nodes}
    assert not [name for name in steps if name[-1].isdigit() and name[:-2] in steps]


def test_every_feed_says_when_it_is_stale(graph) -> None:
    for feed in FEEDS:
        for table in feed.tables:
            spec = graph.get(dg.AssetKey(["raw", table.name]))
            assert spec.freshness_policy is not None, table.name

"""Outcomes after interventions as assets: incidence, and adjusted comparisons.

Belongs here: reading the linked record at each threshold and writing the tables with
their descriptions. Does not belong here: any estimate (``effects``).
"""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import duckdb
import pyarrow as pa

from dagster_project.defs.resources import Warehouse
from dagster_project.descriptions import describe
from dagster_project.effects.columns import COLUMNS, TABLES

READ = {
    "contacts": """
        select
            contacts.person_id,
            contacts.contact_id,
            contacts.contacted_on,
            contacts.department,
            contacts.contact_kind,
            case when not coalesce(sites.is_care_site, false)
                then kinds.intervention_type end as intervention_type,
            coalesce(sites.is_hospital, false) as is_hospital,
            contacts.neighborhood,
            hand_offs.hand_off
        from linked.contacts_by_threshold as contacts
        left join seeds.contact_kind as kinds
            on contacts.contact_kind = kinds.contact_kind
        left join (
            select team_code, bool_or(is_care_site) as is_care_site,
                bool_or(is_hospital) as is_hospital
            from intermediate.int_teams group by team_code
        ) as sites
            on contacts.team_code = sites.team_code
        left join intermediate.int_warm_hand_offs as hand_offs
            on contacts.contact_id = hand_offs.contact_id
        where contacts.link_threshold = $threshold
            and contacts.person_id is not null
            and contacts.is_contact_made
            and contacts.contacted_on is not null
    """,
    "offers": """
        select person_id, offer_id, offered_on, department, service_type,
            coalesce(is_accepted, false) as is_accepted
        from linked.offers_by_threshold
        where link_threshold = $threshold
            and person_id is not null and offered_on is not null
    """,
    "outcomes": """
        select person_id, outcome_type, occurred_on
        from linked.outcomes_by_threshold
        where link_threshold = $threshold
            and person_id is not null and occurred_on is not null
    """,
    "stays": """
        select person_id, stay_kind, entered_on, left_on
        from linked.stays_by_threshold
        where link_threshold = $threshold
            and person_id is not null and entered_on is not null
    """,
}
"""What the effects read, at one threshold; in the order of columns ``effects.history``
states. Who could not be linked has no history and opens no watch."""

NOT_LINKED = """
    select intervention_type, avg(cast(person_id is null as double))
    from (
        select kinds.intervention_type, contacts.person_id
        from linked.contacts_by_threshold as contacts
        inner join seeds.contact_kind as kinds
            on contacts.contact_kind = kinds.contact_kind
        where contacts.link_threshold = 'default'
            and contacts.is_contact_made
            and kinds.intervention_type is not null
            and contacts.team_code not in (
                select team_code from intermediate.int_teams where is_care_site
            )
        union all
        select 'shelter_offer_accepted', person_id
        from linked.offers_by_threshold
        where link_threshold = 'default' and service_type = 'shelter' and is_accepted
    )
    group by intervention_type
"""

DATA_THROUGH = """
    select data_through from intermediate.int_data_through where feed = 'overall'
"""

INPUTS = (
    dg.AssetKey(["linked", "contacts_by_threshold"]),
    dg.AssetKey(["linked", "offers_by_threshold"]),
    dg.AssetKey(["linked", "outcomes_by_threshold"]),
    dg.AssetKey(["linked", "stays_by_threshold"]),
    dg.AssetKey(["intermediate", "int_teams"]),
    dg.AssetKey(["intermediate", "int_warm_hand_offs"]),
    dg.AssetKey(["intermediate", "int_data_through"]),
    dg.AssetKey(["seeds", "contact_kind"]),
)

EFFECTS = [dg.AssetKey(["marts", table]) for table in TABLES]


@dg.multi_asset(
    name="estimate_outcomes",
    specs=[
        dg.AssetSpec(
            ["marts", table],
            deps=INPUTS,
            group_name="marts",
            description=description,
            kinds={"python", "duckdb"},
        )
        for table, description in TABLES.items()
    ],
    pool="duckdb_writer",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=1),
)
def estimate_outcomes(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Estimate at the three linkage thresholds and write the tables."""
    from dagster_project.effects import tables
    from dagster_project.effects.history import from_tables

    with warehouse.connect(read_only=True) as connection:
        (through,) = connection.execute(DATA_THROUGH).fetchone()
        not_linked = dict(connection.execute(NOT_LINKED).fetchall())
        through = through or date.min
        linked = {
            name: from_tables(**_read(connection, name), data_through=through)
            for name in (tables.DEFAULT, tables.STRICT, tables.LOOSE)
        }
    built = tables.build(linked, through, not_linked)
    with warehouse.connect() as connection:
        connection.execute("begin transaction")
        for table, rows in built.items():
            _write(connection, table, rows)
        connection.execute("commit")
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=["marts", table],
            metadata={"dagster/row_count": built[table].num_rows},
        )


def _read(connection: duckdb.DuckDBPyConnection, threshold: str) -> dict[str, pa.Table]:
    return {
        name: connection.execute(query, {"threshold": threshold}).to_arrow_table()
        for name, query in READ.items()
    }


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Replace a table and say in the catalogue what it and its columns mean."""
    connection.register("fresh", rows)
    connection.execute(f"create or replace table marts.{table} as select * from fresh")
    connection.unregister("fresh")
    words = {column: meaning for column, (_, meaning) in COLUMNS[table].items()}
    describe(connection, table, TABLES[table], words)


@dg.definitions
def effects() -> dg.Definitions:
    """Register the estimates."""
    return dg.Definitions(assets=[estimate_outcomes])

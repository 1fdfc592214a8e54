"""Whether a client is left in the shared database, asked by whom no row is shown to.

Belongs here: the function a proof of erasure asks, its owner's policies and rights.
Does not belong here: who is asked about, and when (``erasure.shared_copies``).

The publisher cannot read what it publishes. It may ask for ids that it sent itself, and
is told names of tables. ``marts`` hold pseudonyms of one release alone, filled from
tables that the proof has searched.
"""

from dagster_project.shared_warehouse.audit_clock import EVENTS
from dagster_project.shared_warehouse.conference import LIST
from dagster_project.shared_warehouse.desired import Grant, Piece, literal
from dagster_project.shared_warehouse.identified import NAME
from dagster_project.shared_warehouse.terms import PERSON, PUBLISHER, Terms

READER = "erasure_reader"
LEFT_OF = "audit.left_of(text[])"
KIND = "absence asked"


def _columns(terms: Terms) -> dict[str, tuple[str, ...]]:
    """Return table of ``identified`` to its columns of ids."""
    found = {NAME: ("client_record_id", PERSON), LIST: (PERSON,)}
    for table in terms.case_tables:
        names = [c.name for c in table.columns if c.name.endswith(PERSON)]
        found[f"identified.{table.name}"] = tuple(names)
    return found


def pieces(terms: Terms) -> tuple[Piece, ...]:
    """Return the function, and the policies by which its owner sees every row."""
    policies = [
        Piece(
            "policy",
            f"erasure_reader_reads on {table}",
            f"create policy erasure_reader_reads on {table} for select to {READER} "
            "using (true)",
        )
        for table in _columns(terms)
    ]
    looks = "\n".join(
        f"    if exists (select from {table} where "
        + " or ".join(f"{column} = any(ids)" for column in columns)
        + f") then\n        return next {literal(table)};\n        left_in := "
        "left_in + 1;\n    end if;"
        for table, columns in _columns(terms).items()
    )
    function = Piece(
        "function",
        LEFT_OF,
        "create or replace function audit.left_of(ids text[]) returns setof text "
        "language plpgsql volatile security definer set search_path = pg_catalog as "
        f"$$\ndeclare left_in bigint := 0;\nbegin\n{looks}\n"
        f"    insert into {EVENTS} (kind, n_rows) values ({literal(KIND)}, left_in);\n"
        "end$$",
        owner=READER,
        replaces=True,
    )
    return (function, *policies)


def grants(terms: Terms) -> frozenset[Grant]:
    """Return what the function needs, and who may ask."""
    found = {
        Grant("schema", "identified", READER, "USAGE"),
        Grant("schema", "audit", READER, "USAGE"),
        Grant("function", LEFT_OF, PUBLISHER, "EXECUTE"),
        *(
            Grant("table", EVENTS, READER, "INSERT", column)
            for column in ("kind", "n_rows")
        ),
    }
    for table, columns in _columns(terms).items():
        found |= {Grant("table", table, READER, "SELECT", c) for c in columns}
    return frozenset(found)

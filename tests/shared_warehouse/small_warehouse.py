"""A warehouse of a few hand-made clients: one of each kind that a policy tells apart.

Belongs here: the DuckDB tables a release reads, and the facts an oracle needs. Does not
belong here: what anybody may see of them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from .midday import TODAY

LONG_AGO = TODAY - timedelta(days=900)
LATELY = TODAY - timedelta(days=20)


@dataclass(frozen=True)
class Record:
    """One client record and what decides who sees it.

    Attributes:
        department: Whose it is.
        number: Its id in the department's system.
        person: The person it is linked to, if any.
        first_name: Given name.
        last_name: Family name.
        seen: Last day the department saw the client, None if only Part 2 did.
        part2: None, or 'silent', 'consented' or 'lapsed' for a record that only a
            42 CFR Part 2 programme made.
    """

    department: str
    number: str
    person: str | None
    first_name: str
    last_name: str
    seen: date | None = LATELY
    part2: str | None = None

    @property
    def id(self) -> str:
        """Return the client_record_id."""
        system = {"hsh": "hmis", "fire": "epcr", "dph": "fhir", "dem": "team_log"}
        return f"{self.department}:{system.get(self.department, 'x')}:{self.number}"


RECORDS = (
    Record("hsh", "1", "p_shared", "Nguyễn", "Thị Hoa"),
    Record("fire", "2", "p_shared", "Nguyen", "Hoa"),
    Record("dph", "3", "p_shared", "Thi Hoa", "Nguyễn"),
    Record("dem", "4", "p_two", "Þórdís", "O'Brien"),
    Record("fire", "5", "p_two", "Thordis", "O'Brien"),
    Record("hsh", "6", "p_alone", "محمد", "الحسيني"),
    Record("fire", "7", None, "Unknown", "Unknown"),
    Record("hsh", "8", "p_old", "Ірина", "Шевченко", LONG_AGO),
    Record("fire", "9", "p_old", "Iryna", "Shevchenko", LONG_AGO),
    Record("hsh", "10", "p_silent", "Mere", "Te Ariki"),
    Record("dph", "11", "p_silent", "Mere", "Te Ariki", None, "silent"),
    Record("hsh", "12", "p_consented", "李", "小龙"),
    Record("dph", "13", "p_consented", "Xiaolong", "Li", None, "consented"),
    Record("hsh", "14", "p_lapsed", "Kwabena", "Mensah"),
    Record("dph", "15", "p_lapsed", "Kwabena", "Mensah", None, "lapsed"),
)

TEXTS = (
    *("middle_name", "suffix", "aliases", "dob", "dob_precision", "sex", "gender"),
    *("race", "ethnicity", "ssn", "phone", "email", "address", "city", "zip"),
)


def make(path: Path, records: tuple[Record, ...] = RECORDS) -> Path:
    """Write the warehouse and return its path."""
    with duckdb.connect(str(path)) as warehouse:
        for schema in ("intermediate", "linkage", "staging", "marts"):
            warehouse.execute(f"create schema {schema}")
        _records(warehouse, records)
        _part2(warehouse, records)
        _marts(warehouse, records)
    return path


def _records(warehouse: duckdb.DuckDBPyConnection, records: tuple[Record, ...]) -> None:
    columns = ", ".join(f"{name} varchar" for name in TEXTS)
    warehouse.execute(
        "create table intermediate.int_client_records (client_record_id varchar, "
        "department varchar, source_system varchar, source_record_id varchar, "
        f"first_name varchar, last_name varchar, {columns}, birth_year_low integer, "
        "birth_year_high integer, first_seen_on date, last_seen_on date, "
        "updated_at timestamp)"
    )
    warehouse.execute(
        "create table linkage.client_links "
        "(client_record_id varchar, person_id varchar)"
    )
    rows = [
        (
            *(record.id, record.department, record.id.split(":")[1]),
            *(record.number, record.first_name, record.last_name),
            *(f"{name} of {record.number}" for name in TEXTS),
            *(1980, 1980, record.seen, record.seen, datetime(2026, 1, 2)),
        )
        for record in records
    ]
    _insert(warehouse, "intermediate.int_client_records", rows)
    persons = [(record.id, record.person) for record in records]
    _insert(warehouse, "linkage.client_links", persons)


def _insert(
    warehouse: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]
) -> None:
    """Add all rows at once; one statement for each takes seconds for thousands."""
    columns = zip(*rows, strict=True)
    filled = pa.table({str(at): column for at, column in enumerate(columns)})
    warehouse.from_arrow(filled).insert_into(table)


def _part2(warehouse: duckdb.DuckDBPyConnection, records: tuple[Record, ...]) -> None:
    warehouse.execute(
        "create table staging.stg_dph__encounter (patient_id varchar, is_part2 boolean)"
    )
    warehouse.execute(
        "create table intermediate.int_part2_consents (source_client_record_id "
        "varchar, client_record_id varchar, valid_from date, valid_to date)"
    )
    warehouse.execute(
        "create table intermediate.int_client_record_crosswalk as select "
        "client_record_id as source_client_record_id, client_record_id "
        "from intermediate.int_client_records"
    )
    ends = {"consented": TODAY + timedelta(days=30), "lapsed": TODAY}
    for record in records:
        if record.department == "dph":
            warehouse.execute(
                "insert into staging.stg_dph__encounter values (?, ?)",
                [record.number, record.part2 is not None],
            )
        if record.part2 in ends:
            end = ends[record.part2] - timedelta(days=record.part2 == "lapsed")
            warehouse.execute(
                "insert into intermediate.int_part2_consents values (?, ?, ?, ?)",
                [record.id, record.id, LONG_AGO, end],
            )


LISTED = (
    ("p_shared", "included", True, "same"),
    ("p_two", "included", False, "same"),
    ("p_two", "assigned", True, "same"),
    ("p_consented", "assigned", True, "merged"),
    ("p_old", "included", True, "same"),
    ("p_alone", "nominated", True, "same"),
    (None, "included", True, "unknown"),
)
"""Person, state, whether it stands now, what became of the identity since."""


def _case_list(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "create table marts.case_list_states (listing_id varchar, person_id varchar, "
        "list_state varchar, decided_by varchar, is_current boolean, "
        "identity_change varchar)"
    )
    for number, (person, state, is_current, change) in enumerate(LISTED):
        warehouse.execute(
            "insert into marts.case_list_states values (?, ?, ?, 'n.kahale', ?, ?)",
            [f"L{number}", person, state, is_current, change],
        )


def _marts(warehouse: duckdb.DuckDBPyConnection, records: tuple[Record, ...]) -> None:
    people = sorted({record.person for record in records if record.person})
    warehouse.execute(
        "create table marts.people (person_id varchar, age_band varchar, "
        "n_departments bigint, link_confidence double, needs_review boolean, "
        "first_seen_on date, data_through date)"
    )
    warehouse.execute(
        "create table marts.contacts (contact_id varchar, person_id varchar, "
        "department varchar, contacted_at timestamp, not_agreed varchar)"
    )
    warehouse.execute(
        "create table marts.department_overlap (departments varchar, "
        "n_persons hugeint, data_through date)"
    )
    warehouse.execute(
        "insert into marts.department_overlap values ('hsh', 3, ?)", [TODAY]
    )
    warehouse.execute("create table marts.unnamed as select 1 as n")
    _case_list(warehouse)
    rows = [(p, "25-34", 2, 0.5, False, LONG_AGO, TODAY) for p in people]
    _insert(warehouse, "marts.people", rows)
    at = datetime(2026, 1, 2, 3, 4, 5, 678901)
    rows = [(f"c_{n}", p, "hsh", at, "secret") for n, p in enumerate(people)]
    _insert(warehouse, "marts.contacts", rows)
    warehouse.execute(
        "insert into marts.contacts values ('c_none', null, 'fire', null, null)"
    )

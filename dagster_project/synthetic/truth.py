"""Write down what is true in the made-up city, apart from every delivery.

Belongs here: the truth tables as Parquet, codes as names, days as dates. Does not
belong here: anything the product reads; only tests and benchmarks open these files.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.synthetic import codes as names
from dagster_project.synthetic.city import City, Ints
from dagster_project.synthetic.records import Records

DAY_ZERO_SINCE_EPOCH = (names.DAY_ZERO - date(1970, 1, 1)).days
CODES: dict[str, tuple[str, ...]] = {
    "heritage": names.HERITAGES,
    "sex": ("F", "M"),
    "gender": names.GENDERS,
    "language": names.LANGUAGES,
    "household_role": names.HOUSEHOLD_ROLES,
    "kin_kind": names.KIN_KINDS,
    "area": names.AREAS,
    "team": names.TEAMS,
    "system": names.SYSTEMS,
    "resource": names.RESOURCES,
    "status": names.OFFER_STATUSES,
    "decline_reason": names.DECLINE_REASONS,
    "state": names.STATES,
    "project": tuple(name for _, name, _ in names.PROJECTS),
}
"""Columns whose codes mean the same in every table."""
KINDS = {
    "contacts": names.KINDS,
    "stays": names.STAY_KINDS,
    "outcomes": names.OUTCOMES,
}
"""What ``kind`` means, by table."""
DAYS = (
    "day",
    "arrives",
    "dies",
    "from_day",
    "to_day",
    "entry_day",
    "exit_day",
    "fulfilled_day",
    "exposed_day",
    "same_department_day",
)
"""Columns that count days from day 0; -1 becomes null."""
NUMBERS_OR_NONE = ("household", "kin", "incident")
"""Columns in which -1 means none and becomes null."""
FAULT_COLUMNS = ("fault", "department", "feed", "delivery", "detail")
"""Columns of ``injected_faults``, so that an empty table has them too."""


def write(
    city: City,
    records: Records | None,
    folder: Path,
    injected_faults: Sequence[Mapping[str, str]] = (),
) -> list[Path]:
    """Write the truth tables; the same city gives the same bytes.

    Args:
        city: The simulated city.
        records: What the departments hold about whom; without it ``record_identity``
            is not written.
        folder: Where the files go; made if absent.
        injected_faults: One row per fault planted in the deliveries, all text.

    Returns:
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "people": _table(city.people, "people"),
        "lives": _table(city.states, "lives"),
        "contacts": _table(city.contacts, "contacts"),
        "reports": _table(city.reports, "reports"),
        "offers": _table(city.offers, "offers"),
        "stays": _table(city.stays, "stays"),
        "outcomes": _table(city.outcomes, "outcomes"),
        "index_outcomes": _table(city.index_events, "index_outcomes"),
        "effects": _table(city.effects, "effects"),
        "injected_faults": _faults(injected_faults),
    }
    if records is not None:
        tables["record_identity"] = _record_identity(records)
    files = []
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        pq.write_table(table, file, compression="zstd", store_schema=False)
        files.append(file)
    return files


def _table(rows: object, name: str) -> pa.Table:
    """Return a struct of arrays as a table a person can read."""
    columns = {}
    for field in rows.__dataclass_fields__:
        values = getattr(rows, field)
        columns.update(_column(field, values, name))
    return pa.table(columns)


def _column(field: str, values: Ints, table: str) -> dict[str, pa.Array]:
    codes = KINDS.get(table) if field == "kind" else CODES.get(field)
    if codes is not None:
        return {field: _named(values, codes)}
    if field in DAYS:
        return {field: _dates(values)}
    if field == "birth_day":
        return {"birth_date": pa.array(values.astype("datetime64[D]"))}
    if field == "second":
        return {"at": pa.array(values.astype("datetime64[s]")).cast(pa.timestamp("us"))}
    if field in NUMBERS_OR_NONE:
        return {field: pa.array(values, mask=np.asarray(values) < 0)}
    return {field: pa.array(values)}


def _named(values: Ints, codes: tuple[str, ...]) -> pa.Array:
    index = pa.array(np.asarray(values, dtype=np.int32), mask=np.asarray(values) < 0)
    return pa.array(codes).take(index)


def _dates(values: Ints) -> pa.Array:
    values = np.asarray(values, dtype=np.int32)
    days = values + np.int32(DAY_ZERO_SINCE_EPOCH)
    return pa.array(days, mask=values < 0).cast(pa.date32())


def _record_identity(records: Records) -> pa.Table:
    """Return whose record each is; a test client is nobody's."""
    person = np.asarray(records.person)
    merged = np.asarray(records.merged_into)
    record_id = pa.array(records.record_id, type=pa.string())
    survivor = pa.array(np.where(merged < 0, 0, merged), mask=merged < 0)
    return pa.table(
        {
            "record_id": record_id,
            "system": _named(records.system, names.SYSTEMS),
            "person": pa.array(person, mask=person < 0),
            "linkable": pa.array(records.linkable),
            "test_client": pa.array(records.test_client),
            "merged_into": record_id.take(survivor),
        }
    )


def _faults(rows: Sequence[Mapping[str, str]]) -> pa.Table:
    """Return the planted faults; every fault has every column, ``""`` if unknown."""
    extra = sorted({key for row in rows for key in row} - set(FAULT_COLUMNS))
    return pa.table(
        {
            key: pa.array([str(row.get(key, "")) for row in rows], type=pa.string())
            for key in (*FAULT_COLUMNS, *extra)
        }
    )

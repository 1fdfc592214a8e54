"""Records that are hard to tell apart, linked among those of an invented town.

Belongs here: the records, by reality, and one run of the engine over them. Does not
belong here: what must come of them.
"""

import pyarrow as pa

from dagster_project.linkage.link import LinkResult, link
from dagster_project.linkage.word_lists import words
from tests.linkage.invented_town import COLUMNS, invented_records

TOWN = 300
"""People around them: enough for the engine to learn what is common."""


def _record(key: str, source: str, first: str, last: str, dob: str = "", **more):
    told = {"client_record_id": key, "source_system": source, "sex": "F"}
    told |= {"first_name": first, "last_name": last, "dob": dob or None}
    return told | {"dob_precision": "day" if dob else None} | more


def _twice(number: int, one: tuple, other: tuple, **shared) -> list[dict]:
    """Return two records of a reality: '<number>a' in HMIS, '<number>b' in FHIR."""
    return [
        _record(f"{number}{mark}", source, *names, **shared)
        for mark, source, names in zip(
            "ab", ("hmis", "fhir"), (one, other), strict=True
        )
    ]


FORENAMES_OF_TWELVE = words("Ada Bo Cai Dao Eli Fay Gil Hua Ivo Jun Kim Lea")
SURNAMES_OF_TWELVE = words("Ahn Bey Cruz Diaz Egan Fox Gray Hill Ince Joy Kerr Lowe")
SHARED_SSN, FALSE_SSN = "745229981", "123456789"
RECORDS = [
    _record("1doe", "epcr", "John", "Doe"),
    _record("1unknown", "epcr", "Unknown", "Unknown"),
    _record("1refused", "epcr", "Refused", "Refused"),
    _record("1male", "epcr", "Male", "Unknown"),
    _record("1trauma", "epcr", "Trauma", "Trauma"),
    *_twice(2, ("Jennifer", "Null"), ("Jennifer", "Null"), dob="1984-03-09"),
    *_twice(20, ("Sunisa", "Na"), ("Sunisa", "Na"), dob="1979-11-21"),
    _record("3a", "team_log", "", "", aliases="Ghost"),
    _record("3b", "team_log", "", "", aliases="Ghost"),
    *_twice(
        4, ("José", "Muñoz-O\u2019Dáil"), ("JOSE", "MUNOZ O'DAIL"), dob="1971-05-08"
    ),
    *_twice(40, ("Cafe\u0301", "Zoë\u00a0Ng"), ("Café", "Zoe Ng"), dob="1969-10-12"),
    *_twice(5, ("Văn Quang", "Ngô"), ("Ngo", "Van Quang"), dob="1962-08-14"),
    *_twice(50, ("Itzel", "Xool Chablé"), ("Itzel", "Xool"), dob="1987-12-05"),
    *_twice(6, ("William", "Oyelaran"), ("Bill", "Oyelaran"), dob="1958-04-27"),
    *_twice(60, ("William", "Oyelowo"), ("William", "Oyelowo"), dob="1958-06-17"),
    *_twice(7, ("Amadou", "Fofana Sr"), ("Amadou", "Fofana Jr"), address="9 Elm St"),
    _record("70a", "hmis", "Leilani", "Kealoha", "1995-02-11", address="7 Oak St"),
    _record(
        "70b", "fhir", "Keanu", "Kealoha", "1995-02-11", address="7 Oak St", sex="M"
    ),
    *_twice(8, ("James", "Smith"), ("James", "Smith")),
    *_twice(80, ("Thandiwe", "Mabuza"), ("Thandiwe", "Mabuza")),
    *_twice(10, ("Obinna", "Achebe"), ("Kaveh", "Achebe"), dob="1970-01-01"),
    *_twice(11, ("Gudrun", "Eriksdal"), ("Gudrun", "Eriksdal")),
    *_twice(13, ("Paolo", "Vescovi"), ("Edith", "Karlsen"), ssn=FALSE_SSN),
    *_twice(15, ("Bashir", "Qasim"), ("Bashir", "Qasim"), dob="1963-03-31"),
    *[
        _record(f"14-{n}", "hmis", first, last, f"19{50 + n}-0{n % 9 + 1}-1{n % 9}")
        | {"ssn": SHARED_SSN}
        for n, (first, last) in enumerate(
            zip(FORENAMES_OF_TWELVE, SURNAMES_OF_TWELVE, strict=True)
        )
    ],
    *[
        _record(f"16{mark}", "hmis", "Sipho", "Dlamini", "1974-09-02")
        for mark in ("a", "b", "c")
    ],
    _record("16d", "fhir", "Sipho", "Dlamini", "1974-09-02"),
    _record("18a", "hmis", "Anselm", "Weisz", "1941-01-30"),
    _record("18b", "team_log", "Anselm", "Weisz"),
    _record("18c", "fhir", "Anselm", "Weisz", "1976-11-18"),
    *_twice(
        29, ("Marisol", "Quispe"), ("Ernesto", "Quispe"), address="31 Pine St", zip="1"
    ),
    _record("30a", "hmis", "Sasha", "Volkova", "1989-07-23", sex="M"),
    _record("30b", "fhir", "Sasha", "Volkova", "1989-07-23", sex="F"),
]
"""Numbered by reality: 'a' and 'b' are, or are not, one person."""

BIRTHS = {
    "7a": "1949-06-01",
    "7b": "1977-11-23",
    "8a": "1980-01-01",
    "8b": "1980-01-01",
    "80a": "1980-01-01",
    "80b": "1980-01-01",
    "11a": "1981-04-07",
    "11b": "1981-07-04",
    "29a": "1981-01-20",
    "29b": "2009-02-14",
}
YEAR_ONLY = {"8a", "8b", "80a", "80b"}


def linked(**decided) -> tuple[LinkResult, dict[str, str | None]]:
    """Return a run over town and crowd, and the cluster of each record."""
    rows = []
    for record in RECORDS:
        row = {column: record.get(column) or None for column in COLUMNS}
        key = record["client_record_id"]
        if key in BIRTHS:
            row |= {"dob": BIRTHS[key], "dob_precision": "day"}
        if key in YEAR_ONLY:
            row |= {"dob_precision": "year"}
        rows.append(row)
    town = invented_records(TOWN, seed=11)[0]
    crowd = pa.Table.from_pylist(rows, town.schema)
    result = link(pa.concat_tables([town, crowd]), **decided)
    clusters = zip(
        result.partition["client_record_id"].to_pylist(),
        result.partition["cluster"].to_pylist(),
        strict=True,
    )
    return result, dict(clusters)

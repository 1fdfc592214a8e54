"""A village's deliveries, with what the matrix says of marts among them.

Belongs here: what is delivered. Does not belong here: running it
(``tests.finished_runs``).
"""

import csv
import io
import json
from pathlib import Path

from dagster_project.departments.team_log_columns import VERSION_2
from dagster_project.synthetic.demo import write_city

VILLAGE, SEED = 150, 21
"""People: small enough to run a dozen times, large enough for every table; and the seed
of a village in which one record alone holds a person together."""

HUB = 120
"""Contacts under one placeholder name and birth date, as forms make them."""

AROHA = {"FirstName": "Aroha", "LastName": "Te Whata-Ngata", "DOB": "1979-11-23"}
"""Met once, in May as the log says first, in February as it says later."""

JINJA = "{{ env_var('HOME') }}"


def contact(number: int, **more: str) -> dict[str, str]:
    return {
        "ContactID": f"0039Z0000{number:05d}QAAA",
        "EncounterDateTimeUTC": "2026-07-01T17:05:00.000Z",
        "Team": "HEART",
        "ContactMade": "true",
        "IsDeleted": "false",
        "SystemModstamp": "2026-07-01T18:00:00.000Z",
    } | more


def team_log(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, VERSION_2, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def calls(*rows: dict[str, str]) -> bytes:
    told = {"call_last_updated_at": "2026-07-02T08:00:00.000", "agency": "Police"}
    return json.dumps([told | row for row in rows]).encode()


def trouble(landing: Path) -> None:
    """Lay what the matrix says of marts beside the village's deliveries."""
    doe = {"FirstName": "John", "LastName": "Doe", "DOB": "1900-01-01"}
    rows = [contact(n, **doe) for n in range(HUB)]
    rows += [
        contact(500, FirstName="Xiomara", LastName="Gonçalves-Quill", DOB="1981-04-08"),
        contact(501, FirstName=JINJA, LastName="Xitlali", DOB="1982-05-09"),
        contact(502, **AROHA, EncounterDateTimeUTC="2026-05-12T17:05:00.000Z"),
    ]
    erased = contact(500, IsDeleted="true", SystemModstamp="2026-07-02T18:00:00.000Z")
    log = landing / "dem"
    (log / "team_log_20260702T120000.csv").write_bytes(team_log(rows))
    (log / "team_log_20260703T120000.csv").write_bytes(team_log([erased]))
    new = {"cad_number": "269990001", "received_datetime": "2026-07-01T10:00:00"}
    (log / "cad_20260703T120000.json").write_bytes(
        calls(
            new | {"disposition": "V3", "call_last_updated_at": "2026-07-02T10:00:00"},
            new | {"cad_number": "269990002", "received_datetime": "2026-03-08T02:30"},
            new | {"cad_number": "269990003", "received_datetime": "2025-11-02T01:30"},
            new | {"cad_number": "269990004", "disposition": "ZZZ"},
        )
    )
    older = new | {"disposition": "V2", "call_last_updated_at": "2026-07-01T10:00:00"}
    (log / "cad_20260704T120000.json").write_bytes(calls(older))


def lay_down(folder: Path) -> Path:
    """Write the village and its trouble; return the landing folder."""
    write_city(VILLAGE, SEED, folder / "landing", folder / "truth")
    trouble(folder / "landing")
    return folder / "landing"

"""Rows 25 to 34 and 40 to 47: broken files, each refused whole or taken right."""

import json
import time
from hashlib import sha256

import pytest

from dagster_project.departments import profiles, soda_columns
from dagster_project.departments.drift import warnings
from dagster_project.departments.team_log_columns import VERSION_2
from dagster_project.warehouse import open_warehouse
from tests.departments.made_up_deliveries import (
    call,
    csv_bytes,
    hmis_files,
    put,
    zipped,
)

from .aftermath import Home, assert_survived, take

pytestmark = pytest.mark.faults

LOG = "team_log_20250707T040000.csv"
CAD = "cad_20250707T040000.csv"
NAMES = (
    "José Muñoz-Peña",
    "Nguyễn Thị Hạnh",
    "لیلا رضایی",
    "Оксана Шевченко",
    "美玲 陳",
)
ROWS = [
    {
        "ContactID": f"0031N00001AbCd{at}QAV",
        "FirstName": name.split()[0],
        "LastName": name.split()[1],
        "EncounterDateTimeUTC": "2025-07-05T17:05:00.000Z",
        "Team": "HEART",
        "SystemModstamp": "2025-07-06T18:00:00.000Z",
    }
    for at, name in enumerate(NAMES)
]


def log(columns=VERSION_2, rows=ROWS, end: str = "\r\n") -> bytes:
    return csv_bytes(columns, rows, end)


def told(home: Home) -> str:
    """Take the one delivery and return '' when it was taken, or else why not."""
    (outcome,) = take(home)
    return outcome.reason or ""


def renamed(old: str, new: str) -> bytes:
    return log([new if column == old else column for column in VERSION_2])


def swapped() -> bytes:
    columns = list(VERSION_2)
    columns[1], columns[5] = columns[5], columns[1]
    return log(columns)


REFUSED = [
    (25, log([*VERSION_2, "hiv_status"]), "header_unknown", "hiv_status"),
    (26, log(VERSION_2[:-1]), "header", "SystemModstamp"),
    (26, renamed("LastName", "Surname"), "header_unknown", "Surname"),
    (28, log([*VERSION_2, "LastName"]), "header_twice", "LastName"),
    (31, b"", "unknown_name", "it is empty"),
    (31, log(rows=[]), "no_rows", "it holds no row"),
    (32, b"<!DOCTYPE html><html><h1>502 Bad Gateway</h1></html>\n", "web_page", ""),
    (33, log()[:-9], "torn", "may be cut off"),
    (40, "é,".join(["ContactID", "x\n"]).encode("latin-1"), "encoding", "UTF-8"),
    (40, log().decode().encode("utf-16"), "nul", "UTF-16"),
    (40, log()[:-20] + b"\xff\xfe" + log()[-20:], "encoding", "0xFF"),
    (42, log().replace(b"HEART", b"HE\0RT", 1), "nul", "line 2"),
    (45, log().replace(b"HEART", b'"HEART', 1), "quotes", "line 2"),
    (46, log().replace(b"HEART,", b"HEART,,,", 1), "ragged", "line 2"),
    (47, log().replace(b"HEART", b"H" * (3 << 20), 1), "field_limit", ""),
    (47, (",".join(f"c{n}" for n in range(10_000)) + "\n").encode(), "header", ""),
]


@pytest.mark.parametrize(
    ("row", "content", "rule", "word"),
    REFUSED,
    ids=[f"row_{row:02}_{rule}_{at}" for at, (row, _, rule, _) in enumerate(REFUSED)],
)
def test_a_file_that_is_wrong_is_refused_whole_and_soon(home, row, content, rule, word):
    name = "log.csv" if (row, rule) == (31, "unknown_name") else LOG
    put(home.landing, "dem", name, content)
    began = time.process_time()
    reason = told(home)
    seconds = time.process_time() - began
    assert f"[{rule}" in reason, reason
    assert reason.startswith(f"dem/{name}")
    assert word in reason
    assert row != 47 or seconds < 2, "of this process, whatever else the machine does"
    after = assert_survived(home)
    filled = {name for name, rows in after.items() if rows}
    assert filled == {"deliveries"}


@pytest.mark.parametrize("year", ["FY2024", "FY2026"])
def test_row_25_no_unagreed_column_of_an_hmis_export_is_let_in(home, year):
    files = hmis_files(year)
    header, _, rest = files["Client.csv"].partition(b"\r\n")
    files["Client.csv"] = (
        header + b",HIVAIDSStatus\r\n" + rest.replace(b"\r\n", b",1\r\n")
    )
    put(home.landing, "hsh", "hmis_20250701.zip", zipped(files))
    (outcome,) = take(home)
    assert outcome.status == "taken", "one column more costs nobody a delivery"
    after = assert_survived(home)
    assert after["hsh_client"]
    left_out = "column_not_agreed: HIVAIDSStatus"
    assert left_out in {row[2] for row in after["left_out_rows"]}


def test_row_27_columns_are_told_by_name_never_by_place(home):
    put(home.landing, "dem", LOG, swapped())
    assert told(home) == ""
    after = assert_survived(home)["dem_team_log"]
    assert {row[1] for row in after} == {name.split()[0] for name in NAMES}


def test_row_29_a_date_form_that_flips_stops_the_file_or_the_row(home):
    flipped = {"received_datetime": "13/07/2025 10:00"}
    few = [call(n) for n in range(40)] + [call(n) | flipped for n in range(40, 45)]
    most = [call(n) | flipped for n in range(100, 140)]
    put(home.landing, "dem", "cad_20250707.json", json.dumps(few).encode())
    put(home.landing, "dem", "cad_20250714.json", json.dumps(most).encode())
    first, second = take(home)
    assert (first.rows_loaded, first.rows_quarantined) == (40, 5)
    assert "[most_rows_bad]" in second.reason
    assert_survived(home)


def test_row_30_a_new_code_is_loaded_and_named(home):
    for week in range(6):
        code = "XQZ" if week == 5 else "HAN"
        rows = [call(week * 100 + n, disposition=code) for n in range(40)]
        name = f"cad_2025070{week + 1}.json"
        put(home.landing, "dem", name, json.dumps(rows).encode())
    take(home)
    with open_warehouse(home.warehouse) as connection:
        profiles.profile(connection)
        (found,) = [w for w in warnings(connection) if w.rule == "codes"]
    assert "'XQZ' (40 rows)" in found.sentence
    with open_warehouse(home.warehouse) as connection:
        for table in profiles.TABLES:
            connection.execute(f"drop table raw.{table}")
    assert len(assert_survived(home)["dem_cad_calls"]) == 240


def test_row_31_an_empty_file_is_right_where_a_manifest_says_so(home):
    put(home.landing, "dem", LOG, log(rows=[]))
    put(home.landing, "dem", f"{LOG}.manifest.json", b'{"rows": 0}')
    assert told(home) == ""
    assert_survived(home)


@pytest.mark.parametrize("promise", ["rows", "sha256"])
def test_row_34_a_file_cut_on_a_row_end_is_told_by_its_manifest(home, promise):
    whole = log()
    cut = whole[: whole.rindex(b"\r\n", 0, -2) + 2]
    put(home.landing, "dem", LOG, cut)
    made = {"rows": len(ROWS), "sha256": sha256(whole).hexdigest()}
    manifest = json.dumps({promise: made[promise]}).encode()
    put(home.landing, "dem", f"{LOG}.manifest.json", manifest)
    reason = told(home)
    assert f"[sidecar_{promise}]" in reason
    assert LOG in reason
    assert_survived(home)


def test_row_34_without_a_manifest_the_history_tells(home):
    for week in range(6):
        rows = [call(week * 200 + n) for n in range(100)]
        content = csv_bytes(soda_columns.CAD_CALLS, rows)
        if week == 5:
            content = content[: content.index(b"\r\n", len(content) // 2) + 2]
        put(home.landing, "dem", f"cad_2025070{week + 1}.csv", content)
    take(home)
    with open_warehouse(home.warehouse) as connection:
        profiles.create(connection)
        (found,) = warnings(connection)
        for table in profiles.TABLES:
            connection.execute(f"drop table raw.{table}")
    assert (found.rule, "was the file cut off?" in found.sentence) == ("volume", True)
    assert_survived(home)


def test_row_40_mojibake_is_loaded_and_named(home):
    spoiled = [dict(row, FirstName="JosÃ©") for row in ROWS]
    put(home.landing, "dem", LOG, log(rows=spoiled))
    assert told(home) == ""
    with open_warehouse(home.warehouse) as connection:
        profiles.profile(connection)
        (found,) = warnings(connection)
        for table in profiles.TABLES:
            connection.execute(f"drop table raw.{table}")
    assert found.rule == "garbled"
    assert "5 names" in found.sentence
    assert "JosÃ©" not in found.sentence
    assert_survived(home)


WHOLE = {
    41: b"\xef\xbb\xbf" + log(),
    43: log().replace(b"\r\n", b"\n", 2).replace(b"HEART", b"HEART", 1),
    44: log(
        rows=[dict(row, Alias='He said: "not, now";\nthen\r\nleft') for row in ROWS]
    ),
    42: log(rows=[dict(row, Alias="bell\x07 and escape\x1b[2J") for row in ROWS]),
}


@pytest.mark.parametrize("row", sorted(WHOLE), ids=lambda row: f"row_{row}")
def test_a_file_that_only_looks_wrong_is_taken_as_it_came(home, row):
    put(home.landing, "dem", LOG, WHOLE[row])
    assert told(home) == ""
    after = assert_survived(home)["dem_team_log"]
    assert len(after) == len(ROWS)
    assert {found[1] for found in after} == {name.split()[0] for name in NAMES}
    wanted = {
        44: 'He said: "not, now";\nthen\r\nleft',
        42: "bell and escape[2J",
    }.get(row)
    assert wanted is None or any(wanted in found for found in after)


def test_row_43_a_lone_carriage_return_ends_a_line_too(home):
    put(home.landing, "dem", LOG, log(end="\r"))
    assert told(home) == ""
    assert len(assert_survived(home)["dem_team_log"]) == len(ROWS)

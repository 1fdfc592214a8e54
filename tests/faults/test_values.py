"""Rows 22, 42, 48 to 52: values that mean harm, or nothing they seem to mean."""

import json
import re
import unicodedata
from io import StringIO

import pyarrow as pa
import pytest
from rich.console import Console

from dagster_project import deliveries_view
from dagster_project.defs.ingestion import cell
from dagster_project.departments import overview
from dagster_project.departments.plain_text import CONTROLS
from dagster_project.explain_command import _print_values
from dagster_project.linkage.names import fold
from dagster_project.publication.page.described import Described
from dagster_project.publication.page.frame import Part, frame
from dagster_project.publication.page.parts import Figure, Table, figure
from dagster_project.spreadsheet_cells import harmless
from dagster_project.warehouse import open_warehouse
from tests.departments.made_up_deliveries import call, put

from .aftermath import assert_survived, take
from .test_files import LOG, ROWS, log

pytestmark = pytest.mark.faults

SCRIPT = "<script>alert('Ngozi')</script>"


def test_row_22_an_event_in_the_future_waits_and_is_counted(home):
    rows = [call(n) for n in range(3)]
    rows += [call(3, received_datetime="2099-01-01T00:00:00")]
    rows += [call(4, call_last_updated_at="2026-02-01T00:00:00.000")]
    put(home.landing, "dem", "calls.json", json.dumps(rows).encode())
    (outcome,) = take(home)
    assert (outcome.rows_loaded, outcome.rows_quarantined) == (3, 2)
    after = assert_survived(home)
    assert {row[5] for row in after["quarantined_rows"]} == {"future_time"}
    assert "2099-01-01" in str(after["quarantined_rows"])
    assert outcome.delivery_id < "dem_cad_2099", (
        "it does not become the newest for ever"
    )


VALUES = {
    48: ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "=1\r"],
    49: ["Robert'); DROP TABLE raw.deliveries;--", "O'Brien", '"; select 1; --', "%s"],
    42: ["Ngo\x07zi", "\x01\x02Ọlá", "Lucí\x7fa", "a\tb", "two\nlines"],
    50: [SCRIPT, "<img src=x onerror=alert(1)>", "[bold red]Siobhán[/]", "\x1b[2J"],
    51: ["{{ env_var('HOME') }}", "{% raw %}", "${HOME}", "{0}", "{{ ref('people') }}"],
    52: ["Jose\u0301", "Jos\u00e9", "\u202eanA", "Ana\u200b", "\u0410nа"],
}


@pytest.mark.parametrize("row", sorted(VALUES), ids=lambda row: f"row_{row}")
def test_a_value_is_kept_as_it_came_but_for_control_characters(home, row):
    rows = [
        dict(ROWS[0], ContactID=f"0031N00001AbCd{at}QAV", FirstName=text, Notes=text)
        for at, text in enumerate(VALUES[row])
    ]
    put(home.landing, "dem", LOG, log(rows=rows))
    (outcome,) = take(home)
    assert outcome.rows_loaded == len(VALUES[row])
    after = assert_survived(home)
    kept = {found[1] for found in after["dem_team_log"]}
    assert kept == {re.sub(CONTROLS, "", text) for text in VALUES[row]}
    counted = {found[2]: found[3] for found in after["left_out_rows"]}
    stripped = sum(bool(re.search(CONTROLS, text)) for text in VALUES[row])
    assert counted.get("column_not_plain: FirstName", 0) == stripped


@pytest.mark.parametrize("text", VALUES[48][:5])
def test_row_48_a_formula_does_nothing_in_a_spreadsheet(text):
    assert harmless(text) == "'" + text


def test_row_50_a_script_in_a_name_is_text_on_every_page_and_screen(home):
    put(home.landing, "dem", f"{SCRIPT.replace('/', '')}|[bold]\n", b"x")
    take(home)
    with open_warehouse(home.warehouse, read_only=True) as connection:
        (listed,) = overview.newest_deliveries(connection, 5)
    shown = Figure(
        anchor="f",
        title=SCRIPT,
        described=[Described("offers", SCRIPT, {"service_type": SCRIPT})],
        basis=SCRIPT,
        table=Table(SCRIPT, {"service_type": SCRIPT}, [[SCRIPT]]),
    )
    page = frame(
        [Part("f", SCRIPT, figure(shown))],
        facts=[(SCRIPT, SCRIPT)],
        data_through=SCRIPT,
        run_id=SCRIPT,
        made_on=SCRIPT,
    )
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in cell(listed["name"])
    assert "\n" not in cell(listed["name"])
    assert "\\|" in cell(listed["name"])
    screen = Console(file=StringIO(), width=200)
    screen.print(deliveries_view.shown(listed["name"] + "\x1b[2J"))
    assert "[bold]" in screen.file.getvalue(), "markup is text"
    assert "\x1b" not in screen.file.getvalue()


def test_rows_50_and_52_a_steward_sees_what_is_hidden_in_a_name(capsys):
    names = ["\x1b[2JSiobhán", "Lu\u200bcía \u202eanA"]
    rows = [{"record_id": str(n), "first_name": name} for n, name in enumerate(names)]
    _print_values(pa.Table.from_pylist(rows), "record_id", "0", "1")
    printed = capsys.readouterr().out
    assert all(line.isprintable() for line in printed.splitlines())
    assert "\\x1b[2JSiobhán" in printed
    assert "Lu\\u200bcía \\u202eanA" in printed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jose\u0301 Mun\u0303oz", "José Muñoz"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("Lucía\u200b", "Lucía"),
        ("\u202eŠárka\u202c", "Šárka"),
        ("Ｙｕｋｉ", "Yuki"),
        ("Lu\u200bcía", "Lucía"),
        ("Mi\u00adriam O\u2060sei", "Miriam Osei"),
        ("علی\u200cرضا", "علیرضا"),
        ("\u0410n\u0430", "Ana"),
        ("R\u043esa \u041car\u0456a", "Rosa Maria"),
        ("\u0391lexis", "Alexis"),
    ],
)
def test_row_52_one_name_in_two_spellings_of_unicode_is_one_key(one, other):
    assert one != other
    assert fold(one) == fold(other)
    assert fold(unicodedata.normalize("NFD", other)) == fold(other)


def test_row_52_a_name_in_a_script_of_its_own_stays_in_it():
    assert fold("Оксана Шевченко") == "оксана шевченко"
    assert fold("Анна Maria") == "анна maria", "each word for itself"

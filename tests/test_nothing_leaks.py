"""A name, an SSN and the key are searched for in everything that runs leave behind.

The warehouse is encrypted, so its own file is searched as well. Two files hold
identifiers by design and are left out: the deliveries themselves and the quarantine,
which the department that sent a row reads, and nobody else.
"""

import os
from pathlib import Path

import pytest

from dagster_project.encryption import KEY, KEY_FILE
from dagster_project.synthetic.demo import write_city
from dagster_project.warehouse import open_warehouse
from tests.commands import Call

VILLAGE = 120
SECRET = "c0ffee" * 10 + "feed"
AS_OF = "2026-07-05T12:00:00"
CLIENTS_SHOWN = 40
"""Clients whose names and SSNs are searched for."""

pytestmark = pytest.mark.city


class Ran:
    """A home, what its runs printed, and what must be nowhere in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.printed: list[bytes] = []
        self.warehouse = self.home / "warehouse.duckdb"
        write_city(VILLAGE, 11, folder / "landing", folder / "truth")
        key = folder / "warehouse.key"
        key.write_text(SECRET)
        key.chmod(0o600)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if name != KEY},
            KEY_FILE: str(self.folder / "warehouse.key"),
            "LANDING_DIR": str(self.folder / "landing"),
            "WAREHOUSE_PATH": str(self.warehouse),
            "DBT_TARGET_PATH": str(self.home / "dbt_target"),
            "DBT_LOG_PATH": str(self.home / "dbt_logs"),
        }

    def run(self, *arguments: str) -> int:
        call = Call(*arguments, environment=self.environment)
        self.printed += [text.encode() for text in call.communicate()]
        return call.returncode

    def artefacts(self) -> dict[str, bytes]:
        files = {
            str(file.relative_to(self.home)): file.read_bytes()
            for file in sorted(self.home.rglob("*"))
            if file.is_file() and "quarantine" not in file.parts
        }
        return files | {"printed": b"\n".join(self.printed)}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a home after a good run and after one that a blocking check stopped."""
    ran = Ran(tmp_path_factory.mktemp("canary"))
    assert ran.run("run", "--as-of", AS_OF) == 0, ran.printed[-1].decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_FILE, ran.environment[KEY_FILE])
        with open_warehouse(ran.warehouse) as connection:
            # What the ledger believes loaded once now stands there twice.
            connection.execute(
                "insert into raw.hsh_client select * from raw.hsh_client limit 50"
            )
    return ran


def secrets(ran: Ran) -> dict[str, bytes]:
    """Return SSNs and full names of clients, and the key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_FILE, ran.environment[KEY_FILE])
        with open_warehouse(ran.warehouse, read_only=True) as connection:
            rows = connection.execute(
                "select first_name, last_name, ssn "
                "from intermediate.int_client_records "
                "where length(ssn) = 9 and length(last_name) > 4 "
                "and length(first_name) > 3 order by client_record_id limit ?",
                [CLIENTS_SHOWN],
            ).fetchall()
    assert len(rows) == CLIENTS_SHOWN
    told = {"key": SECRET.encode()}
    for first, last, ssn in rows:
        told[f"SSN of {last}"] = ssn.encode()
        told[f"dashed SSN of {last}"] = f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}".encode()
        told[f"name {first} {last}"] = f"{first} {last}".encode()
        told[f"name {last}, {first}"] = f"{last}, {first}".encode()
    return told


def found(ran: Ran) -> list[tuple[str, str]]:
    artefacts = ran.artefacts()
    assert {"warehouse.duckdb", "marts.duckdb", "report.html", "printed"} <= set(
        artefacts
    )
    assert any(name.startswith("dagster/") for name in artefacts)
    return [
        (what, name)
        for what, secret in secrets(ran).items()
        for name, content in artefacts.items()
        if secret in content
    ]


def test_after_a_good_run_they_are_nowhere(ran) -> None:
    assert found(ran) == []


def test_after_a_run_that_failed_they_are_nowhere(ran) -> None:
    assert ran.run("run", "--as-of", AS_OF) != 0
    assert b"stopped" in ran.printed[-1]
    assert found(ran) == []


def test_a_run_with_the_wrong_key_does_not_show_either_key(ran) -> None:
    file = ran.folder / "warehouse.key"
    wrong = "0ff1ce" * 10 + "beef"
    file.write_text(wrong)
    try:
        assert ran.run("run", "--as-of", AS_OF) != 0
    finally:
        file.write_text(SECRET)
    assert b"is not the one" in ran.printed[-1]
    assert wrong.encode() not in b"".join(ran.artefacts().values())

"""A name, an SSN and the key are searched for in everything that runs leave behind.

The warehouse is encrypted, so its own file is searched as well. Two files hold
identifiers by design and are left out: the deliveries themselves and the quarantine,
which the department that sent a row reads, and nobody else.
"""

import re
import shutil
from pathlib import Path

import pytest

from dagster_project.encryption import KEY_FILE
from tests.commands import Call
from tests.next_day import LATER, SECRET, NextDay

CLIENTS_SHOWN = 40
"""Clients whose names and SSNs are searched for."""
NUMBERS = re.compile(rb"[0-9-]{9,}")
"""What an SSN stands in, with dashes or without: picked out once of each file, they are
searched in a fifth of the time that 80 searches through all its bytes take."""

pytestmark = pytest.mark.city


def artefacts(home: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(home)): file.read_bytes()
        for file in sorted(home.rglob("*"))
        if file.is_file() and "quarantine" not in file.parts
    }


def secrets(day: NextDay) -> dict[str, bytes]:
    """Return SSNs and full names of clients, and the key."""
    with day.opened(day.home) as connection:
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


def found(day: NextDay, home: Path) -> list[tuple[str, str]]:
    files = artefacts(home)
    assert {"warehouse.duckdb", "marts.duckdb", "report.html", "told"} <= set(files)
    assert any(name.startswith("dagster/") for name in files)
    told, left = secrets(day), []
    for name, content in files.items():
        numbers = b" ".join(NUMBERS.findall(content))
        for what, secret in told.items():
            if secret in (numbers if NUMBERS.fullmatch(secret) else content):
                left.append((what, name))
    return left


def test_after_a_good_run_they_are_nowhere(next_day: NextDay) -> None:
    assert found(next_day, next_day.home) == []


def test_after_a_run_that_failed_they_are_nowhere(next_day: NextDay) -> None:
    told = (next_day.stopped / "told").read_text()
    for table in ("raw/hsh_client", "raw/dem_team_log"):
        assert f"blocking check 'promises' on {table} failed" in told
    assert found(next_day, next_day.stopped) == []


def test_a_run_with_the_wrong_key_does_not_show_either_key(
    next_day: NextDay, tmp_path: Path
) -> None:
    home = shutil.copytree(next_day.home, tmp_path / "home")
    wrong, file = "0ff1ce" * 10 + "beef", tmp_path / "warehouse.key"
    file.write_text(wrong)
    file.chmod(0o600)
    around = next_day.environment(home) | {KEY_FILE: str(file)}
    call = Call("run", "--as-of", LATER, environment=around)
    told = "".join(call.communicate())
    assert call.returncode != 0 and "is not the one" in told
    for key in (wrong, SECRET):
        left = b"".join([told.encode(), *artefacts(home).values()])
        assert key.encode() not in left

"""The warehouse's key: where it comes from, and what it opens."""

import os
from pathlib import Path

import duckdb
import pytest

from dagster_project.encryption import (
    KEY,
    KEY_FILE,
    WarehouseKeyError,
    is_encrypted,
    rewrite,
    warehouse_key,
)
from dagster_project.obstacles import obstacle
from dagster_project.places import Places
from dagster_project.warehouse import SETTINGS, open_warehouse

GOOD = "5e" * 32
OTHER = "a7" * 32
NAME = "Nguyễn-Okonkwo"


def key_file(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "warehouse.key"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


def people(warehouse: Path) -> None:
    """Write enough rows to fill many blocks."""
    with open_warehouse(warehouse) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.client as "
            "select i, ? || i as last_name from range(50000) as t(i)",
            [NAME],
        )


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(KEY, GOOD)
    monkeypatch.delenv(KEY_FILE, raising=False)
    people(tmp_path / "warehouse.duckdb")
    return tmp_path / "warehouse.duckdb"


def test_without_a_key_the_file_is_plain(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.delenv(KEY_FILE, raising=False)
    warehouse = tmp_path / "warehouse.duckdb"
    people(warehouse)
    assert not is_encrypted(warehouse)
    assert NAME.encode() in warehouse.read_bytes()


def test_under_a_key_no_byte_of_a_name_is_in_the_file(encrypted) -> None:
    assert is_encrypted(encrypted)
    assert NAME.encode() not in encrypted.read_bytes()
    with open_warehouse(encrypted, read_only=True) as connection:
        (count,) = connection.sql("select count(*) from raw.client").fetchone()
    assert count == 50_000


def test_what_is_spilled_to_disk_is_encrypted_too(encrypted) -> None:
    spill = encrypted.with_name(encrypted.name + ".tmp")
    with open_warehouse(encrypted) as connection:
        connection.execute("set memory_limit = '100MB'")
        connection.execute("set threads = 1")
        connection.execute(
            "create temp table large as select last_name || i || j as n "
            "from raw.client, range(200) as more(j)"
        )
        spilled = [file.read_bytes() for file in spill.glob("*") if file.is_file()]
    assert sum(map(len, spilled)) > 1_000_000, "nothing was spilled"
    assert not any(NAME.encode() in part for part in spilled)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({KEY: GOOD, KEY_FILE: "also"}, "both set"),
        ({KEY: "too short"}, "fewer than 32 characters"),
        ({KEY_FILE: "no/such/file"}, "cannot be read"),
    ],
)
def test_an_unfit_key_is_refused_in_words_without_the_key(variables, told) -> None:
    with pytest.raises(WarehouseKeyError, match=told) as refused:
        warehouse_key(variables)
    assert GOOD not in str(refused.value)
    assert "too short" not in str(refused.value)


def test_a_key_file_is_for_its_owner_alone(tmp_path) -> None:
    assert warehouse_key({KEY_FILE: key_file(tmp_path, GOOD + "\n")}) == GOOD
    with pytest.raises(WarehouseKeyError, match="can be read by others"):
        warehouse_key({KEY_FILE: key_file(tmp_path, GOOD, 0o644)})


def test_no_key_is_set_where_none_is(tmp_path) -> None:
    assert warehouse_key({}) is None
    assert warehouse_key({KEY: "", KEY_FILE: ""}) is None


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (None, f"is encrypted; set {KEY_FILE}"),
        (OTHER, "is not the one"),
    ],
)
def test_another_key_or_none_is_an_obstacle_before_a_run(
    encrypted, monkeypatch, key, told
) -> None:
    if key:
        monkeypatch.setenv(KEY, key)
    else:
        monkeypatch.delenv(KEY)
    landing = encrypted.with_name("landing")
    landing.mkdir()
    with pytest.raises(WarehouseKeyError, match=told) as refused:
        open_warehouse(encrypted, read_only=True).__enter__()
    assert OTHER not in str(refused.value)
    assert told in obstacle(Places(landing, encrypted))


def test_a_key_over_a_plain_file_says_how_to_encrypt_it(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    warehouse = tmp_path / "warehouse.duckdb"
    people(warehouse)
    monkeypatch.setenv(KEY, GOOD)
    with pytest.raises(WarehouseKeyError, match="throughline encrypt"):
        open_warehouse(warehouse).__enter__()


def test_a_plain_warehouse_is_encrypted_and_its_key_is_changed(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    warehouse = tmp_path / "warehouse.duckdb"
    people(warehouse)
    with open_warehouse(warehouse) as connection:
        connection.execute("create view raw.some as select i from raw.client limit 7")
    os.chmod(warehouse, 0o600)
    for old, new in ((None, GOOD), (GOOD, OTHER)):
        rewrite(warehouse, old, new)
        monkeypatch.setenv(KEY, new)
        assert is_encrypted(warehouse)
        assert warehouse.stat().st_mode & 0o777 == 0o600
        with open_warehouse(warehouse, read_only=True) as connection:
            assert (
                connection.sql("select count(*) from raw.client").fetchone()[0]
                == 50_000
            )
            assert len(connection.sql("select * from raw.some").fetchall()) == 7
    with pytest.raises(WarehouseKeyError):
        rewrite(warehouse, GOOD, OTHER)
    assert [file.name for file in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_the_key_is_in_no_statement_that_the_connection_could_show(encrypted) -> None:
    with open_warehouse(encrypted) as connection:
        told = connection.sql("select getvariable('warehouse_key')").fetchone()
        listed = connection.sql("select * from duckdb_databases()").fetchall()
        kept = connection.sql("select * from duckdb_settings()").fetchall()
    assert told == (None,)
    assert GOOD not in str(listed) + str(kept)


def test_a_plain_connection_cannot_read_it(encrypted) -> None:
    with pytest.raises(duckdb.Error) as refused:
        duckdb.connect(str(encrypted), read_only=True, config=SETTINGS)
    assert NAME not in str(refused.value)

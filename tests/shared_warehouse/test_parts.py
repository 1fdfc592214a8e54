"""The parts that need no server: lines, keys, pseudonyms, passwords."""

import os
import time
from pathlib import Path

import pyarrow as pa
import pytest

from dagster_project.shared_warehouse import embedded
from dagster_project.shared_warehouse.connections import (
    ConnectionRefused,
    checked,
    without_secrets,
)
from dagster_project.shared_warehouse.keys import VARIABLE, KeyRefused, pseudonym_key
from dagster_project.shared_warehouse.passwords import verifier
from dagster_project.shared_warehouse.pseudonyms import (
    maker,
    pseudonym,
    pseudonymised,
)


@pytest.mark.parametrize(
    "local",
    [
        "postgresql://a:b@127.0.0.1:5432/x",
        "postgresql://a@localhost/x",
        "postgresql://a@[::1]:5432/x",
        "postgresql:///x?host=/var/run/postgresql",
        "postgresql:///x",
        "host=/run dbname=x",
        "host=127.0.0.2 dbname=x",
        "dbname=x",
    ],
)
def test_this_machine_is_reached_as_asked(local: str) -> None:
    assert checked(local, environment={}) == local


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (
            "postgresql://a:b@warehouse.example/x",
            "postgresql://a:b@warehouse.example/x?sslmode=verify-full",
        ),
        ("host=warehouse.example dbname=x", None),
        ("postgresql://a@127.0.0.1,warehouse.example/x", None),
        ("postgresql:///x?host=warehouse.example", None),
        ("hostaddr=10.1.2.3 host=localhost", None),
        ("host='10.1.2.3' dbname=x", None),
        ("service=city", None),
    ],
)
def test_another_host_needs_verified_tls(given: str, used: str | None) -> None:
    made = checked(given, environment={})
    assert made.startswith(given)
    assert "sslmode=verify-full" in made
    assert used in (None, made)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require"])
def test_less_is_refused_without_repeating_the_password(mode: str) -> None:
    given = f"postgresql://a:topsecret@warehouse.example/x?sslmode={mode}"
    with pytest.raises(ConnectionRefused) as caught:
        checked(given, environment={})
    assert "topsecret" not in str(caught.value)
    assert checked(given, environment={}, allow_plain=True) == given


def test_the_environment_names_hosts_too() -> None:
    made = checked("dbname=x", environment={"PGHOST": "warehouse.example"})
    assert made == "dbname=x sslmode=verify-full"


@pytest.mark.parametrize(
    "given", ["warehouse.example", "not a string", "postgresql://[x"]
)
def test_what_is_no_connection_string(given: str) -> None:
    with pytest.raises(ConnectionRefused):
        checked(given, environment={})


def test_a_driver_s_message_keeps_rows_and_secrets_back() -> None:
    told = (
        'Failed to execute query: ERROR:  new row violates "x" for topsecret\n'
        "DETAIL:  Failing row contains (Ifeoma, Nwosu).\nQuery was: insert"
    )
    left = without_secrets(told, "postgresql://a:topsecret@h/x")
    assert left == 'ERROR:  new row violates "x" for …'


def test_the_key_is_made_once_and_kept_close(tmp_path: Path) -> None:
    file = tmp_path / "pseudonym.key"
    key = pseudonym_key(file, {})
    assert len(key) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert pseudonym_key(file, {}) == key
    assert pseudonym_key(file, {VARIABLE: "ab" * 32}) == b"\xab" * 32
    file.chmod(0o640)
    with pytest.raises(KeyRefused, match="can be read by others"):
        pseudonym_key(file, {})


@pytest.mark.parametrize("bad", ["zz" * 32, "ab" * 31, "my password"])
def test_a_bad_key_is_not_repeated(tmp_path: Path, bad: str) -> None:
    with pytest.raises(KeyRefused) as caught:
        pseudonym_key(tmp_path / "k", {VARIABLE: bad})
    assert bad not in str(caught.value)


@pytest.mark.parametrize("key", [bytes(32), bytes(range(64)), bytes(range(100))])
@pytest.mark.parametrize("value", ["p_1", "", "Zoë|Ἀγαθή", "x" * 300])
def test_a_batch_is_pseudonymised_as_one_id_is(key: bytes, value: str) -> None:
    expected = pseudonym(key, "r1", "analyst", value)
    assert maker(key, "r1", "analyst")(value) == expected
    batch = pa.record_batch(
        {"person_id": [value, None, value], "n": [1, 2, 3]},
        schema=pa.schema([("person_id", pa.string()), ("n", pa.int64())]),
    )
    reader = pa.RecordBatchReader.from_batches(batch.schema, [batch])
    table = pseudonymised(reader, {0: "analyst"}, key, "r1").read_all()
    assert table.to_pydict() == {
        "person_id": [expected, None, expected],
        "n": [1, 2, 3],
    }


def test_release_and_family_and_key_each_change_a_pseudonym() -> None:
    made = {
        pseudonym(key, release, family, "p_1")
        for key in (bytes(32), bytes(range(32)))
        for release in ("r1", "r2")
        for family in ("analyst", "department")
    }
    assert len(made) == 8


def test_the_verifier_is_postgresql_s_own() -> None:
    """From RFC 7677, 3: user 'user', password 'pencil'."""
    import base64

    made = verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
    assert made == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_old_files_of_the_log_end_with_the_agreements_clock(tmp_path: Path) -> None:
    old, new, other = (tmp_path / n for n in ("a.json", "b.json", "start.log"))
    for file in (old, new, other):
        file.write_text("{}")
    long_ago = time.time() - 2556 * 86_400
    for file in (old, other):
        os.utime(file, (long_ago, long_ago))
    embedded._end_logs(tmp_path, 2555)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.json", "start.log"]

import duckdb

from dagster_project.departments.bulk import IN_BULK, in_bulk, make_room
from dagster_project.departments.ledger import take_all

from .made_up_deliveries import fhir_files, put


def settings(connection) -> tuple:
    asked = ", ".join(f"current_setting('{name}')" for name in IN_BULK)
    return connection.execute(f"select {asked}").fetchone()


def test_memory_is_bounded_while_deliveries_are_taken_and_given_back(warehouse):
    before = settings(warehouse)
    with in_bulk(warehouse):
        assert settings(warehouse) == ("953.6 MiB", 1, "128.0 MiB", 1)
    after = settings(warehouse)
    assert (after[:2], after[3]) == (before[:2], before[3])
    assert after[2].endswith("GiB"), "the limit is told rounded, and put back so"


def test_resources_too_wide_for_the_usual_limit_are_taken(landing_dir, tmp_path):
    notes = [{"text": f"Bảo trì {n:06}"} for n in range(20_000)]
    wide = [
        {
            "resourceType": "Encounter",
            "id": f"e{n}",
            "status": "finished",
            "type": notes,
        }
        for n in range(300)
    ]
    put(landing_dir, "dph", "fhir_20250707T040000", fhir_files(Encounter=wide))
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        (outcome,) = take_all(connection, landing_dir)
        rows = connection.sql("select count(*) from raw.dph_encounter").fetchone()
    assert (outcome.status, rows) == ("taken", (len(wide),))


def test_room_is_only_made_while_there_is_a_limit(warehouse):
    asked = "select current_setting('memory_limit')"
    warehouse.execute("set memory_limit = '1GiB'")
    make_room(warehouse, 1_000, 1 << 30)
    assert warehouse.execute(asked).fetchone() == ("1.0 GiB",)
    with in_bulk(warehouse):
        least = warehouse.execute(asked).fetchone()
        make_room(warehouse, 1_000_000, 100 << 20)
        assert warehouse.execute(asked).fetchone() == least
        make_room(warehouse, 1_000, 100 << 20)
        assert warehouse.execute(asked).fetchone() == ("200.0 MiB",)
    assert warehouse.execute(asked).fetchone() == ("1.0 GiB",)

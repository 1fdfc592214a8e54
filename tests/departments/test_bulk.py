from dagster_project.departments.bulk import IN_BULK, in_bulk


def settings(connection) -> tuple:
    asked = ", ".join(f"current_setting('{name}')" for name in IN_BULK)
    return connection.execute(f"select {asked}").fetchone()


def test_memory_is_bounded_while_deliveries_are_taken_and_given_back(warehouse):
    before = settings(warehouse)
    with in_bulk(warehouse):
        assert settings(warehouse) == ("953.6 MiB", 1, "488.2 MiB")
    after = settings(warehouse)
    assert after[:2] == before[:2]
    assert after[2].endswith("GiB"), "the limit is told rounded, and put back so"

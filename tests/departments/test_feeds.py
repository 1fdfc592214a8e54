import pytest

from dagster_project.departments.feeds import FEEDS, feed_of
from dagster_project.departments.rows import reader_of


@pytest.mark.parametrize(
    ("department", "name", "feed"),
    [
        ("hsh", "hmis_20250701T040000.zip", "hsh_hmis"),
        ("hsh", "hmis_20250701T040000", "hsh_hmis"),
        ("fire", "epcr_20250707T040000.xml", "fire_epcr"),
        ("fire", "calls_20250707T040000.csv", "fire_calls"),
        ("fire", "calls_20250707.json", "fire_calls"),
        ("dph", "fhir_20250707T040000", "dph_fhir"),
        ("dem", "cad_20250707T040000.json", "dem_cad"),
        ("dem", "team_log_20250701T040000.csv", "dem_team_log"),
        ("datasf", "cases_20250707T040000Z.csv.gz", "datasf_311"),
        ("dem", "calls_20250707T040000.csv", None),
        ("fire", "epcr_20250707T040000.xml.exe", None),
        ("fire", "../epcr_20250707T040000.xml", None),
        ("fire", "epcr_20250707T040000.xml\n", None),
        ("police", "cad_20250707T040000.json", None),
    ],
)
def test_a_name_belongs_to_one_feed(department, name, feed):
    found = feed_of(department, name)
    assert (found.name if found else None) == feed


def test_the_declarations_hold_together():
    names = [table.name for feed in FEEDS for table in feed.tables]
    assert len(set(names)) == len(names)
    for feed in FEEDS:
        assert callable(reader_of(feed).facts)
        assert callable(reader_of(feed).batches)
        assert feed.stale_after_hours > feed.every_hours
        for table in feed.tables:
            declared = set(table.columns)
            assert len(declared) == len({c.lower() for c in table.columns})
            assert len(declared) == len(table.columns)
            used = {*table.key, *table.required, *table.times, *table.codes}
            used |= {c for version in table.versions.values() for c in version}
            used |= {table.updated} - {""}
            assert used <= declared, table.name
            assert table.name.startswith(feed.department)

"""Feed ``hsh_hmis``: HMIS CSV exports of San Francisco's ONE system.

Belongs here: which files an export has, their order, Export.csv.
Does not belong here: the rows (``hmis_clients``, ``hmis_enrollments``,
``hmis_contacts``, ``hmis_referrals``, whose docstrings say how to read them).

``hmis_<UTC time>.zip`` with ten CSVs, UTF-8, LF, header in HUD's order. Delta exports
have ExportDirective 1 and ExportPeriodType 1 and hold rows changed since the last one,
deleted ones with DateDeleted; Organization and Project are always whole, so that a
victim-service provider is known in every export. Full refreshes (the first, then each
quarter) have directive 2 and period type 3 and leave deleted rows out: absence is
deletion. One in ten deleted rows is never announced otherwise. CSVVersion is
``2024 v1.4`` before 2025-10-01, then ``2026 v1.0``. Times are local without offset.
ExportDate is the extract's local time.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from dagster_project.synthetic.export.batches import (
    FY2026_FROM,
    Changes,
    Delivery,
)
from dagster_project.synthetic.export.clock import (
    day_second,
    local_dates,
    local_datetimes,
)
from dagster_project.synthetic.export.files import blocks, write_zip
from dagster_project.synthetic.export.hmis_clients import (
    COC,
    ORGANIZATIONS,
    Clients,
    organizations,
    projects,
)
from dagster_project.synthetic.export.hmis_columns import FILES, columns
from dagster_project.synthetic.export.hmis_contacts import Contacts
from dagster_project.synthetic.export.hmis_enrollment_rows import (
    EnrollmentRows,
    ExitRows,
)
from dagster_project.synthetic.export.hmis_enrollments import (
    from_coordinated_entry,
    from_outreach,
    from_stays,
    together,
)
from dagster_project.synthetic.export.hmis_referrals import Assessments, Referrals
from dagster_project.synthetic.export.hmis_table import HmisTable
from dagster_project.synthetic.export.source import Source

PROJECT_ROWS = 13
Spoil = Callable[[Delivery, str, list[str]], Iterable[str]]
"""Gives extra, faulty lines for a file of a delivery."""


def _table(name: str, rows: object, purged: np.ndarray | None = None) -> HmisTable:
    changes = rows.changes
    if purged is None:
        purged = np.zeros(len(changes), dtype=bool)
    return HmisTable(name, partial(columns, name), changes, rows.render, purged)


def _fixed(name: str, count: int, render: Callable) -> HmisTable:
    opened = day_second(np.zeros(count, dtype=np.int64), np.int64(3600))
    none = np.zeros(count, dtype=bool)
    header, changes = partial(columns, name), Changes(opened)
    return HmisTable(name, header, changes, render, none, is_whole=True)


def _tables(source: Source) -> list[HmisTable]:
    outreach, reports, episode = from_outreach(source)
    entry = from_coordinated_entry(source, reports)
    enrolments = together([outreach, from_stays(source), entry])
    contacts = Contacts(source, enrolments, reports, episode)
    referrals = [
        Referrals(source, enrolments, reports, episode, file)
        for file in ("Event", "Services")
    ]
    return [
        _fixed("Organization", len(ORGANIZATIONS), organizations),
        _fixed("Project", PROJECT_ROWS, projects),
        _table("Client", Clients(source)),
        _table("Enrollment", EnrollmentRows(source, enrolments)),
        _table("Exit", ExitRows(source, enrolments)),
        _table("CurrentLivingSituation", contacts, contacts.purged),
        _table("Event", referrals[0]),
        _table("Services", referrals[1]),
        _table("Assessment", Assessments(source, enrolments)),
    ]


def _export_row(delivery: Delivery, year: int, export_id: str) -> str:
    at = np.array([delivery.until])
    version = "2024 v1.4" if year == 2024 else "2026 v1.0"
    period, directive = ("3", "2") if delivery.is_full else ("1", "1")
    row = [export_id, "1", COC, "ONE System", "Data", "Desk", "5555550100", "", ""]
    row += [local_datetimes(at)[0], "2024-01-01", local_dates(at)[0]]
    row += ["ONE", "1", version, period, directive, "1", "SF-ONE"]
    return ",".join(row)


class Writer:
    """Writes the exports of ONE in order."""

    def __init__(self, source: Source, spoil: Spoil):
        """Lay out all rows."""
        self.tables = _tables(source)
        self.spoil = spoil
        self.before = -1

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one export; return its rows by file."""
        year = 2024 if delivery.extracted_at < FY2026_FROM else 2026
        export_id = delivery.extracted_at.strftime("%Y%m%d%H%M%S")
        ending = f",{export_id}\n"
        head = [",".join(columns("Export", year))]
        members = {
            "Export.csv": blocks([*head, _export_row(delivery, year, export_id)])
        }
        counts = {"Export": 1}
        for table in self.tables:
            lines = table.of(delivery, self.before, year)
            lines += self.spoil(delivery, table.name, lines)
            counts[table.name] = len(lines)
            header = ",".join(columns(table.name, year)) + "\n"
            members[f"{table.name}.csv"] = chain(
                [header.encode()], blocks(lines, ending)
            )
        write_zip(path, members)
        self.before = delivery.until
        return {name: counts[name] for name in [*FILES]}

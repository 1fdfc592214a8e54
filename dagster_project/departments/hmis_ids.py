"""Give every id of an HMIS export one spelling, and hold rows that write another.

Belongs here: what spreadsheets and casts make of an id, ids that lead nowhere only
because another file writes them otherwise. Does not belong here: whose rows may enter
(``hmis_door``), ids that lead nowhere for good (staging).

An enrollment whose PersonalID lost its zeros leads to no client, and every contact
under it is nobody's. No id is written anew here: in another system ``0101`` and ``101``
are two people, and a guess would give one the other's history. Why a row waits, and
when the export does: docs/decisions/0025.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.errors import Refused
from dagster_project.departments.row_rules import codes
from dagster_project.departments.rows import Chunk
from dagster_project.departments.spoiled import Fault

OWN = {
    "OrganizationID": "Organization",
    "ProjectID": "Project",
    "EnrollmentID": "Enrollment",
    "PersonalID": "Client",
}
"""Column to the file that describes what it names."""
DECIDES = ("Project", "OrganizationID")
"""File and column by which the door tells whose rows may enter: no doubt is left there.
"""
ENROLLED = ("Enrollment", "PersonalID")
BLANK, DOT = 0x20, 0x2E
FEW, MOST = 20, 0.5
"""Of fewer clients a share says nothing, as long as one is there. Else so many enrolled
in a full refresh may lack a row of their own: HUD's samples lack none, and where most
lack one it is Client.csv that is not whole."""


def plain_ids(chunk: Chunk) -> Chunk:
    """Return rows whose ids have no blanks around them and are no decimal numbers.

    A column with gaps becomes one of decimals in many tools: 101 is written ``101.0``.
    They are made one here, so that the door, the tables and an erasure agree.
    """
    named = {*OWN, *chunk.table.key, *chunk.table.refers} & chunk.columns.keys()
    changed = {c: codes(chunk.columns[c]) for c in named if _is_odd(chunk.columns[c])}
    return replace(chunk, columns={**chunk.columns, **changed}) if changed else chunk


def _is_odd(values: pa.Array) -> bool:
    """Say whether a blank or a dot stands in some ids, by a look at the bytes."""
    if not pa.types.is_string(values.type) or values.buffers()[2] is None:
        return False
    data = np.frombuffer(values.buffers()[2], np.uint8)
    return bool(((data <= BLANK) | (data == DOT)).any())


def bare(key: str) -> str:
    r"""Return an id without what casts and databases add to it or take from it.

    >>> bare("000101"), bare("{7F3A-0B}"), bare("0"), bare("O\x071")
    ('101', '7f3a-0b', '', 'o1')
    """
    return re.sub(r"[{}\s\x00-\x1f\x7f]", "", key).lower().lstrip("0")


class Spellings:
    """The ids that one delivery describes, and those its files point to."""

    def __init__(self) -> None:
        self._described: dict[str, set[str]] = defaultdict(set)
        self._known: dict[str, pa.Array] = {}
        self._alike: dict[str, set[str]] = defaultdict(set)
        self._n_enrolled = self._n_lacking = 0
        self._is_project_odd = False

    def describe(self, column: str, ids: pa.Array) -> None:
        """Remember ids that a file describes, before a row points to them."""
        found = set(pc.drop_null(pc.unique(ids)).to_pylist())
        new = found - self._described[column]
        self._described[column] |= new
        self._alike[column].update(map(bare, new))

    def odd(self, chunk: Chunk) -> list[Fault]:
        """Return the rows whose ids are written otherwise than the file they lead to.

        Args:
            chunk: Rows of one file; files that describe come before those that point.
        """
        file, faults = chunk.table.source, []
        for column, own in OWN.items():
            values = chunk.columns.get(column)
            if values is None:
                continue
            if file == own:
                self.describe(column, values)
                continue
            is_first = (file, column) == ENROLLED and chunk.first_row == 1
            if not is_first and not self._alike[column]:
                continue  # a delta describes few
            pointed = pc.drop_null(pc.unique(values))
            unknown = set(
                pointed.filter(pc.invert(self._is_known(column, pointed))).to_pylist()
            )
            odd = self._odd(column, unknown)
            if is_first:
                self._n_enrolled, self._n_lacking = len(pointed), len(unknown - odd)
            if odd:
                self._is_project_odd |= (file, column) == DECIDES
                rows = pc.fill_null(pc.is_in(values, pa.array(sorted(odd))), False)
                faults.append((column, "ids_differ", _reason(column), rows))
        return faults

    def _is_known(self, column: str, ids: pa.Array) -> pa.Array:
        described = self._described[column]
        known = self._known.get(column)
        if known is None or len(known) != len(described):
            self._known[column] = pa.array(described, pa.string())
        return pc.is_in(ids, self._known[column])

    def _odd(self, column: str, unknown: Iterable[str]) -> set[str]:
        alike = self._alike[column]
        return {key for key in unknown if bare(key) in alike} if alike else set()

    def check(self, mode: str) -> None:
        """Refuse a delivery whose files do not belong together.

        Args:
            mode: What absence from the delivery means (``Facts``).

        Raises:
            Refused: A project's organisation is written in two ways; or most enrolled
                clients are missing, whom a full refresh would delete.
        """
        if self._is_project_odd:
            file, column = DECIDES
            reason = (
                f"{_reason(column)}; who serves victims of violence is told by these "
                "ids, so that nothing of the export may enter"
            )
            raise Refused("ids_differ", reason, member=f"{file}.csv", column=column)
        is_told = not self._described["PersonalID"] or self._n_enrolled >= FEW
        is_torn = is_told and self._n_lacking > MOST * self._n_enrolled
        if mode == "full" and is_torn:
            reason = (
                f"of {self._n_enrolled} clients that Enrollment.csv names first it "
                f"lacks {self._n_lacking}, and a full refresh without them would "
                "delete them; send it whole"
            )
            raise Refused("clients_missing", reason, member="Client.csv")


def _reason(column: str) -> str:
    return (
        f"{column} is not written as in {OWN[column]}.csv: zeros in front, capitals or "
        "brackets differ, so that the row leads to nothing; send it written alike in "
        "all files"
    )

"""Give every id of an HMIS export one spelling, and refuse an export that has two.

Belongs here: what spreadsheets and casts make of an id, ids that lead nowhere only
because another file writes them otherwise. Does not belong here: whose rows may enter
(``hmis_door``), ids that lead nowhere for good (staging).

An enrollment whose PersonalID lost its zeros leads to no client, and every contact
under it is nobody's; one whose ProjectID did leads past the door for victim services.
"""

import re
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.errors import Refused
from dagster_project.departments.row_rules import codes
from dagster_project.departments.rows import Chunk

OWN = {
    "OrganizationID": "Organization",
    "ProjectID": "Project",
    "EnrollmentID": "Enrollment",
    "PersonalID": "Client",
}
"""Column to the file that describes what it names."""
ALL_ROWS = ("OrganizationID", "ProjectID")
"""Of these every row is asked; of the others the first rows of each file, for a system
writes all ids of a file alike."""
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
    """Return an id without what casts and databases add to it or take from it.

    >>> bare("000101"), bare("{7F3A-0B}"), bare("0")
    ('101', '7f3a-0b', '')
    """
    return re.sub(r"[{}\s]", "", key).lower().lstrip("0")


class Spellings:
    """The ids that one delivery describes, and those its files point to."""

    def __init__(self) -> None:
        self._described: dict[str, set[str]] = defaultdict(set)
        self._pointed: dict[tuple[str, str], set[str]] = defaultdict(set)

    def note(self, chunk: Chunk) -> None:
        """Remember the ids in some rows of one file."""
        file = chunk.table.source
        for column, own in OWN.items():
            is_asked = file == own or column in ALL_ROWS or chunk.first_row == 1
            if column in chunk.columns and is_asked:
                found = pc.drop_null(pc.unique(chunk.columns[column])).to_pylist()
                into = self._described[column] if file == own else None
                (self._pointed[file, column] if into is None else into).update(found)

    def check(self, mode: str) -> None:
        """Refuse a delivery whose files do not belong together.

        Args:
            mode: What absence from the delivery means (``Facts``).

        Raises:
            Refused: An id leads nowhere, and would lead somewhere if its zeros, its
                case and its brackets did not count; or most enrolled clients are
                missing, whom a full refresh would delete.
        """
        for (file, column), pointed in self._pointed.items():
            described = self._described[column]
            if not (unknown := pointed - described):
                continue
            alike = {bare(key) for key in described}
            if any(bare(key) in alike for key in unknown):
                reason = (
                    f"{column} is not written as in {OWN[column]}.csv: zeros in front, "
                    "capitals or brackets differ, so that rows lead to nothing; send "
                    "an export in which all files write it alike"
                )
                raise Refused("ids_differ", reason, member=f"{file}.csv", column=column)
            is_enrolled = (file, column) == ("Enrollment", "PersonalID")
            is_told = not described or len(pointed) >= FEW
            is_torn = is_told and len(unknown) > MOST * len(pointed)
            if mode == "full" and is_enrolled and is_torn:
                reason = (
                    f"of {len(pointed)} clients that Enrollment.csv names first it "
                    f"lacks {len(unknown)}, and a full refresh without them would "
                    "delete them; send it whole"
                )
                raise Refused("clients_missing", reason, member="Client.csv")

"""Tell which lines of a CSV file are rows of its table.

Belongs here: empty lines, what a report writes under its rows, a second header, lines
of another width. Does not belong here: bytes to lines and the header (``csv_rows``),
the values of a row (``row_rules``, ``spoiled``).
"""

import re
from collections.abc import Sequence

from dagster_project.departments.errors import Refused

FOOTED_FROM = 3
"""Columns from which a line of one field after an empty line cannot be a row."""


def plain(column: str) -> str:
    """Return a column's name as it is compared.

    >>> plain(" Personal ID"), plain("call_number")
    ('personalid', 'callnumber')
    """
    return re.sub(r"[\s_]+", "", column).lower()


class Lines:
    """Sorts the lines under one header, in the order of the file.

    Args:
        header: The header as the file spells it.

    Attributes:
        passed_over: Lines at the end that belong to a report and not to its rows: who
            made it, under which copyright, how many rows it has.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self._names = [plain(column) for column in header]
        self._known = set(self._names) - {""}
        self._first = {*header, *(column.lower() for column in header)} - {""}
        self._nameless = [at for at, name in enumerate(self._names) if not name]
        self._is_after_empty, self._footer = False, 0
        self.passed_over = 0

    def rows(
        self, read: list[list[str]], first: int
    ) -> tuple[list[list[str]], list[int] | None]:
        """Return the rows among some lines, and the line of each.

        Args:
            read: The lines' fields.
            first: Line the first of them stands on.

        Returns:
            The rows, and their lines where some lines were no rows; else None.

        Raises:
            Refused: A line is no row and does not look like anything harmless.
        """
        width, nameless = len(self._names), self._nameless
        if (
            not self._footer
            and set(map(len, read)) == {width}
            and all(map(any, read))
            and not any(row[0] in self._first for row in read)
            and not (nameless and any(row[at] for row in read for at in nameless))
        ):
            self._is_after_empty = False
            return read, None
        rows, lines, line = [], [], first
        for row in read:
            if self._is_row(row, line):
                rows.append(row)
                lines.append(line)
            line += 1 + sum(field.count("\n") for field in row)
        return rows, lines

    def _is_row(self, row: list[str], line: int) -> bool:
        if not any(row):  # nothing, or a spreadsheet's commas with nothing between
            self._is_after_empty = True
            return False
        width = len(self._names)
        if len(row) == 1 and width >= FOOTED_FROM and self._is_after_empty:
            self._footer = self._footer or line
            self.passed_over += 1
            return False
        if len(row) != width or self._footer:
            found, at = (len(row), line) if not self._footer else (1, self._footer)
            mark = "comma" if found > width else "line end"
            reason = (
                f"a row has {found} fields where the header has {width}; does a text "
                f"hold a {mark} without quotes around it?"
            )
            raise Refused("ragged", reason, line=at)
        self._is_after_empty = False
        if any(row[at] for at in self._nameless):
            reason = (
                "a field stands under no name of the header; does a text hold a comma "
                "without quotes around it?"
            )
            raise Refused("nameless", reason, line=line)
        self._refuse_other_header(row, line)
        return True

    def _refuse_other_header(self, row: list[str], line: int) -> None:
        """Refuse a second header in another order: rows under it would be misread."""
        names = [plain(field) for field in row]
        is_header = sum(name in self._known for name in names) > len(names) / 2
        if is_header and len(names) >= FOOTED_FROM and names != self._names:
            reason = (
                "a header in another order stands here, so two files were joined; "
                "send each as a delivery of its own"
            )
            raise Refused("header_again", reason, line=line)

"""Find rows that a tool spoiled on their way here, which still look like rows.

Belongs here: what spreadsheets, reports and joined files leave among the rows. Does not
belong here: what the department itself wrote (``row_rules``), a file that is no table
(``csv_rows``).
"""

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.feed import Table

ROUNDED = r"^\s*[+-]?\d(\.\d+)?[eE]\+\d+\s*$"
"""How a spreadsheet shows, and then saves, a long number: ``1.23457E+11``. Digits are
gone from it, so that the ids of many records become one."""
DRESSED = r"^\s*(['=]|\d{1,3}(,\d{3})+\s*$)"
"""How a spreadsheet marks a number that is to stay a text (``'12``, ``="12"``), and how
it groups one (``1,234``): neither is the id that the other deliveries have."""
YES = ("true", "t", "1", "1.0", "yes", "y")
"""How systems and spreadsheets write it, as ``says_yes`` (dbt) understands it."""
BROKEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\\u[dD][89a-fA-F]"
    r'|^\s*(\[\s*["\[{\]0-9]|\{\s*["}])'
)
"""A control character, half of a character, a list or an object of JSON: what stands in
no id. Taken out of one, it may leave the id of somebody else."""
NOTHING = (
    *("NULL", "null", "Null", "(null)", "\\N", "None", "none", "nil", "undefined"),
    *("N/A", "n/a", "#N/A", "NA", "NaN", "nan", "-", "--"),
)
"""What databases and programs write where they know no id. As an id it would be one
record that everybody was merged into, one household, one incident."""
FIRST_DAY = "1900-01-02"
"""First day that an event can be on (ISO): what systems write where they know no time
is 0001-01-01, 1753-01-01 or 1900-01-01."""

Fault = tuple[str, str, str, pa.Array]
"""Column, rule, reason, and which rows."""


def header_again(table: Table, columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Find the header among the rows, where two files were joined."""
    if table.document:
        return  # its id is a text that anybody may choose
    marks = [
        pc.equal(pc.utf8_lower(columns[column]), column.lower())
        for column in table.key
        if column in columns
    ]
    bad = pc.fill_null(pc.and_(marks[0], marks[-1]), False) if marks else None
    if bad is not None and pc.any(bad).as_py():
        reason = "the header stands here again, so two files were probably joined"
        yield table.key[0], "header_again", reason, bad


def nobodys(table: Table, columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Find ids that are a word for "there is none"."""
    if table.document:
        return
    words = pa.array(NOTHING, pa.string())
    for column, values in _ids(table, columns):
        if column in table.times:
            continue
        bad = pc.is_in(values, words)
        if pc.any(bad).as_py():
            reason = (
                f"{column} says in a word that there is none, and would be one and the "
                "same for many records; leave it empty where there is none"
            )
            yield column, "no_id", reason, bad


def _ids(
    table: Table, columns: Mapping[str, pa.Array]
) -> Iterator[tuple[str, pa.Array]]:
    """Yield the columns that name a record or lead to one, if they say anything."""
    for column in dict.fromkeys((*table.key, *table.required, *table.refers)):
        values = columns.get(column)
        if values is not None and values.null_count < len(values):
            yield column, values


def broken(table: Table, columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Find ids with something in them that is part of none."""
    if table.document:
        return
    for column, values in _ids(table, columns):
        if column in table.times:
            continue
        bad = _matches(values, BROKEN)
        if pc.any(bad).as_py():
            reason = (
                f"{column} holds a control character, half of a character or a list, "
                "and no id does; send it as the system knows it"
            )
            yield column, "broken_id", reason, bad


def rounded(table: Table, columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Find ids that a spreadsheet rounded, or wrote in a form of its own."""
    for column, values in _ids(table, columns):
        if not pc.any(_matches(values, f"{ROUNDED}|{DRESSED}")).as_py():
            continue
        bad = _matches(values, ROUNDED)
        if pc.any(bad).as_py():
            reason = (
                f"{column} was rounded by a spreadsheet (1.2E+11) and names many "
                "records; send the file as the system wrote it"
            )
            yield column, "rounded_id", reason, bad
        bad = _matches(values, DRESSED)
        if not table.document and pc.any(bad).as_py():
            reason = (
                f'{column} is written as only a spreadsheet writes it (\'12, ="12" or '
                "1,234); send the file as the system wrote it"
            )
            yield column, "spreadsheet_id", reason, bad


def _matches(values: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)


def undated(table: Table, columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Find rows without any moment, a report's line of totals for one.

    A row that says it was deleted need not say when it was.
    """
    named = [column for column in table.moments if column in columns]
    if not named:
        return
    blank = pc.and_(_is_blank(columns[named[0]]), _is_blank(columns[named[-1]]))
    deleted = columns.get(table.deleted)
    if deleted is not None:
        gone = pc.is_in(pc.utf8_lower(deleted), pa.array(YES, pa.string()))
        blank = pc.and_not(blank, gone)
    if pc.any(blank).as_py():
        reason = (
            f"{' and '.join(named)} is blank, so nobody knows when it was; if it is a "
            "report's line of totals, send the report without it"
        )
        yield named[0], "missing_moment", reason, blank


def timeless(table: Table, columns: Mapping[str, pa.Array]) -> Iterator[Fault]:
    """Find the times that systems write where they know none."""
    for column in table.times:
        values = columns.get(column)
        if values is None or values.null_count == len(values):
            continue
        days = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(values), 0, 10)
        bad = pc.fill_null(pc.less(days, FIRST_DAY), False)
        if pc.any(bad).as_py():
            reason = (
                f"{column} is before {FIRST_DAY}, as systems write it where they know "
                "no time; send the time"
            )
            yield column, "no_time", reason, bad


def _is_blank(values: pa.Array) -> pa.Array:
    return pc.fill_null(pc.equal(pc.utf8_trim_whitespace(values), ""), True)

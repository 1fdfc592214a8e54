"""Cells of a file that people open in a spreadsheet.

Belongs here: what a spreadsheet would run, made harmless, and undone. Does not belong
here: writing any file.
"""

from collections.abc import Container

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a command at the start of a cell (ASVS 5.0, 1.2.10)."""


def harmless(text: object) -> object:
    """Return a cell that no spreadsheet runs.

    >>> harmless("=cmd|' /C calc'!A0"), harmless(7)
    ("'=cmd|' /C calc'!A0", 7)
    """
    if isinstance(text, str) and text.startswith(FORMULA):
        return "'" + text
    return text


def as_it_was(cell: str, known: Container[str]) -> str:
    """Return what stood in a cell before ``harmless``, if that is known.

    >>> as_it_was("'-7", {"-7"}), as_it_was("'-7", {"'-7", "-7"}), as_it_was("7", ())
    ('-7', "'-7", '7')
    """
    before = cell.removeprefix("'")
    made = cell not in known and before.startswith(FORMULA) and before in known
    return before if made else cell

"""Stand-in for dbt's ``adapter`` while sqlfluff reads a model.

Belongs here: enough for a dispatched macro to render as some expression.
Does not belong here: any meaning; dbt itself picks the dialect's macro.
"""

from collections.abc import Callable

PICKS_A_FIELD = ("first_with", "json_record")
"""Macros whose result is a record; the list or column they read has its shape."""


def dispatch(macro_name: str) -> Callable[..., str]:
    """Return a macro that renders as its first argument, or as a call on it."""
    if macro_name in PICKS_A_FIELD:
        return lambda value, *_: str(value)
    return lambda value, *_: f"{macro_name}({value})"

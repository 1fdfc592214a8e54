"""Stand-in for dbt's ``adapter`` while sqlfluff reads a model.

Belongs here: enough for a dispatched macro to render as some expression.
Does not belong here: any meaning; dbt itself picks the dialect's macro.
"""

from collections.abc import Callable


def dispatch(macro_name: str) -> Callable[..., str]:
    """Return a macro that renders as a plain function call."""
    return lambda *arguments: f"{macro_name}({', '.join(map(str, arguments))})"

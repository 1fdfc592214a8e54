"""Take control characters out of delivered text, and count where they stood.

Belongs here: which characters no text needs, and how to find them quickly. Does not
belong here: a NUL byte, for which a CSV file is refused whole (``csv_rows``); scripts
and formulas, which are kept as they came.

Bells, escapes and backspaces come from terminals and broken keyboards. They make two
spellings of one name, and a screen that shows them may be taken over by them.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""The C0 controls of ISO 6429 and DEL; tab and line ends are text."""
ESCAPED = r"(^|[^\\])((?:\\\\)*)\\(?:u00(?:0[0-8bcef]|1[0-9a-f]|7f)|[bf])"
"""The same inside a JSON text, where a backslash before it is one that is meant."""
FIRST_PRINTED, DELETE, BACKSLASH = 0x20, 0x7F, 0x5C


def without_controls(
    columns: Mapping[str, pa.Array], document: str = ""
) -> tuple[dict[str, pa.Array], dict[str, int]]:
    r"""Return columns of text without them, and the rows of each that held some.

    Args:
        columns: Column to its texts.
        document: The one column whose texts are JSON, which writes them as escapes.

    >>> columns, rows = without_controls({"FirstName": pa.array(["An\x07a", "Li"])})
    >>> columns["FirstName"].to_pylist(), rows
    (['Ana', 'Li'], {'FirstName': 1})
    """
    plain, rows = dict(columns), {}
    for name, values in columns.items():
        for pattern, by in _wanted(values, is_json=name == document):
            held = pc.match_substring_regex(plain[name], pattern)
            while count := pc.sum(held).as_py():
                rows[name] = max(rows.get(name, 0), count)
                plain[name] = pc.replace_substring_regex(plain[name], pattern, by)
                # Of two escapes side by side the first took what is before the other.
                held = pc.match_substring_regex(plain[name], pattern)
    return plain, rows


def visible(text: str) -> str:
    r"""Return a text with what nobody sees of it written out, for a screen.

    >>> visible("Lu\u200bcía"), visible("Lucía")
    ('Lu\\u200bcía', 'Lucía')
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _wanted(values: pa.Array, *, is_json: bool) -> Iterator[tuple[str, str]]:
    """Yield what to look for, by a look at the bytes: far quicker than at the texts."""
    if not pa.types.is_string(values.type) or values.buffers()[2] is None:
        return
    data = np.frombuffer(values.buffers()[2], np.uint8)
    if data.size and (data.min() < FIRST_PRINTED or (data == DELETE).any()):
        yield CONTROLS, ""
    if is_json and (data == BACKSLASH).any():
        yield ESCAPED, r"\1\2"

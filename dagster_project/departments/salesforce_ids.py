"""One form for the two ids that Salesforce gives a record.

Belongs here: 15 characters to 18. Does not belong here: which columns hold such ids
(``team_log``).

Source: Salesforce, "Convert 15 digit Id into 18 digit Id" (help article 000385585). The
short id tells records apart by case alone; the long one adds three characters that say
which letters are capitals, so that a spreadsheet without case loses nothing.
"""

import re
from string import ascii_uppercase

import pyarrow as pa
import pyarrow.compute as pc

SHORT = re.compile(r"[A-Za-z0-9]{15}")
SHORT_LENGTH = 15
GROUP = 5
"""Characters that one character of the suffix speaks for, the first one least."""
SUFFIX = ascii_uppercase + "012345"
"""The 32 characters that stand for five bits."""


def long_id(text: str) -> str:
    """Return the 18-character form of an id; any other text as it is.

    An id that has 18 characters already is never changed: were its last three wrong,
    to mend it could make one record of two.

    >>> long_id("001A0000006Vm9r"), long_id("001A0000006Vm9rIAC"), long_id("42")
    ('001A0000006Vm9rIAC', '001A0000006Vm9rIAC', '42')
    """
    short = text.strip()
    if not SHORT.fullmatch(short):
        return text
    groups = (short[at : at + GROUP] for at in range(0, SHORT_LENGTH, GROUP))
    bits = (
        sum(1 << place for place, sign in enumerate(group) if "A" <= sign <= "Z")
        for group in groups
    )
    return short + "".join(SUFFIX[number] for number in bits)


def long_ids(values: pa.Array) -> pa.Array:
    """Return a column of ids in their 18-character form."""
    lengths = pc.utf8_length(pc.utf8_trim_whitespace(values))
    if not pc.any(pc.equal(lengths, SHORT_LENGTH)).as_py():
        return values
    texts = values.to_pylist()
    return pa.array([text and long_id(text) for text in texts], pa.string())

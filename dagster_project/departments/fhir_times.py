"""When a FHIR export was made that came without a manifest.

Belongs here: the export log, the update times in the resources, the delivery's name,
the file's own time. Does not belong here: a manifest's own time (``fhir``).
"""

import json
import re
from collections.abc import Iterator, Sequence

from dagster_project.departments.clocks import in_name, utc
from dagster_project.departments.fhir_files import LOG, unpacked_name
from dagster_project.departments.row_rules import LAST_DAY
from dagster_project.departments.rows import Source

LOG_LIMIT = 64 << 20
"""Bytes of an export log that are read."""
LAST_UPDATED = re.compile(rb'"last(?:Updated|Modified)"\s*:\s*"([^"]{10,40})"')
"""When a resource was changed, and in a Bundle when it was deleted."""
READ, WIDE = 1 << 20, 100
"""Bytes per read in search of it, and bytes it may take: a file may be one line."""


def told_time(source: Source, names: Sequence[str]) -> tuple[str, str]:
    """Return when an export without manifest was made, and who says so."""
    logs = [n for n in source.parts.names if unpacked_name(n).lower() == LOG]
    for name in logs:
        with source.parts.open(name) as stream:
            lines = stream.read(LOG_LIMIT).splitlines()
        told = [time for line in lines if (time := _logged(line))]
        if told:
            return told[-1], "export log"
    # A clock that runs ahead in one record must not date the export.
    last_day = LAST_DAY.get() or "9999"
    told = (time for name in names for time in _updated(source, name))
    newest = max((time for time in told if time[:10] <= last_day), default="")
    if newest:
        return newest, "newest lastUpdated"
    # A delivery may have been copied long after the export.
    named = in_name(source.name)
    if named and named.isoformat()[:10] <= last_day:
        return named.isoformat(), "name"
    return source.modified.isoformat() if source.modified else "", "file time"


def _logged(line: bytes) -> str:
    """Return the transaction time in one line of an export log, '' if it has none."""
    try:
        event = json.loads(line)
        time = event["eventDetail"]["transactionTime"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    return time if utc(str(time), is_local=False) else ""


def _updated(source: Source, name: str) -> Iterator[str]:
    """Yield the update times in a file of resources, as UTC so that they compare."""
    with source.parts.open(name) as stream:
        text = b""
        while data := stream.read(READ):
            text = text[-WIDE:] + data  # one may stand across two reads
            for found in LAST_UPDATED.finditer(text):
                moment = utc(found[1].decode(errors="replace"), is_local=False)
                if moment:
                    yield moment.isoformat()

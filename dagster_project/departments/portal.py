"""What DataSF's portal writes where its API writes something else.

Belongs here: display names to fields (``Received DtTm`` is ``received_dttm``), times
with AM and PM to ISO. Does not belong here: the fields (``soda_columns``).

Source: the export button of data.sfgov.org, which people use who do not know the API:
programs that read such files of 2018 to 2026. Police dispatch is exported under the
names of its fields, fire calls and 311 under titles.
"""

import re
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.feed import Table
from dagster_project.departments.rows import Chunk

TIMED = ("_dttm", "_datetime", "_date", "_at", "_of")
"""How DataSF's names of dates and times end."""
HALVES = ("AM", "PM")
TIMES = ("%m/%d/%Y %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p", "%Y %b %d %I:%M:%S %p")
"""The month before the day: what the portal wrote for years, and what it writes of late
for police dispatch and for fire calls (``2026 Apr 03 11:15:12 PM``)."""
_DISPLAYED = {
    # So spelled until 2025-02-10.
    "gnap-fj3t": {"priority_orginal": "priority_original"},
    "nuek-vuh3": {
        "neighborhooods_analysis_boundaries": "neighborhoods_analysis_boundaries",
        "neighborhood_district": "neighborhoods_analysis_boundaries",
        "location": "case_location",
    },
    "vw6y-z8j6": {
        "caseid": "service_request_id",
        "opened": "requested_datetime",
        "closed": "closed_date",
        "updated": "updated_datetime",
        "status": "status_description",
        "responsible_agency": "agency_responsible",
        "category": "service_name",
        "request_type": "service_subtype",
        "request_details": "service_details",
        "neighborhood": "neighborhoods_sffind_boundaries",
        "neighborhoods_sf_find_boundaries": "neighborhoods_sffind_boundaries",
        "latitude": "lat",
        "longitude": "long",
    },
}
"""Display names that are not the field name with blanks, by dataset; the third "o" of
Neighborhooods is the portal's, and Neighborhood District, two blanks between, what it
wrote until 2018, its API too. Those of 311 were checked by published programs that read
its exports of 2016 to 2021."""
_BETWEEN = re.compile(r"[^a-z0-9]+")


def field_name(table: Table, column: str) -> str:
    """Return the field that a column of a portal export is, or the column itself.

    ``Received DtTm`` is ``received_dttm``; a column that is no field stays as it is.
    """
    plain = _BETWEEN.sub("_", column.strip().lower()).strip("_")
    plain = _DISPLAYED.get(table.source, {}).get(plain, plain)
    return plain if plain in table.columns else column


def iso_time(text: str | None) -> str | None:
    """Return a time of a portal export as the API writes it; any other text as it is.

    The portal writes the month before the day, and always AM or PM; a date without
    them could be day first and is left for the rules to judge.

    >>> iso_time("07/06/2025 11:10:00 PM"), iso_time("2025/07/06 12:10:00 AM")
    ('2025-07-06T23:10:00', '2025-07-06T00:10:00')
    >>> iso_time("2016 Apr 03 11:15:12 PM")
    '2016-04-03T23:15:12'
    >>> iso_time("06/07/2025"), iso_time("13/06/2025 11:10:00 PM")
    ('06/07/2025', '13/06/2025 11:10:00 PM')
    """
    if text and text.endswith(HALVES):
        for form in TIMES:
            try:
                return datetime.strptime(text, form).isoformat()
            except ValueError:
                continue
    return text


def with_iso_times(chunk: Chunk) -> Chunk:
    """Return rows with the times of a portal export as the API writes them."""
    times = {
        column: pa.array(map(iso_time, values.to_pylist()), pa.string())
        for column, values in chunk.columns.items()
        if column.endswith(TIMED)
        and pc.any(pc.match_substring_regex(values, "[AP]M$")).as_py()
    }
    return replace(chunk, columns={**chunk.columns, **times}) if times else chunk

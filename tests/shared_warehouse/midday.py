"""A day that does not end while the tests run.

Belongs here: the day of the tests of this folder, and the zone whose day it is. Does
not belong here: the city's own zone, which has a test in ``test_city_day``.

PostgreSQL asks its own clock, which no test can stop. In San Francisco's zone a day
ended between a warehouse's making and its reading, once in a night.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

STARTED = datetime.now(UTC)
WEST = STARTED.hour - 12
"""Hours behind UTC of where it is between noon and one o'clock."""
ZONE = f"Etc/GMT{WEST:+}"
"""Its name: the sign of these zones is positive in the west."""
TODAY = STARTED.astimezone(ZoneInfo(ZONE)).date()
"""For eleven hours at the least."""

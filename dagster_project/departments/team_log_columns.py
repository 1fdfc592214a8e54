"""The columns of the street teams' contact log, in both versions of the form.

Belongs here: names only. Does not belong here: what a label means (staging).

Source: the field list agreed with DEM; version 2 came with the neighbourhood teams on
2025-03-25 and writes one UTC time in place of a local date and a local time.
"""

_BEFORE = "ContactID FirstName LastName Alias DOB Age Gender Phone".split()
_AFTER = """
    IncidentNumber ContactMade ServicesOffered ServicesAccepted ServicesDeclined
    DeclineReason ResourceRequested Outcome FollowUpDate ReferredTo Worker Notes
    IsDeleted SystemModstamp
""".split()
_PLACE = "Team Location Neighborhood".split()
_LOCAL = "EncounterDate EncounterTime".split()

VERSION_1 = (*_BEFORE, *_LOCAL, *_PLACE, *_AFTER)
VERSION_2 = (*_BEFORE, "EncounterDateTimeUTC", *_PLACE, "NeighborhoodTeam", *_AFTER)
ALL = (
    *_BEFORE,
    *_LOCAL,
    "EncounterDateTimeUTC",
    *_PLACE,
    "NeighborhoodTeam",
    *_AFTER,
)
"""Union of both, the columns of the raw table."""

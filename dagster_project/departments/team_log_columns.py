"""The columns of the street teams' contact log, in both versions of the form.

Belongs here: names only. Does not belong here: what a label means (staging).

Source: the field list agreed with DEM; version 2 came with the neighbourhood teams on
2025-03-25 and writes one UTC time in place of a local date and a local time.
"""

_BEFORE = "ContactID FirstName LastName Alias DOB Age Gender Phone"
_LOCAL = "EncounterDate EncounterTime"
_UTC = "EncounterDateTimeUTC"
_PLACE = "Team Location Neighborhood"
_AREA = "NeighborhoodTeam"
_AFTER = """
    IncidentNumber ContactMade ServicesOffered ServicesAccepted ServicesDeclined
    DeclineReason ResourceRequested Outcome FollowUpDate ReferredTo Worker Notes
    IsDeleted SystemModstamp
"""

VERSION_1 = tuple(" ".join((_BEFORE, _LOCAL, _PLACE, _AFTER)).split())
VERSION_2 = tuple(" ".join((_BEFORE, _UTC, _PLACE, _AREA, _AFTER)).split())
ALL = tuple(" ".join((_BEFORE, _LOCAL, _UTC, _PLACE, _AREA, _AFTER)).split())
"""Union of both, the columns of the raw table."""

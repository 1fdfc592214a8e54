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
    IsDeleted MasterRecordId SystemModstamp
"""

VERSION_1 = tuple(" ".join((_BEFORE, _LOCAL, _PLACE, _AFTER)).split())
VERSION_2 = tuple(" ".join((_BEFORE, _UTC, _PLACE, _AREA, _AFTER)).split())
ALL = tuple(" ".join((_BEFORE, _LOCAL, _UTC, _PLACE, _AREA, _AFTER)).split())
"""Union of both, the columns of the raw table."""

_OPTIONAL = """
    Alias Age Gender Phone Location Neighborhood NeighborhoodTeam IncidentNumber
    DeclineReason ResourceRequested FollowUpDate ReferredTo Worker Notes MasterRecordId
"""
NEEDED = tuple(column for column in ALL if column not in _OPTIONAL.split())
"""Columns without which an entry does not say who met whom, when, and what came of it.
The others are left out of some reports, and MasterRecordId stands only in those that
list deleted entries: it names the entry that a duplicate was merged into."""

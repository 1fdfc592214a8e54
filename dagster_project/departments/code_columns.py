"""Which raw columns hold codes, so that a new one is noticed.

Belongs here: columns whose few values say nothing of one person. Does not belong here:
which codes are right (``expectations/``), what a code means (seeds, staging).
"""

_COLUMNS = """
    hsh_client     NameDataQuality SSNDataQuality DOBDataQuality Sex VeteranStatus
    hsh_enrollment        LivingSituation RelationshipToHoH DisablingCondition
    hsh_exit              Destination
    hsh_project           ProjectType
    hsh_services          RecordType TypeProvided
    hsh_event             Event ReferralResult
    hsh_current_living_situation CurrentLivingSituation
    fire_epcr             eresponse_05 epatient_25 edisposition_28 edisposition_30
    fire_calls            call_type call_type_group call_final_disposition unit_type
    dem_cad_calls         agency call_type_final priority_final disposition onview_flag
    dem_team_log          Team ContactMade DeclineReason Outcome Gender IsDeleted
    datasf_311_cases      service_name status_description source
"""
CODE_COLUMNS = {
    words[0]: tuple(words[1:]) for words in map(str.split, _COLUMNS.strip().split("\n"))
}
"""Raw table to its columns of codes."""
CODE_LIMIT = 60
"""Characters of a code; what is longer was typed by somebody and is not kept."""

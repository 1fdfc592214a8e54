"""Which raw columns hold codes, and which names: what is counted of each delivery.

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
DOCUMENT_CODES = {
    "dph_encounter": {"status": "$.status", "class": "$.class.code"},
    "dph_procedure": {"status": "$.status"},
    "dph_service_request": {"status": "$.status", "intent": "$.intent"},
    "dph_consent": {"status": "$.status", "provision": "$.provision.type"},
    "dph_condition": {
        "clinicalStatus": "$.clinicalStatus.coding[0].code",
        "category": "$.category[0].coding[0].code",
    },
}
"""Raw table to codes inside its documents: name, and path in JSON. All are of value
sets that HL7 binds; a clinical code says too much of its patient to be counted here."""
_NAMES = """
    hsh_client   FirstName MiddleName LastName
    fire_epcr    epatient_02 epatient_03
    dem_team_log FirstName LastName Alias
    dph_patient  resource
"""
NAME_COLUMNS = {
    words[0]: tuple(words[1:]) for words in map(str.split, _NAMES.strip().split("\n"))
}
"""Raw table to its columns of names, where a wrong encoding does most harm."""
GARBLED = ("Ã", "Â", "â€", "Ð", "\N{REPLACEMENT CHARACTER}")
"""What UTF-8 looks like once it was read as Windows-1252, or given up on."""
CODE_LIMIT = 60
"""Characters of a code; what is longer was typed by somebody and is not kept."""

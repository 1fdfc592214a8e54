"""The columns of the DataSF datasets we read, by their API field names.

Belongs here: names only. Does not belong here: what a column means (staging), what the
portal calls it (``portal``).

Source: DataSF, the datasets' own column lists, by dataset id.
"""

_CAD_CALLS = """
    id cad_number received_datetime entry_datetime dispatch_datetime
    enroute_datetime onscene_datetime close_datetime call_type_original
    call_type_original_desc call_type_original_notes call_type_final
    call_type_final_desc call_type_final_notes priority_original priority_final
    agency disposition onview_flag sensitive_call intersection_name intersection_id
    intersection_point supervisor_district analysis_neighborhood police_district
    call_last_updated_at data_as_of data_loaded_at dup_cad_number pd_incident_report
    data_updated_at source_filename
"""
CAD_CALLS = tuple(_CAD_CALLS.split())
"""Law Enforcement Dispatched Calls: gnap-fj3t (real time) and 2zdj-bwza (closed)."""

_FIRE_CALLS = """
    call_number unit_id incident_number call_type call_date watch_date received_dttm
    entry_dttm dispatch_dttm response_dttm on_scene_dttm transport_dttm
    hospital_dttm call_final_disposition available_dttm address city
    zipcode_of_incident battalion station_area box original_priority priority
    final_priority als_unit call_type_group number_of_alarms unit_type
    unit_sequence_in_call_dispatch fire_prevention_district supervisor_district
    neighborhoods_analysis_boundaries rowid case_location data_as_of data_loaded_at
"""
FIRE_CALLS = tuple(_FIRE_CALLS.split())
"""Fire Department and EMS Dispatched Calls, nuek-vuh3: one row per unit."""

_CASES_311 = """
    service_request_id requested_datetime closed_date updated_datetime
    status_description status_notes agency_responsible service_name service_subtype
    service_details address street supervisor_district
    neighborhoods_sffind_boundaries analysis_neighborhood police_district lat long
    point source data_as_of data_loaded_at
"""
CASES_311 = tuple(_CASES_311.split())
"""311 Cases, vw6y-z8j6."""

SAME_TABLE = {"2zdj-bwza": "gnap-fj3t"}
"""Dataset to the one in whose place it fills the same table: calls that are closed."""

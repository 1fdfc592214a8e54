"""One NEMSIS 3.5.1 PatientCareReport as text.

Belongs here: groups and elements in schema order, nil elements.
Does not belong here: values. Each ``%s`` is a finished element or a value.
Source: NEMSIS v3.5.1 EMSDataSet, sample ePCRs of the NEMSIS TAC.
"""

from collections.abc import Mapping, Sequence

from dagster_project.synthetic.export.text import xml_text

NOT_APPLICABLE = 'NV="7701001"'
NOT_RECORDED = 'NV="7701003"'
REFUSED = 'PN="8801019"'
UNABLE = 'PN="8801023"'
ABSENT = ""
"""No reason to give: an optional element without a value is left out."""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<EMSDataSet xmlns="http://www.nemsis.org" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.nemsis.org https://nemsis.org/media/nemsis_v3/\
3.5.1.250403CP1/XSDs/NEMSIS_XSDs/EMSDataSet_v3.xsd">
<Header>
<DemographicGroup>
<dAgency.01>S38-50827</dAgency.01>
<dAgency.02>{agency}</dAgency.02>
<dAgency.04>06</dAgency.04>
</DemographicGroup>
"""
TAIL = "</Header>\n</EMSDataSet>\n"


def nil(name: str, why: str) -> str:
    """Write an element without a value and the reason."""
    return f'<{name} xsi:nil="true" {why}/>'


def element(name: str, values: Sequence[str], why: str) -> list[str]:
    """Write a column of elements, nil or left out where there is no value.

    Most columns are codes, so each value is written once and then looked up.
    """
    start, end = f"<{name}>", f"</{name}>"
    texts = {value: start + xml_text(value) + end for value in set(values)}
    texts[""] = nil(name, why) if why else ""
    return [texts[value] for value in values]


def reports(columns: Mapping[str, Sequence[str]], count: int) -> list[str]:
    """Write reports from plain columns; a missing column is nil everywhere."""
    finished = []
    for name, rule in ELEMENTS.items():
        values = columns.get(name, [""] * count)
        finished.append(element(rule[0], values, rule[1]) if rule else values)
    return [REPORT % values for values in zip(*finished, strict=True)]


ELEMENTS = {
    "uuid": None,
    "number": None,
    "agency": None,
    "incident": ("eResponse.03", NOT_RECORDED),
    "response": ("eResponse.04", NOT_RECORDED),
    "service": ("eResponse.05", NOT_RECORDED),
    "unit": ("eResponse.13", NOT_RECORDED),
    "call_sign": ("eResponse.14", NOT_RECORDED),
    "reason": ("eDispatch.01", NOT_RECORDED),
    "called": ("eTimes.01", NOT_RECORDED),
    "notified": ("eTimes.03", NOT_RECORDED),
    "arrived": ("eTimes.06", NOT_RECORDED),
    "at_patient": ("eTimes.07", NOT_RECORDED),
    "left_scene": ("eTimes.09", NOT_APPLICABLE),
    "at_destination": ("eTimes.11", NOT_APPLICABLE),
    "back": ("eTimes.13", NOT_RECORDED),
    "last": ("ePatient.02", NOT_RECORDED),
    "first": ("ePatient.03", NOT_RECORDED),
    "middle": ("ePatient.04", ABSENT),
    "suffix": ("ePatient.23", ABSENT),
    "address": ("ePatient.05", UNABLE),
    "home_city": ("ePatient.06", UNABLE),
    "home_county": ("ePatient.07", NOT_RECORDED),
    "home_state": ("ePatient.08", NOT_RECORDED),
    "home_zip": ("ePatient.09", NOT_RECORDED),
    "ssn": ("ePatient.12", ABSENT),
    "gender": ("ePatient.13", NOT_RECORDED),
    "race": None,
    "age": ("ePatient.15", NOT_RECORDED),
    "age_units": ("ePatient.16", NOT_RECORDED),
    "dob": ("ePatient.17", NOT_RECORDED),
    "phone": None,
    "email": ("ePatient.19", ABSENT),
    "residence": ("ePatient.22", NOT_RECORDED),
    "sex": ("ePatient.25", NOT_RECORDED),
    "scene_type": ("eScene.09", NOT_RECORDED),
    "scene_street": ("eScene.15", NOT_RECORDED),
    "scene_zip": ("eScene.19", NOT_RECORDED),
    "onset": ("eSituation.01", NOT_RECORDED),
    "complaint": ("eSituation.04", ABSENT),
    "symptom": ("eSituation.09", NOT_RECORDED),
    "associated": ("eSituation.10", NOT_APPLICABLE),
    "impression": ("eSituation.11", NOT_RECORDED),
    "secondary": ("eSituation.12", NOT_APPLICABLE),
    "acuity": ("eSituation.13", NOT_RECORDED),
    "narrative": ("eNarrative.01", NOT_RECORDED),
    "medications": None,
    "procedures": None,
    "destination": ("eDisposition.01", NOT_APPLICABLE),
    "destination_code": ("eDisposition.02", NOT_APPLICABLE),
    "patients": ("eDisposition.11", ABSENT),
    "unit_disposition": ("eDisposition.27", NOT_RECORDED),
    "care": ("eDisposition.28", NOT_APPLICABLE),
    "crew": ("eDisposition.29", NOT_RECORDED),
    "transport": ("eDisposition.30", NOT_APPLICABLE),
    "release": ("eDisposition.31", ABSENT),
    "method": ("eDisposition.16", NOT_APPLICABLE),
    "mode": ("eDisposition.17", NOT_APPLICABLE),
    "descriptor": ("eDisposition.18", NOT_APPLICABLE),
    "release_acuity": ("eDisposition.19", NOT_RECORDED),
    "destination_type": ("eDisposition.21", NOT_APPLICABLE),
    "capability": ("eDisposition.23", NOT_APPLICABLE),
    "level": ("eDisposition.32", NOT_RECORDED),
    "outcome": ("eOutcome.01", NOT_APPLICABLE),
}
"""Columns in the order of the template: element and why it may be nil. ``None`` marks
columns that come as finished XML."""

REPORT = """<PatientCareReport UUID="%s">
<eRecord><eRecord.01>%s</eRecord.01><eRecord.SoftwareApplicationGroup>\
<eRecord.02>Throughline</eRecord.02><eRecord.03>Made-up city</eRecord.03>\
<eRecord.04>1</eRecord.04></eRecord.SoftwareApplicationGroup></eRecord>
<eResponse><eResponse.AgencyGroup><eResponse.01>%s</eResponse.01>\
<eResponse.02>San Francisco Fire Department</eResponse.02></eResponse.AgencyGroup>\
%s%s<eResponse.ServiceGroup>%s</eResponse.ServiceGroup>%s%s</eResponse>
<eDispatch>%s</eDispatch>
<eTimes>%s%s%s%s%s%s%s</eTimes>
<ePatient><ePatient.PatientNameGroup>%s%s%s%s</ePatient.PatientNameGroup>\
%s%s%s%s%s%s%s%s<ePatient.AgeGroup>%s%s</ePatient.AgeGroup>%s%s%s%s%s</ePatient>
<eScene><eScene.06>2707005</eScene.06><eScene.07>9923001</eScene.07>%s%s\
<eScene.17>2411786</eScene.17><eScene.18>06</eScene.18>%s\
<eScene.21>06075</eScene.21></eScene>
<eSituation>%s<eSituation.02>9922001</eSituation.02><eSituation.PatientComplaintGroup>\
<eSituation.03>2803001</eSituation.03>%s</eSituation.PatientComplaintGroup>\
<eSituation.07>2807011</eSituation.07>%s%s%s%s%s</eSituation>
<eNarrative>%s</eNarrative>
<eMedications>%s</eMedications>
<eProcedures>%s</eProcedures>
<eDisposition><eDisposition.DestinationGroup>%s%s</eDisposition.DestinationGroup>%s\
<eDisposition.IncidentDispositionGroup>%s%s%s%s%s\
</eDisposition.IncidentDispositionGroup>%s%s%s%s%s%s%s</eDisposition>
<eOutcome>%s</eOutcome>
</PatientCareReport>
"""
MEDICATION = """<eMedications.MedicationGroup><eMedications.01>{at}</eMedications.01>\
<eMedications.02>9923001</eMedications.02>\
<eMedications.03 CodeType="9924003">{drug}</eMedications.03>\
<eMedications.04>{route}</eMedications.04>\
<eMedications.07>{response}</eMedications.07></eMedications.MedicationGroup>"""
NO_MEDICATION = (
    "<eMedications.MedicationGroup>"
    + "".join(
        nil(f"eMedications.{n}", NOT_APPLICABLE) for n in ("01", "02", "03", "04", "07")
    )
    + "</eMedications.MedicationGroup>"
)
PROCEDURE = """<eProcedures.ProcedureGroup><eProcedures.01>{at}</eProcedures.01>\
<eProcedures.02>9923001</eProcedures.02><eProcedures.03>{code}</eProcedures.03>\
</eProcedures.ProcedureGroup>"""
NO_PROCEDURE = (
    "<eProcedures.ProcedureGroup>"
    + "".join(nil(f"eProcedures.{n}", NOT_APPLICABLE) for n in ("01", "02", "03"))
    + "</eProcedures.ProcedureGroup>"
)

"""The NEMSIS elements we take from a patient care report.

Belongs here: element names and the column each becomes. Does not belong here: codes.

Source: NEMSIS data dictionary 3.5.1. Elements left out are left out on purpose:
insurance, crew, next of kin and injury detail answer none of our questions.
"""

SECTIONS = {
    "eRecord": "01",
    "eResponse": "01 03 04 05 13 14",
    "eDispatch": "01",
    "eTimes": "01 03 06 07 13",
    "ePatient": "02 03 04 05 06 07 08 09 12 13 14 15 16 17 18 22 25",
    "eScene": "09 15 17 18 19 21",
    "eSituation": "01 02 04 07 09 10 11 12 13",
    "eMedications": "01 03 07",
    "eProcedures": "01 03",
    "eDisposition": "01 02 11 12 16 17 18 21 23 27 28 29 30 31 32",
    "eOutcome": "01",
    "eNarrative": "01",
}
"""Section to the numbers taken from it. ePatient.25 (sex) replaced .13 (gender), and
eDisposition.27-.32 replaced .12, in 3.5; older software still writes the old ones."""

ELEMENTS = {
    f"{section}.{number}": f"{section}_{number}".lower()
    for section, numbers in SECTIONS.items()
    for number in numbers.split()
}
"""Element name to raw column."""

COLUMNS = ("report_id", "pcr_uuid", "dagency_02", *ELEMENTS.values())
"""The id we give a report (``nemsis_ids``), its UUID, and of the header it stands under
the number of its agency come before what the report says."""

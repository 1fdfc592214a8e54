"""The tiny city's ePCRs and dispatched units of the Fire Department.

Who they are, ``tiny_city`` says.
"""

from tests.dbt_project.tiny_rows import in_delivery, rows_of

EPCR = "fire_epcr_20260701T120000_dddddddd"


LATER_EPCR = "fire_epcr_20260702T120000_dddddddd"


def _pcr(key: str, sign: str, at: str, **more: str) -> dict:
    return {
        "erecord_01": key,
        "report_id": key,
        "eresponse_14": sign,
        "eresponse_05": "2205001",
        "etimes_07": at,
        "edisposition_27": "4227001",
    } | more


PCRS = rows_of(
    EPCR,
    _pcr(
        "R1",
        "SCRT 1",
        "2026-01-15T22:30:00-08:00",
        eresponse_03="260150001",
        epatient_02="Faasoa",
        epatient_03="Mele",
        epatient_17="1980-05-17",
        epatient_25="9919001",
        epatient_14="2514009",
        esituation_11="F99",
        edisposition_28="4228001",
        edisposition_30="4230009",
        edisposition_31="4231001",
    ),
    _pcr(
        "R2",
        "SORT 2",
        "2026-03-01T10:00:00-08:00",
        eresponse_03="260600002",
        epatient_02="Faasoa",
        epatient_03="Mele",
        epatient_17="1980-05-17",
        esituation_11="T40.411A",
        emedications_03="7242",
    ),
    _pcr(
        "R3",
        "SCRT 1",
        "2026-02-01T10:00:00-08:00",
        epatient_02="NV:7701003",
        epatient_03="PN:8801019",
        edisposition_30="4230013",
        edisposition_31="4231005",
    ),
    _pcr("R4", "SCRT 1", "2026-02-02T10:00:00-08:00"),
    in_delivery(
        LATER_EPCR,
        _pcr("R4", "SCRT 1", "2026-02-02T10:00:00-08:00", edisposition_27="4227011"),
    ),
)


UNITS = rows_of(
    "fire_calls_20260701T120000_88888888",
    *[
        {
            "rowid": f"260150001-{unit}",
            "call_number": "260150001",
            "unit_id": unit,
            "call_final_disposition": "Other",
            "received_dttm": "2026-01-15T22:10:00.000",
        }
        for unit in ("M12", "SCRT1")
    ],
)

"""Feed ``dph_fhir``: Epic's FHIR R4 bulk export.

Belongs here: the folder, its manifest, which types it holds.
Does not belong here: resources (``fhir_patients`` and its neighbours, whose docstrings
say how to read them).

``fhir_<UTC time>/`` with ``manifest.json`` and ``<Type>.000.ndjson`` for Patient,
Encounter, Procedure, Condition, ServiceRequest and Consent (types without rows have no
file). The manifest follows Bulk Data Access: transactionTime (UTC), request (with
``_since`` but for the first), output, deleted, error; an entry has type, url, count;
the url's last part is the file's name. ``deleted.000.ndjson`` holds a transaction
Bundle per line with one entry (request.method DELETE, url ``Type/id``) and
meta.lastUpdated = the moment of the deletion. An id's latest meta.lastUpdated wins.
"""

import json
from pathlib import Path

from dagster_project.synthetic.export.batches import Delivery
from dagster_project.synthetic.export.fhir_care import Care, Conditions, Procedures
from dagster_project.synthetic.export.fhir_consents import Consents
from dagster_project.synthetic.export.fhir_encounters import Encounters
from dagster_project.synthetic.export.fhir_patients import Patients
from dagster_project.synthetic.export.fhir_requests import Requests
from dagster_project.synthetic.export.fhir_table import BASE, FhirTable
from dagster_project.synthetic.export.files import blocks, write_folder
from dagster_project.synthetic.export.source import Source

TIME = "%Y-%m-%dT%H:%M:%S.000Z"


def _tables(source: Source) -> list[FhirTable]:
    patients, encounters = Patients(source), Encounters(source)
    care = Care(source, encounters)
    procedures, conditions = Procedures(care), Conditions(care)
    requests, consents = Requests(care), Consents(source, care.opioid_records)

    def table(kind: str, rows: object, part_2: object = None) -> FhirTable:
        return FhirTable(kind, rows.ids, rows.changes, rows.render, part_2)

    return [
        table("Patient", patients),
        table("Encounter", encounters),
        table("Procedure", procedures, procedures.part_2),
        table("Condition", conditions, conditions.part_2),
        table("ServiceRequest", requests),
        table("Consent", consents),
    ]


class Writer:
    """Writes the weekly folders in order."""

    def __init__(self, source: Source, spoil):
        """Lay out all resources."""
        self.tables, self.spoil = _tables(source), spoil
        self.since = ""

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one folder; return its resources by type."""
        members, output, counts, bundles = {}, [], {}, []
        where = f"{BASE}/bulk/{delivery.name}"
        for table in self.tables:
            lines, gone = table.of(delivery)
            lines += self.spoil(delivery, table.kind, lines)
            bundles += gone
            counts[table.kind] = len(lines)
            if lines:
                name = f"{table.kind}.000.ndjson"
                members[name] = blocks(lines)
                url = f"{where}/{name}"
                output.append({"type": table.kind, "url": url, "count": len(lines)})
        deleted = []
        if bundles:
            members["deleted.000.ndjson"] = blocks(bundles)
            url = f"{where}/deleted.000.ndjson"
            deleted.append({"type": "Bundle", "url": url, "count": len(bundles)})
        counts["deleted"] = len(bundles)
        types = ",".join(table.kind for table in self.tables)
        since = f"&_since={self.since}" if self.since else ""
        moment = delivery.extracted_at.strftime(TIME)
        manifest = {
            "transactionTime": moment,
            "request": f"{BASE}/Group/street/$export?_type={types}{since}",
            "requiresAccessToken": True,
            "output": output,
            "deleted": deleted,
            "error": [],
        }
        members["manifest.json"] = [json.dumps(manifest, indent=1).encode() + b"\n"]
        write_folder(path, members)
        self.since = moment
        return counts

"""What ``throughline link`` writes: a run's tables under the names a user sees.

Belongs here: renaming and a person for every record. Does not belong here: writing
files, deciding who is who.
"""

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.fields import EXTRA_FIELDS
from dagster_project.linkage.ledger import Ledger
from dagster_project.linkage.person_ids import person_id, person_ids
from dagster_project.linkage.tables import LinkResult


def client_links(result: LinkResult, key: bytes, id_type: pa.DataType) -> pa.Table:
    """Return one row per record, by record id, with its person and how sure.

    A record too thin to link has an id of its own and counts as no person (decision 3).
    A person is named after its first record id, so the same people get the same names
    in every run.
    """
    partition = result.partition
    ids = partition["client_record_id"]
    founders = pc.coalesce(partition["cluster"], ids).combine_chunks()
    founders = founders.dictionary_encode()
    named = person_ids(key, founders.dictionary.to_pylist())
    people = pa.array(named, pa.string()).take(founders.indices)
    return pa.table(
        {
            "record_id": ids.cast(id_type),
            "person_id": people,
            "link_confidence": partition["link_confidence"],
            "link_status": partition["link_status"],
        }
    )


def lasting_links(partition: pa.Table, ledger: Ledger, key: bytes) -> pa.Table:
    """Return the same with the ledger's persons, record ids as text.

    A record too thin to link is nobody's in the ledger; what it is called here is no
    person's name, also when the record once founded one.
    """
    ids = partition["client_record_id"].combine_chunks()
    person = ledger.persons_of(ids)
    thin = person.is_null()
    alone = [person_id(key, f"{i}\nalone") for i in ids.filter(thin).to_pylist()]
    return pa.table(
        {
            "record_id": ids,
            "person_id": pc.replace_with_mask(
                person, thin, pa.array(alone, pa.string())
            ),
            "link_confidence": partition["link_confidence"],
            "link_status": partition["link_status"],
        }
    )


def cast_ids(ids: pa.Array, id_type: pa.DataType) -> pa.Array:
    """Return record ids in the caller's type, or as text if some are no such ids."""
    try:
        typed = ids.cast(id_type)
    except pa.ArrowInvalid:
        return ids
    # 007 and 7 are two records, but one number.
    return typed if typed.cast(ids.type).equals(ids) else ids


def edges(pairs: pa.Table, id_type: pa.DataType) -> pa.Table:
    """Return one row per pair of records that is more likely one person than two."""
    return _pairs(pairs, ("match_weight", "match_probability"), id_type)


def review_queue(
    questions: pa.Table, id_type: pa.DataType, extras: tuple[str, ...]
) -> pa.Table:
    """Return one row per question, most useful first."""
    columns = ("reason", "priority", "match_probability")
    table = _pairs(questions, columns, id_type)
    reasons = table["reason"]
    for ours, theirs in zip(EXTRA_FIELDS, extras, strict=False):
        for name in (ours, ours.replace("_", " ")):
            reasons = pc.replace_substring(reasons, name, theirs)
    return table.set_column(2, "reason", reasons)


def _pairs(table: pa.Table, columns: tuple[str, ...], id_type: pa.DataType) -> pa.Table:
    return pa.table(
        {
            "record_id_l": cast_ids(table["client_record_id_l"], id_type),
            "record_id_r": cast_ids(table["client_record_id_r"], id_type),
            **{column: table[column] for column in columns},
        }
    )


def counted(links: pa.Table) -> dict[str, int]:
    """Return the counts of records and of people, a row being a record's person.

    A record too thin to link is nobody's, whatever its row is called.
    """
    counts = links["link_status"].value_counts().to_pylist()
    status = {one["values"]: one["counts"] for one in counts}
    people = links.filter(pc.not_equal(links["link_status"], "unlinkable"))
    return {
        "records": links.num_rows,
        "people": len(people["person_id"].unique()),
        "linked records": status.get("linked", 0),
        "records too thin to link": status.get("unlinkable", 0),
    }


def summary(counts: dict[str, int], questions: int, compared: int) -> dict[str, int]:
    """Return the figures of a run in the order of reading.

    Args:
        counts: as ``counted`` has them.
        questions: for review.
        compared: candidate pairs.
    """
    return {
        "records": counts["records"],
        "candidate pairs compared": compared,
        "people": counts["people"],
        "linked records": counts["linked records"],
        "questions for review": questions,
        "records too thin to link": counts["records too thin to link"],
    }

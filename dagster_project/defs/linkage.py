"""The linkage step: client records in, persons out, as assets.

Belongs here: reading the waist and the identity ledger, writing the tables of schema
``linkage`` in one transaction. Does not belong here: how records are compared
(``linkage``).
"""

TABLES = {
    "candidate_pairs": "One row per pair of client records a blocking rule brought "
    "together and that is not ruled out.",
    "edges": "One row per pair above the lowest threshold kept.",
    "client_links": "One row per client record: its person, or why it has none.",
    "persons": "One row per person, current.",
    "identity_events": "One row per change of identity ever made; append-only.",
    "review_queue": "One row per question for a steward.",
    "models": "One row per trained model.",
    "blocking_report": "One row per blocking rule: what it brought and left out.",
}

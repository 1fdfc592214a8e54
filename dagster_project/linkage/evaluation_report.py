"""How well links match the truth, as one dictionary and as lines.

Belongs here: which figures are given and how they are worded. Does not belong here:
their computation (``evaluate``, ``errors_found``), files.
"""

from dataclasses import asdict

import numpy as np
import pyarrow as pa

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.errors_found import (
    MOST_PAIRS,
    crossing_pairs,
    field_shares,
    levels_of,
    mixed_groups,
    pairs_in,
)
from dagster_project.linkage.evaluate import Quality, evaluate

Partition = dict[str, str | None]


def figures(
    links: Partition,
    truth: Partition,
    records: pa.Table | None = None,
    edges: list[tuple[str, str]] | None = None,
) -> dict:
    """Return every figure.

    Args:
        links: record id -> person found; None is a person of its own.
        truth: record id -> true person; None is unknown, and left out.
        records: the linked table, to say which fields agree among wrong pairs.
        edges: pairs of record ids that were scored, to say which missed pairs were.

    Raises:
        UnreadableRecords: no record has both a link and a true person.
    """
    ids = sorted(i for i in links if truth.get(i) is not None)
    if not ids:
        raise UnreadableRecords("The links and the truth have no record in common")
    alone = sum(links[i] is None for i in ids)
    found = np.array([links[i] or f"\n{i}" for i in ids], object)
    real = np.array([truth[i] for i in ids], object)
    result = evaluate(found, real)
    found = np.unique(found, return_inverse=True)[1].astype(np.int64)
    real = np.unique(real, return_inverse=True)[1].astype(np.int64)
    said: dict = {
        "records": {
            "compared": len(ids),
            "only_in_links": len(links.keys() - truth.keys()),
            "only_in_truth": len(truth.keys() - links.keys()),
            "without_true_person": sum(
                truth.get(i, "") is None for i in links if i in truth
            ),
            "without_person_in_links": alone,
        },
        "people": {"found": _distinct(found), "true": _distinct(real)},
        "pairwise": _quality(result.pairwise),
        "b_cubed": _quality(result.b_cubed),
        "pairs": {
            "true": result.true_pairs,
            "found": result.found_pairs,
            "right": result.right_pairs,
            "false": result.found_pairs - result.right_pairs,
            "missed": result.true_pairs - result.right_pairs,
        },
        "clusters_by_size": [asdict(row) for row in mixed_groups(found, real)],
        "people_by_size": [asdict(row) for row in mixed_groups(real, found)],
    }
    missed = crossing_pairs(real, found)
    if records is not None:
        said["false_pairs_by_field"] = _fields(
            records, ids, crossing_pairs(found, real)
        )
        said["missed_pairs_by_field"] = _fields(records, ids, missed)
    if edges is not None:
        scored = pairs_in(ids, *missed, edges)
        said["missed_pairs_scored"] = {
            "looked_at": len(missed[0]),
            "in_edges": scored,
            "not_in_edges": len(missed[0]) - scored,
        }
    return said


def _distinct(codes: np.ndarray) -> int:
    return len(np.unique(codes))


def _quality(quality: Quality) -> dict[str, float]:
    return {
        "precision": quality.precision,
        "recall": quality.recall,
        "f1": quality.f1,
    }


def _fields(records: pa.Table, ids: list[str], pairs) -> dict:
    levels = levels_of(records, ids, *pairs)
    return {
        "looked_at": len(levels),
        "fields": [asdict(row) for row in field_shares(levels)],
    }


def lines(said: dict) -> list[str]:
    """Return the figures as text."""
    counts, people, pairs = said["records"], said["people"], said["pairs"]
    out = [f"{counts['compared']:,} records compared"]
    for key, words in (
        ("only_in_links", "only in the links, left out"),
        ("only_in_truth", "only in the truth, left out"),
        ("without_true_person", "without a true person, left out"),
        ("without_person_in_links", "without a person in the links, each its own"),
    ):
        if counts[key]:
            out.append(f"  {counts[key]:,} {words}")
    out += [
        f"{people['found']:,} people found, {people['true']:,} in truth",
        "",
        f"{'':12}{'precision':>11}{'recall':>11}{'F1':>11}",
    ]
    for key, words in (("pairwise", "pairwise"), ("b_cubed", "B-cubed")):
        q = said[key]
        out.append(
            f"{words:12}{q['precision']:>11.4f}{q['recall']:>11.4f}{q['f1']:>11.4f}"
        )
    out += [
        "",
        f"{pairs['right']:,} pairs right, {pairs['false']:,} false, "
        f"{pairs['missed']:,} missed",
        *_sizes("Clusters by size", "with several people", said["clusters_by_size"]),
        *_sizes("People by records", "in several clusters", said["people_by_size"]),
    ]
    for key, words in (
        ("false_pairs_by_field", "False pairs"),
        ("missed_pairs_by_field", "Missed pairs"),
    ):
        if key in said:
            out += _field_lines(words, said[key])
    if scored := said.get("missed_pairs_scored"):
        out += [
            "",
            f"Of {scored['looked_at']:,} missed pairs {scored['in_edges']:,} are among "
            f"the edges; {scored['not_in_edges']:,} are not: never candidates, or "
            "scored below the edges' floor.",
        ]
    return out


def _sizes(title: str, words: str, rows: list[dict]) -> list[str]:
    out = ["", f"{title:20}{'all':>12}{words:>22}{'their records':>16}"]
    for row in rows:
        out.append(
            f"{row['sizes']:>20}{row['groups']:>12,}{row['mixed']:>22,}"
            f"{row['records']:>16,}"
        )
    return out


def _field_lines(words: str, said: dict) -> list[str]:
    if not said["looked_at"]:
        return ["", f"{words}: none to look at."]
    first = "the first " if said["looked_at"] >= MOST_PAIRS else ""
    out = [
        "",
        f"{words}, {first}{said['looked_at']:,} looked at:",
        f"{'':20}{'compared':>12}{'equal':>10}{'different':>12}",
    ]
    rows = sorted(said["fields"], key=lambda r: -r["different"] / r["compared"])
    for row in rows:
        equal, different = (
            f"{100 * row[k] / row['compared']:.0f} %" for k in ("equal", "different")
        )
        name = row["field"].replace("_", " ")
        out.append(f"{name:>20}{row['compared']:>12,}{equal:>10}{different:>12}")
    return out

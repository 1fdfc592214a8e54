"""Estimated error rates of the linkage, by pair of departments and by group of people.

Belongs here: the report's estimates as rows. Does not belong here: estimating
(``linkage.quality``, ``linkage.report.groups``, ``linkage.report.sources``).
"""

from collections.abc import Iterator

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import Evidence
from dagster_project.linkage.quality import Estimate
from dagster_project.linkage.report.groups import in_several_sources, measures
from dagster_project.linkage.report.parts import LEAST_SHOWN, rest
from dagster_project.linkage.report.people import Recorded
from dagster_project.linkage.report.sources import pairs_of_sources

UNSEEN = (
    " It cannot see pairs that no blocking rule brought together, nor an error of the "
    "model about its own sureness; 95 % intervals hold the chance that is left when "
    "every probability is right."
)
BY_PAIR = (
    "From the model's own probabilities over record pairs between the two, none looked "
    "at by people (Enamorado, Fifield and Imai 2019; Belin and Rubin 1995): "
    "false matches are the expected share of linked pairs that are two people, missed "
    "ones the expected share of pairs of one person left apart." + UNSEEN
)
BY_GROUP = (
    "From the model's own probabilities over records, none looked at by people: "
    "falsely linked is the expected share of linked records joined to a person not "
    "theirs, missed the expected share of linkable records whose person has another "
    "record left apart." + UNSEEN
)
TOO_FEW = (
    f"Not estimated: the rates would rest on fewer than {LEAST_SHOWN} people; the "
    "linkage report does not show them either."
)


def pair_rows(
    evidence: Evidence, recorded: Recorded, config: LinkConfig
) -> Iterator[dict[str, object]]:
    """Yield one row per ordered pair of departments, a department beside itself too.

    Both orders are given, so that one department's row asks about all the others.
    """
    for pair in pairs_of_sources(evidence, recorded.source, config):
        few = 0 < pair.both < LEAST_SHOWN
        false, missed = (rest(rate) for rate in pair.rates[1:])
        row = {
            "n_people_both": pair.both,
            "n_people_either": pair.either,
            **_told("false_match_rate", None if few else false),
            **_told("missed_match_rate", None if few else missed),
            "n_questions": pair.questions,
            "estimated_by": TOO_FEW if few else BY_PAIR,
        }
        ends = (pair.one, pair.two)
        for one, two in dict.fromkeys((ends, ends[::-1])):
            yield {"department": one, "other_department": two, **row}


def group_rows(evidence: Evidence, recorded: Recorded) -> Iterator[dict[str, object]]:
    """Yield one row per grouping and group; groups of few people are pooled."""
    elsewhere = in_several_sources(evidence, recorded.source)
    for grouping in (recorded.source, *recorded.groups):
        name = "department" if grouping is recorded.source else grouping.name
        for one in measures(evidence, grouping, elsewhere):
            shown = one.shown
            yield {
                "grouping": name,
                "people_group": one.label,
                "n_records": one.records,
                "n_people": one.people,
                "share_unlinkable": one.unlinkable if shown else None,
                "share_linked_elsewhere": one.elsewhere if shown else None,
                "share_in_review": one.asked if shown else None,
                "mean_link_confidence": one.confidence if shown else None,
                **_told("false_link_share", one.false if shown else None),
                **_told("missed_link_share", one.missed if shown else None),
                "estimated_by": BY_GROUP if shown else TOO_FEW,
            }


def _told(name: str, rate: Estimate | None) -> dict[str, float | None]:
    if rate is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: rate.value, f"{name}_low": rate.low, f"{name}_high": rate.high}

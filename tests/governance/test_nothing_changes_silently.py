"""Whatever is changed in an agreement, the difference says so.

Every value and every entry of the city's own agreement is changed, one at a time; of
columns, which are many, one of each kind that the file knows.
"""

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from dagster_project.governance.build import build
from dagster_project.governance.difference import ORDER_ONLY, difference
from dagster_project.governance.read import read
from tests.governance.conftest import OURS

OTHERS = {
    "class": {"quasi": "sensitive"},
    "land": {"keep": "drop", "drop": "keep"},
    "unknown_columns": {"drop": "refuse", "refuse": "drop"},
    "when_silent": {"permitted": "refused", "refused": "permitted"},
    "rows": {"none": "opened", "opened": "all"},
    "per": {"client": "group", "group": "client"},
}
"""Another value of what has few values; where none is named, the class is quasi."""
MORE = {"withhold_from": ["mayor"], "consent": "objection", "matching": "x+"}
"""What a column may be given that it has not."""

Path = tuple[str | int, ...]


def another(key: str, value: Any) -> Any:
    """Return a value of the same kind that is not the same."""
    if key in OTHERS:
        return OTHERS[key].get(value, "quasi" if key == "class" else "none")
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return value[1:] if value else ["analysis"]
    try:
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    except ValueError:
        return f"{value}_"


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the place of each value, lists of words as one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path


def kind(path: Path, content: Any) -> Path:
    """Return a place without its names: of columns, one of each kind is enough."""
    if path[0] == "feeds" and len(path) == 6:
        terms = content
        for step in path[:-1]:
            terms = terms[step]
        return ("feeds", terms["class"], terms["land"], tuple(sorted(terms)), path[-1])
    if path[0] == "shared" and len(path) == 6:
        return (*path[:2], path[-1])
    return path


TEXT = read(OURS)
BEFORE = build(TEXT)
PLACES = list(
    {
        kind(path, TEXT.content): path
        for path in leaves(TEXT.content)
        if path[0] != "approvals"
    }.values()
)


def changed(path: Path, act: Any) -> dict[str, list[str]]:
    """Return what is told of the agreement with something done at one place."""
    content = copy.deepcopy(TEXT.content)
    around = content
    for step in path[:-1]:
        around = around[step]
    act(around, path[-1])
    new = build(type(TEXT)(TEXT.path, content, TEXT.lines))
    return difference(BEFORE, new)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_another_value_is_told(path: Path) -> None:
    def act(around: dict, key: str) -> None:
        around[key] = another(key, around[key])

    told = changed(path, act)
    sentences = [sentence for group in told.values() for sentence in group]
    assert sentences
    assert ORDER_ONLY not in sentences
    assert all(sentence[:2] in ("+ ", "- ", "~ ") for sentence in sentences)


ENTRIES = [
    ("parties", "dt"),
    ("parties", "dph", "is_department"),
    ("purposes", "planning"),
    ("consents", "objection"),
    ("roles", "analyst"),
    ("feeds", "datasf_311"),
    ("feeds", "hsh_hmis", "consent"),
    ("feeds", "hsh_hmis", "tables", "hsh_exit"),
    ("feeds", "dem_team_log", "tables", "dem_team_log", "Phone"),
    ("shared", "marts", "people"),
    ("shared", "marts", "people", "columns", "age_band"),
    ("legal_basis", 3),
    ("tiers", "duls", "dul-planning"),
]


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: ".".join(map(str, path)))
def test_what_goes_and_what_comes_is_told(path: Path) -> None:
    content = copy.deepcopy(TEXT.content)
    around = content
    for step in path[:-1]:
        around = around[step]
    del around[path[-1]]
    fewer = build(type(TEXT)(TEXT.path, content, TEXT.lines))
    for old, new in ((BEFORE, fewer), (fewer, BEFORE)):
        told = difference(old, new)
        assert {s[0] for group in told.values() for s in group} & {"+", "-"}, told


@pytest.mark.parametrize("more", MORE, ids=str)
def test_what_a_column_is_given_is_told(more: str) -> None:
    def act(around: dict, key: str) -> None:
        around[key][more] = MORE[more]

    told = changed(("feeds", "dem_team_log", "tables", "dem_team_log", "Phone"), act)
    assert list(told) == ["Columns"]


def test_all_that_changes_with_a_landing_is_told() -> None:
    def act(around: dict, key: str) -> None:
        around[key] = {
            "class": "lps",
            "land": "keep",
            "purposes": ["analysis"],
            "withhold_from": ["fire"],
            "consent": "objection",
            "matching": "5150",
        }

    told = changed(("feeds", "fire_epcr", "tables", "fire_epcr", "eresponse_13"), act)
    (lands, counts) = told["Columns"]
    assert lands == (
        "+ eresponse_13 of fire_epcr lands from now on, for analysis, withheld from "
        "Fire, bound to objection consent, only parts like '5150'."
    )
    assert counts == "~ eresponse_13 of fire_epcr counts as lps, not none."


def test_another_order_is_told_as_no_more_than_that() -> None:
    def act(around: dict, key: str) -> None:
        around[key] = list(reversed(around[key]))

    told = changed(("roles", "analyst", "tiers"), act)
    assert told == {"Wording": [ORDER_ONLY]}

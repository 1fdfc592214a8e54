"""Every measure says, in one order, what it is, what it is not and whom it follows."""

import pytest
import yaml

from dagster_project.places import DBT_PROJECT

FOLDERS = ("services",)
"""Folders of marts whose every model is a measure."""
PARTS = (
    "One row per ",
    "(measure ",
    " Good for ",
    " Formula: ",
    " Denominator: ",
    " Window: ",
    " Maturity: ",
    " Not for: ",
    " Follows: ",
)
SHAPE = (
    "n",
    "numerator",
    "denominator",
    "rate",
    "rate_low",
    "rate_high",
    "rate_strict",
    "rate_loose",
    "share_not_linked",
)
"""What macros/rates.sql gives every rate, in this order."""

RATE_FOLDERS = ("services", "pathways", "silos")
"""Folders with marts that bear a rate."""

MODELS = {
    model["name"]: model
    for folder in FOLDERS
    for model in yaml.safe_load(
        (DBT_PROJECT / "models" / "marts" / folder / "_models.yml").read_text()
    )["models"]
}


@pytest.mark.parametrize("name", MODELS)
def test_the_description_has_every_part_in_order(name) -> None:
    text = " ".join(MODELS[name]["description"].split())
    places = [text.find(part) for part in PARTS]
    assert -1 not in places, [p for p, at in zip(PARTS, places, strict=True) if at < 0]
    assert places == sorted(places)


@pytest.mark.parametrize("name", MODELS)
def test_a_rate_has_the_shape_of_all_rates_and_is_checked(name) -> None:
    model = MODELS[name]
    columns = [column["name"] for column in model["columns"]]
    assert "share_not_linked" in columns or name.endswith("_curve")
    assert columns[-1] == "data_through"
    if "rate" in columns:
        start = columns.index("n")
        assert tuple(columns[start : start + len(SHAPE)]) == SHAPE
        assert [test for test in model["data_tests"] if "is_rate" in test]


@pytest.mark.parametrize("folder", RATE_FOLDERS)
def test_no_rate_lacks_what_rates_have(folder) -> None:
    path = DBT_PROJECT / "models" / "marts" / folder / "_models.yml"
    rates = [
        model
        for model in yaml.safe_load(path.read_text())["models"]
        if any(column["name"] == "rate" for column in model["columns"])
    ]
    assert rates
    for model in rates:
        columns = [column["name"] for column in model["columns"]]
        start = columns.index("n")
        assert tuple(columns[start : start + len(SHAPE)]) == SHAPE, model["name"]
        assert columns[-1] == "data_through", model["name"]
        assert [test for test in model["data_tests"] if "is_rate" in test]


@pytest.mark.parametrize("name", MODELS)
def test_the_grain_is_a_key(name) -> None:
    tests = MODELS[name]["data_tests"]
    (key,) = [
        test[kind]
        for test in tests
        for kind in ("unique_together", "is_rate")
        if kind in test
    ]
    columns = {column["name"] for column in MODELS[name]["columns"]}
    assert set(key["arguments"]["columns"]) <= columns


def test_measures_one_to_thirteen_are_there() -> None:
    text = " ".join(model["description"] for model in MODELS.values())
    assert [n for n in range(1, 14) if f"(measure {n})" not in text] == []

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dagster_project.linkage.evaluate import evaluate
from dagster_project.linkage.fields import TERM_COLUMNS
from dagster_project.linkage.link import decide, link
from dagster_project.linkage.model_file import (
    UnreadableModel,
    model_id,
    model_text,
    read_model,
)
from dagster_project.linkage.trained import PEOPLE, PRIVATE, unknown_columns
from tests.linkage.invented_town import invented_records


@pytest.fixture(scope="module")
def town():
    return invented_records(600, seed=23)


@pytest.fixture(scope="module")
def linked(town):
    return link(town[0])


@pytest.fixture(scope="module")
def text(linked):
    return linked.models["parameters"][0].as_py()


def test_reading_and_writing_again_changes_no_byte(linked, text):
    assert model_text(read_model(text)) == text
    assert linked.model_id == model_id(text)


def test_a_model_links_the_file_it_was_trained_on_as_training_did(town, linked, text):
    again = link(town[0], model=read_model(text))
    assert again.model_id == linked.model_id
    one, two = (
        pc.coalesce(r.partition["cluster"], r.partition["client_record_id"])
        for r in (linked, again)
    )
    # 2026-11-24: 1.0 measured here, .9999 on 3,000 people; person weights differ by
    # one pass, because the first pass with a model is better than the first without.
    assert evaluate(one.to_pylist(), two.to_pylist()).pairwise.f1 >= 0.995


def test_a_model_holds_nobodys_identifiers(town, text):
    values = json.loads(text)["values"]
    assert all(values[column]["held"] == {} for column in PRIVATE)
    holders: dict[str, set[int]] = {}
    for row in town[0].to_pylist():
        name = (row["last_name"] or "").lower()
        holders.setdefault(name, set()).add(town[1][row["client_record_id"]])
    for name in values["last"]["held"]:
        if name in holders and " " not in name:
            assert len(holders[name]) >= PEOPLE - 1, "people may be over-split by one"
    told = {row[c] for row in town[0].to_pylist() for c in ("ssn", "phone", "address")}
    words = set(re.findall(r'"([^"]*)"', text))
    assert not {value.lower() for value in told if value} & words


def judged(model, **changes):
    one = {
        "first_name": "Thandiwe",
        "last_name": "Okonkwo-Bjørnsen",
        "dob": "1971-08-23",
        "source": "hmis",
        **changes,
    }
    records = pa.Table.from_pylist([{"record_id": i, **one} for i in "ab"])
    run = decide(records, model=model)
    return run.scored.log_odds[0], run.log_frequency[0]


def test_a_file_of_two_records_is_judged_as_by_a_large_file(text):
    model = read_model(text)
    last = TERM_COLUMNS.index("last")
    counts = model.counts["last"]
    usual = max(counts.held, key=lambda name: counts.held[name].sum())
    rare, rare_logs = judged(model)
    common, common_logs = judged(model, last_name=usual)
    assert rare > common > 3.0
    once = np.log((1.0 - counts.discount) / counts.people)
    assert rare_logs[last] == pytest.approx(once, abs=0.5)
    assert common_logs[last] > rare_logs[last] + 1.0
    assert common_logs[last] == pytest.approx(
        np.log(counts.held[usual].sum() / counts.people), abs=0.5
    )
    stranger, logs = judged(model, source="a clinic the model never saw")
    assert logs[last] == pytest.approx(once, abs=0.5)
    assert abs(stranger - rare) < 6.0


def test_a_telephone_of_many_people_in_the_file_is_no_evidence(text):
    model = read_model(text)
    shared = [
        {
            "record_id": str(n),
            "first_name": first,
            "last_name": last,
            "dob": f"19{50 + n}-0{1 + n % 9}-1{n % 10}",
            "phone": "628-555-0188",
        }
        for n, (first, last) in enumerate(
            zip(
                ["Ximena", "Tenzin", "Oluchi", "Jing", "Sione", "Aroha", "Yusuf"],
                ["Quispe", "Dorje", "Eze", "Zhao", "Fifita", "Ngata", "Demir"],
                strict=True,
            )
        )
    ]
    result = link(pa.Table.from_pylist(shared), model=model)
    assert len(set(result.partition["cluster_loose"].to_pylist())) == len(shared)
    assert result.edges.num_rows == 0


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: "", "not JSON"),
        (lambda text: text[: len(text) // 2], "not JSON"),
        (lambda text: "[1, 2]", "no model that"),
        (lambda text: '{"a": 1}', "no model that"),
        (lambda text: re.sub(r'"version":\d+', '"version":99', text), "version 99"),
        (lambda text: text.replace("one_slip", "two_slips", 1), "fields or levels"),
        (lambda text: text.replace('"m":', '"n":', 1), "damaged model"),
        (lambda text: text.replace('"strata":[{', '"strata":[7,{'), "damaged model"),
        (lambda text: text.replace('"pairs":', '"pairs": ', 1), "changed by hand"),
        (lambda text: text.replace('"seen":["first"', '"seen":["nose"'), "damaged"),
        (lambda text: text.replace('"seen":["first",', '"seen":[7,'), "damaged"),
        (lambda text: re.sub(r'("stated_pairs":\[)', r"\g<1>99.5,", text), "damaged"),
        (lambda text: re.sub(r'"m":{"first":\[[\d.]+', '"m":{"first":[7', text), "dam"),
    ],
)
def test_what_is_no_model_is_refused_in_words(text, damage, said):
    with pytest.raises(UnreadableModel, match=said):
        read_model(damage(text))


@pytest.fixture(scope="module")
def narrow(town):
    """Return a model of names and birth dates alone."""
    columns = ["client_record_id", "source_system", "first_name", "last_name", "dob"]
    result = link(town[0].select(columns))
    return read_model(result.models["parameters"][0].as_py())


UNSEEN = [
    ("ssn", "734-11-2233", "734-11-2233"),
    ("ssn", "734-11-2233", "734-11-2234"),
    ("ssn", "734-11-2233", "746-99-8877"),
    ("ssn", "2233", "2233"),
    ("phone", "628-555-0188", "628-555-0188"),
    ("phone", "628-555-0188", "415-555-0123"),
    ("email", "a.ngata@example.org", "a.ngata@example.org"),
    ("address", "12 Hyde St", "12 Hyde St"),
    ("zip", "94110", "94110"),
    ("city", "Oakland", "Vallejo"),
    ("middle_name", "Łucja", "Łucja"),
    ("middle_name", "Łucja", "Sìne"),
    ("sex", "f", "m"),
    ("suffix", "Sr", "Jr"),
]


@pytest.mark.parametrize(("column", "one", "two"), UNSEEN)
def test_a_field_that_a_model_has_never_seen_says_nothing(narrow, column, one, two):
    names = {"first_name": "Aroha", "last_name": "Ngata", "dob": "1971-08-23"}
    rows = [
        {"record_id": i, **names, column: value}
        for i, value in zip("ab", (one, two), strict=True)
    ]
    full = decide(pa.Table.from_pylist(rows), model=narrow)
    bare = decide(pa.Table.from_pylist(rows).drop_columns([column]), model=narrow)
    assert full.scored.log_odds.tolist() == bare.scored.log_odds.tolist() != []
    assert full.merges.score.tolist() == bare.merges.score.tolist() != []
    assert unknown_columns(narrow, pa.Table.from_pylist(rows)) == [column]


def test_a_model_tells_which_fields_it_has_seen(text, narrow):
    assert narrow.model.seen == ("first", "last", "dob", "birth_year", "full_name")
    seen = set(read_model(text).model.seen)
    assert seen >= {"first", "last", "dob", "ssn", "phone", "address", "full_name"}
    assert not seen & {"extra_1", "extra_2"}


@pytest.mark.parametrize(("holders", "is_seen"), [(0, False), (1, False), (2, True)])
def test_a_field_is_seen_from_two_records_that_hold_it(town, holders, is_seen):
    some = town[0].select(["client_record_id", "first_name", "last_name", "dob"])
    mails = [f"{n}@example.org" if n < holders else None for n in range(len(some))]
    result = link(some.append_column("email", pa.array(mails, pa.string())))
    model = read_model(result.models["parameters"][0].as_py()).model
    assert ("email" in model.seen) == is_seen


def test_columns_without_values_and_seen_ones_are_not_unknown(narrow):
    table = pa.table({"dob": ["1990-01-02"], "ssn": [""], "sex": [None]})
    assert unknown_columns(narrow, table) == []


def test_an_empty_file_can_be_scored(text):
    empty = pa.table({"record_id": pa.array([], pa.string())})
    assert link(empty, model=read_model(text)).partition.num_rows == 0


def test_the_extra_columns_are_named_in_the_model(town):
    from dagster_project.linkage.config import LinkConfig

    jobs = ["tailor", "Schneider", "carpintero", None]
    table = town[0].slice(0, 300)
    table = table.append_column("job", pa.array([jobs[n % 4] for n in range(300)]))
    result = link(table, config=LinkConfig(columns={"job": "extra_1"}))
    model = read_model(result.models["parameters"][0].as_py())
    assert model.extras == ("job",)
    assert "tailor" in model.counts["extra_1"].held

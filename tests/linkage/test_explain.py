import re

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.explain import (
    UnknownRecord,
    explain,
    place_of,
)
from dagster_project.linkage.explain_picture import FORMATS, bars, draw
from dagster_project.linkage.explain_words import WIDTH, account, percent
from dagster_project.linkage.link import decide
from dagster_project.linkage.model_file import model_text, read_model
from dagster_project.linkage.score import NATS
from tests.linkage.invented_town import invented_records

CONFIG = LinkConfig(columns={"job": "extra_1"})


@pytest.fixture(scope="module")
def town():
    table = invented_records(300, seed=31)[0]
    jobs = ["tailor", "Schneiderin", None]
    job = pa.array([jobs[n % 3] for n in range(table.num_rows)])
    return table.append_column("job", job)


@pytest.fixture(scope="module")
def run(town):
    return decide(town, config=CONFIG)


def test_the_bars_sum_to_the_engines_log_odds(run):
    scored = run.scored
    rows = np.argsort(-scored.log_odds)
    for row in [*rows[:30], *rows[:: max(1, len(rows) // 100)]]:
        told = explain(run, CONFIG, int(scored.right[row]), int(scored.left[row]))
        assert told.match_weight * NATS == pytest.approx(scored.log_odds[row], abs=1e-9)
        assert sum(b["end"] - b["begin"] for b in bars(told)[:-1]) == pytest.approx(
            told.match_weight, abs=1e-9
        )


def test_the_same_holds_for_a_model_that_was_read(town, run):
    again = decide(town, config=CONFIG, model=read_model(model_text(run.trained)))
    row = int(np.argmax(again.scored.log_odds))
    a, b = int(again.scored.left[row]), int(again.scored.right[row])
    told = explain(again, CONFIG, a, b)
    odds = again.scored.log_odds[row]
    assert told.match_weight * NATS == pytest.approx(odds, abs=1e-9)


def kinds(run):
    """Return one pair per kind of outcome, from the merges themselves."""
    linked = run.merges.partition(CONFIG.threshold)
    loose = run.merges.partition(CONFIG.loose)
    found = {}
    for a, b in zip(run.scored.left.tolist(), run.scored.right.tolist(), strict=True):
        kind = (
            "linked"
            if linked[a] == linked[b]
            else "review"
            if loose[a] == loose[b]
            else "apart"
        )
        found.setdefault(kind, (a, b))
    return found


def test_the_outcome_is_what_the_engine_did(run):
    found = kinds(run)
    assert set(found) == {"linked", "review", "apart"}
    loose = run.merges.partition(CONFIG.loose)
    for kind, (a, b) in found.items():
        told = explain(run, CONFIG, a, b).outcome
        assert told.kind == kind
        if kind == "apart":
            assert told.bits < 0.0
            assert told.sizes == (
                np.count_nonzero(loose == loose[a]),
                np.count_nonzero(loose == loose[b]),
            )
        else:
            assert told.bits > 0.0
            assert np.isclose(run.merges.score, told.bits * NATS, atol=1e-9).any()


def test_what_two_whole_people_would_score_is_what_a_join_of_them_scores(run):
    """A join that was made, taken back: the two sides alone score the same."""
    from dagster_project.linkage.explain import _would_meet

    merges = run.merges
    members: dict[int, list[int]] = {}
    checked = 0
    for kept, joined, score in zip(
        merges.kept, merges.joined, merges.score, strict=True
    ):
        both = members.pop(kept, [kept]) + members.pop(joined, [joined])
        members[kept] = both
        if 2 < len(both) < 12 and checked < 10:
            alone = _would_meet(run, CONFIG, np.array(both))
            assert alone == pytest.approx(score, abs=1e-9)
            checked += 1
    assert checked == 10


def test_a_stewards_decision_is_the_reason(town, run):
    found = kinds(run)
    ids = run.record_ids.take(pa.array(run.rows)).to_pylist()
    joined = tuple(ids[p] for p in found["apart"])
    parted = tuple(ids[p] for p in found["linked"])
    again = decide(town, config=CONFIG, must_link=[joined], cannot_link=[parted])
    for pair, kind in ((joined, "must_link"), (parted, "cannot_link")):
        places = [place_of(again, record) for record in pair]
        told = explain(again, CONFIG, *places)
        assert told.outcome.kind == kind
        assert "a steward decided so" in account(told)[-1]


def judged(one: dict, two: dict, run):
    rows = [{"record_id": "a", **one}, {"record_id": "b", **two}]
    pair = decide(pa.Table.from_pylist(rows), config=CONFIG, model=run.trained)
    return explain(pair, CONFIG, place_of(pair, "a"), place_of(pair, "b"))


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ("1980-02-11", "1980-11-02", "birth date: day and month swapped"),
        ("1980-02-11", "1980-02-17", "birth date: one digit off"),
        ("1980-02-13", "1908-02-13", "birth date: two neighbouring digits swapped"),
    ],
)
def test_a_slip_of_the_birth_date_is_named(run, one, two, words):
    name = {"first_name": "Nguyệt", "last_name": "Trần", "source": "hmis"}
    told = judged({**name, "dob": one}, {**name, "dob": two}, run)
    said = [part.words for part in told.comparisons]
    assert words in said


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        (("Xiaofang", ""), ("Xiao", "Fang"), "given names agree, split or ordered"),
        (("Hằng", "Thanh"), ("Thanh", "Hang"), "given names agree, split or ordered"),
        (("Edward", "Robert"), ("Robert", "E"), "given names agree, split or ordered"),
        (("Leticia", ""), ("Leticiia", ""), "forename close"),
    ],
)
def test_given_names_in_another_order_are_said_to_agree(run, one, two, words):
    home = {"last_name": "Trần", "dob": "1980-02-11", "source": "hmis"}
    pair = ({"first_name": f, "middle_name": m, **home} for f, m in (one, two))
    told = judged(*pair, run)
    assert told.comparisons[0].words.startswith(words)
    assert max(map(len, (part.words for part in told.comparisons))) <= WIDTH
    assert not any(part.words.startswith("middle") for part in told.comparisons)


def test_a_further_attribute_is_called_by_its_column(run):
    name = {"first_name": "Ade", "last_name": "Eze", "dob": "1980-02-11", "job": "cook"}
    told = judged(name, {**name, "job": "smith"}, run)
    assert "job different" in [part.words for part in told.comparisons]


def test_one_probability_is_stated_that_the_bits_are_not_turned_into(run):
    stated = run.model.stated
    for a, b in kinds(run).values():
        told = explain(run, CONFIG, a, b)
        chance = stated.of_pairs(np.array([told.match_weight * NATS]))[0]
        assert told.probability == chance
        texts = (
            "\n".join(account(told)),
            draw(told, ".html").decode(),
            draw(told, ".svg").decode(),
        )
        for text in texts:
            assert set(re.findall(r"(?:above |below )?[\d.]+ %", text)) == {
                percent(chance)
            }
            assert "odds" not in text
        for text in texts[:2]:
            assert "The probability is not computed from them" in text


def test_the_verdict_says_from_which_bits_the_outcome_would_be_another(run):
    for kind, (a, b) in kinds(run).items():
        told = explain(run, CONFIG, a, b)
        bits = told.outcome.bits
        assert (bits >= told.linked_from) == (kind == "linked")
        assert (bits < told.asked_from) == (kind == "apart")
        limit = told.asked_from if kind == "apart" else told.linked_from
        assert f"from {limit:.1f}." in account(told)[-1]


def test_no_value_is_said_or_drawn(run):
    name = {
        "first_name": "Zebulon",
        "last_name": "Quackenbush",
        "dob": "1980-02-11",
        "phone": "6285550199",
    }
    told = judged(name, {**name, "first_name": "Zeb"}, run)
    shown = "\n".join(account(told)) + draw(told, ".svg").decode()
    for value in ("ebulon", "uackenbush", "1980", "6285550199"):
        assert value not in shown


@pytest.mark.parametrize(
    ("form", "begins"),
    [(".html", b"<!doctype html>"), (".svg", b"<svg"), (".png", b"\x89PNG")],
)
def test_a_picture_needs_no_network(run, form, begins):
    assert form in FORMATS
    name = {"first_name": "Ximena", "last_name": "Quispe", "dob": "1980-02-11"}
    picture = draw(judged(name, name, run), form)
    assert picture.startswith(begins)
    assert b"<script" not in picture and b"https://" not in picture


def test_an_unknown_record_is_refused_and_a_thin_one_has_no_place(run):
    with pytest.raises(UnknownRecord, match="no record 'nobody'"):
        place_of(run, "nobody")
    thin = decide(pa.table({"record_id": ["a"], "first_name": ["Ana"]}))
    assert place_of(thin, "a") is None


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "above 99.99 %"),
        (0.99995, "above 99.99 %"),
        (0.9965, "99.65 %"),
        (0.5, "50.0 %"),
        (0.0, "below 0.01 %"),
    ],
)
def test_a_probability_is_never_rounded_to_certainty(probability, words):
    assert percent(probability) == words

"""What a run's tables say of people held apart, thin records and decisions included."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import evidence
from dagster_project.linkage.link import link
from dagster_project.linkage.questions import DECISION, REVIEW_QUEUE
from tests.linkage.invented_town import invented_records

CONFIG = LinkConfig()


@pytest.fixture(scope="module")
def result():
    return link(invented_records(150, seed=2)[0])


def asked(result, *pairs):
    """Return the run with questions of stewards' decisions in its queue."""
    rows = [
        {
            "client_record_id_l": left,
            "client_record_id_r": right,
            "question": DECISION,
            "reason": "dob changed",
            "priority": 1.0,
        }
        for left, right in pairs
    ]
    more = pa.Table.from_pylist(rows, schema=REVIEW_QUEUE)
    return replace(result, review_queue=pa.concat_tables([result.review_queue, more]))


def test_nobody_is_held_apart_from_a_record_without_a_person(result):
    thin = result.partition.filter(result.partition["cluster"].is_null())
    thin = thin["client_record_id"].combine_chunks()
    pairs = result.candidate_pairs
    touched = pc.or_(
        *(pc.is_in(pairs[f"client_record_id_{s}"], value_set=thin) for s in "lr")
    )
    assert pc.any(touched).as_py(), "thin records are compared"
    found = evidence(result, CONFIG)
    without = replace(result, candidate_pairs=pairs.filter(pc.invert(touched)))
    plain = evidence(without, CONFIG)
    assert (found.left >= 0).all() and (found.right < found.people).all()
    assert np.array_equal(found.apart.pairs, plain.apart.pairs)
    assert np.array_equal(found.apart.posterior, plain.apart.posterior)


def test_a_question_about_a_decision_has_no_posterior_of_its_own(result):
    plain = evidence(result, CONFIG)
    heads = [int(np.flatnonzero(plain.cluster == c)[0]) for c in (0, 1)]
    heads = [plain.ids[place].as_py() for place in heads]
    apart = int(plain.left[0]), int(plain.right[0])
    held = [plain.ids[int(np.flatnonzero(plain.cluster == c)[0])] for c in apart]
    pairs = [tuple(heads), tuple(record.as_py() for record in held)]
    found = evidence(asked(result, *pairs), CONFIG)
    assert np.array_equal(found.apart.posterior, plain.apart.posterior)
    assert found.asked[np.isin(found.cluster, [0, 1, *apart])].all()


def test_a_question_about_records_that_left_asks_of_nobody(result):
    plain = evidence(result, CONFIG)
    found = evidence(asked(result, ("left the city", "left as well")), CONFIG)
    assert np.array_equal(found.asked, plain.asked)

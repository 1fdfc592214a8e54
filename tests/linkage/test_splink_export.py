"""Splink, given the exported settings, scores every agreement pattern as we do."""

import json
import logging

import duckdb
import numpy as np
import pytest
from splink import DuckDBAPI, Linker, SettingsCreator

from dagster_project.linkage.classes import start_table
from dagster_project.linkage.fields import FIELD_COUNT, FIELDS, TERM_COLUMNS
from dagster_project.linkage.model import Model
from dagster_project.linkage.splink_export import settings_text, splink_settings
from dagster_project.linkage.weights import log_odds

BITS_WITHIN = 0.01
PATTERNS = 40


@pytest.fixture(scope="module")
def model() -> Model:
    """Return a model of two sources, three pairs of them, without homes and twins."""
    draw = np.random.default_rng(11)
    u = np.stack([start_table()] * 3)
    u[:, :, 1:] *= draw.uniform(0.2, 1.0, u[:, :, 1:].shape)
    u[:, :, 1:] /= u[:, :, 1:].sum(2, keepdims=True)
    return Model(
        m=start_table(),
        household=start_table(),
        u=u,
        prior=np.array([[1.0, rate, 0.0] for rate in (1e-3, 2e-5, 4e-7)]),
        agreement=np.full((3, len(TERM_COLUMNS)), 0.01),
        twins=0.0,
        namesakes=0.02,
        name_dependence=3.0,
        steps=30,
    )


@pytest.fixture(scope="module")
def patterns() -> np.ndarray:
    """Return levels of pairs, among them nothing known and everything equal."""
    draw = np.random.default_rng(12)
    levels = np.zeros((PATTERNS, FIELD_COUNT), np.uint8)
    for place, compared in enumerate(FIELDS):
        levels[1:, place] = draw.integers(0, 1 + len(compared.levels), PATTERNS - 1)
    levels[1] = 1
    return levels


@pytest.mark.parametrize("stratum", [0, 1, 2])
def test_splink_scores_as_we_do(model, patterns, stratum):
    of_pair = np.full(PATTERNS, stratum)
    place = np.arange(PATTERNS)
    no_terms = np.ones((PATTERNS, len(TERM_COLUMNS)), np.float32)
    ours = log_odds(model.weights(), patterns, place, place, of_pair, no_terms)
    rows = [
        {
            "record_id": str(number),
            **{
                compared.name: compared.levels[level - 1] if level else None
                for compared, level in zip(FIELDS, levels.tolist(), strict=True)
            },
        }
        for number, levels in enumerate(patterns)
    ]
    theirs = splinks_weights(json.loads(settings_text(model, stratum)), rows)
    assert theirs == pytest.approx(ours / np.log(2.0), abs=BITS_WITHIN)


def splinks_weights(settings: dict, rows: list[dict]) -> list[float]:
    """Return the match weight Splink gives to each row paired with itself."""
    logging.disable(logging.ERROR)
    columns = ", ".join(f'"{name}" varchar' for name in rows[0])
    database = duckdb.connect()
    database.execute(f"create table people ({columns})")
    places = ", ".join("?" for _ in rows[0])
    database.executemany(
        f"insert into people values ({places})", [list(row.values()) for row in rows]
    )
    linker = Linker(
        DuckDBAPI(connection=database).register("people"),
        SettingsCreator.from_path_or_dict(settings),
        log_level="ERROR",
    )
    people = linker.table_management.register_table("people", "pairs")
    scored = linker.inference.score_pairs(people, people).as_record_list()
    logging.disable(logging.NOTSET)
    paired = {
        row["record_id_l"]: row["match_weight"]
        for row in scored
        if row["record_id_l"] == row["record_id_r"]
    }
    return [paired[str(number)] for number in range(len(rows))]


def test_a_pair_of_sources_that_the_model_lacks_is_refused(model):
    with pytest.raises(IndexError, match="3 pairs of sources"):
        splink_settings(model, 3)

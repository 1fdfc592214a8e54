"""Every shape draws at both widths, tells five things apart at most, keeps within."""

import re

import pytest

from dagster_project.publication import palette
from dagster_project.publication.page import charts
from dagster_project.publication.page.charts.forest import Compared
from dagster_project.publication.page.rounding import Rate
from dagster_project.publication.page.svg import NARROW, WIDE, picture

LONG = "Coordinated entry and permanent supportive housing for families"
MONTHS = [f"2026-{month:02}-01" for month in range(1, 7)]


def rate(label: str, value: float | None, strict: float, loose: float) -> Rate:
    return Rate(label, value, 0.2, 0.6, strict, loose, "40", "100", "120", "9 %")


DRAWN = {
    "rates": charts.rates(
        [rate(LONG, 0.4, 0.3, 0.5), rate("Đặng", None, 0.1, 0.1)], "share"
    ),
    "forest": charts.forest(
        [
            Compared(LONG, 12, 3, 21, 20),
            Compared("Death · one other department, n 230", -1, -4, 2, None),
        ],
        "points of a hundred",
    ),
    "bars": charts.bars([(LONG, 1290), ("B", 0)], "people"),
    "shares": charts.bars([("A", 0.4)], "share", percent=True),
    "stacked": charts.stacked(
        [(LONG, "accepted", 40), (LONG, "declined", 60), ("B", "declined", 20)],
        ["accepted", "declined"],
        "offers",
    ),
    "matrix": charts.matrix(
        [
            (a, b, 40.0 if a != b else None, "40")
            for a in "ABCDEFGH"
            for b in "ABCDEFGH"
        ],
        "met also by",
        "team",
    ),
    "curves": charts.curves(
        [
            (name, day, day / 200)
            for name in ("alone", "with another")
            for day in (0, 90)
        ],
        "days",
        "share",
    ),
    "trend": charts.trend([("active", month, 400) for month in MONTHS], "people"),
    "flow": charts.flow(
        [(k, m, n) for m in MONTHS for k, n in (("came", 40), ("left", -20))], "people"
    ),
}


@pytest.mark.parametrize("shape", DRAWN)
def test_a_shape_draws_at_both_widths(shape: str) -> None:
    text = picture(shape, "A title & more", "What can be seen.", DRAWN[shape])
    sizes = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)
    assert [float(width) for width, _ in sizes] == [WIDE, NARROW]
    assert text.count("<title ") == text.count("<desc ") == 2
    assert "A title &amp; more" in text
    assert "NaN" not in text and "Infinity" not in text
    assert len(text) < 60_000


@pytest.mark.parametrize("shape", DRAWN)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_shape_is_valid_vega_lite(shape: str, width: int) -> None:
    assert "vega-lite" in DRAWN[shape](width).to_dict(validate=True)["$schema"]


@pytest.mark.parametrize("shape", DRAWN)
def test_inside_a_picture_nothing_speaks_but_its_name(shape: str) -> None:
    text = picture(shape, "t", "d", DRAWN[shape])
    assert set(re.findall(r'role="([^"]+)"', text)) == {"img"}
    assert set(re.findall(r"aria-[a-z]+", text)) == {"aria-labelledby"}


def test_the_same_figures_draw_the_same_picture() -> None:
    one, other = (picture("x", "t", "d", DRAWN["stacked"]) for _ in range(2))
    assert one == other


def test_a_hidden_rate_is_not_drawn() -> None:
    text = picture("x", "t", "d", DRAWN["rates"])
    assert "Đặng" not in text


def test_thresholds_that_agree_are_drawn_once_and_need_no_legend() -> None:
    same = charts.rates([rate("A", 0.4, 0.4, 0.4)], "share")
    assert "strict links" not in picture("x", "t", "d", same)
    assert "strict links" in picture("x", "t", "d", DRAWN["rates"])


def test_a_label_is_broken_not_cut() -> None:
    text = picture("x", "t", "d", DRAWN["bars"])
    for word in LONG.split():
        assert word in text
    assert "…" not in text


def test_a_sixth_colour_is_refused() -> None:
    names = [(f"kind {n}", month, 20) for n in range(6) for month in MONTHS]
    with pytest.raises(ValueError, match="tells 5 things apart, not 6"):
        charts.flow(names, "people")(WIDE)


@pytest.mark.parametrize("shape", DRAWN)
def test_every_colour_drawn_has_one_for_a_dark_screen(shape: str) -> None:
    text = picture(shape, "t", "d", DRAWN[shape])
    drawn = set(re.findall(r'(?:fill|stroke)="([^"]*)"', text))
    assert drawn - {"none", "transparent"} <= set(palette.DARK)

"""The colours stand out and stay apart, also for colour-blind readers."""

import re
from itertools import combinations, pairwise

import numpy as np
import pytest

from dagster_project.publication import palette

CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA."""
APART = 0.1
"""Distance in OKLab; about five times what is just noticed (Ottosson 2020)."""

SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB."""


def linear(colour: str) -> np.ndarray:
    """Return linear RGB of ``#rrggbb``."""
    coded = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio."""
    dark, light = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Return OKLab of linear RGB (Ottosson 2020)."""
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return to_lab @ np.cbrt(to_cones @ np.clip(rgb, 0, 1))


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


ON_WHITE = {colour: colour for colour in palette.DARK}
"""On white each colour is itself."""
GROUNDS = pytest.mark.parametrize(
    "turned", [ON_WHITE, palette.DARK], ids=["white", "dark"]
)
TEXT = (palette.INK, palette.SOFT, palette.LINK, palette.WARM)


@GROUNDS
@pytest.mark.parametrize("colour", [*TEXT, *palette.MARKS])
def test_text_and_marks_stand_out_from_paper(colour: str, turned: dict) -> None:
    assert contrast(turned[colour], turned[palette.PAPER]) >= CONTRAST


@GROUNDS
@pytest.mark.parametrize("shade", range(len(palette.HEAT)))
def test_a_figure_in_a_cell_can_be_read(shade: int, turned: dict) -> None:
    ink = palette.PAPER if shade >= palette.HEAT_DARK else palette.INK
    assert contrast(turned[palette.HEAT[shade]], turned[ink]) >= CONTRAST


@GROUNDS
@pytest.mark.parametrize("sight", SIGHT)
def test_marks_differ_for_everyone(sight: str, turned: dict) -> None:
    seen = {m: oklab(SIGHT[sight] @ linear(turned[m])) for m in palette.MARKS}
    near = {
        (one, other): np.linalg.norm(seen[one] - seen[other])
        for one, other in combinations(palette.MARKS, 2)
    }
    assert min(near.values()) >= APART, min(near, key=near.get)


@GROUNDS
@pytest.mark.parametrize("sight", SIGHT)
def test_shades_of_heat_lead_away_from_paper_for_everyone(
    sight: str, turned: dict
) -> None:
    light = [oklab(SIGHT[sight] @ linear(turned[shade]))[0] for shade in palette.HEAT]
    assert light == sorted(light, reverse=turned is ON_WHITE)
    assert min(abs(a - b) for a, b in pairwise(light)) > 0.08


def test_the_style_sheet_takes_its_colours_from_here() -> None:
    from dagster_project.publication.page.frame import style

    sheet = style()
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", sheet)) <= {
        *palette.DARK,
        *palette.DARK.values(),
    }
    dark = sheet[sheet.index("prefers-color-scheme: dark") :]
    for colour in palette.DARK:
        assert f'[fill="{colour}"]{{fill:{palette.DARK[colour]}}}' in dark


def test_dark_rules_are_for_screens_alone() -> None:
    from dagster_project.publication.page.colours import colours

    before, after = colours().split("@media screen and (prefers-color-scheme: dark)")
    assert not set(palette.DARK.values()) & set(re.findall("#[0-9a-f]{6}", before))
    assert after.count("{") == after.count("}")

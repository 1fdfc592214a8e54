"""The colours of every picture and page, told apart by colour-blind readers too.

Belongs here: colours and what each stands for. Does not belong here: shapes, sizes,
what is drawn.

Each colour stands out from white by 4.5 to 1 or more (WCAG 2.2, 1.4.3), so it serves
for text as well as for marks; any two marks differ under each kind of colour blindness
(Machado, Oliveira and Fernandes 2009), in OKLab, by ``tests/publication/test_palette``.
No picture tells things apart by colour alone: shapes, order and words say it again.
"""

PAPER = "#ffffff"
INK = "#1b2a33"
SOFT = "#52606a"
"""Text beside the main text."""
LINK = "#00527f"
WARM = "#8a4b00"
"""Words of caution."""
LINE = "#c9d2d8"
"""Rules between rows and grid lines: seen, never needed to understand a figure."""

NAVY = "#00005c"
BLUE = "#0a6cff"
OCHRE = "#a36200"
BROWN = "#5c2500"
GREY = "#6e6e6e"
MARKS = (NAVY, OCHRE, BLUE, BROWN, GREY)
"""Marks in the order in which they are taken; no picture needs a sixth."""

HEAT = ("#eef3f8", "#b7cce0", "#7fa4c8", "#35689a", "#0b2f57")
"""From none to most, for cells with their figure written in: dark text on the first
three, white on the others."""
HEAT_DARK = 3
"""The first shade that is written on in white."""

DARK = {
    PAPER: "#12181d",
    INK: "#e6ecf0",
    SOFT: "#a9b7c1",
    LINK: "#7cc0f2",
    WARM: "#ffb469",
    LINE: "#3d4a54",
    NAVY: "#c4d0ff",
    BLUE: "#398fe6",
    OCHRE: "#e6ac00",
    BROWN: "#cc6600",
    GREY: "#8c8c8c",
    **dict(
        zip(HEAT, ("#1b2833", "#27425c", "#38628a", "#86b3de", "#d3e6f8"), strict=True)
    ),
}
"""What each colour is on a dark screen, to the same measure: text and marks by 4.5 to 1
from the paper, marks apart for everyone. Heat grows lighter there, and what is written
on it turns round with it. Print is always on white."""

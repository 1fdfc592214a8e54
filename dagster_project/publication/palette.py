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

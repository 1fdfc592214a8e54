"""The page's colours as a style sheet: on white, and on a dark screen.

Belongs here: naming the palette's colours for the style sheet, and turning those of a
picture round. Does not belong here: which colours there are (``palette``), layout
(``style.css``).

A picture is drawn once, in the colours of paper. Its marks carry them as attributes,
and a rule of the style sheet outweighs an attribute: so the dark rules need no second
drawing, and where they do not hold, in print, the picture is what was drawn.
"""

from dagster_project.publication import palette

NAMED = {
    "paper": palette.PAPER,
    "ink": palette.INK,
    "soft": palette.SOFT,
    "line": palette.LINE,
    "link": palette.LINK,
    "mark": palette.NAVY,
    "warm": palette.WARM,
    "focus": palette.BLUE,
}
"""Names of colours in ``style.css``."""


def colours() -> str:
    """Return the rules that name the colours, and turn them round on a dark screen."""
    turned = "".join(
        f'.picture [{what}="{light}"]{{{what}:{dark}}}'
        for light, dark in palette.DARK.items()
        for what in ("fill", "stroke")
    )
    dark = {name: palette.DARK[colour] for name, colour in NAMED.items()}
    return (
        f"{_root('light', NAMED)}\n@media screen and (prefers-color-scheme: dark) {{\n"
        f"{_root('dark', dark)}\n{turned}\n}}\n"
    )


def _root(scheme: str, named: dict[str, str]) -> str:
    listed = "; ".join(f"--{name}: {colour}" for name, colour in named.items())
    return f":root {{ color-scheme: {scheme}; {listed}; }}"

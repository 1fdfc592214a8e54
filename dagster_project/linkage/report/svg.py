"""Marks and axes of the pictures, as SVG text; no script, no font, no network.

Belongs here: single marks and the frame with its text alternative. Does not belong
here: a kind of picture (``pictures``).

A picture is 360 units wide, a phone's width, so that its letters are read there as they
stand; wider screens show it larger, up to the width that the page's style allows.
"""

import html

WIDTH = 360
"""Units; see the module."""

BLUE, ORANGE, GREY, SKY = "#0072B2", "#D55E00", "#767676", "#56B4E9"
"""Okabe and Ito's colours (2008), told apart by colour-blind readers; shapes, labels
and order say the same, so that none is needed."""

INK, LINE = "#1b2a33", "#d5dde2"


def frame(height: float, marks: list[str], label: str) -> str:
    """Return the picture; ``label`` is what a screen reader says of it."""
    words = html.escape(label, quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{words}">'
        f"<title>{words}</title>{''.join(marks)}</svg>"
    )


def text(x: float, y: float, words: str, anchor: str = "start", style: str = "") -> str:
    """Return a line of text; ``style`` is a class of the page's style sheet."""
    css = f' class="{style}"' if style else ""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{place}{css}>{html.escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Return a bar."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" '
        f'height="{max(height, 0):.1f}" fill="{colour}"/>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str = LINE, dash: str = ""
) -> str:
    """Return a line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}"{dashed}/>'
    )


def disc(x: float, y: float, colour: str, radius: float = 4) -> str:
    """Return a filled circle."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"/>'


def square(x: float, y: float, colour: str, side: float = 7) -> str:
    """Return a hollow square, told from a disc without its colour."""
    return (
        f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side}" '
        f'height="{side}" fill="#fff" stroke="{colour}" stroke-width="2"/>'
    )


def path(points: list[tuple[float, float]], colour: str, dash: str = "") -> str:
    """Return a line through points."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{through}" fill="none" stroke="{colour}" '
        f'stroke-width="2"{dashed}/>'
    )


def band(points: list[tuple[float, float]], colour: str) -> str:
    """Return an area, shaded."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{through}" fill="{colour}" fill-opacity="0.2"/>'

"""A page put in its place.

Belongs here: writing it so that a reader sees the old one or the new one. Does not
belong here: what is on it (``frame``), so that who writes another page draws nothing.
"""

from pathlib import Path

from dagster_project.places import readable_by_all


def write_page(page: str, target: Path) -> None:
    """Put the page in place by one rename."""
    fresh = target.with_name(target.name + ".tmp")
    fresh.write_text(page, encoding="utf-8")
    readable_by_all(fresh)
    fresh.replace(target)

"""An agreement to change: the project's own, with one piece of text replaced."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dagster_project.governance.approve import approve

OURS = Path(__file__).resolve().parents[2] / "agreement.yaml"
DAY = date(2026, 11, 28)


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the agreement with some text replaced."""

    def write(*replaced: tuple[str, str], approved: bool = False) -> Path:
        text = OURS.read_text(encoding="utf-8")
        for old, new in replaced:
            assert text.count(old) >= 1, f"the agreement holds no {old!r}"
            text = text.replace(old, new, 1)
        path = tmp_path / "agreement.yaml"
        path.write_text(text, encoding="utf-8")
        if approved:
            for by, party in (("Zoë Ó Briain", "hsh"), ("김 하늘", "fire")):
                approve(path, by=by, role="Director", party=party, on=DAY)
        return path

    return write

"""The code location: everything under ``defs/``, loaded."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load every definition file of ``defs/``."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)

"""dbt's way into an encrypted warehouse: a plugin of dbt-duckdb.

Belongs here: attaching the file before dbt looks for it. Does not belong here: the key
(``encryption``). It is read here and not in ``profiles.yml``, where dbt would write it
into its own logs and artefacts.
"""

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from dagster_project.encryption import attach, warehouse_key


class Plugin(BasePlugin):
    """Attaches the warehouse under its key; dbt's own ``attach`` then finds it."""

    def configure_connection(self, conn: Any) -> None:
        """Attach the file that ``WAREHOUSE_PATH`` names."""
        attach(conn, Path(os.environ["WAREHOUSE_PATH"]), warehouse_key())

"""What assets are given: the warehouse, the landing folder, the clock, the key.

Belongs here: typed resources. Does not belong here: what is done with them.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb

from dagster_project.places import Places, places
from dagster_project.warehouse import open_warehouse


class Warehouse(dg.ConfigurableResource):
    """The DuckDB warehouse, the folder beside it, and the landing folder."""

    path: str
    landing: str
    as_of: str = ""
    """The run's clock as ISO time in UTC; empty = now. Set it to repeat a run exactly,
    down to the times in the delivery ledger and the identity ledger."""

    @property
    def places(self) -> Places:
        """Return the paths around this warehouse."""
        return Places(landing=Path(self.landing), warehouse=Path(self.path))

    @contextmanager
    def connect(
        self, *, read_only: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection; assets open, write and close, dbt does the rest."""
        with open_warehouse(Path(self.path), read_only=read_only) as connection:
            yield connection

    def now(self) -> datetime:
        """Return the run's clock, UTC, without zone."""
        if self.as_of:
            moment = datetime.fromisoformat(self.as_of)
            if moment.tzinfo is not None:
                moment = moment.astimezone(UTC)
            return moment.replace(tzinfo=None)
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0)

    def person_key(self) -> bytes:
        """Return the secret behind person ids, made at the first run.

        It lies outside the warehouse, so that who reads the tables cannot compute a
        person_id from a record id. Losing it is losing the meaning of every id.
        """
        path = self.places.person_key
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(path.name + ".tmp")
            fresh.write_text(secrets.token_hex(32))
            fresh.chmod(0o600)
            fresh.replace(path)
        return bytes.fromhex(path.read_text().strip())


@dg.definitions
def resources() -> dg.Definitions:
    """Provide the resources, from the environment."""
    here = places()
    return dg.Definitions(
        resources={
            "warehouse": Warehouse(
                path=str(here.warehouse),
                landing=str(here.landing),
                as_of=dg.EnvVar("THROUGHLINE_AS_OF").get_value("") or "",
            )
        },
        executor=dg.in_process_executor,
    )

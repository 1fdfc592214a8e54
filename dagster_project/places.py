"""Where a run finds its deliveries and leaves what it makes.

Belongs here: the paths, the three environment variables that move them, and who may
read what lies there. Does not belong here: opening anything.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
"""The checkout: ``workspace.yaml``, ``dbt_project/`` and ``expectations/`` lie here."""

DBT_PROJECT = REPOSITORY / "dbt_project"
EXPECTATIONS = REPOSITORY / "expectations"


PRIVATE = 0o077
"""Mask under which a run makes its files: the warehouse holds names. What analysts may
read is opened to them where it is published (``readable_by_all``)."""


def readable_by_all(path: Path) -> None:
    """Let everybody read a file who may read the folder it lies in."""
    path.chmod(0o600 | (path.parent.stat().st_mode & 0o044))


@dataclass(frozen=True)
class Places:
    """The paths of one warehouse.

    Attributes:
        landing: Folder with one folder per department, deliveries inside.
        warehouse: The DuckDB file a run writes.
    """

    landing: Path
    warehouse: Path

    @property
    def published_marts(self) -> Path:
        """The read-only copy of the marts that analysts and BI tools open."""
        return self.warehouse.with_name("marts.duckdb")

    @property
    def report(self) -> Path:
        """The report page of the last good run."""
        return self.warehouse.with_name("report.html")

    @property
    def linkage_report(self) -> Path:
        """The linkage report of the last good run."""
        return self.warehouse.with_name("linkage_report.html")

    @property
    def deliveries_picture(self) -> Path:
        """What each feed delivered over time, as a picture without names."""
        return self.warehouse.with_name("deliveries.svg")

    @property
    def quarantine(self) -> Path:
        """A folder per department, closed to all others, with its rows that wait."""
        return self.warehouse.with_name("quarantine")

    @property
    def person_key(self) -> Path:
        """The secret that turns a founding client record into a person_id."""
        return self.warehouse.with_name("person_id.key")

    @property
    def pseudonym_key(self) -> Path:
        """The secret behind the pseudonyms of the shared warehouse."""
        return self.warehouse.with_name("pseudonym.key")

    @property
    def postgres(self) -> Path:
        """The data of the private PostgreSQL that ``throughline serve`` starts."""
        return self.warehouse.with_name("postgres")

    @property
    def passwords(self) -> Path:
        """Passwords of that server's example logins, as psql reads them."""
        return self.warehouse.with_name("postgres.passwords")

    @property
    def shared_databases(self) -> Path:
        """Which databases hold a release of this warehouse."""
        return self.warehouse.with_name("shared_databases.jsonl")

    @property
    def decisions(self) -> Path:
        """What stewards decided about records; outlives the warehouse."""
        return self.warehouse.with_name("decisions.jsonl")

    @property
    def case_list(self) -> Path:
        """Who is on the case conference's list, and who decided so."""
        return self.warehouse.with_name("case_list.csv")

    @property
    def public_releases(self) -> Path:
        """What was released of the public tables; outlives the warehouse."""
        return self.warehouse.with_name("public_releases.jsonl")

    @property
    def consents(self) -> Path:
        """What stewards wrote down of revocations and objections; only ever longer."""
        return self.warehouse.with_name("consents.jsonl")

    @property
    def run_lock(self) -> Path:
        """Held by the one run that may write."""
        return self.warehouse.with_name(".run.lock")

    @property
    def dagster_home(self) -> Path:
        """Dagster's run history, which the UI shows."""
        return self.warehouse.with_name("dagster")

    @property
    def truth(self) -> Path:
        """The made-up city's truth; no pipeline code reads it."""
        return self.landing.with_name("truth")


def places(environment: Mapping[str, str] | None = None) -> Places:
    """Return the paths, from ``LANDING_DIR`` and ``WAREHOUSE_PATH`` where set."""
    environment = os.environ if environment is None else environment
    data = REPOSITORY / "data"
    landing = environment.get("LANDING_DIR") or data / "landing"
    warehouse = environment.get("WAREHOUSE_PATH") or data / "warehouse.duckdb"
    return Places(
        landing=Path(landing).resolve(),
        warehouse=Path(warehouse).resolve(),
    )


def agreement_file(environment: Mapping[str, str] | None = None) -> Path:
    """Return the sharing agreement, from ``AGREEMENT_PATH`` where set."""
    environment = os.environ if environment is None else environment
    told = environment.get("AGREEMENT_PATH")
    return Path(told).resolve() if told else REPOSITORY / "agreement.yaml"

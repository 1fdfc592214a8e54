"""One statement of a plan, and who runs it.

Belongs here: the record and the few names every part of a plan writes. Does not belong
here: any comparison.
"""

from dataclasses import dataclass

from dagster_project.shared_warehouse.desired import quoted

MARTS_OWNER = "marts_owner"
OF_MARTS = ("marts", "held", "public")
"""Schemas whose tables and views a publisher may change: marts come and go with the
pipeline. All else is an administrator's."""


class PublishError(RuntimeError):
    """Nothing was published; what readers see is as it was."""


@dataclass(frozen=True)
class Step:
    """One statement, and the role that runs it.

    Attributes:
        sql: The statement.
        by: ``marts_owner``, or empty for an administrator.
        told: What it means to those who use the database, if anything.
    """

    sql: str
    by: str = ""
    told: str = ""


def by(name: str) -> str:
    """Return who changes a table or view: the marts' owner or the administrator."""
    return MARTS_OWNER if name.partition(".")[0] in OF_MARTS else ""


def full_name(name: str) -> str:
    """Return ``schema.table`` as SQL writes it."""
    schema, _, table = name.partition(".")
    return f"{schema}.{quoted(table)}"

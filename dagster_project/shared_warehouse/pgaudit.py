"""``pgaudit``, where the server has loaded it: what it is told to log.

Belongs here: its settings, and the role that names what it watches. Does not belong
here: the traces that need no extension (``audit``), loading it, which is the
operator's.

A setting of a group role does not reach the logins that have the role, so it is told
for the whole database; only a superuser changes it. It watches what the role
``audit_objects`` may select: a right that no row-level policy lets through, and that no
login may be given.
"""

from dagster_project.shared_warehouse.case_tables import shapes as case_shapes
from dagster_project.shared_warehouse.conference import LIST
from dagster_project.shared_warehouse.desired import Grant
from dagster_project.shared_warehouse.identified import NAME
from dagster_project.shared_warehouse.terms import AUDIT_OBJECTS, Terms

LOADED = "select exists (select from pg_settings where name = 'pgaudit.log')"
"""Whether the server has the extension in ``shared_preload_libraries``."""
SETTINGS = {
    "pgaudit.log": "role, ddl",
    "pgaudit.log_catalog": "off",
    "pgaudit.log_parameter": "off",
    "pgaudit.log_rows": "on",
    "pgaudit.role": AUDIT_OBJECTS,
}
"""Changes of roles and tables, and each statement that reads what is watched, with the
number of rows. A parameter may be a name or a number of a client."""


def grants(terms: Terms, types: dict[str, dict[str, str]]) -> frozenset[Grant]:
    """Return what is watched: tables of client records, and the marts as read."""
    tables = [NAME, LIST, *(shape.name for shape in case_shapes(terms, types))]
    tables += [f"marts.{table.name}" for table in terms.of_tier("marts")]
    return frozenset(Grant("table", t, AUDIT_OBJECTS, "SELECT") for t in tables)

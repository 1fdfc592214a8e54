"""Tables: made, changed or taken away, as an agreement wants them.

Belongs here: statements about tables and their columns. Does not belong here: rights
(``plan_grants``), what else there is (``plan``).
"""

from collections.abc import Iterator

from dagster_project.shared_warehouse.catalog import MARK, Found, FoundTable
from dagster_project.shared_warehouse.desired import Desired, Shape, literal, quoted
from dagster_project.shared_warehouse.steps import PublishError, Step, by, full_name


def tables(wanted: Desired, found: Found) -> Iterator[Step]:
    """Yield what makes the tables what they should be.

    Raises:
        PublishError: There is a table that Throughline did not make.
    """
    for shape in wanted.tables:
        table = found.tables.get(shape.name)
        if table is None:
            yield from _new(shape)
        else:
            yield from _changed(shape, table)
    known = {shape.name for shape in wanted.tables}
    for name in sorted(set(found.tables) - known):
        if not found.tables[name].comment.startswith(MARK):
            raise PublishError(
                f"The database has a table {name} that Throughline did not make. "
                "Publish into a database of its own, or move that table to a schema "
                "of its own."
            )
        yield Step(
            f"drop table {full_name(name)}", by(name), f"{name} is not published now"
        )


def changed_tables(wanted: Desired, found: Found) -> frozenset[str]:
    """Return the tables that lose a column, or get one of another type."""
    return frozenset(
        shape.name
        for shape in wanted.tables
        if shape.name in found.tables and _gone(shape, found.tables[shape.name])
    )


def bare(kind: str) -> str:
    """Return a column's type as the catalog tells it, without its default."""
    return kind.split(" default ")[0]


def _new(shape: Shape) -> Iterator[Step]:
    who = by(shape.name)
    schema, _, table = shape.name.partition(".")
    # The guard refuses a table there that is not secured yet: it is made elsewhere.
    made = f"{'audit' if shape.secured else schema}.{quoted(table)}"
    columns = ", ".join(
        f"{quoted(name)} {kind}" for name, kind in shape.columns.items()
    )
    if shape.key:
        columns += f", primary key ({', '.join(shape.key)})"
    yield Step(f"create table {made} ({columns})", who)
    if not who:
        yield Step(f"alter table {made} owner to {shape.owner}")
    for column in shape.indexes:
        yield Step(f"create index on {made} ({quoted(column)})", who)
    if shape.silent:
        yield Step(_silence(made, tuple(shape.columns)), who)
    if shape.secured:
        yield Step(f"alter table {made} enable row level security")
        yield Step(f"alter table {made} force row level security")
        yield Step(f"alter table {made} set schema {schema}")
    text = literal(f"{MARK} {shape.comment}".strip())
    yield Step(f"comment on table {full_name(shape.name)} is {text}", who)


def _changed(shape: Shape, table: FoundTable) -> Iterator[Step]:
    """Add and drop columns; one of another type is dropped and made anew.

    The rows are all replaced in the same transaction, so nothing is lost. A column that
    is rewritten in place would show readers of an older snapshot an empty table.
    """
    who, name = by(shape.name), full_name(shape.name)
    gone = _gone(shape, table)
    new = [
        column
        for column, kind in shape.columns.items()
        if bare(kind) != table.columns.get(column)
    ]
    if shape.lasting and gone:
        raise PublishError(
            f"The table {shape.name} has columns of another release of Throughline "
            f"({', '.join(gone)}). Its rows are kept: move it away by hand first."
        )
    if any("not null" in shape.columns[column] for column in new):
        yield Step(f"delete from {name}", who)
    for column in gone:
        told = "" if column in shape.columns else f"{shape.name} loses {column}"
        yield Step(f"alter table {name} drop column {quoted(column)}", who, told)
    for column in new:
        kind = shape.columns[column]
        told = "" if column in table.columns else f"{shape.name} has {column}"
        yield Step(f"alter table {name} add column {quoted(column)} {kind}", who, told)
    if shape.silent and (new or table.loud):
        yield Step(_silence(name, tuple(shape.columns)), who)
    if shape.secured and not table.secured:
        yield Step(f"alter table {name} enable row level security")
        yield Step(f"alter table {name} force row level security")
    if table.owner != shape.owner:
        yield Step(f"alter table {name} owner to {shape.owner}")


def _gone(shape: Shape, table: FoundTable) -> list[str]:
    return [
        column
        for column, kind in table.columns.items()
        if kind != bare(shape.columns.get(column, ""))
    ]


def _silence(name: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(
        f"alter column {quoted(column)} set statistics 0" for column in columns
    )
    return f"alter table {name} {changes}"

"""``throughline explain``: why two records are one person, or are not.

Belongs here: arguments, where the records come from, what is printed and drawn. Does
not belong here: the account itself (``linkage.explain``).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.places import Places, places
from dagster_project.table_arguments import (
    ExtraOption,
    RenameOption,
    one_sentence,
    read_model_file,
    read_table,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from dagster_project.linkage.trained import TrainedModel


@dataclass(frozen=True)
class _Source:
    """The records, the model to explain, and who is who where that is on record."""

    name: str
    records: "pa.Table"
    extras: tuple[str, ...] = ()
    model: "TrainedModel | None" = None
    person_of: dict[str, str | None] | None = None
    must_link: tuple[tuple[str, str], ...] = ()
    cannot_link: tuple[tuple[str, str], ...] = ()


def explain(
    record_a: Annotated[str, typer.Argument(help="A record id.")],
    record_b: Annotated[str, typer.Argument(help="Another record id.")],
    records: Annotated[
        Path | None,
        typer.Option(help="The table both are in; the warehouse if unset."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="The model.json to explain; trains one if unset."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw it too: a .html, .svg or .png file.")
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show names, dates and numbers too.")
    ] = False,
    extra: ExtraOption = None,
    rename: RenameOption = None,
) -> None:
    """Explain why two records are one person, or are not.

    Each line is one comparison: m is how often records of one person stand so, u how
    often those of two, and bits is log2 of m over u. The bits are the model's
    evidence; the probability is read off the people found, not off the bits. The whole
    table is linked again for it, since a value's rarity and the people beside the two
    records count.
    """
    with one_sentence():
        _check_picture(picture)
        source = _source(records, model, extra, rename)
        _explain(source, record_a, record_b, picture, show_values)


def _check_picture(picture: Path | None) -> None:
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.linkage.explain_picture import FORMATS

    if picture and picture.suffix.lower() not in FORMATS:
        raise UnreadableRecords(f"--picture {picture}: end it in .html, .svg or .png")


def _source(
    records: Path | None,
    model: Path | None,
    extra: list[str] | None,
    rename: list[str] | None,
) -> _Source:
    from dagster_project.linkage.columns import UnreadableRecords

    if records:
        trained = read_model_file(model) if model else None
        people = read_table(records, extra, rename, trained)
        return _Source(str(records), people.table, people.extras, trained)
    if model or extra or rename:
        raise UnreadableRecords("--model, --extra and --rename need --records")
    return _from_warehouse(places())


def _from_warehouse(here: Places) -> _Source:
    """Read the records, the newest model, the last run's links and the decisions."""
    import duckdb

    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.linkage.decision_contents import contents
    from dagster_project.linkage.decision_file import read_decisions
    from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK, stand
    from dagster_project.linkage.model_file import UnreadableModel, read_model
    from dagster_project.warehouse import open_warehouse

    warehouse = here.warehouse
    if not warehouse.exists() or not here.person_key.exists():
        raise UnreadableRecords(
            f"There is no warehouse at {warehouse} yet; run 'throughline run', or name "
            "a table with --records"
        )
    try:
        with open_warehouse(warehouse, read_only=True) as connection:
            records = connection.sql(
                "select * from intermediate.int_client_records"
            ).to_arrow_table()
            newest = connection.sql(
                "select parameters from linkage.models "
                "order by trained_at desc, model_id limit 1"
            ).fetchone()
            links = connection.sql(
                "select client_record_id, person_id from linkage.client_links"
            ).fetchall()
    except duckdb.CatalogException as error:
        raise UnreadableRecords(
            f"{warehouse} holds no linkage yet; run 'throughline run' first"
        ) from error
    except duckdb.BinderException as error:
        raise UnreadableRecords(
            f"{warehouse} is of an older release; run 'throughline run' first"
        ) from error
    if newest is None:
        raise UnreadableRecords(f"{warehouse} holds no model; run 'throughline run'")
    try:
        trained = read_model(newest[0])
    except UnreadableModel as error:
        raise UnreadableModel(f"The newest row of linkage.models {error}") from error
    decisions = read_decisions(here.decisions)
    named = {record for decision in decisions for record in decision.records}
    key = bytes.fromhex(here.person_key.read_text().strip())
    standing = stand(decisions, contents(records, named, key))
    return _Source(
        str(warehouse),
        records,
        (),
        trained,
        dict(links),
        tuple(standing.pairs(MUST_LINK)),
        tuple(standing.pairs(CANNOT_LINK)),
    )


def _explain(
    source: _Source, one: str, two: str, picture: Path | None, show_values: bool
) -> None:
    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.explain import UnknownRecord, explain, place_of
    from dagster_project.linkage.explain_picture import draw
    from dagster_project.linkage.explain_words import account
    from dagster_project.linkage.fields import EXTRA_FIELDS
    from dagster_project.linkage.link import decide
    from dagster_project.progress import Stages

    if one == two:
        raise UnknownRecord(f"{one!r} is given twice; name two records")
    key = "record_id" if "record_id" in source.records.column_names else None
    known = set(source.records[key or "client_record_id"].to_pylist())
    for record in (one, two):
        if record not in known:
            raise UnknownRecord(f"There is no record {record!r} in {source.name}")
    config = LinkConfig(columns=dict(zip(source.extras, EXTRA_FIELDS, strict=False)))
    with Stages() as stages:
        stages.start("Link all records")
        run = decide(
            source.records,
            config=config,
            must_link=source.must_link,
            cannot_link=source.cannot_link,
            model=source.model,
        )
    if show_values:
        _print_values(source.records, key or "client_record_id", one, two)
    places = [place_of(run, record) for record in (one, two)]
    for record, place in zip((one, two), places, strict=True):
        if place is None:
            print(
                f"Record {record} is too thin to be linked: it holds too little that "
                "tells people apart."
            )
    if None in places:
        return
    explained = explain(run, config, *places)
    print("\n".join(account(explained)))
    if source.person_of is not None:
        _print_persons(source.person_of, one, two)
    if picture:
        picture.write_bytes(draw(explained, picture.suffix.lower()))
        print(f"Picture in {picture}")


def _print_persons(person_of: dict[str, str | None], one: str, two: str) -> None:
    first, second = (person_of.get(r) or "no person" for r in (one, two))
    same = first == second != "no person"
    print(f"In the warehouse: {first if same else f'{first} and {second}'}.")


def _print_values(records: "pa.Table", key: str, one: str, two: str) -> None:
    from dagster_project.departments.plain_text import visible

    rows = {row[key]: row for row in records.to_pylist() if row[key] in (one, two)}
    for column in records.column_names:
        values = [rows[record][column] for record in (one, two)]
        if any(value is not None for value in values):
            shown = ("" if value is None else visible(str(value)) for value in values)
            print(f"{column:20}" + "".join(f"{text:32}" for text in shown).rstrip())
    print()

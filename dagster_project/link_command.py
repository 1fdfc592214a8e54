"""``throughline link``: any table of people in, who is who out.

Belongs here: arguments, and a run without memory. Does not belong here: a run with one
(``link_with_state``), what is written and printed (``link_results``), the linking
itself (``linkage``).
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.kept_out import begin_light
from dagster_project.link_results import print_summary, told, written
from dagster_project.link_with_state import link_with_state
from dagster_project.table_arguments import (
    MOST_SEED,
    RECORDS_HELP,
    ExtraOption,
    RenameOption,
    one_sentence,
    read_decisions_file,
    read_model_file,
    read_sample_file,
    read_table,
    say_joins_nothing,
    say_left_out,
    say_unread,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.people_columns import People
    from dagster_project.linkage.table_decisions import TableDecision
    from dagster_project.linkage.trained import TrainedModel


def link(
    records: Annotated[Path, typer.Argument(help=RECORDS_HELP)],
    out: Annotated[Path, typer.Option(help="Folder to write the results to.")],
    model: Annotated[
        Path | None,
        typer.Option(help="A model.json to score with; trains one if unset."),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads; all cores if unset.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=MOST_SEED, help="Key of samples; same seed, same bytes."
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="Folder that remembers: links to all that was linked with it before."
        ),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            help="A steward's decisions, .csv or .parquet: record_id_l, record_id_r, "
            "decision (must_link or cannot_link), perhaps reason and by."
        ),
    ] = None,
    clerical_sample: Annotated[
        Path | None,
        typer.Option(
            help="What 'throughline clerical-sample' drew, is_match filled in: the "
            "report shows the error rates that people found."
        ),
    ] = None,
    extra: ExtraOption = None,
    rename: RenameOption = None,
) -> None:
    """Link any table of people: which records are one person?

    Columns read: record_id (needed), source, first_name, middle_name, last_name,
    suffix, aliases, dob, sex, ssn, phone, email, address, city, zip; died_on and
    last_seen_on link nobody, they ask about who is seen alive after a death.

    Writes client_links.parquet (record_id, person_id), edges.parquet, model.json,
    review_queue.parquet and report.html. THROUGHLINE_PERSON_KEY keys the person ids;
    without it whoever knows a record id can compute its person_id. Of an edge,
    match_weight is the model's evidence in bits, match_probability how many pairs of
    that weight are one person as the people of the file were found: neither can be
    computed from the other.

    With --state a batch of new and changed records is linked to all earlier ones;
    person ids last, and DIR/events tells every change. Then there is no report, and
    edges.parquet holds what was looked at anew since the last full run.

    --decisions holds whatever the evidence says. With --state the file is the whole of
    what was decided: a decision no longer in it is withdrawn (a file of headings alone
    withdraws all). Without --decisions those hold on that the state remembers. One
    whose record changed since holds on and is asked again in review_queue.parquet,
    until its row says another reason or by, or it is turned round or left out.
    """
    began = time.perf_counter()
    begin_light()
    from dagster_project.linkage.columns import UnreadableRecords
    from dagster_project.whole_folder import check_folder, stopped_by_signals

    with one_sentence(), stopped_by_signals():
        check_folder(out)
        if state:
            check_folder(state, "--state")
        if state and model:
            raise UnreadableRecords(
                "--state keeps a model of its own; leave --model out"
            )
        if state and clerical_sample:
            raise UnreadableRecords(
                "there is no report with --state; leave --clerical-sample out"
            )
        trained = read_model_file(model) if model else None
        given = read_decisions_file(decisions) if decisions else None
        people = read_table(records, extra, rename, trained)
        say_unread(people.table)
        sample = None
        if clerical_sample:
            sample = read_sample_file(clerical_sample, people.table["record_id"])
        _use_threads(threads)
        config = _config(people, seed)
        if state:
            link_with_state(people, out, state, given, config, _person_key(), began)
        else:
            from dagster_project.linkage.report.people import columns_for_report

            # Whoever holds the table while it is linked holds its memory.
            rest = replace(people, table=columns_for_report(people.table))
            table = [people.table]
            del people
            decided = given[0] if given else []
            _link(rest, table.pop, out, trained, decided, sample, config, began)


def _config(people: "People", seed: int | None) -> "LinkConfig":
    from dagster_project.linkage.config import LinkConfig
    from dagster_project.linkage.fields import EXTRA_FIELDS

    return LinkConfig(
        seed=LinkConfig.seed if seed is None else seed,
        columns=dict(zip(people.extras, EXTRA_FIELDS, strict=False)),
    )


def _person_key() -> bytes:
    return os.environ.get("THROUGHLINE_PERSON_KEY", "").encode()


def _link(
    people: "People",
    records: "Callable[[], pa.Table]",
    out: Path,
    trained: "TrainedModel | None",
    decided: "list[TableDecision]",
    sample: "pa.Table | None",
    config: "LinkConfig",
    began: float,
) -> None:
    """Link and write; every figure of the summary comes from what was written.

    Args:
        people: the records as far as a report asks for them.
        records: returns all of them, once.
        out: folder to write to.
        trained: a model to score with.
        decided: a steward's decisions.
        sample: pairs people looked at.
        config: of the run.
        began: when the command did.
    """
    from dagster_project.linkage import people_result
    from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
    from dagster_project.linkage.link import link as link_records
    from dagster_project.linkage.report.page import write_report
    from dagster_project.linkage.table_decisions import about, pairs
    from dagster_project.progress import Stages

    ids = set(people.table["record_id"].to_pylist()) if decided else set()
    stand, lacking = about(decided, ids)
    say_left_out(lacking, "--decisions")
    with Stages() as stages:
        result = link_records(
            records,
            config=config,
            must_link=pairs(stand, MUST_LINK),
            cannot_link=pairs(stand, CANNOT_LINK),
            model=trained,
            keep_background=True,
            **told(stages),
        )
        stages.part("Write", 0, 1)
        links = people_result.client_links(result, _person_key(), people.id_type)
        tables = {
            "client_links": links,
            "edges": people_result.edges(result.edges, people.id_type),
            "review_queue": people_result.review_queue(
                result.review_queue, people.id_type, people.extras
            ),
        }
        text = result.models["parameters"][0].as_py()
        with written(out, tables, text) as (folder, _):
            write_report(
                folder / "report.html",
                result,
                people.table,
                made_at=datetime.now(UTC).date(),
                config=config,
                clerical_sample=sample,
            )
    say_joins_nothing(stand, result.partition)
    counts = people_result.summary(
        people_result.counted(links), result.review_queue.num_rows, result.compared
    )
    print_summary(counts, out, began)


def _use_threads(threads: int | None) -> None:
    """Set the threads of the kernels, and refuse more than there are."""
    import numba

    from dagster_project.linkage.columns import UnreadableRecords

    most = numba.config.NUMBA_NUM_THREADS
    if threads is not None and threads > most:
        raise UnreadableRecords(f"--threads {threads}: there are {most} here")
    numba.set_num_threads(threads or most)

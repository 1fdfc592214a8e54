"""The ``throughline`` command.

Belongs here: arguments, and what is printed. Does not belong here: the work itself;
each command imports what it needs when it is called, so that ``--help`` is quick.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from dagster_project import (
    agreement_commands,
    case_commands,
    consent_commands,
    decide_commands,
    public_commands,
)
from dagster_project.carry_over_command import carry_over
from dagster_project.clerical_sample_command import clerical_sample
from dagster_project.erasure_commands import expunge
from dagster_project.evaluate_command import evaluate
from dagster_project.explain_command import explain
from dagster_project.export_splink_command import export_splink
from dagster_project.kernel_cache import NoKernelCache, keep_kernels_somewhere
from dagster_project.link_command import link
from dagster_project.places import PRIVATE, REPOSITORY, Places, places
from dagster_project.retention_command import retention
from dagster_project.shared_warehouse_commands import publish, serve

app = typer.Typer(
    help="From street-response departments' exports to answered questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

COMMANDS = (
    link,
    explain,
    evaluate,
    clerical_sample,
    export_splink,
    publish,
    serve,
    expunge,
    retention,
    carry_over,
)


@app.callback()
def _begin() -> None:
    """Have compiled kernels kept where this user may write."""
    try:
        folder = keep_kernels_somewhere()
    except NoKernelCache as error:
        _stop(str(error))
    if folder:
        print(f"Compiled kernels are kept in {folder}.", file=sys.stderr, flush=True)


for command in COMMANDS:
    app.command()(command)
app.add_typer(decide_commands.app, name="decide")
app.add_typer(case_commands.app, name="case")
app.add_typer(public_commands.app, name="public")
app.add_typer(agreement_commands.app, name="agreement")
app.add_typer(consent_commands.app, name="consent")

DEMO_PEOPLE = 3500
"""People ever seen in the default made-up city: the size of the city's programmes."""
DEMO_SEED = 7

LandingOption = Annotated[
    Path | None,
    typer.Option(help="Folder with one folder of deliveries per department."),
]


@app.command("demo-data")
def demo_data(
    people: Annotated[int, typer.Option(help="People ever seen.")] = DEMO_PEOPLE,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = DEMO_SEED,
    out: Annotated[Path, typer.Option(help="The landing folder to write.")] = Path(
        "data/landing"
    ),
    truth: Annotated[
        Path | None,
        typer.Option(help="Folder for the truth; beside the landing folder if unset."),
    ] = None,
    faults: Annotated[
        bool, typer.Option(help="Plant broken deliveries and rows, as life does.")
    ] = True,
) -> None:
    """Write a made-up city's deliveries for every feed, and its truth apart."""
    from dagster_project.progress import Stages
    from dagster_project.synthetic.demo import write_city

    truth = truth or out.with_name("truth")
    for folder in (out, truth):
        if folder.exists() and any(folder.iterdir()):
            _stop(f"{folder} is not empty; choose another folder or empty it first.")
    with Stages() as stages:
        write_city(people, seed, out, truth, faults=faults, progress=stages.part)
    print(f"Deliveries in {out}, truth in {truth}.")


@app.command()
def run(
    as_of: Annotated[
        str, typer.Option(help="The run's clock (ISO, UTC); now if unset.")
    ] = "",
) -> None:
    """Take what is in the landing folder all the way to answers.

    Without LANDING_DIR a made-up city is generated once and used. WAREHOUSE_PATH moves
    the warehouse, and with it the published marts and the report page.
    """
    here = places()
    if not os.environ.get("LANDING_DIR") and not here.landing.is_dir():
        _generate_default_city(here.landing, here.truth)
    print(f"From {here.landing} to {here.warehouse}", file=sys.stderr, flush=True)

    began = time.perf_counter()
    from dagster_project.collector import loading

    with loading():
        from dagster_project.runs import RunFailedError, run_everything
        from dagster_project.summary import print_summary
        from dagster_project.warehouse import WarehouseBusyError

    try:
        finished = run_everything(here, as_of=as_of, began=began)
    except (RunFailedError, WarehouseBusyError) as error:
        _stop(str(error))
    print_summary(here, finished)


@app.command()
def deliveries(
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 30,
    department: Annotated[
        str | None, typer.Option(help="One department's deliveries only.")
    ] = None,
    rows: Annotated[
        bool,
        typer.Option(help="Its rows in quarantine, with their own text."),
    ] = False,
) -> None:
    """Show what was delivered, by whom, and what became of every row."""
    import duckdb

    from dagster_project.deliveries_view import print_deliveries, print_rows
    from dagster_project.departments.feeds import FEEDS
    from dagster_project.encryption import WarehouseKeyError
    from dagster_project.warehouse import WarehouseBusyError, open_warehouse

    here = places()
    known = sorted({feed.department for feed in FEEDS})
    if department not in (None, *known):
        _stop(f"There is no department {department!r}; there are {', '.join(known)}.")
    if rows and department is None:
        _stop("Rows are shown to the department that sent them: name --department.")
    if not here.warehouse.exists():
        _stop(f"There is no warehouse at {here.warehouse} yet; run 'throughline run'.")
    try:
        with open_warehouse(here.warehouse, read_only=True) as connection:
            if rows:
                print_rows(connection, department, limit)
            else:
                print_deliveries(
                    connection,
                    limit=limit,
                    department=department,
                    picture=here.deliveries_picture,
                )
    except (WarehouseBusyError, WarehouseKeyError) as error:
        _stop(str(error))
    except (duckdb.CatalogException, duckdb.BinderException):
        _stop(f"{here.warehouse} is of an older release; run 'throughline run' first.")
    except duckdb.Error as error:
        _stop(f"{here.warehouse} cannot be read: {error}")


@app.command()
def replay(
    delivery: Annotated[str, typer.Argument(help="Its id or name in the ledger.")],
    file: Annotated[
        Path | None, typer.Option(help="A mended file to read in its place.")
    ] = None,
) -> None:
    """Read a delivery again after a mend; its rows give way to the new version's.

    Without --file the delivery's own file is read again, as the present reader reads
    it. The ledger keeps both versions.
    """
    from dagster_project.departments.replay import replay as read_again

    _change_ledger(
        lambda warehouse, here: read_again(warehouse, here.landing, delivery, file)
    )


@app.command()
def withdraw(
    delivery: Annotated[str, typer.Argument(help="Its id or name in the ledger.")],
    reason: Annotated[str, typer.Option(help="Why; the ledger keeps it.")],
) -> None:
    """Take a delivery's rows back out of the warehouse; 'replay' brings them back."""
    from dagster_project.departments.replay import withdraw as take_back

    _change_ledger(lambda warehouse, here: take_back(warehouse, delivery, reason))


def _change_ledger(change: Callable[[Any, Places], str]) -> None:
    """Change the ledger while no run does, say what was done and what to do next."""
    from dagster_project.departments.replay import CannotReplay
    from dagster_project.obstacles import obstacle
    from dagster_project.runs import RunFailedError, the_only_run
    from dagster_project.warehouse import WarehouseBusyError, open_warehouse

    here = places()
    if not here.warehouse.exists():
        _stop(f"There is no warehouse at {here.warehouse} yet; run 'throughline run'.")
    if told := obstacle(here):
        _stop(told)
    try:
        with the_only_run(here), open_warehouse(here.warehouse) as warehouse:
            print(change(warehouse, here))
    except (CannotReplay, RunFailedError, WarehouseBusyError) as error:
        _stop(str(error))
    print("The marts follow with the next 'throughline run'.")


@app.command()
def encrypt(
    old_key_file: Annotated[
        Path | None,
        typer.Option(help="The file with the key it has now; unset if it is plain."),
    ] = None,
) -> None:
    """Write the warehouse anew under the key that is set.

    Set THROUGHLINE_WAREHOUSE_KEY_FILE to a file that only you can read. The published
    marts hold no identifiers and stay as they are.
    """
    from dagster_project.encryption import (
        KEY_FILE,
        WarehouseKeyError,
        read_key,
        rewrite,
        warehouse_key,
    )
    from dagster_project.runs import RunFailedError, the_only_run

    here = places()
    if not here.warehouse.exists():
        _stop(f"There is no warehouse at {here.warehouse} yet; run 'throughline run'.")
    try:
        key = warehouse_key()
        if not key:
            _stop(f"Set {KEY_FILE} to the file that holds the new key.")
        with the_only_run(here):
            rewrite(
                here.warehouse, read_key(old_key_file) if old_key_file else None, key
            )
    except (RunFailedError, WarehouseKeyError) as error:
        _stop(str(error))
    print(f"{here.warehouse} is encrypted under the key that is set.")


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on the loopback address.")] = 3000,
) -> None:
    """Open the Dagster UI on the loopback address; Ctrl-C stops it."""
    from dagster_project.runs import prepare_dagster_home

    here = places()
    os.umask(PRIVATE)
    prepare_dagster_home(here)
    dg = str(Path(sys.executable).with_name("dg"))
    os.chdir(REPOSITORY)
    print(f"Dagster UI: http://127.0.0.1:{port}   (Ctrl-C stops it)", flush=True)
    os.execv(dg, [dg, "dev", "--host", "127.0.0.1", "--port", str(port)])


@app.command("set-up", hidden=True)
def set_up() -> None:
    """Do once what an installation needs: the dbt manifest and the compiled kernels."""
    from dagster_project.runs import prepare_installation

    prepare_installation()


def _generate_default_city(landing: Path, truth: Path) -> None:
    """Write the default city beside itself, then move it in place, so it is whole."""
    import shutil

    from dagster_project.progress import Stages
    from dagster_project.synthetic.demo import write_city

    print(f"No deliveries yet: making up a city of {DEMO_PEOPLE:,} people (once).")
    fresh = landing.with_name(landing.name + ".part")
    for folder in (fresh, truth):
        shutil.rmtree(folder, ignore_errors=True)
    with Stages() as stages:
        write_city(DEMO_PEOPLE, DEMO_SEED, fresh, truth, progress=stages.part)
    fresh.rename(landing)


def _stop(sentence: str) -> None:
    """Print one clear sentence and exit with 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()

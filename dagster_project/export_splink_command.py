"""``throughline export-splink``: a trained model as Splink settings.

Belongs here: arguments, reading and writing the two files. Does not belong here: the
model in Splink's words (``linkage.splink_export``).
"""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.table_arguments import one_sentence, read_model_file, say


def export_splink(
    model: Annotated[Path, typer.Argument(help="A model.json of 'throughline link'.")],
    settings: Annotated[Path, typer.Argument(help="The settings file to write.")],
    pair_of_sources: Annotated[
        int, typer.Option(help="Which pair of sources: 0 is the first with itself.")
    ] = 0,
) -> None:
    """Write a model as Splink settings, so that a weight can be checked with Splink."""
    with one_sentence():
        from dagster_project.linkage.splink_export import settings_text

        trained = read_model_file(model)
        count = len(trained.pairs)
        if not 0 <= pair_of_sources < count:
            say(f"{model} has {count} pairs of sources, numbered from 0")
            raise typer.Exit(1)
        settings.write_text(settings_text(trained.model, pair_of_sources))
        print(f"Settings in {settings}.")

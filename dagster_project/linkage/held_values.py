"""The values that a model keeps, as a table: read in a sixth of the time of its text.

Belongs here: taking them out of a model, and giving them back. Does not belong here:
which values are kept (``trained``), the text of a model (``model_file``), files
(``base_files``).
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from dagster_project.linkage.trained import TrainedModel


def held_table(trained: TrainedModel) -> pa.Table:
    """Return one row per term column and value, with its weight in each source."""
    names, values, weights = [], [], []
    for name, counts in trained.counts.items():
        names += [name] * len(counts.held)
        values += counts.held
        weights += counts.held.values()
    size = len(trained.sources)
    flat = np.array(weights, np.float64).reshape(-1)
    return pa.table(
        {
            "term_column": pa.array(names, pa.string()).dictionary_encode(),
            "value": pa.array(values, pa.string()),
            "weights": pa.FixedSizeListArray.from_arrays(pa.array(flat), size),
        }
    )


def with_held(trained: TrainedModel, table: pa.Table) -> TrainedModel:
    """Return a model with the values of ``held_table`` in place of its own.

    Raises:
        ValueError: the table is of a model of other sources.
    """
    found = {name: {} for name in trained.counts}
    if table.num_rows:
        column = table["term_column"].combine_chunks()
        code = column.indices.to_numpy()
        weights = table["weights"].combine_chunks().flatten().to_numpy()
        weights = weights.reshape(-1, len(trained.sources))
        values = table["value"]
        for place, name in enumerate(column.dictionary.to_pylist()):
            start, end = np.searchsorted(code, [place, place + 1]).tolist()
            listed = values.slice(start, end - start).to_pylist()
            found[name] = dict(zip(listed, weights[start:end], strict=True))
    counts = {n: replace(c, held=found[n]) for n, c in trained.counts.items()}
    return replace(trained, counts=counts)


def without_held(trained: TrainedModel) -> TrainedModel:
    """Return a model without its values: all that is left of it is short."""
    counts = {name: replace(c, held={}) for name, c in trained.counts.items()}
    return replace(trained, counts=counts)

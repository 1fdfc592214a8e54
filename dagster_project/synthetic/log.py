"""What happens, day by day, kept as columns.

Belongs here: appending a day's rows and joining them at the end.
Does not belong here: what a column means (``city``).
"""

from typing import Any

import numpy as np

from dagster_project.synthetic.city import Ints


class Log:
    """A table that grows by a few arrays a day.

    Args:
        columns: Name and type of every column; all must be given in each ``add``.
    """

    def __init__(self, **columns: Any) -> None:
        self._types = {name: np.dtype(kind) for name, kind in columns.items()}
        self._parts: dict[str, list[np.ndarray]] = {name: [] for name in columns}
        self.rows = 0

    def add(self, count: int, **values: Any) -> Ints:
        """Append ``count`` rows; a single value stands for all. Return their numbers.

        Raises:
            ValueError: A column is missing or unknown.
        """
        if values.keys() != self._types.keys():
            odd = ", ".join(sorted(values.keys() ^ self._types.keys()))
            raise ValueError(f"log row: missing or unknown column {odd}")
        numbers = np.arange(self.rows, self.rows + count)
        if count:
            for name, value in values.items():
                column = np.empty(count, dtype=self._types[name])
                column[:] = value
                self._parts[name].append(column)
            self.rows += count
        return numbers

    def column(self, name: str) -> np.ndarray:
        """Return one whole column."""
        parts = self._parts[name]
        return np.concatenate(parts) if parts else np.empty(0, self._types[name])

"""The clock of a run: which stage it is in, and the seconds of each.

Belongs here: timing and telling. Does not belong here: knowing any stage.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Progress = Callable[[str, float], None]
"""Called after each stage with its name and its wall seconds."""

Begins = Callable[[str], None]
"""Called before each stage with its name."""


@dataclass
class Clock:
    """Seconds per stage; a stage that comes again adds to its own."""

    progress: Progress | None = None
    begins: Begins | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        start = time.perf_counter()
        if self.begins:
            self.begins(name)
        yield
        spent = time.perf_counter() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + spent
        if self.progress:
            self.progress(name, spent)

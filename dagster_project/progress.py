"""Show what a long job is doing: one line per stage, as it works and when it is done.

Belongs here: terminal output of progress. Does not belong here: knowing any stage.
"""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.live import Live

QUIET_SECONDS = 2.0
"""Without a terminal (a log file), a running stage speaks at most this often."""


class Stages:
    """A line per stage, on standard error; live on a terminal, plain in a log."""

    def __init__(self) -> None:
        """Start the clock."""
        self._live: Live | None = None
        self._stage = ""
        self._since = time.perf_counter()
        self._spoken = 0.0
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        """Begin to show."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True, highlight=False)
            self._live = Live(console=console, transient=True)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the last stage."""
        if self._stage and kind is None:
            self.done(self._stage)
        if self._live:
            self._live.stop()

    def part(self, stage: str, done: int, total: int) -> None:
        """Say how far a stage is; a new name closes the stage before it."""
        if stage != self._stage:
            if self._stage:
                self.done(self._stage)
            self.start(stage)
        self.say(stage, f"{done:,} of {total:,}" if total > 1 else "")

    def start(self, stage: str) -> None:
        """Open a stage."""
        self._stage = stage
        self._since = time.perf_counter()
        self._spoken = 0.0
        self.say(stage, "")

    def say(self, stage: str, note: str) -> None:
        """Show a note beside the running stage."""
        elapsed = time.perf_counter() - self._since
        if self._live:
            from rich.text import Text

            self._live.update(Text(f"  {stage:<34}{note:<40}{elapsed:6.1f} s"))
        elif note and time.perf_counter() - self._spoken > QUIET_SECONDS:
            self._spoken = time.perf_counter()
            self._print(f"  {stage:<34}{note}")

    def done(self, stage: str, note: str = "") -> None:
        """Close a stage with what came of it and its seconds."""
        elapsed = time.perf_counter() - self._since
        self.seconds[stage] = self.seconds.get(stage, 0.0) + elapsed
        self._stage = ""
        self._print(f"✓ {stage:<34}{note:<40}{elapsed:6.1f} s")

    def _print(self, line: str) -> None:
        if self._live:
            self._live.console.print(line, markup=False, soft_wrap=True)
        else:
            print(line, file=sys.stderr, flush=True)

"""Python's collector of cycles, kept from looking at what is never let go.

Belongs here: when it rests, and what it need not look at. Does not belong here: giving
memory back after large tables (who reads them does so).

It goes through all objects again and again while some 5,000 modules' worth of them are
made, and later whenever a quarter has come to them: 2 of a run's 37 CPU seconds.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import and define without the collector, and keep it from the outcome for ever.

    Cycles that are garbage by the end stay as well; so let nothing large be made here.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()

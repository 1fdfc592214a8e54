"""Do the same work on the pieces of a large file in two processes, in order.

Belongs here: starting them, handing pieces over, what happens when one dies. Does not
belong here: the work (the readers).

Python parses in one thread at a time, so that threads gain nothing. A worker is a
process with two pipes: when this one dies, however it dies, its input ends and it ends
too; what it did not hand back is done here. It touches no file.
"""

import fcntl
import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from queue import SimpleQueue
from threading import Event
from typing import Any, TypeVar

from dagster_project.places import REPOSITORY

WORKERS = 2
"""More would wait: what stays with this process, writing above all, is a third of the
work. Each takes some 80 MiB."""
AHEAD = 6
"""Pieces a worker may be ahead, so that both have work while this process writes: to
pack one row group takes as long as a dozen of them."""
ALONE = 24
"""Pieces that are done here first: to start the workers costs as much. Who knows that
there are more starts them at once, and this process works until they are there."""

PIPE = 1 << 20
"""Bytes that a pipe holds, where the system lets it: with its usual 64 KiB a piece of
two megabytes stops both sides thirty times."""

READY = b"r"
"""What a worker says once it is there, a third of a second after it was started."""

Piece = TypeVar("Piece")
Result = TypeVar("Result")
Work = Callable[[Any, Piece], Result]


def cores() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system can bind a process to processors
        return os.cpu_count() or 1


def done(
    work: Work, shared: Any, pieces: Iterable[Piece], alone: int | None = None
) -> Iterator[Result]:
    """Yield what becomes of each piece, in the order of the pieces.

    Whether workers took part can be seen by the clock alone.

    Args:
        work: A function of a module, of ``shared`` and one piece.
        shared: What is the same for all pieces.
        pieces: What can be pickled, some megabytes each.
        alone: Pieces done here before workers are started; ``ALONE`` unless given.
    """
    pieces = iter(pieces)
    left = ALONE if alone is None else alone
    for piece in pieces:
        if left == 0 and cores() > 1:
            yield from _together(work, shared, piece, pieces)
            return
        left = max(left - 1, 0)
        yield work(shared, piece)


def _together(
    work: Work, shared: Any, first: Piece, pieces: Iterator[Piece]
) -> Iterator[Result]:
    task = pickle.dumps((work, shared), pickle.HIGHEST_PROTOCOL)
    workers = [worker for _ in range(WORKERS) if (worker := _started(task))]
    free: SimpleQueue[subprocess.Popen] = SimpleQueue()
    is_one_there = Event()

    def welcomed(worker: subprocess.Popen) -> None:
        worker.stdout.read(len(READY))  # nothing, if it died
        free.put(worker)
        is_one_there.set()

    def handed(piece: Piece) -> Result:
        worker = free.get()
        try:
            return _asked(worker, piece)
        except (OSError, EOFError, pickle.UnpicklingError):  # it died
            return work(shared, piece)
        finally:
            free.put(worker)

    threads = ThreadPoolExecutor(max(len(workers), 1), "worker")
    waiting: deque[Future[Result]] = deque()
    try:
        for worker in workers:
            threads.submit(welcomed, worker)
        for piece in chain((first,), pieces):
            if not _is_set(is_one_there):
                yield work(shared, piece)
                continue
            waiting.append(threads.submit(handed, piece))
            if len(waiting) > len(workers) * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for worker in workers:  # one that only starts is waited for otherwise
            worker.kill()
        threads.shutdown(cancel_futures=True)
        for worker in workers:
            _ended(worker)


def _is_set(event: Event) -> bool:
    """Say whether something has happened."""
    return event.is_set()


def _started(task: bytes) -> subprocess.Popen | None:
    """Start a worker, None where the system has no place for one."""
    known = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([str(REPOSITORY), *([known] if known else [])])
    try:
        worker = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what goes wrong there is done again here
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,  # an interrupt from the keyboard is for us alone
        )
    except OSError:
        return None
    for pipe in (worker.stdin, worker.stdout):
        _widened(pipe.fileno())
    try:
        worker.stdin.write(task)
        worker.stdin.flush()
    except OSError:
        _ended(worker)
        return None
    return worker


def _widened(pipe: int) -> None:
    """Let a pipe hold a large part of a piece; only Linux has a way to say so."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
    except (AttributeError, OSError):  # the user has as many large pipes as may be
        return


def _asked(worker: subprocess.Popen, piece: Any) -> Any:
    """Hand a piece to a worker and return what it made of it."""
    pickle.dump(piece, worker.stdin, pickle.HIGHEST_PROTOCOL)
    worker.stdin.flush()
    return pickle.load(worker.stdout)


def _ended(worker: subprocess.Popen) -> None:
    """End a worker that has nothing left to do."""
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        try:
            pipe.close()
        except OSError:  # what it never read
            continue
    worker.wait()


def _serve() -> None:
    """Work on pieces until there are no more of them."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    gc.disable()  # rows hold no cycles, and to look for some takes a tenth of the time
    pieces, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not stand among the results
    try:
        work, shared = pickle.load(pieces)
        results.write(READY)
        results.flush()
        while True:
            result = work(shared, pickle.load(pieces))
            pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
            results.flush()
    except EOFError:
        return


if __name__ == "__main__":
    _serve()

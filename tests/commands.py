"""The ``throughline`` command, each call a process that begins with all imported.

Belongs here: calling it with an environment of its own, killing it, reading what it
prints. Does not belong here: what it is asked to do.

Imports are a fifth of what a run on a village costs, and some tests need half a dozen
runs. A call is forked from a process that has done nothing but import; otherwise it is
a process like any other, with its own memory and working folder, and a signal ends it.
``anew`` starts Python as a user does: each command is tried so too, for a call cannot
tell that a module forgets an import, and all calls of one worker order sets alike.
"""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from threading import Thread

from dagster_project.places import REPOSITORY

LONGEST = 1200
"""Seconds after which a call is taken to hang; a run took 240 on a machine that did
four times what it could (2026-11)."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.imported"])


def anew(
    *arguments: str, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the command in a Python of its own, to its end.

    Args:
        arguments: The words after ``throughline``.
        environment: All of its environment.
    """
    return subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", *arguments],
        cwd=REPOSITORY,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )


def forked(function: Callable, *arguments: object, **more: object) -> BaseProcess:
    """Begin a function, which has a name there too, in a process that has all imported.

    It changes what it likes: the process is its own, and a signal ends it.
    """
    process = _forks.Process(target=function, args=arguments, kwargs=more)
    process.start()
    return process


def ended(process: BaseProcess) -> int:
    """Wait for the end of a process and return its status, a signal's below nought."""
    process.join(LONGEST)
    assert process.exitcode is not None, "the process did not come to an end"
    return process.exitcode


class Call:
    """A call of the command that is going on or has ended.

    Attributes:
        stdout: What it prints, line by line.
        stderr: What it tells, line by line.
        returncode: Its exit status, a signal's number below nought; None before
            ``communicate`` returns.
    """

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        before: Callable[[], object] | None = None,
    ) -> None:
        """Begin.

        Args:
            arguments: The words after ``throughline``.
            environment: All of its environment.
            before: Called in the new process first; it must have a name there too.
        """
        (self.stdout, out), (self.stderr, err) = _pipe(), _pipe()
        told = out, err, dict(environment), before, arguments
        self._process = _forks.Process(target=_call, args=told)
        self._process.start()
        os.close(out.number)
        os.close(err.number)
        self.returncode: int | None = None
        self._left: tuple[str, str] = "", ""

    def send_signal(self, number: int) -> None:
        """Send it a signal; to one that has ended it changes nothing."""
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, number)

    def communicate(self) -> tuple[str, str]:
        """Wait for its end; return what is left of what it printed and told.

        Asked again, it returns the same.

        Raises:
            TimeoutError: It hangs, and is killed.
        """
        if self.returncode is not None:
            return self._left
        texts = {}

        def read(name: str) -> None:
            with getattr(self, name) as stream:
                texts[name] = stream.read()

        readers = [Thread(target=read, args=(name,)) for name in ("stdout", "stderr")]
        for reader in readers:
            reader.start()
        self._process.join(LONGEST)
        if self._process.exitcode is None:
            self._process.kill()
            raise TimeoutError("throughline did not come to an end")
        for reader in readers:
            reader.join()
        self.returncode = self._process.exitcode
        self._left = texts["stdout"], texts["stderr"]
        return self._left


class _End:
    """The end of a pipe that the new process writes to."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple:
        return _received, (DupFd(self.number),)


def _received(sent: DupFd) -> _End:
    return _End(sent.detach())


def _pipe() -> tuple:
    reading, writing = os.pipe()
    return open(reading, encoding="utf-8"), _End(writing)


def _call(
    out: _End,
    err: _End,
    environment: dict[str, str],
    before: Callable[[], object] | None,
    arguments: tuple[str, ...],
) -> None:
    """Be the command."""
    os.dup2(out.number, 1)
    os.dup2(err.number, 2)
    os.close(out.number)
    os.close(err.number)
    os.chdir(REPOSITORY)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["throughline", *arguments]
    if before is not None:
        before()
    from dagster_project.cli import app

    app()

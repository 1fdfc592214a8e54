"""Libraries that others import in passing, kept out where a second matters.

Belongs here: which import is spared, why nothing is missed, and the start that spares
all. Does not belong here: this project's own imports; those stand where they are
needed.
"""

import atexit
import gc
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

from dagster_project.one_heap import keep_one_heap

GARBAGE = 1_000_000
"""Objects made before Python looks for cycles among them. Its 700 make it look through
all that is imported again and again: a tenth of the start."""

SPARE = {
    "yaml": "numba.core.config",
    "scipy": "numba.np.arraymath",
    "cffi": "numba.core.typing.cffi_utils",
}
"""Libraries that numba can do without, and its modules that look for them."""


def begin_light() -> None:
    """Begin a command that links: with one heap, and without what it can spare.

    Call it before anything large is imported.
    """
    # numpy's BLAS begins threads of its own, which wait busily for products to take.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # so that Python does not look when it ends, either
    keep_one_heap()
    keep_pandas_out_of_arrow()
    keep_docs_out_of_arrow()
    keep_spare_out_of_numba()


class _Absent:
    """An import finder to which some libraries are not installed."""

    def __init__(self, libraries: set[str]) -> None:
        self._libraries = libraries

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        if name in self._libraries:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@contextmanager
def _absent(*libraries: str) -> Iterator[None]:
    finder = _Absent(set(libraries).difference(sys.modules))
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@contextmanager
def _in_place_of(module: ModuleType, name: str, stand_in: object) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, stand_in)
    try:
        yield
    finally:
        setattr(module, name, before)


def keep_pandas_out_of_arrow() -> None:
    """Have Arrow not import pandas in this process unless it is asked to use it.

    pyarrow looks for pandas when it converts its first value, whatever that is, in case
    it should be given a Series one day. That takes a sixth of a second. ``to_pandas``
    works after this as before; only a list of pandas's own values would be strange.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    with _absent("pandas"):
        # With a value in it, for Arrow looks twice: for the list, and for the value.
        pa.array([""])


class _Unread(dict):
    """A docstring of which no section was read."""

    def __init__(self, _text: str) -> None:
        super().__init__(Parameters=[])


def keep_docs_out_of_arrow() -> None:
    """Have Arrow not read how its functions are documented.

    pyarrow writes the ``help`` of its 280 functions when ``pyarrow.compute`` is
    imported, out of what their options' docstrings say: half of that import. Here the
    help leaves the options out.
    """
    if "pyarrow.compute" in sys.modules:
        return
    from pyarrow.vendored import docscrape

    with _in_place_of(docscrape, "NumpyDocString", _Unread):
        importlib.import_module("pyarrow.compute")


def keep_spare_out_of_numba() -> None:
    """Have numba not import what no kernel here needs, as if it were not installed.

    scipy serves products of matrices alone, cffi functions of C, yaml a settings file
    of numba's own. Their imports take a fifth of a second. Nor does numba ask every
    installed package whether it extends numba, or note each call of LLVM for whoever
    measures numba.
    """
    from llvmlite.binding import ffi

    with (
        _absent(*SPARE),
        _in_place_of(ffi, "register_lock_callback", lambda *_: None),
    ):
        for where in SPARE.values():
            importlib.import_module(where)
    importlib.import_module("numba.core.entrypoints").init_all = lambda: None

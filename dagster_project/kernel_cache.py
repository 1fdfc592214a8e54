"""Where compiled kernels are kept, when the usual places may not be written to.

Belongs here: choosing that place before numba is imported. Does not belong here: the
kernels, which numba compiles and keeps by itself.
"""

import os
import stat
import tempfile
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"
"""Where numba keeps its kernels if it is set; numba reads it when it is imported."""

KERNELS = Path(__file__).parent / "linkage"


class NoKernelCache(OSError):
    """Nowhere can compiled kernels be kept; the message says what to do."""


def keep_kernels_somewhere() -> Path | None:
    """Choose a temporary folder if numba could neither write beside us nor at home.

    A container's user often may do neither; numba then refuses every kernel. The folder
    is used again by the next command, if it is this user's alone: what lies in it is
    run.

    Returns:
        The folder, None where the usual places do.

    Raises:
        NoKernelCache: there is no temporary folder either.
    """
    if os.environ.get(VARIABLE) or any(map(_may_write, _usual_places())):
        return None
    try:
        folder = _own_folder(Path(tempfile.gettempdir()))
    except OSError as error:
        raise NoKernelCache(
            f"There is no folder to keep compiled kernels in; set {VARIABLE} to one"
        ) from error
    os.environ[VARIABLE] = str(folder)
    return folder


def _usual_places() -> tuple[Path, Path]:
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return KERNELS / "__pycache__", Path(home) / "numba"


def _may_write(folder: Path) -> bool:
    """Return whether a file can be written there; asked as numba asks, by writing."""
    if not folder.is_absolute():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _own_folder(above: Path) -> Path:
    folder = above / f"throughline-kernels-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
        if not (private and found.st_uid == os.getuid()):
            return Path(tempfile.mkdtemp(prefix="throughline-kernels-"))
    return folder

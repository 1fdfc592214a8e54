"""Open the files of a delivery without trusting its name, its size or its archive.

Belongs here: regular files, folders, zip and gzip, and their limits. Does not belong
here: what the bytes mean (the readers), which deliveries there are (``landing``).

Nothing is ever unpacked to disk. Sources for the limits: OWASP ASVS 5.0, 5.2 and 5.3
(unpacked size before unpacking, no links in archives, no path traversal).
"""

import gzip
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dagster_project.departments.errors import Refused
from dagster_project.departments.rows import Parts

UNPACKED_LIMIT = 8 << 30
"""Bytes in all files of one delivery: forty times the city's largest real export."""
RATIO_LIMIT = 200
"""Unpacked to packed. HMIS CSV, mostly empty columns, reaches about 30."""
RATIO_FROM = 10 << 20
"""Bytes below which the ratio is not asked: a small file may be all zeros."""
ENTRIES_LIMIT = 2_000
"""Files in one delivery; the largest standard (FHIR) sends some hundreds."""
DIRECTORY_LIMIT = ENTRIES_LIMIT * 512
"""Bytes of a zip's table of contents, which is read whole: a long name and its times
for each file. A million empty files would fill the memory before they are counted."""
NAME_LIMIT = 255
"""Bytes of a name inside an archive: what a file system takes."""
ARRIVING = (".tmp", ".part", ".partial", ".filepart", ".crdownload")
"""Endings that browsers and file transfers give to what is not whole yet."""
BUFFER = 1 << 20
TAIL = (1 << 16) + 256
"""Bytes at a zip's end that hold its last record, whose comment may take 64 KB."""
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
"""First bytes of both: departments name their archives as they please."""

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""No link is followed, and a FIFO cannot make us wait."""


def open_regular(name: str | Path, *, dir_fd: int | None = None) -> BinaryIO:
    """Open a plain file that has one name only.

    Raises:
        Refused: It is a link, a hard link, a FIFO, a device, or cannot be read.
    """
    base = os.path.basename(name)
    try:
        before = os.stat(name, dir_fd=dir_fd, follow_symlinks=False)
        if not stat.S_ISREG(before.st_mode):  # to open a device may already do harm
            raise Refused("not_a_plain_file", "it is no plain file", member=base)
        descriptor = os.open(name, REGULAR, dir_fd=dir_fd)
    except OSError as fault:
        reason = f"it cannot be opened as a plain file ({fault.strerror})"
        raise Refused("not_a_plain_file", reason, member=base) from None
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
        return os.fdopen(descriptor, "rb", BUFFER)
    os.close(descriptor)
    is_regular = stat.S_ISREG(status.st_mode)
    what = "has a second name (hard link)" if is_regular else "is no plain file"
    raise Refused("not_a_plain_file", f"it {what}; deliver a copy", member=base)


class _Bounded(io.RawIOBase):
    """An unpacking stream that stops at a limit and speaks in refusals."""

    def __init__(self, stream, name: str, limit: int) -> None:
        self._stream, self._name, self._left = stream, name, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as fault:
            reason = f"the archive is torn or damaged ({fault}); send it again"
            raise Refused("torn_archive", reason, member=self._name) from None
        self._left -= len(data)
        if self._left < 0:
            reason = "it unpacks to far more than it promises (a bomb?)"
            raise Refused("unpacked_size", reason, member=self._name)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _allowed(packed: int) -> int:
    return min(UNPACKED_LIMIT, max(RATIO_FROM, packed * RATIO_LIMIT))


def _unpacked(stream: BinaryIO, name: str) -> BinaryIO:
    """Return a file's bytes, unpacked on the way if they are gzipped."""
    if not stream.peek(len(GZIP)).startswith(GZIP):
        return stream  # a browser unpacks on the way and keeps the name
    size = os.fstat(stream.fileno()).st_size
    unpacked = gzip.GzipFile(fileobj=stream)
    unpacked.myfileobj = stream
    return io.BufferedReader(_Bounded(unpacked, name, _allowed(size)), BUFFER)


class FileParts:
    """One file alone, gzipped or plain."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.names: tuple[str, ...] = (path.name,)

    def open(self, name: str) -> BinaryIO:
        """Open the file, unpacking gzip on the way."""
        return _unpacked(self.open_packed(name), name)

    def open_packed(self, name: str) -> BinaryIO:
        """Open the file as it lies there, for hashing."""
        return open_regular(self._path)


def is_arriving_name(name: str) -> bool:
    """Say whether a name is one that senders give to a file still arriving."""
    return name.lower().endswith(ARRIVING)


def is_ignored(name: str) -> bool:
    """Say whether a name is the system's own or that of a file still arriving."""
    return name.startswith((".", "__MACOSX")) or is_arriving_name(name)


class FolderParts:
    """The plain files of one folder; a folder inside it is refused."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._opened() as folder:
            found = [e for e in os.scandir(folder) if not is_ignored(e.name)]
            inner = [e.name for e in found if e.is_dir(follow_symlinks=False)]
        if inner:
            reason = (
                f"it holds the folder {sorted(inner)[0]!r}; put the files of one "
                "delivery into one folder"
            )
            raise Refused("nested_folder", reason)
        names = sorted(entry.name for entry in found)
        if len(names) > ENTRIES_LIMIT:
            raise Refused("entries", f"the folder holds {len(names)} files")
        self.names: tuple[str, ...] = tuple(names)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            folder = os.open(self._path, DIRECTORY)
        except OSError as fault:
            reason = f"the folder cannot be opened ({fault.strerror})"
            raise Refused("not_a_plain_file", reason) from None
        try:
            yield folder
        finally:
            os.close(folder)

    def open(self, name: str) -> BinaryIO:
        """Open one file of the folder, unpacking gzip on the way."""
        return _unpacked(self.open_packed(name), name)

    def open_packed(self, name: str) -> BinaryIO:
        """Open one file of the folder as it lies there, for hashing."""
        with self._opened() as folder:
            return open_regular(name, dir_fd=folder)


class ZipParts:
    """The files of one zip archive, checked before the first byte is unpacked."""

    def __init__(self, stream: BinaryIO) -> None:
        if _directory_size(stream) > DIRECTORY_LIMIT:
            reason = f"its table of contents lists more than {ENTRIES_LIMIT} files"
            raise Refused("entries", reason)
        if not stream.peek(2).startswith(ZIP[:2]):
            reason = "its name says zip and it is none; send a zip, or the files"
            raise Refused("torn_archive", reason)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError) as fault:
            reason = f"this is no whole zip archive ({fault}); send it again"
            raise Refused("torn_archive", reason) from None
        packed = os.fstat(stream.fileno()).st_size
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        if len(entries) > ENTRIES_LIMIT:
            raise Refused("entries", f"the archive holds {len(entries)} files")
        if sum(entry.file_size for entry in entries) > _allowed(packed):
            reason = "it would unpack to far more than an export holds (a bomb?)"
            raise Refused("unpacked_size", reason)
        for entry in entries:
            _refuse_entry(entry)
        names = [entry.filename for entry in entries]
        if len({name.casefold() for name in names}) != len(names):
            raise Refused("file_twice", "the archive holds one name twice")
        self.names: tuple[str, ...] = tuple(
            sorted(n for n in names if not any(map(is_ignored, n.split("/"))))
        )

    def open(self, name: str) -> BinaryIO:
        """Open one file of the archive."""
        entry = self._zip.getinfo(name)
        try:
            stream = self._zip.open(entry)
        except (zipfile.BadZipFile, NotImplementedError, OSError) as fault:
            reason = f"the archive is damaged ({fault}); send it again"
            raise Refused("torn_archive", reason, member=name) from None
        return io.BufferedReader(_Bounded(stream, name, entry.file_size), BUFFER)

    open_packed = open
    """A file of an archive is hashed as it was before it was packed."""


def _directory_size(stream: BinaryIO) -> int:
    """Return the bytes of a zip's table of contents, 0 where its end is not found.

    Source: PKWARE APPNOTE 6.3.10, 4.3.14 to 4.3.16.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - TAIL))
    tail = stream.read(TAIL)
    end = tail.rfind(b"PK\5\6")
    stream.seek(0)
    if end < 0 or len(tail) < end + 16:
        return 0
    told = int.from_bytes(tail[end + 12 : end + 16], "little")
    wide = tail.rfind(b"PK\6\6", 0, end)
    if wide < 0:
        return told
    return int.from_bytes(tail[wide + 40 : wide + 48], "little")


def _refuse_entry(entry: zipfile.ZipInfo) -> None:
    path, kind = PurePosixPath(entry.filename), entry.external_attr >> 16
    parts = entry.orig_filename.replace("\\", "/").split("/")
    name, problem = entry.filename.encode("utf-8", "replace"), ""
    if path.is_absolute() or ".." in parts or ":" in parts[0] or "\0" in parts[-1]:
        problem = "path", "its name points outside the archive"
    elif len(name) > NAME_LIMIT or not entry.filename.isprintable():
        problem = "name", "its name is too long or holds control characters"
    elif stat.S_IFMT(kind) not in (0, stat.S_IFREG):
        problem = "link", "it is a link or a device, not a file"
    elif entry.flag_bits & 1:
        problem = "encrypted", "it is encrypted; send it without a password"
    elif path.suffix.lower() == ".gz":
        problem = "nested", "it is packed twice; unpack the archive and send the folder"
    elif path.suffix.lower() in (".zip", ".7z", ".tar", ".rar"):
        problem = "nested", "it is an archive inside the archive; send the inner one"
    elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = "method", "it is packed by a method other than deflate"
    if problem:
        member = entry.filename[:120].encode("unicode_escape").decode()
        raise Refused(f"archive_{problem[0]}", problem[1], member=member)


def is_archive(path: Path) -> bool:
    """Say whether a plain file is a zip, by its name or its first bytes."""
    if path.suffix.lower() == ".zip":
        return True
    with open_regular(path) as stream:
        return stream.peek(len(ZIP)).startswith(ZIP)


@contextmanager
def opened(path: Path, is_folder: bool) -> Iterator[Parts]:
    """Open a delivery for reading, whatever its shape."""
    if is_folder:
        yield FolderParts(path)
    elif is_archive(path):
        with open_regular(path) as stream:
            yield ZipParts(stream)
    else:
        yield FileParts(path)

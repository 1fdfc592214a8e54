"""One heap for all threads: what one of them freed the others can use.

Belongs here: that one setting of the C library. Does not belong here: any memory of
ours.
"""

import ctypes

M_ARENA_MAX = -8
"""Number of the option in glibc's malloc.h (mallopt(3))."""


def keep_one_heap() -> None:
    """Let threads share the heap; call it before any has begun.

    glibc gives each thread a heap of its own and never moves what was freed between
    them. Our threads work on a few large arrays and hardly ever wait for one another's
    heap, so several only cost memory: 6 to 9 per cent of a million records. Where the C
    library is another one, nothing happens.
    """
    try:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    except (AttributeError, OSError, TypeError):
        return

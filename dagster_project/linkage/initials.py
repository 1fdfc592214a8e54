"""Which names of one letter are whole names, and which are initials.

Belongs here: the scripts in which a sign is a word or a syllable. Does not belong here:
what an initial is worth (``compare_names``), which names are nobody's
(``placeholders``).
"""

WHOLE_NAMES = (
    (0x3005, 0x3007),  # 々, 〆 and 〇
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),  # syllables of Hangul, not its single letters
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
"""Signs of which one may be a name: 王, 김 and 伟 say all that Wang, Kim and Wei do."""


def is_name(text: str) -> bool:
    """Return whether a folded text is a name, and neither missing nor an initial.

    >>> is_name("wu"), is_name("w"), is_name("吴"), is_name("")
    (True, False, True, False)
    """
    if len(text) == 1:
        return any(low <= ord(text) <= high for low, high in WHOLE_NAMES)
    return len(text) > 1

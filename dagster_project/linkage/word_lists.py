"""Write a list of words as running text.

Belongs here: that one convenience. Does not belong here: any list.
"""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, in order."""
    return tuple(text.split())

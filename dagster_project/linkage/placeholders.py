"""Words a department writes when it has no name: evidence of nothing.

Belongs here: the lists and the test over a folded name. Does not belong here: folding
(``names``), what a missing name means for linkage (``standardise``).
"""

from jellyfish import damerau_levenshtein_distance

from dagster_project.linkage.word_lists import words

PLACEHOLDERS = frozenset(
    words(
        """
    unknown unk unkn unidentified refused declined none na null nofirstname
    nolastname noname firstname lastname anonymous test tester zztest xx xxx xxxx
    doe jdoe trauma baby babyboy babygirl infant twin child husband wife spouse son
    daughter mother father mom dad brother sister grandson granddaughter grandmother
    grandfather granny grandpa grandma lady man woman boy girl male female resident
    occupant homeowner householder person patient client subject caller nephew niece
    cousin uncle aunt roommate boyfriend girlfriend adult minor other member self
    head tenant renter parent parents grandchild stepson stepdaughter pending
    notgiven unavailable fnu lnu nfn nln nmn ukn unkwn unknwn
    """
    )
)
"""A name is missing if every word of it is here. Short on purpose: each word costs the
people who really bear it."""

SURNAMES_TOO = frozenset(
    words(
        """
    boy child man head self minor parent parents baby infant lady trauma other son
    person adult test tester na none null
    """
    )
)
"""Words of the list that are also surnames (Son, Man, Head, Null, Na): they stay valid
as a surname beside a real forename."""

TITLES = frozenset(
    words(
        """
    mr mrs ms miss mx dr one two three
    """
    )
)
"""Words that stand alone only where a name was not taken down."""

PHRASES = frozenset(
    (
        "n a",
        "no name",
        "not known",
        "not given",
        "not provided",
        "not available",
        "not stated",
        "first name unknown",
        "last name unknown",
    )
)
"""What is said in several words or letters, each of which may be a name."""

SEPARATORS = (" of the ", " in the ")
"""Descriptions ('man of the house') are no names."""


def is_placeholder(text: str) -> bool:
    """Return whether a folded forename says only that nobody knew it."""
    words = text.split(" ")
    if text in PHRASES or any(mark in f" {text} " for mark in SEPARATORS):
        return True
    if all(word in PLACEHOLDERS or word in TITLES for word in words):
        return True
    return len(text) > 2 and len(set(text)) == 1


def is_placeholder_surname(text: str, forename: str) -> bool:
    """Return whether a folded surname is a placeholder beside this folded forename.

    'Null' after 'Jennifer' is a person; 'Null' after 'Unknown' or nothing is not. A
    surname of one letter is an initial and too little to compare. 'Doe' is believed
    only beside a forename that is not John, Jane (a slip aside) or a placeholder
    itself.
    """
    if len(text) == 1:
        return True
    if not is_placeholder(text):
        return False
    named = bool(forename) and not is_placeholder(forename)
    if text == "doe":
        return not named or _is_john_or_jane(forename)
    return not (named and text in SURNAMES_TOO)


def is_unnamed_pair(forename: str, surname: str) -> bool:
    """Return whether forename and surname together are the usual John or Jane Doe."""
    return surname == "doe" and (
        forename.split(" ")[0] == "baby" or _is_john_or_jane(forename)
    )


def _is_john_or_jane(forename: str) -> bool:
    first = forename.split(" ")[0]
    return first == "j" or any(
        damerau_levenshtein_distance(first, name) <= 1 for name in ("john", "jane")
    )

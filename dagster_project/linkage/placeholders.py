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

FORENAMES_TOO = frozenset(
    words(
        """
    son na lady mom man
    """
    )
)
"""Words of the list that are forenames too: Sơn and Mẫn in Vietnam, 娜 in China and
Korea, Lady in Colombia, Mom in Cambodia. Beside a real surname and a birth date or an
SSN they stay: who wrote those knew the person, and without the forename twins named Na
and Fang would be told apart by nothing."""

GROWN_FORENAMES = frozenset(
    words(
        """
    baby boy infant minor
    """
    )
)
"""Forenames (Baby and Boy in the Philippines and India, Infant in Tamil Nadu, Minor in
Costa Rica) that are also written for a child: a newborn has surname and birth date."""

CHILDREN_SINCE = 1990
"""Children born before were grown when today's systems began, and were then written
down by their names; a Baby of 1965 is called so."""

ANY_YEAR = 10000
"""After every birth, and after one that is not known."""

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
"""Descriptions ('man of the house') are no names, as 'mom of Maria' is none."""


def is_placeholder(text: str) -> bool:
    """Return whether a folded forename says only that nobody knew it."""
    words = text.split(" ")
    if text in PHRASES or _describes(text):
        return True
    if all(word in PLACEHOLDERS or word in TITLES for word in words):
        return True
    return len(text) > 2 and len(set(text)) == 1


def _describes(text: str) -> bool:
    said, of, _ = text.partition(" of ")
    kin = bool(of) and said.split(" ")[-1] in PLACEHOLDERS
    return kin or any(mark in f" {text} " for mark in SEPARATORS)


def name_of_births_before(text: str) -> int:
    """Return the year before which people may bear this placeholder as a forename.

    0 for a word that is nobody's forename. Which records say enough of a person that
    the word is believed is for ``standardise``.
    """
    if text in FORENAMES_TOO:
        return ANY_YEAR
    return CHILDREN_SINCE if text in GROWN_FORENAMES else 0


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

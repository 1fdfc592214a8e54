"""Words a department writes when it has no name: evidence of nothing.

Belongs here: the lists and the test over a folded name. Does not belong here: folding
(``names``), what a missing name means for linkage (``standardise``).
"""

from jellyfish import damerau_levenshtein_distance

from dagster_project.linkage.initials import is_name
from dagster_project.linkage.placeholder_phrases import PHRASE_ENDS, PHRASES
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
    tbd tba deceased confidential redacted withheld undisclosed undetermined unspecified
    unnamed nameless newborn blank duplicate homeless unkown nan nil guest
    neonate triplet quadruplet bb bg nb
    """
    )
)
"""A name is missing if every word of it is here. Short on purpose: each word costs the
people who really bear it."""

SURNAMES_TOO = frozenset(
    words(
        """
    boy child man head self minor parent parents baby infant lady trauma other son
    person adult test tester na none null newborn blank nan nil guest
    """
    )
)
"""Words of the list that are also surnames (Son, Man, Head, Null, Na): they stay valid
as a surname beside a real forename."""

UNKNOWN_ELSEWHERE = frozenset(
    words(
        """
    desconocido desconocida anonimo anonima ninguno fulano fulana mengano
    desconhecido desconhecida inconnu inconnue anonyme sconosciuto sconosciuta
    unbekannt unbekannte unbekannter onbekend okand ukjent
    неизвестно неизвестныи неизвестная неизвестен неизвестна невідомо невідомии невідома
    аноним αγνωστο αγνωστοσ αγνωστη
    不明 不詳 不详 未知 無名 无名 無名氏 无名氏 匿名 佚名 身元不明 氏名不詳 氏名不明
    미상 불명 불상 성명불상 신원미상
    مجهول مجهولة अज्ञात অজ্ঞাত
    """
    )
)
"""'Unknown' and 'nameless' in the languages people are asked in, as folding leaves
them. Left out is what is somebody's name too: Nada, Nino, Ignoto, Võ Danh."""

FORENAMES_TOO = frozenset(
    words(
        """
    son na lady mom man nan nil 未知
    """
    )
)
"""Words of the list that are forenames too: Sơn and Mẫn in Vietnam, 娜 in China and
Korea, 楠 there, Nil in Turkey and Catalonia, Lady in Colombia, Mom in Cambodia, 未知 in
Japan. Beside a real surname and a birth date or an SSN they stay: who wrote those knew
the person, and without the forename nothing would tell twins Na and Fang apart."""

GROWN_FORENAMES = frozenset(
    words(
        """
    baby boy infant minor bb
    """
    )
)
"""Forenames (Baby and Boy in the Philippines and India, Infant in Tamil Nadu, Minor in
Costa Rica, B. B. of some American men) that are also written for a child: a newborn has
surname and birth date."""

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

NOBODY = PLACEHOLDERS | TITLES | UNKNOWN_ELSEWHERE
"""Words of which no name consists alone."""

RADIO_ALPHABET = frozenset(
    words(
        """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo
    lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey
    xray yankee zulu
    """
    )
)
"""What emergency rooms call those who cannot tell their name, beside 'Trauma'."""

SEPARATORS = (" of the ", " in the ")
"""Descriptions ('man of the house') are no names, as 'mom of Maria' is none."""


def is_placeholder(text: str) -> bool:
    """Return whether a folded forename says only that nobody knew it."""
    words = text.split(" ")
    if text in PHRASES or _describes(text):
        return True
    if words[0] == "trauma" or (words[-1] == "doe" and _is_john_or_jane(text)):
        return True
    if all(word in NOBODY for word in words):
        return True
    return len(text) > 2 and len(set(text)) == 1


def _describes(text: str) -> bool:
    said, of, _ = text.partition(" of ")
    kin = bool(of) and said.split(" ")[-1] in PLACEHOLDERS
    return kin or any(mark in f" {text} " for mark in SEPARATORS)


def is_nobodys_middle(text: str) -> bool:
    """Return whether a folded middle name says that there is none or nobody knew it."""
    return is_placeholder(text) and not name_of_births_before(text)


def name_of_births_before(text: str) -> int:
    """Return the year before which people may bear this placeholder as a forename.

    0 for a word that is nobody's forename. Which records say enough of a person that
    the word is believed is for ``standardise``.
    """
    if text in FORENAMES_TOO:
        return ANY_YEAR
    return CHILDREN_SINCE if text in GROWN_FORENAMES else 0


def is_doubtful_surname(text: str) -> bool:
    """Return whether a folded surname is a placeholder beside some forename."""
    return text in PHRASE_ENDS or is_placeholder_surname(text, "")


def is_placeholder_surname(text: str, forename: str) -> bool:
    """Return whether a folded surname is a placeholder beside this folded forename.

    'Null' after 'Jennifer' is a person; 'Null' after 'Unknown' or nothing is not. A
    surname of one letter is an initial and too little to compare. 'Doe' is believed
    only beside a forename that is not John, Jane (a slip aside) or a placeholder
    itself.
    """
    if not is_name(text) or is_unnamed_pair(forename, text):
        return True
    if not is_placeholder(text):
        return False
    named = bool(forename) and not is_placeholder(forename)
    if text == "doe":
        return not named or _is_john_or_jane(forename)
    return not (named and text in SURNAMES_TOO)


def is_unnamed_pair(forename: str, surname: str) -> bool:
    """Return whether forename and surname together are nobody.

    The usual John or Jane Doe, Alpha Trauma whom nobody has asked yet, or a phrase of
    which the surname is the end.
    """
    if surname == "trauma":
        return forename in RADIO_ALPHABET
    if surname != "doe":
        return _is_split_phrase(forename, surname)
    return forename.split(" ")[0] == "baby" or _is_john_or_jane(forename)


def _is_split_phrase(forename: str, surname: str) -> bool:
    return surname in PHRASE_ENDS and f"{forename} {surname}" in PHRASES


def _is_john_or_jane(forename: str) -> bool:
    first = forename.split(" ")[0]
    return first == "j" or any(
        damerau_levenshtein_distance(first, name) <= 1 for name in ("john", "jane")
    )

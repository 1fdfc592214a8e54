"""Phrases that stand where a name was not taken down, as folding leaves them.

Belongs here: what is said in several words. Does not belong here: single words, and
what is a placeholder (``placeholders``).
"""

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
        "none given",
        "none provided",
        "none stated",
        "not disclosed",
        "not recorded",
        "not applicable",
        "not on file",
        "no first name",
        "no last name",
        "name withheld",
        "name unknown",
        "to be determined",
        "duplicate record",
        "do not use",
        "donot use",  # a surname, in which 'do' is a particle
        "first last",
        "mickey mouse",
        "donald duck",
        "did not say",
        "sin nombre",
        "sin apellido",
        "sin datos",
        "no tiene",
        "no tiene nombre",
        "no sabe",
        "no se sabe",
        "no dio nombre",
        "no dio su nombre",
        "no proporcionado",
        "nao informado",
        "nao sabe",
        "sem nome",
        "sans nom",
        "non connu",
        "nicht bekannt",
        "keine angabe",
        "senza nome",
        "нет данных",
        "не известно",
        "без имени",
        "немає даних",
        "khong ro",
        "khong co",
        "khong biet",
        "khong co ten",
        "hindi alam",
        "hindi kilala",
        "walang pangalan",
        "알 수 없음",
        "이름 없음",
        "غير معروف",
        "بدون اسم",
    )
)
"""What is said in several words or letters, each of which may be a name."""

NAMES_TOO = ("n", "khong")
"""Words that begin a phrase and may be a name of their own beside a surname."""

PHRASE_ENDS = frozenset(
    phrase[place + 1 :]
    for phrase in PHRASES
    if not phrase.startswith(tuple(f"{name} " for name in NAMES_TOO))
    for place, sign in enumerate(phrase)
    if sign == " "
)
"""What stands as a surname where a phrase was written into both fields: No | Tiene."""

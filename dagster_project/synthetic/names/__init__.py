"""Names of the people of the made-up city: lists, legal names and the forms in use.

Belongs here: weighted name lists, a person's legal name, how a name practice changes
the form a department gets. Does not belong here: mistakes (``identity``).

Where the lists come from (each CSV was derived once; nothing is needed at run time):

- ``surnames_census.csv``: P(surname | class) is proportional to the frequency of a
  surname in the 1990 Census list times P(class | surname) of the 2010 Census surname
  table, per million; the 1,500 commonest per class (500 for ``native``). Both tables
  are works of the U.S. Census Bureau and in the public domain. Accents, apostrophes
  and particles, which the Census strips, were put back by hand.
- ``surnames_tail.csv``: a fixed sample of rarer surnames (rank 1,500 to 60,000) of the
  same tables, so that rarity exists.
- ``surnames_by_hand.csv`` and the non-English lists of ``given.csv``: written by hand
  from general knowledge, with Zipf weights of exponent 1 (Vietnamese surnames: known
  shares). Spellings after the first are other romanisations of the same name.
- English given names: the 450 commonest per sex of the 1990 Census list, tilted by
  hand to three birth cohorts, with names of the years after 1990 added by hand.
- ``nicknames.csv``, ``street_names.csv``: written by hand; the linker has its own,
  separately made table of nicknames, or its test would be circular.

No list of real people was used.
"""

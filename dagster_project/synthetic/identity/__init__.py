"""What each department writes down about a person, with the mistakes it makes.

Belongs here: records of clients and their later corrections, from true people, their
contacts and stays. Does not belong here: names themselves (``names``), files in a
department's format (``export``), linking.

Everything hangs on (seed, person, ordinal of the record in its system): more people
change nobody's records, and the same seed gives the same records.
"""

from dagster_project.synthetic.city import Contacts, People, Reports, Stays
from dagster_project.synthetic.identity.book import make_book
from dagster_project.synthetic.records import Corrections, Records


def record_identities(
    people: People, contacts: Contacts, reports: Reports, stays: Stays, seed: int
) -> tuple[Records, Corrections]:
    """Write down everybody whom a department met.

    Args:
        people: Everybody, numbered from 0.
        contacts: True contacts, in the order of their numbers.
        reports: Which system wrote a contact down.
        stays: Stays; each hangs on an HMIS profile.
        seed: The city's seed.

    Returns:
        Records as last held, and what they held before each correction.
    """
    book = make_book(people, contacts, reports, stays, seed)
    return book.records, book.corrections

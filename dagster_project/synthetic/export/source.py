"""The city as the departments' systems look at it.

Belongs here: joins every feed needs, made once (report to contact and record,
incident to number and corner, offers of a contact).
Does not belong here: anything about one feed's format.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.city import City
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.export.clock import EPOCH_DAY_ZERO, Seconds, local_day
from dagster_project.synthetic.export.places import corner_of
from dagster_project.synthetic.export.profiles import Profiles
from dagster_project.synthetic.records import Corrections, Records

OTHER_NUMBER = 0.05
"""Share of reports of an incident that bear another incident number
(made_up_city §7: a digit misheard or a second call's number)."""


@dataclass(frozen=True)
class Incidents:
    """One row per incident dispatched, or numbered by the team itself."""

    incident: NDArray[np.integer]
    second: Seconds
    number: NDArray[np.int64]  # YYDDD and a sequence of four digits, as DEM counts
    corner: NDArray[np.int64]

    def row(self, incident: NDArray[np.integer]) -> NDArray[np.intp]:
        """Return the row of each incident; -1 for none."""
        found = np.searchsorted(self.incident, incident)
        return np.where(np.asarray(incident) >= 0, found, -1)


def _incidents(city: City, draws: Draws) -> Incidents:
    calls, contacts = city.cad_calls, city.contacts
    own = contacts.incident >= 0
    all_ids = np.concatenate([calls.incident, contacts.incident[own]])
    seconds = np.concatenate([calls.second, contacts.second[own]])
    areas = np.concatenate([calls.area, contacts.area[own]])
    incident, first = np.unique(all_ids, return_index=True)
    second = seconds[first].astype(np.int64)
    day = local_day(second)
    order = np.lexsort((incident, second, day))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.searchsorted(day[order], day[order])
    dates = (day + EPOCH_DAY_ZERO).astype("datetime64[D]")
    years = dates.astype("datetime64[Y]")
    day_of_year = (dates - years.astype("datetime64[D]")).astype(np.int64) + 1
    year = years.astype(np.int64) + 1970
    number = ((year % 100) * 1000 + day_of_year) * 10_000 + rank + 1
    corner = corner_of(draws, "incident corner", incident, areas[first])
    return Incidents(incident, second, number, corner)


class Source:
    """A city, its records, and the joins between them."""

    def __init__(
        self, city: City, records: Records, corrections: Corrections, seed: int
    ):
        """Join what several feeds need."""
        self.city, self.records = city, records
        self.draws = Draws(seed)
        self.profiles = Profiles(city, records, corrections, self.draws)
        self.incidents = _incidents(city, self.draws)
        contacts = city.contacts
        self.contact_of_report = np.searchsorted(contacts.contact, city.reports.contact)
        row = self.incidents.row(contacts.incident)
        own = corner_of(self.draws, "contact corner", contacts.contact, contacts.area)
        self.corner = np.where(row >= 0, self.incidents.corner[row], own)

    def reports(self, system: str) -> NDArray[np.intp]:
        """Return the rows of reports one system holds."""
        return np.flatnonzero(self.city.reports.system == SYSTEMS.index(system))

    @cached_property
    def offers_by_contact(self) -> tuple[NDArray[np.intp], Seconds]:
        """Return rows of offers in the order of their contact's row, and that row."""
        contact = np.searchsorted(self.city.contacts.contact, self.city.offers.contact)
        order = np.argsort(contact, kind="stable")
        return order, contact[order]

    def offers_of(self, contacts: NDArray[np.intp]) -> list[list[int]]:
        """Return for each contact its rows of offers."""
        order, keys = self.offers_by_contact
        low = np.searchsorted(keys, contacts, side="left").tolist()
        high = np.searchsorted(keys, contacts, side="right").tolist()
        order = order.tolist()
        return [order[a:b] for a, b in zip(low, high, strict=True)]

    def incident_numbers(
        self, system: str, contacts: NDArray[np.intp]
    ) -> NDArray[np.int64]:
        """Return the incident number a system wrote down; -1 for none.

        One in twenty differs from the dispatcher's by a digit.
        """
        row = self.incidents.row(self.city.contacts.incident[contacts])
        number = np.where(row >= 0, self.incidents.number[row], -1)
        key = self.city.contacts.contact[contacts]
        wrong = self.draws.uniform(f"{system} other number", key) < OTHER_NUMBER
        other = number - number % 10 + (number + 3) % 10
        return np.where(wrong & (number >= 0), other, number)

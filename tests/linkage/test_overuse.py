import numpy as np

from dagster_project.linkage.overuse import default_dates, shared_by_strangers


def test_an_ssn_of_many_surnames_is_nobodys():
    values = np.array([7, 7, 7, 7, 7, 9, 9, 9, 9, 9, 9])
    surnames = np.array([1, 2, 3, 4, 5, 6, 6, 6, 6, 1, 0])
    assert shared_by_strangers(values, surnames, 4).tolist() == [7]


def test_a_person_met_sixty_times_keeps_the_number():
    values = np.full(60, 7)
    surnames = np.r_[np.full(50, 3), np.arange(10, 20)]
    assert len(shared_by_strangers(values, surnames, 4)) == 0


def test_a_date_on_everybodys_form_is_found_and_a_birthday_is_not():
    honest = np.repeat(np.arange(1000), 3)
    dates = np.r_[19600000 + honest, np.full(100, 19990909)]
    surnames = np.arange(len(dates)) % 50 + 1
    assert default_dates(dates, surnames).tolist() == [19990909]

import numpy as np

from dagster_project.linkage.overuse import default_dates, shared_by_strangers


def test_an_ssn_of_many_surnames_and_dates_is_nobodys():
    values = np.array([7, 7, 7, 7, 7, 9, 9, 9, 9, 9, 9])
    surnames = np.array([1, 2, 3, 4, 5, 6, 6, 6, 6, 1, 0])
    dates = np.r_[19500101:19500106, np.zeros(6, np.int64)]
    assert shared_by_strangers(values, surnames, dates, 4).tolist() == [7]


def test_a_person_met_sixty_times_keeps_the_number():
    values = np.full(60, 7)
    surnames = np.r_[np.full(50, 3), np.arange(10, 20)]
    unknown = np.zeros(60, np.int64)
    assert len(shared_by_strangers(values, surnames, unknown, 4)) == 0


def test_a_person_of_many_spellings_keeps_the_number():
    values, surnames = np.full(6, 7), np.array([1, 1, 2, 3, 4, 5])
    dates = np.array([19611112, 19611112, 19611112, 19611211, 0, 19611112])
    assert len(shared_by_strangers(values, surnames, dates, 4)) == 0


def test_a_date_on_everybodys_form_is_found_and_a_birthday_is_not():
    honest = np.repeat(np.arange(1000), 3)
    dates = np.r_[19600000 + honest, np.full(100, 19990909)]
    surnames = np.arange(len(dates)) % 50 + 1
    assert default_dates(dates, surnames).tolist() == [19990909]

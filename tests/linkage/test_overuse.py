import numpy as np

from dagster_project.linkage.overuse import (
    default_dates,
    default_days,
    of_year_alone,
    shared_by_strangers,
)


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


def test_a_year_that_is_all_that_is_known_is_no_default_date():
    dates = np.r_[np.full(300, 19850000), np.arange(19600101, 19600129)]
    surnames = np.arange(len(dates)) % 50 + 1
    assert len(default_dates(dates, surnames)) == 0


def honest_dates(people: int) -> np.ndarray:
    number = np.arange(people)
    return (1930 + number % 70) * 10000 + (number % 12 + 1) * 100 + number % 28 + 1


def test_the_first_of_january_of_many_years_says_the_year():
    first = (1940 + np.arange(60)) * 10000 + 101
    dates = np.r_[honest_dates(900), first]
    surnames = np.arange(len(dates)) % 97 + 1
    days = default_days(dates, surnames)
    assert days.tolist() == [101]
    read = of_year_alone(dates, days)
    assert read[-60:].tolist() == [year * 10000 for year in range(1940, 2000)]
    assert (read[:900] % 100 > 0).sum() == (honest_dates(900) % 10000 != 101).sum()


def test_a_date_of_one_year_leaves_no_year():
    dates = np.r_[honest_dates(900), np.full(60, 19990909)]
    surnames = np.arange(len(dates)) % 97 + 1
    assert len(default_days(dates, surnames)) == 0
    assert default_dates(dates, surnames).tolist() == [19990909]


def test_the_birthday_of_one_person_met_often_is_a_birthday():
    dates = np.r_[honest_dates(900), np.full(60, 19880229)]
    surnames = np.r_[np.arange(900) % 97 + 1, np.full(60, 5)]
    assert len(default_days(dates, surnames)) == 0

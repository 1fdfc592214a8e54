import pytest

from dagster_project.linkage.identifiers import (
    read_email,
    read_phone,
    read_ssn,
    read_street,
    read_zip,
)


@pytest.mark.parametrize(
    ("text", "full", "last4"),
    [
        ("536-22-1234", "536221234", "1234"),
        ("734112345", "734112345", "2345"),
        ("749-11-2345", "749112345", "2345"),
        ("773112345", "773112345", "2345"),
        ("899112345", "899112345", "2345"),
        ("1234", "", "1234"),
        ("xxx-xx-4321", "", "4321"),
        ("1022345", "001022345", "2345"),
        ("000112345", "", ""),
        ("666112345", "", ""),
        ("912112345", "", ""),
        ("536002345", "", ""),
        ("536220000", "", ""),
        ("123456789", "", ""),
        ("555555555", "", ""),
        ("0000", "", ""),
        ("5.36221E+08", "", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_a_social_security_number_is_full_partial_or_none(text, full, last4):
    assert read_ssn(text) == (full, last4)


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (read_phone, "+1 (415) 555-0123", "4155550123"),
        (read_phone, "415-000-0000", ""),
        (read_phone, "12345", ""),
        (read_phone, "4.15555E+09", ""),
        (read_phone, "mobile+14155550123", "4155550123"),
        (read_phone, "1-415-555-0123", "4155550123"),
        (read_phone, "0014155550123", "4155550123"),
        (read_phone, "011 1 415 555 0123", "4155550123"),
        (read_phone, "4155550123 x12", "4155550123"),
        (read_phone, "(415) 555-0123, ext. 1204", "4155550123"),
        (read_phone, "415.555.0123 EXTENSION 9", "4155550123"),
        (read_phone, "4155550123#12", "4155550123"),
        (read_phone, "fax 4155550123", "4155550123"),
        (read_phone, "fax 555012", ""),
        (read_phone, "4155550123 / 4155550199", "4155550123"),
        (read_phone, "4155550123;4155550199", "4155550123"),
        (read_phone, "415-555-0123 x3 or 415-555-0199 x4", "4155550123"),
        (read_phone, "(415) 555-0123 (415) 555-0199", "4155550123"),
        (read_phone, "+14155550123 +14155550199", "4155550123"),
        (read_phone, "555-0123 / 555-0199", "5550123"),
        (read_phone, "none / 415-555-0123", "4155550123"),
        (read_phone, "415/555-0123", "4155550123"),
        (read_phone, "+44/20/7946-0958", "2079460958"),
        (read_phone, "555-0123", "5550123"),
        (read_email, " Ana.Q@Example.ORG ", "ana.q@example.org"),
        (read_email, "none@none", ""),
        (read_email, "ana", ""),
        (read_street, "12 larch street", "12 larch st"),
        (read_street, "12 larch avenue", "12 larch ave"),
        (read_street, "homeless", ""),
        (read_street, "no fixed address", ""),
        (read_street, "unhoused", ""),
        (read_zip, "94133.0", "94133"),
        (read_zip, "94133-1234", "94133"),
        (read_zip, "99999", ""),
        (read_zip, None, ""),
    ],
)
def test_numbers_and_addresses(reader, text, value):
    assert reader(text) == value

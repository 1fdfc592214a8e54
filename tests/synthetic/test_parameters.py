import pytest

from dagster_project.synthetic import parameters


def test_effects_can_be_overridden():
    assert parameters.load({"effects.hr_follow_up": 1}).effects.hr_follow_up == 1.0


@pytest.mark.parametrize("name", ["effects.unheard_of", "hr_follow_up", ""])
def test_an_unknown_override_is_named(name):
    with pytest.raises(ValueError, match="has no parameter"):
        parameters.load({name: 1.0})


def test_a_value_of_another_kind_is_named():
    with pytest.raises(ValueError, match=r"\[effects\] hr_follow_up"):
        parameters.load({"effects.hr_follow_up": "strong"})


def test_a_missing_key_is_named(tmp_path):
    text = parameters.FILE.read_text().replace("moud_death = 0.5", "")
    file = tmp_path / "parameters.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match="moud_death"):
        parameters.load(file=file)


def test_every_parameter_has_its_source_beside_it():
    for line in parameters.FILE.read_text().splitlines():
        if "=" in line and not line.startswith("#") and "[S]" not in line:
            unit_only = ("age_bands", "window_days", "start_days")
            assert any(mark in line for mark in ("[2]", "[A]", "[T]")) or (
                line.startswith(unit_only)
            ), line

"""A stage's file is read, and every mistake in it is named at once."""

from pathlib import Path

import pytest

from deploy.cloud import stage
from deploy.cloud.stops import Stopped
from tests.support import shops

TEMPLATE = {
    "Parameters": {
        "PublicUrl": {"AllowedPattern": "https?://[^/]+(/[^/]+)*", "Description": "Base URL"},
        "LogLevel": {"Default": "INFO", "AllowedValues": ["DEBUG", "INFO"]},
        "Free": {"Default": ""},
    }
}


def written(folder: Path, text: str, name: str = "prod") -> Path:
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_stage_is_read(tmp_path: Path) -> None:
    text = f'region = "eu-west-1"\npolicy = "{shops.FILE}"\nxray = true\n[parameters]\nLogLevel = "DEBUG"\n'
    found = stage.read("prod", written(tmp_path, text))
    assert found == stage.Stage("prod", "eu-west-1", shops.FILE, {"LogLevel": "DEBUG"}, True)
    assert found.stack == "aftercare-prod"


def test_every_mistake_of_a_file_is_named(tmp_path: Path) -> None:
    text = 'regoin = "x"\npolicy = "nowhere.toml"\nregion = "Frankfurt"\nxray = "yes"\n'
    with pytest.raises(Stopped) as stopped:
        stage.read("prod", written(tmp_path, text))
    said = str(stopped.value)
    assert "'regoin' is not known" in said
    assert "there is no policy nowhere.toml" in said
    assert "'Frankfurt' is not a region" in said
    assert "'xray' must be a bool" in said


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match=r"'region' is missing[\s\S]*'policy' is missing"):
        stage.read("prod", written(tmp_path, ""))
    with pytest.raises(Stopped, match=r"There is no .*other\.toml"):
        stage.read("other", tmp_path)
    with pytest.raises(Stopped, match="can't be read"):
        stage.read("prod", written(tmp_path, "region = "))


@pytest.mark.parametrize("name", ["", "Prod", "-a", "a-", "a/b", "../a", "a" * 41])
def test_a_name_that_no_stack_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Stopped, match="at most 40 small letters"):
        stage.read(name, tmp_path)


def test_the_longest_stack_name_is_far_below_cloudformations_limit() -> None:
    assert len(stage.Stage("a" * stage.LONGEST, "", Path()).stack) < 128


def test_parameters_must_fit_the_template() -> None:
    assert stage.mistakes({"PublicUrl": "https://care.example.com"}, TEMPLATE) == []
    given = {"PublicUrl": "care.example.com/", "LogLevel": "LOUD", "Publicurl": "x"}
    wrong = stage.mistakes(given, TEMPLATE)
    assert [sentence.partition(" ")[0] for sentence in wrong] == ["Publicurl", "PublicUrl", "LogLevel"]
    assert stage.mistakes({}, TEMPLATE) == ["PublicUrl is missing: Base URL"]

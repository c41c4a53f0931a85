"""Every setting is documented, and nothing else is."""

import re
from pathlib import Path

import pytest

from shared.config import Settings, SettingsError

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"\b(YUANBAN_[A-Z_]+|PORT)\b")


def test_every_variable_that_is_read_is_in_the_table_of_settings() -> None:
    read = set(re.findall(r'"(YUANBAN_[A-Z_]+|PORT)"', (ROOT / "shared/config.py").read_text("utf-8")))
    rows = [line for line in (ROOT / "docs/settings.md").read_text("utf-8").splitlines() if line[:3] == "| `"]
    documented = {VARIABLE.findall(row.split("|")[1])[0] for row in rows}
    assert read == documented


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PORT", "eight"), ("YUANBAN_DEMO", "perhaps"), ("YUANBAN_SECRET_KEY", "short")],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str
) -> None:
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable):
        Settings.from_env()


def test_a_fresh_installation_makes_a_secret_that_only_its_owner_may_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YUANBAN_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("YUANBAN_SECRET_KEY", raising=False)
    first, second = Settings.from_env(), Settings.from_env()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0

"""Settings that would expose somebody are refused before anything listens, each with what would be right."""

from pathlib import Path

import pytest

from wurao.control.database import database
from wurao.control.safety import dangers, refuse_unsafe
from wurao.control.secrets import secret_key
from wurao.errors import Refused
from wurao.settings import load

PUBLIC = 'public_url = "https://wurao.example"\n'
BEHIND = PUBLIC + 'trusted_proxy = "127.0.0.1"\n'
SENDING = 'message_sender = "os.path.join"\n'


def found(tmp_path: Path, written: str, url: str = "sqlite:////tmp/none") -> list[str]:
    file = tmp_path / "settings.toml"
    file.write_text(f"[control]\n{written}")
    return list(dangers(load(file), database(url)))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('address = "0.0.0.0"\n', "open to others"),
        ('address = "everywhere"\n', "no IP address"),
        ('public_url = "http://wurao.example"\n', "in the clear"),
        ('public_url = "wurao.example"\n', "neither local nor"),
        (PUBLIC + SENDING, "trusted_proxy must name"),
        (BEHIND, "only be written to the log"),
        ('message_sender = "no.such.thing"\n', "names no Python function"),
        ('words_open = " , "\n', "there is no word"),
        ('words_open = "KT1"\n', "has a digit"),
        ('words_open = "开通"\nwords_close = "关闭,开通"\n', "means one thing"),
    ],
)
def test_what_is_unsafe_is_named(tmp_path: Path, written: str, said: str) -> None:
    assert any(said in each for each in found(tmp_path, written))


def test_the_defaults_and_a_guarded_public_address_are_safe(tmp_path: Path) -> None:
    assert found(tmp_path, "") == []
    assert found(tmp_path, BEHIND + SENDING + 'address = "0.0.0.0"\n') == []


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("postgresql://w:secret@db.example/wurao", False),
        ("postgresql://w:secret@db.example/wurao?sslmode=prefer", False),
        ("postgresql://w:secret@db.example/wurao?sslmode=verify-full", True),
        ("postgresql://w@127.0.0.1/wurao", True),
    ],
)
def test_a_database_on_another_machine_is_reached_encrypted(tmp_path: Path, url: str, safe: bool) -> None:
    assert (found(tmp_path, "", url) == []) is safe
    assert "secret" not in database(url).shown()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    for url in ("mysql://h/d", "sqlite://", "postgresql://host"):
        with pytest.raises(Refused, match="names no database"):
            database(url)
    file = tmp_path / "settings.toml"
    file.write_text('[control]\naddress = "0.0.0.0"\n')
    settings = load(file)
    with pytest.raises(Refused, match="see docs/running"):
        refuse_unsafe(settings, database("sqlite:////tmp/none"))


def test_the_key_is_made_once_and_refused_when_others_may_read_it(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert secret_key(tmp_path) == key
    assert len(key) >= 50
    (tmp_path / "control.key").chmod(0o640)
    with pytest.raises(Refused, match="can be read by others"):
        secret_key(tmp_path)

"""`wurao domains resolver-config`: whatever is asked for, what is printed loads in the real resolver, or nothing is."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateways.dns.conftest import for_bind, needs
from wurao.cli import run
from wurao.cli.domains.resolver_config import KINDS
from wurao.gateways.dns import secondaries

HOSTILE = 'it\'s "LARGE" \\ RECENT CODE ]] end\\n os.exit() 涉诈 ; }'
PRIMARIES = ("192.0.2.10@5300", "2001:db8::10@5300")
Asked = Callable[..., tuple[int, str, str]]


@pytest.fixture
def asked(data: Path, capsys: pytest.CaptureFixture[str]) -> Asked:
    def ask(*words: object) -> tuple[int, str, str]:
        code = run(["domains", "resolver-config", *map(str, words)])
        return code, *capsys.readouterr()

    return ask


def plan(data: Path, listen: str = PRIMARIES[0], more: str = "") -> Path:
    """A plan with a resolver of each kind."""
    each = "".join(
        f'[[resolver]]\nname = "{kind[0]}1"\nkind = "{kind}"\naddress = "192.0.2.2{n}@53"\n'
        + (f'notified = "192.0.2.2{n}@5301"\n' if kind == "knot-resolver" else "")
        + (more if kind in ("powerdns", "knot-resolver") else "")
        for n, kind in enumerate(KINDS)
    )
    (data / "dns").mkdir(exist_ok=True)
    file = data / "dns" / "resolvers.toml"
    file.write_text(f'listen = "{listen}"\n{each}')
    return file


def test_the_kinds_are_those_of_the_plan():
    assert KINDS == secondaries.KINDS


def loads(kind: str, text: str, place: Path) -> None:
    """Have the real resolver read a text."""
    place.mkdir(exist_ok=True)
    {"unbound": _unbound, "bind": _bind, "powerdns": _powerdns, "knot-resolver": _kresd}[kind](text, place)


def _unbound(text: str, place: Path) -> None:
    needs("unbound")
    (place / "unbound.conf").write_text(text)
    _runs(["unbound-checkconf", "unbound.conf"], place)


def _bind(text: str, place: Path) -> None:
    """With what stands in comments put where the comments say."""
    needs("named")
    policy, logging = for_bind(text)
    (place / "named.conf").write_text(f'options {{ directory "{place}"; {policy} }};\nlogging {{ {logging} }};\n{text}')
    _runs(["named-checkconf", "named.conf"], place)


def _powerdns(text: str, place: Path) -> None:
    """In its own Lua both times; a primary that is not there is asked for later."""
    needs("pdns_recursor")
    (place / "wurao.lua").write_text(text)
    sockets = tempfile.mkdtemp(prefix="wurao-")  # a socket's path may not be as long as pytest's are
    (place / "recursor.conf").write_text(
        f"local-address=127.0.0.1\nlocal-port=0\nsocket-dir={sockets}\ndaemon=no\nlua-config-file={place}/wurao.lua\n"
        f"lua-dns-script={place}/wurao.lua\nwrite-pid=no\nhint-file=no\nsecurity-poll-suffix=\nthreads=1\n"
    )
    with subprocess.Popen(
        ["pdns_recursor", f"--config-dir={place}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        try:
            said = ""
            assert server.stdout
            for line in server.stdout:
                said += line
                if "Enabled multiplexer" in said and "Loading Lua script from file" in said:
                    break
            assert server.poll() is None, said
            assert not any(
                "rror" in line for line in said.splitlines() if "Unable to load RPZ zone, will retry" not in line
            )
        finally:
            server.terminate()
            server.wait()
            shutil.rmtree(sockets, ignore_errors=True)


def _kresd(text: str, place: Path) -> None:
    needs("kresd")
    (place / "kresd.conf").write_text(f"trust_anchors.remove('.')\ncache.size = 10 * MB\n{text}\nquit()\n")
    _runs(["kresd", "-n", "-q", "-c", "kresd.conf", "."], place)


def _runs(command: list[str], place: Path) -> None:
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stderr.lower(), done.stderr


@pytest.mark.parametrize("listen", PRIMARIES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_printed_loads_in_the_resolver(
    kind: str, listen: str, asked: Asked, data: Path, tmp_path: Path
) -> None:
    plan(data, listen, more="extended_error = 17\n")
    (data / "settings.toml").write_text(f"[resolvers]\nexplanation = '''{HOSTILE}'''\n", "utf-8")
    files = tmp_path / "LARGE zones, it's RECENT"
    files.mkdir()
    for zone in ("recent.wurao", "list.wurao"):
        (files / f"{zone}.rpz").write_text(
            f"$ORIGIN {zone}.\n@ 5 SOA wurao.invalid. nobody.invalid. 0 60 10 604800 5\n"
        )
    keeps = ["--directory", files] if kind in ("unbound", "knot-resolver") else []
    code, text, err = asked(kind, *keeps)
    assert (code, err) == (0, "")
    loads(kind, text, tmp_path / kind)
    code, again, _ = asked(kind, "--name", f"{kind[0]}1", *keeps, "--json")
    assert code == 0
    assert json.loads(again) == {"kind": kind, "name": f"{kind[0]}1", "text": text}
    assert ("tendedErrorCode=17" in text or "set_extended_error(17" in text) == (kind in ("powerdns", "knot-resolver"))


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_plan_it_says_what_to_add_and_what_is_printed_loads(
    kind: str, asked: Asked, data: Path, tmp_path: Path
) -> None:
    code, text, err = asked(kind)
    assert code == 0
    assert f'add one with name = "{kind}"' in err
    if kind != "knot-resolver":
        loads(kind, text, tmp_path / kind)
    keys = data / "dns" / "keys.toml"
    assert keys.exists() == (kind != "unbound")
    if kind != "unbound":
        assert keys.stat().st_mode & 0o777 == 0o600
        assert list(tomllib.loads(keys.read_text())) == [f"wurao-{kind}"]
    plan(data)
    assert asked(kind)[2] == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["dnsmasq"], 2, "'dnsmasq' is not one of"),
        ([], 2, "Missing argument"),
        (["bind", "--name", "b2"], 1, "it has b1; add it to resolvers.toml"),
        (["bind", "--name", "u1"], 1, "no bind called 'u1'"),
        (["bind", "--name", ""], 1, "no bind called ''"),
        (["bind", "--directory", "/var/lib/x"], 1, "bind keeps no files of ours"),
        (["powerdns", "--directory", "/var/lib/x"], 1, "powerdns keeps no files of ours"),
        (["unbound", "--directory", "zones"], 1, "is no whole path"),
        (["unbound", "--directory", '/var/"x'], 1, "cannot stand in a configuration"),
        (["unbound", "--directory", "/var/x\ny"], 1, "cannot stand in a configuration"),
        (["bind", "--resolvers", "missing.toml"], 2, "there is no such file"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_right(
    words: list[str], code: int, said: str, asked: Asked, data: Path
) -> None:
    plan(data)
    got, text, err = asked(*words)
    assert (got, text) == (code, "")
    assert said in err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('kind = "unbound"\nextended_error = 17', "unbound says no extended_error"),
        ('kind = "powerdns"\nextended_error = 18', "18 is no extended_error"),
        ('kind = "powerdns"\nextended_error = true', "True is no extended_error"),
        ('kind = "knot-resolver"', "notified is missing"),
    ],
)
def test_a_plan_that_says_what_a_resolver_cannot_do_is_refused(more: str, said: str, asked: Asked, data: Path) -> None:
    file = plan(data)
    file.write_text(f'[[resolver]]\nname = "r"\naddress = "192.0.2.1"\n{more}\n')
    code, _, err = asked("bind")
    assert code == 1
    assert f"{file} resolver 1: {said}" in err


def test_resolvers_of_any_name_have_keys_of_their_own(asked: Asked, data: Path, tmp_path: Path) -> None:
    names = ["太原一", "太原二", "B 1", "b" * 200, "b" * 199 + "c", "-", "."]
    each = (f'[[resolver]]\nname = "{name}"\nkind = "bind"\naddress = "192.0.2.1"\n' for name in names)
    (data / "dns").mkdir()
    (data / "dns" / "resolvers.toml").write_text("".join(each))
    texts = []
    for n, name in enumerate(names):
        code, text, _ = asked("bind", "--name", name)
        assert code == 0
        loads("bind", text, tmp_path / str(n))
        texts.append(text)
    assert len(set(texts[:5])) == 5

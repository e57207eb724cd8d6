"""The Containerfile copies what there is, runs commands that there are, as nobody in particular, from a fixed base."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def steps() -> list[tuple[str, str]]:
    """The instructions: which, and the rest of its lines."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "deploy" / "Containerfile").read_text("utf-8"))
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def of(kind: str) -> list[str]:
    return [rest for instruction, rest in steps() if instruction == kind]


def test_what_is_copied_is_there() -> None:
    copied = [each for rest in of("COPY") if not rest.startswith("--from") for each in rest.split()[:-1]]
    assert "src" in copied
    assert [each for each in copied if not (ROOT / each).exists()] == []


def test_what_the_build_needs_of_the_checkout_is_copied() -> None:
    copied = " ".join(of("COPY"))
    for name in ("pyproject.toml", "uv.lock", "hatch_build.py", "README.md", "LICENSE", "scripts"):
        assert name in copied


def test_the_scripts_and_commands_that_are_run_are_there() -> None:
    from wurao.cli import group

    for script in re.findall(r"python3 (scripts/\S+)", " ".join(of("RUN"))):
        assert (ROOT / script).is_file()
    (entry,), (command,) = ([json.loads(each) for each in of(kind)] for kind in ("ENTRYPOINT", "CMD"))
    assert entry == ["wurao"]
    assert command[0] in group.list_commands(None)  # type: ignore[arg-type]
    assert "/opt/wurao/.venv/bin" in " ".join(of("ENV"))


def test_health_is_asked_where_it_is_answered() -> None:
    import sys

    text = " ".join(of("HEALTHCHECK"))
    path = re.search(r"http://127\.0\.0\.1:8080(/\S*?)'", text)
    assert path is not None
    urls = (ROOT / "src" / "wurao" / "control" / "urls.py").read_text("utf-8")
    assert f'path("{path[1].lstrip("/")}"' in urls
    code = json.loads(text[text.index("CMD") + 3 :])[2]
    compile(code, sys.executable, "exec")


def test_it_runs_as_a_user_of_its_own_from_a_named_base() -> None:
    kinds = [kind for kind, _ in steps()]
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    assert of("USER") == ["wurao"]
    assert all(":" in base and "latest" not in base for base in of("FROM"))
    assert of("VOLUME") == ["/var/lib/wurao"]

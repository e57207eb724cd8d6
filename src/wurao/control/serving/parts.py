"""The processes of a running Wurao, each a command of its own that can be killed at any moment."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name, its command, and the files that it inherits."""

    name: str
    command: tuple[str, ...]
    descriptors: tuple[int, ...] = ()


def module_part(name: str, module: str, *arguments: object, descriptors: tuple[int, ...] = ()) -> Part:
    """A part that is a module of ours."""
    return Part(name, (sys.executable, "-m", module, *map(str, arguments)), descriptors)


def control_parts(store: Path, listening: int, web_processes: int) -> list[Part]:
    """The parts of the control plane. `listening`: the descriptor of the socket on which the web listens."""
    web = [
        module_part(f"web-{place}", "wurao.control.serving.web", listening, descriptors=(listening,))
        for place in range(1, web_processes + 1)
    ]
    return [
        module_part("deliver", "wurao.control.serving.deliver", store),
        module_part("build", "wurao.control.serving.build", store),
        module_part("stops", "wurao.control.serving.stops"),
        module_part("tell", "wurao.control.serving.tell"),
        *web,
    ]

"""What `uv.lock` says, for pip: the packages to install, each with its version and hashes, and their size.

`scripts/environment.py` installs from it and a test measures with it. Only the standard library and pip are needed,
because this runs before anything is installed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

try:
    from packaging.markers import Marker
    from packaging.tags import sys_tags
    from packaging.utils import parse_wheel_filename
except ImportError:
    from pip._vendor.packaging.markers import Marker
    from pip._vendor.packaging.tags import sys_tags
    from pip._vendor.packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent


class Lock:
    """The lock file, read once."""

    def __init__(self, file: Path = ROOT / "uv.lock") -> None:
        self._packages: dict[str, list[dict[str, Any]]] = {}
        for package in tomllib.loads(file.read_text("utf-8"))["package"]:
            self._packages.setdefault(package["name"], []).append(package)

    def packages(self, extras: Iterable[str] = (), groups: Iterable[str] = ()) -> list[dict[str, Any]]:
        """All that the project needs on this interpreter, with these extras and groups, by name."""
        ours = self._packages["wurao"][0]
        waiting = list(ours.get("dependencies", []))
        for extra in extras:
            waiting += ours.get("optional-dependencies", {}).get(extra, [])
        return self._with_all_below(waiting + [each for group in groups for each in self._group(group)])

    def group(self, name: str) -> list[dict[str, Any]]:
        """What a group needs by itself, without the project."""
        return self._with_all_below(self._group(name))

    def _group(self, name: str) -> list[dict[str, Any]]:
        return list(self._packages["wurao"][0]["dev-dependencies"][name])

    def _with_all_below(self, waiting: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        asked: set[tuple[str, str]] = set()
        while waiting:
            for name, extra, package in self._applying(waiting.pop()):
                found[name] = package
                if (name, extra) not in asked:
                    asked.add((name, extra))
                    waiting += package["optional-dependencies"][extra] if extra else package.get("dependencies", [])
        return [found[name] for name in sorted(found)]

    def _applying(self, wanted: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The package that an entry of the lock means here, once for itself and once for each extra."""
        if "marker" in wanted and not Marker(wanted["marker"]).evaluate():
            return
        versions = self._packages[wanted["name"]]
        package = next(each for each in versions if wanted.get("version") in (None, each["version"]))
        for extra in ("", *wanted.get("extra", ())):
            yield wanted["name"], extra, package


def requirement(package: dict[str, Any]) -> str:
    """The line of a requirements file: version and every hash that the lock allows."""
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    return " ".join([f"{package['name']}=={package['version']}", *(f"--hash={each['hash']}" for each in files)])


def fetched_bytes(package: dict[str, Any]) -> int:
    """The size of the wheel that this interpreter would take, or of the sources where there is none for it."""
    order = {tag: n for n, tag in enumerate(sys_tags())}
    ranked = []
    for wheel in package.get("wheels", []):
        tags = parse_wheel_filename(wheel["path"])[3]
        ranks = [order[tag] for tag in tags if tag in order]
        if ranks:
            ranked.append((min(ranks), wheel["size"]))
    return int(min(ranked)[1] if ranked else package["sdist"]["size"])


if __name__ == "__main__":
    sizes = {package["name"]: fetched_bytes(package) for package in Lock().packages()}
    for size, name in sorted(((size, name) for name, size in sizes.items()), reverse=True):
        print(f"{size / 1e6:8.1f} MB  {name}")
    print(f"{sum(sizes.values()) / 1e6:8.1f} MB  the base install")

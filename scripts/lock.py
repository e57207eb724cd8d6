"""Makes `uv.lock` anew from `pyproject.toml`, and takes out of it where the files were found.

`make lock` calls it, with `uv` installed in the environment. A lock as uv writes it names the index of whoever made it;
this house names none (docs/decisions/0003), so each file is left with its name, hash and size, as a file of
`.cache/wheels/`: what to install is fixed to the byte, where from is each machine's own business.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "uv.lock"
WHEELS = ".cache/wheels"


def main() -> None:
    """Lock, then strip. Versions that still fit are kept, unless `--upgrade` is given."""
    kept = dict(re.findall(r'^name = "(.+)"\nversion = "(.+)"', LOCK.read_text(), re.M)) if LOCK.exists() else {}
    subprocess.run(["uv", "lock", "--quiet", *sys.argv[1:]], cwd=LOCK.parent, check=True)
    LOCK.write_text(without_places(LOCK.read_text()))
    made = dict(re.findall(r'^name = "(.+)"\nversion = "(.+)"', LOCK.read_text(), re.M))
    for name in sorted(made.keys() | kept.keys()):
        if made.get(name) != kept.get(name):
            print(f"{name}: {kept.get(name, 'none')} → {made.get(name, 'none')}")


def without_places(lock: str) -> str:
    """The lock with every address replaced by the file's name."""
    lock = re.sub(r'registry = "[^"]*"', f'registry = "{WHEELS}"', lock)
    lock = re.sub(r'url = "[^"]*/([^"/]+)"', r'path = "\1"', lock)
    return re.sub(r', upload-time = "[^"]*"', "", lock)


if __name__ == "__main__":
    main()

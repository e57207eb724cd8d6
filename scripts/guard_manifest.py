"""Writes `guard.json` of the shipped guard data: of each part its date, source, names and SHA-256.

`make guard` calls it after a row of `src/wurao/domains/guard_data/` was changed; a test fails while it is due.
"""

from __future__ import annotations

from wurao.domains.guard_files import shipped_directory
from wurao.domains.guard_loading import write_manifest


def main() -> None:
    """Check every line, and write."""
    write_manifest(shipped_directory())


if __name__ == "__main__":
    main()

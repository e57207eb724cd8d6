"""Which pages each role may see, and where they are: `python -m benchmarks.page_paths`, in a process that has Django.

The pages are those of `control.rights`, so that a new one is measured by itself; what a URL asks for stands in `GIVEN`.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.serving import Home

SENDER = "S5"
GIVEN: dict[str, dict[str, Any]] = {"firm_new": {"kind": "header"}, "firm_seen": {"sender_id": SENDER}}
NO_PAGES = {"health", "look", "tour"}
"""The empty page itself; what is posted to; what is in the demo alone."""


def paths_of(at: Home) -> dict[str, dict[str, str]]:
    """By role, of each page that it may see the path, by name; those that need more than is given are left out."""
    found: dict[str, dict[str, str]] = json.loads(at.run("benchmarks.page_paths").stdout)
    return found


def main() -> None:
    """Print them."""
    from wurao.control.start import start

    start()
    from django.urls import NoReverseMatch, reverse

    from wurao.control.rights import RIGHTS, Role

    found: dict[str, dict[str, str]] = {role.value: {} for role in Role}
    for name, right in RIGHTS.items():
        if name.startswith("api-") or name in NO_PAGES or not right.see:
            continue
        try:
            path = reverse(name, kwargs=GIVEN.get(name))
        except NoReverseMatch:
            continue
        for role in right.see:
            found[role.value][name] = path
    print(json.dumps(found))


if __name__ == "__main__":
    main()

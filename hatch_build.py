"""What hatchling runs before it builds a wheel or installs in place: it makes the folding tables.

They are made from packages that only the build needs (docs/decisions/0013), so they are no part of the sources.
"""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FoldingTables(BuildHookInterface):
    """Makes `src/wurao/content/folding.npz`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make it anew whatever is there, so that it is never older than what makes it."""
        sys.path.insert(0, self.root)
        from scripts.folding.write import write

        write()

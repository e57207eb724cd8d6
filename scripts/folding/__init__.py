"""Makes the folding tables, `src/wurao/content/folding.npz`, from unicodedata, UTS #39's confusables and OpenCC.

`hatch_build.py` calls `write` whenever the package is built or installed in place; `python -m scripts.folding` does it
by hand. Needed are what `[build-system] requires` names. The same inputs give the same file, octet for octet.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent.parent
ROOM = ROOT / "src" / "wurao" / "content"
LAYOUT = SimpleNamespace(**runpy.run_path(str(ROOM / "folding_layout.py")))
"""The layout as the package has it, read without importing the package: when this runs, it is not installed."""

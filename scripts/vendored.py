"""Brings what the pages take from npm into the package: `make vendored`, after a change of `vendor/package.json`.

npm installs what `vendor/package-lock.json` says, running nothing of it; the files named here are copied below
`src/wurao/control/console/static/vendor/`, with their licences, and their SHA-256 is written to `vendor/vendored.json`,
by which a test knows that what is committed is what was taken. So neither installing nor running Wurao needs npm.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "vendor"
STATIC = ROOT / "src/wurao/control/console/static/vendor"
TAKEN = {
    "chart.js": "node_modules/chart.js/dist/chart.umd.min.js",
    "chart.js.LICENSE.md": "node_modules/chart.js/LICENSE.md",
}
"""What a file is called with us → where npm puts it."""
_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")
"""We do not ship the maps that files point to."""


def main() -> None:
    """Install, copy, and write down what was taken."""
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=VENDOR, check=True)
    STATIC.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, source in TAKEN.items():
        octets = _SOURCE_MAP.sub(b"\n", (VENDOR / source).read_bytes())
        (STATIC / name).write_bytes(octets)
        hashes[name] = hashlib.sha256(octets).hexdigest()
    (VENDOR / "vendored.json").write_text(json.dumps(hashes, indent=1) + "\n")


if __name__ == "__main__":
    main()

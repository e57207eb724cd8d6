"""`python -m scripts.shipped_model DIR`, or `make model`: learn the shipped classifier anew.

DIR has the sets that it learns from (`corpus.SHIPPED_FROM`), in `sms/` and `calls/`. The same sets, scripts and words
give the same file, so whoever changes one of them commits the model that comes of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from wurao.content.corpus import SHIPPED_FROM, read_sources, table_of
from wurao.content.model import SHIPPED, write_model
from wurao.content.training import train


def learn_shipped(data: Path, out: Path = SHIPPED) -> int:
    """Learn it from the sets below `data` and write it; how many octets it takes."""
    sources = read_sources(data, SHIPPED_FROM)
    counts = {name: len(source.texts) for name, source in sources.items()}
    return write_model(train(table_of(sources.values()), counts, tell=lambda said: print(said, file=sys.stderr)), out)


if __name__ == "__main__":
    print(f"{learn_shipped(Path(sys.argv[1])):,} bytes")

"""A province made up for the demo: its registry, a day of its calls and messages, and the truth of each.

`generate` makes it. `plan` takes the real segments, `people` fills them by the `wishes` of a province, `firms` and
`trunks` send, all of which is the `world`; `life`, `business`, `rescue`, `campaigns` and `fakes` make blocks of events,
`write` and `registry` the files. What is planted, and what a subscriber wants, is known by construction (`scenes`):
nothing here asks the rules. `compare` holds the verdicts against it.
"""

from wurao.province.compare import Comparison, Example, caught_texts, compare, example
from wurao.province.generate import SEED, Made, generate
from wurao.province.scenes import PLANTED, SCENES, TITLES, WANTED, Scene
from wurao.province.texts import real_texts

__all__ = [
    "PLANTED",
    "SCENES",
    "SEED",
    "TITLES",
    "WANTED",
    "Comparison",
    "Example",
    "Made",
    "Scene",
    "caught_texts",
    "compare",
    "example",
    "generate",
    "real_texts",
]

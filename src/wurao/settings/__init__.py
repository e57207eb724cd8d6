"""What an operator may tune: `defaults.toml` with a sentence for each value, and an operator's file over it.

`load` gives the `Settings`, each section typed, each value with where it was written; `thresholds` makes of them the
flat numbers that compiled code takes; `places` says where things are kept on this machine.
"""

from wurao.settings.reading import Settings, load, names

__all__ = ["Settings", "load", "names"]

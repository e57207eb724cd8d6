"""Verdicts kept and queried: how many of which kind, by day, place and reason; and those of one callee, at once.

`sources` finds files of verdicts and checks them; `counts` counts them with DuckDB, `picture` draws the counts as an
SVG. `by_callee` takes out what concerns people, `runs` keeps it sorted by callee.
"""

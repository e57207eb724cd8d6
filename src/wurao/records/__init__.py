"""Verdicts kept and queried: how many of which kind, by day, place and reason.

`counts` counts files of verdicts with DuckDB; `picture` draws the counts as an SVG.
"""

"""How much was stopped, why and of what kind: figures for the staff, as charts with a table beside each.

`counting` sums the counts that were taken in with the verdicts, of an operator's staff and a police liaison only their
own; `views` and `api` show them.
"""

"""The registry: its tables as models, who changed what, and the way of each change to the data plane.

`models` makes a model of every table that `wurao.tables` declares, beside them `Change`, which is both the history and
the outbox. `record` is the one way to change a row: checked, remembered and queued in one transaction. `delivery` hands
what is queued to the change log and takes in what others wrote there; `standing` says whether a change is in force
everywhere. `arrow` reads whole tables for the snapshot builder, without Django.
"""

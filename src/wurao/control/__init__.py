"""The control plane: a Django project that owns the registry and shows it to people and programs.

`settings`, `urls` and `wsgi` make the project; `safety` refuses to start it unsafe; `rights` is the one table of who
may do what. An app a capability: `registry` (the tables as models, who changed what, and the way of each change to the
data plane), `accounts` (who somebody is), `wishes` (what a subscriber wants), `firms` (who sends), `consents` (an
explicit yes), `may_call` (lists asked about), `console` (the pages around them).
`serving` runs all of it as processes under one supervisor, for `wurao serve`. All of it needs the extra `control`.
"""

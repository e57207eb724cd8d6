"""Who somebody is: people and their roles, how they sign in, and what of it is kept.

`models` has the `Person`, one-time codes, invitations, keys of the API and the record of access; `guard` asks
`control.rights` before every view; `codes` signs subscribers in by number, `views` and allauth the staff by password
and second factor; `messages` sends texts through whatever the operator named.
"""

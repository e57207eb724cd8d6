"""What was stopped: verdicts come in, subscribers see theirs, have them explained, and answer each at one tap.

`intake` takes each part of `verdicts/` once; `shelf` keeps what concerns people beside the database, `models` what was
taken, the counts (`sums`) and what people said. `found` finds a subscriber's stops, `remedies` knows what would let one
through the next time, `taps` does it; `preview` tries a changed wish. `notices` tells whoever wants to be told,
`forgetting` forgets. `views` and `api` are the ways in.
"""

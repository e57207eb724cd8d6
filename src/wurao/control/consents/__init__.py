"""Consents: a subscriber's explicit yes to one sender, asked for, handed in with proof, seen in one place, taken back.

`asking` lets a firm ask one subscriber, who answers by a one-time code or on the page; `bulk` takes in consents that a
firm can prove; `given` shows a subscriber all of them, revokes, and undoes that. `obeyed` says whom a firm may ask at
all. All of it goes into the registry's `consents` by `registry.record`.
"""

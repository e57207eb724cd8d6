"""Why would this be stopped? One event as somebody describes it, answered by every rule in order.

`asking` knows about whom somebody may ask and asks `at_hand`; `forms`, `views` and `api` are the ways in. Nothing of an
event is kept; that the staff asked about a subscriber is.
"""

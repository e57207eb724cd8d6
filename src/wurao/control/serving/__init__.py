"""All of the control plane as processes on one machine, for `wurao serve`.

`supervisor` starts each `parts.Part` and starts it again when it ends; nothing is lost with any of them. `prepare` runs
first, once; then `web` answers requests, `deliver` brings changes to the data plane, `build` makes snapshots, `stops`
takes verdicts in and `tell` tells subscribers of what was stopped.
"""

"""What an operator may tune: `defaults.toml` with a sentence for each value, and an operator's file over it.

`load` gives the `Settings`, each section typed; `thresholds` makes of them the flat numbers that compiled code takes;
`places` says where things are kept on this machine.
"""

"""What an operator may tune: `defaults.toml` with a sentence for each value, and an operator's file over it."""

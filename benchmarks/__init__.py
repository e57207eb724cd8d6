"""Every claim of speed and size, each measured beside what a user would take instead, in one run.

`every.BENCHMARKS` is the list; each of its modules has the same shape (`NAME`, `ABOUT`, `run(ground)`, which yields a
`Figure` for each line). `ground` gives them the workload of `workload`, `live` and `traffic`, divided by a scale.
`wurao bench` and `make bench` run them, a process each, by `python -m benchmarks.one`; `python -m benchmarks.soak` is
the long run.
"""

"""A message's text: folded to plain points, read for what it holds, and judged."""

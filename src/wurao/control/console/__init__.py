"""The pages around everything: the front page, each role's home, how large pages are, and what all share."""

"""The decision: facts are gathered, twelve rules are asked in order, a verdict comes out."""

"""`python -m scripts.folding`: make the folding tables by hand."""

from scripts.folding.write import write

print(write())

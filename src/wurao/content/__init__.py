"""A message's text: normalising, extracting, registered templates, claims and requests, the classifier."""

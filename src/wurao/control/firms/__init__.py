"""Firms: who sends commercially, what of it is registered, and the reviews by which it comes into the registry.

A firm applies on a public page and shows that the contact's number is its own; an operator's staff review that, then
each header and template, in an inbox with the oldest first. `kinds` has a file for each thing that is applied for, all
of the same shape; `applications` moves any of them from submitted to accepted or refused, mended and submitted again;
`header_check`, `template_check` and `credit_code` are what a machine can tell before a person looks. Only what is
accepted enters the registry's tables, by `registry.record`; `registered` changes what stands there.
"""

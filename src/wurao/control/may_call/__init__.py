"""May I call? A firm asks of a list of numbers which may be called now for its purpose, and nothing else.

`asking` takes a list through: read, decided by screening's own rules (`approaching` says what call is asked about),
answered once a day (`answers`), marked (`marking`), recorded. `leaks` finds by the marks who asked when a list turns up
where it should not.
"""

"""What a subscriber wants, and every way of saying it: the page, the API, a short message.

`registration` reads and saves it, one way for all: the same `wurao.wishes.Wish`, in the same history, confirmed to the
subscriber by message, undone at one tap. `choices` are the three big ones, `keywords` understands messages, `lists` the
lists that are pasted; `forms`, `views` and `api` are the ways in.
"""

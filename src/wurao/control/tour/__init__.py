"""The demo's tour: in `wurao serve --demo`, on this machine alone, each role is entered by one click and shown around.

`demo` says whether this is one, and makes somebody of each role; `steps` is what to look at; `views` the one page.
Anywhere else the page is not there.
"""

"""Lists of names as others write them: plain lists, hosts files, response-policy zones, tables; read, and written.

`lines` gives a file's lines in bounded memory; `plain`, `hosts`, `rpz` (with `records`) and `table` read names off
them, each with its line; `reading` recognises the form; `writing` writes a list in each.
"""

from wurao.domains.forms.entry import AS_ASKED, BELOW, EXACT, Written
from wurao.domains.forms.reading import FORMS, read_list, recognise

__all__ = ["AS_ASKED", "BELOW", "EXACT", "FORMS", "Written", "read_list", "recognise"]

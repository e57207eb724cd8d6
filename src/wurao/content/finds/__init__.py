"""What stands in a message that is not mere words: links, numbers, ids, amounts, codes, instructions, signatures.

`scan` goes over a text's folded points once and calls `links` (with `hosts`, `paths` and `punycode`), `numbers`,
`amounts`, `contacts` and `notices`; `tables` knows signs, words and names from the data files beside it; `kinds` holds
the room that finds are written into. `wurao.content.extract` is the door.
"""

from wurao.content.finds.kinds import MOST, FindKind, Finds, Flag
from wurao.content.finds.scan import find_all
from wurao.content.finds.tables import FindTables, find_tables

__all__ = ["MOST", "FindKind", "FindTables", "Finds", "Flag", "find_all", "find_tables"]

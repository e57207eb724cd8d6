"""A change of each table laid over a sight and forgotten, so that the first real one waits for nothing.

Machine code is read from the disk when it is first called, which takes a second or more; a worker calls what changes
call before it reports to its store. The same rows stand in what `wurao compile` builds (`warming`).
"""

from __future__ import annotations

import csv
import io

from wurao.changes import puts
from wurao.screening.sight import Sight
from wurao.snapshot import changed_tables
from wurao.tables import check_rows

ONE_EACH = {
    "lists": """subscriber,entry,match,action
+8613803510001,138,prefix,deny
""",
    "domains": """name,match,cause,source,start
bad.example,below,fraud,police,2026-05-17T00:00:00+08:00
""",
    "senders": """sender_id,name,state,categories,since
F1,某公司,active,other,2026-05-17T00:00:00+08:00
""",
    "headers": """header,match,sender_id,category,start
10690001234567,exact,F1,other,2026-05-17T00:00:00+08:00
""",
    "consents": """consent_id,subscriber,sender_id,categories,channels,given
C1,+8613803510001,F1,other,call,2026-05-17T00:00:00+08:00
""",
    "orders": """order_id,verb,target_kind,target,cause,authority,start,end
O1,block,number,+8613900000000,fraud,某局,2026-05-17T00:00:00+08:00,2027-05-17T00:00:00+08:00
""",
}
"""A row of each table that live changes come to most, beside subscribers."""
_ALL = {"subscribers": "number\n+8613803510001\n", **ONE_EACH}


def rehearse(sight: Sight) -> None:
    """Lay the rows over a sight, once over nothing and once over themselves."""
    tables = {name: check_rows(name, list(csv.DictReader(io.StringIO(text))))[0] for name, text in _ALL.items()}
    changed = changed_tables(change for name, rows in tables.items() for change in puts(name, rows))
    sight.with_changes(changed, sight.seq + 1).with_changes(changed, sight.seq + 2)

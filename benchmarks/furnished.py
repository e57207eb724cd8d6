"""A registry as years of use leave it: a history of changes, firms, records of access; beside what `wurao load` brings.

Put in by SQL, as rows that the control plane would have written one by one. PostgreSQL only.
"""

from __future__ import annotations

from benchmarks.page_paths import SENDER
from benchmarks.serving import Home

CHANGES, FIRMS, RECORDS = 1_000_000, 100_000, 100_000
_DIGITS = (1 << 59) - 1
_HISTORY = f"""
INSERT INTO "registry_change"
  ("change_id", "table", "key", "op", "row", "before", "made_at", "role", "way", "purpose", "log_seq", "whose")
SELECT gen_random_uuid(), 'subscribers', '["+' || ("number" & {_DIGITS}) || '"]', 'put',
  jsonb_build_object('number', '+' || ("number" & {_DIGITS}), 'marketing', "marketing", 'hours', "hours", 'operator',
    (ARRAY['CMCC', 'CUCC', 'CTCC'])[1 + "number" %% 3], 'guard', 'label', 'notice', 'none', 'only_my_list', false,
    'overseas_calls', true, 'overseas_messages', true, 'unregistered', true, 'debt_collection', true, 'since', null,
    'content_protection', false, 'only_my_list_until', null, 'shield_until', null, 'guardian', null),
  NULL, (extract(epoch FROM now()) * 1000000)::bigint, 'subscriber', 'web', '', 1, "number"
FROM (SELECT "number", "marketing", "hours" FROM "registry_subscribers" LIMIT %d) AS few
"""
_FIRMS = f"""
INSERT INTO "firms_firm" ("sender_id", "operator", "contact_name", "contact_number", "certificate", "since")
SELECT "sender_id", (ARRAY['CMCC', 'CUCC'])[1 + length("sender_id") %% 2], '', NULL, 'B' || "sender_id", now()
FROM (SELECT "sender_id" FROM "registry_senders" ORDER BY "sender_id" <> '{SENDER}' LIMIT %d) AS few
"""
_RECORDS = """
INSERT INTO "accounts_accessrecord" ("at", "what", "role", "person", "address", "subject", "purpose")
SELECT now() - n * interval '1 minute', (ARRAY['signed_in', 'refused', 'unmasked'])[1 + n %% 3], 'operator', n %% 50,
  '192.0.2.1', '', ''
FROM generate_series(1, %d) AS n
"""


def furnish(at: Home, scale: int) -> str:
    """Put it in; what there is, for a note."""
    import psycopg

    counts = [max(1_000, count // scale) for count in (CHANGES, FIRMS, RECORDS)]
    with psycopg.connect(at.url, autocommit=True) as connection:
        for statement, count in zip((_HISTORY, _FIRMS, _RECORDS), counts, strict=True):
            connection.execute((statement % count).encode())
        connection.execute("ANALYZE")
        tables = ("subscribers", "lists", "consents", "senders", "headers", "templates", "orders")
        held = [_count(connection, name) for name in tables]
    said = [f"{count:,} {name}" for name, count in zip(tables, held, strict=True)]
    more = [f"{count:,} {name}" for name, count in zip(("changes", "firms", "records of access"), counts, strict=True)]
    return ", ".join(said + more)


def _count(connection: object, name: str) -> int:
    import psycopg

    assert isinstance(connection, psycopg.Connection)
    row = connection.execute(f'SELECT count(*) FROM "registry_{name}"'.encode()).fetchone()
    return int(row[0]) if row else 0

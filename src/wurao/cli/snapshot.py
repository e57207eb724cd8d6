"""Build the snapshot that screening reads, look at it, verify it, compare two.

A directory of tables goes in, checked row by row, or the registry's database; out comes a new current snapshot in the
store. What was refused is named by file, line and column.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wurao.cli.options import data_option, json_option, settings_option
from wurao.cli.output import note, print_json, print_table
from wurao.errors import Misused, Refused
from wurao.settings.places import default_store

if TYPE_CHECKING:
    from wurao.snapshot import Built

SHOWN = 20
"""So many bad rows of a table are printed."""

_STORE = click.Path(file_okay=False, path_type=Path)


@click.group(short_help="Build, look at, verify and compare snapshots of the registry.")
def command() -> None:
    """Build, look at, verify and compare snapshots of the registry."""


@command.command()
@click.argument("tables")
@click.option("-o", "--store", type=_STORE, metavar="STORE", help="The store; else store/ in the data directory.")
@click.option("--strict", is_flag=True, help="Refuse the build when any row is bad.")
@click.option(
    "--partial", is_flag=True, help="Build although a part of a file is unreadable, or no row of a table good."
)
@settings_option
@data_option
@json_option
def build(tables: str, store: Path | None, strict: bool, partial: bool, as_json: bool) -> None:
    """Check TABLES, compile them with every acknowledged change, make the result current.

    TABLES is a directory of CSV or Parquet files, or the registry's database: sqlite:////path or postgresql://…

    Bad rows are named and left out. Where a part of a file cannot be read, or no row of a table is good that has rows
    now, a good snapshot is not replaced unless by --partial.

    \b
    Example:
      wurao snapshot build tables -o store
    """
    from wurao.content.registered import compiled_bodies
    from wurao.domains.guarding import guarded_rows
    from wurao.settings import load
    from wurao.snapshot import build as build_snapshot

    store = store or default_store()
    own = load().screening.own_sender_id
    if "://" in tables:
        built = _of_database(tables, store, own)
    else:
        place = _directory(tables)
        _refuse_within(place, store)
        note(f"reading {place}")
        built = build_snapshot(
            place,
            store,
            own_sender=own,
            bodies=compiled_bodies,
            guarding=guarded_rows,
            strict=strict,
            partial=partial,
            told=_tell_bad,
        )
    for warning in built.warnings:
        note(warning)
    if as_json:
        print_json({"id": built.id, "seconds": round(built.seconds, 2), "rows": built.rows, "bad": built.bad})
        return
    rows = [(name, count, built.bad.get(name, 0)) for name, count in built.rows.items() if count or built.bad.get(name)]
    print_table(("表 table", "行 rows", "拒收 bad"), rows)
    note(f"snapshot {built.id} is current in {store}, after {built.seconds:.1f} s; next: wurao snapshot info {store}")


@command.command()
@click.argument("store", type=_STORE, required=False)
@data_option
@json_option
def info(store: Path | None, as_json: bool) -> None:
    """Say what the current snapshot of STORE holds, and whether a file of it is damaged.

    \b
    Example:
      wurao snapshot info store
    """
    from wurao.snapshot import open_snapshot
    from wurao.snapshot import verify as verify_snapshot

    store = store or default_store()
    snapshot = open_snapshot(store)
    manifest = snapshot.manifest
    told: dict[str, Any] = {
        "id": snapshot.id,
        "format": manifest.format,
        "created": manifest.created,
        "seq": snapshot.seq,
        "subscribers": snapshot.subscribers,
        "wish_bytes_per_subscriber": round(snapshot.wish_bytes / max(1, snapshot.subscribers), 3),
        **{name: manifest.counts.get(name, 0) for name in ("senders", "consents", "orders")},
        "bytes": manifest.size,
    }
    if not all(verify_snapshot(store, snapshot.id).values()):
        note(f"the snapshot {snapshot.id} is damaged: wurao snapshot verify {store} names the files")
    if as_json:
        print_json(told)
    else:
        print_table(("", "snapshot"), [(name, str(value)) for name, value in told.items()])


@command.command()
@click.argument("store", type=_STORE, required=False)
@click.option("--id", "name", metavar="ID", help="Another than the current one.")
@click.pass_context
@data_option
@json_option
def verify(context: click.Context, store: Path | None, name: str | None, as_json: bool) -> None:
    """Hash every file of a snapshot in STORE again; exit 1 when one is not what it was.

    \b
    Example:
      wurao snapshot verify store
    """
    from wurao.snapshot import current_id
    from wurao.snapshot import verify as verify_snapshot

    store = store or default_store()
    name = name or current_id(store)
    files = verify_snapshot(store, name)
    sound = all(files.values())
    if as_json:
        print_json({"ok": sound, "files": files})
    else:
        print_table(("文件 file", "完好 sound"), [(each, "yes" if ok else "NO") for each, ok in files.items()])
    note("every file is sound" if sound else _who_serves(store, str(name)))
    context.exit(0 if sound else 1)


@command.command()
@click.argument("store", type=_STORE)
@click.argument("older", required=False)
@click.argument("newer", required=False)
@data_option
@json_option
def diff(store: Path, older: str | None, newer: str | None, as_json: bool) -> None:
    """Count what differs between two snapshots of STORE, table by table; by default the last two.

    \b
    Example:
      wurao snapshot diff store 20261123T222709292927Z 20261123T222712499431Z
    """
    from wurao.snapshot import diff as compare
    from wurao.snapshot import open_snapshot, snapshot_ids

    ids = snapshot_ids(store)
    if older is None and len(ids) < 2:
        raise Refused("holds fewer than two snapshots", where=str(store), right="build another one")
    two = (older or ids[-2], newer or ids[-1])
    found = compare(open_snapshot(store, two[0]), open_snapshot(store, two[1]))
    if as_json:
        rows = {each: {"added": d.added, "removed": d.removed, "changed": d.changed} for each, d in found.items()}
        print_json(rows)
        return
    rows_shown = [(each, d.added, d.removed, d.changed) for each, d in found.items()]
    print_table(("表 table", "增 added", "减 removed", "改 changed"), rows_shown)


def _of_database(url: str, store: Path, own: str) -> Built:
    """Build from the registry's database."""
    from wurao.control.database import database

    chosen = database(url)
    note(f"reading {chosen.shown()}")
    if importlib.util.find_spec("adbc_driver_manager") is None:
        raise Misused("the control plane is not installed", right="pip install 'wurao[control]', or: make control")
    from wurao.control.serving.build import build_from

    return build_from(chosen, store, own)


def _directory(text: str) -> Path:
    if not Path(text).is_dir():
        right = "name a directory of tables, or a database as sqlite:////path or postgresql://…"
        raise Refused("is no directory", where=text, right=right)
    return Path(text)


def _who_serves(store: Path, damaged: str) -> str:
    """What a damaged snapshot means for whoever asks the store, and what to do."""
    from wurao.snapshot import current_id, open_snapshot

    right = f"build a new one from the tables: wurao snapshot build TABLES -o {store}"
    if damaged != current_id(store):
        return "damaged; it is not the current one, which serves"
    try:
        before = open_snapshot(store, before=damaged).id
    except Refused:
        return f"damaged, and there is no sound one before it; {right}"
    return f"damaged: the snapshot before it, {before}, serves; {right}"


def _refuse_within(tables: Path, store: Path) -> None:
    """Refused where the tables lie where a store keeps its own files, or the store would lie among the tables."""
    place, own = tables.resolve(), store.resolve()
    if place == own or any(place.is_relative_to(own / each) for each in ("snapshots", "changes", "workers")):
        right = "name a directory of its own for the store"
        raise Refused("is written to, and holds the tables that are read", where=str(store), right=right)


def _tell_bad(name: str, bad: Any) -> None:
    for row in bad.kept[:SHOWN]:
        note(str(row))
    if bad.count > SHOWN:
        note(f"{name}: {bad.count:,} bad rows in all, the first {min(SHOWN, len(bad.kept))} shown")

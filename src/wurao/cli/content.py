"""Train, evaluate and use the classifier of texts.

`train` learns a classifier from a table of texts and labels; `classify` judges the texts of a table, by the shipped
classifier or another; `evaluate` prints how well texts are judged within sources and across.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wurao.cli.options import data_option, json_option, settings_option
from wurao.errors import Refused

if TYPE_CHECKING:
    import pyarrow as pa

    from wurao.content.corpus import Source

TABLE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Train, evaluate and use the classifier of message texts."""


@command.command()
@click.argument("table", type=TABLE)
@click.option("-o", "--out", type=TABLE, required=True, metavar="MODEL", help="The file to write.")
@data_option
@json_option
def train(table: Path, out: Path, as_json: bool) -> None:
    """Learn a classifier from TABLE: a CSV, Parquet or JSON lines file with the columns text and label.

    The same table gives the same file. A label that begins with normal, ham, service, otp, marketing, AD:, other,
    legit, benign, 0 or false is no risk; every other is, and the score of `classify` is the probability of those. Rows
    without a text or a label are left out.

    \b
    Example:
      wurao content train messages.csv -o messages.model
    """
    from wurao.cli.output import note, print_json
    from wurao.content.corpus import filled
    from wurao.content.labelled import place_for, read_table, with_labels
    from wurao.content.model import write_model
    from wurao.content.training import is_risk, plain_table
    from wurao.content.training import train as learn

    began = time.monotonic()
    place_for(out, table)
    whole = read_table(table, "text", "label", tell=note)
    labelled = with_labels(whole)
    if len(labelled) < len(whole):
        note(f"{table}: {len(whole) - len(labelled):,} rows without a text or a label, left out")
    given = plain_table(_strings(filled(labelled.column("text").to_pylist())), labelled.column("label").to_pylist())
    try:
        model = learn(given, {table.stem: len(given.labels)}, tell=note)
    except Refused as error:
        raise Refused(error.wrong, where=str(table), right=error.right) from None
    if len({is_risk(label) for label in model.labels}) == 1:
        note(
            f"{table}: all labels are {'' if is_risk(model.labels[0]) else 'of no '}risk, so scores tell nothing apart"
        )
    octets = write_model(model, out)
    told: dict[str, Any] = {
        "rows": len(given.labels),
        "labels": dict(sorted(Counter(given.labels).items())),
        "seconds": round(time.monotonic() - began, 3),
        "bytes": octets,
    }
    if as_json:
        print_json(told)
        return
    click.echo(f"{told['rows']:,} 条文本 texts, {len(model.labels)} 个标签 labels → {out} ({octets:,} bytes)")
    for label, count in told["labels"].items():
        click.echo(f"  {count:>9,}  {label}")
    click.echo(f"下一步 next: wurao content classify MESSAGES -o JUDGED.csv --model {out}")


@command.command()
@click.argument("table", type=TABLE, metavar="IN")
@click.option(
    "-o", "--out", type=TABLE, required=True, metavar="OUT", help="CSV, Parquet or JSON lines, by its ending."
)
@click.option("--model", type=TABLE, metavar="MODEL", help="A classifier that `train` wrote; else the one in use.")
@data_option
@settings_option
@json_option
def classify(table: Path, out: Path, model: Path | None, as_json: bool) -> None:
    """Judge the texts of IN (column text); OUT has its rows in order, with label and score beside.

    By the classifier and the rules in use (settings content.model and content.rules) the score is the probability of
    fraud or something illegal, and there are class, kind and what would be done at guard level standard with content
    protection on. By that of --model, what it alone says. Links are not looked up here. Columns of IN with these names
    are replaced; a text that is missing is judged as an empty one. OUT can be read by its owner alone.

    \b
    Example:
      wurao content classify messages.csv -o judged.csv
    """
    from wurao.cli.output import note, print_json
    from wurao.content.labelled import ending_of, place_for, read_table, write_table

    began = time.monotonic()
    ending_of(out)
    place_for(out, table, model)
    whole = read_table(table, "text", tell=note)
    judged = _judged(whole.column("text"), model)
    for name, column in judged.items():
        if name in whole.column_names:
            note(f"{table}: its own column {name} is replaced")
            whole = whole.drop_columns([name])
        whole = whole.append_column(name, column)
    write_table(whole, out)
    counts = dict(Counter(judged["label"].to_pylist()).most_common())
    seconds = round(time.monotonic() - began, 3)
    if as_json:
        print_json({"rows": len(whole), "labels": counts, "seconds": seconds})
        return
    click.echo(f"{len(whole):,} 条文本 texts → {out}")
    for label, count in counts.items():
        click.echo(f"  {count:>9,}  {label}")


def _judged(texts: pa.ChunkedArray, path: Path | None) -> dict[str, pa.Array]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from wurao.content.classes import CLASSES, KINDS
    from wurao.content.corpus import filled
    from wurao.content.judging import classifier_in_use, classifier_of
    from wurao.content.model import model_in_use, read_model
    from wurao.content.scoring import judge_texts
    from wurao.settings import load

    model = model_in_use() if path is None else read_model(path)
    classifier = classifier_in_use() if path is None else classifier_of(model)
    judged = judge_texts(_strings(filled(texts.to_pylist())), classifier)
    score = judged.array("score").astype(np.float64)
    labels = pa.array(model.labels).take(pa.array(judged.array("label")))
    if path is not None:
        return {"label": labels, "score": pa.array(score)}
    content = load().content
    class_of, kind = judged.array("class_of"), judged.array("kind")
    action = np.select(
        [score >= content.block_threshold, score >= content.label_threshold], ["block", "label"], "allow"
    )
    classes = pa.array(CLASSES).take(pa.array(np.maximum(class_of, 0), mask=class_of < 0))
    kinds = pa.array(KINDS).take(pa.array(np.maximum(kind, 0), mask=kind < 0))
    # A rule that is louder gives another class or kind than the model's label has.
    own_class, own_kind = (classifier.weights.array(name)[judged.array("label")] for name in ("class_of", "kind_of"))
    ruled = pc.binary_join_element_wise(classes, kinds, ":", null_handling="skip")
    labels = pc.if_else(pa.array((own_class != class_of) | (own_kind != kind)), ruled, labels)
    return {"label": labels, "score": pa.array(score), "class": classes, "kind": kinds, "action": pa.array(action)}


@command.command()
@click.argument("tables", type=TABLE, nargs=-1, required=True, metavar="TABLE...")
@click.option("--model", type=TABLE, metavar="MODEL", help="The classifier to measure; else the one in use.")
@data_option
@settings_option
@json_option
def evaluate(tables: tuple[Path, ...], model: Path | None, as_json: bool) -> None:
    """Print how well texts are judged: across sources, within each, disguised, and what must never be stopped.

    A TABLE has text (or turns) and label; where it has a column source, it holds several. Each figure has its 95%
    interval. The classifier is also learned anew, each time without one source.

    \b
    Example:
      wurao content evaluate sms/zh.csv sms/en.csv calls/zh.parquet
    """
    from wurao.cli.output import note, print_json
    from wurao.content.corpus import read_scripts_source
    from wurao.content.evaluation import evaluate as measured
    from wurao.content.model import model_in_use, read_model
    from wurao.content.rules import rules
    from wurao.settings import load

    sources = _all_sources(tables, note)
    chosen = model_in_use() if model is None else read_model(model)
    given = rules() if model is None else ()
    if not as_json:
        click.echo(f"{'set':<10} {'figure':<48} {'value':>8}  {'95%':<17} {'n':>7}  trained on")
    for each in measured(sources, read_scripts_source(), chosen, given, load().content.block_threshold, note):
        if as_json:
            print_json(each.as_dict())
        else:
            within = f"{each.low:.4f}–{each.high:.4f}"
            click.echo(
                f"{each.set:<10} {each.figure:<48} {each.value:>8.4f}  {within:<17} {each.n:>7,}  {each.trained_on}"
            )


def _all_sources(tables: tuple[Path, ...], tell: Callable[[str], None]) -> list[Source]:
    """The sources of all tables; Refused where two have one name, or there are none."""
    from wurao.content.corpus import SCRIPTS

    sources: dict[str, Source] = {}
    for table in tables:
        for source in _sources(table, tell):
            if source.name in (*sources, SCRIPTS):
                right = "another name for the file, or a column source"
                raise Refused(f"another set is called {source.name} too", where=str(table), right=right)
            sources[source.name] = source
    if not sources:
        where, right = ", ".join(map(str, tables)), "texts with labels"
        raise Refused("has no rows with a text and a label", where=where, right=right)
    return list(sources.values())


def _sources(path: Path, tell: Callable[[str], None]) -> list[Source]:
    """The sources of one table, by its column `source`, else by its name."""
    from wurao.content.corpus import source_of
    from wurao.content.labelled import read_table, with_labels

    whole = with_labels(read_table(path, "text", "label", tell=tell))
    texts, labels = whole.column("text").to_pylist(), whole.column("label").to_pylist()
    names = whole.column("source").to_pylist() if "source" in whole.column_names else None
    name = path.parent.name if names is None and path.parent.name == "calls" else path.stem
    given = names or [name] * len(texts)
    rows: dict[str, list[int]] = {}
    for row, source in enumerate(given):
        rows.setdefault(str(source), []).append(row)
    return [source_of(name, [texts[row] for row in of], [labels[row] for row in of]) for name, of in rows.items()]


def _strings(texts: list[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(texts, pa.large_string())

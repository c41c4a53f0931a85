"""`yuanban items …`: what those who write items do with them."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from approvals.cases.examples import differences, uncovered
from approvals.items.examples import Example, ExampleFile, load_examples
from approvals.items.loader import load_catalogue, load_entries, load_reference, shipped_data
from approvals.items.model import Item
from approvals.items.publishing import NotPublishable, publish
from approvals.items.source import CatalogueError
from shared.calendar import load_default_calendar
from shared.clock import SystemClock
from shared.text import LANGUAGES, Language, Text

_FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the items are; those that come with the service by default.",
)
_LANGUAGE = click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Of what is printed.")
_KEPT = Text("符合", "ok")
_BROKEN = Text("不符", "FAIL")
_SUM = Text("{n}个示例，{failed}个不符", "{n} examples, {failed} failed")
_RULES = Text("规则的示例", "Examples of the rules")
_NO_ITEM = Text("没有事项{item}的版本{version}", "There is no version {version} of {item}")


@click.group()
def items() -> None:
    """Service items (事项): test their examples, publish a version."""


def _telling_flaws(command: Callable[..., None]) -> Callable[..., None]:
    """Every flaw of the data files on a line of its own, instead of a traceback."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        try:
            command(*args, **options)
        except CatalogueError as error:
            raise click.ClickException(f"the items cannot be read\n{error}") from error

    return run


@items.command("test")
@click.argument("item", required=False)
@_FOLDER
@_LANGUAGE
@_telling_flaws
def test(item: str | None, folder: Path | None, lang: Language) -> None:
    """Check all items, then run the examples of ITEM (its slug or code), or of every item."""
    place = folder or Path(str(shipped_data()))
    versions = load_catalogue(place).versions
    chosen = {each.slug for each in versions if item in (None, each.slug, each.code)}
    files = [file for file in load_examples(place) if file.item in chosen or (item is None)]
    if not files:
        raise click.ClickException(f"there are no examples of {item!r}" if item else "there are no examples")
    results = [run_file(file, versions, lang) for file in files]
    failed = sum(results)
    total = sum(len(file.examples) for file in files)
    click.echo(_SUM.format(n=total, failed=failed).in_(lang))
    if failed:
        raise click.exceptions.Exit(1)


def run_file(file: ExampleFile, versions: Sequence[Item], lang: Language) -> int:
    """Run and print the examples of one file; the number of those that failed."""
    click.echo(f"{file.item} {file.version}  ({file.file})")
    item = next((each for each in versions if (each.slug, each.version) == (file.item, file.version)), None)
    if item is None:
        _echo(_NO_ITEM.format(item=file.item, version=file.version), [], lang, failed=True)
        return 1
    calendar = load_default_calendar()
    failed = 0
    for example in file.examples:
        wrong = differences(item, example, calendar)
        _echo(_title(example), wrong, lang, failed=bool(wrong))
        failed += bool(wrong)
    bare = uncovered(item, file.examples)
    if bare:
        _echo(_RULES, bare, lang, failed=True)
    return failed + bool(bare)


def _title(example: Example) -> Text:
    if example.basis is None:
        return example.name
    return Text("{name}（{basis}）", "{name} ({basis})").format(name=example.name, basis=example.basis)


def _echo(title: Text, wrong: list[Text], lang: Language, *, failed: bool) -> None:
    click.echo(f"  {(_BROKEN if failed else _KEPT).in_(lang):4}  {title.in_(lang)}")
    for each in wrong:
        click.echo(f"        {each.in_(lang)}")


@items.command("publish")
@click.argument("file")
@_FOLDER
@_telling_flaws
def publish_file(file: str, folder: Path | None) -> None:
    """Publish the version in FILE (a name in the folder): from then on its content never changes.

    Everything is checked first, its examples too.
    """
    place = folder or Path(str(shipped_data()))
    name = Path(file).name
    entries, flaws = load_entries(place, load_reference(place))
    if flaws:
        raise CatalogueError(flaws)
    wanted = {(entry.item.slug, entry.item.version) for entry in entries if entry.source.file == name}
    of_it = [each for each in load_examples(place) if (each.item, each.version) in wanted]
    if sum(run_file(each, [entry.item for entry in entries], "en") for each in of_it):
        raise click.ClickException("its examples fail; nothing was published")
    try:
        item = publish(place, name, SystemClock().today())
    except NotPublishable as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"published: {item.slug} {item.version}, in force from {item.effective_on}")

"""Named rules for what a schema cannot say. The law they enforce, its numbers and words stand in the item."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from approvals.items.form import Field, Form, Rule
from approvals.items.formats import read
from approvals.items.wording import date_text, months_after, number_text, years_after
from approvals.items.wrongs import in_row, pointer_of
from shared.errors import FieldError
from shared.identifiers.regions import load_regions
from shared.text import Text


@dataclass(frozen=True, slots=True)
class Hit:
    """One value the form holds: of a field, or of a field in one row (`row`, 0-based)."""

    field: Field
    row: int | None
    value: Any
    siblings: Mapping[str, Any]

    @property
    def pointer(self) -> str:
        """The JSON pointer of the value."""
        return pointer_of(self.field, self.row)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule objects to.

    A rule between two sections points at `pointer`; while only one section is looked at, it is said at
    `also` in the section filled in last, so that an earlier page can still be corrected on its own.
    """

    pointer: str
    code: str
    message: Text
    severity: str
    also: str | None = None
    rank: str = "rule"

    @property
    def error(self) -> FieldError:
        """The finding as the API says it."""
        return FieldError(self.pointer, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Context:
    """The typed answers that a rule may look at; `today` is the legal date of filing."""

    form: Form
    values: Mapping[str, Mapping[str, Any]]
    today: date
    broken: Callable[[str], bool]

    def hits(self, path: str, sound: bool = True) -> Iterator[Hit]:
        """The values at a field path, in row order; only those without an error when `sound`."""
        field = self.form.field(path)
        section = self.values.get(field.section, {})
        objects: list[tuple[int | None, Mapping[str, Any]]] = (
            [*enumerate(section.get("rows", []))] if field.in_rows else [(None, section)]
        )
        for row, values in objects:
            value = values.get(field.name)
            hit = Hit(field, row, value, values)
            if value is not None and not (sound and self.broken(hit.pointer)):
                yield hit

    def value(self, path: str) -> Any:
        """The sound value of a field outside rows, or None."""
        return next((hit.value for hit in self.hits(path)), None)

    def rows(self, path: str) -> int:
        """How many rows there are around a field in rows."""
        return len(self.values.get(self.form.field(path).section, {}).get("rows", []))

    def all_hits(self, path: str) -> list[Hit] | None:
        """The values of a field in rows if every row has a sound one, else None."""
        hits = list(self.hits(path))
        return hits if hits and len(hits) == self.rows(path) else None


def say(context: Context, rule: Rule, hit: Hit, also: str | None = None, **words: object) -> Finding:
    """The rule's own message at a value, with the provision it rests on."""
    message = in_row(context.form, hit.field, hit.row, with_basis(rule, **words))
    rank = "refused" if rule.name == "words_refused" else "rule"
    return Finding(hit.pointer, rule.code, message, rule.severity, also, rank)


def with_basis(rule: Rule, **words: object) -> Text:
    """The rule's message, filled in, with its basis in brackets."""
    message = (rule.message or Text("", "")).format(**words)
    if rule.basis is None:
        return message
    return Text(f"{message.zh}（{rule.basis.zh}）", f"{message.en} ({rule.basis.en})")


def distinct_fields(context: Context, rule: Rule) -> Iterator[Finding]:
    """No two of these fields may say the same."""
    seen: set[Any] = set()
    for path in rule.params["fields"]:
        for hit in context.hits(path):
            if hit.value in seen:
                yield say(context, rule, hit)
            seen.add(hit.value)


def distinct_rows(context: Context, rule: Rule) -> Iterator[Finding]:
    """No two rows may agree in all these fields; the later one is named."""
    paths = rule.params["fields"]
    first_row: dict[tuple[Any, ...], int] = {}
    columns = [{hit.row: hit for hit in context.hits(path)} for path in paths]
    for row in range(context.rows(paths[0])):
        hits = [column.get(row) for column in columns]
        sound = [hit for hit in hits if hit is not None]
        if len(sound) < len(hits):
            continue
        key = tuple(hit.value for hit in sound)
        other = first_row.setdefault(key, row)
        if other != row:
            yield say(context, rule, sound[0], other=other + 1)


def words_refused(context: Context, rule: Rule) -> Iterator[Finding]:
    """The value contains or is one of these words; it speaks before any complaint about the choice."""
    for hit in context.hits(rule.params["field"], sound=False):
        if not isinstance(hit.value, str):
            continue
        said = hit.value.casefold()
        for word in rule.params["words"]:
            if any(match == said or (not match.isascii() and match in said) for match in word["match"]):
                yield say(context, rule, hit, word=Text.of(word["name"]))
                break


def name_of_region(context: Context, rule: Rule) -> Iterator[Finding]:
    """The region named is the one of the code, or one above it."""
    code = context.value(rule.params["region"])
    full_name = load_regions().full_name(code) if code else None
    if full_name is None:
        return
    for hit in context.hits(rule.params["field"]):
        if hit.value not in full_name.zh:
            yield say(
                context,
                rule,
                hit,
                also=pointer_of(context.form.field(rule.params["region"]), None),
                region=full_name,
            )


def rows_sum(context: Context, rule: Rule) -> Iterator[Finding]:
    """The rows add up to the total, exactly; silent while a row lacks its amount."""
    parts = context.all_hits(rule.params["each"])
    if parts is None:
        return
    total_sum = sum((hit.value for hit in parts), Decimal(0))
    rows = pointer_of(context.form.field(f"{parts[0].field.section}/rows"), None)
    for hit in context.hits(rule.params["total"]):
        if hit.value != total_sum:
            yield say(
                context,
                rule,
                hit,
                also=rows,
                sum=number_text(total_sum),
                total=number_text(hit.value),
                difference=number_text(abs(total_sum - hit.value)),
            )


def date_within_years(context: Context, rule: Rule) -> Iterator[Finding]:
    """Dates lie no later than so many years after today, the founding date at the earliest."""
    latest = years_after(context.today, rule.params["years"])
    for hit in context.hits(rule.params["field"]):
        if date.fromisoformat(hit.value) > latest:
            yield say(context, rule, hit, latest=date_text(latest))


def date_not_past(context: Context, rule: Rule) -> Iterator[Finding]:
    """Dates do not lie before today."""
    for hit in context.hits(rule.params["field"]):
        if date.fromisoformat(hit.value) < context.today:
            yield say(context, rule, hit)


def date_within_months(context: Context, rule: Rule) -> Iterator[Finding]:
    """A date lies after another one, and no more than so many calendar months after it."""
    start = context.value(rule.params["since"])
    if start is None:
        return
    first = date.fromisoformat(start)
    latest = months_after(first, rule.params["months"])
    for hit in context.hits(rule.params["field"]):
        if not first < date.fromisoformat(hit.value) <= latest:
            also = pointer_of(context.form.field(rule.params["since"]), None)
            yield say(context, rule, hit, also=also, earliest=date_text(first), latest=date_text(latest))


def rest_short(context: Context, rule: Rule) -> Iterator[Finding]:
    """Where a choice says so, what is left of an amount after others must be less than what is needed.

    Silent while one of the amounts is missing.
    """
    if context.value(rule.params["choice"]) not in rule.params["of"]:
        return
    paths = (rule.params["amount"], *rule.params["less"], rule.params["needed"])
    amount, *less, needed = (context.value(path) for path in paths)
    if amount is None or needed is None or any(each is None for each in less):
        return
    left = amount - sum(less, Decimal(0))
    for hit in context.hits(rule.params["amount"]):
        if left >= needed:
            yield say(context, rule, hit, left=number_text(left), needed=number_text(needed))


def date_not_future(context: Context, rule: Rule) -> Iterator[Finding]:
    """Dates do not lie after today."""
    for hit in context.hits(rule.params["field"]):
        if date.fromisoformat(hit.value) > context.today:
            yield say(context, rule, hit)


def date_within_days_before(context: Context, rule: Rule) -> Iterator[Finding]:
    """Dates lie no longer ago than so many days; the day itself does not count (民法典 art. 201)."""
    days = rule.params["days"]
    for hit in context.hits(rule.params["field"]):
        if (context.today - date.fromisoformat(hit.value)).days > days:
            yield say(context, rule, hit, days=days)


def choice_by(context: Context, rule: Rule) -> Iterator[Finding]:
    """What may be chosen depends on another field of the same row or section."""
    by = context.form.field(rule.params["by"])
    for hit in context.hits(rule.params["field"]):
        allowed = rule.params["allowed"].get(hit.siblings.get(by.name))
        if allowed is not None and hit.value not in allowed:
            yield say(context, rule, hit)


def format_by(context: Context, rule: Rule) -> Iterator[Finding]:
    """The format depends on another field of the same row or section; the identifier says what is wrong."""
    by = context.form.field(rule.params["by"])
    for hit in context.hits(rule.params["field"]):
        name = rule.params["formats"].get(hit.siblings.get(by.name))
        if name is None:
            continue
        reading = read(name, hit.value, context.today)
        for caution in reading.cautions:
            message = in_row(context.form, hit.field, hit.row, caution.message)
            yield Finding(hit.pointer, caution.code, message, "warning")
        if reading.message is not None:
            message = in_row(context.form, hit.field, hit.row, reading.message)
            yield Finding(hit.pointer, reading.code or rule.code, message, rule.severity)


def rows_fit_choice(context: Context, rule: Rule) -> Iterator[Finding]:
    """The number and kinds of rows fit a choice made elsewhere; silent while a row lacks its kind."""
    rows = context.all_hits(rule.params["each"])
    if rows is None:
        return
    kinds = [hit.value for hit in rows]
    pointer = pointer_of(context.form.field(f"{rows[0].field.section}/rows"), None)
    for hit in context.hits(rule.params["choice"]):
        case = rule.params["cases"].get(hit.value)
        if case is not None and not _fits(kinds, case):
            yield say(context, rule, hit, also=pointer, choice=hit.field.option(hit.value) or hit.value)


def _fits(kinds: list[Any], case: Mapping[str, Any]) -> bool:
    return (
        case.get("min", 0) <= len(kinds) <= case.get("max", len(kinds))
        and all(kind in case.get("all", kinds) for kind in kinds)
        and ("any" not in case or any(kind in case["any"] for kind in kinds))
    )


def person_in_rows(context: Context, rule: Rule) -> Iterator[Finding]:
    """A person named in the section stands in its rows with the same number and name in one of the posts."""
    params = rule.params
    row_name = context.form.field(params["row_name"]).name
    row_post = context.form.field(params["row_post"]).name
    name = context.value(params["name"])
    if name is None or not context.rows(params["row_id"]):
        return
    people = {
        (hit.value, hit.siblings.get(row_name))
        for hit in context.hits(params["row_id"])
        if hit.siblings.get(row_post) in params["posts"]
    }
    for hit in context.hits(params["id"]):
        if (hit.value, name) not in people:
            yield say(context, rule, hit)


def rows_count(context: Context, rule: Rule) -> Iterator[Finding]:
    """How many rows have one of these values; silent while a row lacks its value."""
    rows = context.all_hits(rule.params["field"])
    if rows is None:
        return
    count = sum(hit.value in rule.params["values"] for hit in rows)
    allowed = rule.params["allowed"]
    if count in allowed.get("exactly", ()) or count >= allowed.get("from", count + 1):
        return
    field = context.form.field(f"{rows[0].field.section}/rows")
    yield Finding(pointer_of(field, None), rule.code, with_basis(rule, count=count), rule.severity)


def posts_exclusive(context: Context, rule: Rule) -> Iterator[Finding]:
    """Nobody holds one of `posts` together with a post of `not_with` or as one of `others`."""
    params = rule.params
    post = context.form.field(params["row_post"]).name
    barred = {
        hit.value for hit in context.hits(params["row_id"]) if hit.siblings.get(post) in params["not_with"]
    }
    elsewhere = {hit.value: hit for path in params["others"] for hit in context.hits(path)}
    for hit in context.hits(params["row_id"]):
        if hit.siblings.get(post) not in params["posts"]:
            continue
        if hit.value in barred:
            yield say(context, rule, hit)
        elif hit.value in elsewhere:
            yield say(context, rule, hit, also=elsewhere[hit.value].pointer)

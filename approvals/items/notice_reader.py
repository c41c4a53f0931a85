"""The public notice (公示) of an item, from its YAML, and what in it contradicts itself or the form."""

from collections.abc import Callable
from typing import Any

from approvals.items.model import Grounds, Item, Limit, Note, PublicNotice
from approvals.items.outcome_reader import read_note
from approvals.items.reference import Reader
from approvals.items.source import Path
from shared.text import Text

ReadLimit = Callable[[Reader, Any, Path], Limit]

_PLACE = "public_notice"


def read_notice(reader: Reader, data: Any, limit: ReadLimit) -> PublicNotice | None:
    """The notice that an item asks for, if it asks for one."""
    if data is None:
        return None
    objections = data["objections"]
    stops = data.get("stops_clocks")
    filing = data.get("filing")
    return PublicNotice(
        kind=data["kind"],
        timing=data["timing"],
        name=Text.of(data["name"]),
        days=limit(reader, data["days"], (_PLACE, "days")),
        filing=None if filing is None else limit(reader, filing, (_PLACE, "filing")),
        stops_clocks=None if stops is None else Grounds(**reader.shown(stops, (_PLACE, "stops_clocks"))),
        facts=tuple(data["facts"]),
        promise=read_note(reader, data.get("promise"), (_PLACE, "promise")),
        objections=Note(text=Text.of(objections["text"]), **reader.shown(objections, (_PLACE, "objections"))),
        objection_ends=objections["ends"],
        advice=reader.text(objections.get("advice")),
        opens_itself=data.get("opens_itself", False),
        answered_in=objections.get("answered_in"),
    )


def check_notice(reader: Reader, item: Item) -> None:
    """Note what does not go together in a notice, and what it shows that the form lacks or nobody may see."""
    notice = item.public_notice
    if notice is None:
        return
    before_filing = notice.timing == "before_filing"
    if before_filing != (notice.filing is not None):
        reader.flaw((_PLACE, "timing"), "filing stands if and only if the notice comes before filing")
    if before_filing and notice.stops_clocks is not None:
        reader.flaw((_PLACE, "stops_clocks"), "before the application no limit runs that could be stopped")
    if not before_filing and notice.objection_ends:
        reader.flaw(
            (_PLACE, "objections", "ends"), "an application that was accepted is decided, whoever objects"
        )
    if notice.stops_clocks is not None and not notice.stops_clocks.verified:
        reader.flaw((_PLACE, "stops_clocks", "verified"), "only a provision that was read stops the clocks")
    if before_filing and (notice.opens_itself or notice.answered_in):
        reader.flaw((_PLACE, "timing"), "before the application nobody has examined anything")
    examined = {step.key for step in item.steps if step.examined_by}
    if notice.answered_in is not None and notice.answered_in not in examined:
        reader.flaw(
            (_PLACE, "objections", "answered_in"), f"no department examines in {notice.answered_in!r}"
        )
    _check_parts(reader, item, notice)


def _check_parts(reader: Reader, item: Item, notice: PublicNotice) -> None:
    for key, limit in (("days", notice.days), ("filing", notice.filing)):
        if limit is not None and limit.unit not in ("working_day", "natural_day"):
            reader.flaw((_PLACE, key, "unit"), "is counted in working days or in days")
    for number, path in enumerate(notice.facts):
        field = item.form.index.get(path)
        if field is None:
            reader.flaw((_PLACE, "facts", number), f"the form has no field {path!r}")
        elif field.sensitive is not None:
            reader.flaw((_PLACE, "facts", number), f"{path!r} is personal data and is shown to nobody")

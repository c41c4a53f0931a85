"""Whether the parts of an item go together: what one of them needs of the others."""

from approvals.items.model import Item
from approvals.items.notice_reader import check_notice
from approvals.items.outcome_reader import check_certificate
from approvals.items.promise_reader import check_routes
from approvals.items.reference import Reader
from approvals.items.stages import check_stages


def _check_deferral(reader: Reader, item: Item) -> None:
    """What may follow later, and by when: one is nothing without the other (容缺受理)."""
    reader.once([reform.mode for reform in item.reforms], ("reforms",), "mode")
    deferrable = [n for n, material in enumerate(item.materials) if material.necessity == "deferrable"]
    if item.deferral is None:
        for number in deferrable:
            message = "what may follow later needs the reform deferred_materials, which says by when"
            reader.flaw(("materials", number, "necessity"), message)
        return
    path = ("reforms", item.reforms.index(item.deferral))
    if not deferrable:
        reader.flaw((*path, "mode"), "no material is deferrable")
    make_up, promised = item.deferral.make_up, item.limits.promised
    if make_up is None:
        return
    if promised is None or promised.unit != make_up.unit:
        reader.flaw(
            (*path, "make_up", "unit"), "is counted in the unit of the promised limit, which it needs"
        )
    elif make_up.n > promised.n:
        reader.flaw((*path, "make_up", "n"), f"is longer than the promised limit, which is {promised.n}")


def _check_opinions(reader: Reader, item: Item) -> None:
    """A check on the spot goes into the one opinion; what funds rest on is examined and decided here."""
    on_site = [step for step in item.steps if step.on_site]
    if len(on_site) > 1 or (on_site and any(step.examined_by for step in item.steps)):
        reader.flaw(("steps",), "at most one step checks on the spot, where no departments are named")
    if item.funding and (item.handover or item.filing or len(item.routes) > 1):
        reader.flaw(("funding",), "funds are granted by a decision of our own, in the ordinary way alone")


def check_whole(reader: Reader, item: Item) -> None:
    """Note what of an item does not go together with the rest of it."""
    _check_deferral(reader, item)
    reader.once([material.code for material in item.materials], ("materials",), "code")
    reader.once([step.key for step in item.steps], ("steps",), "key")
    check_routes(reader, item)
    _check_opinions(reader, item)
    reader.once([check.key for check in item.review_checks], ("review_checks",), "key")
    reader.once([ground.key for ground in item.decline_grounds], ("decline_grounds",), "key")
    check_stages(reader, item)
    for number, path in enumerate(item.subject_name):
        field = item.form.index.get(path)
        if field is None or field.in_rows:
            reader.flaw(("subject_name", number), f"the form has no field {path!r} outside rows")
    check_certificate(reader, item)
    check_notice(reader, item)
    if item.applicant != "organisation" and item.form.given:
        path = item.form.given[0].path
        reader.flaw(("applicant",), f"the register can fill in {path!r} for organisations only")
    _check_fileable(reader, item)


def _check_fileable(reader: Reader, item: Item) -> None:
    """What can be applied for has all that its way needs; what cannot says what is missing."""
    if item.online and item.filing:
        _check_filing(reader, item)
    elif item.online:
        needed: dict[str, object] = {
            "form": item.form.sections,
            "limits": (item.limits.statutory or item.limits.promised)
            and (item.limits.intake or item.handover),
            "steps": item.steps,
            "outcome": item.outcome,
            "subject_name": item.subject_name,
        }
        if item.handover is None:  # else another authority decides, and says so in its own words
            needed |= {
                "decision": item.grant,
                "remedies": item.remedies,
                "review_checks": item.review_checks,
                "decline_grounds": item.decline_grounds,
            }
        for key, value in needed.items():
            if not value:
                reader.flaw(("online",), f"an item that can be applied for needs {key}")
    elif item.missing is None:
        reader.flaw(("online",), "an item that cannot be applied for says what is missing")


def _check_filing(reader: Reader, item: Item) -> None:
    """Nobody takes a filing up, reviews or decides it: it needs a form and something to show for it."""
    certificate = item.outcome.certificate if item.outcome else None
    given = {
        "form": item.form.sections,
        "limits": item.limits.promised and item.limits.promised.unit == "immediate",
        "outcome": certificate and certificate.valid_for is None,
        "decision": item.grant,
        "subject_name": item.subject_name,
    }
    for key, value in given.items():
        if not value:
            reader.flaw(("filing",), f"a filing that can be made needs {key}: at once, without an end")

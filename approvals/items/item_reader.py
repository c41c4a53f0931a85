"""From the YAML of an item to the item; what contradicts itself is noted with its line."""

from datetime import date
from typing import Any, cast

from approvals.items.bodies import Department
from approvals.items.form import Form
from approvals.items.funding_reader import read_funding
from approvals.items.model import (
    Category,
    Check,
    Coded,
    Codes,
    Condition,
    DeclineGround,
    Fact,
    Fee,
    Grounds,
    Item,
    LegalBasis,
    Limit,
    Limits,
    Material,
    NeedRule,
    OnSite,
    Reform,
    SpecialProcedure,
    Step,
    Warning,
)
from approvals.items.needs import NEEDS
from approvals.items.notice_reader import read_notice
from approvals.items.outcome_reader import read_note, read_outcome
from approvals.items.promise_reader import read_limit, read_promise
from approvals.items.reference import Reader
from approvals.items.source import Path
from approvals.items.wholeness import check_whole
from shared.identifiers.errors import IdentifierError
from shared.identifiers.item_codes import (
    Profile,
    make_business_item_code,
    make_implementation_code,
    parse_basic_code,
    parse_catalogue_item_code,
)
from shared.text import Text

_NOT_COUNTED = "2"
"""Of the national code set (GB/T 39046 A.7): a procedure whose time does not count."""


def read_item(reader: Reader, form: Form) -> Item:
    """Build the item of a source whose shape is right; flaws go to the reader."""
    data = reader.source.data
    limits = _limits(reader, data.get("limits", {}))
    item = Item(
        slug=data["slug"],
        version=data["version"],
        status=data["status"],
        effective_on=date.fromisoformat(data["effective_on"]),
        retired_on=_retired_on(reader, data),
        changed=reader.text(data.get("changed")),
        requires=tuple(data.get("requires", [])),
        online=data["online"],
        handover=data.get("handover"),
        filing=data.get("filing", False),
        applicant=data.get("applicant", "any"),
        category=_category(reader, data["category"]),
        name=Text.of(data["name"]),
        summary=Text.of(data["summary"]),
        department=Department(data["department"]["code"], Text.of(data["department"]["name"])),
        codes=_codes(reader, data),
        main_item=reader.text(data.get("main_item")),
        sub_item=reader.text(data.get("sub_item")),
        item_type=reader.coded(data["item_type"], "item_type", ("item_type",)),
        case_kind=_coded(reader, data, "case_kind"),
        level=_coded(reader, data, "level"),
        nature=_coded(reader, data, "nature"),
        service_objects=_coded_list(reader, data, "service_objects", "service_object"),
        channels=_coded_list(reader, data, "channels", "channel"),
        legal_bases=tuple(
            basis
            for number, entry in enumerate(data.get("legal_bases", []))
            if (basis := _legal_basis(reader, entry, ("legal_bases", number))) is not None
        ),
        conditions=tuple(
            Condition(text=Text.of(entry["text"]), **reader.shown(entry, path))
            for entry, path in _entries(data, "conditions")
        ),
        limits=limits,
        warning=_warning(reader, data.get("warning")),
        materials=tuple(_material(reader, form, entry, path) for entry, path in _entries(data, "materials")),
        steps=tuple(_step(reader, limits, entry, path) for entry, path in _entries(data, "steps")),
        special_procedures=tuple(
            _special_procedure(reader, entry, path) for entry, path in _entries(data, "special_procedures")
        ),
        reforms=tuple(_reform(reader, entry, path) for entry, path in _entries(data, "reforms")),
        fee=_fee(reader, data.get("fee")),
        outcome=read_outcome(reader, data.get("outcome")),
        grant=_grounds(reader, data, "grant"),
        refuse=_grounds(reader, data, "refuse"),
        remedies=read_note(reader, data.get("remedies"), ("remedies",)),
        contact=tuple(_fact(reader, entry, path) for entry, path in _entries(data, "contact")),
        facts=_facts(reader, data.get("facts", {})),
        review_checks=tuple(
            Check(
                key=entry["key"],
                text=Text.of(entry["text"]),
                step=entry.get("step"),
                department=entry.get("department"),
                **reader.shown(entry, path),
            )
            for entry, path in _entries(data, "review_checks")
        ),
        decline_grounds=tuple(
            DeclineGround(
                key=entry["key"],
                kind=entry["kind"],
                text=Text.of(entry["text"]),
                **reader.shown(entry, path),
            )
            for entry, path in _entries(data, "decline_grounds")
        ),
        subject_name=tuple(data.get("subject_name", [])),
        form=form,
        missing=reader.text(data.get("missing")),
        funding=read_funding(reader, form, data),
        public_notice=read_notice(reader, data.get("public_notice"), read_limit),
    )
    check_whole(reader, item)
    return item


def _entries(data: Any, key: str) -> list[tuple[Any, Path]]:
    return [(entry, (key, number)) for number, entry in enumerate(data.get(key, []))]


def _retired_on(reader: Reader, data: Any) -> date | None:
    if (data["status"] == "retired") != ("retired_on" in data):
        reader.flaw(("status",), "retired_on stands if and only if the status is retired")
    if "retired_on" not in data:
        return None
    if data["retired_on"] <= data["effective_on"]:
        reader.flaw(("retired_on",), "lies after effective_on")
    return date.fromisoformat(data["retired_on"])


def _category(reader: Reader, code: str) -> Category:
    category = reader.reference.category(code)
    if category is None:
        known = ", ".join(known.code for known in reader.reference.categories)
        reader.flaw(("category",), f"unknown category {code!r}; known: {known}")
        return Category(code, Text.same(code))
    return category


def _coded(reader: Reader, data: Any, key: str) -> Coded | None:
    return reader.coded(data[key], key, (key,)) if key in data else None


def _coded_list(reader: Reader, data: Any, key: str, name: str) -> tuple[Coded, ...]:
    return tuple(reader.coded(entry, name, path) for entry, path in _entries(data, key))


def _codes(reader: Reader, data: Any) -> Codes:
    codes = data["codes"]
    profile = cast(Profile, codes["profile"])
    body, level = data["department"]["code"], (data.get("level") or {}).get("code", "")
    implementation, business = codes.get("implementation_code"), codes.get("business_code")
    try:
        basic = parse_basic_code(codes["basic_code"], profile)
        if not codes["code"].startswith(codes["basic_code"]):
            reader.flaw(("codes", "code"), "must begin with basic_code")
        if profile == "39554":
            parse_catalogue_item_code(codes["code"])
            if basic.item_type != data["item_type"]["code"]:
                reader.flaw(("codes", "basic_code"), "characters 3 and 4 must be the code of item_type")
    except IdentifierError as error:
        reader.flaw(("codes", "basic_code"), error.message.en)
    if profile == "39554" and implementation is not None:
        _check_long_codes(reader, codes, body, level)
    return Codes(
        code=codes["code"],
        basic=codes["basic_code"],
        implementation=implementation,
        business=business,
        main=codes.get("main_code"),
        profile=profile,
        **reader.shown(codes, ("codes",)),
    )


def _check_long_codes(reader: Reader, codes: Any, body: str, level: str) -> None:
    path: Path = ("codes", "implementation_code")
    try:
        expected = make_implementation_code(body=body, level=level, basic=codes["basic_code"]).text
        if codes["implementation_code"] != expected:
            reader.flaw(path, f"must be department, level and basic_code: {expected}")
        path = ("codes", "business_code")
        business = make_business_item_code(body=body, level=level, catalogue_item=codes["code"]).text
        if codes.get("business_code", business) != business:
            reader.flaw(path, f"must be department, level and code: {business}")
    except IdentifierError as error:
        reader.flaw(path, error.message.en)


def _legal_basis(reader: Reader, data: Any, path: Path) -> LegalBasis | None:
    found = reader.law(data["ref"], (*path, "ref"))
    if found is None:
        return None
    law, articles = found
    return LegalBasis(
        role=data["role"],
        law=law.name,
        text_version=law.text_version,
        version_note=law.version_note,
        articles=articles,
        content=Text.of(data["content"]),
        verified=data["verified"],
        source=law.source,
    )


def _limits(reader: Reader, data: Any) -> Limits:
    limits = Limits(**{key: read_limit(reader, limit, ("limits", key)) for key, limit in data.items()})
    by_law = limits.statutory.extension if limits.statutory else None
    promised = limits.promised.extension if limits.promised else None
    if promised is not None and (by_law is None or (promised.n, promised.unit) != (by_law.n, by_law.unit)):
        # One approval moves both dates, by the same days.
        reader.flaw(("limits", "promised", "extension"), "must be the extension of the statutory limit")
    return limits


def _material(reader: Reader, form: Form, data: Any, path: Path) -> Material:
    condition = data.get("condition")
    if data["necessity"] != "deferrable" and (data["necessity"] == "conditional") != (condition is not None):
        reader.flaw((*path, "necessity"), "a condition stands if and only if the necessity is conditional")
    return Material(
        code=data["code"],
        name=Text.of(data["name"]),
        necessity=data["necessity"],
        condition=None if condition is None else _need(reader, form, condition, (*path, "condition")),
        form=Text.of(data["form"]),
        source_kind=data["source"]["kind"],
        source=Text.of(data["source"]["text"]),
        copies=data["copies"],
        note=reader.text(data.get("note")),
        accept=tuple(data["accept"]),
        max_bytes=data["max_bytes"],
        max_pages=data["max_pages"],
        route=data.get("route"),
        **reader.shown(data, path),
    )


def _need(reader: Reader, form: Form, data: Any, path: Path) -> NeedRule | None:
    if data["rule"] not in NEEDS:
        known = ", ".join(sorted(NEEDS))
        reader.flaw((*path, "rule"), f"unknown condition {data['rule']!r}; known: {known}")
        return None
    field = form.index.get(data["field"])
    if field is None or field.in_rows != NEEDS[data["rule"]][1]:
        kind = "in rows" if NEEDS[data["rule"]][1] else "outside rows"
        reader.flaw((*path, "field"), f"the form has no field {data['field']!r} {kind}")
        return None
    return NeedRule(data["rule"], data["field"], data["value"], Text.of(data["text"]))


def _step(reader: Reader, limits: Limits, data: Any, path: Path) -> Step:
    said = data["limit"]
    limit = read_limit(reader, said, (*path, "limit")) if isinstance(said, dict) else limits.get(said)
    if said is not None and limit is None:
        reader.flaw((*path, "limit"), f"the item has no limit {said!r}")
    return Step(
        key=data["key"],
        name=Text.of(data["name"]),
        who=Text.of(data["who"]),
        department=reader.text(data.get("department")),
        criteria=Text.of(data["criteria"]),
        result=Text.of(data["result"]),
        limit=limit,
        starts=data.get("starts"),
        ends=data.get("ends"),
        on_site=_on_site(reader, data.get("on_site"), (*path, "on_site")),
        route=data.get("route"),
        examined_by=tuple(
            Department(each["code"], Text.of(each["name"])) for each in data.get("examined_by", [])
        ),
        announced=data.get("announced", False),
        **reader.shown(data, path),
    )


def _special_procedure(reader: Reader, data: Any, path: Path) -> SpecialProcedure:
    kind = reader.coded(data["kind"], "special_procedure", (*path, "kind"))
    procedures = data.get("procedures", [])
    if procedures and kind.code != _NOT_COUNTED:
        reader.flaw((*path, "procedures"), "an extension names none: the kind is 2 where time does not count")
    if not procedures and kind.code == _NOT_COUNTED and reader.source.data["online"]:
        reader.flaw(
            (*path, "kind"), "an item that can be applied for names the procedures that may be needed"
        )
    return SpecialProcedure(kind, tuple(procedures), Text.of(data["text"]), **reader.shown(data, path))


def _warning(reader: Reader, data: Any) -> Warning | None:
    if data is None:
        return None
    return Warning(data["share_percent"], data["working_days"], **reader.shown(data, ("warning",)))


def _reform(reader: Reader, data: Any, path: Path) -> Reform:
    shown, make_up = reader.shown(data, path), data.get("make_up")
    if (data["mode"] == "deferred_materials") != (make_up is not None):
        reader.flaw((*path, "mode"), "make_up stands if and only if the mode is deferred_materials")
    limit = None if make_up is None else Limit(n=make_up["n"], unit=make_up["unit"], **shown)
    promise = read_promise(reader, data, path)
    return Reform(mode=data["mode"], text=Text.of(data["text"]), make_up=limit, promise=promise, **shown)


def _on_site(reader: Reader, data: Any, path: Path) -> OnSite | None:
    return None if data is None else OnSite(least=data["least"], **reader.shown(data, path))


def _fee(reader: Reader, data: Any) -> Fee | None:
    if data is None:
        return None
    if data["charged"] and not data["verified"]:  # 行政许可法 art. 58(1)
        reader.flaw(("fee", "charged"), "a fee needs a law or an administrative regulation that was read")
    return Fee(charged=data["charged"], text=Text.of(data["text"]), **reader.shown(data, ("fee",)))


def _grounds(reader: Reader, data: Any, key: str) -> Grounds | None:
    decision = data.get("decision")
    said = decision and decision.get(key)
    return None if said is None else Grounds(**reader.shown(said, ("decision", key)))


def _fact(reader: Reader, data: Any, path: Path) -> Fact:
    return Fact(label=Text.of(data["label"]), value=Text.of(data["value"]), **reader.shown(data, path))


def _facts(reader: Reader, data: Any) -> dict[str, tuple[Fact, ...]]:
    known = {chapter.key for chapter in reader.reference.chapters}
    for key in data:
        if key not in known:
            reader.flaw(("facts", key), f"there is no chapter {key!r}; known: {', '.join(sorted(known))}")
    return {
        key: tuple(_fact(reader, entry, ("facts", key, number)) for number, entry in enumerate(entries))
        for key, entries in data.items()
    }

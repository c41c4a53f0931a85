"""The shape of an item file, as JSON Schema 2020-12; whatever it states carries `verified` and a basis."""

from typing import Any

from approvals.items.wrongs import KEYWORDS

Schema = dict[str, Any]

_STRING: Schema = {"type": "string", "minLength": 1}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}


def _object(required: str = "", /, **properties: Schema) -> Schema:
    names = required.split() if required != "*" else [*properties]
    return {"type": "object", "required": names, "properties": properties, "additionalProperties": False}


def _list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


TEXT = _object("*", zh=_STRING, en=_STRING)
BASIS: Schema = {
    "if": {"type": "object"},
    "then": TEXT,
    "else": {"type": ["string", "array", "null"], "items": _STRING, "minItems": 1},
}
_SHOWN: dict[str, Schema] = {"verified": _FLAG, "basis": BASIS}


def _fact(required: str, /, **properties: Schema) -> Schema:
    return _object(f"{required} verified basis", **properties, **_SHOWN)


_LABELLED = _fact("label value", label=TEXT, value=TEXT)
_CODED = _fact("code", code=_STRING)
_LIMIT_PARTS: dict[str, Schema] = {
    "n": {"type": "integer", "minimum": 0},
    "unit": {"enum": ["working_day", "natural_day", "hour", "immediate"]},
    "note": TEXT,
    "on_the_spot": _FLAG,
}
LIMIT = _fact("n unit", **_LIMIT_PARTS, extension=_fact("n unit", **_LIMIT_PARTS))

MATERIAL = _fact(
    "code name necessity form source copies accept max_bytes max_pages",
    code=_NAME,
    name=TEXT,
    necessity={"enum": ["required", "optional", "conditional"]},
    condition=_object("*", rule=_STRING, field=_STRING, value={}, text=TEXT),
    form=TEXT,
    source=_object("*", kind={"enum": ["self", "government", "other"]}, text=TEXT),
    copies=_COUNT,
    note=TEXT,
    accept=_list({"enum": ["application/pdf", "image/jpeg", "image/png"]}, 1),
    max_bytes=_COUNT,
    max_pages=_COUNT,
)

_SLUG: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}
_DATE: Schema = {"type": "string", "format": "date"}
GIVEN = "uscc name company_type legal_representative region_code address industry_code business_scope".split()
"""What the register of enterprises tells of an organisation, by the names of its columns."""
_STEP_LIMIT: Schema = {
    "if": {"type": "object"},
    "then": LIMIT,
    "else": {"enum": ["intake", "statutory", "promised", "delivery", None]},
}
_STAGE_EVENT: Schema = {"enum": ["received", "accepted", "reviewed", "notice_ended", "decided", "delivered"]}
_PROCEDURE: Schema = {
    "enum": "hearing tender auction inspection testing quarantine appraisal expert_review".split()
}

ITEM = _object(
    "slug version status effective_on online category name summary department codes item_type",
    slug=_SLUG,
    version={"type": "string", "pattern": "^[0-9A-Za-z.-]{1,40}$"},
    status={"enum": ["draft", "published", "retired"]},
    effective_on=_DATE,
    retired_on=_DATE,
    changed=TEXT,
    requires=_list(_SLUG),
    online=_FLAG,
    applicant={"enum": ["any", "person", "organisation"]},
    category=_STRING,
    name=TEXT,
    summary=TEXT,
    department=_object("*", code=_STRING, name=TEXT),
    codes=_fact(
        "code basic_code profile",
        code=_STRING,
        main_code=_STRING,
        basic_code=_STRING,
        implementation_code=_STRING,
        business_code=_STRING,
        profile={"enum": ["39554", "39046"]},
    ),
    main_item=TEXT,
    sub_item=TEXT,
    item_type=_CODED,
    case_kind=_CODED,
    level=_CODED,
    nature=_CODED,
    service_objects=_list(_CODED),
    channels=_list(_CODED),
    legal_bases=_list(
        _object(
            "*",
            role={"enum": ["establish", "implement", "supervise"]},
            ref=_STRING,
            verified=_FLAG,
            content=TEXT,
        )
    ),
    conditions=_list(_fact("text", text=TEXT)),
    limits=_object(intake=LIMIT, statutory=LIMIT, promised=LIMIT, delivery=LIMIT),
    warning=_fact(
        "share_percent working_days",
        share_percent={"type": "integer", "minimum": 0, "maximum": 100},
        working_days={"type": "integer", "minimum": 0, "maximum": 100},
    ),
    materials=_list(MATERIAL),
    steps=_list(
        _fact(
            "key name who criteria result limit",
            key=_NAME,
            name=TEXT,
            who=TEXT,
            department=TEXT,
            criteria=TEXT,
            result=TEXT,
            limit=_STEP_LIMIT,
            starts=_STAGE_EVENT,
            ends=_STAGE_EVENT,
            examined_by=_list(_object("*", code=_STRING, name=TEXT), 1),
            announced=_FLAG,
        )
    ),
    special_procedures=_list(
        _fact("kind text", kind=_CODED, text=TEXT, procedures={**_list(_PROCEDURE, 1), "uniqueItems": True}),
    ),
    reforms=_list(
        _fact(
            "mode text",
            mode={"enum": ["promise", "streamlined", "deferred_materials", "bundle", "joint_review"]},
            text=TEXT,
        )
    ),
    fee=_fact("charged text", charged=_FLAG, text=TEXT),
    outcome=_fact(
        "kind name",
        kind=TEXT,
        name=TEXT,
        validity=TEXT,
        renewal=_fact("text", text=TEXT),
        certificate_type=_STRING,
        validity_verified=_FLAG,
        slip={"enum": ["grant_decision", "deregistration_notice"]},
        certificate=_object(
            "kind number facts",
            kind=_SLUG,
            number={"type": "string", "pattern": "^[A-Z]{1,6}$"},
            facts=_list(_STRING),
            valid_for=_object("*", n=_COUNT, unit={"enum": ["year", "month"]}),
        ),
    ),
    public_notice=_object(
        "kind timing name days facts objections",
        kind=_SLUG,
        timing={"enum": ["before_filing", "before_decision"]},
        name=TEXT,
        days=LIMIT,
        filing=LIMIT,
        stops_clocks=_fact(""),
        opens_itself=_FLAG,
        facts=_list(_STRING, 1),
        promise=_fact("text", text=TEXT),
        objections=_fact("text ends", text=TEXT, ends=_FLAG, advice=TEXT, answered_in=_NAME),
    ),
    decision=_object("*", grant=_fact(""), refuse=_fact("")),
    remedies=_fact("text", text=TEXT),
    contact=_list(_LABELLED),
    facts={"type": "object", "additionalProperties": _list(_LABELLED, 1)},
    review_checks=_list(_fact("key text", key=_NAME, text=TEXT, step=_NAME, department=_STRING)),
    decline_grounds=_list(
        _fact("key kind text", key=_NAME, kind={"enum": ["not_required", "refused"]}, text=TEXT)
    ),
    subject_name=_list(_STRING),
    form=_STRING,
    missing=TEXT,
    funding=_object("*", clauses=_NAME, payer=_object("*", code=_STRING, name=TEXT)),
)
"""An item file."""

_WHEN = _object("*", field=_STRING, **{"in": _list({}, 1)})
_WIDGETS = "text textarea select radio checkbox checkboxes date number rows table-lookup".split()
X_UI = _object(
    "label widget",
    label=TEXT,
    hint=TEXT,
    widget={"enum": _WIDGETS},
    suffix=TEXT,
    inputmode={"enum": ["text", "numeric", "decimal", "tel", "email"]},
    autocomplete=_STRING,
    options=_list(_object("*", value=_STRING, label=TEXT), 1),
    width={"enum": ["short", "medium", "long"]},
    sensitive={"enum": ["id_number", "mobile", "account"]},
    sensitive_unless=_WHEN,
    when=_WHEN,
    required=_FLAG,
    table={"enum": ["regions", "industries"]},
    compact=_FLAG,
    row_label=TEXT,
    errors={"type": "object", "additionalProperties": TEXT},
    given={"enum": GIVEN},
)


def _properties(field: Schema) -> Schema:
    return {"type": "object", "propertyNames": _NAME, "additionalProperties": field, "minProperties": 1}


_LIMITS: dict[str, Schema] = {
    name: {"type": "number"} for name in ("minimum", "maximum", "exclusiveMinimum", "multipleOf")
}
_LENGTHS: dict[str, Schema] = {
    name: {"type": "integer", "minimum": 0} for name in ("minLength", "maxLength", "minItems", "maxItems")
}
FIELD = _object(
    "type x-ui",
    type={"enum": ["string", "number", "integer", "boolean"]},
    format=_STRING,
    pattern={"type": "string", "format": "regex"},
    const={},
    **_LIMITS,
    **_LENGTHS,
    **{"x-ui": X_UI},
)
ROWS = _object(
    "type items x-ui",
    type={"const": "array"},
    items=_object(
        "type required properties",
        type={"const": "object"},
        required=_list(_STRING),
        properties=_properties(FIELD),
    ),
    **_LENGTHS,
    **{"x-ui": X_UI},
)
SECTION = _object(
    "key title schema",
    key=_NAME,
    title=TEXT,
    intro=TEXT,
    schema=_object(
        "type required properties",
        type={"const": "object"},
        required=_list(_STRING),
        properties={
            "type": "object",
            "propertyNames": _NAME,
            "properties": {"rows": ROWS},
            "additionalProperties": FIELD,
            "minProperties": 1,
        },
    ),
)
FORM = _object(
    "sections",
    sections=_list(SECTION, 1),
    rules=_list(
        {
            "type": "object",
            "required": ["rule", "code", "verified", "basis"],
            "properties": {
                "rule": _STRING,
                "code": _NAME,
                "severity": {"enum": ["error", "warning"]},
                "message": TEXT,
                **_SHOWN,
            },
        }
    ),
)
"""A form file; the parameters of each rule are checked against what the rule takes."""

ERROR_KEYS = KEYWORDS | {"format"}
"""What `x-ui.errors` may word anew."""

PUBLISHED: Schema = {
    "type": "object",
    "propertyNames": _SLUG,
    "additionalProperties": {
        "type": "object",
        "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
}
"""What has been published: the digest of every version, by slug and version."""

_FINDINGS = _list(_object("*", at=_STRING, code=_STRING))
EXAMPLES = _object(
    "item version today examples",
    item=_SLUG,
    version=_STRING,
    today=_DATE,
    base={"type": "object"},
    materials=_list(_NAME),
    examples=_list(
        _object(
            "name basis expect",
            name=TEXT,
            basis=BASIS,
            rule=_NAME,
            given=_object(
                "",
                answers={"type": "object"},
                change={"type": "object", "propertyNames": {"pattern": "^/answers/"}},
                materials=_list(_NAME),
                today=_DATE,
                published_on=_DATE,
                received_on=_DATE,
                accepted_on=_DATE,
                stopped=_list(_object("from", **{"from": _DATE, "to": _DATE})),
                extended_on=_DATE,
            ),
            expect=_object(
                "",
                errors=_FINDINGS,
                warnings=_FINDINGS,
                required_materials=_list(_NAME),
                subject_name=_STRING,
                due=_object("", intake=_DATE, statutory=_DATE, promised=_DATE, notice=_DATE, filing=_DATE),
            ),
        ),
        1,
    ),
)
"""A file of examples: what is given, and all that is expected of it."""

LAWS = _object(
    "*",
    source=TEXT,
    laws={
        "type": "object",
        "additionalProperties": _object("*", name=TEXT, short=TEXT, text_version=_STRING, version_note=TEXT),
    },
)
CODE_SETS = _object(
    "*",
    source=TEXT,
    sets={"type": "object", "additionalProperties": {"type": "object", "additionalProperties": TEXT}},
)
CATEGORIES = _list(_object("*", code=_NAME, name=TEXT), 1)
CHAPTERS = _list(_object("*", key=_NAME, title=TEXT, verified=_FLAG), 1)

SHAPES: dict[str, Schema] = {
    "item": ITEM,
    "form": FORM,
    "examples": EXAMPLES,
    "published": PUBLISHED,
    "laws": LAWS,
    "codes": CODE_SETS,
    "categories": CATEGORIES,
    "chapters": CHAPTERS,
}
"""The shape of every kind of data file."""

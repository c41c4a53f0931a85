"""The shape of an item file, as JSON Schema 2020-12; whatever it states carries `verified` and a basis."""

from approvals.items.shapes import (
    BASIS,
    COUNT,
    FLAG,
    NAME,
    SHOWN,
    STRING,
    TEXT,
    Schema,
    list_of,
    object_of,
    stated,
)
from approvals.items.wrongs import KEYWORDS

_LABELLED = stated("label value", label=TEXT, value=TEXT)
_CODED = stated("code", code=STRING)
_LIMIT_PARTS: dict[str, Schema] = {
    "n": {"type": "integer", "minimum": 0},
    "unit": {"enum": ["working_day", "natural_day", "hour", "immediate"]},
    "note": TEXT,
    "on_the_spot": FLAG,
}
LIMIT = stated(
    "n unit",
    **_LIMIT_PARTS,
    **{"from": {"enum": ["receipt"]}},
    extension=stated("n unit", **_LIMIT_PARTS),
)

_ROUTE: Schema = {"enum": ["ordinary", "promise"]}

MATERIAL = stated(
    "code name necessity form source copies accept max_bytes max_pages",
    code=NAME,
    name=TEXT,
    necessity={"enum": ["required", "optional", "conditional", "deferrable"]},
    condition=object_of("*", rule=STRING, field=STRING, value={}, text=TEXT),
    form=TEXT,
    source=object_of("*", kind={"enum": ["self", "government", "other"]}, text=TEXT),
    copies=COUNT,
    note=TEXT,
    accept=list_of({"enum": ["application/pdf", "image/jpeg", "image/png"]}, 1),
    max_bytes=COUNT,
    max_pages=COUNT,
    route=_ROUTE,
)

_SAID = list_of(stated("text", text=TEXT), 1)
PROMISE = object_of(
    "told promised consequences statutory check",
    told=_SAID,
    promised=_SAID,
    consequences=stated("text", text=TEXT),
    statutory=LIMIT,
    promised_limit=LIMIT,
    check=LIMIT,
)
"""The way of filing on a written promise: what is told, what is promised, and its own limits."""

_SLUG: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}
_DATE: Schema = {"type": "string", "format": "date"}
GIVEN = (
    "uscc name company_type legal_representative region_code address industry_code business_scope "
    "registered_capital"
).split()
"""What the register of enterprises tells of an organisation; the capital in 万元 as text."""
_BEFORE_THE_END = stated("n unit", n=COUNT, unit={"enum": ["working_day", "natural_day"]})
_STEP_LIMIT: Schema = {
    "if": {"type": "object"},
    "then": LIMIT,
    "else": {"enum": ["intake", "statutory", "promised", "delivery", None]},
}
_STAGE_EVENT: Schema = {"enum": ["received", "accepted", "reviewed", "notice_ended", "decided", "delivered"]}
_PROCEDURE: Schema = {
    "enum": "hearing tender auction inspection testing quarantine appraisal expert_review".split()
}

ITEM = object_of(
    "slug version status effective_on online category name summary department codes item_type",
    slug=_SLUG,
    version={"type": "string", "pattern": "^[0-9A-Za-z.-]{1,40}$"},
    status={"enum": ["draft", "published", "retired"]},
    effective_on=_DATE,
    retired_on=_DATE,
    changed=TEXT,
    requires=list_of(_SLUG),
    online=FLAG,
    handover={"enum": ["tax"]},
    filing=FLAG,
    applicant={"enum": ["any", "person", "organisation"]},
    category=STRING,
    name=TEXT,
    summary=TEXT,
    department=object_of("*", code=STRING, name=TEXT),
    codes=stated(
        "code basic_code profile",
        code=STRING,
        main_code=STRING,
        basic_code=STRING,
        implementation_code=STRING,
        business_code=STRING,
        profile={"enum": ["39554", "39046"]},
    ),
    main_item=TEXT,
    sub_item=TEXT,
    item_type=_CODED,
    case_kind=_CODED,
    level=_CODED,
    nature=_CODED,
    service_objects=list_of(_CODED),
    channels=list_of(_CODED),
    legal_bases=list_of(
        object_of(
            "*",
            role={"enum": ["establish", "implement", "supervise"]},
            ref=STRING,
            verified=FLAG,
            content=TEXT,
        )
    ),
    conditions=list_of(stated("text", text=TEXT)),
    limits=object_of(intake=LIMIT, statutory=LIMIT, promised=LIMIT, delivery=LIMIT),
    warning=stated(
        "share_percent working_days",
        share_percent={"type": "integer", "minimum": 0, "maximum": 100},
        working_days={"type": "integer", "minimum": 0, "maximum": 100},
    ),
    materials=list_of(MATERIAL),
    steps=list_of(
        stated(
            "key name who criteria result limit",
            key=NAME,
            name=TEXT,
            who=TEXT,
            department=TEXT,
            criteria=TEXT,
            result=TEXT,
            limit=_STEP_LIMIT,
            starts=_STAGE_EVENT,
            ends=_STAGE_EVENT,
            on_site=stated("least", least=COUNT),
            route=_ROUTE,
            examined_by=list_of(object_of("*", code=STRING, name=TEXT), 1),
            announced=FLAG,
        )
    ),
    special_procedures=list_of(
        stated(
            "kind text", kind=_CODED, text=TEXT, procedures={**list_of(_PROCEDURE, 1), "uniqueItems": True}
        ),
    ),
    reforms=list_of(
        stated(
            "mode text",
            mode={"enum": ["promise", "streamlined", "deferred_materials", "bundle", "joint_review"]},
            text=TEXT,
            make_up=object_of("*", n=COUNT, unit={"enum": ["working_day", "natural_day", "hour"]}),
            promise=PROMISE,
        )
    ),
    fee=stated("charged text", charged=FLAG, text=TEXT),
    outcome=stated(
        "kind name",
        kind=TEXT,
        name=TEXT,
        validity=TEXT,
        renewal=stated(
            "text",
            text=TEXT,
            apply_before=_BEFORE_THE_END,
            opens=_BEFORE_THE_END,
            remind_days=list_of(COUNT),
        ),
        certificate_type=STRING,
        validity_verified=FLAG,
        slip={"enum": ["grant_decision", "deregistration_notice"]},
        certificate=object_of(
            "kind number facts",
            kind=_SLUG,
            number={"type": "string", "pattern": "^[A-Z]{1,6}$"},
            facts=list_of(STRING),
            valid_for=object_of("*", n=COUNT, unit={"enum": ["year", "month"]}),
        ),
    ),
    public_notice=object_of(
        "kind timing name days facts objections",
        kind=_SLUG,
        timing={"enum": ["before_filing", "before_decision"]},
        name=TEXT,
        days=LIMIT,
        filing=LIMIT,
        stops_clocks=stated(""),
        opens_itself=FLAG,
        facts=list_of(STRING, 1),
        promise=stated("text", text=TEXT),
        objections=stated("text ends", text=TEXT, ends=FLAG, advice=TEXT, answered_in=NAME),
    ),
    decision=object_of("grant", grant=stated(""), refuse=stated("")),
    remedies=stated("text", text=TEXT),
    contact=list_of(_LABELLED),
    facts={"type": "object", "additionalProperties": list_of(_LABELLED, 1)},
    review_checks=list_of(stated("key text", key=NAME, text=TEXT, step=NAME, department=STRING)),
    decline_grounds=list_of(
        stated("key kind text", key=NAME, kind={"enum": ["not_required", "refused"]}, text=TEXT)
    ),
    subject_name=list_of(STRING),
    form=STRING,
    missing=TEXT,
    funding=object_of("*", clauses=NAME, payer=object_of("*", code=STRING, name=TEXT)),
)
"""An item file."""

_WHEN = object_of("*", field=STRING, **{"in": list_of({}, 1)})
_WIDGETS = "text textarea select radio checkbox checkboxes date number rows table-lookup".split()
X_UI = object_of(
    "label widget",
    label=TEXT,
    hint=TEXT,
    widget={"enum": _WIDGETS},
    suffix=TEXT,
    inputmode={"enum": ["text", "numeric", "decimal", "tel", "email"]},
    autocomplete=STRING,
    options=list_of(object_of("*", value=STRING, label=TEXT), 1),
    width={"enum": ["short", "medium", "long"]},
    sensitive={"enum": ["id_number", "mobile", "account"]},
    sensitive_unless=_WHEN,
    when=_WHEN,
    required=FLAG,
    table={"enum": ["regions", "industries"]},
    compact=FLAG,
    row_label=TEXT,
    errors={"type": "object", "additionalProperties": TEXT},
    given={"enum": GIVEN},
)


def _properties(field: Schema) -> Schema:
    return {"type": "object", "propertyNames": NAME, "additionalProperties": field, "minProperties": 1}


_LIMITS: dict[str, Schema] = {
    name: {"type": "number"} for name in ("minimum", "maximum", "exclusiveMinimum", "multipleOf")
}
_LENGTHS: dict[str, Schema] = {
    name: {"type": "integer", "minimum": 0} for name in ("minLength", "maxLength", "minItems", "maxItems")
}
FIELD = object_of(
    "type x-ui",
    type={"enum": ["string", "number", "integer", "boolean"]},
    format=STRING,
    pattern={"type": "string", "format": "regex"},
    const={},
    **_LIMITS,
    **_LENGTHS,
    **{"x-ui": X_UI},
)
ROWS = object_of(
    "type items x-ui",
    type={"const": "array"},
    items=object_of(
        "type required properties",
        type={"const": "object"},
        required=list_of(STRING),
        properties=_properties(FIELD),
    ),
    **_LENGTHS,
    **{"x-ui": X_UI},
)
SECTION = object_of(
    "key title schema",
    key=NAME,
    title=TEXT,
    intro=TEXT,
    schema=object_of(
        "type required properties",
        type={"const": "object"},
        required=list_of(STRING),
        properties={
            "type": "object",
            "propertyNames": NAME,
            "properties": {"rows": ROWS},
            "additionalProperties": FIELD,
            "minProperties": 1,
        },
    ),
)
FORM = object_of(
    "sections",
    sections=list_of(SECTION, 1),
    rules=list_of(
        {
            "type": "object",
            "required": ["rule", "code", "verified", "basis"],
            "properties": {
                "rule": STRING,
                "code": NAME,
                "severity": {"enum": ["error", "warning"]},
                "message": TEXT,
                **SHOWN,
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

_FINDINGS = list_of(object_of("*", at=STRING, code=STRING))
EXAMPLES = object_of(
    "item version today examples",
    item=_SLUG,
    version=STRING,
    today=_DATE,
    base={"type": "object"},
    materials=list_of(NAME),
    examples=list_of(
        object_of(
            "name basis expect",
            name=TEXT,
            basis=BASIS,
            rule=NAME,
            given=object_of(
                "",
                answers={"type": "object"},
                change={"type": "object", "propertyNames": {"pattern": "^/answers/"}},
                materials=list_of(NAME),
                today=_DATE,
                published_on=_DATE,
                received_on=_DATE,
                accepted_on=_DATE,
                stopped=list_of(object_of("from", **{"from": _DATE, "to": _DATE})),
                extended_on=_DATE,
            ),
            expect=object_of(
                "",
                errors=_FINDINGS,
                warnings=_FINDINGS,
                required_materials=list_of(NAME),
                subject_name=STRING,
                due=object_of("", intake=_DATE, statutory=_DATE, promised=_DATE, notice=_DATE, filing=_DATE),
            ),
        ),
        1,
    ),
)
"""A file of examples: what is given, and all that is expected of it."""

LAWS = object_of(
    "*",
    source=TEXT,
    laws={
        "type": "object",
        "additionalProperties": object_of("*", name=TEXT, short=TEXT, text_version=STRING, version_note=TEXT),
    },
)
CODE_SETS = object_of(
    "*",
    source=TEXT,
    sets={"type": "object", "additionalProperties": {"type": "object", "additionalProperties": TEXT}},
)
CATEGORIES = list_of(object_of("*", code=NAME, name=TEXT), 1)
CHAPTERS = list_of(object_of("*", key=NAME, title=TEXT, verified=FLAG), 1)

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

"""An item of service (事项) as the law and the park define it; immutable once loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from approvals.items.bodies import Department
from approvals.items.form import Form
from approvals.items.funding import Funding
from approvals.items.limits import Limit, Limits, Unit
from approvals.items.notice_spec import NoticeTiming, PublicNotice
from approvals.items.permit_spec import CertificateSpec
from approvals.items.routes import OnSite, Promise, Route, Said
from approvals.items.statements import Chapter, Coded, Fact, Fee, Grounds, Note
from shared.text import Text

__all__ = [  # of this module like the rest
    "Chapter",
    "Coded",
    "Department",
    "Fact",
    "Fee",
    "Grounds",
    "Limit",
    "Limits",
    "Note",
    "NoticeTiming",
    "OnSite",
    "Promise",
    "PublicNotice",
    "Route",
    "Said",
    "Unit",
]

Necessity = Literal["required", "optional", "conditional", "deferrable"]
DeclineKind = Literal["not_required", "refused"]
HandoverSystem = Literal["tax"]
HANDOVER_SYSTEMS: dict[str, Text] = {
    "tax": Text("税务机关业务系统", "The tax authority's own system"),
}
"""What people read of a system in which another authority executes items."""
Status = Literal["draft", "published", "retired"]
Applicant = Literal["any", "person", "organisation"]
StageEvent = Literal["received", "accepted", "reviewed", "notice_ended", "decided", "delivered"]
ProcedureName = Literal[
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
]
"""The procedures that 行政许可法 art. 45 names."""
ReformMode = Literal["promise", "streamlined", "deferred_materials", "bundle", "joint_review"]


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of approval by which the catalogue is grouped."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes: `basic` has 12 characters, `implementation` 31, `business` 33, `code` is basic + serial."""

    code: str
    basic: str
    implementation: str | None
    business: str | None
    main: str | None
    profile: str
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One provision on which the item stands, in the wording of the cited version."""

    role: Literal["establish", "implement", "supervise"]
    law: Text
    text_version: str
    version_note: Text
    articles: Text
    content: Text
    verified: bool
    source: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for the licence to be granted."""

    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class NeedRule:
    """When a conditional material is needed: the named rule, the field it looks at, and the words for it."""

    rule: str
    field: str
    value: Any
    text: Text


@dataclass(frozen=True, slots=True)
class Material:
    """One paper to hand in (申请材料); sizes in bytes, `max_pages` per file."""

    code: str
    name: Text
    necessity: Necessity
    condition: NeedRule | None
    form: Text
    source_kind: Literal["self", "government", "other"]
    source: Text
    copies: int
    note: Text | None
    accept: tuple[str, ...]
    max_bytes: int
    max_pages: int
    verified: bool
    basis: Text | None
    route: Route | None = None
    """The one route on which it is handed in; None: on every one."""

    @property
    def necessity_name(self) -> Text:
        """The official word for the necessity."""
        return {
            "required": Text("必要", "Required"),
            "optional": Text("非必要", "Optional"),
            "conditional": Text("情形必要", "Required in some cases"),
            "deferrable": Text("容缺后补", "Required, may follow later"),
        }[self.necessity]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the procedure (办理环节); `department` where it is another than the item's.

    `starts` and `ends` are given where its `limit` is kept by a clock of its own.
    """

    key: str
    name: Text
    who: Text
    department: Text | None
    criteria: Text
    result: Text
    limit: Limit | None
    starts: StageEvent | None
    ends: StageEvent | None
    verified: bool
    basis: Text | None
    on_site: OnSite | None = None
    route: Route | None = None
    """The one route that takes this step; None: every one."""
    examined_by: tuple[Department, ...] = ()
    """The departments that give an opinion in this stage, all at once; none in other stages."""
    announced: bool = False
    """Whether the applicant is told by when the stage is to be done."""


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A procedure whose time the limits do not hold, or that prolongs them (特别程序).

    `procedures` are those of 行政许可法 art. 45 that may be needed; none of an extension.
    """

    kind: Coded
    procedures: tuple[ProcedureName, ...]
    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Reform:
    """A way in which the item is made easier than the law's ordinary course (改革举措).

    `make_up` is how long after acceptance the deferrable materials may follow; of `deferred_materials` alone.
    """

    mode: ReformMode
    text: Text
    verified: bool
    basis: Text | None
    make_up: Limit | None = None
    promise: Promise | None = None
    """What makes the mode a route of its own, by which people may file."""

    @property
    def name(self) -> Text:
        """What the mode is called."""
        return {
            "promise": Text("告知承诺", "Approval on a written promise"),
            "streamlined": Text("优化审批服务", "Streamlined service"),
            "deferred_materials": Text("容缺受理", "Acceptance before minor materials are complete"),
            "bundle": Text("一件事一次办", "Several items in one application"),
            "joint_review": Text("并联审批", "Joint review"),
        }[self.mode]


@dataclass(frozen=True, slots=True)
class Renewal:
    """How what was granted is renewed (延续): the words, and where it can be done here, when.

    Applied for in time until `apply_before` its end; from `opens` before its end, without it from its issue
    on. `remind_days`: so many days before its end the holder is reminded, beside the first day of applying.
    """

    text: Text
    verified: bool
    basis: Text | None
    apply_before: Limit | None = None
    opens: Limit | None = None
    remind_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is issued when the item is granted, how long it is valid, and how that is renewed."""

    kind: Text
    name: Text
    validity: Text | None
    renewal: Renewal | None
    certificate_type: str | None
    verified: bool
    validity_verified: bool
    basis: Text | None
    certificate: CertificateSpec | None = None
    slip: str = "grant_decision"


@dataclass(frozen=True, slots=True)
class Check:
    """One point of the reviewer's check list."""

    key: str
    text: Text
    verified: bool
    basis: Text | None
    step: str | None = None
    """The stage in which it is checked; in every one where none is named."""
    department: str | None = None
    """The department of that stage that checks it; each where none is named."""


@dataclass(frozen=True, slots=True)
class DeclineGround:
    """A ground for not taking an application up: 不受理 (`not_required`) or 不予受理 (`refused`)."""

    key: str
    kind: DeclineKind
    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Warning:
    """When the light of a case turns yellow, where the item wants it otherwise than the installation.

    At most `share_percent` of the limit is left, and at most `working_days` working days.
    """

    share_percent: int
    working_days: int
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the catalogue in one version.

    A published version counts from the legal date `effective_on` until the next one does, or until
    `retired_on`, its first day out of force. `changed` is what its authors say about it.
    """

    slug: str
    version: str
    status: Status
    effective_on: date
    retired_on: date | None
    changed: Text | None
    requires: tuple[str, ...]
    online: bool
    handover: HandoverSystem | None
    """The outside system in which it is executed; None where our own desk does."""
    filing: bool
    """A filing (备案): recorded at once when complete; nobody decides on it."""
    applicant: Applicant
    """Who may apply: a person for themselves, an organisation through one of its members, or either."""
    category: Category
    name: Text
    summary: Text
    department: Department
    codes: Codes
    main_item: Text | None
    sub_item: Text | None
    item_type: Coded
    case_kind: Coded | None
    level: Coded | None
    nature: Coded | None
    service_objects: tuple[Coded, ...]
    channels: tuple[Coded, ...]
    legal_bases: tuple[LegalBasis, ...]
    conditions: tuple[Condition, ...]
    limits: Limits
    warning: Warning | None
    materials: tuple[Material, ...]
    steps: tuple[Step, ...]
    special_procedures: tuple[SpecialProcedure, ...]
    reforms: tuple[Reform, ...]
    fee: Fee | None
    outcome: Outcome | None
    grant: Grounds | None
    refuse: Grounds | None
    remedies: Note | None
    contact: tuple[Fact, ...]
    facts: Mapping[str, tuple[Fact, ...]]
    review_checks: tuple[Check, ...]
    decline_grounds: tuple[DeclineGround, ...]
    subject_name: tuple[str, ...]
    form: Form
    missing: Text | None
    route: Route | None = None
    """None: the whole item with what belongs to any of its routes; else as it stands on this one."""
    funding: Funding | None = None
    public_notice: PublicNotice | None = None

    @property
    def code(self) -> str:
        """The code by which the item is addressed: basic code and serial."""
        return self.codes.code

    @property
    def is_licence(self) -> bool:
        """Whether 行政许可法 reaches it: by its type (事项类型, GB/T 39046 A.1)."""
        return self.item_type.code == "01"

    def material(self, code: str) -> Material | None:
        """The material called `code`, or None."""
        return next((material for material in self.materials if material.code == code), None)

    @property
    def procedures(self) -> frozenset[ProcedureName]:
        """Those of 行政许可法 art. 45 that may be started on a case; none where the item names none."""
        return frozenset(name for each in self.special_procedures for name in each.procedures)

    @property
    def deferral(self) -> Reform | None:
        """The reform by which materials may follow after acceptance (容缺受理), where the item has it."""
        return next((reform for reform in self.reforms if reform.mode == "deferred_materials"), None)

    @property
    def promise(self) -> Promise | None:
        """The route on a written promise, where there is one."""
        return next((reform.promise for reform in self.reforms if reform.promise is not None), None)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways of filing among which the applicant chooses."""
        return ("ordinary", "promise") if self.promise else ("ordinary",)

    def on_route(self, route: Route) -> "Item":
        """The item as it stands on one of its routes: its materials, its steps, its limits."""
        promise = self.promise
        if promise is None:
            return self
        limits = self.limits
        if route == "promise":
            limits = replace(limits, statutory=promise.statutory, promised=promise.promised_limit)
        return replace(
            self,
            route=route,
            limits=limits,
            materials=tuple(each for each in self.materials if each.route in (None, route)),
            steps=tuple(each for each in self.steps if each.route in (None, route)),
        )

    @property
    def on_site(self) -> OnSite | None:
        """What the law says of the check on the spot, where a step of the item demands one."""
        return next((step.on_site for step in self.steps if step.on_site is not None), None)

    def decline_ground(self, key: str) -> DeclineGround | None:
        """The ground called `key`, or None."""
        return next((ground for ground in self.decline_grounds if ground.key == key), None)

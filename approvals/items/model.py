"""An item of service (事项) as the law and the park define it; immutable once loaded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from approvals.items.bodies import Department
from approvals.items.form import Form
from approvals.items.funding import Funding
from approvals.items.limits import Limit, Limits, Unit
from shared.text import Text

__all__ = ["Limit", "Limits", "Unit"]  # of this module like the rest

Necessity = Literal["required", "optional", "conditional"]
DeclineKind = Literal["not_required", "refused"]
Status = Literal["draft", "published", "retired"]
Applicant = Literal["any", "person", "organisation"]
StageEvent = Literal["received", "accepted", "reviewed", "notice_ended", "decided", "delivered"]
ProcedureName = Literal[
    "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review"
]
"""The procedures that 行政许可法 art. 45 names."""
NoticeTiming = Literal["before_filing", "before_decision"]
ReformMode = Literal["promise", "streamlined", "deferred_materials", "bundle", "joint_review"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement of the guide; `verified` means that the text named in `basis` was read."""

    label: Text
    value: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Coded:
    """A value of an official code set, with where it comes from."""

    code: str
    name: Text
    verified: bool
    basis: Text | None


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

    @property
    def necessity_name(self) -> Text:
        """The official word for the necessity."""
        return {
            "required": Text("必要", "Required"),
            "optional": Text("非必要", "Optional"),
            "conditional": Text("情形必要", "Required in some cases"),
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
    """A way in which the item is made easier than the law's ordinary course (改革举措)."""

    mode: ReformMode
    text: Text
    verified: bool
    basis: Text | None

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
class Fee:
    """Whether the item costs anything, and why."""

    charged: bool
    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of law that a slip or screen repeats, with its basis."""

    text: Text
    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a certificate is valid from the day of its issue: `n` calendar years or months."""

    n: int
    unit: Literal["year", "month"]


@dataclass(frozen=True, slots=True)
class CertificateSpec:
    """The permit that a grant issues.

    `kind` names it for programs, `number` are the letters in front of its number, `facts` the paths of the
    answers that it shows beside its holder; without `valid_for` it does not expire.
    """

    kind: str
    number: str
    facts: tuple[str, ...]
    valid_for: Validity | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """The provisions a decision cites."""

    verified: bool
    basis: Text | None


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A public notice (公示): before the application, which follows within `filing`, or before the decision.

    The limits run on unless `stops_clocks` names a provision (行政许可法 art. 45 is none); `facts` are paths.
    """

    kind: str
    timing: Literal["before_filing", "before_decision"]
    name: Text
    days: Limit
    filing: Limit | None
    stops_clocks: Grounds | None
    facts: tuple[str, ...]
    promise: Note | None
    objections: Note
    objection_ends: bool
    advice: Text | None
    opens_itself: bool = False
    """It is put up with the last opinion, and not by an official."""
    answered_in: str | None = None
    """The stage whose first department answers objections; without one the decision weighs them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is issued when the item is granted, how long it is valid, and how that is renewed."""

    kind: Text
    name: Text
    validity: Text | None
    renewal: Note | None
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
    funding: Funding | None = None
    public_notice: PublicNotice | None = None

    @property
    def code(self) -> str:
        """The code by which the item is addressed: basic code and serial."""
        return self.codes.code

    def material(self, code: str) -> Material | None:
        """The material called `code`, or None."""
        return next((material for material in self.materials if material.code == code), None)

    @property
    def procedures(self) -> frozenset[ProcedureName]:
        """Those of 行政许可法 art. 45 that may be started on a case; none where the item names none."""
        return frozenset(name for each in self.special_procedures for name in each.procedures)

    def decline_ground(self, key: str) -> DeclineGround | None:
        """The ground called `key`, or None."""
        return next((ground for ground in self.decline_grounds if ground.key == key), None)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter heading of the official template; `verified` when the heading itself was read."""

    key: str
    title: Text
    verified: bool

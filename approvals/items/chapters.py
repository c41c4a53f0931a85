"""The fourteen chapters of the official template (行政许可事项实施规范), filled from the item."""

from collections.abc import Callable, Iterator, Mapping

from approvals.items.amounts import rate_of, yuan_text
from approvals.items.funding import Clause
from approvals.items.model import Chapter, Coded, Fact, Item, Limit, Material, Step
from approvals.items.wording import date_text
from shared.text import Text

_ROLES = {
    "establish": Text("设定依据", "Established by"),
    "implement": Text("实施依据", "Carried out under"),
    "supervise": Text("监管依据", "Supervised under"),
}
_CLAUSE = Text(
    "{counts}×{rate}，最高{cap}元；预算：{budgets}；申报时间{opens}至{closes}",
    "{counts} × {rate}, at most {cap} yuan; budget: {budgets}; open from {opens} to {closes}",
)


def chapters_of(item: Item, chapters: tuple[Chapter, ...]) -> Iterator[tuple[Chapter, tuple[Fact, ...]]]:
    """Every chapter in official order with its facts: what the item's fields say, then its own facts."""
    for chapter in chapters:
        write = _WRITERS.get(chapter.key)
        facts = tuple(write(item)) if write else ()
        yield chapter, facts + item.facts.get(chapter.key, ())


def _basics(item: Item) -> Iterator[Fact]:
    codes = item.codes
    yield _plain(item, Text("事项名称", "Name"), item.name)
    version = Text("{version}，自{day}起生效", "{version}, in force from {day}").format(
        version=item.version, day=date_text(item.effective_on)
    )
    yield Fact(Text("事项版本", "Version"), version, False, Text("本平台发布", "Published on this platform"))
    if item.main_item:
        yield _plain(item, Text("主项", "Main item"), _with_code(item.main_item, codes.main or ""))
    if item.sub_item:
        yield _plain(item, Text("子项", "Sub-item"), _with_code(item.sub_item, codes.basic))
    yield _plain(item, Text("业务办理项编码", "Business item code"), Text.same(codes.code))
    if codes.implementation:
        yield _plain(item, Text("实施编码", "Implementation code"), Text.same(codes.implementation))
    for basis in item.legal_bases:
        value = Text("《{law}》{articles}：{content}", "{law}, {articles}: {content}").format(
            law=basis.law, articles=basis.articles, content=basis.content
        )
        note = Text("{note}。{source}", "{note}. {source}").format(
            note=basis.version_note, source=basis.source
        )
        yield Fact(_ROLES[basis.role], value, basis.verified, note)
    demo = Text("本平台设定", "Set up on this platform")
    yield Fact(Text("实施机关", "Authority"), item.department.name, False, demo)
    if item.nature:
        yield _coded(Text("实施主体性质", "Nature of the authority"), item.nature)
    if item.level:
        yield _coded(Text("行使层级", "Level"), item.level)


def _with_code(name: Text, code: str) -> Text:
    return Text(f"{name.zh} {code}".strip(), f"{name.en} {code}".strip())


def _plain(item: Item, label: Text, value: Text) -> Fact:
    return Fact(label, value, item.codes.verified, item.codes.basis)


def _coded(label: Text, coded: Coded) -> Fact:
    return Fact(label, coded.name, coded.verified, coded.basis)


def _kind(item: Item) -> Iterator[Fact]:
    yield _coded(Text("事项类型", "Type of item"), item.item_type)


def _conditions(item: Item) -> Iterator[Fact]:
    for number, condition in enumerate(item.conditions, 1):
        label = Text("条件{n}", "Condition {n}").format(n=number)
        yield Fact(label, condition.text, condition.verified, condition.basis)

    for clause in item.funding.clauses if item.funding else ():
        value = _CLAUSE.format(
            counts=item.form.field(clause.basis).label,
            rate=rate_of(clause),
            cap=yuan_text(clause.cap_fen),
            budgets=_budgets(clause),
            opens=date_text(clause.opens_on),
            closes=date_text(clause.closes_on),
        )
        yield Fact(clause.name, value, clause.verified, clause.source)


def _budgets(clause: Clause) -> Text:
    each = [(year, yuan_text(fen)) for year, fen in clause.budgets.items()]
    return Text(
        "、".join(f"{year}年度{yuan}元" for year, yuan in each),
        ", ".join(f"{yuan} yuan for {year}" for year, yuan in each),
    )


def _service(item: Item) -> Iterator[Fact]:
    for coded in item.service_objects:
        yield _coded(Text("服务对象", "Who may apply"), coded)
    for coded in item.channels:
        yield _coded(Text("办理形式", "How to apply"), coded)
    for reform in item.reforms:
        yield Fact(reform.name, reform.text, reform.verified, reform.basis)
        if reform.make_up is not None:
            yield from _limit(Text("容缺材料补齐期限", "Make-up limit"), reform.make_up)


def _materials(item: Item) -> Iterator[Fact]:
    for material in item.materials:
        value = Text("{necessity}；{form}；{source}", "{necessity}; {form}; {source}").format(
            necessity=_necessity(material),
            form=material.form,
            source=material.source,
        )
        yield Fact(material.name, value, material.verified, material.basis)


def _necessity(material: Material) -> Text:
    if material.condition is None:
        return material.necessity_name
    if material.necessity == "deferrable":
        return Text("{name}，{when}", "{name}. {when}").format(
            name=material.necessity_name, when=material.condition.text
        )
    return material.condition.text


def _procedure(item: Item) -> Iterator[Fact]:
    for number, step in enumerate(item.steps, 1):
        label = Text("第{n}步：{name}", "Step {n}: {name}").format(n=number, name=step.name)
        value = Text("{who}：{criteria}结果：{result}。", "{who}: {criteria} Result: {result}.").format(
            who=_who(step), criteria=step.criteria, result=step.result
        )
        yield Fact(label, value, step.verified, step.basis)
    for special in item.special_procedures:
        label = Text("特别程序（{kind}）", "Special procedure ({kind})").format(kind=special.kind.name)
        yield Fact(label, special.text, special.verified, special.basis)


def _who(step: Step) -> Text:
    if step.department is None:
        return step.who
    return Text("{department}（{who}）", "{department} ({who})").format(
        department=step.department, who=step.who
    )


def _limits(item: Item) -> Iterator[Fact]:
    if item.case_kind:
        yield _coded(Text("办件类型", "Kind of case"), item.case_kind)
    named = (
        (Text("受理时限", "Intake limit"), item.limits.intake),
        (Text("法定审批时限", "Statutory limit"), item.limits.statutory),
        (Text("承诺审批时限", "Promised limit"), item.limits.promised),
        (Text("颁证送达时限", "Delivery limit"), item.limits.delivery),
    )
    for label, limit in named:
        if limit is not None:
            yield from _limit(label, limit)
    named_limits = [limit for _, limit in named]
    for step in item.steps:
        if step.limit is not None and step.limit not in named_limits:
            yield from _limit(
                Text("{step}环节时限", "Limit of the step “{step}”").format(step=step.name), step.limit
            )


def _limit(label: Text, limit: Limit) -> Iterator[Fact]:
    value = limit.text
    if limit.note:
        value = Text("{limit}。{note}", "{limit}. {note}").format(limit=value, note=limit.note)
    yield Fact(label, value, limit.verified, limit.basis)
    if limit.extension:
        yield from _limit(Text("{label}的延长", "{label}: extension").format(label=label), limit.extension)


def _fee(item: Item) -> Iterator[Fact]:
    if item.fee:
        yield Fact(Text("是否收费", "Fee"), item.fee.text, item.fee.verified, item.fee.basis)


def _certificate(item: Item) -> Iterator[Fact]:
    outcome = item.outcome
    if outcome is None:
        return
    yield Fact(Text("结果类型", "Kind of result"), outcome.kind, outcome.verified, outcome.basis)
    yield Fact(Text("结果名称", "Result"), outcome.name, outcome.verified, outcome.basis)
    if outcome.validity:
        basis = outcome.basis if outcome.validity_verified else None
        yield Fact(Text("有效期限", "Validity"), outcome.validity, outcome.validity_verified, basis)
    if outcome.renewal:
        renewal = outcome.renewal
        yield Fact(Text("延续", "Renewal"), renewal.text, renewal.verified, renewal.basis)


_WRITERS: Mapping[str, Callable[[Item], Iterator[Fact]]] = {
    "basics": _basics,
    "kind": _kind,
    "conditions": _conditions,
    "service": _service,
    "materials": _materials,
    "procedure": _procedure,
    "limits": _limits,
    "fee": _fee,
    "certificate": _certificate,
}

"""What people are told: the right template for each step, natural in both languages, nothing left open."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from approvals.cases.events import CASE_STEPS as PUBLISHED_STEPS
from approvals.enterprise.events import CONTRACTS
from facilities.capacity.bookings.events import booking_contracts
from facilities.living.parking.charging.events import CONTRACTS as OF_CHARGES
from facilities.living.parking.payments.events import CONTRACTS as OF_PAYMENTS
from facilities.living.parking.rights.events import PASS_CONTRACTS as OF_PASSES
from facilities.production.machines.events import CONTRACTS as OF_MACHINES
from facilities.production.machines.series.events import CONTRACTS as OF_SERIES
from notifications.messages.booking_facts import booking_facts, series_facts
from notifications.messages.facts import case_facts
from notifications.messages.handlers import (
    AFTER_USE_STEPS,
    CASE_STEPS,
    CHARGE_STEPS,
    GAP_STEPS,
    MACHINE_STEPS,
    OBJECTION,
    PASS_STEPS,
    REDATED,
    SERIES_STEPS,
    STUCK,
    WARNED,
)
from notifications.messages.parking_facts import charge_facts, pass_facts, payment_facts, reservation_facts
from notifications.templates.catalogue import (
    Catalogue,
    TemplateError,
    Wording,
    load_catalogue,
    placeholders,
    read_catalogue,
)
from shared.messaging.contracts import ContractRegistry
from shared.messaging.envelope import decode

SYSTEM_STEPS = {"quality-accepted", "concession-ended", "dispute-decided", "ratings-shown", "rating-hidden"}
"""What follows a use without either side."""
SAMPLES = Path(__file__).parents[1] / "contract" / "samples"
MACHINE_CONTRACTS = ContractRegistry((*OF_MACHINES, *OF_SERIES.values()))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def data(sample: str, **changes: Any) -> dict[str, Any]:
    """The data of a stored case event, changed."""
    event = decode((SAMPLES / f"yuanban.enterprise.case.{sample}.json").read_bytes())
    return ContractRegistry(CONTRACTS).get(event.type).load(event.data) | changes


def word(catalogue: Catalogue, sample: str, **changes: Any) -> Wording:
    step = sample.split(".")[0]
    return catalogue.word(f"case.{step}", case_facts(data(sample, **changes)))


def test_every_published_step_is_heard() -> None:
    steps = [*CASE_STEPS, *GAP_STEPS, OBJECTION, REDATED, STUCK, WARNED]
    assert sorted(steps) == sorted(PUBLISHED_STEPS)


@pytest.mark.parametrize(
    ("sample", "changes", "template"),
    [
        ("submitted.v1", {}, "case-submitted"),
        ("correction-requested.v1", {}, "case-correction-requested"),
        ("correction-answered.v1", {}, "case-correction-answered"),
        ("accepted.v1", {}, "case-accepted"),
        ("corrected-on-the-spot.v1", {}, "case-corrected-on-the-spot"),
        ("accepted.v1.with-gaps", {}, "case-accepted-with-gaps"),
        ("made-up.v1", {}, "case-made-up"),
        ("make-up-redated.v1", {}, "case-make-up-redated"),
        ("terminated.v1", {}, "case-terminated"),
        ("notice-published.v1", {}, "case-notice-published"),
        ("notice-published.v1.before-decision", {}, "case-notice-published-by-authority"),
        ("notice-ended.v1", {}, "case-notice-ended"),
        ("notice-ended.v1.before-decision", {}, "case-notice-ended-by-authority"),
        ("objection-lodged.v1", {}, "case-objection-lodged"),
        ("objection-lodged.v1.considered", {}, "case-objection-considered"),
        ("filing-lapsed.v1", {}, "case-filing-lapsed"),
        ("declined.v1", {}, "case-not-accepted"),
        ("declined.v1.not-required", {}, "case-not-required"),
        ("reviewed.v1", {}, "case-reviewed"),
        ("reviewed.v1", {"state": "reviewing"}, "case-opinion-given"),
        ("decided.v1", {}, "case-granted-enterprise"),
        (
            "decided.v1",
            {"decision": {"granted": True, "reason": None, "certificate_id": "1.2", "uscc": None}},
            "case-granted",
        ),
        ("decided.v1.refused", {}, "case-refused"),
        ("withdrawn.v1", {}, "case-withdrawn"),
        ("procedure-started.v1", {}, "case-procedure-started"),
        ("procedure-ended.v1", {}, "case-procedure-ended"),
        ("procedure-ended.v1.others-running", {}, "case-procedure-ended-others-running"),
        ("extended.v1", {}, "case-extended"),
        ("extended.v1.stopped", {}, "case-extended"),
        ("delivered.v1", {}, "case-delivered"),
        ("promise-checked.v1", {}, "case-promise-checked"),
        ("correction-ordered.v1", {}, "case-correction-ordered"),
        ("promise-broken.v1", {}, "case-promise-broken"),
        ("delivered.v1.electronic", {}, "case-delivered"),
        ("warned.v1", {}, "case-warned-red"),
        ("warned.v1.yellow", {}, "case-warned-yellow"),
        ("warned.v1.red-card", {}, "case-warned-red-card"),
        ("overdue-explained.v1", {}, "case-overdue-explained"),
        ("redated.v1.others", {}, "case-other-date-moved"),
        ("filed.v1", {}, "case-filed"),
        ("renewal-due.v1", {}, "case-renewal-due"),
        ("deemed-renewed.v1", {}, "case-deemed-renewed"),
        ("redated.v1", {}, "case-date-moved"),
        ("redated.v1.settled", {}, "case-date-settled"),
    ],
)
def test_the_outcome_chooses_the_template(
    catalogue: Catalogue, sample: str, changes: dict[str, Any], template: str
) -> None:
    assert word(catalogue, sample, **changes).template == template


def test_every_step_has_a_template_and_every_template_a_step(catalogue: Catalogue) -> None:
    events = {template.event for template in catalogue.templates}

    told = {f"case.{step}" for step in (*CASE_STEPS, *GAP_STEPS, OBJECTION, REDATED, STUCK, WARNED)}
    officials = {f"claimed-case.{step}" for step in (*GAP_STEPS, REDATED, OBJECTION)}
    sides = {f"{side}.{step}" for side in ("machine-booking", "machine-order") for step in MACHINE_STEPS}
    many = {f"{side}.{step}" for side in ("machine-series", "machine-series-order") for step in SERIES_STEPS}
    waited = {"machine-booking.offered"}  # the owner has not been asked yet
    after_use = {f"machine-after-use.{step}" for step in AFTER_USE_STEPS}
    parked = {f"parking-pass.{step}" for step in PASS_STEPS}
    parked |= {f"parking-charge.{step}" for step in CHARGE_STEPS}
    parked |= {"parking-payment.received", "parking-refund.made", "parking-reservation.missed"}
    others = officials | {f"managed-case.{STUCK}"} | sides | many | waited | after_use | parked
    assert events == told | others


def test_every_step_of_a_pass_is_told_to_its_holder_in_a_whole_sentence(catalogue: Catalogue) -> None:
    assert set(PASS_STEPS) == set(OF_PASSES)
    registry = ContractRegistry(OF_PASSES.values())
    for step, contract in OF_PASSES.items():
        stored = decode((SAMPLES / f"{contract.type}.json").read_bytes()).data
        wording = catalogue.word(f"parking-pass.{step}", pass_facts(registry.get(contract.type).load(stored)))
        for said in (wording.title.zh, wording.title.en, wording.body.zh, wording.body.en):
            assert said and not any(hole in said for hole in ("None", "{", "}", "（）", "()", "  ", ".."))
    lapsed = registry.get(OF_PASSES["lapsed"].type)
    stored = decode((SAMPLES / f"{lapsed.type}.json").read_bytes()).data
    renewal = {**stored, "state": "active", "since": "2026-11-23", "until": "2026-12-22"}
    wording = catalogue.word("parking-pass.lapsed", pass_facts(lapsed.load(renewal)))
    assert wording.template == "parking-pass-renewal-lapsed" and "22 December 2026" in wording.body.en


def test_whose_car_stands_on_after_charging_reads_until_when_that_is_free_and_what_it_costs(
    catalogue: Catalogue,
) -> None:
    assert set(CHARGE_STEPS) == set(OF_CHARGES)
    registry = ContractRegistry(OF_CHARGES.values())

    def said(sample: str) -> Wording:
        stored = decode((SAMPLES / f"yuanban.living.parking-charge.{sample}.json").read_bytes())
        event = stored.type.removeprefix("yuanban.living.").removesuffix(".v1")
        return catalogue.word(event, charge_facts(registry.get(stored.type).load(stored.data)))

    ended = said("ended.v1")
    assert ended.body.zh == (
        "您登记的车辆苏A****45停在“一号停车场”C003号充电车位，充电已于2026年11月23日10:20结束。"
        "请在2026年11月23日10:50前驶离；此后收取占位费：每15分钟2.00元（不足按一个计费单位计），单次最高40.00元。"
        "占位费与停车费一并结算。"
    )
    assert "Please leave by 23 November 2026, 10:50." in ended.body.en
    at_once = said("ended.v1.at-once")
    assert "Standing on costs: 2.00 yuan for every 15 minutes begun." in at_once.body.en
    assert "最高" not in at_once.body.zh and "驶离；" not in at_once.body.zh
    runs = said("overstaying.v1")
    assert "Since 23 November 2026, 10:50 this costs 2.00 yuan for every 15 minutes begun" in runs.body.en
    for each in (ended, at_once, runs):
        for words in (each.title.zh, each.title.en, each.body.zh, each.body.en):
            assert words and not any(hole in words for hole in ("None", "{", "}", "（）", "()", "  ", ".."))


def test_whoever_parks_hears_of_money_and_of_a_bay_that_was_let_go(catalogue: Catalogue) -> None:
    registry = ContractRegistry((*OF_PAYMENTS.values(), *booking_contracts("living").values()))

    def said(event: str, key: str, facts: Any) -> Wording:
        stored = decode((SAMPLES / f"yuanban.living.{event}.v1.json").read_bytes())
        return catalogue.word(key, facts(registry.get(stored.type).load(stored.data)))

    paid = said("parking-payment.received", "parking-payment.received", payment_facts)
    assert paid.body.zh == "您的停车费6.00元已支付，可查看收据。"
    back = said("parking-refund.made", "parking-refund.made", payment_facts)
    assert back.body.en.startswith("2.00 yuan that you had paid were given back")
    missed = said("booking.missed", "parking-reservation.missed", reservation_facts)
    assert "24 November 2026, 09:00 to 13:00" in missed.body.en and "不收取费用" in missed.body.zh


@pytest.mark.parametrize("step", MACHINE_STEPS)
@pytest.mark.parametrize("side", ["machine-booking", "machine-order"])
def test_both_sides_of_a_machine_booking_read_a_whole_sentence(
    catalogue: Catalogue, side: str, step: str
) -> None:
    name = f"yuanban.production.machine-booking.{step}.v1"
    event = decode((SAMPLES / f"{name}.json").read_bytes())
    wording = catalogue.word(f"{side}.{step}", booking_facts(MACHINE_CONTRACTS.get(name).load(event.data)))

    assert wording.template.startswith(side)
    for said in (wording.title.zh, wording.title.en, wording.body.zh, wording.body.en):
        assert said and not any(hole in said for hole in ("None", "{", "}", "（）", "()", "  ", ".."))


@pytest.mark.parametrize("step", SERIES_STEPS)
@pytest.mark.parametrize("side", ["machine-series", "machine-series-order"])
def test_both_sides_of_a_series_read_a_whole_sentence(catalogue: Catalogue, side: str, step: str) -> None:
    name = f"yuanban.production.machine-series.{step}.v1"
    event = decode((SAMPLES / f"{name}.json").read_bytes())
    wording = catalogue.word(f"{side}.{step}", series_facts(MACHINE_CONTRACTS.get(name).load(event.data)))

    assert wording.template.startswith(f"{side}-{step}")
    for said in (wording.title.zh, wording.title.en, wording.body.zh, wording.body.en):
        assert said and not any(hole in said for hole in ("None", "{", "}", "（）", "()", "  ", ".."))


@pytest.mark.parametrize("step", AFTER_USE_STEPS)
@pytest.mark.parametrize("by", ["customer", "provider", "system"])
def test_what_follows_a_use_is_told_in_a_whole_sentence(catalogue: Catalogue, step: str, by: str) -> None:
    name = f"yuanban.production.machine-booking.{step}.v1"
    data = MACHINE_CONTRACTS.get(name).load(decode((SAMPLES / f"{name}.json").read_bytes()).data)
    if by == "system" and step not in SYSTEM_STEPS:
        return
    wording = catalogue.word(f"machine-after-use.{step}", booking_facts({**data, "by": by}))
    for said in (wording.title.zh, wording.title.en, wording.body.zh, wording.body.en):
        assert said and not any(hole in said for hole in ("None", "{", "}", "（）", "()", "  ", ".."))


def test_whoever_cancels_hears_what_comes_back(catalogue: Catalogue) -> None:
    name = "yuanban.production.machine-booking.cancelled.v1"
    data = MACHINE_CONTRACTS.get(name).load(decode((SAMPLES / f"{name}.json").read_bytes()).data)

    assert catalogue.word("machine-booking.cancelled", booking_facts(data)).body.en == (
        "You have cancelled the booking of “Five-axis machining centre” of 示范市云栖湾精密传动有限公司 "
        "(25 November 2026, 09:00 to 11:00). 1,710.00 yuan are given back, deposit included."
    )


@pytest.mark.parametrize("name", ["machine-booking.cancelled", "machine-series.cancelled"])
def test_a_reason_of_the_system_is_told_in_the_language_of_the_message(
    catalogue: Catalogue, name: str
) -> None:
    contract = MACHINE_CONTRACTS.get(f"yuanban.production.{name}.v1")
    sample = decode((SAMPLES / f"{contract.type}.json").read_bytes()).data
    facts = booking_facts if name.startswith("machine-booking") else series_facts
    words = {"zh": "企业已停业或注销", "en": "The firm is not active any more."}
    data = contract.load({**sample, "by": "system", "reason": "停业 · Closed", "reason_text": words})

    body = catalogue.word(name, facts(data)).body

    assert "理由：企业已停业或注销。" in body.zh and "停业 ·" not in body.zh
    assert "Reason: The firm is not active any more. " in body.en and "Closed" not in body.en
    older = catalogue.word(name, facts(contract.load({**sample, "by": "system"}))).body
    assert "理由：样件未到。" in older.zh and "Reason: 样件未到. " in older.en


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("yuanban.*.case.*.json")), ids=lambda path: path.stem)
@pytest.mark.parametrize("unknown", ["nothing", "due_on", "number", "subject_name", "all of them"])
def test_what_is_unknown_leaves_no_hole(catalogue: Catalogue, path: Path, unknown: str) -> None:
    event = decode(path.read_bytes())
    missing: dict[str, Any] = {
        name: None
        for name in ("due_on", "due_kind", "number", "subject_name", "submitted_on")
        if unknown in (name, "all of them")
    }

    wording = word(catalogue, path.stem.removeprefix("yuanban.enterprise.case."), **missing)

    assert event.type.startswith("yuanban.enterprise.case.")
    for text in (wording.title, wording.body):
        for said in (text.zh, text.en):
            assert said
            for hole in ("None", "{", "}", "（）", "()", "  ", "。。", ".."):
                assert hole not in said


def test_a_message_reads_like_a_letter(catalogue: Catalogue) -> None:
    wording = word(catalogue, "accepted.v1")

    assert wording.body.zh == (
        "您提交的“公司设立登记”（示范市知渡工业软件有限公司，办件编号 990101261123000172）申请已受理，"
        "受理通知书可在办件详情中下载。办理机关承诺在2026年12月2日前（含当日）办结。"
    )
    assert wording.body.en == (
        "Your application “Company establishment registration” for 示范市知渡工业软件有限公司 "
        "(case 990101261123000172) has been accepted for processing. The notice of acceptance can be "
        "downloaded from the case page. The authority has promised a decision by 2 December 2026 at the "
        "latest."
    )


def test_a_statutory_date_is_not_called_a_promise(catalogue: Catalogue) -> None:
    body = word(catalogue, "accepted.v1", due_kind="statutory").body

    assert "承诺" not in body.zh and "法定期限" in body.zh
    assert "promise" not in body.en and "By law" in body.en


def test_a_provisional_date_says_so(catalogue: Catalogue) -> None:
    certain = word(catalogue, "submitted.v1", due_on=date(2026, 12, 1))
    provisional = word(catalogue, "submitted.v1.provisional")

    assert "预计日期" not in certain.body.zh and "provisional" not in certain.body.en
    assert "2027年1月6日" in provisional.body.zh and "预计日期" in provisional.body.zh
    assert "6 January 2027" in provisional.body.en and "provisional" in provisional.body.en


def test_a_date_that_moved_is_told_with_the_old_and_the_new_one(catalogue: Catalogue) -> None:
    body = word(catalogue, "redated.v1").body

    assert "是否受理的答复期限由2027年1月6日调整为2027年1月7日（含当日）" in body.zh
    assert "due by 7 January 2027 at the latest; the date before was 6 January 2027" in body.en
    assert "provisional" not in body.en and "（示例）2027年部分节假日安排" in body.zh


@pytest.mark.parametrize(
    ("sample", "template"),
    [("redated.v1", "claimed-case-date-moved"), ("redated.v1.settled", "claimed-case-date-settled")],
)
def test_the_official_who_holds_the_claim_is_told_in_words_of_their_own(
    catalogue: Catalogue, sample: str, template: str
) -> None:
    wording = catalogue.word("claimed-case.redated", case_facts(data(sample)))

    assert wording.template == template
    assert "您领取的" in wording.title.zh + wording.body.zh and "you have claimed" in wording.body.en
    assert "您提交" not in wording.body.zh and "2027年1月" in wording.body.zh


def test_a_refusal_gives_the_reason_once_punctuated_and_the_remedies(catalogue: Catalogue) -> None:
    body = word(catalogue, "decided.v1.refused").body

    assert "理由：公司章程载明的注册资本与申请不一致，补正后仍不符合规定。决定书" in body.zh
    assert "行政复议" in body.zh and "行政诉讼" in body.zh
    assert "reconsideration" in body.en and "lawsuit" in body.en


def test_an_officials_words_are_never_taken_for_placeholders(catalogue: Catalogue) -> None:
    body = word(catalogue, "declined.v1", decline={"kind": "refused", "reason": "{number} {0} %s <b>"}).body

    assert "{number} {0} %s <b>" in body.zh and "{number} {0} %s <b>" in body.en


def test_an_outcome_without_a_template_is_an_error_and_not_silence(catalogue: Catalogue) -> None:
    with pytest.raises(TemplateError):
        word(catalogue, "declined.v1", decline={"kind": "postponed", "reason": "x"})
    with pytest.raises(TemplateError):
        catalogue.word("case.eaten", case_facts(data("submitted.v1")))


@pytest.mark.parametrize(
    "document",
    [
        "templates: []\nphrases: 5",
        "templates: [{key: a}]",
        "templates: [{key: a, event: e, title: {zh: 好}, body: []}]",
        "templates: [{key: a, event: e, title: {zh: '{number}', en: without}, body: []}]",
        "templates:\n- &t {key: a, event: e, title: {zh: 好, en: good}, body: []}\n- *t",
    ],
)
def test_a_broken_template_file_is_refused_at_start(tmp_path: Path, document: str) -> None:
    (tmp_path / "broken.yaml").write_text(document, encoding="utf-8")

    with pytest.raises(TemplateError):
        read_catalogue(tmp_path)


def test_placeholders_are_found_by_name() -> None:
    assert placeholders("{a} and {b}, {a}") == {"a", "b"}

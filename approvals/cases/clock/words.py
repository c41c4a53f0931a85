"""What the ledger says, in both languages: the names of clocks, and the sentences that explain a date."""

from approvals.cases.clock.facts import ClockKind, FactKind
from shared.text import Text

NAMES = {
    ClockKind.INTAKE: Text("受理期限", "Intake limit"),
    ClockKind.STATUTORY: Text("法定办理期限", "Statutory limit"),
    ClockKind.PROMISED: Text("承诺办理期限", "Promised limit"),
    ClockKind.DELIVERY: Text("送达期限", "Delivery limit"),
    ClockKind.STAGE: Text("环节办理期限", "Limit of a stage"),
    ClockKind.MAKE_UP: Text("容缺材料补齐期限", "Make-up limit"),
    ClockKind.CHECK: Text("核查期限", "Limit of the later check"),
    ClockKind.NOTICE: Text("公示期", "Public notice"),
    ClockKind.FILING: Text("公示期满后的申请期限", "Time to apply after the notice"),
}
STAGE = Text("环节“{name}”", "Stage: {name}")
PAYMENT = Text("拨付期限", "Payment limit")
ROUND = Text("受理期限（第{n}次）", "Intake limit (round {n})")
STARTS = {
    FactKind.RECEIVED: Text(
        "{day}收到申请材料，当日不计入，受理期限自次日起算（《民法典》第二百零一条）",
        "Application received on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.CORRECTION_ANSWERED: Text(
        "{day}收到补正后的申请材料，受理期限重新计算，当日不计入",
        "Corrected application received on {day}; the intake limit starts anew and that day is not counted",
    ),
    FactKind.ACCEPTED: Text(
        "{day}受理，当日不计入，办理期限自次日起算（《民法典》第二百零一条）",
        "Accepted on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.DEEMED_ACCEPTED: Text(
        "未在期限内告知补正，自{day}收到申请材料之日起即为受理（《行政许可法》第三十二条），当日不计入",
        "No correction notice was given in time, so the application counts as accepted from the day it was "
        "received, {day} (Administrative Licensing Law, art. 32); that day is not counted",
    ),
    FactKind.GAPS_ACCEPTED: Text(
        "{day}容缺受理并告知补齐期限，当日不计入，期限自次日起算（《民法典》第二百零一条）",
        "Accepted with gaps on {day}, when the make-up limit was told; that day is not counted (Civil Code, "
        "art. 201)",
    ),
    FactKind.DECIDED: Text(
        "{day}作出准予决定，当日不计入，期限自次日起算（《民法典》第二百零一条）",
        "Granted on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.NOTICE_PUBLISHED: Text(
        "{day}公示，当日不计入，公示期自次日起算（《民法典》第二百零一条）",
        "Published on {day}; that day is not counted (Civil Code, art. 201)",
    ),
    FactKind.NOTICE_ENDED: Text(
        "公示期于{day}届满，当日不计入，申请期限自次日起算（《民法典》第二百零一条）",
        "The notice ends with {day}; that day is not counted (Civil Code, art. 201)",
    ),
}
DEEMED_WITHOUT_LAW = Text(
    "未在期限内告知补正，自{day}收到申请材料之日起视为受理，当日不计入",
    "No correction notice was given in time, so the application counts as accepted from the day it was "
    "received, {day}; that day is not counted",
)
STARTS_PAYMENT = Text(
    "{day}作出拨付决定，当日不计入，拨付期限自次日起算（《民法典》第二百零一条）",
    "Granted on {day}; that day is not counted (Civil Code, art. 201)",
)
STAGE_STARTS = Text(
    "{day}{event}，环节“{name}”开始，当日不计入",
    "{day}: {event}; the stage “{name}” begins and that day is not counted",
)
STARTS_AT = Text(
    "{moment}{event}，期限自此时起按小时计算（《民法典》第二百零一条）",
    "{moment}: {event}; hours are counted from this moment (Civil Code, art. 201)",
)
RECEIVED_FOR_DECISION = Text(
    "{day}收到申请材料，当日不计入，办理期限自次日起算（《民法典》第二百零一条）",
    "Application received on {day}, and the limit runs; that day is not counted (Civil Code, art. 201)",
)
ANSWERED_FOR_DECISION = Text(
    "{day}收到补正后的申请材料，办理期限重新计算，当日不计入",
    "Corrected application received on {day}; the limit starts anew and that day is not counted",
)
RECORDED = Text("（{day}补记）", " (recorded on {day})")
LIMIT = Text("期限为{amount}（依据：{basis}）", "The limit is {amount} (basis: {basis})")
LIMIT_UNVERIFIED = Text(
    "期限为{amount}（依据：{basis}，尚未核实）", "The limit is {amount} (basis: {basis}; not verified)"
)
IN_A_ROW = Text(
    "按自然日连续计算，其间的休息日和节假日计入", "Days run on; weekends and holidays are counted"
)
HOURS = Text("按小时连续计算", "Hours run on without a break")
EXTENDED = Text("{day}经批准延长{amount}", "Extended on {day} by {amount}")
HOLIDAY = Text("{period}{name}放假，不计入（{notice}）", "{period}: {name}, not counted ({notice})")
MAKE_UP = Text(
    "{day}（{weekday}）因{name}调休上班，计入（{notice}）",
    "{day} ({weekday}) is a make-up working day for {name} and is counted ({notice})",
)
NOTICE = Text("《{title}》，{day}公布", "{title}, {day}")
WEEKENDS = Text("周末休息日{n}天不计入", "Weekend days not counted: {n}")
SUSPENDED = Text(
    "{start}起停止计算，{end}恢复计算：其间的{amount}不计入",
    "Suspended on {start} and resumed on {end}: {amount} not counted",
)
STOPPED = Text(
    "{start}起停止计算，恢复后重新推算到期日",
    "Suspended on {start}; the due date will be computed on resumption",
)
SPELL = Text("{hours}小时{minutes}分", "{hours} h {minutes} min")
REASONS = Text("（{reasons}）", " ({reasons})")
MOVED = Text(
    "第{n}日{day}不是工作日，顺延至{due}（《民法典》第二百零三条）",
    "Day {n}, {day}, is not a working day, so the limit ends on {due} (Civil Code, art. 203)",
)
MOVED_AT_ONCE = Text(
    "{day}不是工作日，顺延至{due}（《民法典》第二百零三条）",
    "{day} is not a working day, so the limit ends on {due} (Civil Code, art. 203)",
)
PROVISIONAL = Text(
    "{years}年放假安排尚未公布，暂按法定节假日推算，公布后重新计算",
    "The holiday arrangement for {years} is not published yet; computed provisionally from statutory "
    "holidays and computed anew once it is",
)
RECOUNTED = Text("{day}按{notice}重新推算", "Computed anew on {day} by {notice}")
BY_DAY = Text("{day}前（含当日）", "{day}")
MOMENT = Text("{day}{hour}", "{day}, {hour}")
BY_HOUR = Text("{day}{hour}前", "{day}, {hour}")
DUE_INTAKE = Text(
    "应于{by}决定是否受理，或一次性告知补正",
    "A decision on acceptance, or one complete correction notice, is due by {by}",
)
DUE = Text("应于{by}办结", "The decision is due by {by}")
DUE_STAGE = Text("本环节应于{by}完成（内部期限）", "This stage is to be done by {by} (internal)")
DUE_CHECK = Text("应于{by}核查承诺的履行情况", "Whether the promise is kept is to be checked by {by}")
DUE_DELIVERY = Text("应于{by}颁发、送达证件", "The certificate is to be delivered by {by}")
DUE_PAYMENT = Text("应于{by}拨付", "To be paid by {by}")
DUE_MAKE_UP = Text(
    "应于{by}补齐所缺材料，逾期未补齐的终止办理",
    "The missing materials are due by {by}; if they do not come in time, the case is terminated",
)
DUE_NOTICE = Text("公示期至{day}（含当日）届满", "The notice ends with {day}")
DUE_FILING = Text("可于{by}提交申请", "The application may be handed in until {by}")
PAID = Text("拨付", "payment")
CLOSED = Text("{day}{event}，本期限终止", "{day}: {event}; this limit has ended")
LAPSED = Text(
    "期满未告知补正，依法自收到申请材料之日起即为受理，本期限终止",
    "It ended without a notice; by law the application counts as accepted from the day of receipt",
)
DUE_BY_KIND = {
    ClockKind.INTAKE: DUE_INTAKE,
    ClockKind.DELIVERY: DUE_DELIVERY,
    ClockKind.CHECK: DUE_CHECK,
    ClockKind.STAGE: DUE_STAGE,
    ClockKind.MAKE_UP: DUE_MAKE_UP,
    ClockKind.NOTICE: DUE_NOTICE,
    ClockKind.FILING: DUE_FILING,
}

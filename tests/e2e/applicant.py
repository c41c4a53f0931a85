"""What an applicant does in the browser, chapter by chapter."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, expect

from shared.testing.answers import A1_MATERIALS
from tests.e2e.windows import Window, control, fill_section
from tests.unit.material_samples import image, pdf

Json = dict[str, Any]
CASE_NUMBER = re.compile(r"\d{18}")

FILES = {
    "application_form": ("申请书.pdf", "application/pdf", pdf(2)),
    "shareholder_identity": ("身份证明.jpg", "image/jpeg", image("JPEG", (300, 200))),
    "premises": ("租赁合同.png", "image/png", image("PNG", (300, 200))),
    "articles": ("章程.pdf", "application/pdf", pdf(3)),
    "appointments": ("任职文件.pdf", "application/pdf", pdf(1)),
}
MISTAKES = {
    "company": {"trade_name": "", "registered_capital": "五百万"},
    "shareholders": {
        "document_number": "990101199001010018",
        "contribution": "-300",
        "paid_by": "31.12.2028",
    },
}
"""Fields of a section (of its first row) with what somebody might type wrongly."""


def read_the_guide(window: Window, item: Json) -> None:
    """A visitor finds the item and learns by which text it is granted and what is not verified."""
    window.go("/")
    expect(window.page.locator("html")).to_have_attribute("lang", "zh-CN")
    window.choose_language()
    window.check()
    window.region("Services online").get_by_role("link", name=window.words.say(item["name"])).click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text(window.words.say(item["name"]))

    law = item["legal_bases"][0]
    expect(window.region("Legal basis")).to_contain_text(window.words.say(law["law"]))
    version = window.words.say(law["version_note"]) if law.get("version_note") else law["text_version"]
    expect(window.region("Legal basis")).to_contain_text(version)
    window.says(
        window.words.say(item["statutory_limit"]["text"]),
        window.words.say(item["promised_limit"]["text"]),
        window.words.say(item["fee"]["text"]),
        window.words.say(item["outcome"]["name"]),
    )
    for part in ("Conditions", "Materials", "Steps", "Outcome"):
        expect(window.region(part)).to_be_visible()
    expect(window.main.get_by_text(window.words("unverified"), exact=True).first).to_be_visible()
    window.check()


def start(window: Window, username: str) -> None:
    """Sign in on the way, then begin an application from the guide."""
    window.button("Sign in and apply online").first.click()
    expect(window.heading("Sign in")).to_be_visible()
    window.check()
    window.sign_in(username)
    window.button("Apply online").first.click()
    window.says(_progress(window, sections=0, materials=0))
    window.check()


def _progress(window: Window, sections: int, materials: int) -> str:
    return window.words(
        "%(done)d of %(all)d sections complete, %(files)d of %(needed)d required materials uploaded.",
        done=sections,
        all=7,
        files=materials,
        needed=len(A1_MATERIALS),
    )


def fill_in_the_form(window: Window, item: Json, answers: Mapping[str, Json], username: str) -> None:
    """Section by section, with mistakes, with a draft in between, and with a break."""
    sections = item["form"]["sections"]
    window.main.get_by_role("link", name=window.words.say(sections[0]["title"])).click()
    for section in sections:
        title = window.words.say(section["title"])
        expect(window.page.get_by_role("heading", level=1)).to_have_text(title)
        if section["key"] == "premises":
            _save_and_come_back(window, section, answers["premises"], username)
        fill_section(window, section, answers[section["key"]])
        if section["key"] in MISTAKES:
            _make_mistakes(window, section, answers[section["key"]])
        window.check()
        window.button("Save and continue").click()
    expect(window.heading("Materials").first).to_be_visible()


def _save_and_come_back(window: Window, section: Json, answers: Json, username: str) -> None:
    fill_section(window, section, {"street": answers["street"]})
    window.button("Save draft").click()
    expect(window.main.get_by_role("status")).to_contain_text(
        window.words("The draft is saved. You can come back to it at any time.")
    )
    window.page.get_by_role("button", name=window.words("Sign out")).click()
    window.go("/applications?state=draft")
    window.sign_in(username)
    window.main.get_by_role("list").last.get_by_role("link").first.click()
    title, state = window.words.say(section["title"]), window.words("Being filled in")
    window.main.get_by_role("link", name=re.compile(rf"^{title}\s+{state}$")).click()
    street = section["schema"]["properties"]["street"]["x-ui"]["label"]
    expect(control(window.main, window.words.say(street))).to_have_value(answers["street"])


def _make_mistakes(window: Window, section: Json, answers: Json) -> None:
    """Everything wrong is told at once, in a summary that leads to the fields, and nothing typed is lost."""
    wrong = MISTAKES[section["key"]]
    schema = section["schema"]
    place, right = window.main, answers
    if "rows" in answers:
        schema, right = schema["properties"]["rows"]["items"], answers["rows"][0]
        row = window.words.say(section["schema"]["properties"]["rows"]["x-ui"]["row_label"]).replace(
            "{n}", "1"
        )
        place = window.main.get_by_role("group", name=row, exact=True)
    labels = {key: window.words.say(schema["properties"][key]["x-ui"]["label"]) for key in wrong}
    for key, typed in wrong.items():
        control(place, labels[key]).fill(typed)
    window.button("Save and continue").click()

    summary = window.main.get_by_role("alert")
    expect(window.page).to_have_title(re.compile(re.escape(window.words("Error: "))))
    for key, typed in wrong.items():
        field = control(place, labels[key])
        expect(field).to_have_value(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
    links = summary.get_by_role("link")
    assert links.count() >= len(wrong), links.all_inner_texts()
    if window.view.script:
        expect(summary).to_be_focused()
        links.first.click()
        expect(control(place, labels[next(iter(wrong))])).to_be_focused()
    window.check()
    for key in wrong:
        control(place, labels[key]).fill(right[key])


def upload_the_materials(window: Window, item: Json) -> None:
    """One file for each material; a text under the name of a PDF is refused beside its control."""
    names = {each["code"]: window.words.say(each["name"]) for each in item["materials"]}
    card = _card(window, names["articles"])
    _upload(window, card, ("章程.pdf", "application/pdf", b"only words"))
    expect(card.get_by_role("alert") if window.view.script else card).to_contain_text(
        window.words("Error: ").strip()
    )
    for code, file in FILES.items():
        _upload(window, _card(window, names[code]), file)
        expect(_card(window, names[code]).get_by_role("link", name=file[0])).to_be_visible()
    window.check()
    window.link("Continue to check and submit").click()


def _card(window: Window, name: str) -> Locator:
    return window.main.get_by_role("region", name=name, exact=True)


def _upload(window: Window, card: Locator, file: tuple[str, str, bytes]) -> None:
    name, media_type, data = file
    chooser = card.locator("input[type=file]")
    chooser.set_input_files({"name": name, "mimeType": media_type, "buffer": data})
    card.get_by_role("button", name=window.words("Upload")).click()


def check_and_submit(window: Window, company: str) -> str:
    """All answers on one page, the declaration, the confirmation; returns the case number."""
    expect(window.heading("Check and submit")).to_be_visible()
    expect(window.main.get_by_role("link", name=re.compile(r"\.(pdf|jpg|png)$"))).to_have_count(len(FILES))
    window.check()
    window.button("Submit the application").click()
    declaration = window.main.get_by_role("checkbox", name=window.words("I have read this and confirm it"))
    expect(declaration).to_have_attribute("aria-invalid", "true")
    declaration.check()
    window.button("Submit the application").click()
    return handed_in(window, company)


def handed_in(window: Window, company: str) -> str:
    """The confirmation: number, date, receipt."""
    expect(window.heading("Your application is handed in")).to_be_visible()
    window.says(window.words("Answer due by"))
    number = CASE_NUMBER.search(window.main.inner_text())
    assert number, window.main.inner_text()
    window.check()
    receipt = window.main.get_by_role("link", name=re.compile("PDF")).first
    assert window.download(receipt).startswith(b"%PDF")
    window.link("Follow the case").click()
    expect(window.page.get_by_role("heading", level=1)).to_contain_text(company)
    return number.group()


def answer_the_correction(window: Window, item: Json) -> None:
    """Change both points of the notice and hand them in."""
    window.go("/")
    window.link("See what to correct").first.click()
    expect(window.heading("One-time correction notice")).to_be_visible()
    window.check()
    points = window.main.get_by_role("list", name=window.words("Points to be corrected")).get_by_role(
        "listitem"
    )
    expect(points).to_have_count(2)
    for point in points.all():
        expect(point).to_contain_text(window.words("not changed yet"))

    links = window.link("Correct this", exact=False)
    links.first.click()
    expect(window.heading("Materials").first).to_be_visible()
    name = next(window.words.say(each["name"]) for each in item["materials"] if each["code"] == "articles")
    window.check()
    _upload(window, _card(window, name), ("章程（签名）.pdf", "application/pdf", pdf(4)))
    expect(_card(window, name).get_by_role("link", name="章程（签名）.pdf")).to_be_visible()
    window.link("Back to the correction notice").click()

    expect(window.heading("One-time correction notice")).to_be_visible()
    links.last.click()
    contacts = next(each for each in item["form"]["sections"] if each["key"] == "contacts")
    fill_section(window, contacts, {"headcount": "15"})
    window.check()
    window.button("Save and continue").click()
    for point in points.all():
        expect(point).to_contain_text(window.words("changed"))
    window.button("Hand in the corrections").click()


def receive_the_licence(window: Window, case_id: str, steps: int) -> str:
    """The timeline, why that date, the licence, the messages; returns the certificate's identifier."""
    window.go(f"/applications/{case_id}")
    window.check()
    timeline = window.region("Progress").get_by_role("listitem")
    assert timeline.count() >= steps, timeline.all_inner_texts()
    reasons = window.region("When an answer is due, and why")
    summary = reasons.get_by_text(window.words("Why this date")).first
    summary.click()
    expect(reasons.get_by_role("listitem").first).to_be_visible()

    assert window.download(window.link("Download (PDF)")).startswith(b"%PDF")
    for slip in window.region("Documents").get_by_role("link").all():
        assert window.download(slip).startswith(b"%PDF")
    identifier = (window.link("Verify").get_attribute("href") or "").rpartition("/")[2]

    window.go("/messages")
    assert window.main.get_by_role("article").count() >= steps
    window.check()
    return identifier


def verify(window: Window, certificate: str, company: str) -> None:
    """Anybody checks the certificate without signing in."""
    window.go(f"/verify/{certificate}")
    window.choose_language()
    expect(window.heading("This certificate is valid")).to_be_visible()
    window.says(company)
    window.check()

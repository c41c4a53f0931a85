"""What officials do in the browser: claim, ask for a correction, accept, review, decide."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.views import DESKTOP
from tests.e2e.windows import Window

Json = dict[str, Any]
REQUIREMENTS = ("章程请全体股东签名。", "请按社保口径核对从业人数。")


def enter(window: Window, username: str) -> None:
    """Sign in and come to the work queue."""
    window.go("/sign-in?next=/desk")
    window.choose_language()
    window.sign_in(username)
    expect(window.heading("Work queue")).to_be_visible()
    window.check()


def claim(window: Window, number: str) -> None:
    """Find the case by its number and claim its task."""
    window.go("/desk")
    folded = window.main.get_by_text(window.words("Filter"), exact=True).first
    if folded.is_visible():  # narrow windows fold the filters away
        folded.click()
    window.page.get_by_label(window.words("Enterprise or case number"), exact=True).fill(number)
    window.button("Show").click()
    window.main.get_by_role("button", name=f"{window.words('Claim')} {number}").click()
    _done(window, "You have claimed the task. It is yours until you finish it or give it back.")


def request_a_correction(window: Window, item: Json) -> None:
    """One notice with two points: a material and an answer."""
    window.link("Ask for a correction").click()
    window.button("Preview the notice").click()
    expect(window.page.get_by_role("alert").first).to_contain_text(window.words("Tick at least one point"))
    material = next(
        window.words.say(each["name"]) for each in item["materials"] if each["code"] == "articles"
    )
    contacts = next(each for each in item["form"]["sections"] if each["key"] == "contacts")
    field = window.words.say(contacts["schema"]["properties"]["headcount"]["x-ui"]["label"])
    _tick(window, material, REQUIREMENTS[0])
    window.main.get_by_role("heading", name=window.words.say(contacts["title"]), exact=True).first.click()
    _tick(window, field, REQUIREMENTS[1])
    window.check()
    window.button("Preview the notice").click()
    expect(window.heading("Preview of the correction notice")).to_be_visible()
    window.says(*REQUIREMENTS)
    window.check()
    window.button("Send the notice").click()
    _done(
        window,
        "The correction notice has been sent. "
        "The intake clock has ended; a complete answer starts a new one.",
    )


def _tick(window: Window, label: str, requirement: str) -> None:
    window.main.get_by_role("checkbox", name=re.compile("^" + re.escape(label))).check()
    title = window.words("Requirement (the applicant reads this)")
    window.page.get_by_label(re.compile(rf"^{re.escape(title)}\s*: {re.escape(label)}")).fill(requirement)


def _done(window: Window, english: str) -> None:
    expect(window.main.get_by_role("status").filter(has_text=window.words(english))).to_be_visible()
    window.check()


def accept(window: Window) -> None:
    """Accept the application."""
    window.link("Accept").click()
    expect(window.heading("Accept the application")).to_be_visible()
    window.check()
    window.button("Accept the application").click()
    _done(window, "The application is accepted. The applicant has been told, and the review is on the queue.")


def review(window: Window, item: Json) -> None:
    """Look at a material beside the check list, forget something, then give the opinion."""
    window.link("Check and give an opinion").click()
    picture = window.main.get_by_role("img", name=re.compile(r"\.(pdf|jpg|png)")).first
    expect(picture).to_be_visible()
    groups = [
        window.main.get_by_role("radiogroup", name=re.compile(rf"^{number}\. "))
        for number, _check in enumerate(item["review_checks"], start=1)
    ]
    conforms = [group.get_by_role("radio", name=window.words("Conforms")).first for group in groups]
    if window.view.size == DESKTOP:
        left, right = picture.bounding_box(), groups[0].bounding_box()
        assert left and right and left["x"] + left["width"] <= right["x"], "materials stand beside the form"

    window.button("Give the opinion").click()
    mistakes = window.page.get_by_role("alert").first.get_by_role("link")
    expect(mistakes).to_have_count(len(groups) + 1)
    for choice in conforms:
        choice.check(force=True)
    window.main.get_by_role("radio", name=window.words("I suggest granting the application")).check()
    window.page.get_by_label(window.words("Opinion"), exact=True).fill("材料齐全。")
    window.check()
    window.button("Give the opinion").click()
    _done(window, "Your opinion is on file. The decision is on the queue, for somebody else.")


def decide(window: Window) -> None:
    """Read the opinion and grant."""
    window.link("Decide").click()
    window.says("材料齐全。")
    window.main.get_by_role("radio", name=re.compile("^" + re.escape(window.words("Grant")))).check()
    window.check()
    window.button("Sign the decision").click()
    _done(window, "The application is granted. The certificate is being issued.")

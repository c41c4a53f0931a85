"""`…/machine-ratings`: what the two sides of a booking say of each other."""

from typing import Any
from uuid import UUID

from flask import Response

from facilities.capacity.refusals import WRONG_STATE
from facilities.production.machines.after_use.opening import open_in_turn, side_of, take_turn
from facilities.production.machines.api import EXAMPLE_ID
from facilities.production.machines.bookings.commands import Opened
from facilities.production.machines.bookings.queries import find_booking
from facilities.production.machines.model import MachineBooking
from facilities.production.machines.policy import visible_booking
from facilities.production.machines.ratings import commands
from facilities.production.machines.ratings.model import Rating
from facilities.production.machines.ratings.policy import visible_rating
from facilities.production.machines.ratings.queries import find_rating, list_ratings
from facilities.production.machines.ratings.schemas import (
    BookingRatings,
    Hiding,
    NewRating,
    RatingAnswer,
    RatingListArgs,
    RatingOut,
    RatingPage,
)
from facilities.production.machines.ratings.view import of_booking, ratings_out
from facilities.production.machines.refusals import DISPUTE_OPEN, RATED_ALREADY, TOO_LATE
from shared.http.command import Reply, command, json_response
from shared.http.contract import guarded, refuses
from shared.http.description import ETAG, Blueprint
from shared.http.etag import expected_version
from shared.http.paging import link_next
from shared.http.state import current_actor, current_runtime
from shared.refusals import FORBIDDEN
from shared.transaction import Transaction

blueprint = Blueprint(
    "machine_ratings",
    __name__,
    description="Ratings between firms (互评)",
    path_parameters={
        "booking_id": ("The id of the booking", EXAMPLE_ID),
        "rating_id": ("The id of the rating", EXAMPLE_ID),
    },
)


@blueprint.get("/machine-ratings")
@blueprint.arguments(RatingListArgs, location="query")
@blueprint.response(200, RatingPage)
def list_machine_ratings(args: dict[str, Any]) -> Response:
    """The ratings that are shown, the latest first.

    For everybody who is signed in; the text of a hidden one is left out.
    """
    with current_runtime().read() as session:
        found, following = list_ratings(session, args["firm"], args["cursor"], args["limit"])
        page = {"items": ratings_out(session, found, current_actor()), "next": following}
    response = json_response(Reply(page))
    link_next(response, following)
    return response


@blueprint.get("/machine-bookings/<uuid:booking_id>/ratings")
@blueprint.response(200, BookingRatings)
@refuses(FORBIDDEN)
def get_ratings_of_machine_booking(booking_id: UUID) -> Response:
    """What the two sides of a booking say of each other.

    For its two sides. The other's is shown when both have rated, or when the limit is over.
    """
    reader, runtime = current_actor(), current_runtime()
    with runtime.read() as session:
        it = Opened(*find_booking(session, booking_id, visible_booking(reader)))
        side_of(reader, it.kept)
        return json_response(Reply(of_booking(session, it, reader, runtime.clock.now())))


@blueprint.post("/machine-bookings/<uuid:booking_id>/ratings")
@blueprint.arguments(NewRating)
@blueprint.response(201, BookingRatings)
@guarded
@refuses(FORBIDDEN, WRONG_STATE, DISPUTE_OPEN, TOO_LATE, RATED_ALREADY)
@command
def rate_machine_booking(tx: Transaction, data: dict[str, Any], booking_id: UUID) -> Reply:
    """Rate the other side of a booking, once.

    For its two sides after the use, within the park's own limit and while no dispute is open. Nobody sees it
    before the other side has rated too, or the limit is over.
    """
    it = open_in_turn(tx, booking_id, visible_booking(tx.actor), expected_version=expected_version())
    commands.rate(tx, it, **data)
    tx.session.flush()
    return Reply(of_booking(tx.session, it, tx.actor, tx.now), status=201)


@blueprint.get("/machine-ratings/<uuid:rating_id>")
@blueprint.response(200, RatingOut, headers=ETAG)
def get_machine_rating(rating_id: UUID) -> Response:
    """One rating.

    Shown ones are for everybody who is signed in; others for whoever has said it.
    """
    reader = current_actor()
    with current_runtime().read() as session:
        found = find_rating(session, rating_id, visible_rating(reader))
        return json_response(Reply(ratings_out(session, [found], reader)[0], version=found.version))


@blueprint.post("/machine-ratings/<uuid:rating_id>/answer")
@blueprint.arguments(RatingAnswer)
@blueprint.response(200, RatingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def answer_machine_rating(tx: Transaction, data: dict[str, Any], rating_id: UUID) -> Reply:
    """Answer a rating, once.

    For members of the firm that was rated.
    """
    it, rating = _opened(tx, rating_id)
    commands.answer(tx, it, rating, **data)
    return _reply(tx, rating)


@blueprint.post("/machine-ratings/<uuid:rating_id>/hide")
@blueprint.arguments(Hiding)
@blueprint.response(200, RatingOut, headers=ETAG)
@guarded
@refuses(FORBIDDEN, WRONG_STATE)
@command
def hide_machine_rating(tx: Transaction, data: dict[str, Any], rating_id: UUID) -> Reply:
    """Hide the text of a rating and say why; its stars still count.

    For the park's operators and managers who stand on neither side.
    """
    it, rating = _opened(tx, rating_id)
    commands.hide(tx, it, rating, **data)
    return _reply(tx, rating)


def _opened(tx: Transaction, rating_id: UUID) -> tuple[Opened, Rating]:
    """The booking and a rating of it, on which nobody else acts until this transaction ends."""
    visible = visible_rating(tx.actor)
    booking_id = find_rating(tx.session, rating_id, visible).booking_id
    take_turn(tx.session, booking_id)
    rating = find_rating(tx.session, rating_id, visible, expected_version=expected_version())
    # What is shown is everybody's to know; the booking behind it is not, and none of it is answered.
    return Opened(*find_booking(tx.session, booking_id, MachineBooking.id == booking_id)), rating


def _reply(tx: Transaction, rating: Rating) -> Reply:
    tx.session.flush()
    return Reply(ratings_out(tx.session, [rating], tx.actor)[0], version=rating.version)

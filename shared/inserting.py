"""New rows of several tables in one round trip, for commands that come by the hundred.

PostgreSQL writes them with one statement; constraints that look at other tables are checked at its end.
SQLite has no round trips, so there each row has its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from shared.database import Base, dialect_of, table_of

Row = Mapping[str, Any]
Rows = Sequence[tuple[type[Base], Row]]
"""Of which entity each row is; what it does not say is empty, for no default is filled in."""
Kinds = tuple[tuple[type[Base], tuple[str, ...]], ...]
"""Of which entity each row is, and which columns it says."""


def insert_together(session: Session, rows: Rows) -> None:
    """Insert these few rows; past the session, which keeps what is pending."""
    if not rows:
        return
    connection = session.connection()
    if dialect_of(session) == "postgresql":
        statement = _together(tuple((entity, tuple(row)) for entity, row in rows))
        connection.execute(statement, named([row for _, row in rows]))
    else:
        for entity, row in rows:
            connection.execute(_alone(entity), row)


def insert_entities(session: Session, entities: Iterable[Base], beside: Rows = ()) -> None:
    """Write new entities, as far as no flush has, and rows beside them; then they are the session's.

    As `add_all` and `flush`, in one round trip. What an entity does not say has the default of its column,
    where that is a value, or is empty; it says the number of its version itself.
    """
    new = unwritten(entities)
    insert_together(session, [*taken_from(session, new), *beside])
    session.add_all(new)


def unwritten(entities: Iterable[Base]) -> list[Base]:
    """Those that no flush has written."""
    return [each for each in entities if not sa.inspect(each).persistent]


def taken_from(session: Session, entities: Sequence[Base]) -> list[tuple[type[Base], Row]]:
    """The rows of new entities, for the caller to insert; no session has them any more.

    They are as if they had been written.
    """
    rows = [(type(each), _complete(each)) for each in entities]
    for each in entities:
        if each in session:
            session.expunge(each)
        make_transient_to_detached(each)
    return rows


def is_changed(entity: Base) -> bool:
    """Whether anything has been said to it since it was written or read."""
    return bool(sa.inspect(entity).modified)


def combined(parts: Sequence[tuple[sa.Insert, Sequence[str]]]) -> sa.Insert:
    """One statement for a row of each of these, each with its columns; its values are called as `named` does.

    In which order the rows are written is not laid down.
    """
    *others, last = [
        part.inline().values({column: sa.bindparam(_name(number, column)) for column in columns})
        for number, (part, columns) in enumerate(parts)
    ]
    for number, each in enumerate(others):
        last = last.add_cte(each.cte(f"row{number}"))
    return last


def named(rows: Sequence[Row]) -> dict[str, Any]:
    """The values of the rows for the statement that `combined` has made of their kinds."""
    return {_name(number, column): value for number, row in enumerate(rows) for column, value in row.items()}


def _name(number: int, column: str) -> str:
    return f"{column}__{number}"  # two underscores: SQLAlchemy calls values of its own `version_1`


@cache
def _alone(entity: type[Base]) -> sa.Insert:
    return sa.insert(table_of(entity))


@cache
def _together(kinds: Kinds) -> sa.Insert:
    """Built once: putting it together would cost as much as carrying it out."""
    return combined([(sa.insert(table_of(entity)), columns) for entity, columns in kinds])


@cache
def _columns(kind: type[Base]) -> Sequence[tuple[str, str, Any]]:
    """Each column of an entity: its attribute, its name, and its default where that is a value."""
    found = []
    for attribute in sa.inspect(kind).column_attrs:
        column = attribute.columns[0]
        default = column.default
        value = default.arg if default is not None and default.is_scalar else None
        found.append((attribute.key, column.name, value))
    return found


def _complete(entity: Base) -> Row:
    """The columns of an entity that are not empty; what it has not said is said to it, too."""
    row = {}
    said = instance_dict(entity)
    for attribute, column, default in _columns(type(entity)):
        if attribute not in said:
            set_committed_value(entity, attribute, default)
            if default is None:
                continue  # in a column of JSON nothing is not the same as a document that says null
        row[column] = said[attribute]
    return row

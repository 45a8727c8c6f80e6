"""Rows of cases, in the commit that makes a case necessary or pointless."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Asker, Case, CaseKind, CaseState, Job, MessageKind, PolicyName
from bot.store.moderation.desk_schema import cases
from bot.store.moderation.policy_schema import policies
from bot.store.owing import owe


async def open_case(
    connection: AsyncConnection,
    job: Job,
    kind: CaseKind,
    why: str,
    *,
    now: datetime,
    asker: Asker | None = None,
) -> int:
    """Ask the moderators something about a job, and return the number of the case.

    Where their channel is known it is owed a card; otherwise the case waits in their list.
    """
    statement = (
        sa.insert(cases)
        .values(
            guild_id=job.origin.guild_id,
            job_id=job.id,
            kind=kind,
            state=CaseState.OPEN,
            why=why,
            opened_at=now,
            asker=None if asker is None else _asker_values(asker),
        )
        .returning(cases.c.id)
    )
    case_id = int((await connection.execute(statement)).scalar_one())
    channel_id = await _review_channel(connection, job.origin.guild_id)
    if channel_id is not None:
        await owe(
            connection, job, MessageKind.CASE, now=now, channel_id=channel_id, sequence=case_id
        )
    return case_id


async def close_cases(connection: AsyncConnection, job_id: str, *, now: datetime) -> None:
    """Take back what was asked about making a job: it ended by itself."""
    statement = (
        sa.update(cases)
        .where(
            cases.c.job_id == job_id,
            cases.c.kind == CaseKind.REVIEW,
            cases.c.state == CaseState.OPEN,
        )
        .values(state=CaseState.CLOSED, decided_at=now)
    )
    await connection.execute(statement)


def case_from(row: sa.RowMapping) -> Case:
    """Read one row of `cases`."""
    values = {**row, "kind": CaseKind(row["kind"]), "state": CaseState(row["state"])}
    asker = row["asker"]
    return Case(**{**values, "asker": None if asker is None else _asker_from(asker)})


async def _review_channel(connection: AsyncConnection, guild_id: int) -> int | None:
    statement = sa.select(policies.c.value).where(
        policies.c.guild_id == guild_id, policies.c.name == PolicyName.REVIEW_CHANNEL
    )
    found: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


def _asker_values(asker: Asker) -> dict[str, Any]:
    joined_at = None if asker.joined_at is None else asker.joined_at.isoformat()
    return asdict(asker) | {"role_ids": sorted(asker.role_ids), "joined_at": joined_at}


def _asker_from(values: dict[str, Any]) -> Asker:
    joined_at = values["joined_at"]
    read = {
        "role_ids": frozenset(values["role_ids"]),
        "joined_at": None if joined_at is None else datetime.fromisoformat(joined_at),
    }
    return Asker(**{**values, **read})

"""A TL who is reassigned in the middle of a case: what is open goes along (SPEC 3.13)."""

from __future__ import annotations

from dataclasses import replace

from bot.premises import keep_roster, moves
from store import tables
from tests.store.house import House, Houses, roster
from workflows.people import Roster


def under_dev() -> Roster:
    """The same class, but Ana's TL is Dev now."""
    old = roster()
    agents = [replace(agent, tl="dev") if agent.username == "ana" else agent for agent in old.agents.values()]
    return Roster.build(
        sites=old.sites.values(),
        classes=old.classes.values(),
        people=old.people.values(),
        agents=agents,
        exams=old.exams.values(),
        channels=old.channels,
        contacts=old.contacts,
        packs=old.packs,
    )


async def follow(house: House) -> None:
    now = house.clock.now()
    letters = await house.premises.writer.run(lambda connection: moves(connection, now))
    if letters:
        await house.accept(*letters)


async def test_open_duties_move_to_the_new_tl_and_the_old_one_is_told_once(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await follow(house)  # the roster it was born under: nobody is told anything
    assert not [row for row in house.rows(tables.outbox) if row.template.startswith("duty/moved")]
    await house.premises.writer.run(lambda connection: keep_roster(connection, under_dev(), house.clock.now()))
    await follow(house)
    await follow(house)
    moved = sorted(
        (row.lane, row.template) for row in house.rows(tables.outbox) if row.template.startswith("duty/moved")
    )
    assert moved == [("@dev", "duty/moved"), ("@tara", "duty/moved_on")]
    assert {row.owners_json for row in house.rows(tables.duties)} == {'["dev"]'}
    await house.say("dev", "coached @ana advised")
    assert {row.state for row in house.rows(tables.cases)} == {"F1_CLEARED"}

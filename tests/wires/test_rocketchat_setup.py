"""The doctor finds what would keep the bot from its work, and says what to do."""

from __future__ import annotations

import pytest

from bot.rocketchat.rest import Account
from bot.rocketchat.setup import check
from tests.wires.rocketchat_house import house


@pytest.mark.parametrize("version", ["8.5.0", "8.9.0", "9.0.0"])
async def test_a_good_server_passes_and_public_channels_are_joined(version):
    async with house(version=version) as place:
        place.sandbox.add_channel("esp", ["ana"])
        checks = await check(place.account, ["#esp"])
        assert [one.name for one in checks if not one.ok] == ["view-full-other-user-info"]
        assert not next(one for one in checks if not one.ok).needed
        assert place.sandbox.chat.user("certdesk").id in place.sandbox.room("#esp").members


async def test_everything_amiss_is_named():
    async with house(version="8.4.2", unrecognized_commands=False) as place:
        place.sandbox.add_channel("closed", ["ana"], private=True)
        chat = place.sandbox.chat
        chat.user("certdesk").roles = ("user",)
        chat.settings["E2E_Enabled_Default_DirectRooms"] = True
        chat.settings["Message_MaxAllowedSize"] = 100
        amiss = {one.name for one in await check(place.account, ["closed", "no where"]) if not one.ok}
        assert amiss >= {
            "version",
            "role",
            "send-many-messages",
            "api-bypass-rate-limit",
            "Message_AllowUnrecognizedSlashCommand",
            "E2E_Enabled_Default_DirectRooms",
            "Message_MaxAllowedSize",
            "#closed",
            "#no where",
        }


async def test_a_wrong_token_and_a_server_that_is_away_are_told_apart():
    async with house() as place:
        wrong = Account(url=place.sandbox.url, user_id="x", token="y")
        assert [(one.name, one.ok) for one in await check(wrong)] == [("version", True), ("token", False)]
        await place.sandbox.faults.down()
        assert [one.name for one in await check(wrong)] == ["reachable"]

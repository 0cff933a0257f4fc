"""REST an operator's doctor asks: settings, permissions, roles, commands."""

from __future__ import annotations

from sandbox.api import PAGE, Bare, Call, forbidden, route
from sandbox.wire import ChatError, Doc


@route("GET", "settings.public", auth=False, limited=False, allow=f"{PAGE} query fields _id")
def settings_public(call: Call) -> Doc:
    """All settings of the sandbox count as public."""
    wanted = call.query.get("_id")
    names = [n for n in call.chat.settings if not wanted or n in wanted.split(",")]
    part, page = call.page(names)
    return {"settings": [{"_id": n, "value": call.chat.settings[n]} for n in part], **page}


@route("GET", "settings", allow=None)
def settings_get(call: Call) -> Doc:
    """One setting, for admins."""
    return {"_id": _name(call), "value": call.chat.settings[_name(call)]}


@route("POST", "settings", need="value", allow=None)
def settings_set(call: Call) -> Doc:
    """Change one setting, for admins."""
    call.chat.settings[_name(call)] = call.body["value"]
    return {}


def _name(call: Call) -> str:
    if not call.chat.may(call.user, "view-privileged-setting"):
        raise forbidden(call.chat)
    if not call.tail or call.tail[0] not in call.chat.settings:
        raise ChatError("error-invalid-setting", "Invalid setting")
    return call.tail[0]


@route("GET", "permissions.listAll", allow="updatedSince")
def permissions(call: Call) -> Doc:
    """Every permission and the roles that have it."""
    at = call.chat.cat.created
    table = call.chat.permissions.items()
    return {"update": [{"_id": n, "roles": sorted(r), "_updatedAt": at} for n, r in table], "remove": []}


@route("GET", "roles.list", allow=PAGE)
def roles(call: Call) -> Doc:
    """The roles there are."""
    names = sorted({role for granted in call.chat.permissions.values() for role in granted})
    return {"roles": [{"_id": n, "name": n, "scope": "Users", "protected": True} for n in names]}


@route("GET", "commands.list", allow=f"{PAGE} query fields")
def commands_list(call: Call) -> Doc:
    """The registered slash commands; 202 while apps load."""
    part, page = call.page(list(call.chat.commands.values()))
    if call.faults.apps_loading():
        raise Bare(202, {"commands": [], "appsLoaded": False, **page, "success": True})
    return {"commands": part, "appsLoaded": True, **page}


@route("GET", "commands.get", need="command")
def commands_get(call: Call) -> Doc:
    """One command."""
    command = call.chat.commands.get(call.query["command"].lower())
    if command is None:
        raise ChatError("no-command", "There is no command in the system by the name of: " + call.query["command"])
    return {"command": command}


@route("POST", "commands.run", need="command roomId", allow="params tmid triggerId")
def commands_run(call: Call) -> Doc:
    """No command of the sandbox does anything; a message is never stored."""
    if call.body["command"] not in call.chat.commands:
        raise Bare(400, {"success": False, "error": "The command provided does not exist (or is disabled)."})
    return {"result": None}

"""The command line: what may be typed, and in which words its mistakes are told. The work is in `bot/commands`.

Only what `--help` needs is imported here. Longer than most, because every command states its arguments.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="certdesk",
    help="A Rocket.Chat bot and e-mail robot that keeps an agent-certification operation moving.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
roster_app = typer.Typer(help="The people, classes and exams one works for.")
policy_app = typer.Typer(help="The packs: the wording of a policy as data.")
outbox_app = typer.Typer(help="What waits to be sent, and what failed.")
app.add_typer(roster_app, name="roster")
app.add_typer(policy_app, name="policy")
app.add_typer(outbox_app, name="outbox")

Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration; else certdesk.toml here, if any.")
]
Folder = Annotated[Path | None, typer.Option("--policies", metavar="DIR", help="Packs beside the built-in ones.")]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"certdesk {version('certdesk')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def certdesk(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version, then stop.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


# -- running -----------------------------------------------------------------------------------------------


@app.command()
def run(config: Config = None) -> None:
    """Run the bot. Prints "ready" once nothing said is lost; SIGTERM drains and stops within 10 s."""
    from bot.commands import running

    raise typer.Exit(running.run(config))


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the chat page is served.")] = 3100,
    config: Config = None,
) -> None:
    """A chat server look-alike, a mail sink, the bot and a seeded class; one URL to open."""
    from bot.commands import running

    raise typer.Exit(running.demo(port))


@app.command()
def doctor(
    live: Annotated[bool, typer.Option("--live", help="Also try on the server what nobody has confirmed.")] = False,
    config: Config = None,
) -> None:
    """Check configuration, database, Rocket.Chat, mail, policies, templates and the roster."""
    from bot.commands import doctor as doctors

    raise typer.Exit(doctors.doctor(config, live=live))


@app.command()
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only tell whether it is needed (exit 1).")] = False,
    config: Config = None,
) -> None:
    """Make the database, or bring it to the newest schema."""
    from bot.commands import schema

    schema.migrate(config, check=check)


# -- the roster --------------------------------------------------------------------------------------------


@roster_app.command("import")
def roster_import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML; CSV or XLSX for the agents alone.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")] = False,
    config: Config = None,
) -> None:
    """Put a roster in force: shows what changes; all of it or nothing."""
    from bot.commands import roster

    roster.bring_in(config, file, dry_run=dry_run)


@roster_app.command("export")
def roster_export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The TOML file to write.")], config: Config = None
) -> None:
    """Write the roster in force."""
    from bot.commands import roster

    roster.export(config, file)


# -- policies ----------------------------------------------------------------------------------------------


@app.command()
def rehearse(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="What happens, as TOML.")],
    roster: Annotated[Path, typer.Option("--roster", metavar="FILE", help="The roster to play with.")],
    policies: Folder = None,
    database: Annotated[
        str,
        typer.Option(
            "--database",
            metavar="URL",
            help="Instead of a temporary one; the key of an SQLite file x.db is kept as x.key.",
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    config: Config = None,
) -> None:
    """Play a script and print everything that would have been sent; nothing leaves this machine."""
    from bot.commands import rehearsing

    rehearsing.rehearse(config, script, roster, policies, database, as_json=json)


@policy_app.command("check")
def policy_check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="None: every pack at hand.")] = None,
    policies: Folder = None,
    config: Config = None,
) -> None:
    """Tell everything that is wrong with packs."""
    from bot.commands import policy

    policy.check(config, policies, files or [])


@policy_app.command("list")
def policy_list(policies: Folder = None, config: Config = None) -> None:
    """Every pack at hand."""
    from bot.commands import policy

    policy.listing(config, policies)


@policy_app.command("show")
def policy_show(
    pack: Annotated[str, typer.Argument(metavar="ID")], policies: Folder = None, config: Config = None
) -> None:
    """What a pack says, in plain words."""
    from bot.commands import policy

    policy.show(config, policies, pack)


@policy_app.command("diff")
def policy_diff(
    a: Annotated[str, typer.Argument(metavar="A")],
    b: Annotated[str, typer.Argument(metavar="B")],
    policies: Folder = None,
    config: Config = None,
) -> None:
    """What changes from one pack to another, in plain words."""
    from bot.commands import policy

    policy.diff(config, policies, a, b)


@app.command()
def draw(
    workflow: Annotated[str, typer.Argument(metavar="WORKFLOW")],
    pack: Annotated[str, typer.Option("--pack", metavar="ID", help="Else the one in force by default.")] = "",
    policies: Folder = None,
    config: Config = None,
) -> None:
    """A workflow's table as a Mermaid diagram and the state x event grid."""
    from bot.commands import drawing

    drawing.draw(config, policies, workflow, pack)


# -- the record --------------------------------------------------------------------------------------------


@app.command()
def case(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A reference like F-12; with --dossier also @agent.")],
    dossier: Annotated[
        Path | None,
        typer.Option(
            "--dossier",
            metavar="DIR",
            help="Write the file of the case and all it called for there instead: REF.pdf, REF.json and its papers.",
        ),
    ] = None,
    config: Config = None,
) -> None:
    """The journal of one case in words: who, when, by which rule, what was sent."""
    from bot.commands import record

    record.case(config, ref, dossier)


@app.command()
def replay(config: Config = None) -> None:
    """Fold every stored journal and compare with the stored cases; exit 1 when one differs."""
    from bot.commands import record

    record.replay(config)


@app.command()
def report(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    date: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], metavar="D", help="As it stood at its end; else today."),
    ] = None,
    klass: Annotated[str, typer.Option("--class", metavar="C", help="One class; else all of the site.")] = "",
    format: Annotated[
        str, typer.Option("--format", metavar="text|html|xlsx|csv", help="CSV holds the first table.")
    ] = "text",
    send: Annotated[bool, typer.Option("--send", help="Queue it as a mail to the report's recipients.")] = False,
    config: Config = None,
) -> None:
    """What stood on a day: tracker, progress, eod-call, eod-tbt, wfm, weekly. With --send by mail to its recipients."""
    from bot.commands import reporting

    reporting.report(config, name, date, klass, format, send=send)


@app.command()
def preview(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where index.html is written.")],
    config: Config = None,
) -> None:
    """A page with every card and mail, with example facts."""
    from bot.commands import drawing

    drawing.preview(folder)


@app.command("retention")
def retention_now(
    dry: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, and change nothing.")] = False,
    config: Config = None,
) -> None:
    """Delete what has been kept long enough; a running bot does it every night."""
    from bot.commands import keeping

    keeping.run(config, dry=dry)


# -- the outbox --------------------------------------------------------------------------------------------

Every = Annotated[bool, typer.Option("--all", help="All that failed for good.")]


@outbox_app.command("list")
def outbox_list(
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent or withdrawn.")] = False,
    config: Config = None,
) -> None:
    """What waits and what failed, and why."""
    from bot.commands import outbox

    outbox.listing(config, everything=everything)


@outbox_app.command("retry")
def outbox_retry(
    key: Annotated[str, typer.Argument(metavar="KEY")] = "", everything: Every = False, config: Config = None
) -> None:
    """Send it now: a row that failed for good, or one that waits for its next try."""
    from bot.commands import outbox

    outbox.retry(config, key, everything=everything)


@outbox_app.command("drop")
def outbox_drop(
    key: Annotated[str, typer.Argument(metavar="KEY")] = "", everything: Every = False, config: Config = None
) -> None:
    """Never send it."""
    from bot.commands import outbox

    outbox.drop(config, key, everything=everything)


# -- mistakes ----------------------------------------------------------------------------------------------


def main(words: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 the work failed, 2 wrong input, each with one line on stderr."""
    sys.exit(_exit_code(words))


def _exit_code(words: list[str] | None) -> int:
    try:
        code = app(words, prog_name="certdesk", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except BrokenPipeError:  # who reads us has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:  # noqa: BLE001 - whatever it is, a person's mistake becomes a line
        code, lines = _told(error)
        for line in lines:
            print(line if line.startswith(("certdesk:", "certdesk ")) else f"certdesk: {line}", file=sys.stderr)
        return code


def _told(error: Exception) -> tuple[int, list[str]]:
    """Exit code and lines; a fault of the program itself is raised again."""
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # what typer itself has to say
        context = getattr(error, "ctx", None)
        where = context.command_path if context is not None else "certdesk"
        return int(error.exit_code), [f"{where}: {str(error.format_message()).strip().splitlines()[0]}"]
    from bot.commands import entrance

    if isinstance(error, entrance.Wrong):
        return 2, [str(error)]
    known = entrance.explain(error)
    if known is None:
        raise error
    return known


if __name__ == "__main__":
    main()

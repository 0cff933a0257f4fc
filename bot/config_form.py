"""The form of certdesk.toml: every key an operator may set, its default, and what it means.

How it is read, with the environment over it, is in `bot/config.py`; secrets stay out of reprs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic import model_validator as whole
from pydantic.fields import FieldInfo

PREFIX = "CERTDESK_"

# -- values ------------------------------------------------------------------------------------------------


def _database(url: str) -> str:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///") and not url.endswith(":memory:"):
        return url
    if url.startswith("postgresql+psycopg://") and urlsplit(url).path.strip("/"):
        return url
    raise ValueError("write sqlite:///FILE or postgresql+psycopg://user:password@host/database")


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an address like https://chat.example.com")
    return url.rstrip("/")


def _smtp(url: str) -> str:
    from bot.mail.smtp import Server

    try:
        Server.of(url)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("mail.smtp: ")) from None
    return url


def _sender(address: str) -> str:
    from bot.mail.compose import checked_email

    try:
        return checked_email(address, "from")
    except ValueError as error:
        raise ValueError(str(error).removeprefix("from: ")) from None


def _imap(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imap+starttls", "imaps") or not parts.hostname or not parts.username:
        raise ValueError("write imaps://user@host/FOLDER")
    if parts.password:
        raise ValueError("the password stands beside it, as password or password_file")
    return url


def _listen(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise ValueError(f"{address!r} is not HOST:PORT like 127.0.0.1:8080")
    return address


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


def _secret(check: Callable[[str], str] | None = None, **about: Any) -> Any:
    """A text that may also come from a file and is never shown."""
    return Field(repr=False, json_schema_extra={"secret": True}, **about)


# -- the settings ------------------------------------------------------------------------------------------


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _wall(value: str) -> str:
    try:
        found = time.fromisoformat(value)
    except ValueError:
        raise ValueError("is a time of day such as 02:30") from None
    return f"{found:%H:%M}"


class DatabaseSettings(_Section):
    """`[database]`"""

    url: Annotated[str, AfterValidator(_database)] = _secret(
        default="sqlite:///data/certdesk.db",
        description="`sqlite:///FILE` (relative to the configuration file, four slashes for an absolute path) or "
        "`postgresql+psycopg://user:password@host/database`; the default lies in `data_dir`",
    )


class RocketChatSettings(_Section):
    """`[rocketchat]`"""

    url: Annotated[str, AfterValidator(_web_address)] = Field(
        default="", description="the chat server, as the bot reaches it; needed by `run`"
    )
    user_id: str = Field(default="", description="the bot's user id; needed by `run`")
    secret_token: str = _secret(
        default="", alias="token", description="the bot's personal access token; needed by `run`"
    )


class InboundSettings(_Section):
    """`[mail.inbound]`: one of imap and lmtp."""

    imap: Annotated[str, AfterValidator(_imap)] = Field(
        default="", description="`imaps://` or `imap+starttls://user@host/FOLDER`: the mailbox to read"
    )
    password: str = _secret(default="", description="the mailbox's password")
    oauth2_token_command: str = Field(
        default="", description="a command that prints an OAuth2 token, instead of a password"
    )
    done_folder: str = Field(default="certdesk/done", min_length=1, description="where read mail is moved")
    lmtp: Annotated[str, AfterValidator(_listen)] = Field(
        default="", description="`HOST:PORT` where the mail server hands mail over, instead of imap"
    )
    authserv_id: str = Field(default="", description="whose Authentication-Results are believed; empty believes nobody")
    duplicate_hours: Annotated[int, BeforeValidator(_number)] = Field(
        default=24, ge=0, description="for so long the same content under a new Message-ID is the same mail; 0 is never"
    )
    stale_hours: Annotated[int, BeforeValidator(_number)] = Field(
        default=72, ge=1, description="a mail older than that is acted on only when its writer says so in chat"
    )
    per_hour: Annotated[int, BeforeValidator(_number)] = Field(
        default=20, ge=1, description="mails of one sender that are acted on in an hour: reply loops end there"
    )
    asked_per_hour: Annotated[int, BeforeValidator(_number)] = Field(
        default=3,
        ge=1,
        description='questions "Did you send this?" one person is asked in an hour, however much is forged',
    )
    away_days: Annotated[int, BeforeValidator(_number)] = Field(
        default=7, ge=1, description="out-of-office answers of one person lead to one suggestion in so many days"
    )
    cover_days: Annotated[int, BeforeValidator(_number)] = Field(
        default=3, ge=1, description="for so many business days a stand-in is suggested then"
    )

    @whole(mode="after")
    def _one_way_in(self) -> InboundSettings:
        if bool(self.imap) == bool(self.lmtp):
            raise ValueError("set one of imap and lmtp")
        if self.password and self.oauth2_token_command:
            raise ValueError("set one of password and oauth2_token_command")
        if self.imap and unquote(urlsplit(self.imap).path.strip("/")) == self.done_folder:
            raise ValueError("done_folder: read mail is moved to another folder than it is read from")
        return self


class MailSettings(_Section):
    """`[mail]`"""

    smtp: Annotated[str, AfterValidator(_smtp)] = _secret(
        default="",
        description="`smtp://`, `smtp+starttls://` or `smtps://[user:password@]host[:port]`; needed by `run`",
    )
    sender: Annotated[str, AfterValidator(_sender)] = Field(
        default="", alias="from", description="the bot's own address; needed by `run`"
    )
    inbound: InboundSettings | None = None


class ChatSettings(_Section):
    """`[chat]`"""

    per_minute: Annotated[int, BeforeValidator(_number)] = Field(
        default=10, ge=0, description="commands a person may give a minute, then one polite notice; 0 is no limit"
    )


class SecuritySettings(_Section):
    """`[security]`"""

    key_file: Path = Field(
        default=Path("data/certdesk.key"),
        description="made on first start, mode 0600: signs tokens and links, encrypts restricted texts at rest; "
        "the default lies in `data_dir`",
    )


class RetentionSettings(_Section):
    """`[retention]`: after how many days what goes; counsel sets the numbers. 0 keeps it for ever."""

    at: Annotated[str, AfterValidator(_wall)] = Field(
        default="02:30", description="when the night's deletion runs, in the time of the first site"
    )
    raw_mail_days: Annotated[int, BeforeValidator(_number)] = Field(
        default=90, ge=0, description="whole mails as they came; what they led to stays; 0 keeps them"
    )
    said_days: Annotated[int, BeforeValidator(_number)] = Field(
        default=90, ge=0, description="the wording of messages and mails, where no open case was told by it; 0 keeps it"
    )
    inbox_days: Annotated[int, BeforeValidator(_number)] = Field(
        default=365, ge=0, description="who sent a message; that it came is never forgotten; 0 keeps it"
    )
    payment_picture_days: Annotated[int, BeforeValidator(_number)] = Field(
        default=90, ge=0, description="screenshots of payment pages, once their ticket is closed; 0 keeps them"
    )


class WebSettings(_Section):
    """`[web]`"""

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="127.0.0.1:8080", description="where the pages, /healthz, /readyz and /metrics are served"
    )
    public_url: Annotated[str, AfterValidator(_web_address)] = Field(
        default="", description="how people's browsers reach the pages; the default is `http://` and `listen`"
    )


class Settings(_Section):
    """Everything an operator may set. Paths are absolute; what `run` needs beyond it is told by `missing`."""

    data_dir: Path = Field(default=Path("data"), description="the folder of the SQLite file and the key file")
    policies: Path | None = Field(default=None, description="a folder of packs beside the built-in ones")
    papers: Path | None = Field(
        default=None,
        description="a folder of templates of papers (`final.typ.j2`, ...) in place of the built-in ones of that name",
    )
    database: DatabaseSettings = DatabaseSettings()
    rocketchat: RocketChatSettings = RocketChatSettings()
    mail: MailSettings = MailSettings()
    chat: ChatSettings = ChatSettings()
    security: SecuritySettings = SecuritySettings()
    retention: RetentionSettings = RetentionSettings()
    web: WebSettings = WebSettings()
    _source: str = PrivateAttr(default="the environment")

    @property
    def source(self) -> str:
        """The file this was read from, or "the environment"."""
        return self._source

    def read_from(self, source: str) -> Settings:
        """The same, remembering where it was read."""
        self._source = source
        return self

    def missing(self) -> list[str]:
        """What the bot cannot run without and nobody has set, a line each."""
        wanted = {
            ("rocketchat", "url"): self.rocketchat.url,
            ("rocketchat", "user_id"): self.rocketchat.user_id,
            ("rocketchat", "token"): self.rocketchat.secret_token,
            ("mail", "smtp"): self.mail.smtp,
            ("mail", "from"): self.mail.sender,
        }
        return [
            f"{self.source}: {written(path)}: is not set (or {variable(path)})"
            for path, value in wanted.items()
            if not value
        ]


# -- keys --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key an operator may set: ("rocketchat", "token")."""

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def secret(self) -> bool:
        """Whether it may be given as `<key>_file`."""
        return bool(isinstance(self.field.json_schema_extra, dict) and self.field.json_schema_extra.get("secret"))

    @property
    def beside(self) -> tuple[str, ...]:
        """The key of the file that may hold it instead: ("rocketchat", "token_file")."""
        return (*self.path[:-1], f"{self.path[-1]}_file")


def keys(model: type[BaseModel] = Settings, under: tuple[str, ...] = ()) -> Iterator[Key]:
    """Every key, in the order of the page."""
    for name, about in model.model_fields.items():
        path = (*under, about.alias or name)
        section = next((each for each in _kinds(about.annotation) if issubclass(each, BaseModel)), None)
        if section is not None:
            yield from keys(section, path)
        else:
            yield Key(path=path, field=about)


def _kinds(annotation: Any) -> list[type]:
    inner = getattr(annotation, "__args__", ())
    return [each for each in (annotation, *inner) if isinstance(each, type)]


def variable(path: tuple[str, ...]) -> str:
    """The environment variable of a key: "CERTDESK_ROCKETCHAT__TOKEN"."""
    return PREFIX + "__".join(path).upper()


def variables() -> dict[str, tuple[str, ...]]:
    """Every environment variable that is read, and the key it stands for."""
    known = {}
    for key in keys():
        known[variable(key.path)] = key.path
        if key.secret:
            known[variable(key.beside)] = key.beside
    return known


def written(path: tuple[str, ...]) -> str:
    """A key as one would look for it in the file: "[mail.inbound] imap"."""
    table, key = ".".join(path[:-1]), path[-1]
    return f"[{table}] {key}" if table else key

"""certdesk.toml and the environment become one value, or every mistake in them is said at once with its place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot import config
from bot.config import ConfigErrors, Settings
from bot.mail.imap import Mailbox


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variables of ours, and a folder without a file."""
    for name in list(os.environ):
        if name.startswith("CERTDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(text: str, tmp_path: Path) -> Settings:
    file = tmp_path / "house.toml"
    file.write_text(text)
    return config.load(file)


def problems(text: str, tmp_path: Path) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(text, tmp_path)
    return [problem.removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_nothing_at_all_gives_the_defaults(tmp_path: Path) -> None:
    found = config.load()
    assert found.source == "the environment"
    assert found.data_dir == tmp_path / "data"
    assert found.policies is None
    assert found.database.url == f"sqlite:///{tmp_path}/data/certdesk.db"
    assert found.security.key_file == tmp_path / "data" / "certdesk.key"
    assert (found.web.listen, found.web.public_url) == ("127.0.0.1:8080", "http://127.0.0.1:8080")
    assert found.chat.per_minute == 10


def test_certdesk_toml_of_the_working_directory_is_read_unasked(tmp_path: Path) -> None:
    (tmp_path / "certdesk.toml").write_text("[chat]\nper_minute = 0\n")
    assert config.load().chat.per_minute == 0
    assert config.load().source == "certdesk.toml"


def test_the_example_of_the_promises_is_taken(tmp_path: Path) -> None:
    found = load(
        """
        data_dir = "data"
        policies = ""
        [database]
        url = "sqlite:///data/certdesk.db"
        [rocketchat]
        url = "https://chat.example.com/"
        user_id = "u"
        token = "t"
        [mail]
        smtp = "smtp://127.0.0.1:1025"
        from = "certdesk@example.com"
        [mail.inbound]
        imap = "imaps://certdesk@imap.example.com/INBOX"
        password = "p"
        done_folder = "certdesk/done"
        authserv_id = "mx.example.com"
        [chat]
        per_minute = 10
        [security]
        key_file = "data/certdesk.key"
        [web]
        listen = "127.0.0.1:8080"
        public_url = "https://certdesk.example.com"
        """,
        tmp_path,
    )
    assert found.missing() == []
    assert found.rocketchat.url == "https://chat.example.com"
    assert found.mail.inbound is not None
    assert found.mail.inbound.done_folder == "certdesk/done"


def test_relative_paths_begin_at_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = load('data_dir = "d"\npolicies = "p"\n[security]\nkey_file = "k"\n', tmp_path)
    assert found.data_dir == tmp_path / "d"
    assert found.policies == tmp_path / "p"
    assert found.security.key_file == tmp_path / "k"
    assert found.database.url == f"sqlite:///{tmp_path}/d/certdesk.db"
    assert load('data_dir = "/srv/d"', tmp_path).database.url == "sqlite:////srv/d/certdesk.db"


def test_a_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDESK_CHAT__PER_MINUTE", "3")
    monkeypatch.setenv("CERTDESK_MAIL__FROM", "bot@example.com")
    monkeypatch.setenv("CERTDESK_WEB__LISTEN", "")
    found = load('[chat]\nper_minute = 7\n[web]\nlisten = "0.0.0.0:80"\n', tmp_path)
    assert (found.chat.per_minute, found.mail.sender, found.web.listen) == (3, "bot@example.com", "0.0.0.0:80")


def test_every_documented_variable_is_read() -> None:
    assert {"CERTDESK_DATA_DIR", "CERTDESK_ROCKETCHAT__TOKEN", "CERTDESK_ROCKETCHAT__TOKEN_FILE"} <= set(
        config.variables()
    )
    assert {"CERTDESK_DATABASE__URL_FILE", "CERTDESK_MAIL__SMTP_FILE"} <= set(config.variables())
    assert "CERTDESK_SECURITY__KEY_FILE_FILE" not in config.variables()


@pytest.mark.parametrize("table", ["[rocketchat]\ntoken_file = 'token'\n", "[rocketchat]\ntoken = 'old'\n"])
def test_a_secret_may_lie_in_a_file_named_by_file_or_variable(
    table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    if "token =" in table:
        monkeypatch.setenv("CERTDESK_ROCKETCHAT__TOKEN_FILE", "token")
    assert load(table, tmp_path).rocketchat.secret_token == "s3cret"


def test_a_variable_beats_the_files_secret_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDESK_ROCKETCHAT__TOKEN", "from the environment")
    assert load('[rocketchat]\ntoken_file = "nowhere"\n', tmp_path).rocketchat.secret_token == "from the environment"


def test_secrets_are_in_no_repr(tmp_path: Path) -> None:
    found = load(
        """
        [database]
        url = "postgresql+psycopg://certdesk:hush1@db/certdesk"
        [rocketchat]
        token = "hush2"
        [mail]
        smtp = "smtps://u:hush3@mx"
        [mail.inbound]
        imap = "imaps://u@host"
        password = "hush4"
        """,
        tmp_path,
    )
    assert "hush" not in repr(found)
    assert "hush" not in str(found)


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls", "imap"])
def test_a_mailbox_is_reached_encrypted_or_not_as_its_address_says(scheme: str, tmp_path: Path) -> None:
    inbound = load(f'[mail.inbound]\nimap = "{scheme}://u%40example.com@host/a%20b"\n', tmp_path).mail.inbound
    assert inbound is not None
    box = Mailbox.of(inbound.imap, done_folder=inbound.done_folder)
    assert (box.user, box.folder, box.secure) == ("u@example.com", "a b", scheme != "imap")
    assert (box.port, box.starttls) == (993 if scheme == "imaps" else 143, scheme == "imap+starttls")


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="frozen"):
        setattr(load("", tmp_path).chat, "per_minute", 5)  # noqa: B010 - what no checker lets pass


WRONG: list[tuple[str, list[str]]] = [
    ('data_dri = "x"', ["house.toml: data_dri: unknown key; did you mean data_dir?"]),
    ("[rocketchat]\ntokn = 'x'", ["house.toml: [rocketchat] tokn: unknown key; did you mean token?"]),
    ("[roketchat]\na = 1", ["house.toml: [roketchat]: unknown key; did you mean rocketchat?"]),
    ("rocketchat = 1", ["house.toml: [rocketchat]: must be a table"]),
    ("[chat]\nper_minute = -1", ["house.toml: [chat] per_minute: must be 0 or more"]),
    ("[chat]\nper_minute = 'many'", ["house.toml: [chat] per_minute: must be a whole number"]),
    ("[chat]\nper_minute = true", ["house.toml: [chat] per_minute: must be a whole number"]),
    ("[chat]\nper_minute = 1.5", ["house.toml: [chat] per_minute: must be a whole number"]),
    ("[rocketchat]\nuser_id = 5", ["house.toml: [rocketchat] user_id: must be text"]),
    ("[mail]\nfrom = 'certdesk'", ["house.toml: [mail] from: 'certdesk' is not a mail address"]),
    ("[mail.inbound]\ndone_folder = 'x'", ["house.toml: [mail.inbound]: set one of imap and lmtp"]),
    (
        "[mail.inbound]\nimap = 'imaps://a@b'\nlmtp = '127.0.0.1:1'",
        ["house.toml: [mail.inbound]: set one of imap and lmtp"],
    ),
    ("[mail.inbound]\nimap = 'pop3://a@b'", ["house.toml: [mail.inbound] imap: write imaps://user@host/FOLDER"]),
    (
        "[mail.inbound]\nimap = 'imaps://a:pw@b'",
        ["house.toml: [mail.inbound] imap: the password stands beside it, as password or password_file"],
    ),
    ("[web]\nlisten = '8080'", ["house.toml: [web] listen: '8080' is not HOST:PORT like 127.0.0.1:8080"]),
    (
        "[rocketchat]\ntoken = 'a'\ntoken_file = 'b'",
        ["house.toml: [rocketchat] token_file: give token or token_file, not both"],
    ),
    (
        "[rocketchat]\ntoken_file = 'nowhere'",
        ["house.toml: [rocketchat] token_file: nowhere cannot be read: No such file or directory"],
    ),
    (
        "[database]\nurl = 'mysql://x/y'",
        ["house.toml: [database] url: write sqlite:///FILE or postgresql+psycopg://user:password@host/database"],
    ),
    (
        "[rocketchat]\nurl = 'chat'\n[chat]\nper_minute = -2",
        [
            "house.toml: [rocketchat] url: 'chat' is not an address like https://chat.example.com",
            "house.toml: [chat] per_minute: must be 0 or more",
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_is_said_with_its_place(text: str, expected: list[str], tmp_path: Path) -> None:
    assert problems(text, tmp_path) == expected


def test_a_wrong_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    said = problems("[mail]\nsmtp = 'http://u:hush@mx'\n[database]\nurl = 'oracle://u:hush@db/x'\n", tmp_path)
    assert len(said) == 2
    assert "hush" not in "".join(said)


def test_a_wrong_variable_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTDESK_CHAT__PER_MINUTE", "many")
    monkeypatch.setenv("CERTDESK_ROCKETCHAT__TOKN", "x")
    assert problems("", tmp_path) == [
        "CERTDESK_ROCKETCHAT__TOKN: unknown key; did you mean CERTDESK_ROCKETCHAT__TOKEN?",
        "CERTDESK_CHAT__PER_MINUTE: must be a whole number",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a = ", "is not TOML"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_is_none_is_named(content: Any, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "house.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigErrors, match=expected) as caught:
        config.load(file)
    assert str(file) in caught.value.problems[0]


def test_what_the_bot_cannot_run_without_is_named_by_file_and_variable(tmp_path: Path) -> None:
    said = load("", tmp_path).missing()
    assert [line.partition(": [")[2].partition(":")[0] for line in said] == [
        "rocketchat] url",
        "rocketchat] user_id",
        "rocketchat] token",
        "mail] smtp",
        "mail] from",
    ]
    assert "CERTDESK_ROCKETCHAT__TOKEN" in said[2]

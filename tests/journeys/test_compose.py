"""docker-compose.yml, .env.example and the Dockerfile, read as an operator's machine would read them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.config import variables

ROOT = Path(__file__).parents[2]
SERVICES = {"certdesk", "migrate", "postgres", "rocketchat", "mongo", "mailpit"}
PREFIX = "CERTDESK_"

DOCUMENTED = {name.removeprefix(PREFIX) for name in variables()}
"""The configuration keys promised to operators, as SECTION__KEY; a secret also as KEY_FILE."""


def compose() -> dict[str, Any]:
    """The compose file with its anchors merged."""
    loaded: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    return loaded


def environment(service: str) -> dict[str, str]:
    return compose()["services"][service].get("environment", {})


def used_by_compose() -> set[str]:
    """Every CERTDESK_ variable that a container gets or that compose asks .env for."""
    text = re.sub(r"#.*", "", (ROOT / "docker-compose.yml").read_text())
    return set(re.findall(rf"\b{PREFIX}\w+", text))


def used_by_env_example() -> set[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.partition("=")[0] for line in lines if line.startswith(PREFIX)}


def used_by_dockerfile() -> set[str]:
    return set(re.findall(rf"\b({PREFIX}\w+)=", (ROOT / "Dockerfile").read_text()))


def test_the_real_thing_has_chat_mail_and_both_databases() -> None:
    assert set(compose()["services"]) == SERVICES


@pytest.mark.parametrize("name", sorted(SERVICES - {"migrate"}))
def test_every_lasting_service_tells_whether_it_is_well(name: str) -> None:
    service = compose()["services"][name]
    check = service["healthcheck"]
    assert check["test"][0] == "CMD"
    assert all(isinstance(word, str) for word in check["test"])
    assert service["restart"] == "unless-stopped"


def test_nothing_starts_before_what_it_needs() -> None:
    services = compose()["services"]
    assert services["rocketchat"]["depends_on"] == {"mongo": {"condition": "service_healthy"}}
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["certdesk"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "rocketchat": {"condition": "service_healthy"},
        "mailpit": {"condition": "service_healthy"},
    }


def test_migrate_and_certdesk_are_configured_alike() -> None:
    assert environment("migrate") == environment("certdesk")


@pytest.mark.parametrize("used", [used_by_compose, used_by_env_example, used_by_dockerfile])
def test_every_variable_used_is_a_documented_key(used: Any) -> None:
    names = {name.removeprefix(PREFIX) for name in used()}
    assert names
    assert names <= DOCUMENTED


def test_no_secret_is_written_into_the_compose_file() -> None:
    for name in SERVICES:
        for key, value in environment(name).items():
            if re.search(r"PASS|TOKEN(?!_FILE)|SECRET", key):
                assert str(value).startswith("${"), f"{name}: {key} is not taken from .env"


def test_what_compose_asks_of_env_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    demanded = set(re.findall(r"\$\{(\w+):\?", text))
    example = dict(
        line.split("=", 1) for line in (ROOT / ".env.example").read_text().splitlines() if re.match(r"\w+=", line)
    )
    assert demanded
    assert demanded <= set(example)
    assert all(example[name] == "" for name in demanded), "an example password would be used as it is"


def test_every_volume_and_secret_mounted_is_declared() -> None:
    loaded = compose()
    for service in loaded["services"].values():
        assert {mount.split(":")[0] for mount in service.get("volumes", [])} <= set(loaded["volumes"])
        assert set(service.get("secrets", [])) <= set(loaded["secrets"])


def test_only_this_machine_reaches_the_published_ports() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_does_not_run_as_root() -> None:
    stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER certdesk$", stage, re.MULTILINE)
    assert "HEALTHCHECK" in stage
    assert "/healthz" in stage

"""Whose word a mail is: forged results, borrowed names and strange envelopes convince nobody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail import authenticity
from bot.mail.parse import parse
from bot.roster import read_roster
from tests.journeys.stage import ROSTER

ROSTER_ = read_roster(ROSTER)
OURS = "mx.example.com"
ANA = "ana.rivera@example.com"
PASS = f"Authentication-Results: {OURS}; dmarc=pass header.from=example.com"


def who(*headers: str, sender: str = f"From: Ana Rivera <{ANA}>", path: str | None = f"<{ANA}>", ours: str = OURS):
    """What is made of a mail with these headers."""
    lines = [
        *([f"Return-Path: {path}"] if path is not None else []),
        *headers,
        *([sender] if sender else []),
        "",
        "hello",
    ]
    return authenticity.identify(parse("\r\n".join(lines).encode("utf-8", "surrogateescape")), ours, ROSTER_)


BELIEVED = {
    "dmarc": (PASS,),
    "dmarc without a domain": (f"Authentication-Results: {OURS}; dmarc=pass",),
    "with comments": (f"Authentication-Results: {OURS} (x; dmarc=fail); dmarc=pass (p=none dis=none) header.from=example.com",),
    "with a version": (f"Authentication-Results: {OURS} 1; spf=none; dmarc=pass header.from=example.com",),
    "folded": (f"Authentication-Results: {OURS};\r\n\tspf=fail;\r\n\tdmarc=pass\r\n header.from=example.com",),
    "capitals": (f"AUTHENTICATION-RESULTS: {OURS.upper()}; DMARC=PASS HEADER.FROM=EXAMPLE.COM",),
    "aligned spf": (f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom={ANA}; dmarc=none",),
    "aligned spf domain": (f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=example.com",),
    "aligned dkim": (f"Authentication-Results: {OURS}; dkim=pass header.d=example.com header.s=k; spf=fail",),
    "aligned dkim identity": (f"Authentication-Results: {OURS}; dkim=pass header.i=@example.com",),
    "one of two signatures": (f"Authentication-Results: {OURS}; dkim=fail header.d=x.org; dkim=pass header.d=example.com",),
    "a subdomain signs": (f"Authentication-Results: {OURS}; dkim=pass header.d=mail.example.com",),
    "another server below": (PASS, "Authentication-Results: other.example.org; dmarc=fail"),
    "another server above": ("Authentication-Results: other.example.org; dmarc=fail", PASS),
    "forged fail below": (PASS, f"Authentication-Results: {OURS}; dmarc=fail"),
}  # fmt: skip


@pytest.mark.parametrize("headers", BELIEVED.values(), ids=BELIEVED.keys())
def test_what_our_own_server_vouches_for_is_believed(headers: tuple[str, ...]) -> None:
    found = who(*headers)
    assert (found.user, found.proven, found.personal) == ("ana", True, False)


FORGED = {
    "nothing said": (),
    "dmarc fails": (f"Authentication-Results: {OURS}; dmarc=fail header.from=example.com",),
    "dmarc fails though spf passes": (f"Authentication-Results: {OURS}; dmarc=fail; spf=pass smtp.mailfrom={ANA}",),
    "dmarc of another domain": (f"Authentication-Results: {OURS}; dmarc=pass header.from=evil.org",),
    "dmarc temperror": (f"Authentication-Results: {OURS}; dmarc=temperror; dkim=pass header.d=example.com",),
    "two dmarc results": (f"Authentication-Results: {OURS}; dmarc=fail; dmarc=pass header.from=example.com",),
    "lower pass": (f"Authentication-Results: {OURS}; dmarc=fail", PASS),
    "lower pass below none": (f"Authentication-Results: {OURS}; none", PASS),
    "another server's pass": ("Authentication-Results: evil.org; dmarc=pass header.from=example.com",),
    "a longer name": (f"Authentication-Results: {OURS}.evil.org; dmarc=pass header.from=example.com",),
    "a shorter name": ("Authentication-Results: example.com; dmarc=pass header.from=example.com",),
    "our name in a comment": (f"Authentication-Results: ({OURS}) evil.org; dmarc=pass header.from=example.com",),
    "our name second": (f"Authentication-Results: evil.org {OURS}; dmarc=pass header.from=example.com",),
    "pass in a comment": (f"Authentication-Results: {OURS}; dmarc=fail (was dmarc=pass) header.from=example.com",),
    "pass in a quoted reason": (f'Authentication-Results: {OURS}; dmarc=fail reason="; dmarc=pass header.from=example.com"',),
    "pass as a property": (f"Authentication-Results: {OURS}; x-test=fail header.x=1 dmarc=pass header.from=example.com",),
    "passes": (f"Authentication-Results: {OURS}; dmarc=passed header.from=example.com",),
    "xdmarc": (f"Authentication-Results: {OURS}; x-dmarc=pass header.from=example.com",),
    "arc": (f"ARC-Authentication-Results: i=1; {OURS}; dmarc=pass header.from=example.com",),
    "x-header": (f"X-Authentication-Results: {OURS}; dmarc=pass header.from=example.com",),
    "received-spf": ("Received-SPF: pass",),
    "spf of another domain": (f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=bounce@evil.org",),
    "spf of a lookalike": (f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=a@notexample.com",),
    "spf helo only": (f"Authentication-Results: {OURS}; spf=pass smtp.helo=example.com",),
    "spf of the top level": (f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=a@com",),
    "dkim of another domain": (f"Authentication-Results: {OURS}; dkim=pass header.d=evil.org",),
    "dkim of a domain that ends so": (f"Authentication-Results: {OURS}; dkim=pass header.d=evilexample.com",),
    "dkim without a domain": (f"Authentication-Results: {OURS}; dkim=pass",),
    "dkim neutral": (f"Authentication-Results: {OURS}; dkim=neutral header.d=example.com",),
    "softfail": (f"Authentication-Results: {OURS}; spf=softfail smtp.mailfrom={ANA}",),
    "empty": ("Authentication-Results: ",),
    "only the name": (f"Authentication-Results: {OURS}",),
    "an unclosed comment": (f"Authentication-Results: {OURS}; (dmarc=pass header.from=example.com",),
    "an unclosed quote": (f'Authentication-Results: {OURS}; reason="dmarc=pass; dmarc=pass',),
    "in the body": ("Subject: x", "", PASS),
    "a header within a header": (f"Subject: x\n y {PASS}",),
}  # fmt: skip


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED.keys())
def test_what_anybody_could_have_written_is_not_believed(headers: tuple[str, ...]) -> None:
    assert not who(*headers).proven


SENDERS = {
    "two mailboxes": f"From: {ANA}, tara.lee@example.com",
    "a name that is an address": 'From: "ana.rivera@example.com" <evil@evil.org>',
    "two From headers": f"From: {ANA}\r\nFrom: evil@evil.org",
    "the same twice": f"From: {ANA}\r\nFrom: {ANA}",
    "none": "To: x@example.com",
    "a group": f"From: team: {ANA}, x@example.com;",
    "no address": "From: Ana Rivera",
    "an encoded address": "From: =?utf-8?q?ana.rivera=40example.com?=",
    "a shared address": "From: licensing@example.com",
    "the robot": "From: certdesk@example.com",
    "a lookalike": "From: ana.rivera@examp1e.com",
    "another script": "From: аna.rivera@example.com",
    "a subdomain": "From: ana.rivera@sub.example.com",
    "a stranger": "From: stranger@example.com",
}


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS.keys())
def test_only_one_address_of_the_roster_is_somebody(sender: str) -> None:
    for path in (f"<{ANA}>", None):
        assert not who(PASS, sender=sender, path=path).proven


@pytest.mark.parametrize(
    "path", ["<evil@evil.org>", "<tara.lee@example.com>", "<>", "<ana@home.example.net>", "nonsense"]
)
def test_an_envelope_of_another_is_not_believed(path: str) -> None:
    assert not who(PASS, path=path).proven


def test_a_missing_envelope_needs_dmarc() -> None:
    assert who(PASS, path=None).proven
    assert not who(f"Authentication-Results: {OURS}; dkim=pass header.d=example.com", path=None).proven


def test_without_a_configured_server_nobody_is_believed() -> None:
    assert not who(PASS, ours="").proven


def test_a_private_address_is_told_from_the_work_address() -> None:
    home = "ana@home.example.net"
    found = who(
        f"Authentication-Results: {OURS}; dmarc=pass header.from=home.example.net", sender=f"From: <{home.upper()}>",
        path=f"<{home}>",
    )  # fmt: skip
    assert (found.user, found.proven, found.personal) == ("ana", True, True)


_HEADER = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=200)


@settings(max_examples=300, deadline=None)
@given(st.lists(_HEADER, max_size=4), _HEADER)
def test_no_header_of_a_stranger_is_believed_below_ours(forged: list[str], name: str) -> None:
    results = [f"Authentication-Results: {OURS}; dmarc=fail", *(f"Authentication-Results: {each}" for each in forged)]
    found = who(*results, sender=f'From: "{name}" <{ANA}>')
    assert not found.proven


@settings(max_examples=300, deadline=None)
@given(_HEADER)
def test_a_result_that_does_not_name_our_server_vouches_for_nothing(said: str) -> None:
    named = said.replace(OURS, "elsewhere")
    assert authenticity.believed([named], OURS) == ()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_comes_identity_is_never_an_error(noise: bytes) -> None:
    authenticity.identify(parse(noise), OURS, ROSTER_)
    head = f"Return-Path: <{ANA}>\r\nFrom: {ANA}\r\nAuthentication-Results: {OURS}; ".encode()
    assert authenticity.identify(parse(head + noise), OURS, ROSTER_).user in ("ana", "")

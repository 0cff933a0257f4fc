"""One Postfix with its filters and one Dovecot for all tests of this folder; nothing is left of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.servers.dovecot import Dovecot
from tests.servers.ground import Ground, needed
from tests.servers.house import Nest
from tests.servers.postfix import Postfix


@pytest.fixture(scope="package")
def servers() -> Iterator[tuple[Postfix, Dovecot]]:
    """Both at work; skipped, aloud, where they are not installed or may not run."""
    needed("postfix", "opendkim", "opendmarc", "publicsuffix", "dovecot-imapd", "dovecot-lmtpd")
    with Ground() as mails, Ground() as boxes:
        dovecot = Dovecot(boxes)
        postfix = Postfix(mails, lda=dovecot.lmtp, sasl=dovecot.auth, tls=dovecot.authority)
        with dovecot.tokens, postfix.resolver, pytest.MonkeyPatch.context() as patch:
            dovecot.write()
            patch.setenv("SSL_CERT_FILE", str(dovecot.authority))  # the system trusts who signed the certificate
            dovecot.start()
            postfix.start()
            yield postfix, dovecot


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def nest(servers: tuple[Postfix, Dovecot]) -> AsyncIterator[Nest]:
    """Where the bots of all these tests are born."""
    here = Nest()
    try:
        yield here
    finally:
        await here.close()


@pytest.fixture
def postfix(servers: tuple[Postfix, Dovecot]) -> Iterator[Postfix]:
    """Postfix with an empty queue."""
    yield servers[0]
    print(servers[0].ground.log())  # shown when the test fails
    servers[0].forget()


@pytest.fixture
def dovecot(servers: tuple[Postfix, Dovecot]) -> Iterator[Dovecot]:
    """Dovecot at work, with an empty mailbox."""
    yield servers[1]
    print(servers[1].ground.log())
    servers[1].empty()

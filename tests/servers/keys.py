"""Keys of the tests' own: a DKIM signature as a sending server makes it, and a certificate for 127.0.0.1."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SIGNED = ("from", "to", "subject", "date", "message-id")


@dataclass(frozen=True)
class Signer:
    """Signs for one domain (RFC 6376, rsa-sha256, relaxed/relaxed)."""

    domain: str
    selector: str
    key: rsa.RSAPrivateKey

    @classmethod
    def of(cls, domain: str, selector: str = "s1") -> Signer:
        return cls(domain, selector, rsa.generate_private_key(public_exponent=65537, key_size=1024))

    @property
    def record(self) -> tuple[str, str]:
        """The name and text that publish the key."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return f"{self.selector}._domainkey.{self.domain}", f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def private(self, path: Path) -> Path:
        """The key itself, in a file."""
        path.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        path.chmod(0o600)
        return path

    def sign(self, raw: bytes) -> bytes:
        """The mail with its signature on top; lines end in CRLF."""
        raw = re.sub(rb"\r?\n", b"\r\n", raw)
        head, _, body = raw.partition(b"\r\n\r\n")
        body = b"".join(re.sub(rb"[ \t]+", b" ", line).rstrip() + b"\r\n" for line in body.split(b"\r\n"))
        body = body.rstrip(b"\r\n") + b"\r\n" if body.strip(b"\r\n") else b""
        lines = {}
        for line in re.split(rb"\r\n(?![ \t])", head):
            name, _, value = line.partition(b":")
            lines[name.strip().lower().decode()] = value
        names = [name for name in SIGNED if name in lines]
        words = base64.b64encode(hashlib.sha256(body).digest()).decode()
        made = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; h={':'.join(names)}; "
            f"bh={words}; b="
        )
        said = b"".join(_relaxed(name, lines[name]) + b"\r\n" for name in names)
        said += _relaxed("dkim-signature", made.encode())
        proof = base64.b64encode(self.key.sign(said, padding.PKCS1v15(), hashes.SHA256())).decode()
        return f"DKIM-Signature: {made}{proof}\r\n".encode() + raw


def _relaxed(name: str, value: bytes) -> bytes:
    return name.encode() + b":" + re.sub(rb"[ \t\r\n]+", b" ", value).strip()


def certificate(folder: Path, common_name: str = "certdesk tests") -> tuple[Path, Path]:
    """(certificate, key) files for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "server.crt", folder / "server.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths

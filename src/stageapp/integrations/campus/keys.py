"""The key with which the application speaks to a SAML provider."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

KEY_BITS = 3072
#: Who trusts the key trusts these very bytes: that the certificate ends only gives work.
VALID_FOR = timedelta(days=3650)


def new_key(common_name: str, at: datetime) -> tuple[str, str]:
    """Return a private key and a certificate that it signs itself, both as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + VALID_FOR)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def read_certificate(text: str) -> x509.Certificate:
    """Read a certificate, as PEM or only its middle. Raises ValueError for what is none."""
    middle = "".join(line for line in text.splitlines() if "-----" not in line).split()
    pem = f"-----BEGIN CERTIFICATE-----\n{''.join(middle)}\n-----END CERTIFICATE-----\n"
    return x509.load_pem_x509_certificate(pem.encode())


def certificate_pem(text: str) -> str:
    """Return a certificate as every program writes it. Raises ValueError for what is none."""
    return read_certificate(text).public_bytes(serialization.Encoding.PEM).decode()

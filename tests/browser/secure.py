"""A proxy with a certificate of its own before a server of this machine, as docs/running.md has it.

With it a browser meets Stage-App and its neighbours at host names and over https.
"""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.integrations.lti.campus import key_pair, pem

#: What belongs to one connection, and what the proxy says itself.
OWN = {"connection", "transfer-encoding", "x-forwarded-proto", "content-length", "keep-alive"}


def certificate(folder: Path) -> ssl.SSLContext:
    """Return what a server needs to speak TLS; nobody vouches for it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stage.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key_pair().public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key_pair(), hashes.SHA256())
    )
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    key.write_text(pem(key_pair()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


@contextmanager
def before(target: str, context: ssl.SSLContext) -> Iterator[int]:
    """Answer over https with what `host:port` answers; gives the port where."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = {name: told for name, told in self.headers.items() if name.lower() not in OWN}
            asked["X-Forwarded-Proto"] = "https"
            with closing(HTTPConnection(target)) as line:
                line.request(self.command, self.path, body, asked)
                answer = line.getresponse()
                data = answer.read()
            self.send_response(answer.status)
            for name, told in answer.getheaders():
                if name.lower() not in OWN:
                    self.send_header(name, told)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_args: Any) -> None:
            # A browser hangs up whenever it likes.
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()

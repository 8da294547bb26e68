"""A real mail server on the loopback interface, for the scenarios of mail.

Usage: mailserver.py plain|starttls|implicit [CERTIFICATE KEY]

Prints its port, then a line of JSON for every message: how it came, and what
Python's own mail package understands of it. Logins are desk:s3same and nobody
else's; a recipient that begins with "nobody" is refused.
"""

import email
import email.policy
import json
import socket
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        read = email.message_from_bytes(envelope.content, policy=email.policy.default)
        header = lambda name: str(read[name]) if read[name] is not None else None
        parts = {part.get_content_type(): part.get_content() for part in read.walk() if not part.is_multipart()}
        told = {
            "sealed": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data.decode() if session.auth_data else None,
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "id": header("message-id"),
            "subject": header("subject"),
            "date": header("date"),
            "parent": header("in-reply-to"),
            "thread": header("references"),
            "text": parts.get("text/plain"),
            "html": parts.get("text/html"),
            "defects": [repr(it) for part in read.walk() for it in part.defects],
            "bytes": envelope.content.decode("latin-1"),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    if (data.login, data.password) == (b"desk", b"s3same"):
        return AuthResult(success=True, auth_data=data.login)
    return AuthResult(success=False, handled=False)


def main():
    mode = sys.argv[1]
    options = {}
    if mode != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        options = {"authenticator": authenticate, "auth_required": True}
        if mode == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        else:
            options |= {"ssl_context": context, "auth_require_tls": False}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    Controller(Handler(), hostname="127.0.0.1", port=port, **options).start()
    print(port, flush=True)
    threading.Event().wait()


main()

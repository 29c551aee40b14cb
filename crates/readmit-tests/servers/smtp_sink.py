#!/usr/bin/env python3
"""A real SMTP server (aiosmtpd) that keeps what it is given and fails on demand.

    smtp_sink.py [--cert PEM --key PEM] [--user NAME --password WORD] [--mechanisms PLAIN,LOGIN] [--slow SECONDS]

The first line on standard output is JSON with the ports on 127.0.0.1:
  plain     no TLS, no login
  starttls  STARTTLS and login required   (with --cert)
  tls       implicit TLS, login required  (with --cert)
  http      GET /messages, DELETE /messages, GET /seen

The local part of a recipient chooses a fault: tempfail* 451, reject* 550, greylist* 450 once for each address,
slow* answers late, drop* closes the connection in DATA. Ends when its standard input is closed.
"""

import argparse
import asyncio
import http.server
import json
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HOST = "127.0.0.1"


class Sink:
    """What arrived, shared by all ports."""

    def __init__(self, slow):
        self.slow = slow
        self.messages = []
        self.greylisted = set()
        self.seen = {"ehlo": 0, "auth": [], "mail": 0}


class Conversation:
    """The hooks of one port."""

    def __init__(self, sink, tls):
        self.sink = sink
        self.tls = tls

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sink.seen["ehlo"] += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.sink.seen["mail"] += 1
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local.startswith("tempfail"):
            return "451 4.3.0 Mailbox is busy"
        if local.startswith("reject"):
            return "550 5.1.1 No such mailbox"
        if local.startswith("greylist") and address not in self.sink.greylisted:
            self.sink.greylisted.add(address)
            return "450 4.7.1 Greylisted, come again"
        if local.startswith("slow"):
            await asyncio.sleep(self.sink.slow)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(address.startswith("drop") for address in envelope.rcpt_tos):
            server.transport.abort()
            return "421 4.3.2 Closing"
        self.sink.messages.append(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "tls": self.tls or session.ssl is not None,
                "authenticated": bool(session.authenticated),
                "helo": session.host_name,
                "raw": envelope.content.decode("latin-1"),
            }
        )
        return f"250 2.0.0 queued as SINK{len(self.sink.messages)}"


def answers(sink):
    """The HTTP side: what arrived, as JSON."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            kept = sink.seen if self.path == "/seen" else sink.messages
            body = json.dumps(kept).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_DELETE(self):
            sink.messages.clear()
            self.do_GET()

        def log_message(self, *_):
            pass

    return http.server.ThreadingHTTPServer((HOST, 0), Answers)


async def serve(options):
    sink = Sink(options.slow)
    loop = asyncio.get_running_loop()

    def authenticate(server, session, envelope, mechanism, login):
        right = (
            isinstance(login, LoginPassword)
            and login.login == options.user.encode()
            and login.password == options.password.encode()
        )
        sink.seen["auth"].append([mechanism, right])
        return AuthResult(success=right, handled=False)

    refused = [name for name in ("PLAIN", "LOGIN") if name not in options.mechanisms.split(",")]
    login = dict(authenticator=authenticate, auth_required=True, auth_exclude_mechanism=refused)

    async def listen(make, context=None):
        server = await loop.create_server(make, HOST, 0, ssl=context)
        return server, server.sockets[0].getsockname()[1]

    servers = {"plain": await listen(lambda: SMTP(Conversation(sink, False), loop=loop))}
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
        upgraded = dict(tls_context=context, require_starttls=True, **login)
        wrapped = dict(auth_require_tls=False, **login)
        servers["starttls"] = await listen(lambda: SMTP(Conversation(sink, False), loop=loop, **upgraded))
        servers["tls"] = await listen(lambda: SMTP(Conversation(sink, True), loop=loop, **wrapped), context)

    web = answers(sink)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    ports = {name: port for name, (_, port) in servers.items()}
    print(json.dumps({**ports, "http": web.server_address[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--user", default="sspr")
    parser.add_argument("--password", default="lab")
    parser.add_argument("--mechanisms", default="PLAIN,LOGIN")
    parser.add_argument("--slow", type=float, default=5.0)
    asyncio.run(serve(parser.parse_args()))

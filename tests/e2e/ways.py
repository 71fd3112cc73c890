#!/usr/bin/python3
"""The real programs that tell people, in their cage, against real peers of other makes: what arrives there, and what
each says became of it. usage: ways.py LIBEXEC SOURCE mail|... [ROUNDS]: also how long so many messages take each."""
import asyncio, email, email.policy, http.server, json, os, re, shutil, socket, ssl, struct, subprocess, sys, tempfile, threading
import time, tty, urllib.parse, uuid, xml.etree.ElementTree
import paging, tickets

libexec, source, what = sys.argv[1:4]
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 0
tmp = tempfile.TemporaryDirectory()
os.chmod(tmp.name, 0o755)
DELIVERED, REFUSED, FAILED, ACKNOWLEDGED, ON_MY_WAY = 1, 2, 3, 4, 5
TYPES = ["NONE"] + re.findall(r"^\tX\((\w+),", open(f"{source}/src/run/ipc.h").read(), re.M)
BODY = """{"schema": "ward.message/1", "id": "x", "tlp": "TLP:AMBER", "language": "fr",
 "subject": "Nouvel incident : ÉLEVÉ, physique : porte forcée", "text": "Nouvel incident : porte forcée\\n.\\nOù : « local A » €\\n",
 "incidents": [{"where": "Local A"}], "more": 0}"""
SUBJECT = "Nouvel incident : ÉLEVÉ, physique : porte forcée · Local A"
TEXT = "TLP:AMBER\nNouvel incident : porte forcée\n.\nOù : « local A » €\n"


def fail(*why):
    print("FAILED:", *why)
    sys.exit(1)


def expect(is_so, *why):
    is_so or fail(*why)


def put(name, text):
    path = os.path.join(tmp.name, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def certificate(name="peer"):
    """For 127.0.0.1; whoever trusts it trusts the peer."""
    pem, key = os.path.join(tmp.name, name + ".pem"), os.path.join(tmp.name, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=peer",
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", pem],
                   check=True, stderr=subprocess.DEVNULL)
    os.chmod(key, 0o644)
    return pem, key


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Way:
    """A program with its settings; those that are no file go to it as the supervisor's do, unseen."""
    FILES = "certificate", "secret_file", "client_certificate", "client_key", "template", "content"

    def __init__(self, program, **settings):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds, args = [theirs.fileno()], [f"fd.respond={theirs.fileno()}", f"supervisor={os.getpid()}"]
        for key, value in settings.items():
            if key in self.FILES:
                args.append(f"{key}={value}")
                continue
            fds.append(os.memfd_create(key))
            os.write(fds[-1], value.encode())
            os.lseek(fds[-1], 0, os.SEEK_SET)
            args.append(f"fd.{key}={fds[-1]}")
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:abort_on_error=1")
        self.log = open(os.path.join(tmp.name, "log"), "w+")
        self.process = subprocess.Popen([os.path.join(libexec, program), *args], pass_fds=fds, env=env, stderr=self.log)
        theirs.close()
        for fd in fds[1:]:
            os.close(fd)
        self.link = ours
        self.link.settimeout(60)

    def tell(self, body=BODY, id=None):
        """(what became of it, status, nanoseconds to wait, why)"""
        id = id or uuid.uuid4().bytes
        body = id + struct.pack(">Q", 2**63 - 1) + body.encode()  # it is never too late for it
        self.link.send(struct.pack(">HHII", 1, TYPES.index("SEND"), len(body), 0) + body)
        return id

    def withdraw(self, id):
        self.link.send(struct.pack(">HHII", 1, TYPES.index("WITHDRAW"), len(id), 0) + id)

    def said(self, id):
        got = self.link.recv(1 << 16)
        if not got:
            self.log.seek(0)
            fail("the process died:", self.log.read())
        version, kind, length, _ = struct.unpack(">HHII", got[:12])
        expect((kind, length) == (TYPES.index("SENT"), len(got) - 12), "no SENT", got)
        expect(got[12:28] == id, "of another message")
        became, status, wait = struct.unpack(">BHQ", got[28:39])
        return became, status, wait, got[40 + (got[39] > 127):].decode()

    async def asked(self, body=BODY, id=None):
        id = self.tell(body, id)
        return await asyncio.get_running_loop().run_in_executor(None, self.said, id)

    def end(self):
        self.process.terminate()
        code = self.process.wait()
        self.log.seek(0)
        expect(code == 0, "it ended with", code, self.log.read())
        self.link.close()


async def becomes(way, wanted, body=BODY):
    """One message; `wanted` is what became of it, and a part of why."""
    id = uuid.uuid4().bytes
    got = await way.asked(body, id)
    expect(got[0] == wanted[0] and wanted[1] in got[3], "became", got, "instead of", wanted)
    way.end()
    return id, got


async def timed(name, make, body=BODY):
    """From the letter until the program says that it is delivered, a connection for each."""
    took, way = [], make() if rounds else None
    for _ in range(rounds):
        at = time.monotonic()
        expect((await way.asked(body))[0] == DELIVERED, "not delivered")
        took.append((time.monotonic() - at) * 1000)
    if took:
        way.end()
        took.sort()
        print(f"{name}: half within {took[len(took) // 2]:.1f} ms, 99 % within {took[len(took) * 99 // 100]:.1f} ms")


async def mail():
    try:
        from aiosmtpd.smtp import SMTP, AuthResult
    except ImportError:
        print("skipped: no aiosmtpd (python3-aiosmtpd)")
        sys.exit(77)
    pem, key = certificate()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, key)
    got, answer = [], {}

    class Handler:
        async def handle_RCPT(self, _, session, envelope, address, options):
            if "rcpt" in answer:
                return answer["rcpt"]
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _, session, envelope):
            got.append((session.authenticated, session.ssl is not None, envelope))
            return answer.get("data", "250 OK")

    def authenticate(_, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"ward", b"of-the-mail-server"), handled=False)

    async def serve(smtps=False, **options):
        loop = asyncio.get_running_loop()
        at = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=False, **options), "127.0.0.1", 0,
                                      ssl=server if smtps else None)
        return at.sockets[0].getsockname()[1]

    login = dict(authenticator=authenticate, auth_require_tls=True, auth_required=True)
    starttls = await serve(tls_context=server, require_starttls=True, **login)
    plain, smtps = await serve(), await serve(smtps=True)
    people = {"from": "ward@hospital.example", "to": "security@hospital.example"}
    user = dict(user="ward", secret_file=put("password", "of-the-mail-server\n"))

    id, _ = await becomes(Way("mail", url=f"smtp://127.0.0.1:{starttls}", certificate=pem, **people, **user),
                          (DELIVERED, ""))
    authenticated, secure, envelope = got.pop()
    expect(authenticated and secure, "not logged in, or in clear")
    expect((envelope.mail_from, envelope.rcpt_tos) == (people["from"], [people["to"]]), "other people")
    m = email.message_from_bytes(envelope.content, policy=email.policy.default)
    expect(m["Subject"] == SUBJECT + " [TLP:AMBER]", "subject", m["Subject"])
    expect(m.get_content().replace("\r\n", "\n") == TEXT, "text", repr(m.get_content()))
    expect(m["Message-ID"] == f"<{uuid.UUID(bytes=id)}@ward>", "id", m["Message-ID"])
    expect(not m.defects, "defects", m.defects)

    # in TLS from the first byte; in clear to this machine itself, without a user
    await becomes(Way("mail", url=f"smtps://127.0.0.1:{smtps}", certificate=pem, **people), (DELIVERED, ""))
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{plain}", **people), (DELIVERED, ""))
    expect(len(got) == 2, "not two", got)
    got.clear()

    # what is not taken, and what is not handed over
    wrong = dict(user, secret_file=put("wrong", "another\n"))
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{starttls}", certificate=pem, **people, **wrong),
                  (REFUSED, "535 to the login"))
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{plain}", certificate=pem, **people), (FAILED, "no STARTTLS"))
    await becomes(Way("mail", url=f"smtps://127.0.0.1:{smtps}", **people), (FAILED, "self-signed certificate"))
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{free_port()}", **people), (FAILED, "refuses connections"))
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{plain}", **people), (REFUSED, "no text for people"),
                  '{"schema": "ward.heartbeat/1"}')
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{plain}", **people), (REFUSED, "no text for people"),
                  '{"subject": "a", "more": [%s0]}' % ("0," * 70000))  # as many values as a message can hold
    answer["rcpt"] = "450 later"
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{plain}", **people), (FAILED, "450 to the recipient's address"))
    answer["rcpt"] = "550 nobody"
    await becomes(Way("mail", url=f"smtp://127.0.0.1:{plain}", **people), (REFUSED, "550 to the recipient's address"))
    expect(not got, "handed over", got)
    # one process, one message after the other
    answer.clear()
    way = Way("mail", url=f"smtp://127.0.0.1:{plain}", **people)
    for _ in range(3):
        id = uuid.uuid4().bytes
        expect((await way.asked(id=id))[0] == DELIVERED, "one after the other")
    expect((await way.asked(id=id))[0] == DELIVERED and len(got) == 3, "the last one twice", got)
    way.end()
    await timed("mail (STARTTLS, login)", lambda: Way("mail", url=f"smtp://127.0.0.1:{starttls}", certificate=pem, **people, **user))


def authority(*names):
    """A CA, and for each name a certificate and key of it."""
    ca, ca_key = os.path.join(tmp.name, "ca.pem"), os.path.join(tmp.name, "ca.key")
    run = lambda *a: subprocess.run(["openssl", *a], check=True, stderr=subprocess.DEVNULL)
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ca", "-keyout", ca_key, "-out", ca)
    san = put("san", "subjectAltName=IP:127.0.0.1\n")
    made = [ca]
    for name in names:
        pem, key, csr = (os.path.join(tmp.name, f"{name}.{end}") for end in ("pem", "key", "csr"))
        run("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout", key, "-out", csr)
        run("x509", "-req", "-in", csr, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-extfile", san,
            "-out", pem)
        os.chmod(key, 0o644)
        made.append((pem, key))
    return made


def publishes(*all):
    return json.dumps({"schema": "ward.topics/1", "publish": [
        dict(topic=t, payload=p, **{flag: True for flag in flags}) for t, p, *flags in all]})


async def mqtt():
    """Mosquitto, which asks for clients' certificates and lets each publish below topics of its own."""
    broker, sub = (shutil.which(p, path=os.environ["PATH"] + ":/usr/sbin") for p in ("mosquitto", "mosquitto_sub"))
    if not broker or not sub:
        print("skipped: mosquitto is not installed")
        sys.exit(77)
    ca, (pem, key), ward, display, guest = authority("broker", "ward", "display", "guest")
    port, plain = free_port(), free_port()
    put("acl", "user ward\ntopic write ward/turin/#\ntopic write plant/siren\nuser display\ntopic read #\n"
               "user by-password\ntopic write #\n")
    subprocess.run(["mosquitto_passwd", "-b", "-c", os.path.join(tmp.name, "users"), "by-password", "of-the-broker"],
                   check=True)
    conf = put("conf", f"""per_listener_settings true
listener {port} 127.0.0.1
cafile {ca}
certfile {pem}
keyfile {key}
require_certificate true
use_identity_as_username true
acl_file {tmp.name}/acl
listener {plain} 127.0.0.1
password_file {tmp.name}/users
acl_file {tmp.name}/acl
""")
    os.chmod(os.path.join(tmp.name, "users"), 0o644)
    log = open(os.path.join(tmp.name, "broker.log"), "w")
    server = subprocess.Popen([broker, "-c", conf], stderr=log, stdout=log)

    def listen(topic, n):
        return subprocess.Popen([sub, "-h", "127.0.0.1", "-p", str(port), "--cafile", ca, "--cert", display[0], "--key",
                                 display[1], "-V", "mqttv5", "-q", "1", "-t", topic, "-C", str(n), "-W", "30", "-F",
                                 "%r %t %p"], stdout=subprocess.PIPE, text=True)

    def heard(topic, n):
        return listen(topic, n).communicate()[0].splitlines()

    async def once_up(way, *wanted):
        for _ in range(100):
            got = await way.asked(*wanted)
            if "refuses connections" not in got[3]:
                return got
            await asyncio.sleep(0.1)
        fail("no broker", open(log.name).read())

    tls = dict(url=f"mqtts://127.0.0.1:{port}", certificate=ca, recipient="soc")
    shown = dict(client_certificate=ward[0], client_key=ward[1])
    try:
        # as data: each is retained, and in order
        way = Way("publish", **tls, **shown)
        three = publishes(("ward/turin/incident/1", '{"a": "é"}', "retain"), ("ward/turin/response/1", "{}", "retain"),
                          ("ward/turin/test/soc", "{}"))
        got = await once_up(way, three)
        expect(got[0] == DELIVERED, "not delivered", got)
        got = heard("ward/turin/+/1", 2)
        expect(sorted(got) == ['1 ward/turin/incident/1 {"a": "é"}', "1 ward/turin/response/1 {}"], "retained", got)
        # what the broker does not allow is refused, though it let the connection in
        got = await way.asked(publishes(("ward/geneva/incident/1", "{}", "retain")))
        expect(got[:2] == (REFUSED, 0x87) and "does not allow" in got[3], "another's topic", got)
        # a siren that nobody hears is no siren; once somebody does, it is
        on = publishes(("plant/siren", "on", "retain", "heard"))
        got = await way.asked(on)
        expect(got[0] == FAILED and "nobody listens" in got[3], "nobody", got)
        siren = listen("plant/siren", 3)
        for _ in range(100):  # it has subscribed
            got = await way.asked(on)
            if got[0] == DELIVERED:
                break
            await asyncio.sleep(0.1)
        expect(got[0] == DELIVERED, "a siren", got)
        expect((await way.asked(publishes(("plant/siren", "off", "retain", "heard"))))[0] == DELIVERED, "off")
        said = [line.split(" ", 1)[1] for line in siren.communicate()[0].splitlines()]
        expect(said[-1] == "plant/siren off" and "plant/siren on" in said, "the siren", said)
        way.end()
        await timed("mqtt (TLS, client certificate)", lambda: Way("publish", **tls, **shown), three)
        # who has no certificate, or another's, or does not know the broker
        await becomes(Way("publish", **tls), (FAILED, ""), three)
        await becomes(Way("publish", **tls, client_certificate=guest[0], client_key=guest[1]), (REFUSED, "not allow"), three)
        await becomes(Way("publish", **dict(tls, certificate=guest[0]), **shown), (FAILED, "certificate"), three)
        # by password, to this machine itself
        user = dict(url=f"mqtt://127.0.0.1:{plain}", recipient="soc", user="by-password")
        await becomes(Way("publish", **user, secret_file=put("password", "of-the-broker\n")), (DELIVERED, ""), three)
        await becomes(Way("publish", **user, secret_file=put("password", "another\n")), (REFUSED, ""), three)
        await becomes(Way("publish", **user, secret_file=put("password", "of-the-broker\n")),
                      (REFUSED, "nothing to publish"), '{"schema": "ward.message/1"}')
    finally:
        server.terminate()
        server.wait()
    # a broker that is away
    await becomes(Way("publish", **tls, **shown), (FAILED, "refuses connections"), three)


async def pager():
    body = json.dumps({"schema": "ward.message/1", "page": "HIGH, Room too warm. Theatre 3", "incidents": [{"level": "high"}]})
    whole = {"1": "4711", "2": "HIGH, Room too warm. Theatre 3", "3": "5", "4": "3", "5": "1", "6": "2"}
    server = socket.create_server(("127.0.0.1", 0))
    at = dict(url=f"serial-server:127.0.0.1:{server.getsockname()[1]}", call="4711", beeps="5")

    def start(read, write, polls=None):
        p = paging.Paging(read, write, polls)
        threading.Thread(target=p.run, daemon=True).start()
        return p

    def accept(polls=None):
        conn, _ = server.accept()
        f = conn.makefile("rb")

        def read(n):
            got = f.read(n)
            if len(got) < n:
                raise EOFError
            return got
        return conn, start(read, conn.sendall, polls)

    # Ward controls the line: one call after the other, damage, what is not taken
    way = Way("pager", **at)
    conn, system = accept()
    expect(await way.asked(body) == (DELIVERED, 0, 0, ""), "not called")
    expect(system.calls == [whole], "another call", system.calls)
    system.answers = [b"1\x15", b"\x15"]
    expect((await way.asked(body))[0] == DELIVERED and len(system.calls) == 2, "it does not try again", system.calls)
    system.answers = [b"3\x15"]
    got = await way.asked(body)
    expect(got[0] == REFUSED and "does not take the call" in got[3], "refused", got)
    got = await way.asked('{"schema": "ward.heartbeat/1"}')
    expect(got[0] == REFUSED and "no text for a pager" in got[3], "no text", got)
    # the serial server goes, and comes back
    conn.shutdown(socket.SHUT_RDWR)
    conn.close()
    conn, system = accept()
    expect((await way.asked(body))[0] == DELIVERED and system.calls[-1] == whole, "it does not come back")
    way.end()
    conn.close()

    # the paging system controls it, and polls Ward as station 3
    way = Way("pager", **at, station="3")
    conn, system = accept(b"3")
    expect((await way.asked(body))[0] == DELIVERED and system.calls == [whole], "not when polled", system.calls)
    way.end()
    conn.close()

    # a serial device
    ours, theirs = os.openpty()
    tty.setraw(ours)

    def read(n):
        got = b""
        while len(got) < n:
            got += os.read(ours, n - len(got))
        return got
    system = start(read, lambda b: os.write(ours, b))
    way = Way("pager", url="serial:" + os.ttyname(theirs), call="4711", baud="9600", frame="8n1")
    expect((await way.asked(body))[0] == DELIVERED, "not by the device")
    expect(system.calls == [dict(whole, **{"3": "1"})], "another call", system.calls)
    if rounds:
        await timed("espa", lambda: way, body)
    else:
        way.end()


async def post():
    """What a gateway or a homeserver demands is checked by the peer itself, which answers as one does."""
    pem, key = certificate()
    got, answer, rooms = [], {}, {}

    class Peer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *a):
            pass

        def say(self, status, text, **headers):
            self.send_response(status)
            for k, v in headers.items():
                self.send_header(k.replace("_", "-"), v)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def matrix(self, body):
            """Client-server API, 10.6: PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}"""
            m = re.fullmatch(r"/_matrix/client/v3/rooms/([^/]+)/send/([^/]+)/([^/]+)", self.path)
            if not m or self.command != "PUT":
                return self.say(404, '{"errcode": "M_UNRECOGNIZED"}')
            room, kind, txn = map(urllib.parse.unquote, m.groups())
            if self.headers["Authorization"] != "Bearer of-the-homeserver":
                return self.say(401, '{"errcode": "M_UNKNOWN_TOKEN"}')
            if room != "!secur/ity:hospital.example" or kind != "m.room.message":
                return self.say(403, '{"errcode": "M_FORBIDDEN"}')
            if answer.get("limit"):
                return self.say(429, '{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 7000}', Retry_After="7")
            event = json.loads(body)
            if event.get("msgtype") != "m.text" or not isinstance(event.get("body"), str):
                return self.say(400, '{"errcode": "M_BAD_JSON"}')
            rooms.setdefault(txn, event)  # the same transaction is one event
            self.say(200, '{"event_id": "$%s"}' % txn)

        def do(self):
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            if self.path.startswith("/_matrix/"):
                return self.matrix(body)
            got.append((self.command, self.path, self.headers, body))
            self.say(answer.get("status", 200), answer.get("text", '{"status": "0"}'))
        do_GET = do_POST = do_PUT = do

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"https://127.0.0.1:{server.server_address[1]}"
    nasty = BODY.replace("· Local A", "").replace("Nouvel incident : É", "a\\\"<&>'{to}\\\\%+=;É", 1)
    line = json.loads(nasty)["subject"] + " · Local A"
    sms = dict(certificate=pem, to="+391234567890", secret_file=put("token", "of-the-gateway\n"),
               header="Authorization: Bearer {secret}")

    # what a value holds stays within it, whatever the gateway's form is
    id, _ = await becomes(Way("post", url=here + "/v1/messages", **sms,
                              body='{"to": ["{to}"], "text": "{text}", "ref": "{id}", "all": "{message}"}'),
                          (DELIVERED, ""), nasty)
    method, path, headers, body = got.pop()
    expect((method, path) == ("POST", "/v1/messages"), method, path)
    expect(headers["Authorization"] == "Bearer of-the-gateway", headers)
    expect(headers["Content-Type"] == "application/json", headers)
    expect(json.loads(body) == {"to": ["+391234567890"], "text": line, "ref": str(uuid.UUID(bytes=id)), "all": TEXT}, body)
    await becomes(Way("post", url=here, **sms, content_type="application/x-www-form-urlencoded", body="n={to}&t={text}&k={secret}"),
                  (DELIVERED, ""), nasty)
    expect(urllib.parse.parse_qs(got[0][3], strict_parsing=True) ==
           {"n": ["+391234567890"], "t": [line], "k": ["of-the-gateway"]}, got.pop()[3])
    await becomes(Way("post", url=here, **sms, content_type="text/xml", body="<sms to='{to}'>{text}</sms>"), (DELIVERED, ""), nasty)
    sent = xml.etree.ElementTree.fromstring(got.pop()[3])
    expect((sent.get("to"), sent.text) == ("+391234567890", line), sent.text)
    await becomes(Way("post", url=here + "/send?n={to}&t={text}", certificate=pem, to="+391234567890", method="GET"), (DELIVERED, ""), nasty)
    expect(urllib.parse.parse_qs(got[0][1].split("?")[1], strict_parsing=True) == {"n": ["+391234567890"], "t": [line]}, got.pop()[1])

    # what it answers; some say in a body alone that they do not take it
    usual = dict(url=here, certificate=pem, to="+391234567890", body='{"t": "{text}"}')
    await becomes(Way("post", **usual, answer='"status": "0"'), (DELIVERED, ""))
    await timed("sms (gateway, HTTPS)", lambda: Way("post", **usual))
    answer["text"] = '{"status": "4"}'
    await becomes(Way("post", **usual, answer='"status": "0"'), (REFUSED, "200 without"))
    answer["status"] = 503
    await becomes(Way("post", **usual), (FAILED, "503"))
    answer["status"] = 402
    await becomes(Way("post", **usual), (REFUSED, "402"))

    room = dict(url=here, certificate=pem, room="!secur/ity:hospital.example")
    token = dict(secret_file=put("homeserver", "of-the-homeserver\n"))
    id = uuid.uuid4().bytes
    for _ in range(2):  # a second time, by a program that was killed before it could say so
        way = Way("post", **room, **token)
        expect((await way.asked(id=id))[0] == DELIVERED, "not in the room")
        way.end()
    expect(rooms == {str(uuid.UUID(bytes=id)): {"msgtype": "m.text", "body": TEXT}}, rooms)
    await becomes(Way("post", **room, secret_file=put("other", "another\n")), (REFUSED, "401"))
    await becomes(Way("post", **dict(room, room="!other:hospital.example"), **token), (REFUSED, "403"))
    await timed("matrix (HTTPS)", lambda: Way("post", **room, **token))
    answer["limit"] = True
    _, said = await becomes(Way("post", **room, **token), (FAILED, "429"))
    expect(said[2] == 7_000_000_000, "it does not wait as long as it was asked to", said)


SMSC = r"""
use strict; use warnings; use Net::SMPP; use Encode; use Encode::GSM0338;
$| = 1;
my $cut = 0;
my $listen = Net::SMPP->new_listen("127.0.0.1", port => 0, smpp_version => 0x34) or die "no listener";
print "port ", $listen->sockport, "\n";
while (my $s = $listen->accept) {
    while (my $pdu = $s->read_pdu) {
        if ($pdu->{cmd} == Net::SMPP::CMD_bind_transmitter) {
            my $good = $pdu->{system_id} eq "ward" && $pdu->{password} eq "secret08";
            $s->enquire_link(async => 1) if $good;
            $s->bind_transmitter_resp(seq => $pdu->{seq}, status => $good ? 0 : 0x0e, system_id => "centre");
        } elsif ($pdu->{cmd} == Net::SMPP::CMD_submit_sm) {
            my $to = $pdu->{destination_addr};
            my $status = $to eq "390000" ? 0x0b : $to eq "395858" ? 0x58 : 0;
            my ($head, $octets) = ("", $pdu->{short_message});
            if ($pdu->{esm_class} & 0x40) {
                my $n = 1 + ord $octets;
                $head = unpack "H*", substr $octets, 0, $n;
                $octets = substr $octets, $n;
            }
            my $text = $pdu->{data_coding} == 8 ? decode("UTF-16BE", $octets) : decode("gsm0338", $octets);
            print join("|", "sms", $pdu->{source_addr_ton}, $pdu->{source_addr}, $pdu->{dest_addr_ton}, $pdu->{dest_addr_npi},
                $to, $pdu->{data_coding}, $head, encode("UTF-8", $text)), "\n";
            $s->submit_sm_resp(seq => $pdu->{seq}, status => $status, message_id => "1");
        } elsif ($pdu->{cmd} == Net::SMPP::CMD_enquire_link_resp) {
            print "alive\n";
        } elsif ($pdu->{cmd} == Net::SMPP::CMD_unbind) {
            print "unbound\n";
            $s->unbind_resp(seq => $pdu->{seq});
            last;
        }
    }
}
"""


async def smpp():
    """The centre is Net::SMPP of Debian; how it reads GSM 7 bit is Perl's own."""
    if subprocess.run(["perl", "-MNet::SMPP", "-e", "1"], stderr=subprocess.DEVNULL).returncode:
        print("skipped: no Net::SMPP (libnet-smpp-perl)")
        sys.exit(77)
    centre = subprocess.Popen(["perl", put("smsc.pl", SMSC)], stdout=subprocess.PIPE)
    try:
        line = lambda: centre.stdout.readline().decode().rstrip("\n")
        url = "smpp://127.0.0.1:" + line().split()[1]
        user = dict(user="ward", secret_file=put("password", "secret08\n"))
        short = lambda text: json.dumps({"subject": "s", "text": "t", "short": text})
        told = "HIGH @ £ $ é ù ì ò à € {door} [A] forced ~ ^ | \\\\ Ä ö ñ ü Ç å ß".replace("\\\\", "\\")

        def sms():
            got = [line()]
            while got[-1] not in ("unbound", ""):
                got.append(line())
            expect(got[0] == "alive" and got[-1] == "unbound", got)
            return [x.split("|", 8)[1:] for x in got[1:-1]]

        await becomes(Way("smpp", url=url, **{"from": "Ward"}, to="+391234567", **user), (DELIVERED, ""), short(told))
        expect(sms() == [["5", "Ward", "1", "1", "391234567", "0", "", told]], "not as it was told")
        long = "".join("%d, " % i for i in range(70))
        id, _ = await becomes(Way("smpp", url=url, **{"from": "+39777"}, to="118", **user), (DELIVERED, ""), short(long))
        got = sms()
        expect([x[:5] for x in got] == [["1", "39777", "0", "1", "118"]] * 2, got)
        expect([x[6] for x in got] == ["050003%02x02%02x" % (id[0], i) for i in (1, 2)], got)
        expect("".join(x[7] for x in got) == long, got)
        await becomes(Way("smpp", url=url, to="+391234567", **user), (DELIVERED, ""), short("Дверь 🚪"))
        expect([x[5:] for x in sms()] == [["8", "", "Дверь 🚪"]], "not as it was told")

        await becomes(Way("smpp", url=url, to="+390000", **user), (REFUSED, "0xb to the message"))
        sms()
        _, said = await becomes(Way("smpp", url=url, to="+395858", **user), (FAILED, "throttled"))
        expect(said[2] == 60_000_000_000, said)
        sms()
        await becomes(Way("smpp", url=url, to="+391234567", user="ward", secret_file=put("no", "other\n")), (REFUSED, "0xe to the login"))
        await timed("smpp", lambda: Way("smpp", url=url, to="+391234567", **user))
    finally:
        centre.kill()

    # one that asks without end whether anybody is there, and reads nothing
    flood = socket.create_server(("127.0.0.1", 0))

    def ask():
        with flood.accept()[0] as s:
            try:
                while True:
                    s.sendall(struct.pack(">IIII", 16, 0x15, 0, 1) * 4096)
            except OSError:
                pass

    threading.Thread(target=ask, daemon=True).start()
    way = Way("smpp", url=f"smpp://127.0.0.1:{flood.getsockname()[1]}", to="+391234567", **user)
    got = await way.asked(BODY)
    expect(got[0] == FAILED and "no room" in got[3], got)
    way.end()


PROSODY = """
run_as_root = true; daemonize = false; pidfile = "{dir}/pid"; data_path = "{dir}/data"; log = {{ info = "*console" }}
interfaces = {{ "127.0.0.1" }}; c2s_ports = {{ {port} }}; c2s_direct_tls_ports = {{ {direct} }}
modules_enabled = {{ "saslauth", "tls", "ping", "offline" }}; modules_disabled = {{ "s2s" }}; c2s_require_encryption = true
ssl = {{ certificate = "{pem}", key = "{key}" }}; c2s_direct_tls_ssl = ssl; authentication = "internal_plain"
VirtualHost "hospital.example"
    disable_sasl_mechanisms = {{ "PLAIN" }}
VirtualHost "plain.example"
    disable_sasl_mechanisms = {{ "SCRAM-SHA-256" }}
"""
OFFLINE = r"""
function item(t)
    for _, x in ipairs(t) do
        if x.name == "body" then io.write(t.attr.from, "|", t.attr.type, "|", t.attr.id, "|", x[1], "\0") end
    end
end
dofile(arg[1])
"""


async def xmpp():
    """The server is Prosody of Debian, which keeps what it took for somebody who is away."""
    if not shutil.which("prosody") or not shutil.which("lua5.4"):
        print("skipped: no prosody")
        sys.exit(77)
    pem, key = certificate()
    home = os.path.join(tmp.name, "prosody")
    data = os.path.join(home, "data", "hospital%2eexample")
    for host in data, os.path.join(home, "data", "plain%2eexample"):
        os.makedirs(os.path.join(host, "accounts"))
        for name in "ward", "night":
            with open(os.path.join(host, "accounts", name + ".dat"), "w") as f:
                f.write('return { ["password"] = "of-%s" };' % name)
    port, direct = free_port(), free_port()
    config = put("prosody.cfg.lua", PROSODY.format(dir=home, port=port, direct=direct, pem=pem, key=key))
    log = open(os.path.join(tmp.name, "prosody.log"), "w+")
    server = subprocess.Popen(["prosody", "-F", "--config", config], stdout=log, stderr=log)

    def listens():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    try:
        for _ in range(600):
            if listens():
                break
            await asyncio.sleep(0.05)
            log.seek(0)
            expect(server.poll() is None, "prosody:", log.read())
        user = dict(user="ward@hospital.example", to="night@hospital.example", secret_file=put("password", "of-ward\n"))
        ids = []
        for url in f"xmpp://127.0.0.1:{port}", f"xmpps://127.0.0.1:{direct}":
            ids.append((await becomes(Way("xmpp", url=url, certificate=pem, **user), (DELIVERED, "")))[0])
        kept = subprocess.run(["lua5.4", put("offline.lua", OFFLINE), os.path.join(data, "offline", "night.list")],
                              stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")[:-1]
        kept = [x.split("|", 3) for x in kept]
        expect([x[1:] for x in kept] == [["chat", str(uuid.UUID(bytes=id)), TEXT] for id in ids], "other messages", kept)
        expect(all(x[0].startswith("ward@hospital.example/") for x in kept), "of somebody else", kept)

        url = dict(url=f"xmpp://127.0.0.1:{port}")
        await becomes(Way("xmpp", **url, certificate=pem, **dict(user, user="ward@plain.example", to="night@plain.example")), (DELIVERED, ""))
        await becomes(Way("xmpp", **url, certificate=pem, **dict(user, user="ward@plain.example", to="night@plain.example",
                          secret_file=put("no", "other\n"))), (REFUSED, "the login: not-authorized"))
        await becomes(Way("xmpp", **url, certificate=pem, **dict(user, secret_file=put("no", "other\n"))), (REFUSED, "the login: not-authorized"))
        await becomes(Way("xmpp", **url, certificate=pem, **dict(user, to="nobody@hospital.example")),
                      (REFUSED, "the message: service-unavailable"))
        await becomes(Way("xmpp", **url, certificate=certificate("other")[0], **user),
                      (FAILED, "certificate"))
        await becomes(Way("xmpp", **url, **user), (FAILED, "it offers neither SCRAM-SHA-256 nor PLAIN"))
        await timed("xmpp (STARTTLS)", lambda: Way("xmpp", **url, certificate=pem, **user))
    finally:
        server.kill()
        server.wait()


TICKET = dict(level="high", title="Porte \"A\" forcée · Local A", where="Local A", message="Où : « local <b>A</b> »\nSigne : 1\n",
              reason="Terminé\nFausse \"alerte\" <i>")


async def ticket_of(System):
    """One kind of ticket system: what it keeps, whatever is lost on the way, and what is said of what was closed there."""
    pem, key = certificate("desk")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    at = System(context if System.name == "servicenow" else None)
    html = System.name != "servicenow"
    lines = lambda s: s.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").rstrip("\n").replace("\n", "<br>") \
        if html else s
    url = f"http{'s' if System.name == 'servicenow' else ''}://127.0.0.1:{at.port}{at.base}"
    settings = dict(url=url, user=tickets.USER, secret_file=put("desk.secret", tickets.SECRET + "\n"), certificate=pem,
                    template=os.path.join(source, "content", "tickets", System.name + ".yml"))
    way = Way("ticket", **settings)
    incident = uuid.uuid4()
    CLOSED = 6

    def letter(do, of=incident, **more):
        return json.dumps({"schema": "ward.tickets/1", "tickets": [dict(TICKET, incident=str(of), do=do, **more)]})

    look = json.dumps({"schema": "ward.tickets/1", "look": [str(incident), str(uuid.uuid4())]})

    async def tell(body, became=DELIVERED, why="", id=None):
        got = await way.asked(body, id)
        expect(got[0] == became and why in got[3], System.name, "became", got, "instead of", became, why)
        return got

    async def tell_closed(body):
        """It says so of the incident, and then what became of the letter."""
        id = way.tell(body)
        got = await asyncio.get_running_loop().run_in_executor(None, way.said, incident.bytes)
        expect((got[0], got[3]) == (CLOSED, at.number(at.tickets[0])), "closed there", got)
        expect(way.said(id)[0] == DELIVERED, "not delivered")

    # made: its answer is lost, and it comes again
    id = uuid.uuid4().bytes
    at.lose = "POST"
    await tell(letter("open"), FAILED, "", id)
    await tell(letter("open"), DELIVERED, "", id)
    expect(len(at.tickets) == 1, "not one ticket", at.tickets)
    t = at.tickets[0]
    expect(TICKET["title"] in at.title(t), "title", at.title(t))
    expect(at.text(t) == lines(TICKET["message"]), "text", repr(at.text(t)))
    expect(str(incident) in json.dumps(t), "the incident's id")
    # what is new goes there; a title that is too long is cut
    await tell(letter("open", title="é" * 300))
    expect(len(at.tickets) == 1 and at.notes(t)[-1] == lines(TICKET["message"]), "no note", t)
    await tell(letter("open", of=uuid.uuid4(), title="é" * 300))
    expect(len(at.tickets) == 2, "no second ticket")
    # tickets that others made with its id are none of its
    was, n = list(at.tickets), len(at.notes(t))
    at.tickets[:0] = at.others(str(incident))
    await tell(letter("update"))
    await tell(look)
    expect(len(at.notes(t)) == n + 1 and not any(at.notes(o) for o in at.tickets if o not in was), "notes", at.tickets)
    at.tickets[:] = was
    # nothing is closed; a weekly test asks only
    n = len(at.asked)
    await tell(look)
    await tell('{"schema": "ward.test/1", "text": "TEST"}')
    expect({m for m, _ in at.asked[n:]} == {"GET"} and at.open(t), "it changes what it looks at", at.asked[n:])
    # somebody closes it there: that is said, and it is left so until it is opened again here
    at.close(t)
    notes = list(at.notes(t))
    await tell_closed(look)
    await tell_closed(letter("open"))
    expect(not at.open(t) and at.notes(t) == notes and len(at.tickets) == 2, "it was changed", at.tickets)
    await tell(letter("reopen"))
    expect(at.open(t), "it is not opened again", t)
    id = way.tell(look.replace("look", "closed"))  # it was closed: that it is open again is said
    got = await asyncio.get_running_loop().run_in_executor(None, way.said, incident.bytes)
    expect((got[0], got[3]) == (DELIVERED, at.number(t)) and way.said(id)[0] == DELIVERED, "open there", got)
    # closed here, by way of a server that ends each connection
    at.closes = True
    await tell(letter("close"))
    expect(not at.open(t) and at.reason(t) == lines(TICKET["reason"]), "not closed", t)
    at.closes = False
    n = len(at.asked)
    await tell(letter("close"))
    await tell(letter("close", of=uuid.uuid4()))  # it never had one
    expect({m for m, _ in at.asked[n:]} == {"GET"} and len(at.tickets) == 2, "closed twice", at.asked[n:])
    # what it does not take, and when it is away
    at.down = tickets.Refused(503, {"error": "maintenance"}, Retry_After="30")
    expect((await tell(letter("open"), FAILED, "it answered 503"))[2] == 30 * 10**9, "Retry-After")
    at.down = tickets.Refused(200, "<html>Log in</html>")
    await tell(letter("open"), FAILED, "no JSON")
    at.down = tickets.Refused(302, "", Location="/login")
    await tell(letter("open"), REFUSED, "sends elsewhere")
    at.down = None
    await tell('{"schema": "ward.message/1"}', REFUSED, "nothing for a ticket system")
    way.end()
    if System.name == "glpi":
        for _ in range(100):  # a goodbye is heard a little later
            await asyncio.sleep(0.05 if len(at.sessions) > 2 else 0)
        expect(len(at.sessions) <= 2, "sessions are left open", at.sessions)  # those whose connection it ended
    way = Way("ticket", **dict(settings, secret_file=put("wrong.secret", "another\n")))
    await tell(letter("open"), REFUSED, "it answered 401")
    way.end()
    await timed("ticket, " + System.name, lambda: Way("ticket", **settings), letter("reopen"))
    at.server.shutdown()


async def ticket_logs_in():
    """It lets one in and ends the connection, and takes no other: a letter that comes again logs in again."""
    first = socket.create_server(("127.0.0.1", 0))
    port = first.getsockname()[1]
    way = Way("ticket", url=f"http://127.0.0.1:{port}/apirest.php", user=tickets.USER, secret_file=put("desk.secret", "x\n"),
              template=os.path.join(source, "content", "tickets", "glpi.yml"))
    letter = json.dumps({"schema": "ward.tickets/1", "look": [str(uuid.uuid4())]})
    asked, id = [], uuid.uuid4().bytes

    def one(listening):
        peer = listening.accept()[0]
        listening.close()
        asked.append(peer.recv(1 << 16).split(b" ")[1])
        peer.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 22\r\n\r\n{"session_token": "a"}')
        peer.close()

    for listening in first, None:
        listening = listening or socket.create_server(("127.0.0.1", port))
        await asyncio.gather(asyncio.get_running_loop().run_in_executor(None, one, listening), way.asked(letter, id))
    expect(asked == [b"/apirest.php/initSession"] * 2, "it asked", asked)
    way.end()


async def ticket():
    await ticket_logs_in()
    for System in tickets.ALL:
        await ticket_of(System)


BARESIP = """sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
audio_player aubridge,none
audio_source aubridge,none
audio_alert aubridge,none
module_path {modules}
module g711.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {home}
"""


async def phone():
    """The telephone is baresip of Debian, which answers by itself; what it heard is judged by how loud it is and when."""
    modules = "/usr/lib/baresip/modules"
    if not shutil.which("baresip") or not os.path.exists(modules + "/sndfile.so") or not shutil.which("espeak-ng"):
        print("skipped: no baresip-core, or no espeak-ng")
        sys.exit(77)
    home = os.path.join(tmp.name, "phone")
    os.makedirs(home)
    port, control = free_port(), free_port()
    put("phone/config", BARESIP.format(port=port, control=control, modules=modules, home=home))
    put("phone/accounts", "".join(f"<sip:{n}@127.0.0.1:{port}>;regint=0;answermode={mode};audio_codecs=PCMA\n"
                                  for n, mode in [("4711", "auto"), ("4713", "manual")]))
    put("phone/contacts", "")
    log = open(os.path.join(tmp.name, "phone.log"), "w+")
    handset = subprocess.Popen(["baresip", "-f", home], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    message = lambda change: json.dumps({"schema": "ward.message/1", "hospital": {"name": "Torino"}, "subject": "s", "text": "t",
        "short": "ALTO, porta forzata. Farmacia, piano 1", "incidents": [{"change": change}], "more": 0})

    def way(number, **more):
        return Way("phone", url=f"{number}@127.0.0.1:{port}", language="it", content=source + "/content", **more)

    def event(wire, name):
        """Until the telephone says so, in netstrings."""
        got = b""
        while name.encode() not in got:
            got += wire.recv(4096) or fail("the telephone is gone")

    try:
        for _ in range(100):
            try:
                wire = socket.create_connection(("127.0.0.1", control))
                break
            except OSError:
                expect(handset.poll() is None, "baresip ended:", open(log.name).read())
                await asyncio.sleep(0.05)
        wire.settimeout(30)
        anna, id = way("4711"), uuid.uuid4().bytes
        anna.tell(message("opened"), id)
        event(wire, "CALL_ESTABLISHED")
        time.sleep(3)
        press = json.dumps({"command": "sndcode", "params": "2"})
        wire.sendall(f"{len(press)}:{press},".encode())
        got = anna.said(id)
        expect((got[0], got[3]) == (ON_MY_WAY, "on the way, by key 2"), "the key", got)
        expect(await anna.asked(message("opened"), id) == got, "called twice")
        # that somebody takes it is no call
        got = await anna.asked(message("taken"))
        expect(got[0] == DELIVERED and "not called" in got[3], "taken", got)
        anna.end()
        event(wire, "CALL_CLOSED")
        heard = [os.path.join(home, f) for f in os.listdir(home) if f.endswith("-dec.wav")]
        expect(len(heard) == 1, "calls", heard)
        sound = open(heard[0], "rb").read()[44:]
        samples = struct.unpack(f"<{len(sound) // 2}h", sound[:len(sound) // 2 * 2])
        loud = [sum(map(abs, samples[i:i + 400])) / 400 for i in range(0, len(samples) - 400, 400)]  # each 50 ms
        expect(len(samples) > 3 * 8000, "too short", len(samples))
        expect(max(loud[:16]) < 50, "no silence before", loud[:16])
        words = [x for x in loud[20:60]]
        expect(sum(words) / len(words) > 300 and min(words) < 100 < 1000 < max(words), "no speech", words)
        # it rings, and somebody else takes it: it stops at once
        dario, id = way("4713"), uuid.uuid4().bytes
        dario.tell(message("opened"), id)
        event(wire, "CALL_INCOMING")
        dario.withdraw(uuid.uuid4().bytes)  # of another message
        dario.withdraw(id)
        event(wire, "CALL_CLOSED")
        got = dario.said(id)
        expect(got[0] == FAILED and "somebody takes it" in got[3], "withdrawn", got)
        dario.end()
        # that it is over is a call, unless it is meant not to be
        await becomes(way("4712"), (REFUSED, "does not know the number"), message("over"))
        await becomes(way("4712", calls_end="no"), (DELIVERED, "not called"), message("over"))
        await becomes(way("4711"), (REFUSED, "no text for people"), '{"schema": "ward.heartbeat/1"}')
    finally:
        handset.kill()
        handset.wait()


asyncio.run({"mail": mail, "post": post, "smpp": smpp, "xmpp": xmpp, "mqtt": mqtt, "pager": pager, "phone": phone, "ticket": ticket}[what]())
print(what + ": as the peers read it")

"""A lone-worker device that calls Ward for help by SIP, written by RFC 3261, 3428 and 7616 alone.

usage: calls.py PORT PASSWORD STOP: logs in, sends texts until each is answered 200, and makes the file STOP in the
midst of them, when somebody kills who answers.
"""
import hashlib, re, socket, sys, time

port, password, stop = int(sys.argv[1]), sys.argv[2], sys.argv[3]
wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
wire.bind(("127.0.0.1", 0))
wire.connect(("127.0.0.1", port))
own = wire.getsockname()[1]
uri = f"sip:9001@127.0.0.1:{port}"
nonce, count = None, 0


def H(text):
    return hashlib.md5(text.encode()).hexdigest()


def login(method, secret):
    global count
    if not nonce:
        return ""
    count += 1
    response = H(f"{H(f'4711:ward:{secret}')}:{nonce}:{count:08x}:abc:auth:{H(f'{method}:{uri}')}")
    return (f'Authorization: Digest username="4711", realm="ward", nonce="{nonce}", uri="{uri}", response="{response}", '
            f'algorithm=MD5, qop=auth, nc={count:08x}, cnonce="abc"\r\n')


def ask(method, call, cseq, body="", fields="", secret=password, wait=30):
    """The final answer to a request, which is sent again until it comes."""
    global nonce, count
    text = (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{call}{cseq};rport\r\nMax-Forwards: 70\r\n"
            f"From: \"Anna Bianchi\" <sip:4711@dect>;tag=t{call}\r\nTo: <{uri}>\r\nCall-ID: {call}\r\nCSeq: {cseq} {method}\r\n"
            f"{login(method, secret)}{fields}Content-Length: {len(body.encode())}\r\n\r\n{body}")
    wire.settimeout(0.5)
    for _ in range(2 * wait):
        try:
            wire.send(text.encode())
            while True:
                got = wire.recv(65536).decode()
                if f"CSeq: {cseq} {method}" in got and f"Call-ID: {call}" in got:
                    break
        except OSError:  # nobody there, for the moment
            time.sleep(0.1)
            continue
        found = re.search('nonce="([0-9a-f]+)".*MD5', got)
        if found:
            nonce, count = found.group(1), 0
        return int(got.split()[1]), got
    sys.exit(f"no answer to {method} {call}")


def message(call, body, fields=""):
    """A text, logged in, again where it is asked to, or there is no room."""
    for cseq in range(1, 99):
        status, got = ask("MESSAGE", call, cseq, body, fields)
        if status == 200:
            return
        assert status in (401, 503), got
        time.sleep(0.2 if status == 503 else 0)


assert ask("MESSAGE", "first", 1, "help")[0] == 401
assert ask("MESSAGE", "first", 2, "help", secret="wrong")[0] == 401
message("down", "4711 Man down")
message("test", "TEST 4711")
pidf = ('<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@b"><tuple id="a"><status>'
        '<geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10"><location-info>'
        '<Circle xmlns="http://www.opengis.net/pidflo/1.0" srsName="urn:ogc:def:crs:EPSG::4326">'
        '<pos xmlns="http://www.opengis.net/gml">45.070301 7.686901</pos><radius uom="urn:ogc:def:uom:EPSG::9001">4</radius>'
        "</Circle></location-info></geopriv></status></tuple></presence>")
message("located", f"--b\r\nContent-Type: text/plain\r\n\r\nhelp\r\n--b\r\nContent-Type: application/pidf+xml\r\n"
        f"Content-ID: <here@dect>\r\n\r\n{pidf}\r\n--b--\r\n", "Geolocation: <cid:here@dect>\r\nContent-Type: multipart/mixed; boundary=b\r\n")
assert ask("OPTIONS", "there", 1)[0] in (200, 401)
assert ask("MESSAGE", "bad", 1, fields="no field\r\n")[0] == 400
for n in range(40):
    if n == 15:
        open(stop, "w").close()
    message(f"many-{n}", f"TEST number-{n}")
print("each was answered")

#!/usr/bin/env python3
"""How long a change takes to many open pages: CLIENTS streams of a real `ward run`, while another system posts events by
which doors are forced. Each change is a row that the store has committed. Told are: how long after the first page each
other one has a change, and how long a posted batch takes from its answer (it is in the journal) to the first change at each
page: through brain and store. The first seconds are told apart: in them the doors of a whole hospital are forced for the first
time, of which each has consequences for care, thousands of rows at once. With a storage state of browser.mjs, one page more is open in Chromium (page.mjs): how long after
the first page it has drawn a frame after the change, and one with what it then asked for.

With WARD_RUN, the pid of `ward run`, it tells what processor time each of its processes took.

Usage: streams.py CLIENTS SECONDS EVENTS-A-SECOND ADDRESS#code=CODE STATE TOKEN DOORS [STORAGE-STATE]. JSON lines as bench/bench.c.
"""
import http.client
import json
import os
import re
import selectors
import ssl
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

PASSWORD = "correct horse battery staple"
FIRST = 3  # seconds
OF_SESSION = 8
OF_PERSON = 3  # so many sessions: a person has 32 streams at most, and one session more is Chromium's


def ask(c, method, path, body=None, headers=None):
    while True:
        c.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json", **(headers or {})})
        r = c.getresponse()
        text = r.read()
        if r.status != 429:
            return r.status, text, r.headers
        time.sleep(int(r.headers["Retry-After"]))


def sign_in(connect, people, n):
    """Cookies of n sessions, of several people: one has 16 at most."""
    c, cookies, lead = connect(), [], None
    for i in range(n):
        person = people[i // OF_PERSON]
        if i % OF_PERSON == 0 and i:
            status, text, _ = ask(c, "POST", f"/api/v1/people/{person}/code", {}, {"Cookie": lead[0], "X-Ward-Token": lead[1]})
            if status != 201:
                sys.exit(f"code: {status} {text}")
            ask(c, "POST", "/api/v1/session/code", {"code": json.loads(text)["code"], "password": PASSWORD})
        status, text, headers = ask(c, "POST", "/api/v1/session", {"person": person, "password": PASSWORD})
        if status != 201:
            sys.exit(f"session: {status} {text}")
        cookies.append(headers["Set-Cookie"].split(";")[0])
        lead = lead or (cookies[0], json.loads(text)["csrf"])
    return cookies


def listen(connect, cookie, host):
    c = connect()
    c.connect()
    c.sock.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
    c.sock.setblocking(False)
    return c.sock


def page(address, kept):
    """Chromium, once its stream is open; None: without."""
    if not kept:
        return None
    child = subprocess.Popen(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.mjs"), address, kept],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if child.stdout.readline() != "ready\n":
        sys.exit("Chromium opens no stream")
    return child


def tell_page(child, seen, line):
    """Rows that it drew, against when the first other page had them."""
    is_ = json.loads(child.communicate()[0])
    unix = time.time() - time.monotonic()
    late = [at / 1000 - unix - min(seen[row]) for row, at in is_["row"] if row in seen]
    shown = [at / 1000 - unix - min(seen[row]) for row, at in is_["shown"] if row in seen]
    if not late or not shown:
        sys.exit("Chromium drew nothing")
    line("stream, a Chromium beside them, drawn, after the first page", sorted(late))
    line("stream, a Chromium beside them, what Now answers is shown, after the first page", sorted(shown))
    print(json.dumps({"name": "console/streams, Chromium", "note": f"{len(late)} of {len(seen)} changes drawn; {len(is_['long'])} tasks "
        f"over 50 ms by the clock, the longest {max(is_['long'], default=0)} ms"}))


def cpu(run):
    """Seconds that each of the processes of `ward run` has used, by name, and this client."""
    used, tick = {"this client": time.process_time()}, os.sysconf("SC_CLK_TCK")
    for pid in filter(str.isdigit, os.listdir("/proc") if run else []):
        try:
            with open(f"/proc/{pid}/stat") as f:
                head, rest = f.read().rsplit(") ", 1)
        except OSError:
            continue
        field = rest.split()
        if field[1] == run:
            name = head.split("(", 1)[1]
            used[name] = used.get(name, 0) + (int(field[11]) + int(field[12])) / tick
    return used


def main():
    clients, seconds, rate = (int(v) for v in sys.argv[1:4])
    url = urllib.parse.urlsplit(sys.argv[4])
    (state, token, doors), kept = sys.argv[5:8], sys.argv[8:]
    context = ssl.create_default_context(cafile=os.path.join(state, "api", "ca.pem"))
    connect = lambda: http.client.HTTPSConnection(url.hostname, url.port, timeout=120, context=context)
    with open(token) as f:
        token = f.readline().strip()
    with open(doors) as f:
        doors = re.findall(r"door:([\w-]+)", f.read())
    if url.fragment:
        ask(connect(), "POST", "/api/v1/session/code", {"code": url.fragment.split("=")[1], "password": PASSWORD})
    people = ["g-ferrero"] + [f"watcher-{n}" for n in range(1, 10)]  # of bench/console/run
    cookies = sign_in(connect, people, -(-clients // OF_SESSION))
    select = selectors.DefaultSelector()
    for i in range(clients):
        select.register(listen(connect, cookies[i // OF_SESSION], url.netloc), selectors.EVENT_READ, i)
    chromium = page(sys.argv[4], kept and kept[0])
    posted, stop = [], threading.Event()

    def post():
        c, n = connect(), 0
        while not stop.is_set():
            began = time.monotonic()
            n += 1
            now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
            batch = [{"kind": "event", "time": f"{now}.{n % 1000:03}Z", "source": "", "class": "door.forced",
                      "fields": {"door": doors[(n * rate + i) % len(doors)]}} for i in range(max(1, rate // 10))]
            status, text, _ = ask(c, "POST", "/api/v1/events", batch, {"Authorization": "Bearer " + token, "Idempotency-Key": f"{began}"})
            if status != 202:
                sys.exit(f"events: {status} {text}")
            posted.append(time.monotonic())
            stop.wait(max(0.0, 0.1 * max(1, 10 // rate) - (time.monotonic() - began)))

    run = os.environ.get("WARD_RUN")
    before = cpu(run)
    seen, rest, row_of = {}, [b""] * clients, re.compile(rb"^id: (\d+)$", re.M)
    threading.Thread(target=post, daemon=True).start()
    began = time.monotonic()
    while time.monotonic() - began < FIRST + seconds + 2:
        if time.monotonic() - began > FIRST + seconds:
            stop.set()
        for key, _ in select.select(0.2):
            while True:
                try:
                    text = key.fileobj.recv(65536)
                except (ssl.SSLWantReadError, BlockingIOError):
                    break
                if not text:
                    sys.exit("a stream ended")
                at = time.monotonic()
                text = rest[key.data] + text
                end = text.rfind(b"\n\n") + 2
                rest[key.data] = text[end:] if end > 1 else text
                for row in row_of.findall(text[:end] if end > 1 else b""):
                    seen.setdefault(int(row), []).append(at)
    spent = {name: v - before.get(name, 0) for name, v in cpu(run).items()}
    lost = sum(clients - len(v) for v in seen.values())
    steady = began + FIRST
    slowest = []  # of each batch: its answer, and how long the first change behind it took to its slowest page
    for at in posted:
        later = [v for v in seen.values() if min(v) > at]
        if later:
            slowest.append((at, max(min(later, key=min)) - at))
    avalanche, whole = ([v for at, v in slowest if (at > steady) == later] for later in (False, True))
    n_first = sum(min(v) <= steady for v in seen.values())
    seen = {row: v for row, v in seen.items() if min(v) > steady}
    rows = sorted(seen)
    fan = sorted(at - min(v) for v in seen.values() for at in v)
    line = lambda name, v: print(json.dumps({"name": f"console/{name}", "unit": "change", "clock": "wall", "n": clients, "rounds": len(v),
        "median": round(statistics.median(v) * 1e9), "p99": round(sorted(v)[len(v) * 99 // 100] * 1e9)}), flush=True)
    if not rows or not whole or not avalanche:
        sys.exit("no change came")
    line(f"stream, {clients} pages, after the first of them", fan)
    line(f"stream, {clients} pages, from the post's answer", sorted(whole))
    print(json.dumps({"name": "console/streams, the first seconds", "note": f"{n_first} changes to each page within {FIRST} s; from the post's "
        f"answer to the slowest page {statistics.median(avalanche) * 1000:.0f} ms (median), {max(avalanche) * 1000:.0f} ms at most"}))
    print(json.dumps({"name": "console/streams", "note": f"{len(rows) / seconds:.0f} changes a second to each of {clients} pages for "
        f"{seconds} s, {len(fan) / seconds:.0f} in all; {lost} of them missed at the end"}))
    print(json.dumps({"name": "console/streams, who worked", "note": "processor time of these " + f"{FIRST + seconds} s: " + ", ".join(
        f"{name} {v:.2f} s" for name, v in sorted(spent.items(), key=lambda x: -x[1]) if v >= 0.05)}))
    if chromium:
        tell_page(chromium, seen, line)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What an answer of the console costs the process `api`, against the least that a server by libmicrohttpd can do: the same
body, by the same TLS, on the same machine, turn by turn. Counted is the processor's time of the two servers alone.

Usage: cost.py BARE ADDRESS#code=CODE STATE PID. PID is that of `ward run`. JSON lines as bench/bench.c writes them.
"""
import glob
import http.client
import json
import os
import ssl
import statistics
import subprocess
import sys
import time
import urllib.parse

PASSWORD = "correct horse battery staple"
ROUNDS, REQUESTS, SESSIONS = 15, 100, 6
PATHS = {"now": "/api/v1/now", "incidents": "/api/v1/incidents?state=all", "assets": "/api/v1/assets?limit=50"}


def process(supervisor, name):
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as f:
                text = f.read()
            with open(path[:-4] + "cmdline", "rb") as f:
                called = f.read().split(b"\0")[0].decode()
        except OSError:
            continue
        if called == name and text.rsplit(")", 1)[1].split()[1] == supervisor:
            return int(path.split("/")[2])
    sys.exit(f"no process {name}")


def spent(pid):
    """Nanoseconds on a processor, of all its threads."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path) as f:
            total += int(f.read().split()[0])
    return total


class Client:
    def __init__(self, host, port, context):
        self.c = http.client.HTTPSConnection(host, port, timeout=60, context=context)
        self.rested = 0.0
        self.headers = {"Content-Type": "application/json"}

    def ask(self, path, body=None):
        self.c.request("POST" if body else "GET", path, json.dumps(body) if body else None, self.headers)
        r = self.c.getresponse()
        return r.status, r.read(), r.headers

    def sign_in(self, path, body):
        status, text, headers = self.ask(path, body)
        while status == 429:  # there is a bound on how often
            time.sleep(int(headers["Retry-After"]))
            status, text, headers = self.ask(path, body)
        if status != 201:
            sys.exit(f"{path}: {status} {text.decode()}")
        self.headers["Cookie"] = headers["Set-Cookie"].split(";")[0]
        return self


def main():
    bare, address, state, pid = sys.argv[1:]
    url = urllib.parse.urlsplit(address)
    context = ssl.create_default_context(cafile=os.path.join(state, "api", "ca.pem"))
    context.check_hostname = True
    loose = ssl.create_default_context()
    loose.check_hostname, loose.verify_mode = False, ssl.CERT_NONE
    first = Client(url.hostname, url.port, context)
    if url.fragment:
        first.sign_in("/api/v1/session/code", {"code": url.fragment.split("=")[1], "password": PASSWORD})
    clients = []
    for _ in range(SESSIONS):
        clients.append(Client(url.hostname, url.port, context).sign_in("/api/v1/session", {"person": "g-ferrero", "password": PASSWORD}))
    api = process(pid, "api")
    server = os.path.join(state, "api", "server.pem")
    turn = 0
    for name, path in PATHS.items():
        status, body, _ = clients[0].ask(path)
        if status != 200:
            sys.exit(f"{path}: {status}")
        with open(os.path.join(state, "body"), "wb") as f:
            f.write(body)
        other = subprocess.Popen([bare, server, server, f.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        plain = Client("127.0.0.1", int(other.stdout.readline()), loose)
        ours, theirs = [], []
        for n in range(ROUNDS + 1):  # the first warms both up
            client = clients[turn % SESSIONS]
            turn += 1
            while client.ask(path)[0] == 429 or time.monotonic() < client.rested:
                time.sleep(0.5)
            client.rested = time.monotonic() + REQUESTS / 19  # a session may ask twenty times a second
            for c, pid_of, to in (client, api, ours), (plain, other.pid, theirs):
                before = spent(pid_of)
                for _ in range(REQUESTS):
                    status, got, _ = c.ask(path)
                    if status != 200 or len(got) != len(body):
                        sys.exit(f"{path}: {status} {len(got)} {got[:200]}")
                to.append((spent(pid_of) - before) / REQUESTS)
        other.stdin.close()
        other.wait()
        ours, theirs = ours[1:], theirs[1:]
        ratio = sorted(a / b for a, b in zip(ours, theirs))
        print(json.dumps({"name": f"console/{name}, {len(body) // 1024} KiB", "unit": "request", "clock": "cpu", "n": REQUESTS,
            "rounds": ROUNDS, "median": round(statistics.median(ours)), "p99": round(max(ours)), "against": "bare libmicrohttpd",
            "against_median": round(statistics.median(theirs)), "ratio": round(statistics.median(ratio), 3),
            "ratio_p10": round(ratio[len(ratio) // 10], 3), "ratio_p90": round(ratio[len(ratio) * 9 // 10], 3)}), flush=True)


if __name__ == "__main__":
    main()

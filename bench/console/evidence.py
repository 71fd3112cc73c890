"""What it takes to look at a clip: the reading, which the ledger has first, and the sealed bytes, apart from an answer that is kept.
A person's wall time, over HTTPS with a connection each, of a Ward that plays an attack with a camera.

usage: evidence.py WARD PILOT"""
import json
import os
import statistics
import sys
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tests', 'e2e'))
from evidence import Played, begin, get  # noqa: E402

ROUNDS = 60


def timed(to, what):
    at = time.monotonic()
    got = what()
    to.append(1e3 * (time.monotonic() - at))
    return got


def measure(h):
    lead, incident, clip = begin(h)
    kept, read, bytes_ = [], [], []
    for _ in range(ROUNDS):
        timed(kept, lambda: get(lead, f'/api/v1/incidents/{incident}/evidence'))
        r, text = timed(read, lambda: lead.ask('POST', f'/api/v1/evidence/{clip["id"]}/reading', {
            'id': str(uuid.uuid4()), 'incident': incident, 'reason': 'measured'}))
        h.must(r.status == 201, text)
        status, body = timed(bytes_, lambda: get(lead, f'/api/v1/evidence/{clip["id"]}/sealed?reading={json.loads(text)["reading"]}'))
        h.must(status == 200, status)
    for name, ms in (('the list, kept', kept), ('the reading, on the ledger', read), (f'the sealed bytes ({len(body)})', bytes_)):
        print(f'{name}: median {statistics.median(ms):.1f} ms, p99 {sorted(ms)[int(0.99 * len(ms))]:.1f} ms of {len(ms)}')


h = Played(sys.argv[1], sys.argv[2])
try:
    h.start()
    measure(h)
finally:
    h.end()

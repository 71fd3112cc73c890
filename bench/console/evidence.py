"""What it takes to look at a clip: the reading, which the ledger has first, and the sealed bytes, each beside an answer that is kept.
A person's wall time, over HTTPS with a connection each, of a Ward that plays an attack with a camera. JSON lines as bench/bench.c.

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
    tell('the list, kept', kept)
    tell('the reading, on the ledger', read, kept)
    tell(f'the sealed bytes ({len(body) >> 10} KiB)', bytes_, kept)


def tell(name, ms, against=None):
    """As bench/bench.c has it; against the list that was asked for in the same turn."""
    line = {'name': f'console/evidence, {name}', 'unit': 'request', 'clock': 'wall', 'n': 1, 'rounds': len(ms),
            'median': round(1e6 * statistics.median(ms)), 'p99': round(1e6 * sorted(ms)[int(0.99 * len(ms))])}
    if against:
        ratio = sorted(a / b for a, b in zip(ms, against))
        line |= {'against': 'the list, kept', 'against_median': round(1e6 * statistics.median(against)),
                 'ratio': round(statistics.median(ratio), 2), 'ratio_p10': round(ratio[len(ratio) // 10], 2),
                 'ratio_p90': round(ratio[len(ratio) * 9 // 10], 2)}
    print(json.dumps(line), flush=True)


h = Played(sys.argv[1], sys.argv[2])
try:
    h.start()
    measure(h)
finally:
    h.end()

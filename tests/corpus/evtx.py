"""Windows event logs as files against the same events as JSON (SigmaHQ's regression data): each event
has to have the same class, names and values. What may differ is said here. usage: evtx.py WARD"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ward = sys.argv[1]
data = os.path.join(os.environ.get('WARD_SHARED_DATA', ''), 'logs', 'sigmahq_regression')
packed = os.path.join(data, 'evtx.tar.zst')
if not os.path.exists(packed) or not shutil.which('zstd'):
    print('skipped: no', packed, 'or no zstd')
    sys.exit(77)


# The JSON was edited after it was made of the file.
EDITED = {('ad691d92-15f2-4181-9aa4-723c74f9ddc3.evtx', 'ParentCommandLine')}


def events(path):
    run = subprocess.run([ward, 'sense', 'log', '--now', 'event', '--source', 'x', 'auto', path],
                         capture_output=True, check=False)
    return run.returncode, [json.loads(line) for line in run.stdout.splitlines()]


def same(name, ours, theirs):
    if ours == theirs:
        return True
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return False
    # the JSON was written in microseconds, and without blanks at the end of text
    if name == 'TimeCreated_SystemTime':
        return ours[:26].rstrip('Z').ljust(26, '0') == theirs[:26].rstrip('Z').ljust(26, '0')
    return ours.strip() == theirs.strip()


def compare(name, ours, theirs):
    a, b = ours['fields'], theirs['fields']
    names = {n for n in set(a) | set(b) if not n.endswith('xmlns')}
    bad = [n for n in sorted(names) if not same(n, a.get(n), b.get(n)) or (n in a) != (n in b)]
    bad = [n for n in bad if (name, n) not in EDITED]
    for n in bad:
        print(f'{name}: {n}: {a.get(n)!r}, JSON has {b.get(n)!r}')
    if ours['class'] != theirs['class'] or ours['time'][:22] != theirs['time'][:22]:
        print(f"{name}: {ours['class']} at {ours['time']}, JSON has {theirs['class']} at {theirs['time']}")
        return 1
    return len(bad)


n_event = n_bad = 0
with tempfile.TemporaryDirectory() as tmp:
    subprocess.run(['tar', '--zstd', '-C', tmp, '-xf', packed], check=True)
    for file in sorted(os.listdir(tmp)):
        text = os.path.join(data, file.replace('.evtx', '.json'))
        if not os.path.exists(text):
            continue
        code, ours = events(os.path.join(tmp, file))
        theirs = events(text)[1]
        if code or len(ours) != len(theirs):
            print(f'{file}: exit code {code}, {len(ours)} events, JSON has {len(theirs)}')
            n_bad += 1
        for x, y in zip(ours, theirs):
            n_event += 1
            n_bad += compare(file, x, y)
print(f'{n_event} events compared, {n_bad} differences')
sys.exit(1 if n_bad or not n_event else 0)

#!/usr/bin/env python3
"""Each row of duties.csv names tests that are there and run, or says why there is none. Usage: duties.py BUILD CSV ROWS

A case of a test in C counts when that test, run here, says that it is OK; a rule of law/rows when ROWS has its end and the test of all
rows is OK; a whole test when the suite has it."""
import csv
import json
import os
import subprocess
import sys

build, table, ended = sys.argv[1:]
known = {t['name']: t for t in json.load(open(os.path.join(build, 'meson-info', 'intro-tests.json')))}
rules = {line.split(';')[0] for line in open(ended) if not line.startswith('#')}
PARTS = {'clocks': 30, 'judgement': 4, 'duties': 16, 'retention': 7, 'trials': 10}
ran = {}


def cases(name):
    """Of a test in C, those that are OK."""
    if name not in ran:
        of = known[name]
        env = dict(os.environ, **of['env'], CMOCKA_MESSAGE_OUTPUT='STDOUT')
        out = subprocess.run(of['cmd'], env=env, cwd=of['workdir'] or build, capture_output=True, text=True, errors='replace')
        ran[name] = {line.split()[-1] for line in (out.stdout + out.stderr).splitlines() if line.startswith('[       OK ]')}
    return ran[name]


def wrong(test):
    name, _, case = test.partition('#')
    if name not in known:
        return 'no such test'
    if not case:
        return None
    if name == 'law/rows' and case in rules:
        case = 'each_row_ends_as_computed'
    return None if case in cases(name) else 'it has no such case, or that is not OK'


bad, seen = [], {}
with open(table, encoding='utf-8') as f:
    rows = csv.DictReader((line for line in f if not line.startswith('#')), delimiter=';')
    for row in rows:
        key = row['part'], row['row']
        if key in seen:
            bad.append(f'{key}: twice')
        seen[key] = row
        if not row['tests'] and not row['why']:
            bad.append(f'{key}: neither a test nor why there is none')
        bad += [f'{key}: {t}: {w}' for t in row['tests'].split() if (w := wrong(t))]
for part, n in PARTS.items():
    if (have := sum(k[0] == part for k in seen)) != n:
        bad.append(f'{part}: {have} rows, not {n}')
for rule in rules - {'rule'}:
    if rule.strip() and not any(f'law/rows#{rule}' in r['tests'].split() for r in seen.values()):
        bad.append(f'{rule.strip()}: a rule that no row has')
print(f'{len(seen)} rows, {len(ran)} tests run here')
for b in bad:
    print(b, file=sys.stderr)
sys.exit(bool(bad))

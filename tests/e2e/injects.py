"""What a trainer brings into a quiet story, and what must come of it: each inject of the pilots that says so (`expect`) is put behind
the story's last step, recorded and scored. What is told of the story alone stays nothing.

usage: injects.py WARD PILOTS"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / 'tools'))
import varied  # noqa: E402

ward, pilots = sys.argv[1], Path(sys.argv[2]).resolve()
LATER = 60_000  # after the story's last step
count = 0


def brought(raw, inject):
    """The story with the inject at its end, and what it expects in place of nothing."""
    story = yaml.load(raw, Loader=yaml.BaseLoader)
    at = LATER + max(varied.ms_of(s.get('real') or s['at']) for s in story['steps'])
    for s in story['steps']:
        s['at'] = s['real'] = f"{varied.ms_of(s.get('real') or s['at'])}ms"
    for s in inject['steps']:
        moment = f"{at + varied.ms_of(s.pop('after'))}ms"
        story['steps'].append({'at': moment, 'real': moment, **s})
    story['expect'] = {'incidents': 1, **inject['expect']}
    for key in ('injects', 'branches', 'stage'):
        story.pop(key, None)
    return story


def run(*words):
    done = subprocess.run([ward, 'exercise', *map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def try_one(path, inject):
    global count
    with tempfile.TemporaryDirectory() as tmp:
        home = Path(tmp) / 'hospital'
        into = home / 'scenarios' / path.name
        into.mkdir(parents=True)
        for entry in path.parent.parent.iterdir():
            if entry.name != 'scenarios':
                os.symlink(entry, home / entry.name)
        if (path / 'stage').exists():
            os.symlink(path / 'stage', into / 'stage')
        story = brought((path / 'scenario.yml').read_bytes(), inject)
        (into / 'scenario.yml').write_text(yaml.safe_dump(story, allow_unicode=True, sort_keys=False))
        code, _, err = run('record', into, into / 'recording')
        assert code == 0, f'{path.name}, {inject["id"]}: {err}'
        story['recording'] = sorted(p.name for p in (into / 'recording').iterdir())
        (into / 'scenario.yml').write_text(yaml.safe_dump(story, allow_unicode=True, sort_keys=False))
        code, out, err = run('score', '--format', 'json', into)
        assert code in (0, 1), f'{path.name}, {inject["id"]}: {err}'
        score = json.loads(out)
        short = {k: v for k, v in score['marks'].items() if not v['held']}
        assert score['held'], f'{path.name}, {inject["id"]}: {short} {score["unnamed"]} {score["strangers"]} {score["told"]}'
        count += 1


for file in sorted(pilots.glob('*/scenarios/*/scenario.yml')):
    for one in yaml.load(file.read_bytes(), Loader=yaml.BaseLoader).get('injects', []):
        if 'expect' in one:
            try_one(file.parent, one)
assert count >= 8, f'{count} injects make a quiet story an incident'

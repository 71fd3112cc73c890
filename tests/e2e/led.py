"""What is led, as a story of its own, recorded and scored: each inject of the pilots that says what must come of it (`expect`) stands
behind its story's last step and is held to that; and each branch, decided at the last moment, leaves one incident at most, however
much of the story it leaves out. What is filmed, or told by Ward itself, can't be recorded anew and is not.

usage: led.py WARD PILOTS"""
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
# What made these one is what the branch leaves out: the door between two buttons that are far apart.
APART = {('agression', 'agents'): 2}


def ms(step):
    return varied.ms_of(step.get('real') or step['at'])


def alone(raw):
    """The story, nothing led; moments are those of the recording. (story, its injects, its branches)"""
    story = yaml.load(raw, Loader=yaml.BaseLoader)
    led = [story.pop(key, []) for key in ('injects', 'branches')]
    story.pop('stage', None)
    story['expect'] = {k: v for k, v in story['expect'].items() if v != ''}
    for s in story['steps']:
        s['at'] = s['real'] = f'{ms(s)}ms'
    return story, *led


def brought(steps, at):
    return [{'at': f"{at + varied.ms_of(s['after'])}ms", **{k: v for k, v in s.items() if k != 'after'}} for s in steps]


def with_inject(raw, inject):
    story, _, _ = alone(raw)
    story['steps'] += brought(inject['steps'], LATER + max(ms(s) for s in story['steps']))
    story['expect'] = {'incidents': 1, **inject['expect']}
    return story


def with_branch(raw, branch):
    story, _, _ = alone(raw)
    first = next(i for i, s in enumerate(story['steps']) if s.get('id') == branch['when']['before'])
    at = ms(story['steps'][first])
    left = [s for i, s in enumerate(story['steps']) if i < first or s.get('id') not in branch.get('without', [])]
    story['steps'] = sorted(left + brought(branch.get('steps', []), at), key=ms)
    return story


def score(path, story):
    """Recorded in its hospital, of links; the score."""
    with tempfile.TemporaryDirectory() as tmp:
        home = Path(tmp) / 'hospital'
        into = home / 'scenarios' / path.name
        into.mkdir(parents=True)
        for entry in path.parent.parent.iterdir():
            if entry.name != 'scenarios':
                os.symlink(entry, home / entry.name)
        if (path / 'stage').exists():
            os.symlink(path / 'stage', into / 'stage')
        for words in (['record', into, into / 'recording'], ['score', '--format', 'json', '--unsaved', into]):
            if (into / 'recording').exists():
                story['recording'] = sorted(p.name for p in (into / 'recording').iterdir())
            (into / 'scenario.yml').write_text(yaml.safe_dump(story, allow_unicode=True, sort_keys=False))
            done = subprocess.run([ward, 'exercise', *map(str, words)], capture_output=True, text=True, check=False)
            assert done.returncode in (0, 1) and (done.returncode == 0 or words[0] == 'score'), f'{path.name}: {done.stderr}'
        return json.loads(done.stdout)


injects = branches = 0
for file in sorted(pilots.glob('*/scenarios/*/scenario.yml')):
    text, name = file.read_bytes(), file.parent.name
    whole, led_in, bends = alone(text)
    for one in led_in:
        if 'expect' not in one:
            continue
        s = score(file.parent, with_inject(text, one))
        short = {k: v for k, v in s['marks'].items() if not v['held']}
        assert s['held'], f'{name}, {one["id"]}: {short} {s["unnamed"]} {s["strangers"]} {s["told"]}'
        injects += 1
    if 'footage' in whole or 'ward.jsonl' in whole['recording']:
        continue
    for one in bends:
        s = score(file.parent, with_branch(text, one))
        assert s['incidents'] <= APART.get((name, one['id']), 1), f'{name}, {one["id"]}: {s["incidents"]} incidents: {s["strangers"]}'
        branches += 1
assert injects >= 8 and branches >= 60, f'{injects} injects, {branches} branches'

"""Judges a chain of custody as PROV-JSON without any of Ward's code: by the rules of W3C's PROV-JSON submission and of
PROV-CONSTRAINTS that concern it, and by the submission's JSON schema where that and python3-jsonschema are there.

usage: prov.py FILE | prov.py --of PROGRAM     PROGRAM writes one to the file that it is given"""
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile

# section: (what it says of whom, and of what kind each is, those that must be there)
RELATIONS = {
    'used': ({'prov:activity': 'activity', 'prov:entity': 'entity'}, ('prov:activity', 'prov:entity')),
    'wasGeneratedBy': ({'prov:entity': 'entity', 'prov:activity': 'activity'}, ('prov:entity',)),
    'wasInvalidatedBy': ({'prov:entity': 'entity', 'prov:activity': 'activity'}, ('prov:entity',)),
    'wasAssociatedWith': ({'prov:activity': 'activity', 'prov:agent': 'agent'}, ('prov:activity',)),
    'wasDerivedFrom': ({'prov:generatedEntity': 'entity', 'prov:usedEntity': 'entity'}, ('prov:generatedEntity', 'prov:usedEntity')),
}
NAME = re.compile(r'^([A-Za-z_][\w.-]*):[^\s"]+$')


def once(pairs):
    keys = [k for k, _ in pairs]
    twice = {k for k in keys if keys.count(k) > 1}
    if twice:
        raise ValueError(f'said twice: {sorted(twice)}')
    return dict(pairs)


def time(text):
    return datetime.datetime.fromisoformat(re.sub(r'(\.\d{6})\d+', r'\1', text).replace('Z', '+00:00'))


def spans(doc):
    """What of the activities' times can't be."""
    for name, a in doc.get('activity', {}).items():
        if time(a['prov:startTime']) > time(a['prov:endTime']):
            yield f'{name} ends before it begins'


def lives(doc):
    """PROV-CONSTRAINTS 6.2: made once, before it is used; erased once, and not used after."""
    ends = {'wasGeneratedBy': {}, 'wasInvalidatedBy': {}}
    for section, of in ends.items():
        for name, r in doc.get(section, {}).items():
            if r['prov:entity'] in of:
                yield f'{r["prov:entity"]} has two of {section}'
            of[r['prov:entity']] = time(r['prov:time']) if 'prov:time' in r else None
    for name, r in doc.get('used', {}).items():
        made, gone = (ends[s].get(r['prov:entity']) for s in ends)
        at = time(r['prov:time'])
        if (made and at < made) or (gone and at > gone):
            yield f'{name}: {r["prov:entity"]} is used before it was made, or after it was erased'
    for e in doc.get('entity', {}):
        if e not in ends['wasGeneratedBy']:
            yield f'nobody knows what made {e}'


def shape(doc):
    prefixes = set(doc.get('prefix', {})) | {'_', 'xsd'}
    for section, members in doc.items():
        if section == 'prefix':
            continue
        if section not in RELATIONS and section not in ('entity', 'activity', 'agent'):
            yield f'there is no {section} in PROV-JSON'
            continue
        says, needs = RELATIONS.get(section, ({}, ()))
        for name, member in members.items():
            for key in [name, *member]:
                if not NAME.match(key) or key.split(':')[0] not in prefixes:
                    yield f'{section}: {key} is no qualified name'
            for key in needs:
                if key not in member:
                    yield f'{name} lacks {key}'
            for key, kind in says.items():
                if key in member and member[key] not in doc.get(kind, {}):
                    yield f'{name}: {member[key]} is no {kind} of the document'
            if section in RELATIONS and not name.startswith('_:'):
                yield f'{name} is a name that nobody can look up'
            for key, value in member.items():
                if not isinstance(value, (str, bool, int, float)):
                    yield f'{name}: {key} is no literal'


def by_schema(doc):
    path = os.path.join(os.environ.get('WARD_SHARED_DATA', ''), 'standards/prov/prov-json-schema-v4.json')
    try:
        import jsonschema
        with open(path) as f:
            schema = json.load(f)
    except (ImportError, OSError):
        return ['(without the schema)'], []
    check = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    return [], [f'{"/".join(map(str, e.absolute_path))}: {e.message[:200]}' for e in check.iter_errors(doc)]


def judge(text):
    """What is wrong, and what was not looked at."""
    try:
        doc = json.loads(text, object_pairs_hook=once)
        wrong = list(shape(doc))
        if not wrong:
            wrong = [*spans(doc), *lives(doc)]
    except (ValueError, KeyError) as e:
        return [f'{type(e).__name__}: {e}'], []
    left, more = by_schema(doc)
    return wrong + more, left


def spoilt(text):
    """The judge itself: each of these it must refuse."""
    yield text.replace('wasGeneratedBy', 'wasMadeBy', 1)
    yield text.replace('"prov:entity":"ward:evidence/', '"prov:entity":"ward:evidence/x', 1)
    yield text.replace('"prov:agent":"ward:agent/', '"prov:agent":"ward:agent/x', 1)
    yield text.replace('"ward:', '"wart:', 1)
    yield re.sub(r'"prov:startTime":"20', '"prov:startTime":"30', text, count=1)
    yield re.sub(r'"prov:time":"20\d\d', '"prov:time":"yesterday', text, count=1)
    yield text.replace('"entity":{', '"entity":{"ward:a":{},"ward:a":{},', 1)
    yield text.rstrip()[:-1]


def main():
    if sys.argv[1] == '--of':
        with tempfile.TemporaryDirectory() as tmp:
            path = os.path.join(tmp, 'custody.json')
            subprocess.run([sys.argv[2], path], check=True)
            with open(path, encoding='utf-8') as f:
                text = f.read()
        for n, bad in enumerate(spoilt(text)):
            if bad == text or not judge(bad)[0]:
                sys.exit(f'the judge takes change {n}')
    else:
        with open(sys.argv[1], encoding='utf-8') as f:
            text = f.read()
    wrong, left = judge(text)
    print('\n'.join(wrong + left) or 'it is PROV-JSON')
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()

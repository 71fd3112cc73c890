"""What of two persons goes from a journal that a real `ward run` keeps: of the first all of it, proven, with a letter in each language
that says how much; of the second nothing, since a byte of the segment that holds it is damaged, which the command, the list of what stays
and the letter say.

usage: erased.py WARD PILOT"""
import glob
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console import Hospital  # noqa: E402
from nowhere import asked, claim, state, ward  # noqa: E402

GONE, DAMAGED, OTHER = '0041773499', '0041770002', '0041770003'
WORDS = {  # of the letter: what was erased, and what could not be
    'en': (r'{n} entries of logs of doors and systems', r'{n} records could not be erased yet, since what holds them is damaged'),
    'fr': (r'{n} entrées de journaux de portes et de systèmes', r'{n} éléments n’ont pas encore pu être effacés, car leur support est endommagé'),
    'it': (r'{n} voci di registri di porte e sistemi', r'{n} dati non si sono ancora potuti cancellare, perché il loro supporto è danneggiato'),
    'nl': (r'{n} regels uit logboeken van deuren en systemen', r'{n} gegevens konden nog niet gewist worden, omdat de drager beschadigd is'),
}


def badge(h, number, door, n=4):
    """Through a door, each time in a commit of its own."""
    for _ in range(n):
        with open(os.path.join(h.tmp, 'logs', 'doors.log'), 'a') as f:
            at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
            f.write(f'<134>1 {at} dc-au ward - door.granted [ward@32473 class="door.granted" door="{door}" badge="{number}"]\n')
        time.sleep(1.1)


def segments(h, what):
    """Segments of events in which those bytes stand, and where."""
    for path in sorted(glob.glob(os.path.join(h.state, 'journal', '*.seg'))):
        if not re.match('evidence|telemetry', os.path.basename(path)):
            continue
        with open(path, 'rb') as f:
            at = f.read().find(what)
        if at >= 0:
            yield path, at


def erase(h, officer, lead, number):
    """By a request of its own; what the command says, and the folder."""
    request = asked(officer, lead, h, 'erasure', {'say': 'decide', 'goes': ['entries of doors'], 'stays': ['who asked for the name']})
    folder = os.path.join(h.tmp, 'of-' + number)
    said = ward(h, 'person', 'erase', '--is', number, '--state', h.state, '--lang', 'en', '--out', folder, h.folder, request)
    h.until('it is on the ledger', lambda: state(h, officer, request) == 'ready')
    return request, said, folder


def letters(h, number, request, which, n):
    """In each language: how much went, and what could not; as pages, too."""
    for lang, words in WORDS.items():
        folder = os.path.join(h.tmp, f'{lang}-{number}')
        ward(h, 'person', 'erase', '--is', number, '--state', h.state, '--lang', lang, '--out', folder, h.folder, request)
        with open(os.path.join(folder, 'letter.md'), encoding='utf-8') as f:
            text = f.read()
        h.must(re.search(words[which].replace('{n}', str(n)), text), (lang, words[which], n, text))
        h.must(bool(re.search(words[1].replace('{n}', r'\d+'), text)) == (which == 1), (lang, text))
        with open(os.path.join(folder, 'letter.pdf'), 'rb') as f:
            h.must(f.read(5) == b'%PDF-', lang)


def main():
    h = Hospital(*sys.argv[1:3])
    h.write('badges.csv', 'badge,who,state,days,from,until\n'
            + ''.join(f'{n},Person {i},held,mon-sun,00:00,24:00\n' for i, n in enumerate((GONE, DAMAGED, OTHER))))
    try:
        h.start()
        lead = claim(h, h.until('a code', lambda: re.search(r'#code=(\w+)', h.said())).group(1))
        r, text = lead.ask('POST', '/api/v1/people/e-romano/code', {})
        h.must(r.status == 201, text)
        officer = claim(h, json.loads(text)['code'])
        badge(h, GONE, 'AU-D03')
        badge(h, DAMAGED, 'AU-D05')
        badge(h, OTHER, 'AU-D07')
        h.until('all of it in the journal', lambda: list(segments(h, b'AU-D07')))
        request, said, folder = erase(h, officer, lead, GONE)
        m = re.search(r'erased ([1-9]\d*) records', said)
        h.must(m and int(m.group(1)) >= 4 and 'damaged' not in said, said)
        h.must(not list(segments(h, b'AU-D03')), 'it is still in the journal')
        letters(h, GONE, request, 0, int(m.group(1)))

        path, at = next(segments(h, b'AU-D07'))  # of the third person; the second's stand before it
        h.must(next(segments(h, b'AU-D05'))[0] == path, 'they are in one segment')
        with open(path, 'r+b') as f:
            f.seek(at)
            f.write(b'X')
        request, said, folder = erase(h, officer, lead, DAMAGED)
        h.must(re.search(r'erased 0 records', said) and re.search(r'[1-9]\d* could not be erased, since a segment of the journal is damaged', said), said)
        with open(os.path.join(folder, 'stays.json')) as f:
            stays = [json.loads(line) for line in f]
        n = sum(x['why'].startswith('the disk is damaged where it is') for x in stays)
        h.must(n >= 4 and all(x['what'] == 'record' for x in stays if x['why'].startswith('the disk')), stays)
        h.must(next(segments(h, b'AU-D05'))[0] == path, 'a damaged segment is written anew')
        letters(h, DAMAGED, request, 1, n)
        print(f'erased: {m.group(1)} records of the first; {n} of the second stay in a damaged segment')
    finally:
        h.end()


main()

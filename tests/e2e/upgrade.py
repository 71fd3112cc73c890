# A state folder of an older Ward: tried, refused when it is a newer one's, run with, and back. The database of each older form
# is made by its own migrations, with the rows of an attack; one whole folder is what the programs of its time left (older/). usage: upgrade.py WARD PILOT RECORD_STORE MIGRATIONS
import glob
import json
import os
import re
import sqlite3
import pwd
import shutil
import subprocess
import sys
import tarfile
import uuid

sys.path.insert(0, os.path.dirname(__file__))
import console  # noqa: E402
from standby_history import records  # noqa: E402

ward, pilot, record_store, migrations = sys.argv[1:5]
hospital = console.Hospital(ward, pilot)
must, until = hospital.must, hospital.until
store = os.path.join(hospital.state, 'store')
path = os.path.join(store, 'ward.db')
FORM = len(glob.glob(os.path.join(migrations, '*.sql')))
OLD = 5


def make_older(form):
    """The database as a Ward of that form left it: this one writes nothing in these rows that it had not."""
    full = path + '.full'
    os.rename(path, full)
    db = sqlite3.connect(path, isolation_level=None)
    for i, name in enumerate(sorted(glob.glob(os.path.join(migrations, '*.sql')))[:form]):
        with open(name) as f:
            db.executescript(f'BEGIN; {f.read()}; PRAGMA user_version = {i + 1}; COMMIT;')
    db.execute('ATTACH ? AS f', (full,))
    db.execute('DELETE FROM ledger')
    for table in ['leaf', 'record', 'ledger', 'reader', 'checkpoint', 'checkpoint_part']:
        db.execute(f'INSERT INTO {table} SELECT * FROM f.{table}')
    db.execute('PRAGMA journal_mode = WAL')
    db.close()
    for name in glob.glob(full + '*'):
        os.unlink(name)


def set_form(form):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f'PRAGMA user_version = {form}')
    db.close()


def say(*words, want=0):
    p = subprocess.run([hospital.ward, *words], capture_output=True, text=True)
    must(p.returncode == want, f'{words}: {p.returncode} {p.stdout} {p.stderr}')
    return p.stdout if want == 0 else p.stderr


def store_says(what, *more, want=0):
    return say('store', what, *more, '--state', hospital.state, hospital.folder, want=want)


def incidents():
    said = say('incident', 'list', '--json', '--state', hospital.state, hospital.folder)
    return [json.loads(line)['id'] for line in said.splitlines()]


def end():
    hospital.run.terminate()
    must(hospital.run.wait() == 0, hospital.said())


def made():
    of = os.path.join(pilot, 'scenarios', 'cooling', 'recording')
    rows = say('replay', '--json', pilot, *[os.path.join(of, n) for n in ('doors.syslog', 'bms.pcap', 'sensors.jsonl')])
    p = subprocess.run([record_store, hospital.state], input=rows, text=True)
    must(p.returncode == 0, 'record_store')
    before = incidents()
    must(before, 'no incident')
    make_older(OLD)
    give_to_store()
    return before, rows.count('\n')


def give_to_store():
    """As `ward run` leaves it: as root the store's process has a user of its own."""
    if os.geteuid() == 0:
        for name in ['.', *os.listdir(store)]:
            os.chown(os.path.join(store, name), 61002, 61002)


def tried(n_rows):
    v = store_says('versions').splitlines()
    must(v[0].startswith(f'database\tform {OLD}\tan older one') and len(v) == 2, v)
    with open(path, 'rb') as f:
        was = f.read()
    said = store_says('upgrade', '--dry-run')
    must(f'form {OLD} to {FORM}, on a copy: {n_rows} rows' in said and 'nothing was changed' in said, said)
    with open(path, 'rb') as f:
        must(f.read() == was, 'a trial changed it')
    must(os.listdir(store) == ['ward.db'], os.listdir(store))
    # what only reads says what is to be done
    err = say('incident', 'list', '--state', hospital.state, hospital.folder, want=3)
    must('another version of Ward' in err, err)


def newer_is_refused():
    set_form(FORM + 1)
    err = say('run', '--console', 'off', '--state', hospital.state, hospital.folder, want=3)
    must(f'made by a newer Ward (form {FORM + 1}; this one reads up to {FORM})' in err and 'ward store back' in err, err)
    err = store_says('upgrade', want=3)
    must('newer Ward' in err, err)
    must('a newer one' in store_says('versions'), 'not said')
    set_form(OLD)


def run_with(before):
    hospital.start()
    must(sorted(incidents()) == sorted(before), 'other incidents')
    must('Ward runs' in store_says('back', want=3), 'back while it runs')
    b = console.Browser(hospital)
    code = re.search(r'#code=(\S+)', until('a code', lambda: '#code=' in hospital.said() and hospital.said())).group(1)
    r, text = b.ask('POST', '/api/v1/session/code', {'code': code, 'password': 'a long enough pass phrase'})
    must(r.status == 201, text)
    b.session()

    def shown():
        r, text = b.ask('GET', '/api/v1/incidents')
        return r.status == 200 and sorted(x['id'] for x in json.loads(text)['items']) == sorted(before)
    until('the console shows the incidents', shown)
    end()
    with open(os.path.join(hospital.state, 'ward.log')) as f:
        log = f.read()
    for event in ['store.upgrade_begins', 'store.upgrade_kept', 'store.upgraded']:
        must(log.count(f'"{event}"') == 1, event + ': ' + log[-2000:])
    must('process.died' not in log and 'store.fault' not in log, log[-2000:])


def back(before):
    v = store_says('versions')
    kept = re.search(r'^kept\tform 5\t\S+\t(ward-5-\S+\.db)\t', v, re.M)
    must(kept and f'database\tform {FORM}\tas this Ward has it' in v, v)
    st, of = os.stat(os.path.join(store, kept.group(1))), os.stat(store)
    must(st.st_mode & 0o77 == 0 and st.st_uid == of.st_uid, 'others may read it')
    said = store_says('back')
    must(f'form {OLD}: what was kept as {kept.group(1)}' in said and f'ward-{FORM}-' in said, said)
    v = store_says('versions')
    must(f'database\tform {OLD}\t' in v and f'kept\tform {FORM}\t' in v, v)
    err = store_says('back', want=3)
    must('no older database is kept' in err, err)
    store_says('back', '--to', re.search(rf'(ward-{FORM}-\S+\.db)', v).group(1))
    must(sorted(incidents()) == sorted(before), 'other incidents')
    must(all(os.stat(os.path.join(store, n)).st_uid == os.stat(store).st_uid for n in os.listdir(store)), 'not the store\'s')


def database():
    """Its rows with what each committed to, by SQLite itself, and its incidents."""
    db = sqlite3.connect(path)
    try:
        rows = db.execute('SELECT r.number, r.kind, r.id, r.json, l.commitment FROM record r JOIN leaf l ON l.number = r.number'
                          ' ORDER BY r.number').fetchall()
        return rows, {str(uuid.UUID(bytes=r[2])) for r in rows if r[1] == 2}
    finally:
        db.close()


def of_an_old_build(packed):
    """What such a Ward left is opened, upgraded and gone on with; all that it recorded and concluded is there as it was."""
    shutil.rmtree(hospital.state)
    os.mkdir(hospital.state, 0o711)
    with tarfile.open(packed) as t:
        t.extractall(hospital.state, numeric_owner=True)
    with open(os.path.join(hospital.folder, 'sources.yml')) as f:
        sources = f.read()
    hospital.write('sources.yml', sources.replace('retention: 1d', 'retention: 36500d'))  # its records are of a day that goes by
    hospital.write('people.yml', 'people:\n  - {id: me, user: %s, roles: [crisis-manager, security-guard, nurse-in-charge]}\n'
                   % pwd.getpwuid(os.geteuid()).pw_name)
    journal = os.path.join(hospital.state, 'journal')
    (rows, known), was = database(), records(journal)
    form = int(re.search(r'database\tform (\d+)\t', store_says('versions')).group(1))
    must(len(rows) > 100 and known and len(was) > 20, (len(rows), known, len(was)))
    must(f'form {form} to {FORM}, on a copy: {len(rows)} rows, the same before and after' in store_says('upgrade', '--dry-run'), 'tried')
    hospital.start()
    shown = set(incidents())
    must(shown & known, (shown, known))  # beside them what it finds new in its directory
    say('observe', 'panic', '--state', hospital.state, '--why', 'he has a knife', hospital.folder, 'a2-icu-3')
    until('it goes on to conclude', lambda: set(incidents()) - shown)
    end()
    now, _ = database()
    must(now[:len(rows)] == rows and len(now) > len(rows), 'its rows are others')
    there = records(journal)
    must(there[:len(was)] == was and there[len(was)][0] == was[-1][0] + 1, 'its records are others')
    said = say('audit', 'verify', '--state', hospital.state, hospital.folder)
    must(f'{len(now)}' in said and ' 0 breaks' in said, said)
    found = say('search', '--hospital', hospital.folder, '--state', hospital.state, '--json', '--limit', '0', 'class=door.*')
    must(found, 'what it recorded is not found')
    with open(os.path.join(hospital.state, 'ward.log')) as f:
        log = f.read()
    must('"store.upgraded"' in log and 'process.died' not in log and 'store.fault' not in log and 'journal.damage' not in log, log[-3000:])
    print(f'{os.path.basename(packed)}: form {form} to {FORM}, {len(was)} records and {len(rows)} rows as they were, then {len(there) - len(was)} and '
          f'{len(now) - len(rows)} more; {len(found.splitlines())} lines found')


before, n_rows = made()
tried(n_rows)
newer_is_refused()
run_with(before)
back(before)
for name in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'older', '*.tar.xz'))):
    of_an_old_build(name)
hospital.end()
print(f'from form {OLD} to {FORM} and back: {n_rows} rows, {len(before)} incidents')

"""One byte of each kind of file that a Ward kept is changed, after a real run, and `ward audit verify` finds each: what docs/audit.md
promises as a table. Used by evidence.py, whose run has clips."""
import glob
import hashlib
import os
import random
import re
import shutil
import sqlite3
import subprocess


FOUND = (r'store/ward\.db|clips/[^/]*\.(clip|key|sum)|config/versions|config/objects/.*|notary/notary|playbook/[^/]*\.json|'
         r'journal/[^/]*\.seg|journal/retention')
NO_EVIDENCE = (r'store/memory|respond/.*|journal/readers|config/(ran|recorded|lock)|lock|played|restored|exercise\.jsonl|ward\.log|api/.*|pseudonym/key|codes/.*|login/accounts\.jsonl')
KNOWN = re.compile(f'{FOUND}|{NO_EVIDENCE}')
# how files that another version reads begin: src/base/formats.c has the numbers
BEGIN = {r'journal/.*\.seg': rb'WARDJSEG\x01\x00', r'journal/readers': rb'WARDREAD\x01\x00\x00\x00', r'notary/notary': rb'WARDNOT1',
         r'clips/.*\.clip': rb'WARDCLIP\x01', r'store/ward\.db': rb'SQLite format 3\x00.{44}\x00\x00\x00\x09', r'respond/memory': rb'WARDRSP1'}


def flip(path, at):
    with open(path, 'r+b') as f:
        f.seek(at)
        byte = f.read(1)
        f.seek(at)
        f.write(bytes([byte[0] ^ 1]))


def size(path):
    return os.path.getsize(path)


def used(path):
    """Where the bytes of a segment end that are not room for more."""
    with open(path, 'rb') as f:
        return len(f.read().rstrip(b'\0'))


class Tampered:
    def __init__(self, h, folder):
        self.h, self.folder, self.n = h, folder, 0

    def verify(self, *args):
        return subprocess.run([self.h.ward, 'audit', 'verify', *(args or ('--state', self.h.state, self.folder))],
                              capture_output=True, text=True)

    def whole(self, *args):
        r = self.verify(*args)
        self.h.must(r.returncode == 0, ('not whole', args, r.stdout, r.stderr))

    def finds(self, what, *args):
        r = self.verify(*args)
        self.h.must(r.returncode == 1, ('not found', what, r.returncode, r.stdout, r.stderr))
        self.n += 1

    def file(self, path, places, *args):
        """Each of these bytes, and then as it was."""
        self.h.must(size(path) > 0, path)
        kept = path + '.kept'
        shutil.copy2(path, kept)
        for at in sorted(set(places)):
            flip(path, at)
            # what lies in the same folder under another name is none of the files
            os.rename(kept, self.h.tmp + '/kept')
            self.finds((path, at), *args)
            os.rename(self.h.tmp + '/kept', kept)
            shutil.copy2(kept, path)
        os.unlink(kept)

    def ends(self, path, *args):
        n = size(path)
        self.file(path, [(n * 7919 >> 13) % n], *args)  # anywhere

    def rows(self):
        """A row of each kind that there is, in its text, its salt, its leaf, its time; and the ledger's own row."""
        path = os.path.join(self.h.state, 'store', 'ward.db')
        kept = self.h.tmp + '/ward.db'
        shutil.copy2(path, kept)
        db = sqlite3.connect(kept)
        kinds = dict(db.execute('SELECT kind, max(number) FROM record WHERE json IS NOT NULL GROUP BY kind'))
        db.close()
        changes = [f"UPDATE record SET json = replace(json, '\"kind\"', '\"kinb\"') WHERE number = {n}" for n in kinds.values()]
        other = ("json = json || ' '", 'salt = randomblob(32)', 'time = time + 1', 'revision = revision + 1', 'id = randomblob(16)')
        changes += [f'UPDATE record SET {c} WHERE number = {n}' for c, n in zip(other, kinds.values())]
        changes += [f'UPDATE leaf SET commitment = randomblob(32) WHERE number = {max(kinds.values())}',
                    'UPDATE ledger SET peaks = zeroblob(length(peaks))', 'UPDATE ledger SET size = size - 1']
        for change in changes:
            shutil.copy2(kept, path)
            db = sqlite3.connect(path, isolation_level=None)
            db.executescript('PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; ' + change)
            db.close()
            r = self.verify()
            self.h.must(r.returncode in (1,), ('not found', change, r.returncode, r.stdout, r.stderr))
            self.n += 1
        shutil.copy2(kept, path)
        return kinds

    def raw(self):
        """Bytes of the database wherever they lie: found, or no row of it is another."""
        path = os.path.join(self.h.state, 'store', 'ward.db')
        with open(path, 'rb') as f:
            kept = f.read()

        def rows():
            db = sqlite3.connect(path)
            try:
                return [db.execute(f'SELECT * FROM {t} ORDER BY 1').fetchall() for t in ('record', 'leaf', 'ledger')]
            finally:
                db.close()
        were, found, rnd = rows(), 0, random.Random(162)
        while found < 24:
            at = rnd.randrange(len(kept))
            flip(path, at)
            r = self.verify()
            self.h.must(r.returncode in (0, 1, 3) and (r.returncode or rows() == were), ('not found', at, r.returncode, r.stdout, r.stderr))
            found += r.returncode > 0
            with open(path, 'wb') as f:
                f.write(kept)
        self.n += found

    def playbooks(self):
        """A playbook that a run's rows name is gone; one that no run began with may go."""
        db = sqlite3.connect(os.path.join(self.h.state, 'store', 'ward.db'))
        named = {h for h, in db.execute("SELECT json_extract(json, '$.hash') FROM record WHERE kind = 6 AND json IS NOT NULL") if h}
        db.close()
        for path in glob.glob(self.h.state + '/playbook/*.json'):
            os.rename(path, self.h.tmp + '/gone')
            if os.path.basename(path)[:-5] in named:
                self.finds(path + ' that is gone')
            else:
                self.whole()
            os.rename(self.h.tmp + '/gone', path)
        return len(named)

    def remembered(self, path):
        """What retention remembers as an older copy, with a sum that fits: without a hold, and written less often than a row says."""
        kept = open(path).read()
        body = kept[:kept.rindex('sum ')]
        rows = sqlite3.connect(os.path.join(self.h.state, 'store', 'ward.db'))
        said = [n for n, in rows.execute("SELECT json_extract(json, '$.remembered') FROM record WHERE kind = 13 AND json IS NOT NULL") if n]
        rows.close()
        older = [re.sub(r'(?m)^hold .*\n', '', body)] if re.search(r'(?m)^hold ', body) else []
        older += [re.sub(r'(?m)^version .*', f'version {max(said)}', body)] if said else []
        for text in older:
            open(path, 'w').write(text + 'sum ' + hashlib.sha256(text.encode()).hexdigest() + '\n')
            self.finds(path + ' of before')
        if said:
            os.unlink(path)
            self.finds(path + ' that is gone')
        open(path, 'w').write(kept)
        return len(older)

    def others(self):
        """Files of the state folder of which docs/audit.md says neither what finds a change nor that they are no evidence."""
        for folder, _, names in os.walk(self.h.state):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path) and not KNOWN.fullmatch(os.path.relpath(path, self.h.state)):
                    yield os.path.relpath(path, self.h.state)

    def begins(self):
        """Each is of the form that is listed for these formats."""
        for begin in BEGIN:
            for folder, _, names in os.walk(self.h.state):
                for path in (os.path.join(folder, n) for n in names):
                    if re.fullmatch(begin, os.path.relpath(path, self.h.state)) and os.path.isfile(path):
                        with open(path, 'rb') as f:
                            self.h.must(re.match(BEGIN[begin], f.read(64), re.S), ('not of the form of these formats', path))

    def state(self):
        s = self.h.state
        self.whole()
        self.begins()
        self.h.must(not list(self.others()), ('nobody says what changes of them are', list(self.others())))
        kinds = self.rows()
        for end in 'clip', 'key', 'sum':
            self.ends(sorted(glob.glob(f'{s}/clips/*.{end}'))[0])
        self.ends(s + '/notary/notary')
        objects = sorted(glob.glob(s + '/config/objects/*/*'))
        self.ends(objects[0])
        self.ends(objects[-1])
        self.ends(s + '/config/versions')
        remembered = s + '/journal/retention'  # which holds there are
        self.file(remembered, [0, size(remembered) // 2, size(remembered) - 66, size(remembered) - 1])
        self.h.must(self.remembered(remembered), 'no hold and no deletion to try it with')
        self.ends(sorted(glob.glob(s + '/playbook/*.json'))[0])
        self.h.must(self.playbooks(), 'no run to try it with')
        self.raw()
        for segment in sorted(glob.glob(s + '/journal/*.seg')):
            n = used(segment)
            self.file(segment, [n - 1, n // 2] if n > 4096 else [n - 1])
        # the register, who decides, how long is kept, by when the authorities are told
        for name in 'processing.yml', 'people.yml', 'sources.yml', 'hospital.yml', 'law.yml':
            self.ends(os.path.join(self.folder, name))
        self.whole()
        return kinds

    def export(self, folder):
        args = ('--export', folder)
        self.whole(*args)
        names = [n for n in os.listdir(folder) if os.path.isfile(os.path.join(folder, n))]
        clips = {n.rsplit('.', 1)[1]: 'clips/' + n for n in os.listdir(folder + '/clips')}
        for name in sorted(names) + sorted(clips.values()):
            self.ends(os.path.join(folder, name), *args)
        # … also where the manifest was made to fit
        for name in sorted(n for end, n in clips.items() if end in ('clip', 'key')):
            path, manifest = os.path.join(folder, name), os.path.join(folder, 'MANIFEST')
            shutil.copy2(path, self.h.tmp + '/a')
            shutil.copy2(manifest, self.h.tmp + '/b')
            flip(path, size(path) // 2)
            text = open(manifest).read()
            new = subprocess.run(['sha256sum', path], capture_output=True, text=True).stdout[:64]
            open(manifest, 'w').write(re.sub(r'[0-9a-f]{64}(?=  ' + re.escape(name) + ')', new, text))
            self.finds(name + ', and the manifest', *args)
            shutil.copy2(self.h.tmp + '/a', path)
            shutil.copy2(self.h.tmp + '/b', manifest)
        open(folder + '/clips/more.jpg', 'w').close()
        self.finds('a file that was put in', *args)
        os.unlink(folder + '/clips/more.jpg')
        self.whole(*args)

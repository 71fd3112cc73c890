"""Attack graphs of other programs through our AND/OR solver.

MulVAL's solved graph (VERTICES, ARCS): whatever MulVAL derived must be derivable from its leaves,
its goals included, and nothing without them. MulVAL's three-host example, whose answer is
published (Ou et al. 2005): the workstation falls, by way of the web server alone. A MAL attack
graph: which steps are viable, and what an attacker reaches, by MAL's own definitions.
Skips (77) where the shared data is not there. usage: attack_graphs.py SOLVER"""
import csv, json, os, subprocess, sys

SOLVER, DATA = sys.argv[1], os.path.join(os.environ.get('WARD_SHARED_DATA', ''), 'impact')
if not os.path.isdir(os.path.join(DATA, 'mulval')):
    print('skip: no impact/mulval in the shared data')
    sys.exit(77)


class Graph:
    def __init__(self):
        self.number, self.steps, self.goals = {}, [], []

    def fact(self, name):
        return self.number.setdefault(name, len(self.number))

    def step(self, head, needs, cost=1):
        self.steps.append((self.fact(head), cost, [self.fact(n) for n in needs]))
        return len(self.steps) - 1

    def goal(self, name):
        self.goals.append(self.fact(name))

    def solve(self):
        text = [f'facts {len(self.number)}']
        text += [' '.join(map(str, ['step', h, c] + n)) for h, c, n in self.steps]
        text += [f'goal {g}' for g in self.goals]
        out = subprocess.run([SOLVER], input='\n'.join(text) + '\n', capture_output=True, text=True,
                             check=True).stdout.splitlines()
        name = {i: n for n, i in self.number.items()}
        self.on = {name[int(i)] for i in out[0].split()[1:]}
        self.answer = {}
        for line in out[1:]:
            w = line.split()
            if w[2] == 'none':
                self.answer[name[int(w[1])]] = None
                continue
            c = w.index('chokes')
            self.answer[name[int(w[1])]] = (int(w[2]), [int(i) for i in w[4:c]],
                                            [int(i) for i in w[c + 1:]])
        return self


def check(what, ok):
    if not ok:
        sys.exit(f'{what}: wrong')
    print('ok', what)


def mulval_solved():
    kind, need, label = {}, {}, {}
    with open(f'{DATA}/mulval/example_VERTICES.CSV') as f:
        for i, text, k, _ in csv.reader(f):
            kind[i], label[i], need[i] = k, text, []
    with open(f'{DATA}/mulval/example_ARCS.CSV') as f:
        for a, b, _ in csv.reader(f):
            need[a].append(b)

    def build(leaves):
        g = Graph()
        for i in kind:
            g.fact(i)
            if kind[i] == 'LEAF' and i in leaves:
                g.step(i, [])
            elif kind[i] == 'AND':
                g.step(i, need[i])
            elif kind[i] == 'OR':
                for n in need[i]:
                    g.step(i, [n])
            if label[i].startswith('execCode('):
                g.goal(i)
        return g.solve()
    leaves = {i for i in kind if kind[i] == 'LEAF'}
    g = build(leaves)
    check('mulval: all that it derived is derived', g.on == set(kind))
    check('mulval: its goals', g.answer and all(g.answer.values()))
    check('mulval: nothing without leaves', not build(set()).on)
    start = {i for i in leaves if label[i].startswith('attackerLocated')}
    g = build(leaves - start)
    check('mulval: no attacker, no goal', not any(g.answer.values()))


def mulval_three_hosts():
    """3host_input.P under MulVAL's published rules (remote exploit, direct and multi-hop access, NFS
    shell, Trojan horse over a mounted share), grounded by hand for its three hosts."""
    def build(without=()):
        g = Graph()
        facts = ['located(internet)', 'hacl(internet,web)', 'hacl(web,file)', 'vul(web,httpd)',
                 'service(web,httpd)', 'vul(file,mountd)', 'service(file,mountd)',
                 'export(file,web)', 'mounted(work,file)']
        given = {f: g.step(f, []) for f in facts if f not in without}
        for f in facts:
            g.fact(f)
        g.step('access(web)', ['located(internet)', 'hacl(internet,web)'])
        g.step('exec(web)', ['access(web)', 'vul(web,httpd)', 'service(web,httpd)'])
        g.step('access(file)', ['exec(web)', 'hacl(web,file)'])
        g.step('exec(file)', ['access(file)', 'vul(file,mountd)', 'service(file,mountd)'])
        g.step('write(file)', ['exec(web)', 'hacl(web,file)', 'export(file,web)'])
        g.step('write(file)', ['exec(file)'])
        g.step('exec(work)', ['write(file)', 'mounted(work,file)'])
        g.goal('exec(work)')
        return g.solve(), given
    g, given = build()
    cost, plan, chokes = g.answer['exec(work)']
    check('three hosts: the workstation falls', 'exec(work)' in g.on)
    check('three hosts: every way passes the web server and the mounted share',
          {given['vul(web,httpd)'], given['mounted(work,file)']} <= set(chokes))
    check('three hosts: neither way to the file server is in all',
          not {given['vul(file,mountd)'], given['export(file,web)']} & set(chokes))
    check('three hosts: without httpd none',
          build(['vul(web,httpd)'])[0].answer['exec(work)'] is None)
    check('three hosts: without mountd by NFS',
          build(['vul(file,mountd)'])[0].answer['exec(work)'] is not None)
    check('three hosts: without both none',
          build(['vul(file,mountd)', 'export(file,web)'])[0].answer['exec(work)'] is None)


def mal():
    with open(f'{DATA}/mal/attackgraph.json') as f:
        steps = json.load(f)['attack_steps']
    parents = {s: list(v['parents'].values()) for s, v in steps.items()}
    kind = {s: v['type'] for s, v in steps.items()}

    def holds(s):  # what needs no attacker: a defence that is off, something that is (not) there
        if kind[s] == 'defense':
            t = steps[s]['ttc'] or {}
            return t.get('name') != 'Enabled'
        there = steps[s].get('existence_status')
        return bool(there) if kind[s] == 'exist' else not there
    fixed = {s for s in steps if kind[s] in ('defense', 'exist', 'notExist')}

    # Viable (MAL's a-priori analysis): all are, but for what enabled defences and absences take
    # away. Unviability is a least fixpoint: AND and OR change places.
    def unviable_by_definition():
        bad = {s for s in fixed if not holds(s)}
        while True:
            more = {s for s in steps if s not in bad and s not in fixed and parents[s] and (
                all(p in bad for p in parents[s]) if kind[s] == 'or'
                else any(p in bad for p in parents[s]))}
            if not more:
                return bad
            bad |= more
    g = Graph()
    for s in steps:
        g.fact(s)
        if s in fixed:
            if not holds(s):
                g.step(s, [])
        elif kind[s] == 'or' and parents[s]:
            g.step(s, parents[s])
        elif kind[s] == 'and':
            for p in parents[s]:
                g.step(s, [p])
    check(f'mal: viability of {len(steps)} steps', g.solve().on == unviable_by_definition())

    def reached_by_definition(entry):
        on = {entry} | {s for s in fixed if holds(s)}
        while True:
            more = {s for s in steps if s not in on and s not in fixed and parents[s] and (
                any(p in on for p in parents[s]) if kind[s] == 'or'
                else all(p in on for p in parents[s]))}
            if not more:
                return on
            on |= more
    sizes = []
    for entry in sorted(s for s in steps if kind[s] == 'or')[::16]:
        g = Graph()
        for s in steps:
            g.fact(s)
            if s in fixed:
                if holds(s):
                    g.step(s, [])
            elif kind[s] == 'or':
                for p in parents[s]:
                    g.step(s, [p])
            elif parents[s]:
                g.step(s, parents[s])
        g.step(entry, [])
        want = reached_by_definition(entry)
        if g.solve().on != want:
            sys.exit(f'mal: reach from {entry}: {sorted(g.on ^ want)[:5]}')
        sizes.append(len(want))
    check(f'mal: reach from {len(sizes)} entries, {min(sizes)} to {max(sizes)} steps', len(set(sizes)) > 1)


mulval_solved()
mulval_three_hosts()
mal()

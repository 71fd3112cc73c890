#!/usr/bin/env python3
"""Random hospitals: `ward impact --json` against worlds drawn here.

A second program: it reads the hospital directory and the propagation rules by itself (docs/
hospital-directory.md, docs/content.md), draws which events happen in each of many worlds, and lets
things fall in each as the documents say. What it shares with the engine is what the documents say:
it proves the arithmetic (bounds, exact likelihoods, times), not that the rules describe a hospital.

Usage: worlds.py WARD [HOSPITALS [SEED]]
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import yaml

WORLDS = 4096
ALL = (1 << WORLDS) - 1
SIGMAS = 4.5  # of some thousand comparisons none is so far off by chance
CLASSES = ["device.a", "device.b", "device.c"]
THREATS = {"outage": "availability", "it.worm": "integrity", "it.spy": "confidentiality",
           "env.heat": "safety"}
RELATIONS = ["powers", "cools", "supplies"]
UNIT = {"s": 1, "min": 60, "h": 3600}


# ---- what is drawn, as files ----

def content(folder):
    classes = ["site", "building", "floor", "zone", "room", "door", "network", "role", "service",
               "service.care", "device", "software", "data", "supply", *CLASSES]
    (folder / "propagation").mkdir(parents=True)
    (folder / "ontology.yml").write_text(
        "classes:\n" + "".join(f"  - {{id: {c}, name: {c}}}\n" for c in classes))
    (folder / "threats.yml").write_text("threats:\n" + "".join(
        f"  - {{code: {t}, name: {t}, domain: both, need: {need}, idmef: Other.Undetermined, "
        "first_step: {role: r, text: t}}\n" for t, need in THREATS.items()))


def interval(rng):
    lo = rng.choice([0.2, 0.5, 0.8, 0.9, 1])
    return f"[{lo}, {min(1, round(lo + rng.choice([0, 0, 0.1, 0.25]), 2))}]"


def rule_text(rng, i, spreads):
    """Without `spreads` only supply and the same asset: then supply may run in circles."""
    relation = rng.choice(RELATIONS + ["self"] + (["requires"] if spreads else []))
    supply = relation in RELATIONS and (not spreads or rng.random() < 0.4)
    threat = rng.choice([*THREATS, "it.*"])
    gives = rng.choice([t for t in ["outage", "outage", *THREATS]
                        if relation != "self" or not matches(t, threat)])
    when = f"threat: {threat}" + (f", class: {rng.choice(CLASSES)}" if rng.random() < 0.4 else "")
    more = ""
    if relation == "requires":
        more += ", direction: in"
    elif relation != "self":
        more += rng.choice(["", ", direction: in"]) if spreads and not supply else ""
        more += f", to: {{class: {rng.choice(CLASSES)}}}" if rng.random() < 0.3 else ""
    if relation != "self" and not supply and rng.random() < 0.3:
        more += ", common: true"
    if supply:
        more += f", mode: supply, keep: {rng.randint(1, 2)}"
    if relation != "self" and rng.random() < 0.5:
        more += ", buffer: " + rng.choice(["ups", "fuel"]) + rng.choice(["", ", buffer_instead: true"])
    soon = rng.randint(0, 20)
    return (f"  - {{id: r{i:02}, when: {{{when}}}, relation: {relation}, gives: {gives}, likelihood: "
            f"{interval(rng)}, delay: {{earliest: {soon}s, expected: {soon + rng.randint(0, 9)}min}}, "
            f"why: w{more}}}\n")


def group_text(rng, members, name, depth):
    """A group of members, some of which are groups; `of`, `all` or `any`."""
    of = rng.sample(members, min(len(members), rng.randint(1, 3)))
    for i in range(len(of)):
        if depth and rng.random() < 0.3:
            of[i] = group_text(rng, members, "", depth - 1)
    key = rng.choice([f"need: {rng.randint(1, len(of))}, of", f"need: {rng.randint(1, len(of))}, of",
                      "of", "any", "all"])
    named = f"name: {name}, " if name else ""
    return (f"{{{named}{key}: [{', '.join(of)}], buffer: "
            f"{rng.randint(0, 3)}min}}")


def draw(rng, folder, spreads):
    n = rng.randint(4, 8)
    ids = [f"d{i}" for i in range(n)]
    pairs = [(a, b) for a in range(n) for b in range(n) if a < b or (not spreads and a != b)]
    text = ("hospital: {id: h, name: H, city: Turin, country: IT, timezone: Europe/Rome, synthetic: "
            "true}\nsites: [{id: s, name: S}]\nbuildings: [{id: b, name: B, site: s}]\n"
            "floors: [{id: f, name: F, building: b, level: 0}]\nassets:\n")
    text += "".join(f"  - {{id: {i}, name: {i}, class: {rng.choice(CLASSES)}}}\n" for i in ids)
    text += "relations:\n" + "".join(
        f"  - {{from: {ids[a]}, relation: {rng.choice(RELATIONS)}, to: {ids[b]}}}\n"
        for a, b in rng.sample(pairs, min(len(pairs), rng.randint(n, 2 * n))))
    text += "services:\n"
    for k in range(2):
        groups = [group_text(rng, ids + (["k0"] if k else []), f"g{g}", 3)
                  for g in range(rng.randint(1, 2))]
        text += f"  - {{id: k{k}, name: k{k}, class: service.care, requires: [{', '.join(groups)}]}}\n"
    text += "protections:\n" + "".join(
        f"  - {{id: p{i}, on: {rng.choice(ids)}, against: {rng.choice([*THREATS, 'it.*'])}, degree: "
        f"{rng.choice([0.3, 0.5, 0.9, 1])}{rng.choice(['', ', scope: one'])}}}\n" for i in range(4))
    text += "buffers:\n" + "".join(
        f"  - {{on: {i}, kind: {kind}, lasts: {rng.randint(1, 9)}min}}\n"
        for i, kind in rng.sample([(i, k) for i in ids for k in ("ups", "fuel")], 3))
    (folder / "hospital.yml").write_text(text)
    rules = [rule_text(rng, i, spreads) for i in range(rng.randint(5, 10))]
    if spreads:  # through supply only from lower to higher: no loop without a live source
        rules += ["  - {id: z, when: {threat: it.*}, relation: self, gives: outage, likelihood: 0.7, "
                  "why: w}\n"]
    return text, "rules:\n" + "".join(rules)


# ---- what the files say ----

def seconds(text):
    number, unit = re.fullmatch(r"(\d+)([a-z]+)", str(text)).groups()
    return int(number) * UNIT[unit]


def is_class(have, want):
    return want is None or have == want or have.startswith(want + ".")


def matches(code, pattern):
    return code == pattern or (pattern.endswith(".*") and code.startswith(pattern[:-1]))


class Way:
    """One event, and at least r of its slots: each a list of states, or such a way in its turn."""

    def __init__(self, p, r, slots, delay, supply, relation):
        self.p, self.r, self.slots, self.delay, self.event = p, r, slots, delay, id(self)
        self.supply, self.self_, self.relation = supply, relation == ("self", False), relation

    def drop(self, goes):
        """Those states lead here no more; a slot that is empty never falls."""
        for i, slot in enumerate(self.slots):
            if isinstance(slot, Way):
                slot.drop(goes)
            else:
                self.slots[i] = [s for s in slot if not goes(s[0])]

    def leaves(self):
        """The lists of states, from inner ways too."""
        for slot in self.slots:
            if isinstance(slot, Way):
                yield from slot.leaves()
            else:
                yield slot

    def fallen(self, down):
        """Worlds in which so many have fallen."""
        slots = []
        for slot in self.slots:
            bits = 0
            if isinstance(slot, Way):
                bits = slot.fallen(down)
            else:
                for s in slot:
                    bits |= down[s]
            slots.append(bits)
        return enough(self.r, slots)

    def soonest(self, t, which):
        at = sorted(slot.soonest(t, which) if isinstance(slot, Way) else
                    min((t[u] for u in slot), default=float("inf")) for slot in self.slots)
        return at[self.r - 1] + self.delay[which] if len(at) >= self.r else float("inf")


def group_way(g):
    """What must fall for a group of requirements to fall; its members may be groups."""
    key = next(k for k in ("of", "any", "all") if k in g)
    n = len(g[key])
    need = 1 if key == "any" else g.get("need", n)
    wait = seconds(g["buffer"])
    return Way((1, 1), max(1, n - need + 1),
               [group_way(m) if isinstance(m, dict) else [(m, "outage")] for m in g[key]],
               (wait, wait), True, ("requires", True))


class Hospital:
    def __init__(self, folder, rules):
        h = yaml.safe_load((folder / "hospital.yml").read_text())
        self.cls = {x["id"]: x["class"] for x in h["assets"] + h["services"]}
        self.arcs = {r: set() for r in [*RELATIONS, "requires"]}
        for x in h["relations"]:
            self.arcs[x["relation"]].add((x["from"], x["to"]))
        self.buffer = {}
        for x in h["buffers"]:
            at = (x[True], x["kind"])  # "on" is true in YAML 1.1
            self.buffer[at] = seconds(x["lasts"])
        self.groups = [(s["id"], g) for s in h["services"] for g in s["requires"]]
        self.needs = [(owner, group_way(g)) for owner, g in self.groups]
        for owner, way in self.needs:
            self.arcs["requires"] |= {(owner, slot[0][0]) for slot in way.leaves()}
        scopes = {}
        for x in h["protections"]:
            for t in THREATS:
                if matches(t, x["against"]):
                    at = scopes.setdefault((x[True], t), {})
                    s = x.get("scope", x["id"])
                    at[s] = max(at.get(s, 0), x["degree"])
        self.open = {}
        for state, by in scopes.items():
            self.open[state] = 1.0
            for degree in by.values():
                self.open[state] *= 1 - degree
        self.ways = {(a, t): [] for a in self.cls for t in THREATS}
        for rule in yaml.safe_load(rules)["rules"]:
            self.apply(rule)
        for owner, way in self.needs:
            self.ways[owner, "outage"].append(way)
        self.find_rings()

    def apply(self, rule):
        p = rule["likelihood"]
        p = tuple(p) if isinstance(p, list) else (p, p)
        when = [t for t in THREATS if matches(t, rule["when"]["threat"])]
        delay = rule.get("delay", {})
        soon = seconds(delay.get("earliest", "0s"))
        late = seconds(delay["expected"]) if "expected" in delay else soon
        for target in self.cls:
            if not is_class(self.cls[target], rule.get("to", {}).get("class")):
                continue
            if rule["relation"] == "self":
                sources = [target]
            else:
                arcs = self.arcs[rule["relation"]]
                sources = sorted({b for a, b in arcs if a == target}
                                 if rule.get("direction") == "in"
                                 else {a for a, b in arcs if b == target})
            sources = [s for s in sources if is_class(self.cls[s], rule["when"].get("class"))]
            wait = self.buffer.get((target, rule.get("buffer")), 0)
            instead = rule.get("buffer_instead") and wait > 0
            delays = (wait, wait) if instead else (soon + wait, late + wait)
            slots = [[(s, t) for t in when if (s, t) != (target, rule["gives"])] for s in sources]
            relation = (rule["relation"], rule.get("direction") == "in")
            to = self.ways[target, rule["gives"]]
            if rule.get("mode") == "supply":
                n, keep = len(sources), rule.get("keep", 1)
                if n:
                    to.append(Way(p, 1 if n < keep else n - keep + 1, slots, delays, True, relation))
            elif rule.get("common"):  # one event for whatever this state leads to
                for s in (s for slot in slots for s in slot):
                    to.append(Way(p, 1, [[s]], delays, False, relation))
                    to[-1].event = (rule["id"], s)
            else:
                for slot in slots:
                    to.append(Way(p, 1, [slot], delays, False, relation))

    def change(self, change):
        """One of `--with`, of those that likelihoods know."""
        kind, what = change.split("=")
        if kind == "protected":
            asset, threat, degree = what.split(":")
            self.open[asset, threat] = 1 - float(degree)
        for (target, _), ways in self.ways.items():
            for w in ways:
                if kind == "repaired":
                    w.drop(lambda s, target=target: what in (s, target))
                elif kind == "failed-over" and w.supply:
                    w.drop(lambda s: s == what)
                elif kind == "cut":
                    a, name, b = what.split(":")
                    source, to = (b, a) if w.relation[1] else (a, b)
                    if (w.relation[0], target) == (name, to):
                        w.drop(lambda s, source=source: s == source)

    def find_rings(self):
        """Assets that supply one another in a circle."""
        to = {a: set() for a in self.cls}
        for (target, _), ways in self.ways.items():
            for w in ways:
                if w.supply:
                    for slot in w.leaves():
                        for source, _ in slot:
                            to[source].add(target)
        far = {a: set(b) for a, b in to.items()}
        for _ in self.cls:
            for a in far:
                far[a] |= {c for b in far[a] for c in far[b]}
        self.ring = {a: frozenset(b for b in far[a] if a in far[b]) for a in self.cls}
        for a, ring in self.ring.items():
            if len(ring) < 2:
                self.ring[a] = None
        self.orphan = set()
        self.orphan = Worlds.of_all(self).orphans()

    def ring_of(self, s):
        """The circle that may hold that state; what had no live source before, none holds."""
        return None if s in self.orphan else self.ring[s[0]]


# ---- worlds: one bit each ----

def chance(rng, p):
    """Bits that are set with probability p, to 2^-30."""
    bits = round(p * (1 << 30))
    if bits >= 1 << 30:
        return ALL
    v = 0
    for i in range(30):
        r = rng.getrandbits(WORLDS)
        v = v | r if bits >> i & 1 else v & r
    return v


def enough(r, slots):
    row = [ALL] + [0] * r
    for s in slots:
        for j in range(r, 0, -1):
            row[j] |= row[j - 1] & s
    return row[r]


class Worlds:
    def __init__(self, h, seeds, rng, upper):
        self.h, self.seeds = h, seeds
        self.open = {s: chance(rng, p) for s, p in h.open.items()}
        self.event = {}
        for ways in h.ways.values():
            for w in ways:
                if w.event not in self.event:
                    self.event[w.event] = chance(rng, w.p[upper])

    def step(self, state, down, which):
        v = 0
        for w in self.h.ways[state]:
            if which(w):
                v |= self.event[w.event] & w.fallen(down)
        return v & self.open.get(state, ALL)

    def least(self, down, states, which):
        again = True
        while again:
            again = False
            for s in states:
                v = down[s] | self.step(s, down, which)
                again, down[s] = again or v != down[s], v

    def near(self, s, touched, down):
        v = 0
        for w in self.h.ways[s]:
            for slot in w.leaves() if w.supply or w.self_ else []:
                for u in slot:
                    v |= down[u] if w.supply else 0
                    v |= touched[u] if self.h.ring_of(u) == self.h.ring_of(s) else 0
        return v

    def loops(self, down):
        """What only a circle without a live source still holds, where something was lost."""
        rings = [s for s in down if self.h.ring_of(s)]
        kept = dict(down)
        again = True
        while again:
            again = False
            for s in rings:
                v = kept[s] | self.near(s, kept, down)
                again, kept[s] = again or v != kept[s], v
        return self.hold(kept, down, rings)

    def hold(self, kept, down, rings):
        """Of what is assumed to have fallen, what then follows from itself."""
        again = bool(rings)
        while again:
            held = {s: down[s] | self.step(s, kept, lambda w: w.supply) for s in rings}
            least = {**kept, **held}
            self.least(least, rings, lambda w: w.self_)
            new = {**kept, **{s: kept[s] & least[s] for s in rings}}
            again, kept = new != kept, new
        return kept

    @staticmethod
    def of_all(h):
        """The world in which whatever can happen does."""
        w = Worlds.__new__(Worlds)
        w.h, w.seeds = h, []
        w.open = {s: ALL if p else 0 for s, p in h.open.items()}
        w.event = {way.event: ALL if way.p[1] else 0 for ways in h.ways.values() for way in ways}
        return w

    def orphans(self):
        """States on circles that had no live source before anything happens."""
        rings = [s for s in self.h.ways if self.h.ring[s[0]]]
        nothing = {s: 0 for s in self.h.ways}
        held = self.hold({**nothing, **{s: ALL for s in rings}}, nothing, rings)
        return {s for s, v in held.items() if v}

    def fall(self):
        down = {s: 0 for s in self.h.ways}
        for s in self.seeds:
            down[s] = ALL
        while True:
            self.least(down, list(down), lambda w: True)
            more = self.loops(down)
            if more == down:
                return {s: v.bit_count() / WORLDS if hasattr(v, "bit_count")
                        else bin(v).count("1") / WORLDS for s, v in down.items()}
            down = more


def times(h, seeds, which):
    """When each state comes at the soonest, if all that may happen does; no circles of supply."""
    t = {s: 0 if s in seeds else float("inf") for s in h.ways}
    again = True
    while again:
        again = False
        for s, ways in h.ways.items():
            if h.open.get(s, 1) == 0 and s not in seeds:
                continue
            for w in ways:
                at = w.soonest(t, which)
                if at < t[s]:
                    again, t[s] = True, at
    return t


# ---- the two side by side ----

class Tally:
    def __init__(self):
        self.n, self.exact, self.squares, self.loops, self.before, self.bad = 0, 0, 0.0, 0, 0, []
        self.changed = 0

    def compare(self, what, got, want, sides):
        """got is at least (sides < 0), at most (> 0), or near want."""
        sigma = max(want * (1 - want) / WORLDS, 1 / WORLDS / WORLDS) ** 0.5
        off = (got - want) / sigma
        if (sides <= 0 and off > SIGMAS) or (sides >= 0 and off < -SIGMAS):
            self.bad.append(f"{what}: {got}, worlds give {want}")
        return off


def clock(text):
    h, m, s = map(float, re.fullmatch(r"1970-01-01T(\d+):(\d+):([\d.]+)Z", text).groups())
    return h * 3600 + m * 60 + s


def some_changes(rng, h):
    """Half of the hospitals are as their files say."""
    assets = sorted(a for a in h.cls if a.startswith("d"))
    arcs = sorted((r, *arc) for r, arcs in h.arcs.items() for arc in arcs)
    changes = []
    for _ in range(rng.choice([0, 0, 0, 1, 2, 3])):
        r, a, b = rng.choice(arcs)
        changes.append(rng.choice([
            f"cut={a}:{r}:{b}", f"cut={a}:{r}:{b}", f"repaired={rng.choice(assets)}",
            f"failed-over={rng.choice(assets)}",
            f"protected={rng.choice(assets)}:{rng.choice(list(THREATS))}:{rng.choice([0, 0.4, 1])}"]))
    return changes


def one(ward, seed, folder, tally):
    rng = random.Random(seed)
    spreads = seed % 2 > 0
    _, rules = draw(rng, folder, spreads)
    (folder / "content" / "propagation" / "rules.yml").write_text(rules)
    seeds = sorted({(f"d{rng.randint(0, 2)}", rng.choice(list(THREATS))) for _ in range(2)})
    h = Hospital(folder, rules)
    changes = some_changes(rng, h)
    args = [a for s in seeds for a in ("--asset", s[0], "--threat", s[1])]
    args += ["--at", "1970-01-01T00:00:00Z", *(a for c in changes for a in ("--with", c))]
    out = subprocess.run([ward, "impact", str(folder), "--content", str(folder / "content"),
                          "--json", *args], capture_output=True, text=True, check=False)
    if out.returncode:
        sys.exit(f"seed {seed}: {out.stderr}")
    items = {(v["asset"], v["threat"]): v for v in map(json.loads, out.stdout.splitlines())
             if v["kind"] == "impact"}
    for c in changes:
        h.change(c)
    seeds = [s for s in seeds if f"repaired={s[0]}" not in changes]
    tally.changed += len(changes) > 0
    tally.before += len(h.orphan) > 0
    p = [Worlds(h, seeds, rng, upper).fall() for upper in (0, 1)]
    circles = any(h.ring.values())
    soon = None if circles else [times(h, seeds, which) for which in (0, 1)]
    tally.loops += circles
    for state in h.ways:
        what = f"seed {seed}, {' '.join([*changes, *state])}"
        if state not in items:
            if p[1][state] > 0:
                tally.bad.append(f"{what}: it is not told, worlds give {p[1][state]}")
            continue
        tell(tally, what, items[state], [p[0][state], p[1][state]],
             [t[state] for t in soon] if soon else None)


def tell(tally, what, item, p, soon):
    tally.n += 1
    exact = item["likelihood_by"] == "exact"
    for side in (0, 1):
        off = tally.compare(f"{what} {item['likelihood_by']}", item["likelihood"][side], p[side],
                            0 if exact else (-1, 1)[side])
        if exact and 0.02 < p[side] < 0.98:
            tally.exact += 1
            tally.squares += off * off
    if soon and (clock(item["earliest"]), clock(item["expected"])) != tuple(soon):
        tally.bad.append(f"{what}: at {item['earliest']}, {item['expected']}; here {soon}")


def main():
    ward = sys.argv[1]
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    tally = Tally()
    with tempfile.TemporaryDirectory() as tmp:
        content(pathlib.Path(tmp) / "content")
        for seed in range(first, first + n):
            one(ward, seed, pathlib.Path(tmp), tally)
    # Were exact likelihoods off by a little all the time, no single one would show it.
    spread = tally.squares / max(1, tally.exact)
    if not 0.7 < spread < 1.4:
        tally.bad.append(f"the mean square of deviations is {spread:.2f} sigmas, expected 1")
    for bad in tally.bad[:20]:
        print(bad)
    print(f"{n} hospitals, {tally.changed} of them changed, {tally.loops} with circles of supply, "
          f"{tally.before} whose circles had no live source before: {tally.n} impacts, "
          f"{tally.exact} exact likelihoods (mean square deviation {spread:.2f} sigmas), "
          f"{len(tally.bad)} disagree")
    return len(tally.bad) > 0


if __name__ == "__main__":
    sys.exit(main())

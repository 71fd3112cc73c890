#!/usr/bin/env python3
"""Turtle files of others through our reader and rdflib's, and Brick's buildings through the import.

Usage: import.py WARD TURTLE_DUMP CONTENT. Reads $WARD_SHARED_DATA/impact/brick and standards/*/*.ttl.
For each file both readers must give the same triples (those without blank nodes as a set, the others
by number). For Brick's own samples the candidates of `ward model import` are counted against what
rdflib finds under the same table of classes; every one is applied to an empty house that `ward check`
then takes. Exits 77 without the data, python3-rdflib or python3-yaml.
"""
import collections
import glob
import json
import os
import subprocess
import sys
import tempfile

HOUSE = """hospital: {id: t, name: T, city: Turin, country: IT, timezone: Europe/Rome, synthetic: true}
sites: [{id: main, name: Main}]
"""


def text(term, rdflib):
    """As turtle_dump prints a term; None for a blank node."""
    if isinstance(term, rdflib.BNode):
        return None
    s = str(term)
    s = s.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return '"' + s if isinstance(term, rdflib.Literal) else s


def readers(dump, path, rdflib):
    """What is different between the two readers of one file."""
    graph = rdflib.Graph().parse(path, format="turtle")
    theirs, n_theirs = set(), 0
    for triple in graph:
        parts = tuple(text(t, rdflib) for t in triple)
        if None in parts:
            n_theirs += 1
        else:
            theirs.add(parts)
    ran = subprocess.run([dump, path], capture_output=True, text=True)
    if ran.returncode:
        return graph, [f"{path}: {ran.stderr.strip()}"]
    ours, blank = set(), set()
    for line in ran.stdout.splitlines():
        parts = tuple(line.split("\t"))
        (blank if any(p.startswith("_:") for p in parts) else ours).add(parts)
    wrong = []
    if ours != theirs:
        wrong += [f"{path}: only {who}: {t}" for who, some in
                  (("ours", ours - theirs), ("rdflib", theirs - ours)) for t in sorted(some)[:3]]
    if len(blank) != n_theirs:
        wrong.append(f"{path}: {len(blank)} triples with blank nodes, rdflib has {n_theirs}")
    return graph, wrong


def meaning(table, iri):
    """Our class of a name, "through" or "nothing"; None for a stranger."""
    for v in table["vocabularies"]:
        for space in v["iri"]:
            if iri.startswith(space):
                name = iri[len(space):]
                while name:
                    if name in v["classes"]:
                        return v["classes"][name]
                    if not v.get("ends"):
                        break
                    name = name.partition("_")[2]
                return "nothing"
    return None


def counted(graph, table, rdflib):
    """How many things of each class rdflib's graph has under the table."""
    best = {}
    for s, o in graph.subject_objects(rdflib.RDF.type):
        is_now = meaning(table, str(o))
        if is_now is None:
            continue
        old = best.get(s)
        real = is_now not in ("through", "nothing")
        if old is None or (real and (old in ("through", "nothing") or is_now.startswith(old + "."))):
            best[s] = is_now
    return collections.Counter(c for c in best.values() if c not in ("through", "nothing"))


def imported(ward, path, graph, table, rdflib):
    """What the import makes of a sample, against the independent count."""
    wrong = []
    with tempfile.TemporaryDirectory() as house:
        with open(f"{house}/hospital.yml", "w", encoding="utf-8") as f:
            f.write(HOUSE)
        run = [ward, "model", "import", house, path, "--in", "main", "--json"]
        ran = subprocess.run(run, capture_output=True, text=True)
        items = [json.loads(line) for line in ran.stdout.splitlines()]
        ours = collections.Counter(i["class"] for i in items if i.get("class"))
        theirs = counted(graph, table, rdflib)
        if ours != theirs:
            wrong.append(f"{path}: {dict(ours - theirs)} too many, {dict(theirs - ours)} too few")
        feeds = sum(1 for _ in graph.triples((None, rdflib.URIRef(
            "https://brickschema.org/schema/Brick#feeds"), None)))
        print(f"{os.path.basename(path)}: {sum(ours.values())} things, "
              f"{sum(1 for i in items if i.get('relation'))} relations, {feeds} brick:feeds")
        if subprocess.run(run + ["--apply"], capture_output=True).returncode:
            wrong.append(f"{path}: can't be applied")
        if subprocess.run([ward, "check", house], capture_output=True).returncode:
            wrong.append(f"{path}: `ward check` refuses what was applied")
        again = subprocess.run(run, capture_output=True, text=True).stdout.splitlines()
        new = [i for i in map(json.loads, again) if i.get("what") in ("added", "changed", "gone")]
        if new:
            wrong.append(f"{path}: applied, but {len(new)} things are still new: {new[0]}")
    return wrong


def main():
    ward, dump, content = sys.argv[1:4]
    data = os.environ.get("WARD_SHARED_DATA", "")
    brick = sorted(glob.glob(f"{data}/impact/brick/*.ttl"))
    others = sorted(glob.glob(f"{data}/standards/*/*.ttl") + glob.glob(f"{data}/impact/cti/*.ttl"))
    try:
        import rdflib
        import yaml
    except ImportError as e:
        print(f"skipped: {e}")
        return 77
    if not brick:
        print("skipped: no WARD_SHARED_DATA with impact/brick")
        return 77
    rdflib.NORMALIZE_LITERALS = False
    with open(f"{content}/import/brick.yml", encoding="utf-8") as f:
        table = yaml.safe_load(f)
    wrong, n = [], 0
    for path in brick + others:
        if os.path.getsize(path) > 16 << 20:
            continue
        graph, bad = readers(dump, path, rdflib)
        n += len(graph)
        wrong += bad
        if path in brick and "alignment" not in path:
            wrong += imported(ward, path, graph, table, rdflib)
    print(f"{len(brick + others)} files, {n} triples")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

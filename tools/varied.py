"""A scenario varied, and its truth with it: for tools/variants.

Text is changed as YAML nodes, so that what was quoted stays quoted. All moments are those of the recording (`real`); a varied
scenario is scored and not played, so `at` becomes the same.
"""
import datetime
import re

import yaml

UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
FRAMES = {"arp", "bacnet", "tcp", "udp", "smb", "tool"}
LINES = {"syslog", "log"}
KIND = {"doors.syslog": "syslog", "bms.pcap": "net", "sensors.jsonl": "mqtt", "cameras.jsonl": "video", "ward.jsonl": "ward"}
ACTS = FRAMES | LINES | {"mqtt", "espa", "trap"}
SCENE_MS = 10_000  # steps that follow each other so closely are one thing that happens


def ms_of(text):
    number, unit = re.fullmatch(r"([0-9.]+)(ms|s|min|h|d)", text).groups()
    return round(float(number) * UNITS[unit])


def get(node, key):
    """A member's node, or None."""
    if isinstance(node, yaml.MappingNode):
        return next((v for k, v in node.value if k.value == key), None)
    return None


def word(node, key):
    found = get(node, key)
    return found.value if isinstance(found, yaml.ScalarNode) else None


def drop(node, key):
    node.value = [(k, v) for k, v in node.value if k.value != key]


def scalar(text, style=None):
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=style)


def flow(texts):
    return yaml.SequenceNode("tag:yaml.org,2002:seq", [scalar(t) for t in texts], flow_style=True)


def put(node, key, value):
    for i, (k, _) in enumerate(node.value):
        if k.value == key:
            node.value[i] = (k, value)
            return
    node.value.append((scalar(key), value))


class Step:
    def __init__(self, node, kind_of):
        self.node = node
        self.real = ms_of(word(node, "real") or word(node, "at"))
        self.act = next((k.value for k, _ in node.value if k.value in ACTS), None)
        self.truth = get(node, "truth")
        self.source = "net" if self.act in FRAMES else word(get(node, self.act), "source") if self.act else None
        by = get(self.truth, "by")
        self.by = [n.value for n in by.value] if by else []
        self.signs = get(self.truth, "signs").value if get(self.truth, "signs") else []
        self.kind_of = kind_of

    def files(self):
        """Files of the recording in which it can be noticed: of its act, or of what it does not send itself."""
        if self.act in FRAMES:
            return {"bms.pcap"}
        if self.act in LINES:
            return {"doors.syslog"}
        if self.act == "mqtt":
            return {"sensors.jsonl"}
        if self.act:
            return {self.source + ".jsonl"}
        named = {kind: {file} for file, kind in KIND.items()}
        return set().union(*(named.get(k) or {s + ".jsonl" for s, kind in self.kind_of.items() if kind == k} for k in self.by))


class Story:
    def __init__(self, text, kind_of):
        """kind_of: {id of a source of the hospital: its kind}."""
        self.root = yaml.compose(text, Loader=yaml.BaseLoader)
        for key in ("injects", "branches"): # it is scored and not led, and their steps may be others by then
            drop(self.root, key)
        self.steps = [Step(n, kind_of) for n in get(self.root, "steps").value]
        self.kind_of = kind_of
        self.unheard = set() # files of what is done and nobody hears

    def text(self):
        return yaml.serialize(self.root, Dumper=yaml.BaseDumper, allow_unicode=True, width=1 << 20).encode()

    def files(self):
        return [n.value for n in get(self.root, "recording").value]

    def has(self, key):
        return get(self.root, key) is not None

    def incidents(self):
        return int(word(get(self.root, "expect"), "incidents"))

    def place(self):
        """Steps as they now are, in order of time, none before the beginning: that moves instead."""
        first = min(0, min(s.real for s in self.steps)) // 1000 * 1000
        self.steps.sort(key=lambda s: s.real)
        for s in self.steps:
            s.real -= first
            for key in ("at", "real"):
                put(s.node, key, scalar(f"{s.real}ms"))
        get(self.root, "steps").value = [s.node for s in self.steps]
        if first:
            start = datetime.datetime.fromisoformat(word(self.root, "start")) + datetime.timedelta(milliseconds=first)
            put(self.root, "start", scalar(start.isoformat()))

    def name(self, files, variant):
        put(self.root, "recording", flow(files))
        put(self.root, "variant", scalar(variant, '"'))

    def later(self, seconds):
        start = datetime.datetime.fromisoformat(word(self.root, "start")) + datetime.timedelta(seconds=seconds)
        put(self.root, "start", scalar(start.isoformat()))

    def unstaged(self):
        """Scored, and not played: what tools were told and who answered there is in the captures."""
        drop(self.root, "stage")
        for s in self.steps:
            if s.act == "tool":
                drop(get(s.node, "tool"), "with")

    # ---- order ----

    def scenes(self):
        out = []
        for s in self.steps:
            if out and s.real - out[-1][-1].real <= SCENE_MS:
                out[-1].append(s)
            else:
                out.append([s])
        return out

    def reorder(self, dice):
        """Gaps between what happens are half to half again as long, and two things of one phase change places; says which, or
        None: it is all one thing, so there is no other order."""
        scenes = self.scenes()
        if len(scenes) < 2:
            return None
        gaps = [(b[0].real - a[-1].real) * dice.uniform(0.5, 1.5) for a, b in zip(scenes, scenes[1:])]
        first = scenes[0][0].real
        may = [i for i, (a, b) in enumerate(zip(scenes, scenes[1:])) if are_alike(a, b)]
        said = "other pauses"
        if may and dice.random() < 0.7:
            i = dice.choice(may)
            scenes[i], scenes[i + 1] = scenes[i + 1], scenes[i]
            said = f"{told(scenes[i + 1])} after {told(scenes[i])}"
        at = first
        for scene, gap in zip(scenes, [*gaps, 0]):
            begin = scene[0].real
            for s in scene:
                s.real = round(at + s.real - begin)
            at = max(s.real for s in scene) + gap
        self.place()
        return said

    # ---- a clock that is off ----

    def skew(self, file, seconds):
        """What that file has is told so much later, its steps with it."""
        for s in self.steps:
            if s.files() == {file}:
                s.real += 1000 * seconds
        self.place()

    # ---- a sensor that is missing ----

    def sources(self):
        """Of its steps, and the polled ones: what can be missing."""
        return sorted({s.source for s in self.steps if s.source} | {word(c, "source") for c in self.controllers()})

    def without(self, source):
        """It says nothing, and what nobody else could notice is not expected; says how many signs that were."""
        kind = self.kind_of.get(source, source)
        blind = [s for s in self.steps if s.source == source or (not s.act and kind in s.by)]
        for s in self.steps:
            if s.source == source:
                if self.writes(s): # done all the same, where a controller takes it: only nobody hears it
                    self.unheard |= s.files()
                else:
                    drop(s.node, s.act)
                s.act = s.source = None
        polled = get(self.root, "controllers")
        if polled:
            polled.value = [c for c in polled.value if word(c, "source") != source]
            if not polled.value:
                drop(self.root, "controllers")
        for s in self.steps: # what happens to a controller that is gone
            if get(s.node, "set") and word(get(s.node, "set"), "point") not in self.points():
                drop(s.node, "set")
        self.steps = [s for s in self.steps if s.act or s.truth or get(s.node, "set")] # what is left does something, or is true
        get(self.root, "steps").value = [s.node for s in self.steps]
        left = set().union(*(s.files() for s in self.steps if s.act), {c + ".jsonl" for c in self.sources()})
        return self.unseen(blind, {self.kind(f) for f in left} - {kind})

    def controllers(self):
        polled = get(self.root, "controllers")
        return polled.value if polled else []

    def points(self):
        """Of played controllers."""
        return {k.value for c in self.controllers() for k, _ in get(c, "values").value}

    def writes(self, step):
        """To a host for which a controller stands."""
        to = word(get(step.node, step.act), "to") if step.act in ("bacnet", "tcp") else None
        return any(n.value == to for c in self.controllers() if get(c, "for") for n in get(c, "for").value)

    def without_file(self, file):
        kinds = {self.kind(f) for f in self.files() if f != file}
        return self.unseen([s for s in self.steps if file in s.files()], kinds - {self.kind(file)})

    def kind(self, file):
        """Of the sources whose file it is."""
        return KIND.get(file) or self.kind_of.get(file.removesuffix(".jsonl"))

    def unseen(self, steps, kinds):
        """These steps can be noticed by such sources at most; says how many signs no sensor can give any more."""
        lost = 0
        for s in steps:
            if s.truth and s.by:
                s.by = sorted(set(s.by) & kinds)
                put(s.truth, "by", flow(s.by))
                lost += 0 if s.by else len(s.signs)
        return lost

    def visible(self):
        """Signs that some sensor can give."""
        return sum(len(s.signs) for s in self.steps if s.by)


def phases(scene):
    return {word(s.truth, "phase") for s in scene if s.truth}


def are_alike(a, b):
    """Two things of one phase that sensors of other kinds see: they may as well happen the other way round."""
    by = [{k for s in scene for k in s.by} for scene in (a, b)]
    return len(phases(a) | phases(b)) == 1 and phases(a) == phases(b) and None not in phases(a) and not by[0] & by[1]


def told(scene):
    sign = next((word(n, "threat") for s in scene for n in s.signs), None)
    return sign or word(scene[0].node, "note") or "a step"

#!/usr/bin/env python3
"""A client of what Ward lays out: TAXII 2.1 as the standard has it, and a feed of CAP alerts.

usage: offer.py first|second|third|again URL CERTIFICATE STANDARDS SEEN

first: all of it, held to the official schemas; SEEN keeps what was got. second: somebody called for help since;
third: that was dismissed; again: the process was killed, and everything has the times that it had."""
import base64
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

import jsonschema

step, url, certificate, standards, seen = sys.argv[1:6]
TYPE = "application/taxii+json;version=2.1"
CONTEXT = ssl.create_default_context(cafile=certificate)
ATOM, CAP = "{http://www.w3.org/2005/Atom}", "{urn:oasis:names:tc:emergency:cap:1.2}"


def basic(user, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


CSIRT = basic("csirt", "the-secret-of-csirt")
OWN = {"Authorization": "Bearer the-secret-of-own"}


def fetch(path, head=None, accept=TYPE, method="GET"):
    request = urllib.request.Request(urllib.parse.urljoin(url, path), headers={"Accept": accept, **(head or {})},
                                     method=method)
    try:
        with urllib.request.urlopen(request, context=CONTEXT, timeout=5) as r:
            return r.status, r.headers, r.read()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read()


def get(path, head, **query):
    if query:
        path += "?" + urllib.parse.urlencode(query)
    status, fields, body = fetch(path, head)
    assert status == 200 and fields["Content-Type"] == TYPE, (path, status, fields["Content-Type"], body[:200])
    return json.loads(body), fields


def refused(status, path, head=None, **more):
    got, fields, body = fetch(path, head, **more)
    assert got == status, (path, got, body[:200])
    return fields, body


def collection(head):
    """5.1 and 4: from discovery to the only collection."""
    root = get("/taxii2/", head)[0]["default"]
    assert TYPE in get(root, head)[0]["versions"]
    only, = get(root + "collections/", head)[0]["collections"]
    assert only["can_read"] and not only["can_write"]
    path = f"{root}collections/{only['id']}/"
    assert get(path, head)[0] == only
    return path


def pages(path, head, **query):
    """3.5: page by page."""
    found = []
    while True:
        page, fields = get(path, head, **query)
        found += page.get("objects", [])
        if page.get("objects"):
            assert fields["X-TAXII-Date-Added-First"] <= fields["X-TAXII-Date-Added-Last"]
        if not page.get("more"):
            return found
        query["next"] = page["next"]


def stix_schemas():
    store, by_type = {}, {}
    for folder, _, files in os.walk(os.path.join(standards, "stix2.1/schemas")):
        for name in files:
            if name.endswith(".json"):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    schema = json.load(f)
                store[schema.get("$id", name)] = schema
                by_type[name[:-5]] = schema
    return {kind: jsonschema.Draft202012Validator(
        s, resolver=jsonschema.RefResolver(s.get("$id", ""), s, store)) for kind, s in by_type.items()}


def cap(text):
    with tempfile.NamedTemporaryFile(suffix=".xml") as f:
        f.write(text)
        f.flush()
        subprocess.run(["xmllint", "--noout", "--nonet", "--schema", os.path.join(standards, "cap/CAP-v1.2.xsd"),
                        f.name], check=True, capture_output=True)
        subprocess.run(["xmlsec1", "--verify", "--trusted-pem", seen + ".pem", f.name], check=True, capture_output=True)
    return ET.fromstring(text)


def feed(head=None):
    status, fields, body = fetch("/cap/", head, accept="application/atom+xml")
    assert status == 200 and fields["Content-Type"] == "application/atom+xml", (status, body[:200])
    top = ET.fromstring(body)
    for name in ("id", "title", "updated", "author"):  # RFC 4287 4.1.1
        assert top.find(ATOM + name) is not None, name
    assert fetch("/cap/", {"If-None-Match": fields["ETag"], **(head or {})})[0] == 304
    alerts = []
    for entry in top.iter(ATOM + "entry"):
        link, = entry.findall(ATOM + "link")
        got = fetch(link.get("href"), head, accept="application/cap+xml")
        assert got[0] == 200 and got[1]["Content-Type"] == "application/cap+xml", got
        alerts.append(cap(got[2]))
        assert alerts[-1].findtext(CAP + "identifier") == entry.findtext(ATOM + "id")
    return alerts


def first():
    path = collection(CSIRT)
    everything = pages(path + "objects/", CSIRT, limit=1000)
    assert pages(path + "objects/", CSIRT, limit=7) == everything and len(everything) > 20
    judges = stix_schemas()
    for o in everything:
        errors = [e.message for e in judges[o["type"]].iter_errors(o)]
        assert not errors, (o, errors)
        assert o["type"] in ("marking-definition", "ipv4-addr", "mac-addr") or "exercise" in o["labels"], o
    text = json.dumps(everything)
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|p-[a-z2-7]{16}", text), "an address or a person for the CSIRT"
    for o in everything:  # no reference leads nowhere
        for ref in [o.get("source_ref"), o.get("target_ref"), o.get("sighting_of_ref"), *o.get("object_refs", [])]:
            assert ref is None or f'"id": "{ref}"' in text, ref
    manifest = pages(path + "manifest/", CSIRT, limit=9)
    assert [m["id"] for m in manifest] == [o["id"] for o in everything]
    assert [m["date_added"] for m in manifest] == sorted(m["date_added"] for m in manifest)
    one = manifest[3]
    rest = pages(path + "manifest/", CSIRT, added_after=one["date_added"])
    assert rest == [m for m in manifest if m["date_added"] > one["date_added"]]
    incidents = get(path + "objects/", CSIRT, **{"match[type]": "incident"})[0]["objects"]
    assert len(incidents) == 1
    assert get(path + f"objects/{incidents[0]['id']}/versions/", CSIRT)[0]["versions"] == [incidents[0]["modified"]]
    own = collection(OWN)
    assert own != path and "10." in json.dumps(pages(own + "objects/", OWN)), "what is ours has its addresses"
    refused(404, own + "objects/", CSIRT)
    fields, _ = refused(401, "/taxii2/", basic("own", "the-secret-of-csirt"))
    assert fields["WWW-Authenticate"].startswith("Basic ")
    refused(401, "/taxii2/", {"Authorization": "Bearer nobody-knows-it"})
    refused(403, path + "objects/", CSIRT, method="POST")
    refused(406, path, CSIRT, accept="application/vnd.oasis.stix+json; version=2.0")
    refused(404, "/", CSIRT)
    assert get("/taxii2/", {})[0]["title"], "anybody reads what is for everybody"
    alert, = feed()
    assert alert.findtext(CAP + "scope") == "Public" and alert.findtext(CAP + "status") == "Exercise"
    assert alert.findtext(CAP + "msgType") == "Update"
    alert, = feed(CSIRT)
    assert alert.findtext(CAP + "scope") == "Restricted" and alert.findtext(CAP + "sender") == "ward@turin.example"
    keep(path)


def load():
    with open(seen, encoding="utf-8") as f:
        return json.load(f)


def keep(path, **more):
    with open(seen, "w", encoding="utf-8") as f:
        json.dump({"path": path, "manifest": pages(path + "manifest/", CSIRT), **more}, f)


def since(before):
    return pages(before["path"] + "objects/", CSIRT, added_after=before["manifest"][-1]["date_added"])


def second():
    before = load()
    new = since(before)
    incident, = [o for o in new if o["type"] == "incident"]
    assert "revoked" not in incident and incident["id"] not in {m["id"] for m in before["manifest"]}
    assert not [o for o in new if o["type"] in ("identity", "location", "marking-definition")], "what is not new"
    assert len(feed()) == 2
    keep(before["path"], incident=incident["id"])


def third():
    before = load()
    incident, = [o for o in since(before) if o["type"] == "incident"]
    assert incident["revoked"] and incident["id"] == before["incident"], incident
    alert = feed()[0]
    assert alert.findtext(CAP + "msgType") == "Cancel" and alert.findtext(CAP + "references")
    keep(before["path"], references=alert.findtext(CAP + "references"), incident=before["incident"])


def again():
    before = load()
    manifest = pages(before["path"] + "manifest/", CSIRT)
    assert {m["id"]: m["version"] for m in manifest} == {m["id"]: m["version"] for m in before["manifest"]}
    for m in manifest:
        assert not m["id"].startswith("incident--") or m in before["manifest"], m
    assert feed()[0].findtext(CAP + "references") == before["references"]


{"first": first, "second": second, "third": third, "again": again}[step]()

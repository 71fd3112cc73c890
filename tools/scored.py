"""Sums over scores (`ward exercise score --format json`), for tools/pilots and tools/scores."""
import statistics


def share(n, of):
    return {"n": n, "of": of}


def totals(scores):
    """Over all of them, and where it goes by an incident over those that have one to find. What no score says is left out."""
    seek = [s for s in scores if "incidents" in s["marks"]]
    signs = [x for s in seek for step in s.get("steps", []) for x in step["signs"] if x["seen"] != "invisible"]
    told = [x for x in signs if x["seen"] in ("seen", "late")]
    roles = [r for s in seek for r in s.get("told", [])]
    times = [s["marks"]["to_incident"]["value"] for s in seek if "to_incident" in s["marks"]]
    kind = [s for s in seek if "kind" in s["marks"] or s.get("incidents") == 0]
    care = [s for s in scores if "care" in s["marks"]]
    off = [s["marks"]["forecast_error"]["value"] for s in care if "forecast_error" in s["marks"]]
    out = {"scenarios": len(scores), "held": sum(s["held"] for s in scores)}
    if seek:
        out["alone"] = share(sum(s["marks"]["incidents"]["held"] and s["marks"]["false_alarms"]["held"] for s in seek), len(seek))
    if signs:
        out["signs"] = share(sum(x["seen"] == "seen" for x in signs), len(signs))
    if told:
        out["linked"] = share(sum(x["linked"] for x in told), len(told))
    if kind:
        out["kind"] = share(sum(s["marks"].get("kind", {"held": False})["held"] for s in kind), len(kind))
    if roles:
        out["roles"] = share(sum(r["held"] for r in roles), len(roles))
    if times:
        out["to_incident"] = {"median_s": round(statistics.median(times), 3), "of": len(times)}
    if care:
        out["care"] = {"lost": sum(c["hit"] for s in care for c in s["care"]),
                       "forecast": sum(c["hit"] and c["forecast"] for s in care for c in s["care"]),
                       "invented": sum(c["forecast"] and not c["hit"] for s in care for c in s["care"])}
    if off:
        out["forecast_error"] = {"median": round(statistics.median(off), 6), "of": len(off)}
    return out

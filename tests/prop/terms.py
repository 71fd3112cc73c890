"""Ends of lengths of time as the law counts them, against a calendar of another make: 100,000 random
cases through daylight saving, leap days, ends of months and holidays, in the zones and with the holidays of the content's countries.
Usage: terms.py TERMS"""
import collections
import datetime
import functools
import pathlib
import random
import re
import subprocess
import sys
import zoneinfo

CASES = 100_000
UTC = datetime.timezone.utc
RULES = pathlib.Path(__file__).parents[2] / "content/law"
PLACES = {"Europe/Paris": "fr", "Europe/Rome": "it", "Europe/Amsterdam": "nl", "Europe/Berlin": "de",
          "Europe/Madrid": "es", "Europe/Warsaw": "pl"}


def holidays_of(country):
    """Those of the rules that hospitals of the country get."""
    found = re.search(r"^holidays: \[(.*)\]$", (RULES / f"{country}.yml").read_text(), re.M)
    return found[1].replace(" ", "")


def easter(year):
    """Oudin's algorithm."""
    century, golden = year // 100, year % 19
    k = (century - 17) // 25
    i = (century - century // 4 - (century - k) // 3 + 19 * golden + 15) % 30
    i -= (i // 28) * (1 - (i // 28) * (29 // (i + 1)) * ((21 - golden) // 11))
    j = (year + year // 4 + i + 2 - century + century // 4) % 7
    month = 3 + (i - j + 40) // 44
    return datetime.date(year, month, i - j + 28 - 31 * (month // 4))


@functools.cache
def free_days(year, holidays):
    first = datetime.date(year, 1, 1)
    days = (first + datetime.timedelta(n) for n in range(366))
    return {d for d in days if d.weekday() >= 5} | {
        easter(year) + datetime.timedelta(int(h[6:] or 0)) if h.startswith("easter")
        else datetime.date(year, int(h[:2]), int(h[3:])) for h in holidays.split(",")}


def end_of(second, term, working, zone, holidays):
    if term.startswith("PT"):
        return second + int(term[2:-1]) * 3600
    local = datetime.datetime.fromtimestamp(second, UTC).astimezone(zone).replace(tzinfo=None)
    n = int(term[1:-1])
    if term.endswith("M"):
        year, month = divmod(local.year * 12 + local.month - 1 + n, 12)
        for day in range(local.day, 27, -1) if local.day > 28 else [local.day]:
            try:
                local = local.replace(year=year, month=month + 1, day=day)
                break
            except ValueError:
                pass
    elif not working:
        local += datetime.timedelta(days=n * (7 if term.endswith("W") else 1))
    else:
        while n:
            local += datetime.timedelta(days=1)
            n -= local.date() not in free_days(local.year, holidays)
    return int(local.replace(tzinfo=zone, fold=0).timestamp())


def interesting(rng, zone):
    """A second: often near a change of the clocks, a leap day or the end of a month."""
    begin = datetime.datetime(1996, 1, 1, tzinfo=UTC).timestamp()
    year = rng.randrange(1996, 2037)
    kind = rng.randrange(5)
    if kind == 0:
        day = datetime.datetime(year, rng.choice([3, 10]), 31, 1, tzinfo=UTC)
        day -= datetime.timedelta(days=(day.weekday() + 1) % 7)
    elif kind == 1:
        day = datetime.datetime(year, 2, 28, 12, tzinfo=UTC)
    elif kind == 2:
        day = datetime.datetime(year, rng.randrange(1, 13), 1, tzinfo=UTC)
    elif kind == 3:
        day = datetime.datetime(year, 12, 24, 12, tzinfo=UTC)
    else:
        return int(begin) + rng.randrange(40 * 365 * 86400)
    return int(day.timestamp()) + rng.randrange(-4 * 86400, 4 * 86400)


def term(rng):
    working = rng.random() < 0.2
    unit = "D" if working else rng.choice("HDWM")
    n = rng.choice([1, 2, 3, 10, 15, 24, 72, rng.randrange(1, 100)])
    return ("PT%dH" if unit == "H" else "P%d" + unit) % n, working


def main():
    rng = random.Random(1182)
    wrong = 0
    kinds = collections.Counter()
    for name, country in PLACES.items():
        zone, holidays = zoneinfo.ZoneInfo(name), holidays_of(country)
        cases = [(interesting(rng, zone), *term(rng)) for _ in range(CASES // len(PLACES) + 1)]
        said = subprocess.run(
            [sys.argv[1], name, holidays], check=True, text=True, stdout=subprocess.PIPE,
            input="".join("%d %s %d\n" % c for c in cases)).stdout.split()
        assert len(said) == len(cases)
        kinds.update("working days" if c[2] else c[1][-1] for c in cases)
        for case, got in zip(cases, said):
            want = end_of(*case, zone, holidays)
            if want != int(got):
                wrong += 1
                if wrong < 10:
                    print(name, case, "want", want, "got", got)
    print(wrong, "wrong of", kinds.total(), dict(kinds))
    return wrong != 0 or kinds.total() < CASES or min(kinds.values()) < CASES // 20 or len(kinds) != 5


if __name__ == "__main__":
    sys.exit(main())

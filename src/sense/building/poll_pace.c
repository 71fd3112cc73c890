#include "sense/building/poll_pace.h"

enum { TIMEOUT_S = 3, MISSED_MAX = 3, BACK_OFF_MAX_S = 300, DOUBLINGS_MAX = 20 };

/* At most a third of a device's time is spent on us. */
enum { TURNS = 2 };

struct ward_poll_pace_opts ward_poll_pace_default(unsigned rate)
{
	return (struct ward_poll_pace_opts){.rate = rate,
		.timeout = TIMEOUT_S * WARD_NS_PER_S,
		.missed_max = MISSED_MAX,
		.back_off = WARD_NS_PER_S,
		.back_off_max = BACK_OFF_MAX_S * WARD_NS_PER_S};
}

/* splitmix64 (Steele, Lea and Flood 2014): jitter needs no better. */
static uint64_t roll(struct ward_poll_pace *p)
{
	uint64_t z = p->dice += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static ward_ns spacing(const struct ward_poll_pace *p)
{
	/* rounded up, so that no second has one too many */
	return (WARD_NS_PER_S + p->opts->rate - 1) / p->opts->rate;
}

void ward_poll_pace_init(struct ward_poll_pace *p, const struct ward_poll_pace_opts *opts,
	uint64_t seed, ward_ns now)
{
	WARD_ASSERT(opts->rate > 0);
	*p = (struct ward_poll_pace){.opts = opts, .heard = now, .dice = seed};
	/* not all devices at the first moment */
	p->next = now + (ward_ns)(roll(p) % (uint64_t)spacing(p));
}

void ward_poll_pace_asked(struct ward_poll_pace *p, ward_ns now)
{
	WARD_ASSERT(ward_poll_pace_may(p, now));
	p->waits = true;
	p->asked = p->moved = now;
	p->next = now + spacing(p);
}

/* Between one and one and a half of the pause. */
static void rest(struct ward_poll_pace *p, ward_ns now)
{
	ward_ns length = p->opts->back_off;

	for (unsigned i = 0; i < p->paused && length < p->opts->back_off_max; i++)
		length *= 2;
	if (length > p->opts->back_off_max)
		length = p->opts->back_off_max;
	length += (ward_ns)(roll(p) % ((uint64_t)length / 2 + 1));
	if (p->paused < DOUBLINGS_MAX)
		p->paused++;
	if (now + length > p->next)
		p->next = now + length;
}

enum ward_poll_pace_news ward_poll_pace_ended(
	struct ward_poll_pace *p, enum ward_poll_pace_end end, ward_ns now)
{
	enum ward_poll_pace_state before = p->state;
	ward_ns after = now + TURNS * (now - p->asked);

	WARD_ASSERT(p->waits);
	p->waits = false;
	if (end == WARD_POLL_PACE_PASSED) {
		p->next = after > p->next ? after : p->next;
		return WARD_POLL_PACE_NONE;
	}
	if (end == WARD_POLL_PACE_MISSED) {
		p->missed++;
		rest(p, now);
		if (before == WARD_POLL_PACE_OFF || p->missed < p->opts->missed_max)
			return WARD_POLL_PACE_NONE;
		p->state = WARD_POLL_PACE_OFF;
		return WARD_POLL_PACE_WENT;
	}
	p->missed = 0;
	p->heard = now;
	p->state = WARD_POLL_PACE_ON;
	if (end == WARD_POLL_PACE_BUSY)
		rest(p, now);
	else
		p->paused = 0;
	if (after > p->next)
		p->next = after;
	return before == WARD_POLL_PACE_ON ? WARD_POLL_PACE_NONE : WARD_POLL_PACE_CAME;
}

ward_ns ward_poll_pace_due(const struct ward_poll_pace *p)
{
	return p->waits ? p->moved + p->opts->timeout : p->next;
}

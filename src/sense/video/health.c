#include "sense/video/health.h"

static const ward_ns wait_first = WARD_NS_PER_S, wait_max = 60 * WARD_NS_PER_S;
static const ward_ns clock_after = 60 * WARD_NS_PER_S;
static const ward_ns gap_max = 3 * WARD_NS_PER_S, stalled_after = 8 * WARD_NS_PER_S;

static const char *const words[] = {
#define X(NAME, text) [WARD_HEALTH_##NAME] = text,
	WARD_HEALTH_LIST(X)
#undef X
};

const char *ward_health_word(enum ward_health_reason r)
{
	WARD_ASSERT(r < WARD_HEALTH_N);
	return words[r];
}

enum ward_health_reason ward_health_find(struct ward_str word)
{
	for (unsigned i = 0; i < WARD_HEALTH_N; i++)
		if (ward_str_eqz(word, words[i]))
			return (enum ward_health_reason)i;
	return WARD_HEALTH_N;
}

void ward_health_init(
	struct ward_health *h, struct ward_seed seed, ward_ns offline_after, ward_ns now)
{
	*h = (struct ward_health){.seed = seed,
		.offline_after = offline_after,
		.heard = now,
		.reason = WARD_HEALTH_UNREACHABLE};
}

void ward_health_heard(struct ward_health *h, ward_ns now)
{
	if (!h->flowing || now - h->heard > gap_max)
		h->flows = now;
	h->flowing = true;
	h->heard = now;
	/* a camera that drops each connection after its first packets is still waited for longer */
	if (now - h->flows >= h->offline_after)
		h->n_failed = 0;
}

ward_ns ward_health_lost(struct ward_health *h, enum ward_health_reason reason, ward_ns now)
{
	ward_ns wait = wait_first;
	uint64_t roll = ward_siphash(h->seed, &h->n_attempt, sizeof(h->n_attempt));

	(void)now;
	for (unsigned i = 0; i < h->n_failed && wait < wait_max; i++)
		wait *= 2;
	wait = wait < wait_max ? wait : wait_max;
	h->reason = reason;
	h->flowing = false;
	h->n_failed++;
	h->n_attempt++;
	/* 3/4 to 5/4 of it */
	return wait * 3 / 4 + (ward_ns)(roll % (uint64_t)(wait / 2));
}

bool ward_health_stalled(const struct ward_health *h, ward_ns since, ward_ns now)
{
	ward_ns last = h->flowing && h->heard > since ? h->heard : since;

	return now - last >= stalled_after;
}

bool ward_health_clock(struct ward_health_clock *c, bool wrong, ward_ns now)
{
	if (wrong == c->wrong) {
		c->other = false;
		return false;
	}
	if (!c->other) {
		c->other = true;
		c->since = now;
	}
	if (now - c->since < clock_after)
		return false;
	c->wrong = wrong;
	c->other = false;
	return true;
}

enum ward_health_news ward_health_tick(struct ward_health *h, ward_ns now)
{
	if (!h->offline && now - h->heard >= h->offline_after) {
		h->offline = true;
		h->gone = h->heard;
		if (h->flowing)
			h->reason = WARD_HEALTH_STALLED;
		return WARD_HEALTH_WENT;
	}
	if (h->offline && h->flowing && now - h->heard <= gap_max &&
		now - h->flows >= h->offline_after) {
		h->offline = false;
		return WARD_HEALTH_CAME;
	}
	return WARD_HEALTH_SAME;
}

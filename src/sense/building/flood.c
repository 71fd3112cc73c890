#include "sense/building/flood.h"

/* The leaky bucket as a meter, in its form with one time (GCRA, ITU-T I.371 A): `due` is when all
 * that was let through is paid. */
static bool has_room(ward_ns due, unsigned rate, unsigned burst, ward_ns now)
{
	return due - now <= WARD_NS_PER_S / (ward_ns)rate * (ward_ns)(burst - 1);
}

static void charge(ward_ns *due, unsigned rate, ward_ns now)
{
	*due = (*due > now ? *due : now) + WARD_NS_PER_S / (ward_ns)rate;
}

static bool pass(ward_ns *due, unsigned rate, unsigned burst, ward_ns now)
{
	bool may = has_room(*due, rate, burst, now);

	if (may)
		charge(due, rate, now);
	return may;
}

/* The sender, or the place of who is to go for it: a free one, who is not named and silent for
 * longest. */
static struct ward_flood_sender *find(struct ward_flood_sender table[WARD_FLOOD_SENDERS],
	const uint8_t peer[WARD_FLOOD_PEER], bool *ret_there)
{
	struct ward_flood_sender *go = &table[0];

	for (size_t i = 0; i < WARD_FLOOD_SENDERS; i++) {
		struct ward_flood_sender *s = &table[i];

		*ret_there = s->taken && memcmp(s->peer, peer, WARD_FLOOD_PEER) == 0;
		if (*ret_there)
			return s;
		if (!s->taken || !go->taken)
			go = go->taken ? s : go;
		else if (s->named != go->named ? go->named : s->last < go->last)
			go = s;
	}
	return go;
}

static void know(
	struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER], bool named, ward_ns mono)
{
	bool there;
	struct ward_flood_sender *s = find(f->known, host, &there);

	if (!there && s->named)
		return; /* all places are others' */
	if (!there) {
		*s = (struct ward_flood_sender){.taken = true, .known = true, .last = mono};
		memcpy(s->peer, host, WARD_FLOOD_PEER);
	}
	s->named |= named;
}

void ward_flood_name(struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER])
{
	know(f, host, true, 0);
}

bool ward_flood_may(struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER],
	const uint8_t net[WARD_FLOOD_PEER], ward_ns mono, struct ward_flood_sender **ret)
{
	bool there;
	struct ward_flood_sender *s = find(f->known, host, &there);

	*ret = s;
	if (there) {
		s->last = mono;
		return has_room(s->due, WARD_FLOOD_RATE, WARD_FLOOD_BURST, mono) &&
		       has_room(s->bad_due, WARD_FLOOD_BAD_RATE, WARD_FLOOD_BAD_BURST, mono);
	}
	s = find(f->other, net, &there);
	*ret = NULL;
	if (!there) {
		if (!pass(&f->new_due, WARD_FLOOD_NEW_RATE, WARD_FLOOD_NEW_BURST, mono))
			return false;
		*s = (struct ward_flood_sender){.taken = true};
		memcpy(s->peer, net, WARD_FLOOD_PEER);
	}
	*ret = s;
	s->last = mono;
	return pass(&s->due, WARD_FLOOD_RATE, WARD_FLOOD_BURST, mono);
}

void ward_flood_read(struct ward_flood *f, const uint8_t host[WARD_FLOOD_PEER],
	struct ward_flood_sender *s, bool authentic, ward_ns mono)
{
	if (s->known && authentic)
		charge(&s->due, WARD_FLOOD_RATE, mono);
	else if (s->known)
		charge(&s->bad_due, WARD_FLOOD_BAD_RATE, mono);
	else if (authentic)
		know(f, host, false, mono);
}

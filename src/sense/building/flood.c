#include "sense/building/flood.h"

/* The leaky bucket as a meter, in its form with one time (GCRA, ITU-T I.371 A): `due` is when all
 * that was let through is paid. */
static bool pass(ward_ns *due, unsigned rate, unsigned burst, ward_ns now)
{
	ward_ns each = WARD_NS_PER_S / (ward_ns)rate;
	ward_ns paid = *due > now ? *due : now;

	if (paid - now > each * (ward_ns)(burst - 1))
		return false;
	*due = paid + each;
	return true;
}

/* The sender, or the place of who is to go for him: a free one, who never sent anything good, who
 * is silent for longest. */
static struct ward_flood_sender *find(
	struct ward_flood *f, const uint8_t peer[WARD_FLOOD_PEER], bool *ret_there)
{
	struct ward_flood_sender *go = &f->sender[0];

	for (size_t i = 0; i < WARD_FLOOD_SENDERS; i++) {
		struct ward_flood_sender *s = &f->sender[i];

		*ret_there = s->taken && memcmp(s->peer, peer, WARD_FLOOD_PEER) == 0;
		if (*ret_there)
			return s;
		if (!s->taken || !go->taken)
			go = go->taken ? s : go;
		else if (s->good != go->good ? go->good : s->last < go->last)
			go = s;
	}
	return go;
}

bool ward_flood_may(struct ward_flood *f, const uint8_t peer[WARD_FLOOD_PEER], ward_ns mono,
	struct ward_flood_sender **ret)
{
	bool there;
	struct ward_flood_sender *s = find(f, peer, &there);

	*ret = NULL;
	if (!there) {
		if (!pass(&f->new_due, WARD_FLOOD_NEW_RATE, WARD_FLOOD_NEW_BURST, mono))
			return false;
		*s = (struct ward_flood_sender){.taken = true};
		memcpy(s->peer, peer, WARD_FLOOD_PEER);
	}
	*ret = s;
	s->last = mono;
	return pass(&s->due, WARD_FLOOD_RATE, WARD_FLOOD_BURST, mono);
}

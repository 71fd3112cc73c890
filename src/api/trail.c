/* The way that an incident took, of its signs, laid out. */
#include "api/priv.h"

#include "api/take.h"
#include "plan/trail.h"
#include "story/address.h"

/* One that came once and spans a time was made of others; it is sure at its end. */
static bool joins(const struct ward_record_member *m)
{
	return m->count == 1 && m->time < m->last;
}

void api_trail(struct api_request *r)
{
	struct ward_api *a = r->a;
	struct api_incident *in = api_asked(r);
	struct ward_record of;
	struct ward_trail t;
	size_t n = 0;

	if (!in)
		return;
	if (ward_record_read(a->reader, in->last->json, &a->scratch, &of) != WARD_OK) {
		r->w->bad = true;
		return;
	}
	struct ward_trail_sign *sign = ward_arena_array(&a->scratch, of.n_member, sizeof(*sign));

	for (size_t i = 0; sign && i < of.n_member; i++) {
		const struct ward_record_member *m = &of.member[i];
		const struct api_kept *k = take_find(&a->signs, m->detection);
		bool host = ward_address_kind(m->subject) != WARD_ADDRESS_NONE;

		if (m->permit.expected)
			continue;
		sign[n++] = (struct ward_trail_sign){.node = k ? k->node : WARD_NONE,
			.address = host ? m->subject : WARD_STR(""),
			.title = m->title,
			.level = m->level,
			.at = joins(m) ? m->last : m->time,
			.joins = joins(m)};
	}
	if (sign && ward_trail_make(sign, n, a->o.model, &a->scratch, &t) == WARD_OK)
		ward_trail_write_json(&t, a->o.model, r->lang, r->w);
	else
		r->w->bad = true;
}

/* Part of the process `desk`: that nobody reviewed in time why a name was told to one person alone.
 * It is an event, once, from which a rule makes a sign. */
#include "run/proc/desk.h"

#include "desk/event.h"

static const ward_ns every = 60 * WARD_NS_PER_S, again = 5 * WARD_NS_PER_S;

static void tell(struct desk *k, const struct desk_review *x)
{
	struct ward_wr w = ward_wr_fixed(k->record, sizeof(k->record));
	const struct ward_review_late late = {
		x->id, x->incident, ward_str_z(x->person), ward_clock_now(k->p.clock)};
	struct ward_event e;

	ward_arena_reset(&k->arena);
	ward_event_init(&e, &k->arena);
	if (ward_review_to_event(&late, &k->names, &e) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	e.source = ward_name(&k->names, WARD_STR("desk"));
	e.seen = late.at;
	ward_event_encode(&e, &k->names, &w);
	ward_batch_begin(&k->batch);
	if (ward_wr_bad(&w) ||
		!ward_batch_add(&k->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&w)))
		ward_process_die(&k->p, "a short event has no room", WARD_ERR_LIMIT);
	k->late = (struct desk_late){.looked = k->late.looked,
		.sent = ward_clock_mono(k->p.clock),
		.asked = k->next_id++,
		.of = x->id,
		.waits = true};
	if (ward_msg_send(k->peer[JOURNAL], WARD_MSG_APPEND, k->late.asked,
		    ward_batch_body(&k->batch)) != WARD_OK)
		ward_count_name(&k->p.counters, "desk.late_unsent", 1); /* tried again */
}

void desk_late_look(struct desk *k)
{
	ward_ns now = ward_clock_mono(k->p.clock);
	struct desk_review *x;

	if (k->late.waits && now - k->late.sent < again)
		return;
	if (!k->late.waits && !k->reveals.behind && k->late.looked && now - k->late.looked < every)
		return;
	k->late.looked = now;
	if (!k->reveals.store || !desk_reveals_look(&k->reveals))
		return;
	x = desk_review_late(
		k->reveals.reviews, desk_people_law(k->people), ward_clock_now(k->p.clock));
	k->late.waits = false;
	if (x)
		tell(k, x);
}

bool desk_late_heard(struct desk *k, struct ward_msg *m)
{
	struct desk_reviews *r = k->reveals.reviews;

	if (!k->late.waits || m->id != k->late.asked)
		return false;
	uint8_t err = ward_rd_u8(&m->body);

	k->late.waits = false;
	for (size_t i = 0; !err && i < r->n && i < DESK_REVIEWS; i++)
		r->of[i].told |= ward_id_eq(r->of[i].id, k->late.of);
	ward_count_name(&k->p.counters, err ? "desk.late_refused" : "desk.late_reviews", 1);
	return true;
}

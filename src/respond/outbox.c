#include "respond/also.h"
#include "respond/available.h"
#include "respond/concern.h"
#include "respond/ladder.h"
#include "respond/message.h"
#include "respond/plan.h"
#include "respond/request.h"
#include "respond/remind.h"
#include "respond/witness.h"

#include <stdlib.h>

enum { SCRATCH_BYTES = 64 << 20, RETRY_SHIFT_MAX = 9, WHY_MAX = 512, SIGNS_MAX = 256 };

static const ward_ns burst_within = 300 * WARD_NS_PER_S, between = 60 * WARD_NS_PER_S;
static const ward_ns retry_first = 2 * WARD_NS_PER_S, retry_most = 600 * WARD_NS_PER_S;
const ward_ns respond_give_up_after = 24 * 3600 * WARD_NS_PER_S;
/* After a message that was lost: doubling, since whoever refuses mostly refuses the next, too. */
static const ward_ns slow_first = 600 * WARD_NS_PER_S, slow_most = 3600 * WARD_NS_PER_S;
/* What was quiet longer when it is first looked at is no news: Ward was off, or the recipient new.
 */
static const ward_ns too_old = 24 * 3600 * WARD_NS_PER_S;

enum ward_err ward_respond_new(const struct ward_respond_opts *o, struct ward_respond **ret)
{
	struct ward_respond *r = ward_mem_alloc(o->mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	WARD_ASSERT(o->n_listener <= WARD_RECIPIENTS_MAX);
	r->o = *o;
	r->duty = UINT32_MAX;
	ward_arena_init(&r->scratch, o->mem, SCRATCH_BYTES);
	ward_tab_init(&r->by_id, o->mem, sizeof(struct ward_id), sizeof(uint32_t), CASES_MAX + 1);
	r->body = ward_wr_grow(o->mem, BODY_MAX);
	r->row = ward_wr_grow(o->mem, ROW_MAX);
	r->law.rows = ward_wr_grow(o->mem, LAW_MAX);
	for (size_t k = 0; k < WARD_RECIPIENTS_MAX; k++)
		r->box[k].body = ward_wr_grow(o->mem, BODY_MAX);
	r->item = ward_mem_alloc(o->mem, CASES_MAX * sizeof(*r->item));
	enum ward_err err =
		r->item ? ward_record_reader_new(o->mem, o->lim, &r->reader) : WARD_ERR_NOMEM;

	bool past = ward_respond_compares(o);

	for (size_t k = 0; k < o->n_listener && !err; k++) {
		enum ward_standard sends = o->listener[k].sends;

		if (ward_standard_is_availability(sends) && !r->available)
			err = respond_available_new(r);
		past |= sends && !ward_standard_is_availability(sends);
	}
	if (past && !err)
		err = ward_offer_past_new(o->mem, o->lim, &r->past);
	for (size_t k = 0; k < o->n_listener && !err; k++) {
		struct shown shown;

		if (respond_share(r, k, 0, &shown))
			r->steps |= shown.roles ? 1u << k : 0;
		else
			respond_count(r, "respond.unwritten");
	}
	if (err) {
		ward_respond_free(r);
		return err;
	}
	*ret = r;
	return WARD_OK;
}

void ward_respond_free(struct ward_respond *r)
{
	if (!r)
		return;
	const struct ward_mem *mem = r->o.mem;

	respond_forget_all(r);
	respond_forget_requests(r);
	respond_forget_law(r);
	ward_mem_free(mem, r->item, CASES_MAX * sizeof(*r->item));
	for (size_t k = 0; k < WARD_RECIPIENTS_MAX; k++)
		ward_wr_fini(&r->box[k].body);
	ward_wr_fini(&r->body);
	ward_wr_fini(&r->row);
	ward_record_reader_free(r->reader);
	ward_offer_past_free(r->past);
	respond_available_free(r);
	ward_arena_fini(&r->scratch);
	ward_mem_free(mem, r, sizeof(*r));
}

/* ---- what is to be queued ---- */

/* The most serious first; of equals what hits care surest, then the latest. */
static int by_weight(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;

	if (a->in->level != b->in->level)
		return a->in->level > b->in->level ? -1 : 1;
	if (a->now.tier != b->now.tier)
		return a->now.tier > b->now.tier ? -1 : 1;
	if (a->in->last != b->in->last)
		return a->in->last > b->in->last ? -1 : 1;
	return ward_id_cmp(a->in->id, b->in->id);
}

void ward_respond_duty(struct ward_respond *r, uint32_t listeners)
{
	r->duty = listeners;
}

static bool wanted(const struct ward_respond *r, size_t k, const struct incident *in, ward_ns now)
{
	const struct ward_listener *l = &r->o.listener[k];
	const struct box *b = &r->box[k];
	ward_ns since = b->n_lost && b->since < now ? b->since : now, age;

	if (in->told[k].known) /* who was told is told of the rest of it */
		return true;
	if (l->topics && in->owed >> k & 1)
		return true;
	if (!(r->duty >> k & 1))
		return false;
	if (l->after)
		return respond_is_due(r, k, in, now);
	return respond_concerns(r, k, in) && in->last >= r->o.told_until &&
	       (in->owed >> k & 1 || !ward_sub(since, in->last, &age) || age <= too_old);
}

static enum change change_of(const struct ward_respond *r, size_t k, const struct incident *in,
	ward_ns now, struct item *it)
{
	const struct ward_listener *l = &r->o.listener[k];
	struct told *is = &it->now;

	*is = respond_now(r, in, now);
	it->in = in;
	it->also = NULL;
	if (l->sends)
		return respond_standard_change(&in->told[k], is, in);
	it->also = respond_also_new(r, k, in);
	enum change change = l->bookmarks ? respond_camera_change(&in->told[k], is, in)
					  : respond_change(&in->told[k], is, in, it->also != NULL);

	respond_ask(r, k, in, change == CHANGE_MORE, is);
	change = respond_ladder_change(r, k, in, is, change, now);
	change = l->topics ? respond_topics_change(r, k, in, is, change) : change;
	it->also = change == CHANGE_MORE ? it->also : NULL;
	return change;
}

static size_t collect(struct ward_respond *r, size_t k, ward_ns now)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_incident; i++) {
		const struct incident *in = r->incident[i];
		struct item it = {.n_plan = 0};

		it.change = change_of(r, k, in, now, &it);
		if (it.change != CHANGE_NONE && wanted(r, k, in, now) &&
			!respond_ticket_waits(in, k, now))
			r->item[n++] = it;
	}
	if (n)
		qsort(r->item, n, sizeof(*r->item), by_weight);
	return r->o.listener[k].topics == WARD_TOPICS_TICKETS ? respond_tickets_within(r, k, n, now)
							      : n;
}

/* Whoever refused the last one, or was not reached, is tried again with what is then, slowly. */
bool respond_is_slow(unsigned n_lost, ward_ns lost, ward_ns now)
{
	ward_ns wait = slow_first;

	for (unsigned i = 1; i < n_lost && wait < slow_most; i++)
		wait *= 2;
	wait = wait < slow_most ? wait : slow_most;
	return n_lost && now >= lost && now - lost < wait;
}

/* A few at once, then one a minute with all that came; what is more serious than the last one told
 * does not wait. A clock that was set back holds nothing up. */
static bool may_queue(const struct ward_respond *r, size_t k, unsigned level, ward_ns now)
{
	const struct box *b = &r->box[k];
	size_t n = b->n_queued < BURST ? b->n_queued : BURST, recent = 0;
	ward_ns since = now - b->queued;

	if (level <= b->level && respond_is_slow(b->n_lost, b->lost, now))
		return false;
	enum ward_topics topics = r->o.listener[k].topics;

	if ((topics && topics != WARD_TOPICS_TICKETS) || r->o.listener[k].sends)
		return true; /* nobody is to read it */
	for (size_t i = 0; i < n; i++)
		recent += now - b->recent[i] >= 0 && now - b->recent[i] < burst_within;
	return recent < BURST || since < 0 || since >= between || level > b->level;
}

static void put_cover(const struct ward_respond *r, struct ward_json *j, const struct item *it)
{
	char id[WARD_ID_TEXT];

	ward_id_text(it->in->id, id);
	ward_json_obj(j);
	ward_json_key(j, "incident");
	ward_json_z(j, id);
	ward_json_key(j, "change");
	ward_json_z(j, respond_change_name[it->change]);
	ward_json_key(j, "level");
	ward_json_z(j, respond_level_name[it->now.level]);
	ward_json_key(j, "phase");
	ward_json_z(j, respond_phase_name[it->now.phase]);
	if (it->now.confirmed) {
		ward_json_key(j, "confirmed");
		ward_json_bool(j, true);
	}
	if (it->now.tier) {
		ward_json_key(j, "word");
		ward_json_u64(j, it->now.tier);
		ward_json_key(j, "services");
		ward_json_u64(j, it->now.services);
	}
	if (it->now.spots > 1) {
		ward_json_key(j, "rooms");
		ward_json_u64(j, it->now.spots);
	}
	if (it->now.critical > 1) {
		ward_json_key(j, "critical");
		ward_json_u64(j, it->now.critical);
	}
	if (it->now.keep) {
		ward_json_key(j, "recordings");
		ward_json_u64(j, it->now.keep);
	}
	if (it->now.shots) {
		ward_json_key(j, "cameras");
		ward_json_u64(j, it->now.shots);
		ward_json_key(j, "until");
		ward_json_time(j, it->now.until);
	}
	if (it->now.call) {
		ward_json_key(j, "asks");
		ward_json_bool(j, true);
	}
	if (it->now.tickets) {
		ward_json_key(j, "tickets");
		ward_json_u64(j, it->now.tickets);
	}
	respond_row_plans(r, it, j);
	if (it->now.taken) {
		ward_json_key(j, "taken");
		ward_json_u64(j, it->now.taken);
	}
	if (it->now.edition.number) {
		ward_json_key(j, "edition");
		ward_json_u64(j, it->now.edition.number);
		ward_json_key(j, "sent");
		ward_json_time(j, it->now.edition.sent);
	}
	ward_json_obj_end(j);
}

/* The same for the same rows, and another for each message of a recipient. */
struct ward_id respond_message_id(const struct ward_respond *r, size_t k, size_t n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward message");
	ward_idgen_str(&g, r->o.hospital);
	ward_idgen_str(&g, r->o.listener[k].id);
	ward_idgen_id(&g, r->box[k].last);
	ward_idgen_u64(&g, r->o.exercise);
	for (size_t i = 0; i < n; i++) {
		ward_idgen_id(&g, r->item[i].in->id);
		ward_idgen_u64(&g, r->item[i].in->revision);
		ward_idgen_u64(&g, r->item[i].change);
	}
	return ward_idgen_final(&g);
}

void respond_begin_row(const struct ward_respond *r, struct ward_json *j, const char *state,
	struct ward_id id, size_t k)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_json_obj(j);
	ward_json_key(j, "kind");
	ward_json_z(j, "delivery");
	ward_json_key(j, "state");
	ward_json_z(j, state);
	ward_json_key(j, "id");
	ward_json_z(j, text);
	ward_json_key(j, "recipient");
	ward_json_str(j, r->o.listener[k].id);
	if (r->o.listener[k].name.len) {
		ward_json_key(j, "recipient_name");
		ward_json_str(j, r->o.listener[k].name);
	}
	ward_json_key(j, "exercise");
	ward_json_bool(j, r->o.exercise);
}

static void put_ill(struct ward_json *j, const struct ward_respond *r, uint32_t ill)
{
	if (!ill)
		return;
	ward_json_key(j, "not_reached");
	ward_json_arr(j);
	for (size_t i = 0; i < r->o.n_listener; i++)
		if (ill >> i & 1)
			ward_json_str(j, r->o.listener[i].id);
	ward_json_arr_end(j);
}

/* The row that queues a message about n of n_all items. False: it is too long. */
static bool write_row(struct ward_respond *r, size_t k, size_t n, const struct ward_delivery *d)
{
	struct ward_json j = ward_json_on(&r->row);

	ward_wr_reset(&r->row);
	respond_begin_row(r, &j, "queued", d->id, k);
	ward_json_key(&j, "covers");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		put_cover(r, &j, &r->item[i]);
	ward_json_arr_end(&j);
	respond_row_requests(r, k, &j);
	put_ill(&j, r, respond_ill(r, k, d->time));
	ward_json_key(&j, "body"); /* as text: it is sent byte for byte, under its signature */
	ward_json_str(&j, ward_wr_text(&r->body));
	ward_json_obj_end(&j);
	return !ward_wr_bad(&r->row);
}

/* One incident, the most serious of those that can be told; of a long one fewer signs. */
static bool queue_standard(
	struct ward_respond *r, size_t k, ward_ns now, size_t n, struct ward_delivery *ret)
{
	struct ward_delivery d = {.revision = 1, .time = now};

	for (size_t i = 0; i < n; i++) {
		r->item[0] = r->item[i];
		d.id = respond_message_id(r, k, 1);
		for (size_t signs = SIGNS_MAX; signs; signs /= 4) {
			if (!respond_write_standard(r, k, signs, now) || !write_row(r, k, 1, &d))
				continue;
			d.json = ward_wr_text(&r->row);
			*ret = d;
			return true;
		}
		respond_count(r, "respond.unwritten");
	}
	return false;
}

/* Of long texts fewer are told in full; what is left is told by the next message. */
static bool queue(
	struct ward_respond *r, size_t k, ward_ns now, size_t n_all, struct ward_delivery *ret)
{
	struct ward_delivery d = {.revision = 1, .time = now};

	const struct ward_listener *l = &r->o.listener[k];
	bool data = l->topics == WARD_TOPICS_DATA;

	if (l->sends)
		return queue_standard(r, k, now, n_all, ret);
	for (size_t named = data ? DATA_MAX : NAMED_MAX; named; named /= 2) {
		/* nothing of what is told as data alone may be among the rest */
		size_t most = l->bookmarks || data || l->topics == WARD_TOPICS_TICKETS ? named
										       : COVERS_MAX;
		size_t n = n_all < most ? n_all : most;

		d.id = respond_message_id(r, k, n);
		if (!respond_write(r, k, &d, named, n_all) || !write_row(r, k, n, &d))
			continue;
		d.json = ward_wr_text(&r->row);
		for (size_t i = 0; i < n; i++)
			d.unanswered = d.unanswered || r->item[i].change == CHANGE_AGAIN;
		*ret = d;
		return true;
	}
	respond_count(r, "respond.unwritten");
	return false;
}

/* The row that queues a weekly test. */
static bool queue_test(struct ward_respond *r, size_t k, ward_ns now, struct ward_delivery *ret)
{
	struct ward_delivery d = {.id = respond_message_id(r, k, 0), .revision = 1, .time = now};
	struct ward_json j = ward_json_on(&r->row);

	if (!respond_write_quiet(r, k, "ward.test/1",
		    WARD_TEXT("TEST: Ward reaches you; there is nothing to do"), &d)) {
		respond_count(r, "respond.unwritten");
		return false;
	}
	ward_wr_reset(&r->row);
	respond_begin_row(r, &j, "queued", d.id, k);
	ward_json_key(&j, "test");
	ward_json_bool(&j, true);
	ward_json_key(&j, "body");
	ward_json_str(&j, ward_wr_text(&r->body));
	ward_json_obj_end(&j);
	d.json = ward_wr_text(&r->row);
	*ret = d;
	return !ward_wr_bad(&r->row);
}

/* A clock that was set back must not hold it up for long. */
bool respond_attempt_due(const struct box *b, ward_ns now)
{
	return b->pending && (now >= b->next || b->next - now > 6 * retry_most);
}

/* More serious than all that waits for its next attempt; or as serious and new, when that attempt
 * is far off and nobody asked for the wait. */
static bool presses(struct ward_respond *r, size_t k, ward_ns now)
{
	const struct box *b = &r->box[k];
	size_t n = collect(r, k, now);

	if (r->o.listener[k].topics == WARD_TOPICS_SIREN) /* what waits says the contrary */
		return respond_siren_is_on(r, k, n) != respond_siren_is_on(r, k, 0);
	if (!n || r->item[0].in->level < b->level)
		return false;
	if (r->item[0].in->level > b->level)
		return true;
	if (b->told_to_wait || now - b->queued < between || b->next - now < between)
		return false;
	for (size_t i = 0; i < n && r->item[i].in->level == b->level; i++)
		if (r->item[i].change == CHANGE_OPENED || r->item[i].change == CHANGE_RAISED ||
			r->item[i].change == CHANGE_SPREAD || r->item[i].change == CHANGE_MORE ||
			r->item[i].change == CHANGE_ESCALATED || r->item[i].change == CHANGE_LEFT)
			return true;
	return false;
}

/* The message that waits is not told any more: no attempt, and no failure of its way. */
static bool let_go(struct ward_respond *r, size_t k, ward_ns now, struct ward_delivery *ret)
{
	const struct box *b = &r->box[k];
	struct ward_json j = ward_json_on(&r->row);

	ward_wr_reset(&r->row);
	respond_begin_row(r, &j, "superseded", b->last, k);
	ward_json_obj_end(&j);
	*ret = (struct ward_delivery){
		b->last, b->attempts + 2, now, ward_wr_text(&r->row), false, false};
	return !ward_wr_bad(&r->row);
}

/* What waits for its next attempt makes way for what presses more, and when it asks for what
 * somebody took meanwhile; the next one says all of it. */
static bool supersede(struct ward_respond *r, size_t k, ward_ns now, struct ward_delivery *ret)
{
	const struct box *b = &r->box[k];
	bool available = ward_standard_is_availability(r->o.listener[k].sends);

	if (respond_attempt_due(b, now) ||
		!(available                      ? respond_available_due(r, k, now)
			: r->o.listener[k].heads ? respond_witness_newer(r, k)
						 : respond_is_void(r, k) || presses(r, k, now)))
		return false;
	return let_go(r, k, now, ret);
}

bool ward_respond_next(struct ward_respond *r, ward_ns now, struct ward_delivery *ret)
{
	if (respond_leave(r, now, ret))
		return true;
	respond_remind(r, now - now % WARD_NS_PER_S);
	for (size_t k = 0; k < r->o.n_listener; k++) {
		if (r->box[k].pending) {
			if (supersede(r, k, now, ret))
				return true;
			continue;
		}
		if (ward_standard_is_availability(r->o.listener[k].sends)) {
			if (respond_available_next(r, k, now, ret))
				return true;
			continue;
		}
		if (r->o.listener[k].heads) {
			if (respond_witness_next(r, k, now, ret))
				return true;
			continue;
		}
		size_t n = collect(r, k, now);
		bool asks = respond_request_news(r, k);
		bool news = n || asks || respond_ill(r, k, now) != r->box[k].told_ill;
		unsigned level = n ? r->item[0].in->level : 0;

		if (asks && level < REQUEST_LEVEL)
			level = REQUEST_LEVEL;
		if (news && may_queue(r, k, level, now) && queue(r, k, now, n, ret))
			return true;
		if (!n && respond_test_due(r, k, now) && queue_test(r, k, now, ret))
			return true;
		if (respond_count_beats(r, k, now, ret))
			return true;
	}
	return false;
}

/* ---- what becomes of it ---- */

bool ward_respond_message(struct ward_respond *r, size_t listener, ward_ns now,
	struct ward_id *ret_id, struct ward_str *ret_body)
{
	const struct box *b = &r->box[listener];

	if (!respond_attempt_due(b, now))
		return false;
	*ret_id = b->last;
	*ret_body = ward_wr_text(&b->body);
	return true;
}

bool ward_respond_void(struct ward_respond *r, size_t listener, struct ward_id *ret_id)
{
	bool asks = false; /* of something else in the same message */

	for (size_t i = 0; i < r->n_request; i++)
		asks = asks ||
		       (r->request[i].covered >> listener & 1 && r->request[i].is == REQUEST_ASKED);
	*ret_id = r->box[listener].last;
	return r->box[listener].pending && !asks && respond_is_void(r, listener);
}

/* Doubling to ten minutes, each between half and one and a half of that, so that all do not come
 * back at once; from the message itself, so that it is the same in any life. */
static ward_ns retry_in(const struct box *b, const struct ward_outcome *o)
{
	unsigned shift = b->attempts < RETRY_SHIFT_MAX ? b->attempts : RETRY_SHIFT_MAX;
	ward_ns wait = retry_first << shift;
	struct ward_idgen g;

	ward_idgen_init(&g, "ward retry");
	ward_idgen_id(&g, b->last);
	ward_idgen_u64(&g, b->attempts);
	struct ward_id dice = ward_idgen_final(&g);

	wait = wait < retry_most ? wait : retry_most;
	wait = wait / 2 + wait / 256 * dice.b[0];
	return wait > o->retry_after ? wait : o->retry_after;
}

bool ward_respond_withdrawn(struct ward_respond *r, size_t listener, struct ward_id id, ward_ns now,
	struct ward_delivery *ret)
{
	const struct box *b = &r->box[listener];

	return b->pending && ward_id_eq(b->last, id) && let_go(r, listener, now, ret);
}

bool ward_respond_said(struct ward_respond *r, size_t listener, struct ward_id id,
	const struct ward_outcome *o, ward_ns now, struct ward_delivery *ret)
{
	const struct box *b = &r->box[listener];
	struct ward_json j = ward_json_on(&r->row);
	ward_ns wait = retry_in(b, o), next = now + wait;
	bool over = o->what == WARD_SENT_FAILED && wait > respond_give_up_after - b->waited;

	if (!b->pending || !ward_id_eq(b->last, id))
		return false;
	ward_wr_reset(&r->row);
	respond_begin_row(r, &j,
		o->what == WARD_SENT_DELIVERED ? "sent"
		: o->what == WARD_SENT_REFUSED ? "refused"
		: over                         ? "given_up"
					       : "failed",
		id, listener);
	ward_json_key(&j, "attempt");
	ward_json_u64(&j, b->attempts + 1u);
	if (o->status) {
		ward_json_key(&j, "status");
		ward_json_u64(&j, o->status);
	}
	if (o->why[0]) {
		ward_json_key(&j, "why");
		ward_json_str_cut(&j, ward_str_z(o->why), WHY_MAX);
	}
	if (o->what == WARD_SENT_FAILED && !over) {
		ward_json_key(&j, "next");
		ward_json_time(&j, next);
	}
	if (o->retry_after) {
		ward_json_key(&j, "told_to_wait");
		ward_json_bool(&j, true);
	}
	ward_json_obj_end(&j);
	*ret = (struct ward_delivery){id, b->attempts + 2, now, ward_wr_text(&r->row), over, false};
	return !ward_wr_bad(&r->row);
}

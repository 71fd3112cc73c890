#include "respond/recording.h"
#include "respond/remind.h"
/* What rows about messages say: that one was queued, what it told of, and what became of it. */
#include "respond/available.h"
#include "respond/ladder.h"
#include "respond/message.h"
#include "respond/plan.h"
#include "respond/request.h"
#include "respond/witness.h"

static size_t word_of(struct ward_str s, const char *const *name, size_t n)
{
	size_t i = 0;

	while (i < n && !ward_str_eqz(s, name[i]))
		i++;
	return i;
}

static uint64_t number(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	uint64_t n = 0;

	return v && ward_str_u64(v->text, &n) ? n : 0;
}

/* What the recipient knows of one incident since this message, which tells of that level. NOMEM. */
static enum ward_err take_cover(struct ward_respond *r, size_t k, const struct ward_delivery *d,
	const struct ward_conf *c, unsigned *ret_level)
{
	size_t level = word_of(ward_conf_word(c, "level"), respond_level_name, WARD_RECORD_LEVELS);
	size_t phase = word_of(ward_conf_word(c, "phase"), respond_phase_name, PHASE_N);
	struct ward_id id;
	struct incident *in;
	ward_ns until, edition;

	if (ward_time_parse(ward_conf_word(c, "until"), &until) != WARD_OK)
		until = 0;
	if (ward_time_parse(ward_conf_word(c, "sent"), &edition) != WARD_OK)
		edition = 0;
	if (level == WARD_RECORD_LEVELS || phase == PHASE_N ||
		!ward_id_parse(ward_conf_word(c, "incident"), &id)) {
		respond_count(r, "respond.unreadable");
		return WARD_OK;
	}
	in = respond_find(r, id);
	*ret_level = (unsigned)level > *ret_level ? (unsigned)level : *ret_level;
	if (!in)
		return WARD_OK;
	respond_ticket_new(r, k, in, d->time);
	if (!(in->covered >> k & 1)) {
		in->was[k] = in->told[k];
		respond_plans_keep(in, k);
	}
	in->covered |= 1u << k;
	in->told[k] = (struct told){.known = true,
		.confirmed = ward_str_eqz(ward_conf_word(c, "confirmed"), "true"),
		.level = (uint8_t)level,
		.phase = (uint8_t)phase,
		.tier = (uint8_t)number(c, "word"),
		.keep = (uint8_t)number(c, "recordings"),
		.spots = (uint8_t)number(c, "rooms"),
		.services = (uint16_t)number(c, "services"),
		.critical = (uint8_t)number(c, "critical"),
		.shots = (uint8_t)number(c, "cameras"),
		.taken = (uint8_t)number(c, "taken"),
		.tickets = (uint8_t)number(c, "tickets"),
		.call = ward_str_eqz(ward_conf_word(c, "asks"), "true"),
		.until = until,
		.edition = {(uint32_t)number(c, "edition"), edition}};
	if (ward_str_eqz(ward_conf_word(c, "change"), respond_change_name[CHANGE_MORE]))
		respond_more(in, in->told[k].critical);
	respond_called(
		in, k, d, in->told[k].call, ward_str_eqz(ward_conf_word(c, "change"), "again"));
	return respond_plans_told(r, in, k, ward_conf_get(c, "playbooks"));
}

/* The message is done with. Lost: its recipient knows nothing of what it said, and is still to be
 * told, however old that is by then. */
static void settle(struct ward_respond *r, size_t k, bool lost, bool superseded)
{
	respond_requests_settled(r, k, lost);
	for (size_t i = 0; i < r->n_incident; i++) {
		struct incident *in = r->incident[i];

		if (!(in->covered >> k & 1))
			continue;
		in->covered &= ~(1u << k);
		in->owed = lost ? in->owed | 1u << k : in->owed & ~(1u << k);
		in->call[k].lost = lost && !superseded && in->told[k].call;
		if (lost) {
			in->told[k] = in->was[k];
			respond_plans_lost(in, k);
		} else {
			in->refused &= ~(1u << k);
		}
	}
}

static enum ward_err on_queued(
	struct ward_respond *r, size_t k, const struct ward_delivery *d, const struct ward_conf *c)
{
	enum ward_err err = WARD_OK;
	const struct ward_conf *covers = ward_conf_get(c, "covers");
	struct box *b = &r->box[k];

	bool test = ward_str_eqz(ward_conf_word(c, "test"), "true");

	b->pending = true;
	b->last = d->id;
	b->tested = test ? d->time : b->tested;
	b->was_ill = b->told_ill;
	b->told_ill = test ? b->told_ill : respond_read_ill(r, c);
	b->since = b->n_lost ? b->since : d->time;
	b->attempts = 0;
	b->waited = 0;
	b->told_to_wait = false;
	b->queued = b->next = d->time;
	if (!test) /* it takes nobody's place */
		b->recent[b->n_queued++ % BURST] = d->time;
	respond_requests_queued(r, k, c);
	b->level = ward_conf_get(c, "requests") ? REQUEST_LEVEL : 0;
	for (const struct ward_conf *i = covers ? covers->child : NULL; i && !err; i = i->next)
		err = take_cover(r, k, d, i, &b->level);
	if (ward_id_parse(ward_conf_word(c, "availability"), &b->says) ||
		ward_id_parse(ward_conf_word(c, "head"), &b->says))
		b->said = d->time;
	respond_witness_queued(r, k, c);
	ward_wr_reset(&b->body);
	ward_wr_str(&b->body, ward_conf_word(c, "body"));
	return err;
}

static void on_state(
	struct ward_respond *r, size_t k, const struct ward_delivery *d, const struct ward_conf *c)
{
	struct box *b = &r->box[k];

	if (!b->pending || !ward_id_eq(b->last, d->id) || d->revision <= b->attempts + 1)
		return; /* it came twice */
	bool sent = ward_str_eqz(ward_conf_word(c, "state"), "sent");
	ward_ns wait;

	b->attempts = d->revision - 1;
	b->pending = ward_str_eqz(ward_conf_word(c, "state"), "failed");
	if (ward_time_parse(ward_conf_word(c, "next"), &b->next) != WARD_OK)
		b->next = d->time;
	if (ward_sub(b->next, d->time, &wait) && wait > 0 && !ward_add(b->waited, wait, &b->waited))
		b->waited = respond_give_up_after;
	if (!ward_str_eqz(ward_conf_word(c, "state"), "superseded"))
		b->failing = sent ? 0 : b->failing ? b->failing : d->time;
	b->told_to_wait = ward_str_eqz(ward_conf_word(c, "told_to_wait"), "true");
	if (b->pending)
		return;
	bool superseded = ward_str_eqz(ward_conf_word(c, "state"), "superseded");

	settle(r, k, !sent, superseded);
	b->says = sent ? b->says : (struct ward_id){{0}};
	b->told_ill = sent ? b->told_ill : b->was_ill;
	if (superseded)
		return;
	b->n_lost = sent ? 0 : b->n_lost + 1;
	b->lost = d->time;
}

enum ward_err ward_respond_delivery(struct ward_respond *r, const struct ward_delivery *d)
{
	const struct ward_conf *c;
	struct ward_diag diag;
	size_t k = 0;

	ward_arena_reset(&r->scratch);
	ward_diag_init(&diag, r->o.mem);
	enum ward_err err = ward_conf_json(
		&r->scratch, r->o.lim, WARD_STR("delivery"), 1, ward_str_bytes(d->json), &diag, &c);

	ward_diag_fini(&diag);
	if (err) {
		respond_count(r, "respond.unreadable");
		return err == WARD_ERR_NOMEM ? err : WARD_OK;
	}
	if (ward_conf_get(c, "requests")) /* what was due when it was queued */
		respond_remind(r, d->time);
	if (ward_str_eqz(ward_conf_word(c, "kind"), "preserve")) {
		respond_confirmed(r, c);
		return WARD_OK;
	}
	if (ward_str_eqz(ward_conf_word(c, "kind"), "heartbeats")) {
		respond_counted(r, c);
		return WARD_OK;
	}
	if (ward_str_eqz(ward_conf_word(c, "kind"), "acknowledgement")) {
		respond_acknowledged(r, d, c);
		return WARD_OK;
	}
	if (ward_str_eqz(ward_conf_word(c, "kind"), "left")) {
		respond_left(r, d, c);
		return WARD_OK;
	}
	if (ward_str_eqz(ward_conf_word(c, "kind"), "ticket")) {
		respond_ticket(r, d, c);
		return WARD_OK;
	}
	while (k < r->o.n_listener &&
		!ward_str_eq(r->o.listener[k].id, ward_conf_word(c, "recipient")))
		k++;
	if (k == r->o.n_listener) /* of one that is no recipient any more */
		return WARD_OK;
	if (d->revision == 1)
		err = on_queued(r, k, d, c);
	else
		on_state(r, k, d, c);
	return ward_wr_bad(&r->box[k].body) ? WARD_ERR_NOMEM : err;
}

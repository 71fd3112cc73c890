/* What a ticket system is to keep (docs/tickets.md: "ward.tickets/1"): of each incident whether its
 * ticket is open, and what is new; which tickets are to be looked at; and that one of them was
 * closed there, which is told to people and closes nothing here. */
#include "respond/ladder.h"
#include "respond/message.h"
#include "respond/ticket_system.h"

enum { LOOKS_MAX = 32 };

static bool keeps_tickets(const struct ward_respond *r, size_t k)
{
	return k < r->o.n_listener && r->o.listener[k].topics == WARD_TOPICS_TICKETS;
}

static void put_reason(struct writer *w, const struct item *it)
{
	const struct incident *in = it->in;
	char id[WARD_ID_TEXT];

	ward_wr_reset(&w->line);
	ward_say(&w->line, w->lang, respond_change_text(it->change));
	if (in->phase == PHASE_MERGED) {
		ward_id_text(in->into, id);
		ward_wr_ch(&w->line, '\n');
		WARD_SAY(&w->line, w->lang, WARD_TEXT("It goes on as incident {id}"),
			{"id", ward_str_z(id)});
	} else if (in->reason.len && w->shown.roles) { /* what a person wrote */
		ward_wr_ch(&w->line, '\n');
		ward_wr_str(&w->line, in->reason);
	}
}

/* Marked by TLP, and each as played that is: tickets are read one by one. */
static void put_message(struct writer *w, const struct item *it)
{
	ward_wr_reset(&w->text);
	ward_wr_str(&w->text, ward_tlp_text(w->shown.tlp));
	ward_wr_ch(&w->text, '\n');
	if (w->r->o.exercise) {
		ward_say(&w->text, w->lang, WARD_TEXT("EXERCISE: none of this is real"));
		ward_wr_ch(&w->text, '\n');
	}
	respond_put_item(w, it);
}

static void json_ticket(struct ward_json *j, struct writer *w, size_t k, const struct item *it)
{
	const struct told *before = &it->in->told[k];
	bool again = before->known && before->phase != PHASE_OPEN;

	ward_json_obj(j);
	respond_json_id(j, "incident", it->in->id);
	respond_json_str(j, "change", ward_str_z(respond_change_name[it->change]));
	respond_json_str(j, "do",
		it->in->phase != PHASE_OPEN ? WARD_STR("close")
		: again                     ? WARD_STR("reopen")
		: before->known             ? WARD_STR("update")
					    : WARD_STR("open"));
	respond_json_str(j, "level", ward_str_z(respond_level_name[it->in->level]));
	ward_wr_reset(&w->line);
	if (w->r->o.exercise) {
		ward_say(&w->line, w->lang, WARD_TEXT("EXERCISE: none of this is real"));
		ward_say(&w->line, w->lang, WARD_TEXT(": "));
	}
	ward_wr_str(&w->line, ward_lang_text(w->lang, it->in->title));
	if (it->in->on.len)
		ward_wr_printf(&w->line, " · %.*s", WARD_STR_ARG(it->in->on));
	respond_json_str(j, "title", ward_wr_text(&w->line));
	respond_json_str(j, "where", it->in->where);
	if (it->in->phase != PHASE_OPEN) {
		put_reason(w, it);
		respond_json_str(j, "reason", ward_wr_text(&w->line));
	}
	put_message(w, it);
	ward_json_key(j, "message");
	ward_json_str(j, ward_wr_text(&w->text));
	ward_json_obj_end(j);
}

void respond_put_tickets(struct writer *w, size_t k, struct ward_id id, size_t n)
{
	struct ward_json j = ward_json_on(&w->r->body);

	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.tickets/1");
	respond_json_head(&j, w, k, id);
	ward_json_key(&j, "tickets");
	ward_json_arr(&j);
	for (size_t i = 0; i < n; i++)
		json_ticket(&j, w, k, &w->shown.item[i]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
}

/* ---- looking there ---- */

static bool is_looked_at(size_t k, const struct incident *in)
{
	return in->told[k].known && in->phase == PHASE_OPEN;
}

static bool is_closed_there(size_t k, const struct incident *in)
{
	return in->closed_there >> k & 1;
}

/* Those that are closed there, or are not, as an array; of n every one that is in turn. */
static void json_looks(struct ward_json *j, const struct ward_respond *r, size_t k, bool closed,
	size_t n, size_t from)
{
	char id[WARD_ID_TEXT];
	size_t at = 0;

	ward_json_arr(j);
	for (size_t i = 0; i < r->n_incident; i++) {
		const struct incident *in = r->incident[i];

		if (!is_looked_at(k, in) || (at++ + n - from) % n >= LOOKS_MAX ||
			is_closed_there(k, in) != closed)
			continue;
		ward_id_text(in->id, id);
		ward_json_z(j, id);
	}
	ward_json_arr_end(j);
}

bool respond_write_look(
	struct ward_respond *r, size_t k, uint32_t turn, const struct ward_delivery *d)
{
	struct ward_json j = ward_json_on(&r->body);
	size_t n = 0;

	for (size_t i = 0; i < r->n_incident; i++)
		n += is_looked_at(k, r->incident[i]);
	if (!n)
		return false;
	/* of many each time others, all in turn */
	size_t from = n > LOOKS_MAX ? (size_t)((uint64_t)turn * LOOKS_MAX % n) : 0;

	ward_wr_reset(&r->body);
	ward_json_obj(&j);
	ward_json_key(&j, "schema");
	ward_json_z(&j, "ward.tickets/1");
	respond_put_head(&j, r, k, d->id, d->time);
	ward_json_key(&j, "look");
	json_looks(&j, r, k, false, n, from);
	ward_json_key(&j, "closed");
	json_looks(&j, r, k, true, n, from);
	ward_json_obj_end(&j);
	return !ward_wr_bad(&r->body);
}

/* ---- closed there ---- */

/* That its ticket is closed there, or open again: one for each time, the same whenever it is seen
 * again. */
static struct ward_id turned_id(const struct ward_respond *r, size_t k, const struct incident *in)
{
	struct ward_idgen g;

	ward_idgen_init(&g, is_closed_there(k, in) ? "ward ticket opened" : "ward ticket closed");
	ward_idgen_u64(&g, in->n_closing);
	ward_idgen_str(&g, r->o.hospital);
	ward_idgen_str(&g, r->o.listener[k].id);
	ward_idgen_id(&g, in->id);
	ward_idgen_u64(&g, in->opened);
	return ward_idgen_final(&g);
}

/* ---- refused there ---- */

/* One for each message that tells of the incident. */
static struct ward_id refused_id(const struct ward_respond *r, size_t k, const struct incident *in)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward ticket refused");
	ward_idgen_id(&g, r->box[k].last);
	ward_idgen_id(&g, in->id);
	return ward_idgen_final(&g);
}

static bool is_on_its_way(const struct ward_respond *r, size_t k, const struct incident *in)
{
	return r->box[k].pending && in->covered >> k & 1;
}

/* It was not told, and is still to be. */
static void refused(struct incident *in, size_t k, ward_ns now)
{
	in->n_refused = in->refused ? in->n_refused + 1 : 1;
	in->refused |= 1u << k;
	in->refused_at = now;
	in->refused_level = in->level;
	in->covered &= ~(1u << k);
	in->owed |= 1u << k;
	in->told[k] = in->was[k];
}

bool respond_ticket_waits(const struct incident *in, size_t k, ward_ns now)
{
	return in->refused >> k & 1 && in->level <= in->refused_level &&
	       respond_is_slow(in->n_refused, in->refused_at, now);
}

/* ---- how many ---- */

static const ward_ns hour = 3600 * WARD_NS_PER_S;

static uint64_t made(const struct box *b, ward_ns now)
{
	return now >= b->made_since && now - b->made_since < hour ? b->n_made : 0;
}

void respond_ticket_new(struct ward_respond *r, size_t k, const struct incident *in, ward_ns now)
{
	struct box *b = &r->box[k];

	if (!keeps_tickets(r, k) || in->told[k].known)
		return;
	b->n_made = made(b, now);
	b->made_since = b->n_made ? b->made_since : now;
	b->n_made++;
}

size_t respond_tickets_within(struct ward_respond *r, size_t k, size_t n, ward_ns now)
{
	uint64_t n_made = made(&r->box[k], now);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (!r->item[i].in->told[k].known && n_made++ >= TICKETS_HOUR)
			continue;
		r->item[kept++] = r->item[i];
	}
	return kept;
}

/* ---- rows about one ticket ---- */

/* Is it news? */
static bool is_heard(
	const struct ward_respond *r, size_t k, const struct incident *in, enum ward_sent what)
{
	switch (what) {
	case WARD_SENT_REFUSED:
		return is_on_its_way(r, k, in);
	case WARD_SENT_CLOSED:
		return is_looked_at(k, in) && !is_closed_there(k, in);
	case WARD_SENT_DELIVERED:
		return is_looked_at(k, in) && is_closed_there(k, in);
	case WARD_SENT_FAILED:
	case WARD_SENT_ACKNOWLEDGED:
	case WARD_SENT_ON_MY_WAY:
		break;
	}
	return false;
}

bool ward_respond_ticket(struct ward_respond *r, size_t k, struct ward_id incident,
	const struct ward_outcome *o, ward_ns now, struct ward_delivery *ret)
{
	const struct incident *in = respond_find(r, incident);
	struct ward_json j = ward_json_on(&r->row);
	bool refused = o->what == WARD_SENT_REFUSED;
	struct ward_str why = ward_str_z(o->why);

	if (!refused && !ward_ticket_is_number(why))
		why = WARD_STR("");

	if (!keeps_tickets(r, k) || !in || !is_heard(r, k, in, o->what))
		return false;
	ward_wr_reset(&r->row);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "ticket");
	ward_json_key(&j, "state");
	ward_json_z(&j, refused                       ? "refused"
			: o->what == WARD_SENT_CLOSED ? "closed_there"
						      : "open_there");
	ward_json_key(&j, "recipient");
	ward_json_str(&j, r->o.listener[k].id);
	respond_json_id(&j, "incident", incident);
	ward_json_key(&j, refused ? "why" : "ticket");
	ward_json_str_cut(&j, why, WARD_WEBHOOK_WHY);
	ward_json_key(&j, "time");
	ward_json_time(&j, now);
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, r->o.exercise);
	ward_json_obj_end(&j);
	*ret = (struct ward_delivery){refused ? refused_id(r, k, in) : turned_id(r, k, in), 1, now,
		ward_wr_text(&r->row), false, false};
	return !ward_wr_bad(&r->row);
}

_Static_assert((int)WARD_TICKET_NUMBER < (int)WARD_RESPOND_TICKET, "a number has room");
static void closed(struct incident *in, size_t k, ward_ns now, const struct ward_conf *number)
{
	in->closed_there |= 1u << k;
	in->n_closing++;
	in->closed_at = now;
	memset(in->ticket, 0, sizeof(in->ticket));
	if (number && ward_ticket_is_number(number->text))
		memcpy(in->ticket, number->text.p, number->text.len);
}

void respond_ticket(
	struct ward_respond *r, const struct ward_delivery *d, const struct ward_conf *c)
{
	const struct ward_conf *to = ward_conf_get(c, "recipient"),
			       *of = ward_conf_get(c, "incident");
	struct ward_id id;
	size_t k = 0;

	while (to && k < r->o.n_listener && !ward_str_eq(r->o.listener[k].id, to->text))
		k++;
	struct incident *in = of && ward_id_parse(of->text, &id) ? respond_find(r, id) : NULL;

	if (!in || !keeps_tickets(r, k))
		return;
	/* of what was opened again since, or told again, another row will say so */
	bool turned = ward_id_eq(d->id, turned_id(r, k, in));

	if (turned && is_closed_there(k, in))
		in->closed_there &= ~(1u << k);
	else if (turned)
		closed(in, k, d->time, ward_conf_get(c, "ticket"));
	else if (is_on_its_way(r, k, in) && ward_id_eq(d->id, refused_id(r, k, in)))
		refused(in, k, d->time);
}

bool respond_put_closed_there(const struct writer *w, const struct incident *in, struct ward_wr *to)
{
	struct brief time;

	if (!in->closed_there || in->phase != PHASE_OPEN)
		return false;
	WARD_SAY(to, w->lang,
		w->shown.roles && in->ticket[0]
			? WARD_TEXT("Its ticket {number} was closed, seen at {time}: close the "
				    "incident or open the ticket again")
			: WARD_TEXT("Its ticket was closed, seen at {time}: close the incident or "
				    "open the ticket again"),
		{"number", ward_str_z(in->ticket)},
		{"time", respond_time(&time, in->closed_at, w->now)});
	return true;
}

void respond_json_closed_there(
	struct ward_json *j, const struct writer *w, const struct incident *in)
{
	if (!w->shown.roles || !in->closed_there || in->phase != PHASE_OPEN)
		return;
	ward_json_key(j, "ticket");
	ward_json_obj(j);
	respond_json_str(j, "state", WARD_STR("closed_there"));
	respond_json_str(j, "number", ward_str_z(in->ticket));
	ward_json_key(j, "seen");
	ward_json_time(j, in->closed_at);
	ward_json_obj_end(j);
}

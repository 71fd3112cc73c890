#include "run/proc/desk_reveal.h"

#include "base/json.h"
#include "comply/reveal.h"
#include "desk/args.h"
#include "run/rows.h"

#include <stdio.h>

enum { FETCHES = 4 }; /* in one go: others wait meanwhile */

static const ward_ns good_for = 30 * 60 * WARD_NS_PER_S;

/* Others wait meanwhile, so not for long. NULL: there is no such peer. */
static struct ward_ask *peer(struct ward_process *p, const char *name)
{
	int fd = ward_process_fd(p, name);
	struct ward_ask *a =
		fd == WARD_FD_NONE ? NULL : ward_mem_alloc(ward_mem_heap(), sizeof(*a));

	if (fd == WARD_FD_NONE)
		return NULL;
	if (!a)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
	a->fd = fd;
	a->next_id = ward_process_ids();
	a->again = WARD_NS_PER_S;
	a->give_up = 3 * WARD_NS_PER_S;
	a->also = NULL;
	a->n_also = 0;
	a->clock = p->clock;
	return a;
}

void desk_reveals_open(
	struct desk_reveals *r, struct ward_process *p, const struct ward_limits *lim)
{
	r->n = 0;
	r->ask = peer(p, "pseudonym");
	r->store = peer(p, "store");
	r->lim = lim;
	r->behind = false;
	r->counters = &p->counters;
	memset(r->told, 0, sizeof(r->told));
	r->reviews = ward_mem_alloc(ward_mem_heap(), sizeof(*r->reviews));
	if (!r->reviews || desk_open_init(&r->open, lim) != WARD_OK)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
	memset(r->reviews, 0, sizeof(*r->reviews));
	ward_arena_init(&r->scratch, ward_mem_heap(), (size_t)1 << 20);
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct desk_reveals *r = ctx;

	desk_open_take(&r->open, row->id, row->json);
}

static void on_decision(void *ctx, const struct ward_store_row *row)
{
	struct desk_reveals *r = ctx;

	desk_review_take(r->reviews, row, r->lim, &r->scratch);
}

/* What was left out, in the counters of the process. */
static void tell_left_out(struct desk_reveals *r)
{
	const struct {
		const char *name;
		uint64_t n;
	} left[DESK_REVEALS_COUNTS] = {{"desk.reviews_unread", r->reviews->unread},
		{"desk.reviews_forgotten", r->reviews->forgotten},
		{"desk.incidents_unread", r->open.unread},
		{"desk.incidents_forgotten", r->open.forgotten},
		{"desk.pseudonyms_forgotten", r->open.tokens_forgotten}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(left); i++) {
		if (left[i].n > r->told[i])
			ward_count_name(r->counters, left[i].name, left[i].n - r->told[i]);
		r->told[i] = left[i].n;
	}
}

bool desk_reveals_look(struct desk_reveals *r)
{
	struct ward_rows_query q = {r->reviews->after, WARD_ROWS_MAX};
	enum ward_err err = r->store ? WARD_OK : WARD_ERR_AGAIN;

	r->behind = !err;
	for (unsigned i = 0; !err && r->behind && i < FETCHES; i++) {
		uint64_t end = 0;

		err = ward_rows_fetch(r->store, &q, on_decision, r, &end);
		r->behind = !err && r->reviews->after != q.after && r->reviews->after < end;
		q.after = r->reviews->after;
	}
	tell_left_out(r);
	return !err && !r->behind;
}

/* Who was told a name alone does not say themselves that it was right. */
static enum ward_err review_check(
	struct desk_reveals *r, const struct ward_decision *d, const char **ret_why)
{
	struct ward_arena a;
	struct ward_str args;
	struct ward_id incident, of;

	if (!desk_reveals_look(r)) {
		*ret_why = WARD_TEXT("who asked for the name can't be looked up now: try again");
		return WARD_ERR_AGAIN;
	}
	ward_arena_init(&a, ward_mem_heap(), (size_t)1 << 20);
	enum ward_err err = ward_args_read(d, r->lim, &a, &args, ret_why);
	bool one = !err && ward_id_parse(ward_args_text(args, "of", r->lim, &a), &of);

	ward_arena_fini(&a);
	if (err || !ward_id_parse(d->subject, &incident))
		return err; /* which who looks at the subject says */
	err = desk_review_check(r->reviews, incident, one ? &of : NULL, d->person);
	*ret_why = err == WARD_ERR_DENIED
			   ? WARD_TEXT("who was told the name does not review that themselves: "
				       "somebody else has to")
			   : WARD_TEXT("of this incident nobody was told a name alone, as far as "
				       "is on record");
	return err;
}

/* One alone may be told of an incident that is open and high, and only who stands in it. Asked of
 * the store at each wish. */
static enum ward_err is_emergency(
	struct desk_reveals *r, const struct desk_wish *w, const char **ret_why)
{
	bool known = r->store && ward_incidents_since(r->store, &r->after, on_row, r) == WARD_OK;

	tell_left_out(r);
	if (!known) {
		*ret_why = WARD_TEXT("whether the incident is an emergency can't be looked up now: "
				     "try again, or have somebody else ask for the same name");
		return WARD_ERR_AGAIN;
	}
	if (desk_open_names(&r->open, w->of, ward_str_z(w->token)))
		return WARD_OK;
	if (desk_open_has(&r->open, w->of)) {
		*ret_why = WARD_TEXT("in an emergency one alone is told who stands in the signs of "
				     "this incident, and this pseudonym does not: somebody else "
				     "has to ask for the same name, too");
		return WARD_ERR_STATE;
	}
	*ret_why =
		WARD_TEXT("an emergency is of an open incident that is high or critical; of this "
			  "one somebody else has to ask for the same name, too");
	return WARD_ERR_STATE;
}

/* Did somebody else ask for the same? */
static bool is_agreed(const struct desk_reveals *r, const struct desk_wish *w, ward_ns now)
{
	for (size_t i = 0; i < DESK_REVEALS && i < r->n; i++) {
		const struct desk_wish *x = &r->asked[i].wish;

		if (now - r->asked[i].at < good_for && ward_id_eq(x->of, w->of) &&
			strcmp(x->token, w->token) == 0 && strcmp(x->person, w->person) != 0)
			return true;
	}
	return false;
}

enum ward_err desk_reveals_check(struct desk_reveals *r, const struct ward_decision *d,
	const struct ward_limits *lim, struct desk_wish *ret, const char **ret_why)
{
	struct ward_arena a;
	struct ward_str args, token;

	*ret = (struct desk_wish){.kind = d->kind};
	ret->is = d->kind == WARD_DECISION_REVEAL || d->kind == WARD_DECISION_ASK_BADGE ||
		  d->kind == WARD_DECISION_ROTATE_KEYS;
	if (d->kind == WARD_DECISION_REVEAL_REVIEW)
		return review_check(r, d, ret_why);
	if (!ret->is)
		return WARD_OK;
	(void)snprintf(ret->person, sizeof(ret->person), "%.*s", WARD_STR_ARG(d->person));
	if (!r->ask) {
		*ret_why = WARD_TEXT("there is nobody who could be asked for it here");
		return WARD_ERR_NOT_FOUND;
	}
	if (d->kind == WARD_DECISION_ROTATE_KEYS) {
		*ret_why = WARD_TEXT("what gets another key is named pseudonyms");
		return ward_str_eqz(d->subject, "pseudonyms") ? WARD_OK : WARD_ERR_NOT_FOUND;
	}
	ward_arena_init(&a, ward_mem_heap(), (size_t)1 << 20);
	enum ward_err err = ward_args_read(d, lim, &a, &args, ret_why);

	token = err ? WARD_STR("") : ward_reveal_token(ward_args_text(args, "token", lim, &a));
	ret->emergency = !err && ward_str_eqz(ward_args_text(args, "emergency", lim, &a), "yes");
	if (!err && (!token.len || !ward_id_parse(d->subject, &ret->of))) {
		*ret_why = WARD_TEXT("say of which incident, and the whole pseudonym: p- and "
				     "sixteen letters and digits");
		err = WARD_ERR_MALFORMED;
	}
	(void)snprintf(ret->token, sizeof(ret->token), "%.*s", WARD_STR_ARG(token));
	ward_arena_fini(&a);
	return !err && ret->emergency ? is_emergency(r, ret, ret_why) : err;
}

/* What `pseudonym` says; ask->buf is wiped. False: it says nothing. */
static bool put_answer(
	struct desk_reveals *r, const struct desk_wish *w, struct ward_json *j, bool *ret_known)
{
	static const char *const lost[] = {"unknown", "no", "yes"};
	uint8_t body[64];
	struct ward_wr b = ward_wr_fixed(body, sizeof(body));
	bool name = w->kind == WARD_DECISION_REVEAL;
	struct ward_msg m;

	ward_wr_u8(&b, name ? 1 : 0);
	ward_wr_lv(&b, ward_str_bytes(ward_str_z(w->token)));
	if (ward_ask(r->ask, WARD_MSG_REVEAL, ward_wr_slice(&b), WARD_MSG_REVEALED, &m) != WARD_OK)
		return false;
	uint8_t known = ward_rd_u8(&m.body), state = ward_rd_u8(&m.body), off = ward_rd_u8(&m.body);
	struct ward_str who = ward_slice_text(ward_rd_lv(&m.body, WARD_DECISION_TEXT));

	if (ward_rd_bad(&m.body) || state > WARD_LOST_YES || off > WARD_LOST_YES)
		return false;
	ward_json_key(j, name ? "who" : "lost");
	if (name && !known)
		ward_json_null(j);
	else if (name)
		ward_json_str(j, who);
	else
		ward_json_z(j, lost[state]);
	if (!name) {
		ward_json_key(j, "off_duty");
		ward_json_z(j, lost[off]);
	}
	*ret_known = known != 0;
	ward_wipe(r->ask->buf, sizeof(r->ask->buf));
	return true;
}

/* By the decision: said again, it is the same key. */
static const char *rotate(struct desk_reveals *r, struct ward_id decision, struct ward_json *j)
{
	struct ward_msg m;
	bool noted =
		ward_ask(r->ask, WARD_MSG_ROTATE, ward_slice_of(decision.b, sizeof(decision.b)),
			WARD_MSG_ROTATED, &m) == WARD_OK &&
		ward_rd_u8(&m.body) == WARD_OK && !ward_rd_bad(&m.body);

	ward_json_key(j, "rotated");
	ward_json_bool(j, noted);
	return noted ? WARD_TEXT("recorded: within an hour every sensor uses the new key")
		     : WARD_TEXT("recorded, but the key is still the old one: decide it again");
}

static const char *say(struct desk_reveals *r, const struct desk_wish *w, struct ward_id decision,
	ward_ns now, struct ward_json *j)
{
	bool known = false;

	if (w->kind == WARD_DECISION_ROTATE_KEYS)
		return rotate(r, decision, j);
	if (w->kind == WARD_DECISION_REVEAL) {
		size_t at = (size_t)(r->n++ % DESK_REVEALS);

		r->asked[at].wish = *w;
		r->asked[at].at = now;
		if (!w->emergency && !is_agreed(r, w, now)) {
			ward_json_key(j, "waits");
			ward_json_bool(j, true);
			return WARD_TEXT("recorded: somebody else has to ask for the same name "
					 "within half an hour; then both are told");
		}
		ward_json_key(j, "until");
		ward_json_time(j, now + good_for);
	}
	if (!put_answer(r, w, j, &known))
		return WARD_TEXT("recorded, but there is no answer now; ask again");
	return known || w->kind == WARD_DECISION_ASK_BADGE
		       ? "recorded"
		       : WARD_TEXT("recorded: nobody whom the hospital lists has this pseudonym");
}

void desk_reveals_answer(struct desk_reveals *r, const struct desk_wish *w, struct ward_id decision,
	ward_ns now, struct desk_said said, struct ward_decided *ret)
{
	struct ward_wr out = ward_wr_fixed(said.p, said.cap);
	struct ward_json j = ward_json_on(&out);
	char id[WARD_ID_TEXT];

	ward_id_text(decision, id);
	ward_json_obj(&j);
	ward_json_key(&j, "decision");
	ward_json_z(&j, id);
	ret->why = ward_str_z(say(r, w, decision, now, &j));
	ward_json_obj_end(&j);
	ret->json = ward_wr_text(&out);
}

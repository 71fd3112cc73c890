#include "run/erasing.h"

#include "base/counter.h"
#include "run/ordering.h"

#include <stdlib.h>

enum { ARENA_BYTES = 1 << 20, HOLDS_READ = 4096, INCIDENTS_READ = 256 };

static const ward_ns each = 3600 * WARD_NS_PER_S, soon = WARD_NS_PER_S, day = 86400 * WARD_NS_PER_S,
		     order_again = 5 * WARD_NS_PER_S;

void ward_erasing_init(struct ward_erasing *e, struct ward_store *store,
	const struct ward_clock *clock, uint64_t days)
{
	*e = (struct ward_erasing){
		.store = store, .clock = clock, .next = ward_clock_mono(clock) + soon, .n_rule = 1};
	e->rule[0] = (struct ward_erasing_rule){
		.kind = WARD_ROW_DECISION, .keeps = (ward_ns)days * day, .logs = true};
	struct ward_wr w = ward_wr_fixed(e->rule[0].rule, sizeof(e->rule[0].rule) - 1);

	ward_wr_printf(&w, "store.log_days %llu", (unsigned long long)days);
	ward_limits_default(&e->lim);
	ward_arena_init(&e->arena, ward_mem_heap(), ARENA_BYTES);
	ward_order_init(&e->order, ward_mem_heap());
}

void ward_erasing_fini(struct ward_erasing *e)
{
	ward_arena_fini(&e->arena);
	ward_order_fini(&e->order);
	ward_mem_free(ward_mem_heap(), e->id, e->cap_id * sizeof(*e->id));
	e->id = NULL;
	e->n_id = e->cap_id = 0;
}

enum ward_err ward_erasing_add(struct ward_erasing *e, struct ward_str said)
{
	struct ward_str entry = said, number = ward_str_cut(&entry, ' '),
			kind = ward_str_cut(&entry, ' ');
	struct ward_erasing_rule r = {.kind = ward_row_kind_parse(kind)};
	uint64_t seconds;

	if (e->n_rule == WARD_ERASING_RULES)
		return WARD_ERR_LIMIT;
	if (!ward_row_erasable(r.kind) || !ward_str_u64(number, &seconds) || !seconds ||
		seconds > (uint64_t)(INT64_MAX / WARD_NS_PER_S) || !entry.p || !entry.len)
		return WARD_ERR_MALFORMED;
	r.keeps = (ward_ns)seconds * WARD_NS_PER_S;
	struct ward_wr w = ward_wr_fixed(r.rule, sizeof(r.rule) - 1);

	ward_wr_printf(&w, "retention %llu h of %.*s in processing.yml",
		(unsigned long long)(seconds / 3600), (int)(entry.len < 40 ? entry.len : 40),
		entry.p);
	e->rule[e->n_rule++] = r;
	return WARD_OK;
}

/* The value of the first member of that name: a row's own, since what a person wrote comes after
 * it, its quotes escaped. */
static struct ward_str word_of(struct ward_str json, struct ward_str key)
{
	size_t at = ward_str_find(json, key);
	struct ward_str rest =
		ward_str_sub(json, at == SIZE_MAX ? json.len : at + key.len, SIZE_MAX);

	return ward_str_cut(&rest, '"');
}

static struct ward_str what_of(struct ward_str json)
{
	return word_of(json, WARD_STR("\"what\":\""));
}

bool ward_erasing_is_log(struct ward_str json)
{
	static const char *const kind[] = {"log", "log-done", "hand-over", "take-over", "review"};
	struct ward_str what = what_of(json);

	for (size_t i = 0; i < WARD_ARRAY_LEN(kind); i++)
		if (ward_str_eqz(what, kind[i]))
			return true;
	return false;
}

/* ---- what stays ---- */

static void read_hold(struct ward_erasing *e, const struct ward_store_row *r)
{
	const struct ward_conf *c;
	struct ward_diag diag;
	struct ward_hold h;

	ward_arena_reset(&e->arena);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&e->arena, &e->lim, WARD_STR("row"), 1, ward_str_bytes(r->json), &diag, &c);
	ward_diag_fini(&diag);
	if (err || ward_conf_word(c, "why").len) /* not taken */
		return;
	const struct ward_conf *args = ward_conf_get(c, "args");
	struct ward_str subject = ward_conf_word(c, "subject");
	struct ward_id id;

	if (ward_str_eqz(ward_conf_word(c, "what"), "release-hold")) {
		if (ward_id_parse(subject, &id))
			(void)ward_holds_release(&e->holds, id);
		return;
	}
	if (args && !ward_hold_read(args, subject, r->time, &h) &&
		h.until > ward_clock_now(e->clock)) {
		h.id = r->id;
		ward_holds_add(&e->holds, &h);
	}
}

static bool take_decision(void *ctx, const struct ward_store_row *r)
{
	struct ward_erasing *e = ctx;
	struct ward_str what = what_of(r->json);

	e->decided = r->row;
	e->n_read++;
	if (ward_str_eqz(what, "hold") || ward_str_eqz(what, "release-hold"))
		read_hold(e, r);
	return true;
}

static bool put_id(struct ward_erasing *e, struct ward_id id)
{
	if (ward_mem_more(ward_mem_heap(), (void *)&e->id, e->n_id, &e->cap_id, sizeof(*e->id),
		    WARD_ERASING_IDS) != WARD_OK)
		return false;
	e->id[e->n_id++] = id;
	return true;
}

/* Each id that stands in the JSON as a text of its own, until fn says that it is enough. */
static bool ids_of(struct ward_str json, bool (*fn)(struct ward_erasing *e, struct ward_id id),
	struct ward_erasing *e)
{
	enum { LEN = WARD_ID_TEXT - 1 };

	for (size_t i = 0; i + LEN + 1 < json.len; i++) {
		struct ward_id id;

		if (json.p[i] != '"' || json.p[i + LEN + 1] != '"' ||
			!ward_id_parse((struct ward_str){json.p + i + 1, LEN}, &id))
			continue;
		if (!fn(e, id))
			return false;
		i += LEN;
	}
	return true;
}

static bool take_incident(void *ctx, const struct ward_store_row *r)
{
	struct ward_erasing *e = ctx;
	struct ward_str state = word_of(r->json, WARD_STR("\"state\":\""));
	bool over = ward_str_eqz(state, "closed") || ward_str_eqz(state, "dismissed");

	e->after = r->row;
	e->n_read++;
	if (over && !ward_holds_row(&e->holds, r->json, r->time))
		return true;
	if (!put_id(e, r->id) || !ids_of(r->json, put_id, e))
		e->too_many = true;
	return true;
}

static int by_id(const void *a, const void *b)
{
	return ward_id_cmp(*(const struct ward_id *)a, *(const struct ward_id *)b);
}

static bool is_other(struct ward_erasing *e, struct ward_id id)
{
	return !e->n_id || !bsearch(&id, e->id, e->n_id, sizeof(id), by_id);
}

static bool is_live_hold(const struct ward_erasing *e, struct ward_id id)
{
	for (size_t i = 0; i < e->holds.n; i++)
		if (ward_id_eq(e->holds.h[i].id, id))
			return true;
	return false;
}

static bool may_go(struct ward_erasing *e, const struct ward_store_row *r)
{
	return !e->too_many && !ward_holds_row(&e->holds, r->json, r->time) &&
	       !is_live_hold(e, r->id) && is_other(e, r->id) && ids_of(r->json, is_other, e);
}

static bool goes(void *ctx, const struct ward_store_row *r)
{
	struct ward_erasing *e = ctx;

	if (e->rule[e->at].logs && !ward_erasing_is_log(r->json))
		return false;
	if (may_go(e, r))
		return true;
	e->n_kept++;
	return false;
}

static void prove_by(struct ward_erasing *e, enum ward_row_kind kind, const char *rule,
	struct ward_deletion_tally *t, struct ward_store_row *ret)
{
	struct ward_deletion d = {.what = WARD_STR("rows"),
		.of = ward_str_z(ward_row_kind_name(kind)),
		.rule = ward_str_z(rule),
		.time = ward_clock_now(e->clock)};
	struct ward_wr w = ward_wr_fixed(e->json, sizeof(e->json));

	ward_deletion_of_tally(t, &d);
	ward_deletion_write(&w, &d);
	WARD_ASSERT(!ward_wr_bad(&w)); /* a few short texts */
	ret->id = d.id;
	ret->time = d.time;
	ret->json = ward_wr_text(&w);
}

static void prove(void *ctx, struct ward_deletion_tally *t, struct ward_store_row *ret)
{
	struct ward_erasing *e = ctx;
	const struct ward_erasing_rule *r = &e->rule[e->at];

	prove_by(e, r->kind, r->rule, t, ret);
}

/* ---- since a person asked for it ---- */

static bool asked(void *ctx, const struct ward_store_row *r)
{
	struct ward_erasing *e = ctx;
	const struct ward_order_item item = {
		.of = WARD_ORDER_ROW, .kind = r->kind, .number = r->row};

	if (!ward_order_has(&e->order, &item))
		return false;
	if (may_go(e, r))
		return true;
	e->n_order_kept++;
	return false;
}

static void prove_asked(void *ctx, struct ward_deletion_tally *t, struct ward_store_row *ret)
{
	struct ward_erasing *e = ctx;
	char rule[WARD_ORDER_RULE];

	ward_order_rule(e->order.request, rule);
	prove_by(e, (enum ward_row_kind)e->order_kind, rule, t, ret);
}

static void order_done(struct ward_erasing *e)
{
	if (e->log)
		WARD_LOG(e->log, INFO, "store.order_done", WARD_KV_U("rows", e->n_order),
			WARD_KV_U("kept", e->n_order_kept));
	if (!ward_ordering_done(e->dir) && e->counters)
		ward_count_name(e->counters, "store.order_stays", 1);
	ward_order_fini(&e->order);
	e->ordered = false;
}

/* The next row of the order; false: there is none any more. */
static bool next_asked(struct ward_erasing *e, uint64_t *ret)
{
	for (; e->order_kind <= WARD_ROW_KIND_LAST; e->order_kind++, e->order_after = 0)
		if (ward_row_erasable((enum ward_row_kind)e->order_kind) &&
			ward_order_next(
				&e->order, WARD_ORDER_ROW, e->order_kind, e->order_after + 1, ret))
			return true;
	return false;
}

static enum ward_err erase_asked(struct ward_erasing *e)
{
	struct ward_store_erasure is = {.kind = (enum ward_row_kind)e->order_kind,
		.before = INT64_MAX,
		.fn = asked,
		.proof = prove_asked,
		.ctx = e};
	uint64_t n;

	if (!next_asked(e, &n)) {
		order_done(e);
		return WARD_OK;
	}
	is.kind = (enum ward_row_kind)e->order_kind;
	is.after = n - 1;
	enum ward_err err = ward_store_erase(e->store, &is);

	if (err)
		return err == WARD_ERR_STATE ? WARD_OK : err;
	e->n_order += is.n;
	e->order_after = is.after ? is.after : UINT64_MAX - 1;
	return WARD_OK;
}

/* Is there an order? Then what stays is looked at at once. */
static enum ward_err look_for_order(struct ward_erasing *e, ward_ns now)
{
	if (!e->dir || e->ordered || e->stage != WARD_ERASING_HOLDS || now < e->order_next)
		return WARD_OK;
	e->order_next = now + order_again;
	enum ward_err err = ward_ordering_read(e->dir, &e->order);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err && err != WARD_ERR_NOT_FOUND) {
		if (e->counters)
			ward_count_name(e->counters, "store.order_unreadable", 1);
		(void)ward_ordering_done(e->dir);
	}
	e->ordered = !err;
	e->order_kind = 0;
	e->order_after = e->n_order = e->n_order_kept = 0;
	if (e->ordered)
		e->next = now;
	return WARD_OK;
}

/* ---- stages ---- */

/* *ret: that stage is over. */
static enum ward_err read_holds(struct ward_erasing *e, bool *ret)
{
	e->n_read = 0;
	enum ward_err err = ward_store_rows_of(
		e->store, WARD_ROW_DECISION, e->decided, HOLDS_READ, take_decision, e);

	*ret = !err && e->n_read < HOLDS_READ;
	ward_holds_expire(&e->holds, ward_clock_now(e->clock));
	return err;
}

static enum ward_err read_incidents(struct ward_erasing *e, bool *ret)
{
	e->n_read = 0;
	enum ward_err err =
		ward_store_incidents(e->store, e->after, INCIDENTS_READ, take_incident, e);

	*ret = !err && e->n_read < INCIDENTS_READ;
	if (*ret) {
		e->after = 0;
		if (e->n_id)
			qsort(e->id, e->n_id, sizeof(*e->id), by_id);
		if (e->too_many && e->counters)
			ward_count_name(e->counters, "store.erase_too_many", 1);
	}
	return err;
}

/* All rules were gone through. */
static void conclude(struct ward_erasing *e, ward_ns now)
{
	if ((e->n || e->n_kept) && e->log)
		WARD_LOG(e->log, INFO, "store.erased", WARD_KV_U("rows", e->n),
			WARD_KV_U("kept", e->n_kept));
	e->next = now + each;
	e->n = e->n_kept = e->at = e->n_id = 0;
	e->too_many = false;
	e->stage = WARD_ERASING_HOLDS;
}

static enum ward_err erase_rows(struct ward_erasing *e, ward_ns now)
{
	struct ward_store_erasure is = {.kind = e->rule[e->at].kind,
		.fn = goes,
		.proof = prove,
		.ctx = e,
		.after = e->after};

	if (!ward_sub(ward_clock_now(e->clock), e->rule[e->at].keeps, &is.before))
		is.before = INT64_MIN;
	enum ward_err err = ward_store_erase(e->store, &is);

	if (err == WARD_ERR_STATE)
		return WARD_OK; /* the brain is at it: in a moment */
	e->after = is.after;
	e->n += is.n;
	if (is.n && e->counters)
		ward_count_name(e->counters, "store.erased", is.n);
	if (!err && !e->after && ++e->at == e->n_rule)
		conclude(e, now);
	return err;
}

/* What stays, before the rules go on where they are. */
static void read_anew(struct ward_erasing *e, bool knows_holds)
{
	e->stage = knows_holds ? WARD_ERASING_INCIDENTS : WARD_ERASING_HOLDS;
	e->after = 0;
	e->n_id = 0;
	e->too_many = false;
}

enum ward_err ward_erasing_turn(struct ward_erasing *e)
{
	ward_ns now = ward_clock_mono(e->clock);
	enum ward_err err = look_for_order(e, now);
	bool over = false;

	if (err || now < e->next)
		return err;
	e->next = now + soon;
	/* as far as there are some, the rest in the next turns */
	if (e->stage == WARD_ERASING_HOLDS) {
		err = read_holds(e, &over);
		if (!err && over)
			e->stage = WARD_ERASING_INCIDENTS;
	}
	if (!err && e->stage == WARD_ERASING_INCIDENTS) {
		err = read_incidents(e, &over);
		if (!err && over)
			e->stage = WARD_ERASING_ROWS;
	}
	if (!err && e->stage == WARD_ERASING_ROWS) {
		uint64_t round = e->holds.round;
		size_t n = e->holds.n;

		err = read_holds(e, &over);
		if (!err && (!over || e->holds.round != round || e->holds.n != n)) {
			read_anew(e, over); /* somebody holds more, or less */
			return WARD_OK;
		}
	}
	if (err || e->stage != WARD_ERASING_ROWS)
		return err;
	return e->ordered ? erase_asked(e) : erase_rows(e, now);
}

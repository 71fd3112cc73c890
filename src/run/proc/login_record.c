#include "run/proc/login_record.h"

#include <stdio.h>

static const ward_ns patience = WARD_NS_PER_S, pause = 10 * WARD_NS_PER_S,
		     minute = 60 * WARD_NS_PER_S;

void login_record_open(
	struct login_record *r, struct ward_process *p, struct ward_limits *lim, int journal)
{
	r->p = p;
	r->lim = lim;
	ward_arena_init(&r->arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&r->names, ward_mem_heap(), lim) != WARD_OK)
		ward_process_die(p, "out of memory", WARD_ERR_NOMEM);
	r->journal = (struct ward_ask){.fd = journal,
		.next_id = ward_process_ids(),
		.again = patience,
		.give_up = patience,
		.clock = p->clock};
}

/* One event into the batch. False: it has no room. */
static bool put(struct login_record *r, const struct login_told *t)
{
	const struct {
		const char *field, *text;
	} row[] = {{"account.what", ward_told_name(t->what)}, {"account.person", t->person},
		{"account.by", t->by}, {"account.from", t->from}, {"account.on", t->on}};
	struct ward_wr w = ward_wr_fixed(r->bytes, sizeof(r->bytes));
	struct ward_event e;
	enum ward_err err = WARD_OK;

	ward_arena_reset(&r->arena);
	ward_event_init(&e, &r->arena);
	e.class = ward_name(&r->names, WARD_STR("ward.account")); /* event/classes.h */
	e.source = ward_name(&r->names, WARD_STR("login"));
	e.id = t->id;
	e.time = e.seen = t->at;
	for (size_t i = 0; !err && i < WARD_ARRAY_LEN(row); i++)
		if (row[i].text && row[i].text[0])
			err = ward_event_set(&e, ward_name(&r->names, ward_str_z(row[i].field)),
				ward_value_str(ward_str_z(row[i].text)));
	if (!err && t->n)
		err = ward_event_set(&e, ward_name(&r->names, WARD_STR("account.attempts")),
			ward_value_int((int64_t)t->n));
	ward_event_encode(&e, &r->names, &w);
	return !err && !ward_wr_bad(&w) &&
	       ward_batch_add(&r->batch, WARD_LANE_CONTROL, WARD_RECORD_EVENT, ward_wr_slice(&w));
}

static void flush(struct login_record *r)
{
	ward_ns now = ward_clock_mono(r->p->clock);
	struct ward_msg m;
	size_t n = 0;

	if (!r->n || now < r->not_before)
		return;
	ward_batch_begin(&r->batch);
	while (n < r->n && put(r, &r->told[n]))
		n++;
	WARD_ASSERT(n); /* one has always room */
	enum ward_err err = ward_ask(
		&r->journal, WARD_MSG_APPEND, ward_batch_body(&r->batch), WARD_MSG_APPENDED, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(r->p, "journal", err);
	uint8_t verdict = err ? (uint8_t)err : ward_rd_u8(&m.body);

	if (verdict == WARD_OK) {
		memmove(r->told, r->told + n, (r->n - n) * sizeof(r->told[0]));
		r->n -= n;
		ward_count_name(&r->p->counters, "login.recorded", n);
		return;
	}
	r->not_before = ward_clock_mono(r->p->clock) + pause;
	ward_count_name(&r->p->counters, "login.journal_refused", 1);
	WARD_LOG(&r->p->log, WARN, "login.unrecorded", WARD_KV_U("waiting", r->n),
		WARD_KV_E(verdict < WARD_ERR_N ? (enum ward_err)verdict : WARD_ERR_MALFORMED));
}

static void copy(char *to, size_t n, struct ward_str s)
{
	(void)snprintf(to, n, "%.*s", WARD_STR_ARG(s));
}

static void add(struct login_record *r, const struct ward_account_told *t, uint64_t n)
{
	struct login_told *x;

	if (r->n == LOGIN_TOLD_MAX) { /* the journal is away for long: the log has it at least */
		ward_count_name(&r->p->counters, "login.lost_records", 1);
		WARD_LOG(&r->p->log, ERROR, "login.not_recorded",
			WARD_KV_Z("what", ward_told_name(t->what)), WARD_KV_S("person", t->person),
			WARD_KV_S("by", t->by), WARD_KV_Z("from", t->from));
		return;
	}
	x = &r->told[r->n++];
	*x = (struct login_told){.id = ward_id_v7(r->p->clock),
		.at = ward_clock_now(r->p->clock),
		.what = t->what,
		.from = t->from,
		.n = n};
	copy(x->person, sizeof(x->person), t->person);
	copy(x->by, sizeof(x->by), t->by);
	copy(x->on, sizeof(x->on), t->on);
}

void login_record_tell(struct login_record *r, const struct ward_account_told *t)
{
	static const char *const counter[WARD_TOLD_N] = {
#define X(NAME, name) [WARD_TOLD_##NAME] = "login.told." name,
		WARD_TOLD_LIST(X)
#undef X
	};

	ward_count_name(&r->p->counters, counter[t->what], 1);
	if (t->what == WARD_TOLD_FAILED && r->n_failed++ >= LOGIN_FAILED_MAX)
		return;
	add(r, t, 0);
	flush(r);
}

void login_record_tidy(struct login_record *r)
{
	ward_ns now = ward_clock_mono(r->p->clock);

	if (now - r->minute >= minute) {
		const struct ward_account_told t = {.what = WARD_TOLD_FAILED};

		if (r->n_failed > LOGIN_FAILED_MAX)
			add(r, &t, r->n_failed - LOGIN_FAILED_MAX);
		r->minute = now;
		r->n_failed = 0;
	}
	flush(r);
}

#include "respond/playbook/call.h"
#include "respond/playbook/state.h"

static const char *const what_names[WARD_RUN_WHAT_N] = {"waits", "begun", "confirmed", "refused",
	"done", "failed", "timed-out", "by-hand", "again", "moved", "dropped", "ended", "exception",
	"cancelled", "over"};

const char *ward_run_what_name(enum ward_run_what w)
{
	return what_names[w];
}

const char *ward_run_outcome_name(enum ward_run_outcome o)
{
	static const char *const names[] = {"open", "done", "failed", "cancelled"};

	return names[o];
}

static void record(struct ward_run *r, const struct ward_run_thread *t, enum ward_run_what what,
	ward_ns now, struct ward_run_out *out)
{
	struct ward_idgen g;

	r->number++;
	ward_idgen_init(&g, "playbook-transition");
	ward_idgen_id(&g, r->id);
	ward_idgen_u64(&g, r->number);
	*out = (struct ward_run_out){.record = {.id = ward_idgen_final(&g),
					     .number = r->number,
					     .what = what,
					     .at = now,
					     .playbook = r->book[t ? t->book : 0]->id,
					     .step = t ? ward_run_step_of(r, t)->id : WARD_STR(""),
					     .thread = t ? t->id : 0,
					     .attempt = t ? t->attempt : 0,
					     .outcome = r->outcome}};
}

static bool is_asking(const struct ward_run_thread *t)
{
	return t->phase == WARD_RUN_CONFIRM || t->phase == WARD_RUN_ASKED ||
	       t->phase == WARD_RUN_BY_HAND;
}

void ward_run_request_of(
	const struct ward_run *r, const struct ward_run_thread *t, struct ward_run_request *ret)
{
	static const enum ward_run_ask asks[] = {
		WARD_RUN_ASK_ROLE, WARD_RUN_ASK_HTTP, WARD_RUN_ASK_BASH, WARD_RUN_ASK_OPENC2};
	const struct ward_playbook *p = r->book[t->book];
	const struct ward_playbook_step *s = &p->step[t->step];
	const struct ward_playbook_party *a = s->agent == WARD_NONE ? NULL : &p->party[s->agent];
	bool confirm = t->phase == WARD_RUN_CONFIRM, hand = t->phase == WARD_RUN_BY_HAND;
	/* a system does nothing by hand */
	bool other = confirm || (hand && (!a || !ward_playbook_is_person(a)));
	struct ward_idgen g;

	ward_idgen_init(&g, "playbook-request");
	ward_idgen_id(&g, r->id);
	ward_idgen_str(&g, s->id);
	ward_idgen_u64(&g, t->attempt);
	ward_idgen_u64(&g, (uint64_t)t->command * 2 + confirm);
	if (hand)
		ward_idgen_str(&g, WARD_STR("by hand"));
	*ret = (struct ward_run_request){.id = ward_idgen_final(&g),
		.ask = confirm ? WARD_RUN_ASK_CONFIRM
		       : hand  ? WARD_RUN_ASK_ROLE
			       : asks[s->command[t->command].act],
		.agent = a,
		.role = other ? s->confirm
			: a   ? a->role
			      : WARD_STR(""),
		.name = other ? s->confirm
			: a   ? a->name
			      : WARD_STR(""),
		.by_hand = hand,
		.playbook = p,
		.step = s,
		.command = &s->command[t->command],
		.failed = t->failed == WARD_NONE ? NULL : &p->step[t->failed],
		.thread = t->id,
		.due = t->due};
}

static void ask(const struct ward_run *r, const struct ward_run_thread *t, struct ward_run_out *out)
{
	out->asks = is_asking(t);
	if (out->asks)
		ward_run_request_of(r, t, &out->request);
}

void ward_run_told(struct ward_run *r, const struct ward_run_thread *t, enum ward_run_what what,
	const char *why, ward_ns now, struct ward_run_out *ret)
{
	record(r, t, what, now, ret);
	ret->record.why = why;
	ask(r, t, ret);
}

static void withdraw(
	const struct ward_run *r, const struct ward_run_thread *t, struct ward_run_out *out)
{
	struct ward_run_request q;

	out->withdraws = is_asking(t);
	if (!out->withdraws)
		return;
	ward_run_request_of(r, t, &q);
	out->withdrawn = q.id;
}

/* The last of all below a thread, which has none below itself; NULL. */
static struct ward_run_thread *below(const struct ward_run *r, uint32_t id)
{
	for (size_t i = r->n_thread; i-- > 0;)
		for (const struct ward_run_thread *t = &r->thread[i]; t;
			t = ward_run_thread_of(r, t->parent))
			if (t->parent == id)
				return &r->thread[i];
	return NULL;
}

static void drop(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	record(r, t, WARD_RUN_DROPPED, now, out);
	withdraw(r, t, out);
	ward_run_remove(r, t->id);
}

/* The playbook that a thread is the first of is over. */
static enum ward_err end_book(struct ward_run *r, struct ward_run_thread *t, bool well, ward_ns now,
	struct ward_run_out *out)
{
	struct ward_run_thread *up = ward_run_thread_of(r, t->parent);
	const struct ward_playbook_step *s = up ? ward_run_step_of(r, up) : NULL;
	struct ward_run_var where;
	struct ward_str is;

	for (size_t i = 0; s && well && i < s->n_out; i++) {
		const struct ward_playbook_var *v = ward_run_declared(r, up, s->out[i], &where);
		enum ward_err err = v && !v->constant && ward_run_get(r, t, s->out[i], &is) &&
						    ward_playbook_fits(v, is)
					    ? ward_run_set(r, up, s->out[i], is)
					    : WARD_OK;

		if (err == WARD_ERR_NOMEM)
			return err;
		well = well && !err;
	}
	if (up)
		up->phase = well ? WARD_RUN_LEFT_WELL : WARD_RUN_LEFT_BADLY;
	else
		r->result = well ? WARD_RUN_WELL : WARD_RUN_BADLY;
	record(r, t, WARD_RUN_ENDED, now, out);
	ward_run_remove(r, t->id);
	return WARD_OK;
}

static enum ward_err end(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	if (t->root)
		return end_book(r, t, !t->excepted, now, out);
	record(r, t, WARD_RUN_ENDED, now, out);
	ward_run_remove(r, t->id);
	return WARD_OK;
}

static void move(struct ward_run *r, struct ward_run_thread *t, uint32_t to)
{
	bool failed = t->phase == WARD_RUN_LEFT_BADLY &&
		      ward_run_step_of(r, t)->kind == WARD_PLAYBOOK_ACTION;

	t->failed = failed ? t->step : WARD_NONE;
	ward_run_forget(r, t->id, false);
	t->command = 0;
	t->step = to;
	t->phase = WARD_RUN_READY;
}

/* A failure that the step says nothing of: its branch fails, then what that belongs to, then the
 * playbook's workflow_exception takes over. */
static enum ward_err raise(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	uint32_t exception = r->book[t->book]->exception;

	if (!t->root) {
		ward_run_thread_of(r, t->parent)->phase = WARD_RUN_LEFT_BADLY;
		record(r, t, WARD_RUN_FAILED, now, out);
		out->record.why = "the branch failed";
		ward_run_remove(r, t->id);
		return WARD_OK;
	}
	if (t->excepted || exception == WARD_NONE)
		return end_book(r, t, false, now, out);
	record(r, t, WARD_RUN_EXCEPTION, now, out);
	move(r, t, exception);
	t->excepted = true;
	return WARD_OK;
}

static enum ward_err leave(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	bool well = t->phase == WARD_RUN_LEFT_WELL;
	uint32_t to = ward_playbook_after(ward_run_step_of(r, t), well);

	if (to == WARD_NONE)
		return well ? end(r, t, now, out) : raise(r, t, now, out);
	record(r, t, WARD_RUN_MOVED, now, out);
	move(r, t, to);
	return WARD_OK;
}

static enum ward_err work(struct ward_run *r, uint32_t id, enum ward_run_what what, ward_ns now,
	struct ward_run_out *out)
{
	const char *why = NULL;
	enum ward_err err = ward_run_work(r, id, now, &why);

	if (err)
		return err;
	struct ward_run_thread *t = ward_run_thread_of(r, id);

	ward_run_told(r, t, why ? WARD_RUN_FAILED : what, why, now, out);
	return WARD_OK;
}

static enum ward_err begin(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	const struct ward_playbook_step *s = ward_run_step_of(r, t);

	if (s->kind == WARD_PLAYBOOK_END)
		return end(r, t, now, out);
	t->attempt = ++r->n_attempt;
	t->command = 0;
	t->rounds = 0;
	if (!s->delay_ms)
		return work(r, t->id, WARD_RUN_BEGUN, now, out);
	t->phase = WARD_RUN_DELAYED;
	t->due = ward_run_later(now, s->delay_ms * WARD_NS_PER_MS);
	record(r, t, WARD_RUN_WAITS, now, out);
	return WARD_OK;
}

/* Its branches are done. */
static enum ward_err inner(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	if (ward_run_step_of(r, t)->kind != WARD_PLAYBOOK_WHILE) {
		t->phase = WARD_RUN_LEFT_WELL;
		record(r, t, WARD_RUN_DONE, now, out);
		return WARD_OK;
	}
	if (++t->rounds < WARD_RUN_ROUNDS_MAX)
		return work(r, t->id, WARD_RUN_AGAIN, now, out);
	t->phase = WARD_RUN_LEFT_BADLY;
	record(r, t, WARD_RUN_FAILED, now, out);
	out->record.why = "repeated a thousand times";
	return WARD_OK;
}

static enum ward_err late(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	record(r, t, WARD_RUN_TIMED_OUT, now, out);
	withdraw(r, t, out);
	t->phase = WARD_RUN_LEFT_BADLY;
	return WARD_OK;
}

static enum ward_err turn(
	struct ward_run *r, struct ward_run_thread *t, ward_ns now, struct ward_run_out *out)
{
	struct ward_run_thread *child = below(r, t->id);
	bool left = t->phase == WARD_RUN_LEFT_WELL || t->phase == WARD_RUN_LEFT_BADLY;

	if (child && (left || t->phase == WARD_RUN_READY)) {
		drop(r, child, now, out);
		return WARD_OK;
	}
	if (left)
		return leave(r, t, now, out);
	if (t->phase == WARD_RUN_READY)
		return begin(r, t, now, out);
	if (t->phase == WARD_RUN_DELAYED && t->due <= now)
		return work(r, t->id, WARD_RUN_BEGUN, now, out);
	if (t->phase != WARD_RUN_DELAYED && t->due <= now)
		return late(r, t, now, out);
	if (t->phase == WARD_RUN_INSIDE && !child)
		return inner(r, t, now, out);
	return WARD_ERR_AGAIN;
}

static enum ward_err over(
	struct ward_run *r, enum ward_run_outcome how, ward_ns now, struct ward_run_out *out)
{
	r->outcome = how;
	record(r, NULL, WARD_RUN_OVER, now, out);
	return WARD_OK;
}

/* Takes back what a turn had begun when memory ran out. */
static void undo(struct ward_run *r, size_t i, const struct ward_run_thread *was, uint32_t first,
	uint32_t n_attempt)
{
	while (r->n_thread && r->thread[r->n_thread - 1].id >= first)
		ward_run_remove(r, r->thread[r->n_thread - 1].id);
	r->thread[i] = *was;
	r->next_thread = first;
	r->n_attempt = n_attempt;
}

enum ward_err ward_run_next(struct ward_run *r, ward_ns now, struct ward_run_out *ret)
{
	if (r->outcome != WARD_RUN_OPEN)
		return WARD_ERR_AGAIN;
	if (!r->n_thread)
		return over(r, r->stopping ? WARD_RUN_STOPPED : r->result, now, ret);
	if (r->stopping) {
		drop(r, &r->thread[r->n_thread - 1], now, ret);
		return WARD_OK;
	}
	for (size_t i = 0; i < r->n_thread; i++) {
		struct ward_run_thread was = r->thread[i];
		uint32_t first = r->next_thread, n_attempt = r->n_attempt;
		enum ward_err err = turn(r, &r->thread[i], now, ret);

		if (err == WARD_ERR_NOMEM)
			undo(r, i, &was, first, n_attempt);
		if (err != WARD_ERR_AGAIN)
			return err;
	}
	return WARD_ERR_AGAIN;
}

ward_ns ward_run_due(const struct ward_run *r)
{
	ward_ns due = WARD_NS_NEVER;

	if (r->outcome != WARD_RUN_OPEN)
		return due;
	if (!r->n_thread || r->stopping)
		return INT64_MIN;
	for (size_t i = 0; i < r->n_thread; i++) {
		const struct ward_run_thread *t = &r->thread[i];
		bool waits = t->phase == WARD_RUN_DELAYED || is_asking(t) ||
			     (t->phase == WARD_RUN_INSIDE && below(r, t->id));

		if (!waits)
			return INT64_MIN;
		due = t->due < due ? t->due : due;
	}
	return due;
}

enum ward_err ward_run_cancel(struct ward_run *r, ward_ns now, struct ward_run_out *ret)
{
	if (r->outcome != WARD_RUN_OPEN || r->stopping)
		return WARD_ERR_STATE;
	r->stopping = true;
	record(r, NULL, WARD_RUN_CANCELLED, now, ret);
	return WARD_OK;
}

bool ward_run_open(const struct ward_run *r, size_t i, struct ward_run_request *ret)
{
	for (size_t k = 0; k < r->n_thread && !r->stopping; k++)
		if (is_asking(&r->thread[k]) && i-- == 0) {
			ward_run_request_of(r, &r->thread[k], ret);
			return true;
		}
	return false;
}

/* A run begun, kept and loaded. */
#include "respond/playbook/state.h"

#include "base/rd.h"

static const char magic[4] = {'W', 'R', 'U', 'N'};

enum { VERSION = 1, LV_MAX = 1 << 16 };

static struct ward_run *new_run(const struct ward_playbooks *all, const struct ward_mem *mem)
{
	struct ward_run *r = ward_mem_alloc(mem, sizeof(*r));

	if (r) {
		r->mem = mem;
		r->all = all;
	}
	return r;
}

void ward_run_free(struct ward_run *r)
{
	if (!r)
		return;
	const struct ward_mem *mem = r->mem;

	for (size_t i = 0; i < r->n_var; i++)
		ward_mem_free(mem, r->var[i].text, r->var[i].len + (size_t)1);
	ward_mem_free(mem, r->var, r->cap_var * sizeof(*r->var));
	ward_mem_free(mem, r->thread, r->cap_thread * sizeof(*r->thread));
	ward_mem_free(mem, r, sizeof(*r));
}

struct ward_id ward_run_id(const struct ward_run *r)
{
	return r->id;
}

enum ward_run_outcome ward_run_is(const struct ward_run *r)
{
	return r->outcome;
}

static enum ward_err give(struct ward_run *r, const struct ward_run_value *given, size_t n)
{
	const struct ward_playbook *p = r->book[0];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < n && !err; i++) {
		struct ward_playbook_var *v =
			ward_playbook_find_var(p->var, p->n_var, given[i].name);

		if (!v || !v->external)
			continue;
		err = !ward_playbook_fits(v, given[i].value)
			      ? WARD_ERR_CONFIG
			      : ward_run_set(r, &r->thread[0], v->name, given[i].value);
	}
	return err;
}

enum ward_err ward_run_may_begin(const struct ward_playbook *p, ward_ns now)
{
	if (!p->sound)
		return WARD_ERR_STATE;
	return p->revoked || now < p->valid_from || now >= p->valid_until ? WARD_ERR_DENIED
									  : WARD_OK;
}

enum ward_err ward_run_begin(const struct ward_playbook *p, const struct ward_playbooks *all,
	struct ward_id id, ward_ns now, const struct ward_run_value *given, size_t n_given,
	const struct ward_mem *mem, struct ward_run **ret)
{
	enum ward_err may = ward_run_may_begin(p, now);

	if (may)
		return may;
	struct ward_run *r = new_run(all, mem);
	enum ward_err err = r ? ward_run_room(r, 1) : WARD_ERR_NOMEM;

	if (!err) {
		r->id = id;
		r->book[r->n_book++] = p;
		(void)ward_run_spawn(
			r, (struct ward_run_thread){
				   .parent = WARD_NONE, .step = p->start, .root = true});
		err = give(r, given, n_given);
	}
	if (err)
		ward_run_free(r);
	else
		*ret = r;
	return err;
}

void ward_run_save(const struct ward_run *r, struct ward_wr *w)
{
	ward_wr_bytes(w, magic, sizeof(magic));
	ward_wr_u8(w, VERSION);
	ward_wr_bytes(w, r->id.b, sizeof(r->id.b));
	ward_wr_varint(w, r->number);
	ward_wr_varint(w, r->n_attempt);
	ward_wr_varint(w, r->next_thread);
	ward_wr_u8(w, (uint8_t)r->outcome);
	ward_wr_u8(w, (uint8_t)r->result);
	ward_wr_u8(w, r->stopping);
	ward_wr_varint(w, r->n_book);
	for (size_t i = 0; i < r->n_book; i++)
		ward_wr_bytes(w, r->book[i]->hash, sizeof(r->book[i]->hash));
	ward_wr_varint(w, r->n_thread);
	for (size_t i = 0; i < r->n_thread; i++) {
		const struct ward_run_thread *t = &r->thread[i];

		ward_wr_varint(w, t->id);
		ward_wr_varint(w, t->parent == WARD_NONE ? 0 : (uint64_t)t->parent + 1);
		ward_wr_varint(w, t->book);
		ward_wr_varint(w, t->step);
		ward_wr_u8(w, t->phase);
		ward_wr_u8(w, (uint8_t)(t->root | t->excepted << 1));
		ward_wr_varint(w, t->attempt);
		ward_wr_varint(w, t->command);
		ward_wr_varint(w, t->rounds);
		ward_wr_varint(w, t->failed == WARD_NONE ? 0 : (uint64_t)t->failed + 1);
		ward_wr_le64(w, (uint64_t)t->due);
	}
	ward_wr_varint(w, r->n_var);
	for (size_t i = 0; i < r->n_var; i++) {
		ward_wr_varint(w, r->var[i].thread);
		ward_wr_u8(w, r->var[i].of_step);
		ward_wr_varint(w, r->var[i].var);
		ward_wr_lv(w, ward_slice_of(r->var[i].text, r->var[i].len));
	}
}

/* A number that is at most max; else the cursor is bad. */
static uint32_t number(struct ward_rd *rd, uint64_t max)
{
	uint64_t n = ward_rd_varint(rd);

	if (n > max)
		rd->bad = true;
	return ward_rd_bad(rd) ? 0 : (uint32_t)n;
}

static enum ward_err load_books(struct ward_run *r, struct ward_rd *rd)
{
	size_t n = number(rd, WARD_RUN_BOOKS_MAX);

	for (size_t i = 0; i < n; i++) {
		const uint8_t *hash = ward_rd_take(rd, 32);
		size_t k = 0;

		while (hash && k < r->all->n && memcmp(r->all->item[k]->hash, hash, 32) != 0)
			k++;
		if (!hash)
			return WARD_ERR_MALFORMED;
		if (k == r->all->n || !r->all->item[k]->whole)
			return WARD_ERR_NOT_FOUND;
		r->book[r->n_book++] = r->all->item[k];
	}
	return n && !ward_rd_bad(rd) ? WARD_OK : WARD_ERR_MALFORMED;
}

/* The phase is one that the step can be in. */
static bool phase_fits(const struct ward_playbook_step *s, const struct ward_run_thread *t)
{
	bool acts = s->kind == WARD_PLAYBOOK_ACTION;

	if (t->command && (!acts || t->command >= s->n_command))
		return false;
	switch ((enum ward_run_phase)t->phase) {
	case WARD_RUN_ASKED:
		return acts && s->command[t->command].act != WARD_PLAYBOOK_OTHER;
	case WARD_RUN_CONFIRM:
	case WARD_RUN_BY_HAND:
		return acts && s->command[t->command].act != WARD_PLAYBOOK_OTHER &&
		       s->command[t->command].act != WARD_PLAYBOOK_MANUAL;
	case WARD_RUN_INSIDE:
		return s->kind >= WARD_PLAYBOOK_NESTED;
	case WARD_RUN_DELAYED:
		return s->delay_ms > 0 && !t->command && s->kind != WARD_PLAYBOOK_END;
	case WARD_RUN_LEFT_WELL:
	case WARD_RUN_LEFT_BADLY:
		return s->kind != WARD_PLAYBOOK_END;
	case WARD_RUN_READY:
		return true;
	case WARD_RUN_PHASE_N:
		break;
	}
	return false;
}

/* Parents stand before their children, and a playbook's first thread below a step that does one. */
static bool place_fits(const struct ward_run *r, const struct ward_run_thread *t)
{
	const struct ward_run_thread *up = ward_run_thread_of(r, t->parent);
	const struct ward_run_thread *last = r->n_thread ? &r->thread[r->n_thread - 1] : NULL;
	size_t depth = 0;

	if (last ? t->id <= last->id || !up : t->parent != WARD_NONE || !t->root || t->book)
		return false;
	if (t->id >= r->next_thread || t->step >= r->book[t->book]->n_step)
		return false;
	if (up && !t->root && t->book != up->book)
		return false;
	if (up && up->phase == WARD_RUN_INSIDE &&
		t->root != (ward_run_step_of(r, up)->kind == WARD_PLAYBOOK_NESTED))
		return false;
	if (t->failed != WARD_NONE &&
		(t->failed >= r->book[t->book]->n_step ||
			r->book[t->book]->step[t->failed].kind != WARD_PLAYBOOK_ACTION))
		return false;
	if (t->excepted && (!t->root || r->book[t->book]->exception == WARD_NONE))
		return false;
	for (const struct ward_run_thread *x = up; x; x = ward_run_thread_of(r, x->parent))
		depth += x->root;
	return depth + t->root <= WARD_RUN_DEPTH_MAX;
}

static enum ward_err load_thread(struct ward_run *r, struct ward_rd *rd)
{
	struct ward_run_thread t = {.id = number(rd, WARD_NONE - 1)};
	uint32_t parent = number(rd, WARD_NONE - 1);

	t.parent = parent ? parent - 1 : WARD_NONE;
	t.book = number(rd, r->n_book - 1);
	t.step = number(rd, WARD_PLAYBOOK_STEPS_MAX);
	t.phase = ward_rd_u8(rd);
	uint8_t flags = ward_rd_u8(rd);

	t.root = flags & 1;
	t.excepted = flags & 2;
	t.attempt = number(rd, r->n_attempt);
	t.command = number(rd, WARD_NONE - 1);
	t.rounds = number(rd, WARD_RUN_ROUNDS_MAX);
	uint32_t failed = number(rd, WARD_PLAYBOOK_STEPS_MAX);

	t.failed = failed ? failed - 1 : WARD_NONE;
	t.due = (ward_ns)ward_rd_le64(rd);
	if (ward_rd_bad(rd) || flags > 3 || !place_fits(r, &t) ||
		!phase_fits(&r->book[t.book]->step[t.step], &t))
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_run_room(r, 1);

	if (!err)
		r->thread[r->n_thread++] = t;
	return err;
}

static enum ward_err load_var(struct ward_run *r, struct ward_rd *rd)
{
	struct ward_run_var v = {.thread = number(rd, WARD_NONE - 1)};
	uint8_t of_step = ward_rd_u8(rd);

	v.var = number(rd, WARD_NONE - 1);
	struct ward_slice text = ward_rd_lv(rd, WARD_PLAYBOOK_TEXT_MAX);
	const struct ward_run_thread *t = ward_run_thread_of(r, v.thread);

	if (ward_rd_bad(rd) || of_step > 1 || !t || (!of_step && !t->root))
		return WARD_ERR_MALFORMED;
	const struct ward_playbook *p = r->book[t->book];
	const struct ward_playbook_step *s = &p->step[t->step];

	if (v.var >= (of_step ? s->n_var : p->n_var))
		return WARD_ERR_MALFORMED;
	const struct ward_playbook_var *is = of_step ? &s->var[v.var] : &p->var[v.var];

	for (size_t i = 0; i < r->n_var; i++)
		if (r->var[i].thread == v.thread && r->var[i].of_step == of_step &&
			r->var[i].var == v.var)
			return WARD_ERR_MALFORMED;
	if (is->constant || !ward_playbook_fits(is, ward_slice_text(text)))
		return WARD_ERR_MALFORMED;
	return ward_run_set(r, t, is->name, ward_slice_text(text));
}

/* Of a run that is over nothing is left; a thread that waits for branches has some, or is about to
 * decide. */
static bool whole(const struct ward_run *r)
{
	if (r->outcome != WARD_RUN_OPEN)
		return r->n_thread == 0;
	return r->n_thread || r->result != WARD_RUN_OPEN || r->stopping;
}

static enum ward_err load(struct ward_run *r, struct ward_rd *rd)
{
	const uint8_t *m = ward_rd_take(rd, sizeof(magic));

	if (!m || memcmp(m, magic, sizeof(magic)) != 0)
		return WARD_ERR_MALFORMED;
	uint8_t version = ward_rd_u8(rd);
	const uint8_t *id = ward_rd_take(rd, sizeof(r->id.b));

	if (!id)
		return WARD_ERR_MALFORMED;
	if (version != VERSION)
		return WARD_ERR_VERSION;
	memcpy(r->id.b, id, sizeof(r->id.b));
	r->number = ward_rd_varint(rd);
	r->n_attempt = number(rd, WARD_NONE - 1);
	r->next_thread = number(rd, WARD_NONE - WARD_RUN_THREADS_MAX - 1);
	r->outcome = (enum ward_run_outcome)number(rd, WARD_RUN_STOPPED);
	r->result = (enum ward_run_outcome)number(rd, WARD_RUN_BADLY);
	r->stopping = number(rd, 1);
	enum ward_err err = ward_rd_bad(rd) ? WARD_ERR_MALFORMED : load_books(r, rd);
	size_t n = err ? 0 : number(rd, WARD_RUN_THREADS_MAX);

	for (size_t i = 0; i < n && !err; i++)
		err = load_thread(r, rd);
	n = err ? 0 : number(rd, WARD_RUN_VALUES_MAX);
	for (size_t i = 0; i < n && !err; i++)
		err = load_var(r, rd);
	if (!err && (ward_rd_bad(rd) || ward_rd_left(rd) || !whole(r)))
		err = WARD_ERR_MALFORMED;
	return err;
}

enum ward_err ward_run_load(struct ward_slice bytes, const struct ward_playbooks *all,
	const struct ward_mem *mem, struct ward_run **ret)
{
	struct ward_run *r = new_run(all, mem);
	struct ward_rd rd = ward_rd_slice(bytes);
	enum ward_err err = r ? load(r, &rd) : WARD_ERR_NOMEM;

	if (err == WARD_ERR_LIMIT)
		err = WARD_ERR_MALFORMED;
	if (err)
		ward_run_free(r);
	else
		*ret = r;
	return err;
}

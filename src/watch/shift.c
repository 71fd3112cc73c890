#include "watch/shift.h"

struct ward_shift {
	struct ward_shift_opts o;
	struct ward_shift_post *post; /* one for each of o.posts */
};

static const struct {
	const char *name;
	bool open;
} whats[WARD_SHIFT_N] = {
#define X(NAME, name, open) [WARD_SHIFT_##NAME] = {name, open},
	WARD_SHIFT_LIST(X)
#undef X
};

const char *ward_shift_name(enum ward_shift_what k)
{
	WARD_ASSERT((unsigned)k < WARD_SHIFT_N);
	return whats[k].name;
}

/* What people enter; WARD_SHIFT_N: there is none of this name. */
static enum ward_shift_what parse_what(struct ward_str s)
{
	unsigned k = 0;

	while (k < WARD_SHIFT_HAND_OVER && !ward_str_eqz(s, whats[k].name))
		k++;
	return k < WARD_SHIFT_HAND_OVER ? (enum ward_shift_what)k : WARD_SHIFT_N;
}

static void count(const struct ward_shift *w, const char *name)
{
	if (w->o.counters)
		ward_count_name(w->o.counters, name, 1);
}

enum ward_err ward_shift_new(const struct ward_shift_opts *o, struct ward_shift **ret)
{
	struct ward_shift *w = ward_mem_alloc(o->mem, sizeof(*w));

	if (!w)
		return WARD_ERR_NOMEM;
	*w = (struct ward_shift){.o = *o};
	w->post = ward_mem_alloc(o->mem, (o->posts->n + 1) * sizeof(*w->post));
	if (!w->post) {
		ward_mem_free(o->mem, w, sizeof(*w));
		return WARD_ERR_NOMEM;
	}
	for (size_t i = 0; i < o->posts->n; i++)
		w->post[i] = (struct ward_shift_post){.is = &o->posts->at[i]};
	*ret = w;
	return WARD_OK;
}

static void free_text(const struct ward_shift *w, struct ward_str s)
{
	if (s.p)
		ward_mem_free(w->o.mem, (char *)(uintptr_t)s.p, s.len);
}

static void free_entry(const struct ward_shift *w, struct ward_shift_entry *e)
{
	free_text(w, e->own);
	free_text(w, e->own_done);
	ward_mem_free(w->o.mem, e, sizeof(*e));
}

void ward_shift_free(struct ward_shift *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->o.posts->n; i++) {
		struct ward_shift_post *p = &w->post[i];

		for (size_t k = 0; k < p->n; k++)
			free_entry(w, p->entry[k]);
		ward_mem_free(w->o.mem, p->entry, p->cap * sizeof(struct ward_shift_entry *));
	}
	ward_mem_free(w->o.mem, w->post, (w->o.posts->n + 1) * sizeof(*w->post));
	ward_mem_free(w->o.mem, w, sizeof(*w));
}

size_t ward_shift_n(const struct ward_shift *w)
{
	return w->o.posts->n;
}

const struct ward_shift_post *ward_shift_at(const struct ward_shift *w, size_t i)
{
	return i < w->o.posts->n ? &w->post[i] : NULL;
}

static struct ward_shift_post *post_of(const struct ward_shift *w, struct ward_str id)
{
	const struct ward_watchpost *p = ward_watchpost_find(w->o.posts, id);

	return p ? &w->post[p - w->o.posts->at] : NULL;
}

const struct ward_shift_post *ward_shift_post(const struct ward_shift *w, struct ward_str id)
{
	return post_of(w, id);
}

static struct ward_shift_entry *find(
	const struct ward_shift *w, struct ward_id id, struct ward_shift_post **ret)
{
	for (size_t i = 0; i < w->o.posts->n; i++)
		for (size_t k = w->post[i].n; k-- > 0;)
			if (ward_id_eq(w->post[i].entry[k]->id, id)) {
				*ret = &w->post[i];
				return w->post[i].entry[k];
			}
	return NULL;
}

const struct ward_shift_entry *ward_shift_find(
	const struct ward_shift *w, struct ward_id id, const struct ward_shift_post **ret)
{
	struct ward_shift_post *p = NULL;
	const struct ward_shift_entry *e = find(w, id, &p);

	if (e)
		*ret = p;
	return e;
}

/* ---- what can be decided ---- */

/* The subject's post, and the entry where it is one. */
static struct ward_shift_post *subject(
	const struct ward_shift *w, struct ward_str s, struct ward_shift_entry **ret)
{
	struct ward_shift_post *p = NULL;
	struct ward_id id;

	*ret = ward_id_parse(s, &id) ? find(w, id, &p) : NULL;
	return *ret ? p : post_of(w, s);
}

static const char *refuses_hand_over(const struct ward_shift_post *p, const struct ward_decision *d)
{
	return p->waiting  ? "it was handed over already, and waits for who accepts"
	       : !p->began ? "nobody mans this post: take it over first"
	       : !ward_str_eq(p->began->person, d->person)
		       ? "somebody else mans this post: take it over from them first"
		       : NULL;
}

static const char *refuses_take_over(const struct ward_shift_post *p,
	const struct ward_shift_entry *e, const struct ward_decision *d)
{
	if (e)
		return e != p->waiting ? "this hand-over was accepted already, or is over" : NULL;
	return p->waiting ? "a hand-over waits for you: accept that, with its sheet"
	       : p->began && ward_str_eq(p->began->person, d->person) ? "you man this post already"
								      : NULL;
}

const char *ward_shift_refuses(
	const struct ward_shift *w, const struct ward_decision *d, struct ward_str kind)
{
	struct ward_shift_entry *e = NULL;
	const struct ward_shift_post *p = subject(w, d->subject, &e);

	if (!p)
		return d->kind == WARD_DECISION_LOG || d->kind == WARD_DECISION_HAND_OVER
			       ? "there is no such post: posts.yml lists them"
			       : "there is no such entry of a log any more";
	if (!ward_watchpost_has_role(p->is, w->o.model, d->role))
		return WARD_TEXT("your role does not man this post: posts.yml says which do");
	switch ((int)d->kind) {
	case WARD_DECISION_LOG:
		return e ? "say at which post it is"
		       : parse_what(kind) == WARD_SHIFT_N
			       ? "its kind is key, visitor, round, fault, promise or other"
		       : !d->text.len ? "say in a few words what it is"
				      : NULL;
	case WARD_DECISION_LOG_DONE:
		return !e || e->what >= WARD_SHIFT_HAND_OVER ? "say which entry of the log is done"
		       : !e->open                            ? "it is done already"
							     : NULL;
	case WARD_DECISION_HAND_OVER:
		return e ? "say which post is handed over" : refuses_hand_over(p, d);
	case WARD_DECISION_TAKE_OVER:
		return refuses_take_over(p, e, d);
	default:
		return WARD_TEXT("this is nothing of the watch");
	}
}

bool ward_shift_absent(const struct ward_shift *w, struct ward_str role)
{
	bool ever = false;

	for (size_t i = 0; i < w->o.posts->n; i++) {
		const struct ward_shift_post *p = &w->post[i];

		if (!p->ever || !ward_watchpost_has_role(p->is, w->o.model, role))
			continue;
		if (p->began)
			return false;
		ever = true;
	}
	return ever;
}

/* ---- rows ---- */

/* Copies n texts, one behind the other, into one block. False: there is no memory. */
static bool own(const struct ward_shift *w, struct ward_str **part, size_t n, struct ward_str *ret)
{
	size_t len = 1;

	for (size_t i = 0; i < n; i++)
		len += part[i]->len;
	char *p = ward_mem_alloc(w->o.mem, len);

	if (!p)
		return false;
	*ret = (struct ward_str){p, len};
	for (size_t i = 0; i < n; i++) {
		if (part[i]->len)
			memcpy(p, part[i]->p, part[i]->len);
		part[i]->p = p;
		p += part[i]->len;
	}
	return true;
}

static void forget_at(struct ward_shift *w, struct ward_shift_post *p, size_t i)
{
	free_entry(w, p->entry[i]);
	memmove(&p->entry[i], &p->entry[i + 1], (--p->n - i) * sizeof(struct ward_shift_entry *));
	p->forgotten++;
	count(w, "watch.forgotten");
}

/* The oldest that is not open, and that nobody stands on, else the oldest. */
static void forget(struct ward_shift *w, struct ward_shift_post *p)
{
	size_t i = 0;

	while (i < p->n &&
		(p->entry[i]->open || p->entry[i] == p->began || p->entry[i] == p->waiting))
		i++;
	for (size_t k = 0; i == p->n; k++)
		if (p->entry[k] != p->began && p->entry[k] != p->waiting)
			i = k;
	forget_at(w, p, i);
}

bool ward_shift_expire(struct ward_shift *w, ward_ns before)
{
	bool any = false;

	for (size_t k = 0; k < w->o.posts->n; k++) {
		struct ward_shift_post *p = &w->post[k];

		for (size_t i = p->n; i-- > 0;) {
			const struct ward_shift_entry *e = p->entry[i];

			if (e->at >= before || e == p->began || e == p->waiting)
				continue;
			forget_at(w, p, i);
			any = true;
		}
	}
	return any;
}

/* The sheet's lines into e, in memory that the caller releases. */
static void take_sheet(
	const struct ward_conf *args, struct ward_shift_entry *e, struct ward_wr *text)
{
	struct ward_str said = ward_conf_word(args, "sheet");
	char hash[WARD_SHEET_HASH];

	ward_sheet_of_args(args, text);
	e->sheet = ward_wr_text(text);
	ward_sheet_hash(e->sheet, hash);
	e->intact = !ward_wr_bad(text) && ward_str_eqz(said, hash);
	memcpy(e->hash, hash, sizeof(e->hash));
}

static enum ward_err add(struct ward_shift *w, struct ward_shift_post *p,
	const struct ward_shift_entry *is, struct ward_shift_entry **ret)
{
	struct ward_shift_entry *e = ward_mem_alloc(w->o.mem, sizeof(*e));
	enum ward_err err = WARD_ERR_NOMEM;

	if (!e)
		return err;
	*e = *is;
	struct ward_str *part[] = {&e->person, &e->name, &e->role, &e->text, &e->sheet};

	if (p->n == WARD_SHIFT_ENTRIES)
		forget(w, p);
	if (own(w, part, WARD_ARRAY_LEN(part), &e->own))
		err = ward_mem_more(w->o.mem, &p->entry, p->n, &p->cap,
			sizeof(struct ward_shift_entry *), WARD_SHIFT_ENTRIES);
	if (err) {
		free_entry(w, e);
		return err;
	}
	p->entry[p->n++] = e;
	*ret = e;
	return WARD_OK;
}

static enum ward_err close_entry(struct ward_shift *w, struct ward_shift_entry *e,
	const struct ward_decision *d, struct ward_str name)
{
	struct ward_str by = d->person, called = name, *part[] = {&by, &called}, text;

	if (!own(w, part, WARD_ARRAY_LEN(part), &text))
		return WARD_ERR_NOMEM;
	e->open = false;
	e->done = d->at;
	e->done_by = by;
	e->done_name = called;
	e->own_done = text;
	return WARD_OK;
}

static enum ward_err enter(struct ward_shift *w, const struct ward_decision *d,
	const struct ward_conf *args, bool *ret_moved)
{
	struct ward_shift_entry *of = NULL, *e = NULL;
	struct ward_shift_post *p = subject(w, d->subject, &of);
	struct ward_str name = ward_conf_word(args, "name"), due = ward_conf_word(args, "due");
	struct ward_wr text = ward_wr_grow(w->o.mem, WARD_SHEET_BYTES * 2);
	struct ward_shift_entry is = {.id = d->id,
		.what = d->kind == WARD_DECISION_LOG ? parse_what(ward_conf_word(args, "kind"))
			: d->kind == WARD_DECISION_HAND_OVER ? WARD_SHIFT_HAND_OVER
							     : WARD_SHIFT_TAKE_OVER,
		.at = d->at,
		.due = WARD_NS_NEVER,
		.done = WARD_NS_NEVER,
		.person = d->person,
		.name = name,
		.role = d->role,
		.text = d->text,
		.sheet = WARD_STR("")};
	enum ward_err err = WARD_OK;

	is.open = whats[is.what].open;
	if (due.len && ward_time_parse(due, &is.due) != WARD_OK)
		is.due = WARD_NS_NEVER;
	if (is.what == WARD_SHIFT_HAND_OVER)
		take_sheet(args, &is, &text);
	if (of)
		err = close_entry(w, of, d, name);
	if (of && !err && of == p->waiting) /* also where there is no memory for what follows */
		p->waiting = NULL;
	if (!err && d->kind != WARD_DECISION_LOG_DONE)
		err = add(w, p, &is, &e);
	ward_wr_fini(&text);
	if (err || !e || e->what < WARD_SHIFT_HAND_OVER)
		return err;
	p->waiting = e->what == WARD_SHIFT_HAND_OVER ? e : NULL;
	p->began = e->what == WARD_SHIFT_TAKE_OVER ? e : NULL;
	p->ever = true;
	*ret_moved = true;
	return WARD_OK;
}

enum ward_err ward_shift_take(struct ward_shift *w, const struct ward_conf *row, bool *ret_moved)
{
	const struct ward_conf *args = ward_conf_get(row, "args");
	struct ward_decision d = {.kind = ward_decision_parse(ward_conf_word(row, "what")),
		.person = ward_conf_word(row, "person"),
		.role = ward_conf_word(row, "role"),
		.subject = ward_conf_word(row, "subject"),
		.text = ward_conf_word(row, "text")};
	struct ward_shift_post *p = NULL;
	bool moved = false;

	if (ret_moved)
		*ret_moved = false;
	if (d.kind != WARD_DECISION_LOG && d.kind != WARD_DECISION_LOG_DONE &&
		d.kind != WARD_DECISION_HAND_OVER && d.kind != WARD_DECISION_TAKE_OVER)
		return WARD_OK;
	if (args && args->kind != WARD_CONF_MAP)
		args = NULL;
	if (!ward_id_parse(ward_conf_word(row, "id"), &d.id) ||
		ward_time_parse(ward_conf_word(row, "time"), &d.at) != WARD_OK ||
		find(w, d.id, &p) || ward_shift_refuses(w, &d, ward_conf_word(args, "kind"))) {
		count(w, "watch.void");
		return WARD_OK;
	}
	enum ward_err err = enter(w, &d, args, &moved);

	if (ret_moved)
		*ret_moved = moved;
	return err;
}

#include "respond/playbook/sheet.h"

enum { TEXT_MAX = 1 << 16 };

/* A step to be told: what follows at the same depth is told after the branches. */
struct todo {
	uint32_t step; /* WARD_NONE: only the heading */
	unsigned depth;
	const char *heading;   /* before it; or NULL */
	struct ward_str value; /* of {value} in the heading */
};

struct sheet {
	const struct ward_playbook *p;
	const struct ward_playbook_sheet *out;
	const struct ward_mem *mem;
	uint32_t *number; /* [n_step]; 0: not yet told */
	struct todo *todo, *later;
	size_t n, cap, n_later, cap_later;
	uint32_t n_number;
	bool dry; /* only numbers are given */
	enum ward_err err;
	struct ward_wr w;
};

static void push(struct sheet *s, struct todo t)
{
	if (!s->err)
		s->err = ward_mem_more(s->mem, &s->todo, s->n, &s->cap, sizeof(t), SIZE_MAX / 2);
	if (!s->err)
		s->todo[s->n++] = t;
}

/* What comes when a step fails is told behind all the rest. */
static void defer(struct sheet *s, uint32_t step)
{
	if (!s->err)
		s->err = ward_mem_more(s->mem, &s->later, s->n_later, &s->cap_later,
			sizeof(struct todo), SIZE_MAX / 2);
	if (!s->err)
		s->later[s->n_later++] = (struct todo){.step = step};
}

static void line(struct sheet *s, unsigned depth, uint32_t number)
{
	const struct ward_playbook_line l = {depth, number, ward_wr_text(&s->w)};

	if (!s->dry && !ward_wr_bad(&s->w))
		s->out->line(s->out->ctx, &l);
	if (ward_wr_bad(&s->w) && !s->err)
		s->err = WARD_ERR_NOMEM;
	ward_wr_reset(&s->w);
}

static struct ward_str decimal(char text[24], uint64_t n)
{
	struct ward_wr w = ward_wr_fixed(text, 24);

	ward_wr_u64(&w, n);
	return ward_wr_text(&w);
}

static void span(struct ward_wr *w, struct ward_lang *l, int64_t ms)
{
	uint64_t s = (uint64_t)(ms + 999) / 1000;
	char text[24];

	if (s % 3600 == 0)
		WARD_SAY(w, l, WARD_TEXT("{n} h"), {"n", decimal(text, s / 3600)});
	else if (s % 60 == 0 || s > 3600)
		WARD_SAY(w, l, WARD_TEXT("{n} min"), {"n", decimal(text, (s + 59) / 60)});
	else
		WARD_SAY(w, l, WARD_TEXT("{n} s"), {"n", decimal(text, s)});
}

void ward_playbook_fill(struct ward_wr *w, struct ward_lang *l, struct ward_str english,
	ward_playbook_value_fn value, void *ctx)
{
	struct ward_str rest = ward_lang_text(l, english), before, name, is;

	while (ward_playbook_next(&rest, &before, &name)) {
		ward_wr_str(w, before);
		if (name.len && value(ctx, name, &is))
			ward_wr_str(w, is);
		else if (name.len)
			ward_say(w, l, WARD_TEXT("(not known)"));
	}
}

struct naming {
	const struct sheet *s;
	struct ward_wr *w;
};

/* On a sheet, a variable stands as what it will be: "[place]". */
static bool as_name(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct naming *n = ctx;
	const struct ward_playbook *p = n->s->p;
	const struct ward_playbook_var *v = ward_playbook_find_var(p->var, p->n_var, name);

	ward_wr_ch(n->w, '[');
	if (v && v->external && v->description.len)
		ward_wr_str(n->w, ward_lang_text(n->s->out->lang, v->description));
	for (size_t i = 2; i + 2 < name.len && !(v && v->external && v->description.len); i++)
		ward_wr_ch(n->w, name.p[i] == '_' ? ' ' : name.p[i]);
	ward_wr_ch(n->w, ']');
	*ret = WARD_STR("");
	return true;
}

static void fill(
	const struct sheet *s, struct ward_wr *w, struct ward_lang *l, struct ward_str text)
{
	struct naming n = {s, w};

	ward_playbook_fill(w, l, text, as_name, &n);
}

static void put_name(struct sheet *s, struct ward_str name)
{
	struct naming n = {s, &s->w};
	struct ward_str unused;

	(void)as_name(&n, name, &unused);
}

static void put(struct sheet *s, struct ward_str english)
{
	fill(s, &s->w, s->out->lang, english);
}

static struct ward_str role_name(const struct sheet *s, struct ward_str id, struct ward_str other)
{
	uint32_t i = s->out->m && id.len ? ward_model_find(s->out->m, id) : WARD_NONE;

	if (i != WARD_NONE)
		return ward_model_node(s->out->m, i)->name;
	return other.len ? ward_lang_text(s->out->lang, other) : id;
}

static void timing(struct sheet *s, const struct ward_playbook_step *x, unsigned depth)
{
	struct ward_wr t = ward_wr_grow(s->mem, 256);

	if (x->delay_ms) {
		span(&t, s->out->lang, x->delay_ms);
		WARD_SAY(&s->w, s->out->lang, WARD_TEXT("Begin after {time}."),
			{"time", ward_wr_text(&t)});
		line(s, depth, 0);
	}
	ward_wr_reset(&t);
	if (x->timeout_ms) {
		span(&t, s->out->lang, x->timeout_ms);
		WARD_SAY(&s->w, s->out->lang, WARD_TEXT("Time limit: {time}."),
			{"time", ward_wr_text(&t)});
		line(s, depth, 0);
	}
	ward_wr_fini(&t);
}

static void asked(struct sheet *s, const struct ward_playbook_step *x, unsigned depth)
{
	for (size_t i = 0; i < x->n_out; i++) {
		struct ward_playbook_var *v = ward_playbook_find_var(x->var, x->n_var, x->out[i]);

		if (!v)
			v = ward_playbook_find_var(s->p->var, s->p->n_var, x->out[i]);
		if (!v)
			continue;
		ward_say(&s->w, s->out->lang, WARD_TEXT("To answer:"));
		ward_wr_ch(&s->w, ' ');
		if (v->description.len)
			put(s, v->description);
		else
			put_name(s, v->name);
		if (v->known && ward_str_eqz(v->type, "bool")) {
			bool yes = ward_str_eqz(v->value, "true");

			ward_wr_ch(&s->w, ' ');
			ward_say(&s->w, s->out->lang,
				yes ? WARD_TEXT("(without an answer: yes)")
				    : WARD_TEXT("(without an answer: no)"));
		}
		line(s, depth, 0);
	}
}

/* What a system of actuators.yml is to do, and to what. */
static void proposes(struct sheet *s, const struct ward_playbook_step *x)
{
	static const struct {
		const char *does, *text;
	} all[] = {{"isolate", WARD_TEXT("Ward proposes to take it off its networks, which people "
					 "approve: {thing}")},
		{"lock", WARD_TEXT("Ward proposes to lock it, which people approve: {thing}")},
		{"release", WARD_TEXT("Ward proposes to open it, which people approve: {thing}")},
		{"tell", WARD_TEXT("Ward proposes to tell another system of it, which people "
				   "approve: {thing}")}};
	struct ward_wr thing = ward_wr_grow(s->mem, TEXT_MAX),
		       slot = ward_wr_grow(s->mem, TEXT_MAX);
	struct ward_str name = x->n_target && x->target[0] != WARD_NONE
				       ? s->p->party[x->target[0]].thing
				       : WARD_STR("");
	uint32_t node = s->out->m ? ward_model_find(s->out->m, name) : WARD_NONE;

	if (ward_playbook_find_var(s->p->var, s->p->n_var, name)) {
		ward_wr_str(&slot, name);
		ward_wr_z(&slot, ":value");
		fill(s, &thing, NULL, ward_wr_text(&slot));
	} else {
		ward_wr_str(
			&thing, node == WARD_NONE ? name : ward_model_node(s->out->m, node)->name);
	}
	s->w.bad = s->w.bad || ward_wr_bad(&thing) || ward_wr_bad(&slot);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(x->does, all[i].does))
			WARD_SAY(&s->w, s->out->lang, all[i].text, {"thing", ward_wr_text(&thing)});
	ward_wr_fini(&thing);
	ward_wr_fini(&slot);
}

static void acts(
	struct sheet *s, const struct ward_playbook_step *x, const struct ward_playbook_command *c)
{
	struct ward_wr command = ward_wr_grow(s->mem, TEXT_MAX);

	fill(s, &command, NULL, c->text);
	s->w.bad = s->w.bad || ward_wr_bad(&command);
	if (x->does.len) {
		ward_wr_fini(&command);
		proposes(s, x);
		return;
	}
	WARD_SAY(&s->w, s->out->lang,
		x->confirm.len ? WARD_TEXT("{role} must agree; then Ward proposes this ({type}), "
					   "which people approve: {command}")
			       : WARD_TEXT("Ward proposes this ({type}), which people approve: "
					   "{command}"),
		{"role", role_name(s, x->confirm, WARD_STR(""))}, {"type", c->type},
		{"command", ward_wr_text(&command)});
	ward_wr_fini(&command);
}

/* Who is told when nobody did it, after which all goes on as if somebody had: said at once. */
static bool deputy(struct sheet *s, const struct ward_playbook_step *x, unsigned depth)
{
	const struct ward_playbook_step *d = &s->p->step[x->failure];
	uint32_t next = ward_playbook_after(x, true);

	if (d->kind != WARD_PLAYBOOK_ACTION || d->n_command != 1 || d->delay_ms ||
		d->command->act != WARD_PLAYBOOK_MANUAL || d->agent == WARD_NONE ||
		ward_playbook_after(d, true) != next ||
		(d->failure != WARD_NONE && d->failure != next))
		return false;
	const struct ward_playbook_party *a = &s->p->party[d->agent];
	struct ward_wr what = ward_wr_grow(s->mem, TEXT_MAX);

	fill(s, &what, s->out->lang, d->command->text);
	s->w.bad = s->w.bad || ward_wr_bad(&what);
	WARD_SAY(&s->w, s->out->lang,
		WARD_TEXT("If nobody does it in time, {role} is told: {text}"),
		{"role", role_name(s, a->role, a->name)}, {"text", ward_wr_text(&what)});
	line(s, depth, 0);
	ward_wr_fini(&what);
	s->number[x->failure] = s->number[x - s->p->step];
	return true;
}

static void action(struct sheet *s, const struct ward_playbook_step *x, struct todo t, uint32_t n)
{
	const struct ward_playbook_party *agent =
		x->agent == WARD_NONE ? NULL : &s->p->party[x->agent];

	for (size_t i = 0; i < x->n_command; i++) {
		const struct ward_playbook_command *c = &x->command[i];

		if (c->act == WARD_PLAYBOOK_MANUAL && agent) {
			ward_wr_str(&s->w, role_name(s, agent->role, agent->name));
			ward_wr_z(&s->w, ": ");
			put(s, c->text);
		} else {
			acts(s, x, c);
		}
		line(s, t.depth, i ? 0 : n);
	}
	timing(s, x, t.depth);
	asked(s, x, t.depth);
	if (x->failure == WARD_NONE || deputy(s, x, t.depth))
		return;
	uint32_t to = s->number[x->failure];
	char text[24];

	if (x->failure == ward_playbook_after(x, true))
		ward_say(&s->w, s->out->lang,
			WARD_TEXT("If nobody does it in time, go on all the same."));
	else if (s->p->step[x->failure].kind == WARD_PLAYBOOK_END)
		ward_say(&s->w, s->out->lang, WARD_TEXT("If nobody does it in time: end."));
	else
		WARD_SAY(&s->w, s->out->lang,
			WARD_TEXT("If nobody does it in time: step {number}."),
			{"number", decimal(text, to)});
	line(s, t.depth, 0);
	defer(s, x->failure);
}

static void branches(struct sheet *s, const struct ward_playbook_step *x, unsigned depth)
{
	const char *no = x->on_false == WARD_NONE ? NULL : WARD_TEXT("If not:");
	const char *yes = x->kind == WARD_PLAYBOOK_WHILE ? WARD_TEXT("As long as it is so:")
							 : WARD_TEXT("If so:");
	const struct ward_str none = WARD_STR("");

	for (size_t i = x->n_branch; i-- > 0;)
		push(s, (struct todo){x->branch[i], depth,
				i ? WARD_TEXT("And at the same time:") : NULL, none});
	for (size_t i = x->n_case; i-- > 0;) {
		bool other = ward_str_eqz(x->kase[i].key, "default");

		push(s, (struct todo){x->kase[i].step, depth,
				other ? WARD_TEXT("Otherwise:") : WARD_TEXT("{value}:"),
				ward_lang_text(s->out->lang, x->kase[i].key)});
	}
	if (no)
		push(s, (struct todo){x->on_false, depth, no, none});
	if (x->on_true != WARD_NONE)
		push(s, (struct todo){x->on_true, depth, yes, none});
}

static void head(struct sheet *s, const struct ward_playbook_step *x, struct todo t, uint32_t n)
{
	const struct ward_playbook *q =
		x->kind == WARD_PLAYBOOK_NESTED && s->out->others
			? ward_playbooks_find(s->out->others, x->playbook, WARD_STR(""))
			: NULL;
	struct ward_str name = x->name.len ? x->name : x->condition;

	if (x->kind == WARD_PLAYBOOK_NESTED)
		WARD_SAY(&s->w, s->out->lang, WARD_TEXT("Do the playbook: {name}"),
			{"name", q ? ward_lang_text(s->out->lang, q->name) : x->playbook});
	else if (x->kind == WARD_PLAYBOOK_PARALLEL && !name.len)
		ward_say(&s->w, s->out->lang, WARD_TEXT("At the same time:"));
	else if (x->kind == WARD_PLAYBOOK_SWITCH && !name.len)
		put_name(s, x->over);
	else
		put(s, name);
	line(s, t.depth, n);
	timing(s, x, t.depth);
}

static void tell(struct sheet *s, struct todo t)
{
	char text[24];

	if (t.heading) {
		WARD_SAY(&s->w, s->out->lang, t.heading, {"value", t.value});
		line(s, t.depth - 1, 0);
	}
	const struct ward_playbook_step *x = &s->p->step[t.step];
	uint32_t next = ward_playbook_after(x, true);
	bool silent = x->kind == WARD_PLAYBOOK_START || x->kind == WARD_PLAYBOOK_END;

	if (x->kind == WARD_PLAYBOOK_END && t.depth == 0) {
		ward_say(&s->w, s->out->lang, WARD_TEXT("End."));
		line(s, 0, 0);
	} else if (x->kind == WARD_PLAYBOOK_END && t.heading) {
		ward_say(&s->w, s->out->lang, WARD_TEXT("Nothing more to do."));
		line(s, t.depth, 0);
	}
	if (!silent && s->number[t.step] && !(s->number[t.step] > s->n_number)) {
		WARD_SAY(&s->w, s->out->lang, WARD_TEXT("Go on with step {number}."),
			{"number", decimal(text, s->number[t.step])});
		line(s, t.depth, 0);
		return;
	}
	if (!silent)
		s->number[t.step] = ++s->n_number;
	if (next != WARD_NONE)
		push(s, (struct todo){next, t.depth, NULL, {"", 0}});
	if (x->kind == WARD_PLAYBOOK_ACTION)
		action(s, x, t, s->number[t.step]);
	else if (!silent)
		head(s, x, t, s->number[t.step]);
	if (x->kind != WARD_PLAYBOOK_ACTION && x->failure != WARD_NONE)
		defer(s, x->failure);
	branches(s, x, t.depth + 1);
}

static bool is_new(const struct sheet *s, uint32_t step)
{
	return s->p->step[step].kind != WARD_PLAYBOOK_END &&
	       (!s->number[step] || s->number[step] > s->n_number);
}

static void chain(struct sheet *s, uint32_t step)
{
	push(s, (struct todo){step, 0, NULL, {"", 0}});
	while (s->n && !s->err)
		tell(s, s->todo[--s->n]);
}

static void pass(struct sheet *s, bool dry)
{
	uint32_t exception = s->p->exception;

	s->dry = dry;
	s->n_number = 0;
	s->n_later = 0;
	chain(s, s->p->start);
	for (size_t i = 0; i < s->n_later && !s->err; i++)
		if (is_new(s, s->later[i].step))
			chain(s, s->later[i].step);
	if (exception == WARD_NONE || !is_new(s, exception) || s->err)
		return;
	ward_say(&s->w, s->out->lang,
		WARD_TEXT("If a step fails and says nothing of it, all else stops and:"));
	line(s, 0, 0);
	chain(s, exception);
}

enum ward_err ward_playbook_tell(
	const struct ward_playbook *p, const struct ward_playbook_sheet *sheet)
{
	struct sheet s = {.p = p, .out = sheet, .mem = p->mem};
	size_t size = p->n_step * sizeof(*s.number);

	if (!p->sound)
		return WARD_ERR_STATE;
	s.w = ward_wr_grow(p->mem, TEXT_MAX);
	s.number = ward_mem_alloc(p->mem, size);
	s.err = s.number ? WARD_OK : WARD_ERR_NOMEM;
	if (!s.err)
		pass(&s, true); /* numbers, so that a step can name one that is told later */
	if (!s.err)
		pass(&s, false);
	ward_wr_fini(&s.w);
	ward_mem_free(p->mem, s.number, size);
	ward_mem_free(p->mem, s.todo, s.cap * sizeof(*s.todo));
	ward_mem_free(p->mem, s.later, s.cap_later * sizeof(*s.later));
	return s.err;
}

static void words_of_vars(const struct ward_playbook_var *v, size_t n,
	void (*each)(void *ctx, struct ward_str english), void *ctx)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].description.len)
			each(ctx, v[i].description);
}

void ward_playbook_words(
	const struct ward_playbook *p, void (*each)(void *ctx, struct ward_str english), void *ctx)
{
	each(ctx, p->name);
	if (p->description.len)
		each(ctx, p->description);
	words_of_vars(p->var, p->n_var, each, ctx);
	for (size_t i = 0; i < p->n_party; i++)
		if (p->party[i].role.len)
			each(ctx, p->party[i].name);
	for (size_t i = 0; i < p->n_step; i++) {
		const struct ward_playbook_step *s = &p->step[i];

		if (s->name.len && s->kind > WARD_PLAYBOOK_NESTED)
			each(ctx, s->name);
		words_of_vars(s->var, s->n_var, each, ctx);
		for (size_t k = 0; k < s->n_case; k++)
			if (!ward_str_eqz(s->kase[k].key, "default"))
				each(ctx, s->kase[k].key);
		for (size_t k = 0; k < s->n_command; k++)
			if (s->command[k].act == WARD_PLAYBOOK_MANUAL)
				each(ctx, s->command[k].text);
	}
}

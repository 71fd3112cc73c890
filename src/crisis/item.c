/* A decision's item, which owns its texts as one block, and what becomes of it. */
#include "crisis/priv.h"

/* Texts that are copied behind one another. */
struct block {
	struct ward_str *at[WARD_CRISIS_TEXTS + 8];
	size_t n;
};

static void add(struct block *b, struct ward_str *s)
{
	b->at[b->n++] = s;
}

/* Each of the block's texts becomes a copy of itself in *ret. False: there is no memory. */
static bool own(const struct ward_mem *mem, const struct block *b, struct ward_str *ret)
{
	size_t len = 1;

	for (size_t i = 0; i < b->n; i++)
		len += b->at[i]->len;
	char *p = ward_mem_alloc(mem, len);

	if (!p)
		return false;
	*ret = (struct ward_str){p, len};
	for (size_t i = 0; i < b->n; i++) {
		size_t n = b->at[i]->len;

		if (n)
			memcpy(p, b->at[i]->p, n);
		*b->at[i] = (struct ward_str){p, n};
		p += n;
	}
	return true;
}

static void drop(const struct ward_mem *mem, struct ward_str block)
{
	ward_mem_free(mem, (char *)(uintptr_t)block.p, block.len);
}

/* Texts of a list, as many as there is room for. */
static void read_list(const struct ward_conf *args, const char *key, struct ward_crisis_item *i)
{
	const struct ward_conf *list = ward_conf_get(args, key);

	for (const struct ward_conf *x = list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
		x && i->n_list < WARD_CRISIS_TEXTS; x = x->next)
		if (x->kind == WARD_CONF_SCALAR && x->text.len)
			i->list[i->n_list++] = x->text;
}

struct ward_crisis_item *crisis_item_new(const struct ward_mem *mem, const struct crisis_row *row)
{
	struct ward_crisis_item *i = ward_mem_alloc(mem, sizeof(*i));
	struct block b = {.n = 0};

	if (!i)
		return NULL;
	*i = (struct ward_crisis_item){.kind = row->kind,
		.id = row->id,
		.incident = row->about,
		.at = row->at,
		.person = row->person,
		.role = row->role,
		.text = row->text,
		.owner = ward_conf_word(row->args, "owner"),
		.why = ward_conf_word(row->args, "why"),
		.place = ward_conf_word(row->args, "place"),
		.finding = ward_conf_word(row->args, "finding"),
		.due = WARD_NS_NEVER,
		.ended = WARD_NS_NEVER};
	if (row->kind == WARD_DECISION_ACTIVATE)
		i->level = crisis_level(ward_conf_word(row->args, "level"));
	if (ward_time_parse(ward_conf_word(row->args, "due"), &i->due) != WARD_OK)
		i->due = WARD_NS_NEVER;
	read_list(row->args, row->kind == WARD_DECISION_RECALL ? "roles" : "alternatives", i);
	add(&b, &i->person);
	add(&b, &i->role);
	add(&b, &i->text);
	add(&b, &i->owner);
	add(&b, &i->why);
	add(&b, &i->place);
	add(&b, &i->finding);
	for (size_t k = 0; k < i->n_list; k++)
		add(&b, &i->list[k]);
	if (own(mem, &b, &i->block))
		return i;
	ward_mem_free(mem, i, sizeof(*i));
	return NULL;
}

/* An answer's texts are one block that begins with its person's. */
static void drop_answer(const struct ward_mem *mem, const struct ward_crisis_answer *a)
{
	drop(mem, (struct ward_str){a->person.p, a->person.len + a->role.len + a->text.len + 1});
}

void crisis_item_free(const struct ward_mem *mem, struct ward_crisis_item *i)
{
	if (!i)
		return;
	for (size_t k = 0; k < i->n_answer; k++)
		drop_answer(mem, &i->answer[k]);
	ward_mem_free(mem, i->answer, i->cap_answer * sizeof(*i->answer));
	drop(mem, i->ended_block);
	drop(mem, i->block);
	ward_mem_free(mem, i, sizeof(*i));
}

enum ward_err crisis_item_end(const struct ward_mem *mem, struct ward_crisis_item *i,
	const struct crisis_row *row, enum ward_crisis_state s)
{
	struct ward_str person = row->person, role = row->role, text = row->text, block;
	struct block b = {.n = 0};

	add(&b, &person);
	add(&b, &role);
	add(&b, &text);
	if (!own(mem, &b, &block))
		return WARD_ERR_NOMEM;
	drop(mem, i->ended_block);
	i->ended_block = block;
	i->ended_person = person;
	i->ended_role = role;
	i->ended_text = text;
	i->ended = row->at;
	i->state = s;
	return WARD_OK;
}

enum ward_err crisis_item_answer(const struct ward_mem *mem, struct ward_crisis_item *i,
	const struct crisis_row *row, uint32_t minutes)
{
	struct ward_str of = ward_conf_word(row->args, "person"), block;
	struct ward_crisis_answer a = {.id = row->id,
		.at = row->at,
		.person = of.len ? of : row->person,
		.role = row->role,
		.text = row->text,
		.comes = ward_str_eqz(ward_conf_word(row->args, "comes"), "yes"),
		.minutes = minutes};
	struct block b = {.n = 0};
	size_t k = 0;

	while (k < i->n_answer && !ward_str_eq(i->answer[k].person, a.person))
		k++;
	enum ward_err err = k < i->n_answer
				    ? WARD_OK
				    : ward_mem_more(mem, &i->answer, i->n_answer, &i->cap_answer,
					      sizeof(*i->answer), WARD_CRISIS_ANSWERS);

	if (err)
		return err;
	add(&b, &a.person);
	add(&b, &a.role);
	add(&b, &a.text);
	if (!own(mem, &b, &block))
		return WARD_ERR_NOMEM;
	if (k < i->n_answer)
		drop_answer(mem, &i->answer[k]);
	else
		i->n_answer++;
	i->answer[k] = a;
	return WARD_OK;
}

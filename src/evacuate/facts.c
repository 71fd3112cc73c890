#include "evacuate/read.h"

#include "model/near.h"

#include <errno.h>
#include <stdio.h>

enum { BYTES_MAX = 256 << 20, NEAR_BUDGET = 1000000, NS_PER_MS = 1000000 };

const char *ward_evac_class_name(enum ward_evac_class c)
{
	static const char *const name[] = {"walking", "wheelchair", "bed", "ventilated"};

	return c < WARD_EVAC_CLASS_N ? name[c] : "unknown";
}

const char *ward_evac_threat_name(enum ward_evac_threat t)
{
	static const char *const name[] = {"fire", "smoke", "gas"};

	return t < WARD_EVAC_THREAT_N ? name[t] : "unknown";
}

void ward_evac_bad(struct ward_evac_reader *l, const struct ward_conf *at, const char *what,
	struct ward_str name, const char *mend)
{
	ward_conf_bad(at, what, name, mend, l->diag);
}

void ward_evac_warn(struct ward_evac_reader *l, uint32_t line, const char *what,
	struct ward_str name, const char *mend)
{
	ward_diag_say(l->diag, &(struct ward_diag_item){.level = WARD_DIAG_WARNING,
				       .file = l->file,
				       .line = line,
				       .what = ward_str_z(what),
				       .mend = ward_str_z(mend),
				       .slot = &(struct ward_diag_slot){"name", name},
				       .n_slot = 1});
}

struct ward_str ward_evac_keep(struct ward_evac_reader *l, struct ward_str s)
{
	struct ward_str k = ward_arena_str(&l->e->arena, s);

	l->nomem = l->nomem || !k.p;
	return k;
}

void *ward_evac_array(struct ward_evac_reader *l, size_t n, size_t size)
{
	void *p = ward_arena_array(&l->e->arena, n, size);

	l->nomem = l->nomem || !p;
	return p;
}

const struct ward_conf *ward_evac_list(
	struct ward_evac_reader *l, const struct ward_conf *doc, const char *key, uint64_t max)
{
	const struct ward_conf *list = ward_conf_get(doc, key);

	if (!list || list->kind == WARD_CONF_NULL)
		return NULL;
	if (list->kind != WARD_CONF_SEQ || list->n_child > max) {
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, list->file, list->line,
			WARD_TEXT("'%s' is no list of at most %llu entries\nwrite a list of maps: "
				  "- {…}"),
			key, (unsigned long long)max);
		return NULL;
	}
	for (const struct ward_conf *c = list->child; c; c = c->next)
		if (c->kind != WARD_CONF_MAP) {
			ward_evac_bad(l, c, WARD_TEXT("not a map in '{name}'"), ward_str_z(key),
				WARD_TEXT("write - {id: …}"));
			return NULL;
		}
	return list;
}

static void unknown(struct ward_evac_reader *l, const struct ward_conf *at, const char *what,
	const struct ward_near *near)
{
	if (near->best.len)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, at->file, at->line,
			WARD_TEXT("no %s '%.*s'\ndid you mean '%.*s'?"), what,
			WARD_STR_ARG(near->want), WARD_STR_ARG(near->best));
	else
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, at->file, at->line,
			WARD_TEXT("no %s '%.*s'\nuse an id that is defined"), what,
			WARD_STR_ARG(near->want));
}

uint32_t ward_evac_node(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	bool required, enum ward_node_kind kind)
{
	struct ward_str id;

	if (!ward_conf_str(map, key, required, l->diag, &id))
		return WARD_NONE;
	uint32_t i = ward_model_find(l->m, id);

	if (i != WARD_NONE && ward_model_node(l->m, i)->kind == kind)
		return i;
	struct ward_near near = ward_near_start(id, &l->near_budget);

	for (uint32_t k = 0; k < ward_model_n(l->m); k++)
		if (ward_model_node(l->m, k)->kind == kind)
			ward_near_offer(&near, ward_model_node(l->m, k)->id);
	unknown(l, ward_conf_get(map, key), ward_node_kind_name(kind), &near);
	return WARD_NONE;
}

uint32_t ward_evac_find(const struct ward_evac *e, struct ward_str id)
{
	for (uint32_t i = 0; i < e->n_compartment; i++)
		if (ward_str_eq(e->compartment[i].id, id))
			return i;
	return WARD_NONE;
}

uint32_t ward_evac_at(struct ward_evac_reader *l, const struct ward_conf *at, struct ward_str id)
{
	uint32_t i = ward_evac_find(l->e, id);
	struct ward_near near = ward_near_start(id, &l->near_budget);

	if (i != WARD_NONE)
		return i;
	for (size_t k = 0; k < l->e->n_compartment; k++)
		ward_near_offer(&near, l->e->compartment[k].id);
	unknown(l, at, "compartment", &near);
	return WARD_NONE;
}

void ward_evac_ms(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	bool required, int64_t *ret)
{
	ward_ns ns;

	if (!ward_conf_duration(map, key, required, l->diag, &ns))
		return;
	if (ns < 0 || ns > 24 * 3600 * WARD_NS_PER_S)
		ward_evac_bad(l, ward_conf_get(map, key), WARD_TEXT("over a day: '{name}'"),
			ward_str_z(key), WARD_TEXT("write a time such as 10min"));
	else
		*ret = ns / NS_PER_MS;
}

void ward_evac_by_shift(struct ward_evac_reader *l, const struct ward_conf *map, const char *key,
	int64_t ret[WARD_EVAC_SHIFTS])
{
	const struct ward_conf *c = ward_conf_get(map, key);

	if (!c)
		return;
	if (c->kind != WARD_CONF_MAP) {
		int64_t n = 0;

		(void)ward_conf_i64(map, key, true, l->diag, 0,
			(int64_t)ward_limit(l->lim, WARD_LIMIT_EVACUATE_PATIENTS), &n);
		for (size_t i = 0; i < WARD_EVAC_SHIFTS; i++)
			ret[i] = n;
		return;
	}
	for (const struct ward_conf *one = c->child; one; one = one->next) {
		size_t i = 0;

		while (i < l->e->n_shift && !ward_str_eq(l->e->shift[i].id, one->key))
			i++;
		if (i == l->e->n_shift) {
			ward_evac_bad(l, one, WARD_TEXT("no shift '{name}'"), one->key,
				WARD_TEXT("use one of shifts:, or add it there"));
			continue;
		}
		int64_t n;

		if (one->kind != WARD_CONF_SCALAR || one->quoted || !ward_str_i64(one->text, &n) ||
			n < 0 || n > (int64_t)ward_limit(l->lim, WARD_LIMIT_EVACUATE_PATIENTS))
			ward_evac_bad(l, one, WARD_TEXT("not a number of people: '{name}'"),
				one->text, WARD_TEXT("write a whole number"));
		else
			ret[i] = n;
	}
}

int32_t ward_evac_floors(const struct ward_evac *e, uint32_t from, uint32_t to)
{
	return e->compartment[from].level - e->compartment[to].level;
}

/* The one map of a file, or NULL with a finding. */
static const struct ward_conf *document(struct ward_evac_reader *l, struct ward_arena *scratch,
	const struct ward_limits *lim, const struct ward_evac_text *text, enum ward_err *err)
{
	const struct ward_conf *docs = NULL;

	*err = ward_conf_yaml(scratch, lim, text->file, text->bytes, l->diag, &docs);
	if (*err)
		return NULL;
	if (docs->n_child == 1 && docs->child->kind == WARD_CONF_MAP)
		return docs->child;
	ward_diag_addf(l->diag, WARD_DIAG_ERROR, text->file, 1,
		WARD_TEXT("not one map of lists\nwrite compartments:, doors:, wards: … as "
			  "docs/evacuation.md "
			  "says"));
	*err = WARD_ERR_CONFIG;
	return NULL;
}

static void read_hospital(struct ward_evac_reader *l, const struct ward_conf *doc)
{
	static const char *const known[] = {"plan", "reviewed", "brigade", "shifts", "compartments",
		"doors", "stairs", "lifts", "wards", "help", "oxygen", "hazards", NULL};
	struct ward_str s;

	ward_conf_only(doc, known, l->diag);
	if (ward_conf_str(doc, "plan", true, l->diag, &s))
		l->e->plan = ward_evac_keep(l, s);
	if (ward_conf_str(doc, "reviewed", true, l->diag, &s))
		l->e->reviewed = ward_evac_keep(l, s);
	ward_evac_read_places(l, doc);
	ward_evac_read_ways(l, doc);
	ward_evac_read_people(l, doc);
	ward_evac_read_brigade(l, doc);
}

enum ward_err ward_evac_parse(const struct ward_evac_text *content,
	const struct ward_evac_text *hospital, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_evac **ret)
{
	struct ward_evac_reader l = {.m = m,
		.diag = diag,
		.file = hospital->file,
		.near_budget = NEAR_BUDGET,
		.lim = lim};
	size_t before = diag->n_error;
	struct ward_arena scratch;
	enum ward_err err;

	l.e = ward_mem_alloc(mem, sizeof(*l.e));
	if (!l.e)
		return WARD_ERR_NOMEM;
	l.e->mem = mem;
	l.e->m = m;
	l.e->trips_max = (size_t)ward_limit(lim, WARD_LIMIT_EVACUATE_TRIPS);
	l.e->staff_max = (size_t)ward_limit(lim, WARD_LIMIT_EVACUATE_STAFF);
	l.e->looks_max = (size_t)ward_limit(lim, WARD_LIMIT_EVACUATE_LOOKS);
	ward_arena_init(&l.e->arena, mem, BYTES_MAX);
	ward_arena_init(&scratch, mem, BYTES_MAX);
	const struct ward_conf *doc = document(&l, &scratch, lim, content, &err);

	if (doc)
		ward_evac_read_travel(&l, doc);
	if (!err)
		doc = document(&l, &scratch, lim, hospital, &err);
	l.e->of = ward_evac_array(&l, ward_model_n(m) ? ward_model_n(m) : 1, sizeof(*l.e->of));
	for (uint32_t i = 0; l.e->of && i < ward_model_n(m); i++)
		l.e->of[i] = WARD_NONE;
	if (!err && !l.nomem)
		read_hospital(&l, doc);
	if (!err && !l.nomem && diag->n_error == before)
		ward_evac_check(&l);
	ward_arena_fini(&scratch);
	if (!err && l.nomem)
		err = WARD_ERR_NOMEM;
	if (!err && diag->n_error > before)
		err = WARD_ERR_CONFIG;
	if (err)
		ward_evac_free(l.e);
	else
		*ret = l.e;
	return err;
}

enum ward_err ward_evac_load(const char *content, const char *hospital, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_evac **ret)
{
	const char *dir[] = {content, hospital};
	char path[2][4096];
	struct ward_evac_text text[2];
	struct ward_arena a;
	enum ward_err err = WARD_OK;

	ward_arena_init(&a, mem, BYTES_MAX);
	for (size_t i = 2; i-- > 0 && !err;) { /* the hospital's first: without it, nothing */
		if (snprintf(path[i], sizeof(path[i]), "%s/" WARD_EVAC_FILE, dir[i]) >=
			(int)sizeof(path[i])) {
			err = WARD_ERR_LIMIT;
			break;
		}
		FILE *f = i ? fopen(path[i], "rb") : NULL;

		if (i && !f && errno == ENOENT)
			err = WARD_ERR_NOT_FOUND;
		if (f)
			(void)fclose(f);
		text[i].file = ward_str_z(path[i]);
		if (!err)
			err = ward_conf_read(&a, lim, path[i], diag, &text[i].bytes);
		if (i == 0 && err == WARD_ERR_NOT_FOUND)
			err = WARD_ERR_CONFIG; /* the finding names the content's file */
	}
	if (!err)
		err = ward_evac_parse(&text[0], &text[1], m, lim, mem, diag, ret);
	ward_arena_fini(&a);
	return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
}

void ward_evac_free(struct ward_evac *e)
{
	if (!e)
		return;
	const struct ward_mem *mem = e->mem;

	ward_arena_fini(&e->arena);
	ward_mem_free(mem, e, sizeof(*e));
}

#include "model/load.h"

#include <sodium.h>
#include <stdlib.h>

static void load_init(struct ward_load *l, const struct ward_limits *lim)
{
	size_t max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES);
	size_t n_max = ward_limit(lim, WARD_LIMIT_MODEL_NODES);
	struct ward_model *m = l->m;

	l->lim = lim;
	l->near_budget = 1 << 22;
	ward_arena_init(&l->arena, l->mem, max);
	ward_arena_init(&l->scratch, l->mem, max);
	ward_intern_init(&l->ids, l->mem, 2 * n_max, max);
	ward_tab_init(&l->buffer_seen, l->mem, 2 * sizeof(uint32_t), 0, n_max);
	m->mem = l->mem;
	ward_arena_init(&m->arena, l->mem, max);
	ward_intern_init(&m->ids, l->mem, n_max, max);
	ward_intern_init(&m->source_ids, l->mem, n_max, max);
	for (size_t k = 0; k < WARD_KEY_N; k++)
		ward_intern_init(&m->key[k], l->mem, 2 * n_max, max);
	ward_intern_init(&m->origin_ids, l->mem, n_max, max);
	ward_tab_init(
		&m->networks.tab, l->mem, sizeof(struct ward_prefix), sizeof(uint32_t), n_max);
	ward_tab_init(&m->places.tab, l->mem, sizeof(struct ward_prefix), sizeof(uint32_t), n_max);
	m->hospital = (struct ward_hospital){.id = {"", 0},
		.name = {"", 0},
		.city = {"", 0},
		.country = {"", 0},
		.timezone = {"", 0},
		.staff_agreement = {"", 0}};
}

static void load_fini(struct ward_load *l)
{
	ward_mem_free(l->mem, l->row, l->cap_row * sizeof(*l->row));
	ward_mem_free(l->mem, l->id_place, l->cap_id_place * sizeof(*l->id_place));
	ward_mem_free(l->mem, l->edge, l->cap_edge * sizeof(*l->edge));
	ward_mem_free(l->mem, l->group, l->cap_group * sizeof(*l->group));
	ward_mem_free(l->mem, l->protection, l->cap_protection * sizeof(*l->protection));
	ward_mem_free(l->mem, l->buffer, l->cap_buffer * sizeof(*l->buffer));
	ward_mem_free(l->mem, l->basis, l->cap_basis * sizeof(*l->basis));
	ward_tab_fini(&l->buffer_seen);
	ward_intern_fini(&l->ids);
	ward_arena_fini(&l->scratch);
	ward_arena_fini(&l->arena);
}

/* Name, a zero byte, the length in eight bytes, the bytes: no two sequences of files collide. */
static void hash_file(crypto_hash_sha256_state *h, const struct ward_model_file *f)
{
	uint8_t head[9] = {0};
	struct ward_wr w = ward_wr_fixed(head + 1, 8);

	ward_wr_be64(&w, f->bytes.len);
	(void)crypto_hash_sha256_update(h, (const uint8_t *)f->name.p, f->name.len);
	(void)crypto_hash_sha256_update(h, head, sizeof(head));
	(void)crypto_hash_sha256_update(h, f->bytes.p, f->bytes.len);
}

static void hash_all(const struct ward_model_file *file, size_t n,
	const struct ward_model_file content[2], uint8_t ret[32])
{
	crypto_hash_sha256_state h;

	(void)crypto_hash_sha256_init(&h);
	for (size_t i = 0; i < n; i++)
		hash_file(&h, &file[i]);
	for (size_t i = 0; i < 2; i++)
		hash_file(&h, &content[i]);
	(void)crypto_hash_sha256_final(&h, ret);
}

static void find_roots(struct ward_load *l, struct ward_str file)
{
	struct ward_model *m = l->m;

	for (unsigned r = 0; r < WARD_ROOT_N; r++) {
		const char *name = ward_root_name((enum ward_root)r);

		m->root[r] = ward_ontology_find(m->ontology, ward_str_z(name));
		if (m->root[r] != WARD_NONE)
			continue;
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("the ontology has no class '%s', which Ward needs\nadd `{id: %s, "
				  "name: …}`"),
			name, name);
		l->err = WARD_ERR_CONFIG;
	}
}

/* The classes that the threats name are classes of the ontology. */
static void check_threats(struct ward_load *l, struct ward_str file)
{
	const struct ward_threats *t = l->m->threats;

	for (uint32_t i = 0; i < ward_threats_n(t); i++) {
		const struct ward_threat *threat = ward_threats_at(t, i);

		for (size_t k = 0; k < threat->n_on; k++) {
			if (ward_ontology_find(l->m->ontology, threat->on[k]) != WARD_NONE)
				continue;
			ward_diag_addf(l->diag, WARD_DIAG_ERROR, file, threat->line,
				WARD_TEXT("the threat '%.*s' is on a class '%.*s' that the "
					  "ontology has not\nname a class of ontology.yml"),
				WARD_STR_ARG(threat->code), WARD_STR_ARG(threat->on[k]));
			l->err = WARD_ERR_CONFIG;
		}
	}
}

static void load_content(struct ward_load *l, const struct ward_model_file content[2])
{
	struct ward_model *m = l->m;
	enum ward_err err = ward_ontology_parse(
		content[0].path, content[0].bytes, l->lim, l->mem, l->diag, &m->ontology);

	l->err = err == WARD_ERR_CONFIG ? WARD_OK : err;
	if (!l->err) {
		l->err = ward_threats_parse(
			content[1].path, content[1].bytes, l->lim, l->mem, l->diag, &m->threats);
		l->err = l->err ? l->err : err;
	}
	if (!l->err)
		find_roots(l, content[0].path);
	if (!l->err)
		check_threats(l, content[1].path);
	if (m->threats && ward_threats_find(m->threats, WARD_STR("outage")) == WARD_NONE)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, content[1].path, 0,
			WARD_TEXT("the dictionary has no threat 'outage', which Ward's reasoning "
				  "needs\nadd it: availability lost"));
}

static enum ward_err run(struct ward_load *l, const struct ward_model_file *file, size_t n,
	const struct ward_model_file content[2])
{
	bool parsed = true;

	load_content(l, content);
	if (l->err)
		return l->err;
	for (size_t i = 0; i < n && !l->err; i++)
		parsed &= ward_load_file(l, &file[i]);
	if (l->err || !parsed)
		return l->err ? l->err : WARD_ERR_CONFIG;
	hash_all(file, n, content, l->m->hash);
	ward_load_nodes(l);
	if (!l->err)
		ward_load_rest(l);
	if (!l->err)
		ward_load_parents(l);
	if (!l->err)
		ward_load_build(l);
	if (!l->err)
		ward_load_check(l);
	return l->err;
}

enum ward_err ward_model_load_files(const struct ward_model_file *file, size_t n,
	const struct ward_model_file content[2], const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_model **ret)
{
	struct ward_load l = {.mem = mem, .diag = diag};
	size_t n_error = diag->n_error;
	enum ward_err err;

	l.m = ward_mem_alloc(mem, sizeof(*l.m));
	if (!l.m)
		return WARD_ERR_NOMEM;
	load_init(&l, lim);
	err = run(&l, file, n, content);
	if (err == WARD_ERR_LIMIT) {
		const struct ward_diag_slot slot = {
			"limit", ward_str_z(l.limit ? l.limit : "model.bytes")};

		ward_diag_say(diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
					    .file = {"", 0},
					    .what = ward_str_z(WARD_TEXT(
						    "the hospital is larger than the limit {limit} "
						    "allows")),
					    .mend = ward_str_z(WARD_TEXT("raise it in limits.yml")),
					    .slot = &slot,
					    .n_slot = 1});
		err = WARD_ERR_CONFIG;
	}
	load_fini(&l);
	if (err) {
		ward_model_free(l.m);
		return err;
	}
	*ret = l.m;
	return diag->n_error > n_error ? WARD_ERR_CONFIG : WARD_OK;
}

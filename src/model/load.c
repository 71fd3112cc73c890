#include "model/load.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_MAX_BYTES = 4096 };

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
			"the ontology has no class '%s', which Ward needs\nadd `{id: %s, name: …}`",
			name, name);
		l->err = WARD_ERR_CONFIG;
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
	if (m->threats && ward_threats_find(m->threats, WARD_STR("outage")) == WARD_NONE)
		ward_diag_addf(l->diag, WARD_DIAG_ERROR, content[1].path, 0,
			"the dictionary has no threat 'outage', which Ward's reasoning needs\nadd "
			"it: availability lost");
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
		ward_diag_addf(diag, WARD_DIAG_ERROR, (struct ward_str){"", 0}, 0,
			"the hospital is larger than the limit %s allows\nraise it in limits.yml",
			l.limit ? l.limit : "model.bytes");
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

struct dir {
	struct ward_arena arena;
	struct ward_model_file *file;
	size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_model_file *)a)->name,
		((const struct ward_model_file *)b)->name);
}

static enum ward_err read_one(struct dir *d, const char *dir, const char *name,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_model_file *ret)
{
	char path[PATH_MAX_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	ret->name = ward_arena_str(&d->arena, ward_str_z(name));
	ret->path = ward_arena_str(&d->arena, ward_str_z(path));
	if (!ret->name.p || !ret->path.p)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_conf_read(&d->arena, lim, path, diag, &ret->bytes);

	return err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO
	       : err == WARD_ERR_LIMIT   ? WARD_ERR_CONFIG
					 : err;
}

/* Names only; the files are read in their order afterwards. */
static enum ward_err list_dir(struct dir *d, const char *dir, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag)
{
	DIR *open = opendir(dir);
	enum ward_err err = WARD_OK;

	if (!open) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			"cannot read the directory: %s\ngive a hospital directory",
			strerror(errno));
		return WARD_ERR_IO;
	}
	for (struct dirent *e = readdir(open); e && !err; e = readdir(open)) {
		struct ward_str name = ward_str_z(e->d_name);

		if (e->d_name[0] == '.')
			continue;
		if (ward_str_ends(name, WARD_STR(".yaml")))
			ward_diag_addf(diag, WARD_DIAG_WARNING, ward_str_z(dir), 0,
				"'%s' is not read\nend its name in .yml", e->d_name);
		if (ward_str_eqz(name, "permits.csv"))
			continue; /* model/permit: permits come and go, the hospital stays */
		if (!ward_str_ends(name, WARD_STR(".yml")) &&
			!ward_str_ends(name, WARD_STR(".csv")))
			continue;
		err = ward_mem_more(mem, &d->file, d->n, &d->cap, sizeof(*d->file),
			ward_limit(lim, WARD_LIMIT_MODEL_FILES));
		if (err)
			break;
		d->file[d->n].name = ward_arena_str(&d->arena, name);
		err = d->file[d->n].name.p ? WARD_OK : WARD_ERR_NOMEM;
		d->n++;
	}
	(void)closedir(open);
	if (err == WARD_ERR_LIMIT) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(dir), 0,
			"more files than the limit model.files allows\njoin some of them");
		return WARD_ERR_CONFIG;
	}
	if (!err && d->n)
		qsort(d->file, d->n, sizeof(*d->file), by_name);
	return err;
}

enum ward_err ward_model_load(const char *dir, const char *content, const struct ward_limits *lim,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_model **ret)
{
	static const char *const name[2] = {"ontology.yml", "threats.yml"};
	struct ward_model_file known[2];
	struct dir d = {.n = 0};
	enum ward_err err;

	ward_arena_init(&d.arena, mem, ward_limit(lim, WARD_LIMIT_MODEL_BYTES));
	err = list_dir(&d, dir, lim, mem, diag);
	for (size_t i = 0; i < d.n && !err; i++)
		err = read_one(&d, dir, d.file[i].name.p, lim, diag, &d.file[i]);
	for (size_t i = 0; i < 2 && !err; i++)
		err = read_one(&d, content, name[i], lim, diag, &known[i]);
	if (!err)
		err = ward_model_load_files(d.file, d.n, known, lim, mem, diag, ret);
	ward_mem_free(mem, d.file, d.cap * sizeof(*d.file));
	ward_arena_fini(&d.arena);
	return err == WARD_ERR_LIMIT ? WARD_ERR_CONFIG : err;
}

#include "conf/conf.h"
#include "model/model.h"

#include <stdio.h>
#include <unistd.h>

static void set_one(const struct ward_conf *c, struct ward_diag *diag, struct ward_limits *lim)
{
	uint64_t v;
	enum ward_err err = WARD_OK;

	if (c->kind != WARD_CONF_SCALAR || !ward_str_u64(c->text, &v)) {
		ward_diag_addf(diag, WARD_DIAG_ERROR, c->file, c->line,
			"the limit '%.*s' has no number\nwrite `%.*s: 1000`", WARD_STR_ARG(c->key),
			WARD_STR_ARG(c->key));
		return;
	}
	err = ward_limits_set(lim, c->key, v);
	if (err == WARD_ERR_NOT_FOUND)
		ward_diag_addf(diag, WARD_DIAG_ERROR, c->file, c->line,
			"there is no limit '%.*s'\n`ward limits` lists them", WARD_STR_ARG(c->key));
	if (err != WARD_ERR_LIMIT)
		return;
	for (unsigned i = 0; i < WARD_LIMIT_N; i++) {
		const struct ward_limit_info *info = ward_limit_info((enum ward_limit)i);

		if (ward_str_eqz(c->key, info->name))
			ward_diag_addf(diag, WARD_DIAG_ERROR, c->file, c->line,
				"the limit '%s' can't be %llu\nwrite a number from %llu to %llu",
				info->name, (unsigned long long)v, (unsigned long long)info->min,
				(unsigned long long)info->max);
	}
}

enum ward_err ward_model_limits_parse(struct ward_str file, struct ward_slice text,
	const struct ward_mem *mem, struct ward_diag *diag, struct ward_limits *lim)
{
	struct ward_limits known;
	struct ward_arena a;
	const struct ward_conf *docs = NULL;
	size_t n_error = diag->n_error;

	ward_limits_default(&known);
	ward_arena_init(&a, mem, ward_limit(&known, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_conf_yaml(&a, &known, file, text, diag, &docs);

	for (const struct ward_conf *d = err ? NULL : docs->child; d; d = d->next) {
		if (d->kind == WARD_CONF_NULL)
			continue;
		const struct ward_conf *map = ward_conf_get(d, "limits");

		if (!map || map->kind != WARD_CONF_MAP || d->n_child != 1)
			ward_diag_addf(diag, WARD_DIAG_ERROR, d->file, d->line,
				"limits.yml holds one map\nwrite `limits:` and under it `name: "
				"number`");
		else
			for (const struct ward_conf *c = map->child; c; c = c->next)
				set_one(c, diag, lim);
	}
	ward_arena_fini(&a);
	if (err)
		return err;
	return diag->n_error > n_error ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_model_limits(const char *dir, const struct ward_mem *mem, struct ward_diag *diag,
	struct ward_limits *lim)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/limits.yml", dir);
	struct ward_limits known;
	struct ward_arena a;
	struct ward_slice text;

	if (n < 0 || (size_t)n >= sizeof(path) || access(path, F_OK) != 0)
		return WARD_OK;
	ward_limits_default(&known);
	ward_arena_init(&a, mem, ward_limit(&known, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_conf_read(&a, &known, path, diag, &text);

	if (!err)
		err = ward_model_limits_parse(ward_str_z(path), text, mem, diag, lim);
	ward_arena_fini(&a);
	return err;
}

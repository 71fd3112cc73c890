#include "conf/conf.h"
#include "model/model.h"

#include <stdio.h>
#include <unistd.h>

/* info: whose bounds are told, or NULL. */
static void say(const struct ward_conf *c, struct ward_diag *diag, const char *what,
	const char *mend, const struct ward_limit_info *info)
{
	char text[2][24];
	struct ward_wr least = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr most = ward_wr_fixed(text[1], sizeof(text[1]));

	ward_wr_u64(&least, info ? info->min : 0);
	ward_wr_u64(&most, info ? info->max : 0);
	const struct ward_diag_slot slot[] = {{"name", c->key}, {"value", c->text},
		{"least", ward_wr_text(&least)}, {"most", ward_wr_text(&most)}};

	ward_diag_say(diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				    .file = c->file,
				    .line = c->line,
				    .what = ward_str_z(what),
				    .mend = ward_str_z(mend),
				    .slot = slot,
				    .n_slot = WARD_ARRAY_LEN(slot)});
}

static void set_one(const struct ward_conf *c, struct ward_diag *diag, struct ward_limits *lim)
{
	uint64_t v;
	enum ward_err err = WARD_OK;

	if (c->kind != WARD_CONF_SCALAR || !ward_str_u64(c->text, &v)) {
		say(c, diag, WARD_TEXT("the limit '{name}' has no number"),
			WARD_TEXT("write `{name}: 1000`"), NULL);
		return;
	}
	err = ward_limits_set(lim, c->key, v);
	if (err == WARD_ERR_NOT_FOUND)
		say(c, diag, WARD_TEXT("there is no limit '{name}'"),
			WARD_TEXT("`ward limits` lists them"), NULL);
	if (err != WARD_ERR_LIMIT)
		return;
	for (unsigned i = 0; i < WARD_LIMIT_N; i++) {
		const struct ward_limit_info *info = ward_limit_info((enum ward_limit)i);

		if (ward_str_eqz(c->key, info->name))
			say(c, diag, WARD_TEXT("the limit '{name}' can't be {value}"),
				WARD_TEXT("write a number from {least} to {most}"), info);
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
			say(d, diag, WARD_TEXT("limits.yml holds one map"),
				WARD_TEXT("write `limits:` and under it `name: number`"), NULL);
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

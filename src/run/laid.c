#include "run/laid.h"

/* As the command said them: texts, numbers, and whether. */
static void put_words(struct ward_json *j, const struct ward_conf *c)
{
	ward_json_obj(j);
	for (const struct ward_conf *i = c->child; i; i = i->next) {
		uint64_t n;

		if (i->kind != WARD_CONF_SCALAR || ward_str_eqz(i->key, "kind"))
			continue;
		ward_json_key_str(j, i->key);
		if (!i->quoted && ward_str_u64(i->text, &n))
			ward_json_u64(j, n);
		else
			ward_json_str(j, i->text);
	}
	ward_json_obj_end(j);
}

static void heard(struct ward_laid *l, const struct ward_conf *c, struct ward_json *j)
{
	struct ward_str kind = ward_conf_word(c, "kind"), path = ward_conf_word(c, "path");

	if (ward_str_eqz(kind, "finding") && !l->n_why) {
		struct ward_wr w = ward_wr_fixed(l->why, sizeof(l->why));

		ward_wr_str(&w, ward_conf_word(c, "what"));
		ward_wr_z(&w, "; ");
		ward_wr_str(&w, ward_conf_word(c, "mend"));
		l->n_why = w.len;
	} else if (ward_str_eqz(kind, "file") && l->has(l->ctx, path)) {
		l->there = true;
	} else if (ward_str_eqz(kind, "file") || ward_str_eqz(kind, "question")) {
		put_words(j, c);
	}
}

enum ward_err ward_laid_read(struct ward_laid *l, struct ward_str out, struct ward_json *j)
{
	enum ward_err err = WARD_OK;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	while (!err && out.p && out.len) {
		struct ward_str line = ward_str_cut(&out, '\n');
		const struct ward_conf *c;

		if (!line.len)
			continue;
		err = ward_conf_json(
			l->arena, l->lim, WARD_STR("layout"), 1, ward_str_bytes(line), &d, &c);
		if (!err)
			heard(l, c, j);
	}
	ward_diag_fini(&d);
	return err;
}

#include "cli/seeds.h"

#include "conf/conf.h"

enum { ROW_MAX = 8 << 20 };

/* The ends of "likelihood":[0.3, 0.7]. */
static bool read_ends(const struct ward_conf *c, struct ward_seed_threat *s)
{
	const struct ward_conf *lo = c ? c->child : NULL, *hi = lo ? lo->next : NULL;

	return lo && hi && ward_degree_parse(lo->text, &s->lo_micro) &&
	       ward_degree_parse(hi->text, &s->hi_micro);
}

enum ward_err ward_cli_seeds(const struct ward_cli_rerun *r, struct ward_str incident,
	struct ward_diag *diag, struct ward_seed_threat *seed, size_t *ret_n)
{
	const struct ward_model *m = r->model;
	struct ward_arena tree;
	const struct ward_conf *row;
	size_t n = 0;

	ward_arena_init(&tree, ward_mem_heap(), ROW_MAX);
	enum ward_err err = ward_conf_json(
		&tree, &r->lim, WARD_STR("incident"), 1, ward_str_bytes(incident), diag, &row);
	const struct ward_conf *list = err ? NULL : ward_conf_get(row, "threats");

	for (const struct ward_conf *c = list ? list->child : NULL; c && n < WARD_CLI_SEEDS;
		c = c->next) {
		struct ward_seed_threat s = {
			.asset = ward_model_find(m, ward_conf_word(c, "asset")),
			.threat = ward_threats_find(
				ward_model_threats(m), ward_conf_word(c, "threat"))};

		if (s.asset != WARD_NONE && s.threat != WARD_NONE &&
			ward_time_parse(ward_conf_word(c, "since"), &s.since) == WARD_OK &&
			read_ends(ward_conf_get(c, "likelihood"), &s))
			seed[n++] = s;
	}
	ward_arena_fini(&tree);
	*ret_n = n;
	return err;
}

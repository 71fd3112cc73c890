#include "cli/evidence_two.h"

#include "conf/conf.h"
#include "model/model.h"

#include <string.h>

enum { ARENA_BYTES = 64 << 20, PERSON = 128 };

static const ward_ns good_for = 24 * 3600 * WARD_NS_PER_S;

struct looking {
	const struct ward_cli_agreed *x;
	struct ward_limits lim;
	char first[PERSON]; /* who said it */
	bool two;           /* … and somebody else did */
};

int ward_cli_agreed_people(
	const struct ward_cmd *cmd, const char *hospital, const char *content, unsigned *ret)
{
	const char *dir = ward_cli_content(cmd, content);
	struct ward_model *m = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	if (!dir)
		return WARD_EXIT_RUN;
	if (!hospital)
		return ward_cli_usage(cmd, "which hospital directory?");
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_model_load(hospital, dir, &lim, ward_mem_heap(), &diag, &m);

	*ret = m ? ward_model_hospital(m)->hand_out : 2;
	ward_model_free(m);
	ward_diag_fini(&diag);
	return err ? ward_cli_fail(cmd, "cannot read '%s': %s; 'ward check %s' says more", hospital,
			     ward_err_text(err), hospital)
		   : WARD_EXIT_DONE;
}

static void take(struct looking *l, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct ward_str who = ward_conf_word(c, "person");
	ward_ns age;

	if (!ward_str_eqz(ward_conf_word(c, "what"), "export") ||
		!ward_str_eqz(ward_conf_word(c, "subject"), l->x->id) ||
		!ward_str_eqz(ward_conf_word(c, "taken"), "true") || !who.len ||
		!ward_sub(l->x->since, row->time, &age) || age > good_for)
		return;
	if (!l->first[0])
		(void)snprintf(l->first, sizeof(l->first), "%.*s", WARD_STR_ARG(who));
	else if (!ward_str_eqz(who, l->first))
		l->two = true;
}

static bool look(void *ctx, const struct ward_store_leaf *leaf)
{
	struct looking *l = ctx;
	const struct ward_conf *c;
	struct ward_arena a;
	struct ward_diag diag;

	if (leaf->row.kind != WARD_ROW_DECISION || !leaf->row.json.p ||
		ward_str_find(leaf->row.json, WARD_STR("\"what\":\"export\"")) == SIZE_MAX)
		return true;
	ward_arena_init(&a, ward_mem_heap(), ARENA_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	if (ward_conf_json(&a, &l->lim, WARD_STR("row"), 1, ward_str_bytes(leaf->row.json), &diag,
		    &c) == WARD_OK)
		take(l, &leaf->row, c);
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return true;
}

int ward_cli_agreed(struct ward_cli_audit *a, const struct ward_cli_agreed *x)
{
	struct looking l = {.x = x};

	ward_limits_default(&l.lim);
	enum ward_err err = ward_store_leaves(a->s, 0, SIZE_MAX, look, &l);

	if (err)
		return ward_cli_fail(a->cmd, "cannot read the ledger: %s", ward_err_text(err));
	if (x->people < 2 || l.two)
		return WARD_EXIT_DONE;
	return ward_cli_fail(a->cmd,
		"recorded, and nothing was written: somebody else who may see evidence has to "
		"agree within a day, by `ward decide export %s %.8s say=agree --why …` or in the "
		"console's API; then say this again",
		a->hospital, x->id);
}

#include "cli/policy_file.h"

enum { BYTES = 64 << 20 };

static enum ward_err leave(const struct ward_cli_policy_in *in, struct ward_policy *p)
{
	struct ward_str rest = ward_str_z(in->people ? in->people : "");
	enum ward_err err = WARD_OK;

	while (rest.len && !err) {
		struct ward_str id = ward_str_cut(&rest, ',');
		uint32_t node = ward_model_find(in->m, id);

		if (node != WARD_NONE && ward_model_node(in->m, node)->kind == WARD_NODE_ROLE) {
			err = ward_policy_leave(p, node);
			continue;
		}
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, WARD_STR("--people"), 1,
			WARD_TEXT("'%.*s' is no role of the hospital\nwrite the id of one of "
				  "`roles:`"),
			WARD_STR_ARG(id));
		err = WARD_ERR_CONFIG;
	}
	return err;
}

enum ward_err ward_cli_policy_read(const struct ward_cli_policy_in *in, struct ward_policy *ret)
{
	struct ward_conf_beside file = {.path = ward_str_z(in->file)};
	struct ward_policy p = {.n = 0};
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), BYTES);
	enum ward_err err = ward_conf_read(&a, in->lim, in->file, in->diag, &file.bytes);

	if (!err)
		err = ward_policy_read(&a, in->lim, in->m, file, in->diag, &p);
	if (!err)
		err = leave(in, &p);
	ward_arena_fini(&a);
	if (!err)
		*ret = p;
	return err;
}

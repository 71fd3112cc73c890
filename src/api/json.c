/* Rows and names, for answers. */
#include "api/priv.h"

enum ward_err api_row_read(const struct ward_api *a, struct ward_arena *to, struct ward_str json,
	const struct ward_conf **ret)
{
	struct ward_diag diag;

	*ret = NULL;
	ward_diag_init(&diag, a->o.mem);
	enum ward_err err =
		ward_conf_json(to, a->o.lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, ret);

	ward_diag_fini(&diag);
	if (err)
		*ret = NULL;
	return err;
}

const struct ward_conf *api_row_of(struct api_request *r, struct ward_str json)
{
	const struct ward_conf *c;

	if (api_row_read(r->a, &r->a->scratch, json, &c) == WARD_ERR_NOMEM)
		r->w->bad = true;
	return c;
}

struct ward_str api_word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
}

void api_node(struct ward_json *j, const struct ward_model *m, uint32_t node)
{
	const struct ward_node *n = ward_model_node(m, node);

	ward_json_obj(j);
	ward_json_put_str(j, "id", n->id);
	ward_json_put_str(j, "name", n->name);
	ward_json_obj_end(j);
}

const char *api_row_name(enum ward_row_kind k)
{
	return ward_row_kind_name(k);
}

#include "fuzz.h"

#include "conf/conf.h"

/* Document by document it is the same, but for those that have an error. */
static void apart(struct ward_arena *a, const struct ward_limits *lim, struct ward_slice text,
	enum ward_err whole, const struct ward_conf *docs)
{
	const struct ward_conf *c = NULL;
	struct ward_diag d;
	size_t n_bad;

	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_conf_yaml_docs(a, lim, WARD_STR("fuzz"), text, &d, &c, &n_bad);

	if (!whole && !err)
		WARD_ASSERT(n_bad == 0 && d.n == 0 && c->n_child == docs->n_child);
	if (!err)
		WARD_ASSERT((n_bad > 0) == (d.n > 0));
	ward_diag_fini(&d);
}

/* The first byte picks YAML, CSV or JSON; whatever follows is loaded or refused with a finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(len ? data + 1 : data, len ? len - 1 : 0);
	struct ward_slice text = {copy, len ? len - 1 : 0};
	struct ward_arena a;
	struct ward_diag d;
	struct ward_limits lim;
	const struct ward_conf *c = NULL;
	struct ward_csv t;
	enum ward_err err;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	ward_diag_init(&d, ward_mem_heap());
	if (len && data[0] == 'c')
		err = ward_conf_csv(&a, &lim, WARD_STR("fuzz"), text, &d, &t);
	else if (len && data[0] == 'j')
		err = ward_conf_json(&a, &lim, WARD_STR("fuzz"), 1, text, &d, &c);
	else
		err = ward_conf_yaml(&a, &lim, WARD_STR("fuzz"), text, &d, &c);
	WARD_ASSERT((err == WARD_ERR_CONFIG) == (d.n > 0));
	if (!len || (data[0] != 'c' && data[0] != 'j'))
		apart(&a, &lim, text, err, c);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}

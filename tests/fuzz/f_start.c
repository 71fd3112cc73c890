#include "fuzz.h"

#include "model/make/start.h"

/* Questions, one template for all names, and answers, parted by zero bytes. What is laid out stays
 * within its bounds, answers or not. */
struct parts {
	struct ward_slice part[3];
};

static enum ward_err give(
	void *ctx, struct ward_str name, struct ward_str *ret_path, struct ward_slice *ret_text)
{
	const struct parts *p = ctx;

	*ret_path = name;
	*ret_text = p->part[ward_str_eqz(name, "questions.yml") ? 0 : 1];
	return WARD_OK;
}

static void lay(struct ward_start *s, struct ward_slice answers, struct ward_diag *d)
{
	struct ward_make_files f;
	enum ward_err err = ward_start_answers(s, WARD_STR("answers"), answers, d);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_CONFIG || err == WARD_ERR_LIMIT);
	err = ward_start_make(s, NULL, d, &f);
	WARD_ASSERT(err != WARD_ERR_CONFIG || d->n_error);
	if (err)
		return;
	for (size_t i = 0; i < f.n; i++)
		WARD_ASSERT(f.file[i].text.len &&
			    (!i || ward_str_cmp(f.file[i - 1].name, f.file[i].name) < 0));
	ward_make_files_fini(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct parts p = {{{copy, 0}, {copy, 0}, {copy, 0}}};
	struct ward_start_source from = {give, &p};
	struct ward_start *s = NULL;
	struct ward_limits lim;
	struct ward_diag d;
	size_t at = 0;

	for (size_t k = 0; k < 3; k++) {
		size_t end = at;

		while (end < len && copy[end])
			end++;
		p.part[k] = ward_slice_of(copy + at, end - at);
		at = end < len ? end + 1 : len;
	}
	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	ward_diag_init(&d, ward_mem_heap());
	if (ward_start_parse(&from, &lim, ward_mem_heap(), &d, &s) == WARD_OK)
		lay(s, p.part[2], &d);
	else
		WARD_ASSERT(d.n_error);
	ward_start_free(s);
	ward_diag_fini(&d);
	free(copy);
	return 0;
}

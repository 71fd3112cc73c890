/* Playbooks as files bring them: what is read is written back as it was; what is sound can be told
 * and done, and killed on the way. */
#include "fuzz.h"

#include "respond/playbook/run.h"

static void line(void *ctx, const struct ward_playbook_line *l)
{
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(l->text), NULL));
	++*(size_t *)ctx;
}

static void word(void *ctx, struct ward_str s)
{
	(void)s;
	++*(size_t *)ctx;
}

static struct ward_run *killed(struct ward_run *r, const struct ward_playbooks *all)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_RUN_BYTES_MAX);

	ward_run_save(r, &w);
	ward_run_free(r);
	r = NULL;
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_run_load(ward_wr_slice(&w), all, ward_mem_heap(), &r) == WARD_OK);
	ward_wr_fini(&w);
	return r;
}

static void done(struct ward_playbook *p, const struct ward_playbooks *all)
{
	struct ward_run_request q;
	struct ward_run_out out;
	struct ward_run *r = NULL;
	ward_ns now = p->valid_from > 0 ? p->valid_from : 0;

	if (ward_run_begin(p, all, (struct ward_id){{7}}, now, NULL, 0, ward_mem_heap(), &r))
		return;
	for (unsigned i = 0; i < 100 && ward_run_is(r) == WARD_RUN_OPEN; i++) {
		enum ward_err err = ward_run_next(r, now, &out);

		if (err == WARD_ERR_AGAIN && i % 3 && ward_run_open(r, 0, &q)) {
			const struct ward_run_answer a = {.request = q.id, .well = true};

			err = ward_run_answer(r, &a, now, &out);
		}
		if (err && ward_run_due(r) < WARD_NS_NEVER)
			now = ward_run_due(r);
		r = killed(r, all);
	}
	ward_run_free(r);
}

static void written(const struct ward_playbook *p, const struct ward_limits *lim)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 26);
	struct ward_playbook *again = NULL;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	ward_playbook_write(p, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	WARD_ASSERT(ward_playbook_read(ward_wr_slice(&w), WARD_STR("w"), lim, ward_mem_heap(), &d,
			    &again) == WARD_OK);
	WARD_ASSERT(again->n_step == p->n_step && again->n_var == p->n_var);
	ward_playbook_free(again);
	ward_wr_fini(&w);
	ward_diag_fini(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_str bash = {"true", 4};
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_playbook *p = NULL;
	struct ward_limits lim;
	struct ward_diag d;
	size_t n = 0;

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_CONF_NODES] = 4096;
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = ward_playbook_read(
		ward_slice_of(copy, len), WARD_STR("p"), &lim, ward_mem_heap(), &d, &p);

	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	WARD_ASSERT((err == WARD_OK) == (p != NULL) && (err == WARD_OK) == (d.n_error == 0));
	if (p) {
		const struct ward_playbooks all = {.item = &p, .n = 1};
		const struct ward_playbook_world world = {
			.allowed = &bash, .n_allowed = 1, .others = &all};
		const struct ward_playbook_sheet sheet = {.others = &all, .line = line, .ctx = &n};

		written(p, &lim);
		ward_playbook_words(p, word, &n);
		err = ward_playbook_check(p, &world, &d);
		WARD_ASSERT((err == WARD_OK) == p->sound);
		WARD_ASSERT(ward_playbook_tell(p, &sheet) == (p->sound ? WARD_OK : WARD_ERR_STATE));
		if (p->sound)
			done(p, &all);
	}
	free(copy);
	ward_playbook_free(p);
	ward_diag_fini(&d);
	return 0;
}

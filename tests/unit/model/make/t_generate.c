/* Hospitals that do not exist: the same for the same question, and without an error. */
#include "../lab.h"

#include "conf/conf.h"
#include "model/make/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ward_make_files make(size_t n, uint64_t seed, enum ward_make_shape shape)
{
	const struct ward_make_ask ask = {n, seed, shape};
	struct ward_make_files f;

	assert_int_equal(ward_make_hospital(&ask, ward_mem_heap(), &f), WARD_OK);
	return f;
}

static bool same(const struct ward_make_files *a, const struct ward_make_files *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!ward_str_eq(ward_wr_text(&a->file[i].text), ward_wr_text(&b->file[i].text)))
			return false;
	return a->n == b->n;
}

static void the_same_for_the_same(void **state)
{
	struct ward_make_files a = make(500, 7, WARD_MAKE_DENSE), b = make(500, 7, WARD_MAKE_DENSE),
			       c = make(500, 8, WARD_MAKE_DENSE);

	(void)state;
	assert_true(same(&a, &b));
	assert_false(same(&a, &c));
	for (size_t i = 1; i < a.n; i++)
		assert_true(ward_str_cmp(a.file[i - 1].name, a.file[i].name) < 0);
	ward_make_files_fini(&a);
	ward_make_files_fini(&b);
	ward_make_files_fini(&c);
}

static size_t count(const struct ward_model *m, enum ward_node_kind kind)
{
	size_t n = 0;

	for (uint32_t i = 0; i < ward_model_n(m); i++)
		n += ward_model_node(m, i)->kind == kind;
	return n;
}

/* With the content of the sources: as many assets as were asked for, and no error. */
static void loads(void **state)
{
	static const char *const content_names[] = {"ontology.yml", "threats.yml"};
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_model_file content[2];
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_arena a;

	(void)state;
	if (!root)
		skip();
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	ward_arena_init(&a, ward_mem_heap(), 1 << 24);
	for (size_t i = 0; i < 2; i++) {
		char path[512];

		(void)snprintf(path, sizeof(path), "%s/content/%s", root, content_names[i]);
		content[i].name = content[i].path = ward_str_z(content_names[i]);
		assert_int_equal(ward_conf_read(&a, &lim, path, &d, &content[i].bytes), WARD_OK);
	}
	for (unsigned s = 0; s < WARD_MAKE_SHAPES; s++) {
		struct ward_make_files f = make(700, 3, (enum ward_make_shape)s);
		struct ward_model_file file[WARD_MAKE_FILES_MAX];
		struct ward_model *m = NULL;

		for (size_t i = 0; i < f.n; i++)
			file[i] = (struct ward_model_file){
				f.file[i].name, f.file[i].name, ward_wr_slice(&f.file[i].text)};
		assert_int_equal(
			ward_model_load_files(file, f.n, content, &lim, ward_mem_heap(), &d, &m),
			WARD_OK);
		assert_int_equal(count(m, WARD_NODE_ASSET), 700);
		assert_int_equal(count(m, WARD_NODE_SERVICE), 20);
		assert_int_equal(count(m, WARD_NODE_BUILDING), s == WARD_MAKE_DENSE       ? 1
							       : s == WARD_MAKE_DISPERSED ? 10
											  : 2);
		ward_model_free(m);
		ward_make_files_fini(&f);
	}
	ward_diag_fini(&d);
	ward_arena_fini(&a);
}

static void sizes_and_memory(void **state)
{
	struct ward_make_files f;
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	assert_int_equal(
		ward_make_hospital(&(struct ward_make_ask){.n_asset = 249}, ward_mem_heap(), &f),
		WARD_ERR_LIMIT);
	assert_int_equal(ward_make_hospital(
				 &(struct ward_make_ask){.n_asset = 1000001}, ward_mem_heap(), &f),
		WARD_ERR_LIMIT);
	for (uint64_t n = 1; err; n++) {
		struct ward_mem_failing failing;

		ward_mem_failing_init(&failing, n);
		err = ward_make_hospital(
			&(struct ward_make_ask){.n_asset = 250, .seed = 1}, &failing.mem, &f);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		if (!err)
			ward_make_files_fini(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_for_the_same),
		cmocka_unit_test(loads),
		cmocka_unit_test(sizes_and_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each allocation fails once, and all after it: NOMEM, nothing leaks (the sanitizer build sees
 * that), nothing is given. */
static void every_allocation(void **state)
{
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	for (uint64_t n = 1; err; n++) {
		struct ward_mem_failing f;
		struct lab l;

		ward_mem_failing_init(&f, n);
		err = lab_load(&l, &f.mem, NULL, "roles.csv", "id,name\nr,R\n");
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true((l.m != NULL) == (err == WARD_OK));
		lab_free(&l);
	}
}

static void limit(const char *name, uint64_t value, const char *text, const char *what)
{
	struct lab l;
	struct ward_model_file file = {
		WARD_STR("x.yml"), WARD_STR("x.yml"), ward_str_bytes(ward_str_z(text))};
	struct ward_model_file content[] = {{WARD_STR("ontology.yml"), WARD_STR("ontology.yml"),
						    ward_str_bytes(ward_str_z(lab_ontology))},
		{WARD_STR("threats.yml"), WARD_STR("threats.yml"),
			ward_str_bytes(ward_str_z(lab_threats))}};

	l = (struct lab){.m = NULL};
	ward_limits_default(&l.lim);
	ward_diag_init(&l.d, ward_mem_heap());
	assert_int_equal(ward_limits_set(&l.lim, ward_str_z(name), value), WARD_OK);
	assert_int_equal(
		ward_model_load_files(&file, 1, content, &l.lim, ward_mem_heap(), &l.d, &l.m),
		WARD_ERR_CONFIG);
	assert_null(l.m);
	assert_true(ward_str_find(l.d.item[l.d.n - 1].what, ward_str_z(what)) != SIZE_MAX);
	lab_free(&l);
}

static void limits(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ward_wr_z(&w, "roles:\n");
	for (int i = 0; i < 1100; i++)
		ward_wr_printf(&w, "- {id: r-%d, name: R}\n", i);
	ward_wr_u8(&w, 0);
	limit("model.nodes", 1024, (const char *)w.p, "model.nodes");
	ward_wr_reset(&w);
	ward_wr_z(&w, "assets:\n- {id: a, name: A, class: supply}\n- {id: b, name: B, class: "
		      "supply}\nrelations:\n");
	for (int i = 0; i < 1100; i++)
		ward_wr_z(&w, "- {from: a, relation: powers, to: b}\n");
	ward_wr_u8(&w, 0);
	limit("model.relations", 1024, (const char *)w.p, "model.relations");
	ward_wr_fini(&w);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];

	assert_true(snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path));
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void directory(void **state)
{
	static const char *const files[] = {
		"a.yml", "b.yaml", "c.txt", "limits.yml", ".d.yml", "ontology.yml", "threats.yml"};
	char top[] = "/tmp/ward-model-XXXXXX", dir[64], content[64], path[256];
	struct lab l = {.m = NULL};

	(void)state;
	assert_non_null(mkdtemp(top));
	(void)snprintf(dir, sizeof(dir), "%s/h", top);
	(void)snprintf(content, sizeof(content), "%s/c", top);
	assert_int_equal(mkdir(dir, 0700) | mkdir(content, 0700), 0);
	ward_limits_default(&l.lim);
	ward_diag_init(&l.d, ward_mem_heap());
	write_file(dir, "a.yml", lab_base);
	write_file(dir, "b.yaml", "not read");
	write_file(dir, "c.txt", "not read");
	write_file(dir, ".d.yml", "not read");
	assert_int_equal(ward_model_limits(dir, ward_mem_heap(), &l.d, &l.lim), WARD_OK);
	write_file(dir, "limits.yml", "limits:\n  model.nodes: 2048\n");
	assert_int_equal(ward_model_limits(dir, ward_mem_heap(), &l.d, &l.lim), WARD_OK);
	assert_int_equal(ward_limit(&l.lim, WARD_LIMIT_MODEL_NODES), 2048);
	/* Without content it can't be read. */
	assert_int_equal(
		ward_model_load(dir, content, &l.lim, ward_mem_heap(), &l.d, &l.m), WARD_ERR_IO);
	assert_null(l.m);
	write_file(content, "ontology.yml", lab_ontology);
	write_file(content, "threats.yml", lab_threats);
	ward_diag_fini(&l.d);
	ward_diag_init(&l.d, ward_mem_heap());
	assert_int_equal(
		ward_model_load(dir, content, &l.lim, ward_mem_heap(), &l.d, &l.m), WARD_OK);
	assert_int_equal(l.d.n, 1); /* b.yaml is told about */
	assert_int_equal(l.d.item[0].level, WARD_DIAG_WARNING);
	assert_int_equal(ward_model_n(l.m), 17);
	write_file(dir, "limits.yml",
		"limits:\n  model.nodes: 1\n  model.nods: 5000\n  conf.depth: deep\n");
	assert_int_equal(ward_model_limits(dir, ward_mem_heap(), &l.d, &l.lim), WARD_ERR_CONFIG);
	assert_int_equal(l.d.n_error, 3);
	write_file(dir, "limits.yml", "other: {}\n");
	assert_int_equal(ward_model_limits(dir, ward_mem_heap(), &l.d, &l.lim), WARD_ERR_CONFIG);
	assert_int_equal(l.d.n_error, 4);
	lab_free(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(files); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", i < 5 ? dir : content, files[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir) | rmdir(content) | rmdir(top), 0);
	l = (struct lab){.m = NULL};
	ward_limits_default(&l.lim);
	ward_diag_init(&l.d, ward_mem_heap());
	assert_int_equal(
		ward_model_load(dir, content, &l.lim, ward_mem_heap(), &l.d, &l.m), WARD_ERR_IO);
	lab_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation),
		cmocka_unit_test(limits),
		cmocka_unit_test(directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "hospital.h"

#include "bench.h"
#include "files.h"

#include "model/make/make.h"

#define FILE_MAX ((size_t)1 << 30)

struct ward_model *bench_hospital(size_t n_asset, uint64_t seed)
{
	static const char *const content_names[] = {"content/ontology.yml", "content/threats.yml"};
	static const enum ward_limit large[] = {WARD_LIMIT_MODEL_NODES, WARD_LIMIT_MODEL_RELATIONS,
		WARD_LIMIT_MODEL_BYTES, WARD_LIMIT_CONF_BYTES, WARD_LIMIT_CONF_NODES};
	const struct ward_make_ask ask = {n_asset, seed, WARD_MAKE_PAVILIONS};
	struct ward_model_file file[WARD_MAKE_FILES_MAX], content[2];
	struct ward_make_files made;
	struct ward_model *m = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	ward_limits_default(&lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(large); i++)
		lim.v[large[i]] = ward_limit_info(large[i])->max;
	if (ward_make_hospital(&ask, ward_mem_heap(), &made))
		bench_die("no hospital of %zu assets", n_asset);
	for (size_t i = 0; i < made.n; i++)
		file[i] = (struct ward_model_file){
			made.file[i].name, made.file[i].name, ward_wr_slice(&made.file[i].text)};
	for (size_t i = 0; i < 2; i++)
		content[i] = (struct ward_model_file){ward_str_z(content_names[i] + 8),
			ward_str_z(content_names[i]),
			ward_str_bytes(bench_read(bench_source(content_names[i]).s, FILE_MAX))};
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_model_load_files(file, made.n, content, &lim, ward_mem_heap(), &diag, &m);

	ward_diag_sort(&diag);
	if (err)
		bench_die("the generated hospital: %s; %.*s:%u: %.*s", ward_err_text(err),
			WARD_STR_ARG(diag.n ? diag.item[0].file : WARD_STR("")),
			diag.n ? diag.item[0].line : 0,
			WARD_STR_ARG(diag.n ? diag.item[0].what : WARD_STR("")));
	ward_make_files_fini(&made);
	for (size_t i = 0; i < 2; i++)
		bench_free(ward_slice_text(content[i].bytes));
	ward_diag_fini(&diag);
	return m;
}

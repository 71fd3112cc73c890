#include "lab.h"

#include <stdio.h>

static const char hospital[] =
	"# A house of three rooms.\n"
	"hospital: {id: h, name: Test, city: Turin, country: IT, timezone: Europe/Rome, synthetic: "
	"true}\n"
	"sites: [{id: main, name: Main}]\n"
	"buildings:\n  - {id: house, name: House, site: main}\n"
	"floors:\n  - {id: ground, name: Ground, building: house, level: 0} # the only one\n"
	"networks:\n  - {id: net-med, name: Medical, class: network.medical, cidr: [10.3.0.0/16]}\n"
	"rooms:\n"
	"  - {id: icu-1, name: ICU 1, floor: ground, class: room.icu}\n"
	"  - {id: store, name: Store, floor: ground, class: room.store}\n";

const char import_lab_assets[] =
	"# Kept by hand.\n"
	"id,name,class,room,network,ip,mac,keys,vendor,model,criticality\n"
	"pump-1,Pump one,device.medical.infusion,icu-1,net-med,10.3.0.5,00:1b:63:84:45:e6,"
	"serial:S-1,Acme,\"P, 4\",4\r\n"
	"\n"
	"vent-1,Ventilator,device.medical,icu-1,net-med,10.3.0.6,,host:vent-1,,,5\n";

static void load(struct import_lab *l)
{
	const struct ward_model_file content[2] = {l->files.content[0], l->files.content[1]};

	WARD_ASSERT(ward_model_load_files(l->files.file, l->files.n, content, &l->lim,
			    ward_mem_heap(), &l->d, &l->m) == WARD_OK);
	ward_candidates_init(&l->c, ward_mem_heap(), &l->lim);
}

static struct ward_model_file file_of(const char *name, const char *text)
{
	return (struct ward_model_file){
		ward_str_z(name), ward_str_z(name), ward_str_bytes(ward_str_z(text))};
}

void import_lab_open(struct import_lab *l, const char *name, const char *text)
{
	static const char *const content[2] = {"ontology.yml", "threats.yml"};

	*l = (struct import_lab){.n_out = 0};
	ward_limits_default(&l->lim);
	ward_diag_init(&l->d, ward_mem_heap());
	ward_arena_init(&l->arena, ward_mem_heap(), (size_t)1 << 30);
	for (size_t i = 0; i < 2; i++) {
		char path[512];
		int n = snprintf(path, sizeof(path), "%s/%s", CONTENT, content[i]);

		WARD_ASSERT(n > 0 && (size_t)n < sizeof(path));
		l->files.content[i].name = ward_str_z(content[i]);
		l->files.content[i].path = ward_str_z(content[i]);
		WARD_ASSERT(ward_conf_read(&l->arena, &l->lim, path, &l->d,
				    &l->files.content[i].bytes) == WARD_OK);
	}
	l->files.file = ward_arena_array(&l->arena, 3, sizeof(*l->files.file));
	l->files.file[l->files.n++] = file_of("assets-hand.csv", import_lab_assets);
	if (name)
		l->files.file[l->files.n++] = file_of(name, text);
	l->files.file[l->files.n++] = file_of("hospital.yml", hospital);
	ward_model_files_sort(l->files.file, l->files.n);
	load(l);
}

enum ward_err import_lab_read(struct import_lab *l, enum ward_import_format format,
	const char *file, struct ward_slice text)
{
	const struct ward_import_in in = {.model = l->m,
		.content = CONTENT,
		.list = {"", 0},
		.lim = &l->lim,
		.mem = ward_mem_heap(),
		.diag = &l->d};

	return ward_import_read(&in, format, ward_str_z(file), text, &l->c);
}

enum ward_err import_lab_merge(struct import_lab *l, const char *source, const char *accept)
{
	const struct ward_merge_in in = {.model = l->m,
		.file = l->files.file,
		.n_file = l->files.n,
		.c = &l->c,
		.source = ward_str_z(source),
		.now = 1764115200 * WARD_NS_PER_S, /* 2025-11-26 */
		.into = {"ground", 6},
		.lim = &l->lim,
		.mem = ward_mem_heap(),
		.diag = &l->d};
	enum ward_err err = ward_merge_new(&in, &l->merge);
	size_t n;

	if (err)
		return err;
	struct ward_import_item *it = ward_merge_items(l->merge, &n);

	for (size_t i = 0; i < n; i++)
		it[i].approved = it[i].may && (it[i].what == WARD_IMPORT_ADDED ||
						      it[i].what == WARD_IMPORT_CHANGED ||
						      (accept && ward_str_eqz(it[i].id, accept)));
	return ward_merge_plan(l->merge, &l->out, &l->n_out);
}

enum ward_err import_lab_apply(struct import_lab *l)
{
	struct ward_model_file *all =
		ward_arena_array(&l->arena, l->files.n + l->n_out, sizeof(*all));
	size_t n = l->files.n;

	WARD_ASSERT(all);
	memcpy(all, l->files.file, n * sizeof(*all));
	for (size_t i = 0; i < l->n_out; i++) {
		size_t k = 0;

		while (k < n && !ward_str_eq(all[k].name, l->out[i].name))
			k++;
		n += k == n;
		all[k].name = all[k].path = ward_arena_str(&l->arena, l->out[i].name);
		all[k].bytes = ward_arena_bytes(&l->arena, l->out[i].bytes);
	}
	l->files.file = all;
	l->files.n = n;
	ward_model_files_sort(all, n);
	ward_merge_free(l->merge);
	l->merge = NULL;
	ward_candidates_fini(&l->c);
	ward_model_free(l->m);
	l->m = NULL;
	ward_candidates_init(&l->c, ward_mem_heap(), &l->lim);
	return ward_model_load_files(
		all, n, l->files.content, &l->lim, ward_mem_heap(), &l->d, &l->m);
}

void import_lab_close(struct import_lab *l)
{
	ward_merge_free(l->merge);
	ward_candidates_fini(&l->c);
	ward_model_free(l->m);
	ward_arena_fini(&l->arena);
	ward_diag_fini(&l->d);
}

struct ward_str import_lab_file(const struct import_lab *l, const char *name)
{
	for (size_t i = 0; i < l->n_out; i++)
		if (ward_str_eqz(l->out[i].name, name))
			return ward_slice_text(l->out[i].bytes);
	return (struct ward_str){"", 0};
}

size_t import_lab_count(const struct import_lab *l, enum ward_import_what what)
{
	size_t n, count = 0;
	const struct ward_import_item *it = ward_merge_items(l->merge, &n);

	for (size_t i = 0; i < n; i++)
		count += it[i].what == what && it[i].rel == WARD_NONE;
	return count;
}

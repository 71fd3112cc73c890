#include "model/import/import.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

static const struct {
	const char *name;
	enum ward_import_format format;
} names[] = {
	{"csv", WARD_IMPORT_CSV},
	{"inventory", WARD_IMPORT_CSV},
	{"cyclonedx", WARD_IMPORT_CYCLONEDX},
	{"fhir", WARD_IMPORT_FHIR},
	{"brick", WARD_IMPORT_RDF},
	{"bot", WARD_IMPORT_RDF},
	{"netbox", WARD_IMPORT_NETBOX},
};

enum ward_import_format ward_import_format_parse(struct ward_str s)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		if (ward_str_eqz(s, names[i].name))
			return names[i].format;
	return WARD_IMPORT_N;
}

enum ward_import_format ward_import_format_guess(struct ward_str file, struct ward_slice text)
{
	/* Of an object of NetBox's lists, where their urls were left out. */
	static const char *const lists[] = {
		"\"sites\"", "\"locations\"", "\"devices\"", "\"vlans\"", "\"prefixes\""};
	struct ward_str head = ward_str_sub(ward_slice_text(text), 0, 4096);

	if (ward_str_ends(file, WARD_STR(".ttl")))
		return WARD_IMPORT_RDF;
	if (ward_str_ends(file, WARD_STR(".csv")))
		return WARD_IMPORT_CSV;
	if (ward_str_find(head, WARD_STR("\"bomFormat\"")) != SIZE_MAX)
		return WARD_IMPORT_CYCLONEDX;
	if (ward_str_find(head, WARD_STR("\"resourceType\"")) != SIZE_MAX)
		return WARD_IMPORT_FHIR;
	if (ward_str_find(head, WARD_STR("/api/dcim/")) != SIZE_MAX ||
		ward_str_find(head, WARD_STR("/api/ipam/")) != SIZE_MAX)
		return WARD_IMPORT_NETBOX;
	for (size_t i = 0; i < WARD_ARRAY_LEN(lists); i++)
		if (ward_str_find(head, ward_str_z(lists[i])) != SIZE_MAX)
			return WARD_IMPORT_NETBOX;
	return WARD_IMPORT_N;
}

enum ward_err ward_import_read(const struct ward_import_in *in, enum ward_import_format format,
	struct ward_str file, struct ward_slice text, struct ward_candidates *c)
{
	static ward_import_reader *const reader[WARD_IMPORT_N] = {
		[WARD_IMPORT_CSV] = ward_import_csv,
		[WARD_IMPORT_CYCLONEDX] = ward_import_cyclonedx,
		[WARD_IMPORT_FHIR] = ward_import_fhir,
		[WARD_IMPORT_RDF] = ward_import_rdf,
		[WARD_IMPORT_NETBOX] = ward_import_netbox,
	};

	WARD_ASSERT((unsigned)format < WARD_IMPORT_N);
	enum ward_err err = reader[format](in, file, text, c);

	if (!err && c->err == WARD_ERR_LIMIT) {
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("more things than are imported at once\nsplit the file"));
		err = WARD_ERR_CONFIG;
	}
	return err ? err : c->err;
}

uint32_t ward_import_class(const struct ward_import_in *in, const struct ward_conf *c)
{
	uint32_t class = ward_ontology_find(ward_model_ontology(in->model), c->text);

	if (class == WARD_NONE)
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, c->file, c->line,
			WARD_TEXT("the class '%.*s' is not in the ontology\nchoose one of "
				  "content/ontology.yml"),
			WARD_STR_ARG(c->text));
	return class;
}

enum ward_node_kind ward_import_kind_of(const struct ward_model *m, uint32_t class)
{
	struct ward_str id = ward_ontology_class(ward_model_ontology(m), class)->id;
	struct ward_str root = ward_str_cut(&id, '.');

	for (unsigned k = 0; k < WARD_NODE_ASSET; k++)
		if (ward_str_eqz(root, ward_node_kind_name((enum ward_node_kind)k)))
			return (enum ward_node_kind)k;
	return WARD_NODE_ASSET;
}

enum ward_err ward_import_content(const struct ward_import_in *in, struct ward_arena *a,
	const char *name, const struct ward_conf **ret)
{
	char path[PATH_BYTES];
	const struct ward_conf *docs;
	int n = snprintf(path, sizeof(path), "%s/import/%s.yml", in->content, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_conf_yaml_file(a, in->lim, path, in->diag, &docs);

	if (err)
		return err == WARD_ERR_NOT_FOUND ? WARD_ERR_IO : err;
	if (!docs->child || docs->child->kind != WARD_CONF_MAP) {
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, ward_str_z(path), 1,
			WARD_TEXT("the file is empty\nput Ward's own back"));
		return WARD_ERR_CONFIG;
	}
	*ret = docs->child;
	return WARD_OK;
}

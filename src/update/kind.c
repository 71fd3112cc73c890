#include "update/update.h"

static const struct {
	const char *name, *folder;
} kinds[WARD_UPDATE_KIND_N] = {
	[WARD_UPDATE_CONTENT] = {"content", "content"},
	[WARD_UPDATE_PACKAGE] = {"package", "packages"},
	[WARD_UPDATE_VULNERABILITIES] = {"vulnerabilities", "vulnerabilities"},
	[WARD_UPDATE_SBOM] = {"sbom", "sbom"},
	[WARD_UPDATE_VEX] = {"vex", "vex"},
	[WARD_UPDATE_DOCUMENT] = {"document", "documents"},
};

const char *ward_update_kind_name(enum ward_update_kind k)
{
	return kinds[k].name;
}

const char *ward_update_kind_folder(enum ward_update_kind k)
{
	return kinds[k].folder;
}

enum ward_update_kind ward_update_kind_of(struct ward_str path)
{
	struct ward_str folder = ward_str_cut(&path, '/');
	unsigned k = 0;

	while (k < WARD_UPDATE_KIND_N && !ward_str_eqz(folder, kinds[k].folder))
		k++;
	return path.len ? (enum ward_update_kind)k : WARD_UPDATE_KIND_N;
}

bool ward_update_is_read(enum ward_update_kind k)
{
	return k == WARD_UPDATE_SBOM || k == WARD_UPDATE_VEX;
}

static bool one_of(struct ward_str s, const char *const *list)
{
	while (*list && !ward_str_eqz(s, *list))
		list++;
	return *list != NULL;
}

static bool is_cyclonedx(const struct ward_conf *c)
{
	static const char *const version[] = {"1.4", "1.5", "1.6", NULL};

	return ward_str_eqz(ward_conf_word(c, "bomFormat"), "CycloneDX") &&
	       one_of(ward_conf_word(c, "specVersion"), version);
}

static bool is_list(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SEQ && v->n_child > 0;
}

/* CycloneDX 1.4 to 1.6 (ECMA-424) "components", SPDX 2.2 (ISO/IEC 5962) and 2.3 "packages". */
static bool is_sbom(const struct ward_conf *c)
{
	static const char *const version[] = {"SPDX-2.2", "SPDX-2.3", NULL};

	return (is_cyclonedx(c) && is_list(c, "components")) ||
	       (one_of(ward_conf_word(c, "spdxVersion"), version) && is_list(c, "packages"));
}

/* CSAF 2.0 4.5 (profile VEX), CycloneDX "vulnerabilities", OpenVEX 0.2.0 "statements". */
static bool is_vex(const struct ward_conf *c)
{
	const struct ward_conf *doc = ward_conf_get(c, "document");

	if (ward_str_eqz(ward_conf_word(doc, "category"), "csaf_vex"))
		return ward_str_eqz(ward_conf_word(doc, "csaf_version"), "2.0") &&
		       is_list(c, "vulnerabilities");
	if (ward_str_starts(ward_conf_word(c, "@context"), WARD_STR("https://openvex.dev/ns")))
		return is_list(c, "statements");
	return is_cyclonedx(c) && is_list(c, "vulnerabilities");
}

enum ward_err ward_update_check_kind(const struct ward_update_in *in,
	const struct ward_update_member *m, struct ward_slice bytes)
{
	const struct ward_conf *c = NULL;

	if (m->kind == WARD_UPDATE_PACKAGE &&
		!ward_str_starts(ward_slice_text(bytes), WARD_STR("!<arch>\n")))
		return ward_update_bad(in,
			WARD_TEXT(
				"'%.*s' is no Debian package\nput only .deb files into packages/"),
			WARD_STR_ARG(m->path));
	if (!ward_update_is_read(m->kind))
		return WARD_OK;
	enum ward_err err = ward_conf_json(in->arena, in->lim, m->path, 1, bytes, in->diag, &c);

	if (err)
		return err;
	if (m->kind == WARD_UPDATE_SBOM && !is_sbom(c))
		return ward_update_bad(in,
			WARD_TEXT("'%.*s' is no list of what is in the software\nput CycloneDX 1.4 "
				  "to "
				  "1.6 or SPDX 2.2 or 2.3 there, as JSON, with its components"),
			WARD_STR_ARG(m->path));
	if (m->kind == WARD_UPDATE_VEX && !is_vex(c))
		return ward_update_bad(in,
			WARD_TEXT("'%.*s' does not say which weaknesses matter\nput a VEX of CSAF "
				  "2.0, "
				  "CycloneDX 1.4 to 1.6 or OpenVEX there, as JSON"),
			WARD_STR_ARG(m->path));
	return WARD_OK;
}

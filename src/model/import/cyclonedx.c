/* CycloneDX (ECMA-424), JSON: devices and what runs on them. Of what `ward inventory` exports, the
 * properties ward:… are read back. */
#include "model/import/words.h"

#include <string.h>

enum { DEPTH = 16 };

struct bom {
	const struct ward_import_in *in;
	struct ward_candidates *c;
	struct ward_str file;
	const struct ward_conf *words;
	struct ward_wr ref; /* of a component without bom-ref: those of its parents, and its name */
};

static struct ward_str maker(const struct ward_conf *c)
{
	static const char *const who[] = {"manufacturer", "supplier"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(who); i++) {
		struct ward_str s = ward_import_text(ward_conf_get(c, who[i]), "name");

		if (s.len)
			return s;
	}
	return ward_import_text(c, "publisher");
}

static void properties(struct bom *b, uint32_t n, const struct ward_conf *c)
{
	static const struct {
		const char *name;
		enum ward_cell cell;
	} known[] = {{"ward:mac", WARD_CELL_MAC}, {"ward:ip", WARD_CELL_IP},
		{"ward:class", WARD_CELL_CLASS}, {"ward:model", WARD_CELL_MODEL},
		{"ward:room", WARD_CELL_ROOM}, {"hospital:location", WARD_CELL_ROOM}};
	const struct ward_conf *list = ward_conf_get(c, "properties");

	for (const struct ward_conf *p = list ? list->child : NULL; p; p = p->next) {
		struct ward_str name = ward_import_text(p, "name"),
				value = ward_import_text(p, "value");

		for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
			if (ward_str_eqz(name, known[i].name) &&
				(known[i].cell != WARD_CELL_CLASS ||
					ward_ontology_find(ward_model_ontology(b->in->model),
						value) != WARD_NONE))
				ward_candidate_set(b->c, n, known[i].cell, value);
		if (ward_str_eqz(name, "ward:serial") || ward_str_eqz(name, "serialNumber"))
			ward_candidate_key(b->c, n, "serial", value);
	}
}

/* Did Ward itself write it? */
static bool own(const struct ward_conf *c)
{
	const struct ward_conf *list = ward_conf_get(c, "properties");

	for (const struct ward_conf *p = list ? list->child : NULL; p; p = p->next)
		if (ward_str_starts(ward_import_text(p, "name"), WARD_STR("ward:")))
			return true;
	return false;
}

/* No member of CycloneDX says what a device is for: it is guessed, so that no pump counts as just
 * some device. */
static void by_words(struct bom *b, uint32_t n, struct ward_str what, struct ward_str name)
{
	struct ward_str class = ward_import_word_class(b->words, what, "device");
	char text[128];

	if (!class.len)
		class = ward_import_word_class(b->words, name, "device");
	if (!class.len || class.len >= sizeof(text))
		return;
	memcpy(text, class.p, class.len);
	text[class.len] = 0;
	ward_candidate_assume(b->c, n, WARD_CELL_CLASS, text);
}

static void device(struct bom *b, uint32_t n, const struct ward_conf *c)
{
	struct ward_str name = ward_import_text(c, "name"),
			what = ward_import_text(c, "description");

	properties(b, n, c);
	ward_candidate_set(b->c, n, WARD_CELL_NAME, what.len ? what : name);
	if (!own(c)) /* Ward says the class itself, or does not know it */
		by_words(b, n, what, name);
	ward_candidate_set(b->c, n, WARD_CELL_CLASS, WARD_STR("device"));
	ward_candidate_set(b->c, n, WARD_CELL_VENDOR, maker(c));
	if (!own(c)) /* its names may be those of hosts */
		ward_candidate_set(b->c, n, WARD_CELL_MODEL, name);
}

/* What a component is here: a device, software, data, or nothing (a file, a library). */
static struct ward_str class_of(struct ward_str type)
{
	static const struct {
		const char *type, *class;
	} known[] = {{"device", "device"}, {"application", "software"}, {"firmware", "software"},
		{"operating-system", "software"}, {"container", "software"},
		{"platform", "software"}, {"data", "data"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(type, known[i].type))
			return ward_str_z(known[i].class);
	return (struct ward_str){"", 0};
}

static void software(struct bom *b, uint32_t n, const struct ward_conf *c, struct ward_str class)
{
	char buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_str name = ward_import_text(c, "name"),
			version = ward_import_text(c, "version");

	ward_wr_str(&w, ward_str_sub(name, 0, 300));
	if (version.len) {
		ward_wr_ch(&w, ' ');
		ward_wr_str(&w, ward_str_sub(version, 0, 100));
	}
	properties(b, n, c);
	ward_candidate_set(b->c, n, WARD_CELL_NAME, ward_wr_text(&w));
	ward_candidate_set(b->c, n, WARD_CELL_CLASS, class);
	ward_candidate_set(b->c, n, WARD_CELL_VENDOR, maker(c));
	ward_candidate_set(b->c, n, WARD_CELL_MODEL, name);
}

/* One component; WARD_NONE when it is none of ours. */
static uint32_t component(struct bom *b, const struct ward_conf *c, uint32_t whole)
{
	struct ward_str type = ward_import_text(c, "type"), name = ward_import_text(c, "name"),
			ref = ward_import_text(c, "bom-ref");
	struct ward_str class = class_of(type);

	if (!class.len || !name.len) {
		ward_candidate_pass(b->c, type.len ? type : WARD_STR("component without type"));
		return WARD_NONE;
	}
	if (!ref.len) {
		ward_wr_reset(&b->ref);
		if (whole != WARD_NONE) {
			ward_wr_str(&b->ref, b->c->node[whole].ref);
			ward_wr_ch(&b->ref, '/');
		}
		ward_wr_str(&b->ref, name);
		if (whole == WARD_NONE || !ward_str_eqz(type, "firmware")) {
			ward_wr_ch(&b->ref, '@');
			ward_wr_str(&b->ref, ward_import_text(c, "version"));
		}
		ref = ward_str_sub(ward_wr_text(&b->ref), 0, 2000);
	}
	uint32_t n = ward_candidate_add(b->c, WARD_NODE_ASSET, ref, b->file, c->line);

	if (n == WARD_NONE)
		return n;
	ward_candidate_id(b->c, n, ref);
	if (ward_str_eqz(class, "device"))
		device(b, n, c);
	else
		software(b, n, c, class);
	return n;
}

/* A device contains devices and hosts software and data; software hosts both, data contains data.
 */
static void belong(struct bom *b, uint32_t whole, uint32_t part, uint32_t line)
{
	const struct ward_candidate_node *w = &b->c->node[whole], *p = &b->c->node[part];
	bool device = ward_str_starts(w->cell[WARD_CELL_CLASS], WARD_STR("device"));
	bool in_data = ward_str_starts(w->cell[WARD_CELL_CLASS], WARD_STR("data"));
	bool is_device = ward_str_starts(p->cell[WARD_CELL_CLASS], WARD_STR("device"));

	if (is_device ? !device : in_data)
		return;
	ward_candidate_relate(b->c, w->ref, is_device ? WARD_REL_CONTAINS : WARD_REL_HOSTS, p->ref,
		b->file, line);
}

static const struct ward_conf *parts(const struct ward_conf *c)
{
	const struct ward_conf *list = ward_conf_get(c, "components");

	return list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
}

/* Components within components, with a stack: the reader of JSON bounds their depth. */
static void components(struct bom *b, const struct ward_conf *doc)
{
	struct {
		const struct ward_conf *next;
		uint32_t whole;
	} stack[DEPTH];
	size_t n = 1;

	stack[0].next = parts(doc);
	stack[0].whole = WARD_NONE;
	while (n && !b->c->err) {
		const struct ward_conf *c = stack[n - 1].next;
		uint32_t whole = stack[n - 1].whole, i;

		if (!c) {
			n--;
			continue;
		}
		stack[n - 1].next = c->next;
		i = component(b, c, whole);
		if (i != WARD_NONE && whole != WARD_NONE && i != whole)
			belong(b, whole, i, c->line);
		if (!parts(c))
			continue;
		if (n == DEPTH) {
			ward_candidate_pass(b->c, WARD_STR("component too deep in others"));
			continue;
		}
		stack[n].next = parts(c);
		stack[n++].whole = i != WARD_NONE ? i : whole;
	}
}

static bool is_bom(struct bom *b, const struct ward_conf *doc)
{
	struct ward_str version = ward_import_text(doc, "specVersion");

	if (!ward_str_eqz(ward_import_text(doc, "bomFormat"), "CycloneDX")) {
		ward_diag_addf(b->in->diag, WARD_DIAG_ERROR, b->file, doc->line,
			WARD_TEXT("no CycloneDX document: bomFormat is not CycloneDX\nexport it as "
				  "CycloneDX "
				  "JSON"));
		return false;
	}
	if (ward_str_eqz(version, "1.4") || ward_str_eqz(version, "1.5") ||
		ward_str_eqz(version, "1.6"))
		return true;
	ward_diag_addf(b->in->diag, WARD_DIAG_ERROR, b->file, doc->line,
		WARD_TEXT("CycloneDX '%.*s' is not read\nexport it as version 1.4, 1.5 or 1.6"),
		WARD_STR_ARG(ward_str_sub(version, 0, 20)));
	return false;
}

enum ward_err ward_import_cyclonedx(const struct ward_import_in *in, struct ward_str file,
	struct ward_slice bytes, struct ward_candidates *c)
{
	struct bom b = {.in = in, .c = c, .file = file, .ref = ward_wr_grow(in->mem, 1 << 16)};
	const struct ward_conf *doc;
	struct ward_arena a;

	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_import_words(in, &a, &b.words);

	if (!err)
		err = ward_conf_json(&a, in->lim, file, 1, bytes, in->diag, &doc);
	if (!err && !is_bom(&b, doc))
		err = WARD_ERR_CONFIG;
	if (!err) {
		struct ward_str at = ward_import_text(ward_conf_get(doc, "metadata"), "timestamp");
		ward_ns t;

		if (ward_time_parse(at, &t) == WARD_OK)
			c->as_of = t;
		components(&b, doc);
	}
	ward_wr_fini(&b.ref);
	ward_arena_fini(&a);
	return err;
}

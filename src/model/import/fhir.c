/* HL7 FHIR R4: Location, Device, Organization, HealthcareService. No other resource is looked into
 * but for its type: what tells of patients is counted and left where it is. */
#include "model/import/words.h"

struct fhir {
	const struct ward_import_in *in;
	struct ward_candidates *c;
	struct ward_str file;
	const struct ward_conf *words;
};

/* "Location/icu-1" of a resource, from "…/Location/icu-1", "Location/icu-1/_history/2". */
static struct ward_str plain_ref(struct ward_str s, const char *type)
{
	struct ward_str t = ward_str_z(type);
	size_t at = ward_str_find(s, t);

	while (at != SIZE_MAX) {
		struct ward_str rest = ward_str_sub(s, at + t.len, s.len);

		if (rest.len > 1 && rest.p[0] == '/' && (at == 0 || s.p[at - 1] == '/')) {
			struct ward_str id = ward_str_sub(rest, 1, rest.len);

			return ward_str_sub(s, at, t.len + 1 + ward_str_cut(&id, '/').len);
		}
		at = SIZE_MAX;
	}
	return s; /* urn:uuid:… */
}

static struct ward_str reference(const struct ward_conf *c, const char *key, const char *type)
{
	return plain_ref(ward_import_text(ward_conf_get(c, key), "reference"), type);
}

/* The first code of a CodeableConcept. */
static struct ward_str code(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *coding = ward_conf_get(ward_conf_get(c, key), "coding");

	return ward_import_text(coding ? coding->child : NULL, "code");
}

/* Its text, else the first display. */
static struct ward_str spoken(const struct ward_conf *concept)
{
	struct ward_str s = ward_import_text(concept, "text");
	const struct ward_conf *coding = ward_conf_get(concept, "coding");

	return s.len ? s : ward_import_text(coding ? coding->child : NULL, "display");
}

/* location-physical-type: what has a list here. A wing or ward is a zone of nobody's but its own.
 */
static enum ward_node_kind kind_of(struct ward_str physical)
{
	static const struct {
		const char *code;
		enum ward_node_kind kind;
	} known[] = {{"si", WARD_NODE_SITE}, {"bu", WARD_NODE_BUILDING}, {"lvl", WARD_NODE_FLOOR},
		{"ro", WARD_NODE_ROOM}, {"co", WARD_NODE_ROOM}, {"wa", WARD_NODE_ZONE}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(physical, known[i].code))
			return known[i].kind;
	return WARD_NODE_N;
}

static void location(struct fhir *f, const struct ward_conf *r, struct ward_str ref)
{
	struct ward_str physical = code(r, "physicalType"), name = ward_import_text(r, "name");
	enum ward_node_kind kind = kind_of(physical);
	static const enum ward_cell up[WARD_NODE_N] = {[WARD_NODE_BUILDING] = WARD_CELL_SITE,
		[WARD_NODE_FLOOR] = WARD_CELL_BUILDING,
		[WARD_NODE_ROOM] = WARD_CELL_FLOOR};

	if (kind == WARD_NODE_N) {
		ward_candidate_pass(
			f->c, physical.len ? WARD_STR("Location that is no place with a list")
					   : WARD_STR("Location without physicalType"));
		return;
	}
	uint32_t n = ward_candidate_add(f->c, kind, ref, f->file, r->line);

	ward_candidate_id(f->c, n, ward_import_text(r, "id"));
	ward_candidate_set(f->c, n, WARD_CELL_NAME, name);
	if (kind == WARD_NODE_ZONE)
		ward_candidate_assume(f->c, n, WARD_CELL_KIND, "clinical");
	else if (up[kind])
		ward_candidate_set(f->c, n, up[kind], reference(r, "partOf", "Location"));
	if (kind != WARD_NODE_ROOM)
		return;
	struct ward_str class = ward_import_word_class(f->words, name, "room");

	if (ward_str_eqz(physical, "co"))
		class = WARD_STR("room.corridor");
	ward_candidate_set(f->c, n, WARD_CELL_CLASS, class);
	ward_candidate_assume(f->c, n, WARD_CELL_CLASS, "room");
}

static void device(struct fhir *f, const struct ward_conf *r, struct ward_str ref)
{
	const struct ward_conf *names = ward_conf_get(r, "deviceName");
	struct ward_str what = spoken(ward_conf_get(r, "type")),
			name = ward_import_text(names ? names->child : NULL, "name");
	struct ward_str class = ward_import_word_class(f->words, what, "device");
	uint32_t n = ward_candidate_add(f->c, WARD_NODE_ASSET, ref, f->file, r->line);

	if (!class.len)
		class = ward_import_word_class(f->words, name, "device");
	ward_candidate_id(f->c, n, ward_import_text(r, "id"));
	ward_candidate_set(f->c, n, WARD_CELL_NAME, name.len ? name : what);
	ward_candidate_set(f->c, n, WARD_CELL_CLASS, class);
	ward_candidate_assume(f->c, n, WARD_CELL_CLASS, "device.medical");
	ward_candidate_set(f->c, n, WARD_CELL_ROOM, reference(r, "location", "Location"));
	ward_candidate_set(f->c, n, WARD_CELL_VENDOR, ward_import_text(r, "manufacturer"));
	ward_candidate_set(f->c, n, WARD_CELL_MODEL, ward_import_text(r, "modelNumber"));
	ward_candidate_key(f->c, n, "serial", ward_import_text(r, "serialNumber"));
}

static void service(struct fhir *f, const struct ward_conf *r, struct ward_str ref)
{
	uint32_t n = ward_candidate_add(f->c, WARD_NODE_SERVICE, ref, f->file, r->line);

	ward_candidate_id(f->c, n, ward_import_text(r, "id"));
	ward_candidate_set(f->c, n, WARD_CELL_NAME, ward_import_text(r, "name"));
}

/* Organizations that are a hospital as a whole are a site; departments are none. */
static void organization(struct fhir *f, const struct ward_conf *r, struct ward_str ref)
{
	if (ward_conf_get(r, "partOf")) {
		ward_candidate_pass(f->c, WARD_STR("Organization within another"));
		return;
	}
	uint32_t n = ward_candidate_add(f->c, WARD_NODE_SITE, ref, f->file, r->line);

	ward_candidate_id(f->c, n, ward_import_text(r, "id"));
	ward_candidate_set(f->c, n, WARD_CELL_NAME, ward_import_text(r, "name"));
}

static void resource(struct fhir *f, const struct ward_conf *r, struct ward_str full_url)
{
	static const struct {
		const char *type;
		void (*read)(struct fhir *f, const struct ward_conf *r, struct ward_str ref);
	} known[] = {{"Location", location}, {"Device", device}, {"HealthcareService", service},
		{"Organization", organization}};
	struct ward_str type = ward_import_text(r, "resourceType"), id = ward_import_text(r, "id");
	char buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	ward_ns at;

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++) {
		if (!ward_str_eqz(type, known[i].type))
			continue;
		if (ward_time_parse(ward_import_text(ward_conf_get(r, "meta"), "lastUpdated"),
			    &at) == WARD_OK &&
			at > f->c->as_of)
			f->c->as_of = at;
		ward_wr_str(&w, type);
		ward_wr_ch(&w, '/');
		ward_wr_str(&w, id);
		if (ward_str_starts(full_url, WARD_STR("urn:")))
			known[i].read(f, r, ward_str_sub(full_url, 0, 200));
		else if (id.len && !ward_wr_bad(&w))
			known[i].read(f, r, ward_wr_text(&w));
		else
			ward_candidate_pass(f->c, WARD_STR("resource without id"));
		return;
	}
	ward_candidate_pass(f->c, type.len ? ward_str_sub(type, 0, 40) : WARD_STR("no resource"));
}

static void top(struct fhir *f, const struct ward_conf *r)
{
	if (!ward_str_eqz(ward_import_text(r, "resourceType"), "Bundle")) {
		resource(f, r, (struct ward_str){"", 0});
		return;
	}
	const struct ward_conf *entry = ward_conf_get(r, "entry");

	for (const struct ward_conf *e = entry ? entry->child : NULL; e; e = e->next)
		resource(f, ward_conf_get(e, "resource"), ward_import_text(e, "fullUrl"));
}

/* One value, or one a line: the second line of NDJSON begins with '{', too. */
static bool is_ndjson(struct ward_str s)
{
	struct ward_str first = ward_str_cut(&s, '\n');

	first = ward_str_trim(first);
	s = s.p ? ward_str_trim(s) : (struct ward_str){"", 0};
	return first.len > 1 && first.p[first.len - 1] == '}' && s.len && s.p[0] == '{';
}

enum ward_err ward_import_fhir(const struct ward_import_in *in, struct ward_str file,
	struct ward_slice text, struct ward_candidates *c)
{
	struct fhir f = {in, c, file, NULL};
	struct ward_arena a, one;
	struct ward_str rest = ward_slice_text(text);
	const struct ward_conf *doc;
	bool lines = is_ndjson(rest);
	uint32_t line = 1;

	ward_arena_init(&a, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	ward_arena_init(&one, in->mem, ward_limit(in->lim, WARD_LIMIT_MODEL_BYTES));
	enum ward_err err = ward_import_words(in, &a, &f.words);

	for (; !err && rest.p; line++) {
		struct ward_str s = lines ? ward_str_cut(&rest, '\n') : rest;

		rest = lines ? rest : (struct ward_str){NULL, 0};
		if (lines && !ward_str_trim(s).len)
			continue;
		ward_arena_reset(&one);
		err = ward_conf_json(&one, in->lim, file, line, ward_str_bytes(s), in->diag, &doc);
		if (!err)
			top(&f, doc);
	}
	ward_arena_fini(&one);
	ward_arena_fini(&a);
	return err;
}

/* STIX 2.1 (OASIS Standard, 10 June 2021). Ids are name-based UUIDs (2.9), so that the same
 * incident is the same object in each export; `modified` rises with what is told of it. */
#include "exchange/format.h"

#include "story/address.h"

/* Of objects that never change. */
#define CREATED "2026-01-01T00:00:00.000Z"
/* TLP 2.0 as a property extension, of the OASIS common object repository. */
#define TLP_EXTENSION "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
static const char *const tlp_marking[WARD_TLP_N] = {
	"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
	"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
	"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
	"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
};
enum { COUNT_MAX = 999999999 };

struct stix {
	const struct ward_exchange *x;
	const struct ward_exchange_how *how;
	struct ward_json j;
	struct ward_wr text;
	struct ward_tab done; /* ids of objects that stand in the bundle */
	struct ward_id identity, location;
	enum ward_err err;
};

static struct ward_id named(struct stix *s, const char *type, struct ward_str name)
{
	struct ward_id id = {{0}};

	if (!s->err)
		s->err = ward_exchange_uuid(NULL, ward_str_z(type), name, &id);
	return id;
}

/* Is it the first time? */
static bool once(struct stix *s, struct ward_id id)
{
	void *val;
	bool fresh = false;

	if (!s->err)
		s->err = ward_tab_put(&s->done, id.b, &val, &fresh);
	return fresh && !s->err;
}

static void ref(struct stix *s, const char *type, struct ward_id id)
{
	char text[WARD_ID_TEXT + 32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(&w, type);
	ward_wr_z(&w, "--");
	ward_id_write(&w, id);
	ward_json_str(&s->j, ward_wr_text(&w));
}

static void key_z(struct stix *s, const char *key, const char *value)
{
	ward_json_key(&s->j, key);
	ward_json_z(&s->j, value);
}

/* To the millisecond, always with three digits. */
static void time_of(struct stix *s, const char *key, ward_ns t)
{
	char text[48];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	ward_ns ms = t / WARD_NS_PER_MS;
	int year, month, day;
	int64_t second;

	if (t % WARD_NS_PER_MS < 0)
		ms--;
	ward_time_split(ms * WARD_NS_PER_MS, &year, &month, &day, &second);
	int64_t part = (ms % 1000 + 1000) % 1000;

	ward_wr_printf(&w, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day,
		(int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60), (int)part);
	ward_exchange_json_str(&s->j, key, ward_wr_text(&w));
}

static void begin(struct stix *s, const char *type, struct ward_id id)
{
	ward_json_obj(&s->j);
	key_z(s, "type", type);
	key_z(s, "spec_version", "2.1");
	ward_json_key(&s->j, "id");
	ref(s, type, id);
}

/* What each object has beyond its type: who says it, since when, how far it may go. */
static void common(struct stix *s, ward_ns created, ward_ns modified)
{
	if (created == WARD_NS_NEVER) {
		key_z(s, "created", CREATED);
		key_z(s, "modified", CREATED);
	} else {
		time_of(s, "created", created);
		time_of(s, "modified", modified);
	}
	ward_json_key(&s->j, "created_by_ref");
	ref(s, "identity", s->identity);
	if (s->x->exercise) {
		ward_json_key(&s->j, "labels");
		ward_json_arr(&s->j);
		ward_json_z(&s->j, "exercise");
		ward_json_arr_end(&s->j);
	}
	ward_json_key(&s->j, "object_marking_refs");
	ward_json_arr(&s->j);
	ward_json_z(&s->j, tlp_marking[s->x->tlp]);
	ward_json_arr_end(&s->j);
}

static void marking(struct stix *s)
{
	ward_json_obj(&s->j);
	key_z(s, "type", "marking-definition");
	key_z(s, "spec_version", "2.1");
	key_z(s, "id", tlp_marking[s->x->tlp]);
	key_z(s, "created", "2022-10-01T00:00:00.000Z");
	ward_exchange_json_str(&s->j, "name", ward_tlp_text(s->x->tlp));
	ward_json_key(&s->j, "extensions");
	ward_json_obj(&s->j);
	ward_json_key(&s->j, TLP_EXTENSION);
	ward_json_obj(&s->j);
	key_z(s, "extension_type", "property-extension");
	key_z(s, "tlp_2_0", ward_tlp_name(s->x->tlp));
	for (unsigned k = 0; k < 3; k++)
		ward_json_obj_end(&s->j);
}

static void house(struct stix *s)
{
	const struct ward_hospital *h = ward_model_hospital(s->x->model);

	begin(s, "identity", s->identity);
	common(s, WARD_NS_NEVER, WARD_NS_NEVER);
	ward_exchange_json_str(&s->j, "name", h->name);
	key_z(s, "identity_class", "organization");
	ward_json_key(&s->j, "sectors");
	ward_json_arr(&s->j);
	ward_json_z(&s->j, "healthcare");
	ward_json_arr_end(&s->j);
	ward_json_obj_end(&s->j);
	begin(s, "location", s->location);
	common(s, WARD_NS_NEVER, WARD_NS_NEVER);
	ward_exchange_json_str(&s->j, "name", h->name);
	ward_exchange_json_str(&s->j, "country", h->country);
	ward_exchange_json_str(&s->j, "city", h->city);
	ward_json_obj_end(&s->j);
}

static void relation(struct stix *s, const struct ward_exchange_incident *i, struct ward_id from,
	const char *type, struct ward_id to)
{
	char name[2 * WARD_ID_TEXT + 32];
	struct ward_wr w = ward_wr_fixed(name, sizeof(name));

	ward_id_write(&w, from);
	ward_id_write(&w, to);
	struct ward_id id = named(s, "relationship", ward_wr_text(&w));

	if (!once(s, id))
		return;
	begin(s, "relationship", id);
	common(s, i->first, i->changed);
	key_z(s, "relationship_type", "related-to");
	ward_json_key(&s->j, "source_ref");
	ref(s, "incident", from);
	ward_json_key(&s->j, "target_ref");
	ref(s, type, to);
	ward_json_obj_end(&s->j);
}

/* 2.9: of an observable, the UUID of its value in the name space of STIX. */
static struct ward_id observable_id(struct stix *s, struct ward_str address)
{
	static const struct ward_id space = {{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c,
		0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}};
	struct ward_id id = {{0}};

	ward_wr_reset(&s->text);
	struct ward_json j = ward_json_on(&s->text);

	ward_json_obj(&j);
	ward_exchange_json_str(&j, "value", address);
	ward_json_obj_end(&j);
	if (!s->err)
		s->err = ward_exchange_uuid(&space, WARD_STR(""), ward_wr_text(&s->text), &id);
	return id;
}

static const char *observable_type(struct ward_str address)
{
	enum ward_address_kind kind = ward_address_kind(address);

	return kind == WARD_ADDRESS_MAC    ? "mac-addr"
	       : kind == WARD_ADDRESS_IPV6 ? "ipv6-addr"
					   : "ipv4-addr";
}

static struct ward_id observed(
	struct stix *s, const struct ward_exchange_sign *sign, const char *type)
{
	char name[WARD_ID_TEXT];
	struct ward_id what = observable_id(s, sign->address), id;

	ward_id_text(sign->id, name);
	id = named(s, "observed-data", ward_str_z(name));
	if (once(s, what)) {
		begin(s, type, what);
		ward_exchange_json_str(&s->j, "value", sign->address);
		ward_json_obj_end(&s->j);
	}
	if (!once(s, id))
		return id;
	begin(s, "observed-data", id);
	common(s, sign->first, sign->last);
	time_of(s, "first_observed", sign->first);
	time_of(s, "last_observed", sign->last);
	ward_json_key(&s->j, "number_observed");
	ward_json_u64(&s->j, sign->count < COUNT_MAX ? sign->count : COUNT_MAX);
	ward_json_key(&s->j, "object_refs");
	ward_json_arr(&s->j);
	ref(s, type, what);
	ward_json_arr_end(&s->j);
	ward_json_obj_end(&s->j);
	return id;
}

static struct ward_id pattern_id(struct stix *s, const struct ward_threat *t)
{
	return named(s, "attack-pattern", t ? t->code : WARD_STR(""));
}

/* The kind of attack, as this sign's rule names it. */
static void pattern(
	struct stix *s, const struct ward_exchange_sign *sign, const struct ward_threat *t)
{
	struct ward_id id = pattern_id(s, t);

	if (!once(s, id))
		return;
	begin(s, "attack-pattern", id);
	common(s, WARD_NS_NEVER, WARD_NS_NEVER);
	ward_exchange_json_str(&s->j, "name", t ? t->name : WARD_STR("Not known"));
	if (sign && sign->n_technique && t) {
		ward_json_key(&s->j, "external_references");
		ward_json_arr(&s->j);
		for (size_t i = 0; i < t->n_attack; i++) {
			ward_json_obj(&s->j);
			key_z(s, "source_name", "mitre-attack");
			ward_exchange_json_str(&s->j, "external_id", t->attack[i]);
			ward_json_obj_end(&s->j);
		}
		if (!t->n_attack) {
			ward_json_obj(&s->j);
			key_z(s, "source_name", "mitre-attack");
			ward_exchange_json_str(&s->j, "external_id", sign->technique[0]);
			ward_json_obj_end(&s->j);
		}
		ward_json_arr_end(&s->j);
	}
	ward_json_obj_end(&s->j);
}

static void sighting(struct stix *s, const struct ward_exchange_sign *sign)
{
	char name[WARD_ID_TEXT];
	const char *type = sign->address.len ? observable_type(sign->address) : NULL;
	struct ward_id data = {{0}}, id;

	ward_id_text(sign->id, name);
	id = named(s, "sighting", ward_str_z(name));
	pattern(s, sign, sign->threat);
	if (type)
		data = observed(s, sign, type);
	if (!once(s, id))
		return;
	begin(s, "sighting", id);
	common(s, sign->first, sign->last);
	ward_wr_reset(&s->text);
	ward_wr_str(&s->text, sign->title);
	if (sign->on.len) {
		ward_wr_z(&s->text, ": ");
		ward_wr_str(&s->text, sign->on);
	}
	if (sign->where.len) {
		ward_wr_z(&s->text, " (");
		ward_wr_str(&s->text, sign->where);
		ward_wr_ch(&s->text, ')');
	}
	ward_exchange_json_str(&s->j, "description", ward_wr_text(&s->text));
	time_of(s, "first_seen", sign->first);
	time_of(s, "last_seen", sign->last);
	ward_json_key(&s->j, "count");
	ward_json_u64(&s->j, sign->count < COUNT_MAX ? sign->count : COUNT_MAX);
	ward_json_key(&s->j, "sighting_of_ref");
	ref(s, "attack-pattern", pattern_id(s, sign->threat));
	if (type) {
		ward_json_key(&s->j, "observed_data_refs");
		ward_json_arr(&s->j);
		ref(s, "observed-data", data);
		ward_json_arr_end(&s->j);
	}
	ward_json_key(&s->j, "where_sighted_refs");
	ward_json_arr(&s->j);
	ref(s, "identity", s->identity);
	ward_json_arr_end(&s->j);
	ward_json_obj_end(&s->j);
}

/* What follows for care, as a note to the incident: STIX has no object for it. */
static void note(struct stix *s, const struct ward_exchange_incident *i, struct ward_id incident)
{
	char name[WARD_ID_TEXT];
	struct ward_exchange_incident care = *i;

	if (!i->n_impact)
		return;
	care.n_sign = 0;
	care.only_some = false;
	ward_id_text(i->id, name);
	struct ward_id id = named(s, "note", ward_str_z(name));

	begin(s, "note", id);
	common(s, i->first, i->changed);
	key_z(s, "abstract", "Care services that can be hit");
	ward_wr_reset(&s->text);
	ward_exchange_describe(&care, s->how->lang[0], &s->text);
	ward_exchange_json_str(&s->j, "content", ward_str_trim(ward_wr_text(&s->text)));
	ward_json_key(&s->j, "object_refs");
	ward_json_arr(&s->j);
	ref(s, "incident", incident);
	ward_json_arr_end(&s->j);
	ward_json_obj_end(&s->j);
}

static void incident(struct stix *s, const struct ward_exchange_incident *i)
{
	char name[WARD_ID_TEXT];

	ward_id_text(i->id, name);
	struct ward_id id = named(s, "incident", ward_str_z(name));

	begin(s, "incident", id);
	common(s, i->first, i->changed);
	if (i->phase == WARD_PHASE_DISMISSED) {
		ward_json_key(&s->j, "revoked");
		ward_json_bool(&s->j, true);
	}
	ward_wr_reset(&s->text);
	ward_exchange_headline(s->x, i, s->how->lang[0], &s->text);
	ward_exchange_json_str(&s->j, "name", ward_wr_text(&s->text));
	ward_wr_reset(&s->text);
	ward_wr_str(&s->text, i->state);
	ward_wr_z(&s->text, ", ");
	ward_wr_str(&s->text, i->domain);
	if (s->x->purpose.len) {
		ward_wr_z(&s->text, "; shared for: ");
		ward_wr_str(&s->text, s->x->purpose);
	}
	ward_exchange_json_str(&s->j, "description", ward_wr_text(&s->text));
	ward_json_obj_end(&s->j);
	relation(s, i, id, "location", s->location);
	for (size_t k = 0; k < i->n_sign; k++)
		sighting(s, &i->sign[k]);
	for (size_t k = 0; k < i->n_threat; k++) {
		pattern(s, NULL, i->threat[k]);
		relation(s, i, id, "attack-pattern", pattern_id(s, i->threat[k]));
	}
	note(s, i, id);
}

static struct ward_id bundle_id(struct stix *s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 24);

	for (size_t i = 0; i < s->x->n_incident; i++)
		ward_id_write(&w, ward_exchange_message_id(s->x, &s->x->incident[i],
					  s->x->incident[i].revision, "stix"));
	if (!s->x->n_incident)
		ward_id_write(&w, ward_exchange_message_id(s->x, NULL, 0, "stix"));
	if (ward_wr_bad(&w))
		s->err = WARD_ERR_NOMEM;
	struct ward_id id = named(s, "bundle", ward_wr_text(&w));

	ward_wr_fini(&w);
	return id;
}

enum ward_err ward_exchange_stix(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	struct stix s = {.x = x, .how = how, .j = ward_json_on(w)};
	char name[WARD_ID_TEXT];

	s.text = ward_wr_grow(ward_mem_heap(), 1 << 20);
	ward_tab_init(&s.done, ward_mem_heap(), sizeof(s.identity.b), 1, 1 << 22);
	ward_id_text(ward_exchange_asset_id(x, WARD_STR("")), name);
	s.identity = named(&s, "identity", ward_str_z(name));
	s.location = named(&s, "location", ward_str_z(name));
	ward_json_obj(&s.j);
	key_z(&s, "type", "bundle");
	ward_json_key(&s.j, "id");
	ref(&s, "bundle", bundle_id(&s));
	ward_json_key(&s.j, "objects");
	ward_json_arr(&s.j);
	marking(&s);
	house(&s);
	for (size_t i = 0; i < x->n_incident; i++)
		incident(&s, &x->incident[i]);
	ward_json_arr_end(&s.j);
	ward_json_obj_end(&s.j);
	ward_wr_ch(w, '\n');
	if (ward_wr_bad(w) || ward_wr_bad(&s.text))
		s.err = WARD_ERR_NOMEM;
	ward_tab_fini(&s.done);
	ward_wr_fini(&s.text);
	return s.err;
}

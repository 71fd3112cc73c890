/* For a security information and event management: OCSF (class 2004 Detection Finding, 2005
 * Incident Finding) and Elastic Common Schema, one object a line. */
#include "exchange/format.h"

#include "story/address.h"

#define OCSF_VERSION "1.4.0"
#define ECS_VERSION "8.11.0"
enum { FINDINGS = 2, DETECTION_FINDING = 2004, INCIDENT_FINDING = 2005 };
enum { CREATED = 1, UPDATED = 2, CLOSED = 3 };

struct line {
	const struct ward_exchange *x;
	const struct ward_exchange_how *how;
	struct ward_json j;
	struct ward_wr text;
};

static void key_ms(struct ward_json *j, const char *key, ward_ns t)
{
	ward_json_key(j, key);
	ward_json_i64(j, t / WARD_NS_PER_MS);
}

static void begin(struct ward_json *j, const char *key)
{
	ward_json_key(j, key);
	ward_json_obj(j);
}

static void one(struct ward_json *j, const char *key, struct ward_str value)
{
	if (!value.len)
		return;
	ward_json_key(j, key);
	ward_json_arr(j);
	ward_json_str(j, value);
	ward_json_arr_end(j);
}

static struct ward_str title(struct line *l, struct ward_str text)
{
	ward_wr_reset(&l->text);
	if (l->x->exercise)
		ward_wr_z(&l->text, "EXERCISE: ");
	ward_wr_str(&l->text, ward_lang_text(l->how->lang[0], text));
	return ward_wr_text(&l->text);
}

static void metadata(struct line *l, struct ward_id incident)
{
	struct ward_json *j = &l->j;

	begin(j, "metadata");
	ward_json_put_z(j, "version", OCSF_VERSION);
	begin(j, "product");
	ward_json_put_z(j, "name", "Ward");
	ward_json_put_z(j, "vendor_name", "Ward");
	ward_json_obj_end(j);
	ward_exchange_json_id(j, "correlation_uid", incident);
	ward_exchange_json_str(j, "tenant_uid", ward_model_hospital(l->x->model)->id);
	ward_json_key(j, "labels");
	ward_json_arr(j);
	ward_json_str(j, ward_tlp_text(l->x->tlp));
	if (l->x->exercise)
		ward_json_z(j, "exercise");
	ward_json_arr_end(j);
	ward_json_obj_end(j);
}

static void classify(struct line *l, unsigned class, unsigned activity, unsigned level)
{
	struct ward_json *j = &l->j;

	ward_json_put_u64(j, "category_uid", FINDINGS);
	ward_json_put_u64(j, "class_uid", class);
	ward_json_put_u64(j, "activity_id", activity);
	ward_json_put_u64(j, "type_uid", (uint64_t) class * 100 + activity);
	ward_json_put_u64(j, "severity_id", level + 1); /* 1 informational to 5 critical */
}

static void attacks(struct ward_json *j, const struct ward_exchange_sign *s)
{
	if (!s->n_technique)
		return;
	ward_json_key(j, "attacks");
	ward_json_arr(j);
	for (size_t i = 0; i < s->n_technique; i++) {
		ward_json_obj(j);
		begin(j, "technique");
		ward_exchange_json_str(j, "uid", s->technique[i]);
		ward_json_obj_end(j);
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
}

static void finding(struct line *l, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &l->j;

	ward_exchange_json_id(j, "uid", s->id);
	ward_exchange_json_str(j, "title", title(l, s->title));
	key_ms(j, "first_seen_time", s->first);
	key_ms(j, "last_seen_time", s->last);
	attacks(j, s);
	if (s->rule.len) {
		begin(j, "analytic");
		ward_exchange_json_str(j, "uid", s->rule);
		ward_json_put_u64(j, "type_id", 1); /* a rule */
		ward_json_obj_end(j);
	}
}

static unsigned activity(const struct ward_exchange_incident *i)
{
	return i->phase != WARD_PHASE_OPEN ? CLOSED : i->revision > 1 ? UPDATED : CREATED;
}

static void ocsf_sign(
	struct line *l, const struct ward_exchange_incident *i, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &l->j;

	ward_json_obj(j);
	classify(l, DETECTION_FINDING, i->phase == WARD_PHASE_DISMISSED ? CLOSED : CREATED,
		s->level);
	key_ms(j, "time", s->last);
	key_ms(j, "start_time", s->first);
	key_ms(j, "end_time", s->last);
	ward_json_put_u64(j, "count", s->count);
	ward_exchange_json_str(j, "message", title(l, s->title));
	begin(j, "finding_info");
	finding(l, s);
	ward_json_obj_end(j);
	if (s->on.len || s->asset.len) {
		ward_json_key(j, "resources");
		ward_json_arr(j);
		ward_json_obj(j);
		ward_exchange_json_str(j, "name", s->on);
		ward_exchange_json_str(j, "uid", s->asset);
		ward_exchange_json_str(j, "zone", s->where);
		ward_json_obj_end(j);
		ward_json_arr_end(j);
	}
	if (s->address.len) {
		ward_json_key(j, "observables");
		ward_json_arr(j);
		ward_json_obj(j);
		bool mac = ward_address_kind(s->address) == WARD_ADDRESS_MAC;

		ward_json_put_u64(j, "type_id", mac ? 3 : 2); /* 2 IP address, 3 MAC address */
		ward_exchange_json_str(j, "value", s->address);
		ward_json_obj_end(j);
		ward_json_arr_end(j);
	}
	metadata(l, i->id);
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

static unsigned ocsf_status(const struct ward_exchange_incident *i)
{
	if (ward_str_eqz(i->state, "recovered"))
		return 4; /* resolved */
	if (i->phase != WARD_PHASE_OPEN)
		return 5;                                   /* closed */
	return ward_str_eqz(i->state, "suspected") ? 1 : 2; /* new, in progress */
}

static void ocsf_incident(struct line *l, const struct ward_exchange_incident *i)
{
	struct ward_json *j = &l->j;

	ward_json_obj(j);
	classify(l, INCIDENT_FINDING, activity(i), i->level);
	key_ms(j, "time", i->sent);
	key_ms(j, "start_time", i->first);
	key_ms(j, "end_time", i->last);
	ward_json_put_u64(j, "status_id", ocsf_status(i));
	ward_wr_reset(&l->text);
	ward_exchange_headline(l->x, i, l->how->lang[0], &l->text);
	ward_exchange_json_str(j, "message", ward_wr_text(&l->text));
	ward_wr_reset(&l->text);
	ward_exchange_describe(i, l->how->lang[0], &l->text);
	ward_exchange_json_str(j, "desc", ward_str_trim(ward_wr_text(&l->text)));
	ward_json_key(j, "finding_info_list");
	ward_json_arr(j);
	for (size_t k = 0; k < i->n_sign; k++) {
		ward_json_obj(j);
		finding(l, &i->sign[k]);
		ward_json_obj_end(j);
	}
	if (!i->n_sign) { /* the class asks for one: the incident itself */
		ward_json_obj(j);
		ward_exchange_json_id(j, "uid", i->id);
		ward_exchange_json_str(j, "title", title(l, i->name.what));
		ward_json_obj_end(j);
	}
	ward_json_arr_end(j);
	metadata(l, i->id);
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

static void ecs_rule(struct ward_json *j, const struct ward_exchange_sign *s)
{
	if (s->rule.len) {
		begin(j, "rule");
		ward_exchange_json_str(j, "id", s->rule);
		ward_exchange_json_str(j, "name", s->title);
		ward_json_obj_end(j);
	}
	if (s->n_technique) {
		begin(j, "threat");
		ward_json_put_z(j, "framework", "MITRE ATT&CK");
		begin(j, "technique");
		ward_json_key(j, "id");
		ward_json_arr(j);
		for (size_t k = 0; k < s->n_technique; k++)
			ward_json_str(j, s->technique[k]);
		ward_json_arr_end(j);
		ward_json_obj_end(j);
		ward_json_obj_end(j);
	}
}

/* ECS writes hardware addresses with dashes and capitals (RFC 7042). */
static void ecs_source(struct line *l, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &l->j;
	bool mac = ward_address_kind(s->address) == WARD_ADDRESS_MAC;

	if (!s->address.len)
		return;
	begin(j, "source");
	if (mac) {
		ward_wr_reset(&l->text);
		for (size_t k = 0; k < s->address.len; k++) {
			char c = s->address.p[k];

			ward_wr_ch(&l->text, c == ':'               ? '-'
					     : c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A')
								    : c);
		}
	}
	ward_exchange_json_str(j, mac ? "mac" : "ip", mac ? ward_wr_text(&l->text) : s->address);
	ward_json_obj_end(j);
}

static void ecs_event(struct line *l, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &l->j;

	begin(j, "event");
	ward_exchange_json_id(j, "id", s->id);
	ward_json_put_z(j, "kind", "alert");
	ward_json_key(j, "category");
	ward_json_arr(j);
	ward_json_z(j, "intrusion_detection");
	ward_json_arr_end(j);
	ward_json_key(j, "type");
	ward_json_arr(j);
	ward_json_z(j, "info");
	ward_json_arr_end(j);
	ward_json_put_u64(j, "severity", s->level + 1);
	ward_exchange_json_str(j, "action", s->threat ? s->threat->code : WARD_STR(""));
	ward_json_key(j, "start");
	ward_json_time(j, s->first);
	ward_json_key(j, "end");
	ward_json_time(j, s->last);
	ward_json_put_z(j, "provider", "ward");
	ward_json_obj_end(j);
}

static void ecs_sign(
	struct line *l, const struct ward_exchange_incident *i, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &l->j;

	ward_json_obj(j);
	ward_json_key(j, "@timestamp");
	ward_json_time(j, s->last);
	begin(j, "ecs");
	ward_json_put_z(j, "version", ECS_VERSION);
	ward_json_obj_end(j);
	ecs_event(l, s);
	ward_exchange_json_str(j, "message", title(l, s->title));
	ecs_rule(j, s);
	ecs_source(l, s);
	begin(j, "observer");
	ward_json_put_z(j, "product", "Ward");
	ward_json_put_z(j, "vendor", "Ward");
	ward_json_obj_end(j);
	begin(j, "organization");
	ward_exchange_json_str(j, "id", ward_model_hospital(l->x->model)->id);
	ward_exchange_json_str(j, "name", ward_model_hospital(l->x->model)->name);
	ward_json_obj_end(j);
	begin(j, "labels");
	ward_exchange_json_id(j, "ward_incident", i->id);
	ward_exchange_json_str(j, "ward_state", i->state);
	ward_exchange_json_str(j, "ward_asset", s->asset);
	ward_exchange_json_str(j, "ward_on", s->on);
	ward_exchange_json_str(j, "ward_place", s->where);
	ward_json_obj_end(j);
	one(j, "tags", l->x->exercise ? WARD_STR("exercise") : WARD_STR(""));
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

/* The schema knows no incidents: one more alert, of the whole. */
static void ecs_incident(struct line *l, const struct ward_exchange_incident *i)
{
	const struct ward_exchange_sign whole = {.id = i->id,
		.level = i->level,
		.first = i->first,
		.last = i->last,
		.count = 1,
		.title = i->name.what,
		.on = i->name.on};

	ecs_sign(l, i, &whole);
}

/* Each sign, then the incident. */
static enum ward_err lines(const struct ward_exchange *x, const struct ward_exchange_how *how,
	struct ward_wr *w,
	void (*sign)(struct line *, const struct ward_exchange_incident *,
		const struct ward_exchange_sign *),
	void (*incident)(struct line *, const struct ward_exchange_incident *))
{
	struct line l = {x, how, ward_json_on(w), ward_wr_grow(ward_mem_heap(), 1 << 20)};

	for (size_t i = 0; i < x->n_incident; i++) {
		for (size_t k = 0; k < x->incident[i].n_sign; k++) {
			l.j = ward_json_on(w);
			sign(&l, &x->incident[i], &x->incident[i].sign[k]);
		}
		l.j = ward_json_on(w);
		incident(&l, &x->incident[i]);
	}
	bool bad = ward_wr_bad(w) || ward_wr_bad(&l.text);

	ward_wr_fini(&l.text);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}

enum ward_err ward_exchange_ocsf(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	return lines(x, how, w, ocsf_sign, ocsf_incident);
}

enum ward_err ward_exchange_ecs(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	return lines(x, how, w, ecs_sign, ecs_incident);
}

/* IDMEFv2, draft-lehmann-idmefv2-08. What a reader must not miss stands first in its list: that it
 * is a test, and the state. An incident's message obsoletes the one before it (PredID); its own id
 * stays in RelID, by which all messages about it are found. */
#include "exchange/format.h"

#include "story/address.h"

struct idmef {
	const struct ward_exchange *x;
	const struct ward_exchange_how *how;
	struct ward_json j;
	struct ward_wr text;
};

static void ids(struct ward_json *j, const char *key, struct ward_id id)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	ward_exchange_json_id(j, NULL, id);
	ward_json_arr_end(j);
}

static void strs(struct ward_json *j, const char *key, const char *a)
{
	ward_json_key(j, key);
	ward_json_arr(j);
	ward_json_z(j, a);
	ward_json_arr_end(j);
}

static void head(struct idmef *m, struct ward_id id)
{
	const struct ward_hospital *h = ward_model_hospital(m->x->model);
	struct ward_json *j = &m->j;

	ward_json_obj(j);
	ward_json_key(j, "Version");
	ward_json_z(j, "2.D.V08");
	ward_exchange_json_id(j, "ID", id);
	ward_exchange_json_str(j, "OrganisationName", h->name);
	ward_exchange_json_id(j, "OrganisationId", ward_exchange_asset_id(m->x, WARD_STR("")));
	strs(j, "EntitySector", "Health.HealthcareProviders");
}

static const char *type_of(const struct ward_threat *t)
{
	if (!t)
		return "Combined";
	if (ward_str_starts(t->idmef, WARD_STR("Availability.")))
		return "Availability";
	return t->domain == WARD_DOMAIN_PHYSICAL ? "Physical"
	       : t->domain == WARD_DOMAIN_CYBER  ? "Cyber"
						 : "Combined";
}

static const char *type_of_domain(struct ward_str domain)
{
	return ward_str_eqz(domain, "physical") ? "Physical"
	       : ward_str_eqz(domain, "cyber")  ? "Cyber"
						: "Combined";
}

/* Each category once. */
static void categories(struct idmef *m, const struct ward_threat *const *threat, size_t n_threat)
{
	struct ward_json *j = &m->j;

	ward_json_key(j, "Category");
	ward_json_arr(j);
	if (m->x->exercise)
		ward_json_z(j, "Other.Test");
	for (size_t i = 0; i < n_threat; i++) {
		size_t k = 0;

		while (k < i && !ward_str_eq(threat[k]->idmef, threat[i]->idmef))
			k++;
		if (k == i)
			ward_json_str(j, threat[i]->idmef);
	}
	if (!n_threat)
		ward_json_z(j, "Other.Undetermined");
	ward_json_arr_end(j);
	ward_json_key(j, "Cause");
	ward_json_z(j, ward_exchange_meaning(n_threat ? threat[0] : NULL)->cause);
}

static void priority(struct ward_json *j, unsigned level)
{
	static const char *const name[WARD_RECORD_LEVELS] = {
		"Info", "Low", "Medium", "High", "High"};

	ward_json_key(j, "Priority");
	ward_json_z(j, name[level]);
}

static void times(struct ward_json *j, ward_ns created, ward_ns first, ward_ns last)
{
	ward_json_key(j, "CreateTime");
	ward_json_time(j, created);
	ward_json_key(j, "StartTime");
	ward_json_time(j, first);
	ward_json_key(j, "EndTime");
	ward_json_time(j, last);
}

static void note(struct idmef *m)
{
	struct ward_json *j = &m->j;

	ward_wr_reset(&m->text);
	ward_wr_str(&m->text, ward_tlp_text(m->x->tlp));
	if (m->x->exercise)
		ward_wr_z(&m->text, "; exercise: nothing of it is real");
	if (m->x->purpose.len) {
		ward_wr_z(&m->text, "; purpose: ");
		ward_wr_str(&m->text, m->x->purpose);
	}
	ward_exchange_json_str(j, "Note", ward_wr_text(&m->text));
}

static void analyzer(struct ward_json *j, const char *data, const char *method)
{
	ward_json_key(j, "Analyzer");
	ward_json_obj(j);
	ward_json_key(j, "Name");
	ward_json_z(j, "Ward");
	strs(j, "Category", "SIEM.SIEM");
	strs(j, "Data", data);
	strs(j, "Method", method);
	ward_json_obj_end(j);
}

/* What it came from, as far as the sign tells: the address that it is about. */
static void source(struct idmef *m, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &m->j;
	static const char *const category[] = {[WARD_ADDRESS_NONE] = "Cyber.Network.IPv4",
		[WARD_ADDRESS_IPV4] = "Cyber.Network.IPv4",
		[WARD_ADDRESS_IPV6] = "Cyber.Network.IPv6",
		[WARD_ADDRESS_MAC] = "Cyber.Network.MAC"};
	enum ward_address_kind kind = ward_address_kind(s->address);

	if (!s->address.len)
		return;
	ward_json_key(j, "Source");
	ward_json_arr(j);
	ward_json_obj(j);
	ward_exchange_json_id(j, "ID", ward_exchange_asset_id(m->x, s->address));
	ward_exchange_json_str(j, kind == WARD_ADDRESS_MAC ? "Note" : "IP", s->address);
	strs(j, "Category", category[kind]);
	ward_json_obj_end(j);
	ward_json_arr_end(j);
}

static void target(struct idmef *m, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &m->j;

	if (!s->asset.len && !s->on.len)
		return;
	ward_json_obj(j);
	ward_exchange_json_id(
		j, "ID", ward_exchange_asset_id(m->x, s->asset.len ? s->asset : s->on));
	ward_exchange_json_str(j, "Note", s->on);
	ward_exchange_json_str(j, "Location", s->where);
	ward_json_obj_end(j);
}

static void service(struct idmef *m, const struct ward_exchange_impact *i)
{
	struct ward_json *j = &m->j;

	ward_json_obj(j);
	ward_exchange_json_id(j, "ID", ward_exchange_asset_id(m->x, i->asset));
	ward_wr_reset(&m->text);
	ward_wr_str(&m->text, i->threat_name);
	ward_wr_z(&m->text, ", expected ");
	ward_time_write(&m->text, i->expected);
	ward_wr_printf(&m->text, ", likelihood %lld to %lld %%", (long long)(i->lo_micro / 10000),
		(long long)(i->hi_micro / 10000));
	ward_exchange_json_str(j, "Note", ward_wr_text(&m->text));
	ward_exchange_json_str(j, "Service", i->name);
	ward_json_obj_end(j);
}

static void description(struct idmef *m, struct ward_str title)
{
	ward_wr_reset(&m->text);
	if (m->x->exercise)
		ward_wr_z(&m->text, "EXERCISE: ");
	ward_wr_str(&m->text, ward_lang_text(m->how->lang[0], title));
	ward_exchange_json_str(&m->j, "Description", ward_wr_text(&m->text));
}

/* MITRE's pages of the techniques, and the rule as an alternative name. */
static void references(struct idmef *m, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &m->j;

	if (s->n_technique) {
		ward_json_key(j, "Ref");
		ward_json_arr(j);
		for (size_t i = 0; i < s->n_technique; i++) {
			ward_wr_reset(&m->text);
			ward_wr_z(&m->text, "https://attack.mitre.org/techniques/");
			for (size_t k = 0; k < s->technique[i].len; k++)
				ward_wr_ch(&m->text,
					s->technique[i].p[k] == '.' ? '/' : s->technique[i].p[k]);
			ward_json_str(j, ward_wr_text(&m->text));
		}
		ward_json_arr_end(j);
	}
	if (s->rule.len) {
		ward_json_key(j, "AltNames");
		ward_json_arr(j);
		ward_json_str(j, s->rule);
		ward_json_arr_end(j);
	}
}

static void sign(
	struct idmef *m, const struct ward_exchange_incident *i, const struct ward_exchange_sign *s)
{
	struct ward_json *j = &m->j;

	head(m, s->id);
	strs(j, "Type", type_of(s->threat));
	categories(m, &s->threat, s->threat ? 1 : 0);
	description(m, s->title);
	strs(j, "Status", i->phase == WARD_PHASE_DISMISSED ? "FalsePositive" : "Event");
	priority(j, s->level);
	note(m);
	times(j, s->last, s->first, s->last);
	references(m, s);
	ids(j, "RelID", i->id);
	analyzer(j, "Data", "Rule-based");
	source(m, s);
	if (s->asset.len || s->on.len) {
		ward_json_key(j, "Target");
		ward_json_arr(j);
		target(m, s);
		ward_json_arr_end(j);
	}
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

static void status(struct ward_json *j, const struct ward_exchange_incident *i)
{
	static const char *const name[] = {[WARD_PHASE_OPEN] = "Open",
		[WARD_PHASE_OVER] = "Closed",
		[WARD_PHASE_DISMISSED] = "FalsePositive"};

	ward_json_key(j, "Status");
	ward_json_arr(j);
	ward_json_z(j, name[i->phase]);
	ward_json_z(j, "Incident");
	ward_json_arr_end(j);
}

static void incident(struct idmef *m, const struct ward_exchange_incident *i)
{
	struct ward_json *j = &m->j;

	head(m, ward_exchange_message_id(m->x, i, i->revision, "idmef"));
	strs(j, "Type", type_of_domain(i->domain));
	categories(m, i->threat, i->n_threat);
	ward_wr_reset(&m->text);
	ward_exchange_headline(m->x, i, m->how->lang[0], &m->text);
	ward_exchange_json_str(j, "Description", ward_wr_text(&m->text));
	status(j, i);
	priority(j, i->level);
	note(m);
	times(j, i->sent, i->first, i->last);
	if (i->n_sign) {
		ward_json_key(j, "CorrelID");
		ward_json_arr(j);
		for (size_t k = 0; k < i->n_sign; k++)
			ward_exchange_json_id(j, NULL, i->sign[k].id);
		ward_json_arr_end(j);
	}
	if (i->told != WARD_NS_NEVER)
		ids(j, "PredID", ward_exchange_message_id(m->x, i, i->told_revision, "idmef"));
	ids(j, "RelID", i->id);
	analyzer(j, "Alert", "Correlation");
	if (i->n_impact) {
		ward_json_key(j, "Target");
		ward_json_arr(j);
		for (size_t k = 0; k < i->n_impact; k++)
			service(m, &i->impact[k]);
		ward_json_arr_end(j);
	}
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

/* That Ward is there and nothing is open. */
static void heartbeat(struct idmef *m)
{
	struct ward_json *j = &m->j;

	head(m, ward_exchange_message_id(m->x, NULL, 0, "idmef"));
	strs(j, "Type", "Availability");
	ward_json_key(j, "Category");
	ward_json_arr(j);
	if (m->x->exercise)
		ward_json_z(j, "Other.Test");
	ward_json_z(j, "Availability.HeartBeat");
	ward_json_arr_end(j);
	ward_json_key(j, "Cause");
	ward_json_z(j, "Normal");
	description(m, WARD_STR("No incident"));
	strs(j, "Status", "Event");
	priority(j, 0);
	note(m);
	times(j, m->x->at, m->x->at, m->x->at);
	analyzer(j, "Alert", "Monitor");
	ward_json_obj_end(j);
	ward_wr_ch(j->w, '\n');
}

enum ward_err ward_exchange_idmef(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	struct idmef m = {x, how, ward_json_on(w), ward_wr_grow(ward_mem_heap(), 1 << 20)};

	for (size_t i = 0; i < x->n_incident; i++) {
		for (size_t k = 0; k < x->incident[i].n_sign; k++) {
			m.j = ward_json_on(w);
			sign(&m, &x->incident[i], &x->incident[i].sign[k]);
		}
		m.j = ward_json_on(w);
		incident(&m, &x->incident[i]);
	}
	if (!x->n_incident)
		heartbeat(&m);
	bool bad = ward_wr_bad(w) || ward_wr_bad(&m.text);

	ward_wr_fini(&m.text);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}

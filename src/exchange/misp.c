/* MISP core format (draft-dulaunoy-misp-core-format): one event for each incident, a line each,
 * with what happened as attributes. Its uuid is made of hospital and incident, so that a later
 * export updates the same event. */
#include "exchange/format.h"

#include "story/address.h"
#include "story/zone.h"

struct misp {
	const struct ward_exchange *x;
	const struct ward_exchange_how *how;
	const struct ward_exchange_incident *in; /* of the event in hand */
	struct ward_json j;
	struct ward_wr text;
	enum ward_err err;
};

static void uuid(struct misp *m, const char *key, const char *kind, struct ward_str name)
{
	struct ward_id id = {{0}};

	if (!m->err)
		m->err = ward_exchange_uuid(NULL, ward_str_z(kind), name, &id);
	ward_exchange_json_id(&m->j, key, id);
}

static struct ward_str id_text(struct ward_id id, char buf[WARD_ID_TEXT])
{
	ward_id_text(id, buf);
	return ward_str_z(buf);
}

static void stamp(struct ward_json *j, ward_ns t)
{
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_i64(&w, t / WARD_NS_PER_S);
	ward_exchange_json_str(j, "timestamp", ward_wr_text(&w));
}

static void org(struct misp *m, const char *key)
{
	const struct ward_hospital *h = ward_model_hospital(m->x->model);
	char id[WARD_ID_TEXT];

	ward_json_key(&m->j, key);
	ward_json_obj(&m->j);
	ward_exchange_json_str(&m->j, "name", h->name);
	uuid(m, "uuid", "org", id_text(ward_exchange_asset_id(m->x, WARD_STR("")), id));
	ward_json_obj_end(&m->j);
}

static void tag(struct ward_json *j, const char *taxonomy, const char *value)
{
	char name[128];
	struct ward_wr w = ward_wr_fixed(name, sizeof(name));

	ward_wr_z(&w, taxonomy);
	ward_wr_z(&w, value);
	ward_json_obj(j);
	ward_exchange_json_str(j, "name", ward_wr_text(&w));
	ward_json_obj_end(j);
}

static void tags(struct misp *m, const struct ward_exchange_incident *i)
{
	const char *before[32];
	size_t n = 0;

	ward_json_key(&m->j, "Tag");
	ward_json_arr(&m->j);
	tag(&m->j, "tlp:", ward_tlp_name(m->x->tlp));
	if (m->x->exercise)
		tag(&m->j, "rsit:", "test=\"test\"");
	for (size_t k = 0; i && k < i->n_threat; k++) {
		const char *is = ward_exchange_meaning(i->threat[k])->rsit;
		size_t p = 0;

		while (p < n && strcmp(before[p], is) != 0)
			p++;
		if (p < n || n == WARD_ARRAY_LEN(before))
			continue;
		before[n++] = is;
		tag(&m->j, "rsit:", is);
	}
	ward_json_arr_end(&m->j);
}

struct attribute {
	struct ward_id id;
	const char *what, *type, *category; /* what: part of its uuid */
	struct ward_str value, comment;
	ward_ns at;
};

static void attribute(struct misp *m, const struct attribute *a)
{
	char name[2 * WARD_ID_TEXT + 16];
	struct ward_wr w = ward_wr_fixed(name, sizeof(name));

	/* of the incident, too: one that was taken up by another shares its signs with that */
	ward_id_write(&w, m->in->id);
	ward_id_write(&w, a->id);
	if (m->x->exercise)
		ward_wr_z(&w, " exercise");
	ward_json_obj(&m->j);
	uuid(m, "uuid", a->what, ward_wr_text(&w));
	ward_json_put_z(&m->j, "type", a->type);
	ward_json_put_z(&m->j, "category", a->category);
	ward_json_put_bool(&m->j, "to_ids",
		false); /* what a hospital saw at home is no sign of evil elsewhere */
	ward_json_put_z(&m->j, "distribution", "5"); /* as the event */
	stamp(&m->j, a->at);
	ward_exchange_json_str(&m->j, "comment", a->comment);
	ward_json_put_bool(&m->j, "deleted", false);
	ward_json_put_bool(&m->j, "disable_correlation", true);
	ward_json_key(&m->j, "value");
	ward_json_str(&m->j, a->value);
	ward_json_obj_end(&m->j);
}

static void sign(struct misp *m, const struct ward_exchange_sign *s)
{
	struct ward_wr why = ward_wr_grow(ward_mem_heap(), 1 << 16);
	bool mac = ward_address_kind(s->address) == WARD_ADDRESS_MAC;

	ward_wr_reset(&m->text);
	ward_wr_str(&m->text, s->title);
	if (s->on.len) {
		ward_wr_z(&m->text, ": ");
		ward_wr_str(&m->text, s->on);
	}
	if (s->where.len) {
		ward_wr_z(&m->text, " (");
		ward_wr_str(&m->text, s->where);
		ward_wr_ch(&m->text, ')');
	}
	for (size_t i = 0; i < s->n_technique; i++) {
		ward_wr_z(&why, i ? ", " : "MITRE ATT&CK ");
		ward_wr_str(&why, s->technique[i]);
	}
	attribute(m, &(struct attribute){s->id, "sign", "text", "Other", ward_wr_text(&m->text),
			     ward_wr_text(&why), s->last});
	if (s->address.len)
		attribute(m, &(struct attribute){s->id, "address", mac ? "mac-address" : "ip-src",
				     "Network activity", s->address, s->title, s->last});
	if (ward_wr_bad(&why))
		m->err = WARD_ERR_NOMEM;
	ward_wr_fini(&why);
}

static void impact(struct misp *m, const struct ward_exchange_incident *in,
	const struct ward_exchange_impact *i)
{
	ward_wr_reset(&m->text);
	ward_wr_str(&m->text, i->name);
	ward_wr_z(&m->text, ": ");
	ward_wr_str(&m->text, i->threat_name);
	ward_wr_z(&m->text, ", expected ");
	ward_time_write(&m->text, i->expected);
	ward_wr_printf(&m->text, ", likelihood %lld to %lld %%", (long long)(i->lo_micro / 10000),
		(long long)(i->hi_micro / 10000));
	attribute(m, &(struct attribute){i->id, "impact", "text", "Other", ward_wr_text(&m->text),
			     WARD_STR("care service that can be hit"), in->changed});
}

static void summary(struct misp *m, const struct ward_exchange_incident *i)
{
	ward_wr_reset(&m->text);
	ward_exchange_headline(m->x, i, m->how->lang[0], &m->text);
	attribute(m, &(struct attribute){i->id, "incident", "text", "Internal reference",
			     ward_wr_text(&m->text), i->state, i->changed});
}

/* All that is of the event alone. i NULL: there is no incident. */
static void about(struct misp *m, const struct ward_exchange_incident *i)
{
	/* "1" is high, "4" not known */
	static const char *const threat[WARD_RECORD_LEVELS] = {"4", "3", "2", "1", "1"};
	static const char *const reach[WARD_TLP_N] = {"3", "2", "1", "0", "0"};
	struct ward_json *j = &m->j;
	struct ward_local day;
	char date[16], id[WARD_ID_TEXT];

	uuid(m, "uuid", m->x->exercise ? "event of an exercise" : "event",
		id_text(i ? ward_exchange_asset_id(m->x, id_text(i->id, id))
			  : ward_exchange_message_id(m->x, NULL, 0, "misp"),
			id));
	ward_wr_reset(&m->text);
	ward_exchange_headline(m->x, i, m->how->lang[0], &m->text);
	ward_json_key(j, "info");
	ward_json_str(j, ward_wr_text(&m->text));
	ward_zone_local(i ? i->first : m->x->at, &day);
	struct ward_wr w = ward_wr_fixed(date, sizeof(date));

	ward_wr_printf(&w, "%04d-%02d-%02d", day.year, day.month, day.day);
	ward_exchange_json_str(j, "date", ward_wr_text(&w));
	ward_json_put_z(j, "threat_level_id", threat[i ? i->level : 0]);
	ward_json_put_z(j, "analysis", i && i->phase == WARD_PHASE_OPEN ? "1" : "2");
	ward_json_put_z(j, "distribution", reach[m->x->tlp]);
	ward_json_put_bool(j, "published", false);
	stamp(j, i ? i->changed : m->x->at);
	org(m, "Org");
	org(m, "Orgc");
	tags(m, i);
}

static void event(struct misp *m, const struct ward_exchange_incident *i, struct ward_wr *w)
{
	m->in = i;
	m->j = ward_json_on(w);
	ward_json_obj(&m->j);
	ward_json_key(&m->j, "Event");
	ward_json_obj(&m->j);
	about(m, i);
	ward_json_key(&m->j, "Attribute");
	ward_json_arr(&m->j);
	if (i)
		summary(m, i);
	for (size_t k = 0; i && k < i->n_sign; k++)
		sign(m, &i->sign[k]);
	for (size_t k = 0; i && k < i->n_impact; k++)
		impact(m, i, &i->impact[k]);
	ward_json_arr_end(&m->j);
	ward_json_obj_end(&m->j);
	ward_json_obj_end(&m->j);
	ward_wr_ch(w, '\n');
}

enum ward_err ward_exchange_misp(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	struct misp m = {.x = x, .how = how, .text = ward_wr_grow(ward_mem_heap(), 1 << 20)};

	for (size_t i = 0; i < x->n_incident; i++)
		event(&m, &x->incident[i], w);
	if (!x->n_incident)
		event(&m, NULL, w);
	if (ward_wr_bad(w) || ward_wr_bad(&m.text))
		m.err = WARD_ERR_NOMEM;
	ward_wr_fini(&m.text);
	return m.err;
}

/* CAP 1.2 (OASIS Standard, 1 July 2010), and EDXL-DE 1.0 around it. */
#include "exchange/format.h"

#define HOUR (3600 * WARD_NS_PER_S)

struct cap {
	const struct ward_exchange *x;
	const struct ward_exchange_how *how;
	struct ward_xml *xml;
	struct ward_wr text; /* scratch */
};

static struct ward_str urn(struct cap *c, struct ward_id id)
{
	ward_wr_reset(&c->text);
	ward_wr_z(&c->text, "urn:uuid:");
	ward_id_write(&c->text, id);
	return ward_wr_text(&c->text);
}

static void time_elem(struct cap *c, const char *name, ward_ns t)
{
	ward_wr_reset(&c->text);
	ward_exchange_time(t, &c->text);
	ward_xml_elem(c->xml, name, ward_wr_text(&c->text));
}

static ward_ns sent(const struct ward_exchange *x, const struct ward_exchange_incident *i)
{
	return i ? i->sent : x->at;
}

static bool ended(const struct ward_exchange_incident *i)
{
	return !i || i->phase != WARD_PHASE_OPEN;
}

static const char *type(const struct ward_exchange_incident *i)
{
	if (!i || i->told == WARD_NS_NEVER)
		return "Alert";
	return ended(i) ? "Cancel" : "Update";
}

/* CAP 1.2 3.2.1: sender, identifier, sent, parted by blanks. */
static void references(struct cap *c, const struct ward_exchange_incident *i)
{
	ward_wr_reset(&c->text);
	for (size_t k = 0; k < i->n_before; k++) {
		if (k)
			ward_wr_ch(&c->text, ' ');
		ward_wr_str(&c->text, c->how->sender);
		ward_wr_z(&c->text, ",urn:uuid:");
		ward_id_write(
			&c->text, ward_exchange_message_id(c->x, i, i->before[k].revision, "cap"));
		ward_wr_ch(&c->text, ',');
		ward_exchange_time(i->before[k].sent, &c->text);
	}
	ward_xml_elem(c->xml, "references", ward_wr_text(&c->text));
}

/* EDXL-DE 1.0 3.2.1: distributionID, senderID, dateTimeSent. */
static void distribution_reference(struct cap *c, const struct ward_exchange_incident *i)
{
	ward_wr_reset(&c->text);
	ward_wr_z(&c->text, "urn:uuid:");
	ward_id_write(&c->text, ward_exchange_message_id(c->x, i, i->told_revision, "de"));
	ward_wr_ch(&c->text, ',');
	ward_wr_str(&c->text, c->how->sender);
	ward_wr_ch(&c->text, ',');
	ward_exchange_time(i->told, &c->text);
	ward_xml_elem(c->xml, "distributionReference", ward_wr_text(&c->text));
}

/* CAP 1.2 3.2.1: a restriction if Restricted, addresses if Private. */
static void scope(struct cap *c)
{
	struct ward_str tlp = ward_tlp_text(c->x->tlp);

	if (c->x->tlp == WARD_TLP_CLEAR) {
		ward_xml_elem_z(c->xml, "scope", "Public");
	} else if (c->x->tlp == WARD_TLP_RED) {
		ward_xml_elem_z(c->xml, "scope", "Private");
		ward_xml_elem(c->xml, "addresses", c->x->recipient);
	} else {
		ward_xml_elem_z(c->xml, "scope", "Restricted");
		ward_xml_elem(c->xml, "restriction", tlp);
	}
	ward_xml_elem(c->xml, "code", tlp);
}

static void categories(struct cap *c, const struct ward_exchange_incident *i)
{
	const char *before[16];
	size_t n = 0;

	for (size_t k = 0; i && k < i->n_threat && n < WARD_ARRAY_LEN(before); k++) {
		const char *is = ward_exchange_meaning(i->threat[k])->cap;
		size_t p = 0;

		while (p < n && strcmp(before[p], is) != 0)
			p++;
		if (p < n)
			continue;
		before[n++] = is;
		ward_xml_elem_z(c->xml, "category", is);
	}
	if (i && i->n_impact)
		ward_xml_elem_z(c->xml, "category", "Health");
	else if (!n)
		ward_xml_elem_z(c->xml, "category", "Security");
}

static const char *urgency(const struct ward_exchange_incident *i)
{
	if (ended(i))
		return "Past";
	if (!i->n_impact)
		return i->level >= 3 ? "Immediate" : "Expected";
	ward_ns in = i->impact[0].expected - i->last;

	if (i->impact[0].earliest <= i->last)
		return "Immediate";
	return in <= HOUR ? "Expected" : "Future";
}

static const char *certainty(const struct ward_exchange_incident *i)
{
	if (!i || i->phase == WARD_PHASE_DISMISSED)
		return "Unlikely";
	return ward_str_eqz(i->state, "suspected") ? "Possible" : "Observed";
}

static void parameter(struct cap *c, const char *name, struct ward_str value)
{
	if (!value.len)
		return;
	ward_xml_begin(c->xml, "parameter");
	ward_xml_elem_z(c->xml, "valueName", name);
	ward_xml_elem(c->xml, "value", value);
	ward_xml_end(c->xml);
}

/* Who does what first, for those who may know it. */
static void instruction(
	struct cap *c, const struct ward_exchange_incident *i, struct ward_lang *lang)
{
	if (ended(i) || !i->step_text.len)
		return;
	ward_wr_reset(&c->text);
	if (i->step_role.len) {
		ward_wr_str(&c->text, i->step_role);
		if (i->step_reach.len) {
			ward_wr_z(&c->text, " (");
			ward_wr_str(&c->text, i->step_reach);
			ward_wr_ch(&c->text, ')');
		}
		ward_wr_z(&c->text, ": ");
	}
	ward_wr_str(&c->text, ward_lang_text(lang, i->step_text));
	ward_xml_elem(c->xml, "instruction", ward_wr_text(&c->text));
}

static void area(struct cap *c, const struct ward_exchange_incident *i)
{
	const struct ward_hospital *h = ward_model_hospital(c->x->model);

	ward_wr_reset(&c->text);
	ward_wr_str(&c->text, h->name);
	ward_wr_z(&c->text, ", ");
	ward_wr_str(&c->text, h->city);
	if (i && i->n_sign && i->sign[i->n_sign - 1].where.len) {
		ward_wr_z(&c->text, ": ");
		ward_wr_str(&c->text, i->sign[i->n_sign - 1].where);
	}
	ward_xml_begin(c->xml, "area");
	ward_xml_elem(c->xml, "areaDesc", ward_wr_text(&c->text));
	ward_xml_begin(c->xml, "geocode");
	ward_xml_elem_z(c->xml, "valueName", "ISO3166-1");
	ward_xml_elem(c->xml, "value", h->country);
	ward_xml_end(c->xml);
	ward_xml_end(c->xml);
}

static void info(struct cap *c, const struct ward_exchange_incident *i, struct ward_lang *lang)
{
	static const char *const severity[WARD_RECORD_LEVELS] = {
		"Minor", "Minor", "Moderate", "Severe", "Extreme"};

	ward_xml_begin(c->xml, "info");
	ward_xml_elem(c->xml, "language", ward_lang_code(lang));
	categories(c, i);
	ward_wr_reset(&c->text);
	ward_exchange_headline(c->x, i, lang, &c->text);
	ward_xml_elem(c->xml, "event", ward_wr_text(&c->text));
	ward_xml_elem_z(c->xml, "responseType",
		!i            ? "None"
		: ended(i)    ? "AllClear"
		: i->n_impact ? "Prepare"
			      : "Assess");
	ward_xml_elem_z(c->xml, "urgency", urgency(i));
	ward_xml_elem_z(c->xml, "severity", i ? severity[i->level] : "Minor");
	ward_xml_elem_z(c->xml, "certainty", certainty(i));
	if (i)
		time_elem(c, "onset", i->first);
	ward_xml_elem(c->xml, "senderName", ward_model_hospital(c->x->model)->name);
	ward_wr_reset(&c->text);
	ward_exchange_headline(c->x, i, lang, &c->text);
	ward_xml_elem(c->xml, "headline", ward_wr_text(&c->text));
	ward_wr_reset(&c->text);
	if (i)
		ward_exchange_describe(i, lang, &c->text);
	if (c->text.len)
		ward_xml_elem(c->xml, "description", ward_str_trim(ward_wr_text(&c->text)));
	if (i)
		instruction(c, i, lang);
	parameter(c, "ward:state", i ? i->state : WARD_STR(""));
	parameter(c, "ward:domain", i ? i->domain : WARD_STR(""));
	parameter(c, "ward:purpose", c->x->purpose);
	area(c, i);
	ward_xml_end(c->xml);
}

static void alert(struct cap *c, const struct ward_exchange_incident *i)
{
	ward_xml_begin(c->xml, "alert");
	ward_xml_attr_z(c->xml, "xmlns", "urn:oasis:names:tc:emergency:cap:1.2");
	ward_xml_elem(c->xml, "identifier",
		urn(c, ward_exchange_message_id(c->x, i, i ? i->revision : 0, "cap")));
	ward_xml_elem(c->xml, "sender", c->how->sender);
	time_elem(c, "sent", sent(c->x, i));
	ward_xml_elem_z(c->xml, "status", c->x->exercise ? "Exercise" : i ? "Actual" : "System");
	ward_xml_elem_z(c->xml, "msgType", type(i));
	ward_xml_elem_z(c->xml, "source", "Ward");
	scope(c);
	if (c->x->exercise)
		ward_xml_elem_z(c->xml, "note", "This is an exercise: nothing of it is real.");
	if (i && i->told != WARD_NS_NEVER)
		references(c, i);
	if (i) {
		ward_wr_reset(&c->text);
		ward_id_write(&c->text, i->id);
		ward_xml_elem(c->xml, "incidents", ward_wr_text(&c->text));
	}
	for (size_t k = 0; k < c->how->n_lang; k++)
		info(c, i, c->how->lang[k]);
	ward_xml_end(c->xml);
}

enum ward_err ward_exchange_cap(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	struct ward_xml xml;
	struct cap c = {x, how, &xml, ward_wr_grow(ward_mem_heap(), 1 << 24)};

	if (x->n_incident > 1)
		return WARD_ERR_LIMIT;
	xml = ward_xml_on(w);
	alert(&c, x->n_incident ? &x->incident[0] : NULL);
	ward_wr_ch(w, '\n');
	bool bad = ward_wr_bad(w) || ward_wr_bad(&c.text);

	ward_wr_fini(&c.text);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}

static void content(struct cap *c, const struct ward_exchange_incident *i)
{
	ward_wr_reset(&c->text);
	if (i)
		ward_id_write(&c->text, i->id);
	ward_exchange_de_content(c->xml, "CAP 1.2", ward_wr_text(&c->text));
	alert(c, i);
	ward_exchange_de_content_end(c->xml);
}

/* Of several incidents that are told in one distribution: an update when the recipient has one of
 * them, a cancellation when all of these have ended. */
static const char *distribution(const struct ward_exchange *x)
{
	size_t n_told = 0, n_ended = 0;

	for (size_t i = 0; i < x->n_incident; i++) {
		n_told += x->incident[i].told != WARD_NS_NEVER;
		n_ended += ended(&x->incident[i]);
	}
	if (!n_told)
		return "Report";
	return n_ended == x->n_incident ? "Cancel" : "Update";
}

static ward_ns latest(const struct ward_exchange *x)
{
	ward_ns t = x->n_incident ? x->incident[0].sent : x->at;

	for (size_t i = 1; i < x->n_incident; i++)
		if (x->incident[i].sent > t)
			t = x->incident[i].sent;
	return t;
}

/* Made of the messages in it, so that another content is another distribution. */
static struct ward_id distribution_id(const struct ward_exchange *x)
{
	struct ward_idgen g;

	if (x->n_incident == 1)
		return ward_exchange_message_id(x, x->incident, x->incident[0].revision, "de");
	ward_idgen_init(&g, "exchange.distribution");
	for (size_t i = 0; i < x->n_incident; i++)
		ward_idgen_id(&g, ward_exchange_message_id(
					  x, &x->incident[i], x->incident[i].revision, "de"));
	if (!x->n_incident)
		ward_idgen_id(&g, ward_exchange_message_id(x, NULL, 0, "de"));
	return ward_idgen_final(&g);
}

static void distribute(struct cap *c)
{
	const struct ward_exchange *x = c->x;

	const struct ward_exchange_envelope e = {.id = distribution_id(x),
		.sent = latest(x),
		.sender = c->how->sender,
		.status = x->exercise     ? "Exercise"
			  : x->n_incident ? "Actual"
					  : "System",
		.type = distribution(x),
		.tlp = x->tlp,
		.language = ward_lang_code(c->how->lang[0]),
		.recipient = x->recipient,
		.country = ward_model_hospital(x->model)->country};

	ward_exchange_de_begin(c->xml, &e);
	for (size_t i = 0; i < x->n_incident; i++)
		if (x->incident[i].told != WARD_NS_NEVER)
			distribution_reference(c, &x->incident[i]);
	ward_exchange_de_to(c->xml, &e);
	for (size_t i = 0; i < x->n_incident; i++)
		content(c, &x->incident[i]);
	if (!x->n_incident)
		content(c, NULL);
	ward_xml_end(c->xml);
}

enum ward_err ward_exchange_de(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	struct ward_xml xml = ward_xml_on(w);
	struct cap c = {x, how, &xml, ward_wr_grow(ward_mem_heap(), 1 << 24)};

	distribute(&c);
	ward_wr_ch(w, '\n');
	bool bad = ward_wr_bad(w) || ward_wr_bad(&c.text);

	ward_wr_fini(&c.text);
	return bad ? WARD_ERR_NOMEM : WARD_OK;
}

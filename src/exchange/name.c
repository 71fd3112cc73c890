/* Names of things elsewhere: ids, and what our threats are called in other vocabularies. */
#include "exchange/exchange.h"

static const char *const tlp_name[WARD_TLP_N] = {"clear", "green", "amber", "amber+strict", "red"};

const char *ward_tlp_name(enum ward_tlp t)
{
	WARD_ASSERT((unsigned)t < WARD_TLP_N);
	return tlp_name[t];
}

struct ward_str ward_tlp_text(enum ward_tlp t)
{
	static const char *const text[WARD_TLP_N] = {
		"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

	WARD_ASSERT((unsigned)t < WARD_TLP_N);
	return ward_str_z(text[t]);
}

bool ward_tlp_parse(struct ward_str s, enum ward_tlp *ret)
{
	if (s.len > 4 && ward_str_ieq(ward_str_sub(s, 0, 4), WARD_STR("tlp:")))
		s = ward_str_sub(s, 4, SIZE_MAX);
	for (size_t i = 0; i < WARD_TLP_N; i++) {
		if (ward_str_ieq(s, ward_str_z(tlp_name[i]))) {
			*ret = (enum ward_tlp)i;
			return true;
		}
	}
	return false;
}

struct ward_id ward_exchange_asset_id(const struct ward_exchange *x, struct ward_str asset)
{
	const struct ward_hospital *h = ward_model_hospital(x->model);
	struct ward_idgen g;

	ward_idgen_init(&g, "exchange.asset");
	ward_idgen_str(&g, h->id);
	ward_idgen_str(&g, h->name);
	ward_idgen_str(&g, asset);
	return ward_idgen_final(&g);
}

struct ward_id ward_exchange_message_id(const struct ward_exchange *x,
	const struct ward_exchange_incident *i, uint32_t revision, const char *format)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "exchange.message");
	ward_idgen_str(&g, ward_str_z(format));
	ward_idgen_id(&g, ward_exchange_asset_id(x, WARD_STR("")));
	ward_idgen_u64(&g, x->exercise);
	ward_idgen_str(&g, x->recipient);
	if (i)
		ward_idgen_id(&g, i->id);
	ward_idgen_u64(&g, i ? revision : (uint64_t)x->at);
	return ward_idgen_final(&g);
}

/* The first that fits; the last fits all. */
static const struct ward_exchange_meaning meanings[] = {
	{"Safety.Fire", "Hazard", "Fire", "availability=\"outage\""},
	{"Safety.Agression", "Malicious", "Security", "abusive-content=\"violence\""},
	{"Safety.", "Hazard", "Safety", "other=\"other\""},
	{"Access.Forced", "Malicious", "Security", "intrusions=\"burglary\""},
	{"Access.Tailgating", "Malicious", "Security", "intrusions=\"burglary\""},
	{"Access.Unauthorized", "Malicious", "Security", "intrusion-attempts=\"ids-alert\""},
	{"Access.Escalation", "Malicious", "Security",
		"intrusions=\"privileged-account-compromise\""},
	{"Access.", "Malicious", "Security", "intrusions=\"system-compromise\""},
	{"Malware.", "Malicious", "Security", "malicious-code=\"infected-system\""},
	{"Recon.Network", "Malicious", "Security", "information-gathering=\"scanner\""},
	{"Recon.", "Malicious", "Security", "information-gathering=\"social-engineering\""},
	{"SocialEng.", "Malicious", "Security", "fraud=\"phishing\""},
	{"Fraud.", "Malicious", "Security", "fraud=\"masquerade\""},
	{"Theft.", "Malicious", "Security", "information-content-security=\"data-leak\""},
	{"Sabotage.Data", "Malicious", "Security",
		"information-content-security=\"unauthorised-information-modification\""},
	{"Sabotage.", "Malicious", "Security", "availability=\"sabotage\""},
	{"Availability.DoS", "Malicious", "Infra", "availability=\"dos\""},
	{"Availability.", "Malfunction", "Infra", "availability=\"outage\""},
	{"Meteo.", "Hazard", "Met", "availability=\"outage\""},
	{"Hydro.", "Hazard", "Geo", "availability=\"outage\""},
	{"Geophysical.", "Hazard", "Geo", "availability=\"outage\""},
	{"Biological.", "Hazard", "Health", "other=\"other\""},
	{"Operational.", "Error", "Safety", "other=\"other\""},
	{"", "Unknown", "Security", "other=\"undetermined\""},
};

const struct ward_exchange_meaning *ward_exchange_meaning(const struct ward_threat *t)
{
	size_t i = 0;

	while (i + 1 < WARD_ARRAY_LEN(meanings) &&
		!(t && ward_str_starts(t->idmef, ward_str_z(meanings[i].category))))
		i++;
	return &meanings[i];
}

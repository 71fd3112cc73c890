/* Names of things elsewhere: UUIDs, and what our threats are called in other vocabularies. */
#include "exchange/exchange.h"

#include <openssl/evp.h>

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

/* RFC 9562 5.5: SHA-1 of the name space and the name, cut to 128 bits. */
enum ward_err ward_exchange_uuid(const struct ward_id *space, struct ward_str kind,
	struct ward_str name, struct ward_id *ret)
{
	static const struct ward_id ours = {{0x6a, 0x1c, 0x52, 0x0e, 0x8f, 0x0b, 0x55, 0x8d, 0x9b,
		0x0c, 0x2f, 0x35, 0x6d, 0x07, 0x5e, 0x91}};
	unsigned char sum[EVP_MAX_MD_SIZE];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	size_t n = 0;

	ward_wr_bytes(&w, space ? space->b : ours.b, sizeof(ours.b));
	if (!space) {
		ward_wr_str(&w, kind);
		ward_wr_ch(&w, '\n');
	}
	ward_wr_str(&w, name);
	bool ok = !ward_wr_bad(&w) && EVP_Q_digest(NULL, "SHA1", NULL, w.p, w.len, sum, &n) == 1;

	ward_wr_fini(&w);
	if (!ok)
		return WARD_ERR_NOMEM;
	memcpy(ret->b, sum, sizeof(ret->b));
	ret->b[6] = (uint8_t)((ret->b[6] & 0x0f) | 0x50);
	ret->b[8] = (uint8_t)((ret->b[8] & 0x3f) | 0x80);
	return WARD_OK;
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

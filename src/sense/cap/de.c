/* EDXL-DE 1.0, section 3.2 (the elements), 3.3 (their schema) */
#include "sense/cap/priv.h"

static const char name_space[] = "urn:oasis:names:tc:emergency:EDXL:DE:1.0";

static const struct ward_cap_rule de_rules[] = {
	{"distributionID", 1, 1, NULL},
	{"senderID", 1, 1, NULL},
	{"dateTimeSent", 1, 1, NULL},
	{"distributionStatus", 1, 1, "Actual Exercise System Test"},
	{"distributionType", 1, 1,
		"Report Update Cancel Request Response Dispatch Ack Error SensorConfiguration "
		"SensorControl SensorStatus SensorDetection"},
	{"combinedConfidentiality", 1, 1, NULL},
	{"language", 0, 1, NULL},
	{"senderRole", 0, 0, NULL},
	{"recipientRole", 0, 0, NULL},
	{"keyword", 0, 0, NULL},
	{"distributionReference", 0, 0, NULL},
	{"explicitAddress", 0, 0, NULL},
	{"targetArea", 0, 0, NULL},
	{"contentObject", 0, 0, NULL},
};

static const struct ward_cap_rule target_rules[] = {
	{"circle", 0, 0, NULL},
	{"polygon", 0, 0, NULL},
	{"country", 0, 0, NULL},
	{"subdivision", 0, 0, NULL},
	{"locCodeUN", 0, 0, NULL},
};

static const struct ward_cap_rule content_rules[] = {
	{"contentDescription", 0, 1, NULL},
	{"contentKeyword", 0, 0, NULL},
	{"incidentID", 0, 1, NULL},
	{"incidentDescription", 0, 1, NULL},
	{"originatorRole", 0, 0, NULL},
	{"consumerRole", 0, 0, NULL},
	{"confidentiality", 0, 1, NULL},
	{"nonXMLContent", 0, 1, NULL},
	{"xmlContent", 0, 1, NULL},
};

static const struct ward_cap_rule no_xml_rules[] = {
	{"mimeType", 1, 1, NULL},
	{"size", 0, 1, NULL},
	{"digest", 0, 1, NULL},
	{"uri", 0, 1, NULL},
	{"contentData", 0, 1, NULL},
};

static const struct ward_cap_rule xml_rules[] = {
	{"keyXMLContent", 0, 0, NULL},
	{"embeddedXMLContent", 0, 0, NULL},
};

static const struct ward_cap_rule list_rules[] = {
	{"valueListUrn", 1, 1, NULL},
	{"value", 1, 0, NULL},
};

static const struct ward_cap_rule address_rules[] = {
	{"explicitAddressScheme", 1, 1, NULL},
	{"explicitAddressValue", 1, 0, NULL},
};

#define FOLLOWS(t, e, rules) ward_cap_follows((t), (e), name_space, (rules), WARD_ARRAY_LEN(rules))

bool ward_de_is(const struct ward_xmldoc *x)
{
	return x->n && ward_str_eqz(x->elem[0].name, "EDXLDistribution");
}

/* All children of that name are lists of values, or addresses. */
static bool lists(struct ward_cap_turn *t, uint32_t parent, const char *name)
{
	bool address = strcmp(name, "explicitAddress") == 0;

	for (uint32_t e = ward_xmldoc_child(t->x, parent, name); e != WARD_NONE;
		e = ward_xmldoc_next(t->x, e, name))
		if (address ? !FOLLOWS(t, e, address_rules) : !FOLLOWS(t, e, list_rules))
			return false;
	return true;
}

/* ---- whom it is for ---- */

static bool targets(struct ward_cap_turn *t)
{
	static const char *const code[] = {"country", "subdivision", "locCodeUN"};
	uint32_t first = ward_xmldoc_child(t->x, 0, "targetArea");
	bool any = t->o && (t->o->at.len || t->o->geocodes.len), ours = false;

	for (uint32_t a = first; a != WARD_NONE; a = ward_xmldoc_next(t->x, a, "targetArea")) {
		if (!FOLLOWS(t, a, target_rules) || !ward_cap_shapes(t, a, &ours))
			return false;
		for (size_t i = 0; i < WARD_ARRAY_LEN(code) && any; i++)
			for (uint32_t c = ward_xmldoc_child(t->x, a, code[i]); c != WARD_NONE;
				c = ward_xmldoc_next(t->x, c, code[i]))
				ours = ours || ward_cap_code(t, ward_str_z(code[i]),
						       ward_xmldoc_text(t->x, c, NULL));
	}
	t->elsewhere = any && first != WARD_NONE && !ours;
	return true;
}

/* ---- what it carries ---- */

static bool embedded(struct ward_cap_turn *t, uint32_t e, struct ward_de *de)
{
	uint32_t first = t->x->elem[e].child;

	if (first == WARD_NONE)
		return ward_cap_wrong(t, e, "a content is empty");
	for (uint32_t c = first; c != WARD_NONE; c = t->x->elem[c].next) {
		if (ward_str_eqz(t->x->elem[c].ns, name_space))
			return ward_cap_wrong(
				t, c, "there is an element that the standard does not have");
		if (de->n == WARD_DE_CONTENTS)
			return ward_cap_wrong(t, c, "it carries more than 256 documents");
		de->content[de->n++] = c;
	}
	return true;
}

static bool content(struct ward_cap_turn *t, uint32_t e, struct ward_de *de)
{
	uint32_t xml = ward_xmldoc_child(t->x, e, "xmlContent"),
		 other = ward_xmldoc_child(t->x, e, "nonXMLContent");

	if (!FOLLOWS(t, e, content_rules) || !lists(t, e, "contentKeyword") ||
		!lists(t, e, "originatorRole") || !lists(t, e, "consumerRole"))
		return false;
	if ((xml == WARD_NONE) == (other == WARD_NONE))
		return ward_cap_wrong(
			t, e, "a contentObject has not one of xmlContent and nonXMLContent");
	if (other != WARD_NONE) {
		de->other = de->n_other++ ? de->other : other;
		return FOLLOWS(t, other, no_xml_rules);
	}
	if (!FOLLOWS(t, xml, xml_rules))
		return false;
	for (uint32_t c = ward_xmldoc_child(t->x, xml, "embeddedXMLContent"); c != WARD_NONE;
		c = ward_xmldoc_next(t->x, c, "embeddedXMLContent"))
		if (!embedded(t, c, de))
			return false;
	return true;
}

bool ward_de_check(struct ward_cap_turn *t, struct ward_de *ret)
{
	static const char *const list[] = {
		"senderRole", "recipientRole", "keyword", "explicitAddress"};
	struct ward_str type = ward_xmldoc_text(t->x, 0, "distributionType");
	ward_ns sent;

	*ret = (struct ward_de){.id = ward_xmldoc_text(t->x, 0, "distributionID"),
		.sender = ward_xmldoc_text(t->x, 0, "senderID"),
		.real = ward_str_eqz(ward_xmldoc_text(t->x, 0, "distributionStatus"), "Actual"),
		.withdrawn = ward_str_eqz(type, "Cancel") || ward_str_eqz(type, "Error"),
		.other = WARD_NONE};
	if (!ward_str_eqz(t->x->elem[0].ns, name_space))
		return ward_cap_wrong(t, 0, "it is a distribution of another version than 1.0");
	if (!FOLLOWS(t, 0, de_rules) || !ward_cap_time(t, 0, "dateTimeSent", &sent))
		return false;
	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		if (!lists(t, 0, list[i]))
			return false;
	if (!targets(t))
		return false;
	for (uint32_t c = ward_xmldoc_child(t->x, 0, "contentObject"); c != WARD_NONE;
		c = ward_xmldoc_next(t->x, c, "contentObject"))
		if (!content(t, c, ret))
			return false;
	return true;
}

enum ward_err ward_de_read(
	const struct ward_xmldoc *x, struct ward_de *ret, const char **ret_why, uint32_t *ret_line)
{
	const struct ward_cap_opts nowhere = {.at = {NULL, 0}};
	struct ward_cap_turn t = {.o = &nowhere, .x = x};

	if (ward_de_check(&t, ret))
		return WARD_OK;
	*ret_why = t.why;
	*ret_line = t.line;
	return WARD_ERR_MALFORMED;
}

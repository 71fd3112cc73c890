#include "sense/cap/cap.h"
#include "sense/cap/de.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT = 1 << 16 };

struct lab {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_xmldoc xml;
	struct ward_cap_opts o;
	char text[TEXT], told[TEXT]; /* "event level type distribution;" and "left LINE: why;" */
	size_t n, n_left;
	struct ward_id id;
	const char *why;
	uint32_t line;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	static const char *const shown[] = {
		"cap.event", "cap.level", "cap.msgType", "cap.distribution"};
	struct lab *l = ctx;

	for (size_t i = 0; i < WARD_ARRAY_LEN(shown); i++) {
		struct ward_str v = ward_event_str(e, ward_name(&l->names, ward_str_z(shown[i])));

		l->n += (size_t)snprintf(l->told + l->n, TEXT - l->n, "%.*s%c", WARD_STR_ARG(v),
			i + 1 < WARD_ARRAY_LEN(shown) ? '|' : ';');
	}
	l->id = e->id;
	return WARD_OK;
}

static void left(void *ctx, uint32_t line, const char *what)
{
	struct lab *l = ctx;

	l->n_left++;
	l->n += (size_t)snprintf(l->told + l->n, TEXT - l->n, "left %u: %s;", line, what);
}

static struct lab *lab_new(const char *at, const char *geocodes)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	ward_limits_default(&l->lim);
	ward_counters_init(&l->counters);
	ward_arena_init(&l->arena, ward_mem_heap(), 8 << 20);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	l->xml = (struct ward_xmldoc){.mem = ward_mem_heap(), .arena = &l->arena};
	l->o = (struct ward_cap_opts){.names = &l->names,
		.counters = &l->counters,
		.source = WARD_STR("civil-protection"),
		.at = ward_str_z(at),
		.geocodes = ward_str_z(geocodes),
		.put = put,
		.left = left,
		.ctx = l};
	return l;
}

static void lab_free(struct lab *l)
{
	ward_xmldoc_fini(&l->xml);
	ward_arena_fini(&l->arena);
	ward_names_fini(&l->names);
	free(l);
}

static enum ward_err read_text(struct lab *l, const char *text)
{
	l->told[l->n = 0] = 0;
	l->n_left = 0;
	assert_int_equal(ward_xmldoc_read(&l->xml, ward_str_bytes(ward_str_z(text))), WARD_OK);
	return ward_cap_read(&l->o, &l->xml, WARD_NS_PER_S, &l->arena, &l->why, &l->line);
}

#define DE_NS "urn:oasis:names:tc:emergency:EDXL:DE:1.0"
#define DE(status, type, rest)                                                     \
	"<EDXLDistribution xmlns='" DE_NS "'><distributionID>d-1</distributionID>" \
	"<senderID>cp@example.org</senderID>"                                      \
	"<dateTimeSent>2026-03-01T12:00:00+01:00</dateTimeSent>"                   \
	"<distributionStatus>" status "</distributionStatus>"                      \
	"<distributionType>" type "</distributionType>"                            \
	"<combinedConfidentiality>UNCLASSIFIED</combinedConfidentiality>" rest     \
	"</EDXLDistribution>"
#define CARRIES(content)                                          \
	"<contentObject><xmlContent><embeddedXMLContent>" content \
	"</embeddedXMLContent></xmlContent></contentObject>"
#define ALERT(info)                                                                      \
	"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>i</identifier>" \
	"<sender>s</sender><sent>2026-03-01T12:00:00+01:00</sent>"                       \
	"<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>" info "</alert>"
#define INFO(rest)                                                                      \
	"<info><category>Met</category><event>Flood</event><urgency>Expected</urgency>" \
	"<severity>Extreme</severity><certainty>Likely</certainty>" rest "</info>"

/* What the distribution says counts for what it carries. */
static void t_envelope(void **state)
{
	static const struct {
		const char *text, *told;
	} row[] = {
		{DE("Actual", "Report", CARRIES(ALERT(INFO("")))), "Flood|critical|Alert|d-1;"},
		{DE("Exercise", "Report", CARRIES(ALERT(INFO("")))),
			"Flood|informational|Alert|d-1;"},
		{DE("Actual", "Cancel", CARRIES(ALERT(INFO("")))), "Flood|critical|Cancel|d-1;"},
		{DE("Actual", "Error", CARRIES(ALERT(""))), "|low|Cancel|d-1;"},
		{DE("Actual", "Report",
			 CARRIES(ALERT(INFO("")) ALERT(INFO(""))) CARRIES(ALERT(""))),
			"Flood|critical|Alert|d-1;Flood|critical|Alert|d-1;"},
		{DE("Actual", "Ack", ""), ""},
		{DE("Actual", "Cancel", ""),
			"left 1: it takes back what it does not carry: nothing is taken back by "
			"it;"},
		{DE("Actual", "Report",
			 CARRIES("<alert xmlns='urn:oasis:names:tc:emergency:cap:1.1'/>")
				 CARRIES("<HospitalStatus xmlns='x'/>") CARRIES(
					 "<o xmlns=''/>") "<contentObject><nonXMLContent><mimeType>"
							  "image/png</mimeType>"
							  "</nonXMLContent></contentObject>"),
			"left 1: an alert of another version than CAP 1.2 is not read;"
			"left 1: what a hospital can take is not read here: ward care have shows "
			"it;"
			"left 1: a content that is neither CAP 1.2 nor EDXL-HAVE 1.0 is not read;"
			"left 1: contents that are no XML are not read;"},
	};
	struct lab *l = lab_new("", "");

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++)
		if (read_text(l, row[i].text) != WARD_OK || strcmp(l->told, row[i].told) != 0)
			fail_msg("row %zu: %s %s", i, l->told, l->why ? l->why : "");
	/* the same alert alone, or in two distributions, is one; taken back it is another word */
	struct ward_id id;

	assert_int_equal(read_text(l, ALERT(INFO(""))), WARD_OK);
	id = l->id;
	assert_int_equal(read_text(l, row[0].text), WARD_OK);
	assert_true(ward_id_eq(id, l->id));
	assert_int_equal(read_text(l, row[2].text), WARD_OK);
	assert_false(ward_id_eq(id, l->id));
	lab_free(l);
}

/* An alert without an area is about the distribution's. */
static void t_areas(void **state)
{
	static const struct {
		const char *target, *info;
		bool ours;
	} row[] = {
		{"", "", true},
		{"<targetArea><circle>45,7 10</circle></targetArea>", "", true},
		{"<targetArea><circle>48,2 10</circle></targetArea>", "", false},
		{"<targetArea><country>FR</country></targetArea>", "", false},
		{"<targetArea><country>IT</country></targetArea>", "", true},
		{"<targetArea><circle>48,2 1</circle></targetArea>"
		 "<targetArea><subdivision>X</subdivision><locCodeUN>ITTRN</locCodeUN></"
		 "targetArea>",
			"", true},
		{"<targetArea><country>FR</country></targetArea>",
			"<area><areaDesc>a</areaDesc><circle>45,7 1</circle></area>", true},
		{"<targetArea><country>IT</country></targetArea>",
			"<area><areaDesc>a</areaDesc><circle>48,2 1</circle></area>", false},
	};
	struct lab *l = lab_new("45,7", "country:IT locCodeUN:ITTRN");

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char text[4096];

		(void)snprintf(text, sizeof(text),
			DE("Actual", "Report", "%s" CARRIES(ALERT(INFO("%s")))), row[i].target,
			row[i].info);
		if (read_text(l, text) != WARD_OK || (l->n != 0) != row[i].ours)
			fail_msg("row %zu: %s %s", i, l->told, l->why ? l->why : "");
	}
	lab_free(l);
}

static void t_rules(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"<EDXLDistribution xmlns='urn:oasis:names:tc:emergency:EDXL:DE:2.0'/>",
			"it is a distribution of another version than 1.0"},
		{"<EDXLDistribution xmlns='" DE_NS "'/>",
			"an element is missing that must be there"},
		{DE("Draft", "Report", ""),
			"an element has a value that the standard does not know"},
		{DE("Actual", "Alert", ""),
			"an element has a value that the standard does not know"},
		{DE("Actual", "Report", "<wish/>"),
			"there is an element that the standard does not have"},
		{DE("Actual", "Report", "<keyword><value>x</value></keyword>"),
			"an element is missing that must be there"},
		{DE("Actual", "Report", "<targetArea><circle>far</circle></targetArea>"),
			"a circle is not a place and kilometres"},
		{DE("Actual", "Report", "<contentObject/>"),
			"a contentObject has not one of xmlContent and nonXMLContent"},
		{DE("Actual", "Report",
			 "<contentObject><xmlContent/><nonXMLContent><mimeType>m</mimeType>"
			 "</nonXMLContent></contentObject>"),
			"a contentObject has not one of xmlContent and nonXMLContent"},
		{DE("Actual", "Report", CARRIES("")), "a content is empty"},
		{DE("Actual", "Report", CARRIES("<alert/>")),
			"there is an element that the standard does not have"},
		/* one alert of two breaks a rule: none is told */
		{DE("Actual", "Report",
			 CARRIES(ALERT(INFO(""))) CARRIES(ALERT(INFO("<onset>tomorrow</onset>")))),
			"a time is not as 2026-03-01T12:00:00+01:00"},
	};
	struct lab *l = lab_new("", "");

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (read_text(l, bad[i].text) != WARD_ERR_MALFORMED || l->n ||
			strcmp(l->why, bad[i].why) != 0)
			fail_msg("row %zu: %s", i, l->why ? l->why : l->told);
	lab_free(l);
}

static void load(char *to, size_t room, const char *name)
{
	const char *root = getenv("WARD_SHARED_DATA");
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/standards/%s", root ? root : "", name);
	FILE *f = root ? fopen(path, "r") : NULL;

	if (!f)
		skip();
	size_t n = fread(to, 1, room - 1, f);

	to[n] = 0;
	fclose(f);
}

/* Documents as children of others: the same elements with the same attributes and texts. */
static void same(const struct ward_xmldoc *a, const struct ward_xmldoc *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct ward_xmldoc_elem *p = &a->elem[i], *q = &b->elem[i];

		assert_true(ward_str_eq(p->name, q->name) && ward_str_eq(p->ns, q->ns) &&
			    ward_str_eq(p->text, q->text) && p->n_attr == q->n_attr);
		assert_int_equal(p->parent, q->parent);
		assert_int_equal(p->child, q->child);
		assert_int_equal(p->next, q->next);
		for (size_t k = 0; k < p->n_attr; k++)
			assert_true(ward_str_eq(p->attr[k].key, q->attr[k].key) &&
				    ward_str_eq(p->attr[k].value, q->attr[k].value));
	}
}

/* The standard's own alert, carried: told as alone, and written again without loss, whole and as a
 * part that needs a name space of the envelope. */
static void t_carried(void **state)
{
	static char amber[TEXT];
	struct lab *l = lab_new("", "SAME:006037");

	(void)state;
	load(amber, sizeof(amber), "cap/cap_amber_alert_example.xml");
	const char *alert = strstr(amber, "<alert");

	assert_non_null(alert);
	assert_int_equal(read_text(l, alert), WARD_OK);
	struct ward_id id = l->id;

	(void)snprintf(l->text, sizeof(l->text),
		DE("Actual", "Report",
			CARRIES("%s") CARRIES("<h:HospitalStatus xmlns:h='urn:h' xmlns:o='urn:o'>"
					      "<h:Hospital o:t='o:x'/></h:HospitalStatus>")),
		alert);
	assert_int_equal(read_text(l, l->text), WARD_OK);
	assert_true(ward_id_eq(id, l->id));
	assert_string_equal(strchr(l->told, '|'), "|high|Alert|d-1;left 56: what a hospital can "
						  "take is not read here: ward care have "
						  "shows it;");
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_xmldoc again = {.mem = ward_mem_heap(), .arena = &l->arena}, part;
	struct ward_de de;

	ward_xmldoc_write(&l->xml, &w);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(ward_xmldoc_read(&again, ward_wr_slice(&w)), WARD_OK);
	same(&l->xml, &again);
	assert_int_equal(ward_de_read(&again, &de, &l->why, &l->line), WARD_OK);
	assert_int_equal(de.n, 2);
	for (size_t i = 0; i < de.n; i++) {
		struct ward_xmldoc own = {.mem = ward_mem_heap(), .arena = &l->arena};

		assert_int_equal(ward_xmldoc_part(&again, de.content[i], &part), WARD_OK);
		ward_wr_reset(&w);
		ward_xmldoc_write(&part, &w);
		assert_int_equal(ward_xmldoc_read(&own, ward_wr_slice(&w)), WARD_OK);
		same(&part, &own);
		ward_xmldoc_fini(&own);
		ward_xmldoc_fini(&part);
	}
	ward_xmldoc_fini(&again);
	ward_wr_fini(&w);
	lab_free(l);
}

/* Documents that xmllint judged by the official schemas: one that is right, one that is not. */
static void t_judged(void **state)
{
	static const struct {
		const char *file;
		enum ward_err err;
	} row[] = {{"de-1.0.xml", WARD_OK}, {"negative/de-bad.xml", WARD_ERR_MALFORMED}};
	struct lab *l = lab_new("43.2966,5.3699", "");

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		char name[256];

		(void)snprintf(name, sizeof(name), "_made-examples/%s", row[i].file);
		load(l->text, sizeof(l->text), name);
		if (read_text(l, l->text) != row[i].err || (row[i].err && l->n))
			fail_msg("%s: %s %s", name, l->told, l->why ? l->why : "");
	}
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_envelope), cmocka_unit_test(t_areas),
		cmocka_unit_test(t_rules), cmocka_unit_test(t_carried), cmocka_unit_test(t_judged)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

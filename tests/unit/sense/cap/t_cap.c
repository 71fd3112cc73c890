#include "sense/cap/cap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TEXT = 16384 };

struct lab {
	struct ward_names names;
	struct ward_counters counters;
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_xmldoc xml;
	struct ward_cap_opts o;
	char told[TEXT]; /* "event level root area;" */
	size_t n;
	struct ward_id id;
	const char *why;
	uint32_t line;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	static const char *const shown[] = {
		"cap.event", "cap.level", "cap.root", "cap.area", "cap.subject"};
	struct lab *l = ctx;

	assert_true(ward_str_eqz(ward_name_text(&l->names, e->class), "log.cap"));
	for (size_t i = 0; i < WARD_ARRAY_LEN(shown); i++) {
		struct ward_str v = ward_event_str(e, ward_name(&l->names, ward_str_z(shown[i])));

		l->n += (size_t)snprintf(l->told + l->n, TEXT - l->n, "%.*s%c", WARD_STR_ARG(v),
			i + 1 < WARD_ARRAY_LEN(shown) ? '|' : ';');
	}
	l->id = e->id;
	return WARD_OK;
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
		.source = WARD_STR("meteo"),
		.subject = WARD_STR("site"),
		.at = ward_str_z(at),
		.geocodes = ward_str_z(geocodes),
		.put = put,
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
	assert_int_equal(ward_xmldoc_read(&l->xml, ward_str_bytes(ward_str_z(text))), WARD_OK);
	return ward_cap_read(&l->o, &l->xml, WARD_NS_PER_S, &l->arena, &l->why, &l->line);
}

static enum ward_err read_file(struct lab *l, const char *name)
{
	static char text[1 << 16];
	char path[512];
	const char *root = getenv("WARD_SHARED_DATA");

	(void)snprintf(path, sizeof(path), "%s/standards/%s", root ? root : "", name);
	FILE *f = root ? fopen(path, "r") : NULL;

	if (!f)
		skip();
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	return read_text(l, text);
}

/* The standard's own example has two languages; it is about Los Angeles. */
static void t_example(void **state)
{
	struct lab *l = lab_new("", "SAME:006038 SAME:006037");

	(void)state;
	assert_int_equal(read_file(l, "cap/cap_amber_alert_example.xml"), WARD_OK);
	assert_string_equal(
		l->told, "Child Abduction|high|KAR0-0306112239-SW|Los Angeles County|site;");
	struct ward_id id = l->id;

	assert_int_equal(read_file(l, "cap/cap_amber_alert_example.xml"), WARD_OK);
	assert_true(ward_id_eq(id, l->id));
	lab_free(l);
	l = lab_new("45.07,7.68", "SAME:006038");
	assert_int_equal(read_file(l, "cap/cap_amber_alert_example.xml"), WARD_OK);
	assert_string_equal(l->told, "");
	assert_int_equal(ward_counter_get(&l->counters, "cap.elsewhere"), 1);
	/* an exercise is told, and is nothing to act on; its circle is 100 m */
	lab_free(l);
	l = lab_new("43.2966,5.3699", "");
	assert_int_equal(read_file(l, "_made-examples/cap-hospital.xml"), WARD_OK);
	assert_string_equal(l->told,
		"Intrusion with IT impact|informational|urn:uuid:3c1fd0a8-6a5b-"
		"4f0a-8a1b-2c6a9e0d7f11|Example Hospital, building B|site;");
	assert_int_equal(read_file(l, "_made-examples/negative/cap-bad.xml"), WARD_ERR_MALFORMED);
	lab_free(l);
}

#define ALERT(head, rest)                                                                \
	"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>i</identifier>" \
	"<sender>s</sender><sent>2026-03-01T12:00:00+01:00</sent>" head                  \
	"<scope>Public</scope>" rest "</alert>"
#define ACTUAL "<status>Actual</status><msgType>Alert</msgType>"
#define INFO(rest)                                                                      \
	"<info><category>Met</category><event>Flood</event><urgency>Expected</urgency>" \
	"<severity>Extreme</severity><certainty>Likely</certainty>" rest "</info>"
#define AREA(shape) INFO("<area><areaDesc>a</areaDesc>" shape "</area>")

static void t_places(void **state)
{
	static const struct {
		const char *at, *shape;
		bool in;
	} row[] = {
		{"45,7", "<polygon>44,6 46,6 46,8 44,8 44,6</polygon>", true},
		{"45,8.1", "<polygon>44,6 46,6 46,8 44,8 44,6</polygon>", false},
		{"45,5.9", "<polygon>44,6 46,6 46,8 44,8 44,6</polygon>", false},
		{"46.1,7", "<polygon>44,6 46,6 46,8 44,8 44,6</polygon>", false},
		/* a hole is no place within: an L */
		{"45.5,7.5", "<polygon>44,6 46,6 46,7 45,7 45,8 44,8 44,6</polygon>", false},
		{"44.5,7.5", "<polygon>44,6 46,6 46,7 45,7 45,8 44,8 44,6</polygon>", true},
		{"-33.5,-70.5", "<polygon>-34,-71 -33,-71 -33,-70 -34,-70 -34,-71</polygon>", true},
		{"45.123456,7", "<circle>45.1234567890,7 0.05</circle>", true},
		{"45,7.12", "<circle>45,7 9.4</circle>", false},
		{"45,7.12", "<circle>45,7 9.5</circle>", true},
		{"0,179.9", "<circle>0,-179.9 23</circle>", true},
		{"45,7", "<geocode><valueName>N</valueName><value>1</value></geocode>", false},
		{"45,7", "<circle>1,1 1</circle><circle>45,7 1</circle>", true},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct lab *l = lab_new(row[i].at, "");
		char text[2048];

		(void)snprintf(text, sizeof(text), ALERT(ACTUAL, AREA("%s")), row[i].shape);
		assert_int_equal(ward_cap_check(&l->o), WARD_OK);
		if (read_text(l, text) != WARD_OK || (l->n != 0) != row[i].in)
			fail_msg("row %zu: %s %s", i, l->told, l->why);
		lab_free(l);
	}
	struct lab *l = lab_new("north", "");

	assert_int_equal(ward_cap_check(&l->o), WARD_ERR_CONFIG);
	lab_free(l);
}

static void t_updates(void **state)
{
	struct lab *l = lab_new("", "");

	(void)state;
	assert_int_equal(read_text(l, ALERT("<status>Actual</status><msgType>Update</msgType>",
					      "<references>s,first,2026-03-01T11:00:00+01:00 "
					      "s,second,x</references>" INFO(""))),
		WARD_OK);
	assert_string_equal(l->told, "Flood|critical|first||site;");
	assert_int_equal(read_text(l, ALERT("<status>Actual</status><msgType>Cancel</msgType>",
					      "<references>s,first,x</references>")),
		WARD_OK);
	assert_string_equal(l->told, "|low|first||site;");
	assert_int_equal(
		read_text(l, ALERT("<status>Actual</status><msgType>Ack</msgType>", "")), WARD_OK);
	assert_string_equal(l->told, "");
	lab_free(l);
}

static void t_rules(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{"<alert><identifier>i</identifier></alert>", "it is no alert of CAP 1.2"},
		{ALERT("", ""), "an element is missing that must be there"},
		{ALERT("<status>Real</status><msgType>Alert</msgType>", ""),
			"an element has a value that the standard does not know"},
		{ALERT(ACTUAL ACTUAL, ""), "an element comes more often than it may"},
		{ALERT(ACTUAL, "<wish>x</wish>"),
			"there is an element that the standard does not have"},
		{ALERT(ACTUAL, INFO("<area><areaDesc/></area>")), "an element is empty"},
		{ALERT(ACTUAL, INFO("<onset>tomorrow</onset>")),
			"a time is not as 2026-03-01T12:00:00+01:00"},
		{ALERT(ACTUAL, INFO("<onset>2026-03-01T12:00:00</onset>")),
			"a time is not as 2026-03-01T12:00:00+01:00"},
		{ALERT(ACTUAL, INFO("<area/>")), "an element is missing that must be there"},
		{ALERT(ACTUAL, AREA("<polygon>1,1 2,2 3,3</polygon>")),
			"a polygon is not four or more places, the last the first"},
		{ALERT(ACTUAL, AREA("<polygon>1,1 2,2 91,3 1,1</polygon>")),
			"a polygon is not four or more places, the last the first"},
		{ALERT(ACTUAL, AREA("<circle>1,1</circle>")),
			"a circle is not a place and kilometres"},
		{ALERT(ACTUAL, AREA("<circle>1,1 -1</circle>")),
			"a circle is not a place and kilometres"},
	};
	struct lab *l = lab_new("", "");

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (read_text(l, bad[i].text) != WARD_ERR_MALFORMED || l->n ||
			strcmp(l->why, bad[i].why) != 0)
			fail_msg("row %zu: %s", i, l->why ? l->why : l->told);
	/* what others add is passed over */
	assert_int_equal(
		read_text(l, ALERT(ACTUAL, "<s:Signature xmlns:s='x'/>" INFO(""))), WARD_OK);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_example), cmocka_unit_test(t_places),
		cmocka_unit_test(t_updates), cmocka_unit_test(t_rules)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

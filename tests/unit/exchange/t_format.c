/* What the official schemas do not ask: rules of prose, marks of an exercise, updates, same bytes.
 * The schemas themselves judge in tests/e2e/exchange.py. */
#include "story/address.h"
#include "told.h"
#include "xml/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef enum ward_err (*writer)(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w);
static const writer writers[] = {ward_exchange_cap, ward_exchange_de, ward_exchange_idmef,
	ward_exchange_misp, ward_exchange_stix, ward_exchange_ocsf, ward_exchange_ecs,
	ward_exchange_cef, ward_exchange_syslog};
static const struct ward_exchange_how how = {{"ward@h.example", 14}, {NULL}, 1};

static bool has(const struct ward_wr *w, const char *needle)
{
	return ward_str_find(ward_wr_text(w), ward_str_z(needle)) != SIZE_MAX;
}

static void same_bytes(void **state)
{
	(void)state;
	for (size_t f = 0; f < WARD_ARRAY_LEN(writers); f++) {
		struct ward_wr w[2];

		for (size_t k = 0; k < 2; k++) {
			struct told t;

			told_begin(&t);
			assert_int_equal(told_gather(&t), WARD_OK);
			w[k] = ward_wr_grow(ward_mem_heap(), 1 << 20);
			assert_int_equal(writers[f](&t.x, &how, &w[k]), WARD_OK);
			told_end(&t);
		}
		assert_int_equal(w[0].len, w[1].len);
		assert_memory_equal(w[0].p, w[1].p, w[0].len);
		ward_wr_fini(&w[0]);
		ward_wr_fini(&w[1]);
	}
}

struct alert {
	struct told t;
	struct ward_wr w;
	struct ward_xmldoc x;
};

static void alert_begin(struct alert *a, enum ward_tlp tlp, uint32_t told)
{
	static struct ward_id id;

	told_begin(&a->t);
	assert_true(ward_id_parse(ward_str_z(told_incident), &id));
	a->t.ask.only = &id;
	a->t.ask.told = told;
	assert_int_equal(told_gather(&a->t), WARD_OK);
	a->t.x.tlp = tlp;
	a->t.x.recipient = WARD_STR("csirt");
	a->w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_exchange_cap(&a->t.x, &how, &a->w), WARD_OK);
	a->x = (struct ward_xmldoc){.mem = ward_mem_heap(), .arena = &a->t.arena};
	assert_int_equal(ward_xmldoc_read(&a->x, ward_wr_slice(&a->w)), WARD_OK);
}

static void alert_end(struct alert *a)
{
	ward_xmldoc_fini(&a->x);
	ward_wr_fini(&a->w);
	told_end(&a->t);
}

#define TEXT(a, name) ward_xmldoc_text(&(a)->x, 0, name)
#define EQ(s, z) assert_true(ward_str_eqz((s), (z)))

/* CAP 1.2 3.2.1: restriction if Restricted, addresses if Private, and neither otherwise. */
static void scopes(void **state)
{
	(void)state;
	for (size_t m = 0; m < WARD_TLP_N; m++) {
		struct alert a;

		alert_begin(&a, (enum ward_tlp)m, 0);
		EQ(TEXT(&a, "scope"), m == WARD_TLP_CLEAR ? "Public"
				      : m == WARD_TLP_RED ? "Private"
							  : "Restricted");
		assert_int_equal(
			TEXT(&a, "restriction").len > 0, m != WARD_TLP_CLEAR && m != WARD_TLP_RED);
		assert_int_equal(TEXT(&a, "addresses").len > 0, m == WARD_TLP_RED);
		EQ(TEXT(&a, "status"), "Exercise");
		assert_true(TEXT(&a, "note").len > 0);
		alert_end(&a);
	}
}

static void told_before(void **state)
{
	struct alert first, second;
	char want[256];

	(void)state;
	alert_begin(&first, WARD_TLP_AMBER, 0);
	EQ(TEXT(&first, "msgType"), "Alert");
	assert_int_equal(TEXT(&first, "references").len, 0);
	/* what the recipient got then: the message of revision 1 */
	first.t.x.incident[0].revision = 1;
	first.t.x.incident[0].sent -= 600 * WARD_NS_PER_S;
	ward_wr_reset(&first.w);
	assert_int_equal(ward_exchange_cap(&first.t.x, &how, &first.w), WARD_OK);
	assert_int_equal(ward_xmldoc_read(&first.x, ward_wr_slice(&first.w)), WARD_OK);
	(void)snprintf(want, sizeof(want), "ward@h.example,%.*s,%.*s",
		WARD_STR_ARG(TEXT(&first, "identifier")), WARD_STR_ARG(TEXT(&first, "sent")));
	alert_begin(&second, WARD_TLP_AMBER, 1);
	EQ(TEXT(&second, "msgType"), "Update");
	EQ(TEXT(&second, "references"), want);
	assert_false(ward_str_eq(TEXT(&first, "identifier"), TEXT(&second, "identifier")));
	second.t.x.incident[0].phase = WARD_PHASE_DISMISSED;
	ward_wr_reset(&second.w);
	assert_int_equal(ward_exchange_cap(&second.t.x, &how, &second.w), WARD_OK);
	assert_true(has(&second.w, "<msgType>Cancel</msgType>"));
	assert_true(has(&second.w, "<responseType>AllClear</responseType>"));
	alert_end(&first);
	alert_end(&second);
}

static void kinds(void **state)
{
	static const struct {
		const char *text;
		enum ward_address_kind kind;
	} row[] = {{"10.1.0.99", WARD_ADDRESS_IPV4}, {"10.1.0.99:445", WARD_ADDRESS_IPV4},
		{"2001:db8:1:22::55", WARD_ADDRESS_IPV6}, {"fe80::1%eth0", WARD_ADDRESS_IPV6},
		{"1:2:3:4:5:6:7:8", WARD_ADDRESS_IPV6}, {"::ffff:10.1.0.9", WARD_ADDRESS_IPV6},
		{"02:77:19:c3:5a:0e", WARD_ADDRESS_MAC}, {"02-77-19-C3-5A-0E", WARD_ADDRESS_MAC},
		{"0277.19c3.5a0e", WARD_ADDRESS_MAC}, {"027719c35a0e", WARD_ADDRESS_NONE},
		{"03:15:10", WARD_ADDRESS_NONE}, {"2.4.1", WARD_ADDRESS_NONE},
		{"10.1.0.99.", WARD_ADDRESS_NONE}, {"10.1.0.99:", WARD_ADDRESS_NONE},
		{"ahu-1", WARD_ADDRESS_NONE}, {"", WARD_ADDRESS_NONE}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++)
		if (ward_address_kind(ward_str_z(row[i].text)) != row[i].kind)
			fail_msg("%s", row[i].text);
}

/* As long as a hardware address, with as many colons, and none in any format. */
static void one_kind_everywhere(void **state)
{
	static const struct {
		writer write;
		const char *says;
	} row[] = {{ward_exchange_idmef, "\"Cyber.Network.IPv6\""},
		{ward_exchange_misp, "\"ip-src\""}, {ward_exchange_stix, "\"type\":\"ipv6-addr\""},
		{ward_exchange_ocsf, "\"type_id\":2,\"value\":\"2001:db8:1:22::55\""},
		{ward_exchange_ecs, "\"source\":{\"ip\":\"2001:db8:1:22::55\""},
		{ward_exchange_cef, " c6a2=2001:db8:1:22::55"}};
	struct told t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	told_begin(&t);
	assert_int_equal(told_gather(&t), WARD_OK);
	t.x.incident[0].sign[0].address = WARD_STR("2001:db8:1:22::55");
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		ward_wr_reset(&w);
		assert_int_equal(row[i].write(&t.x, &how, &w), WARD_OK);
		if (!has(&w, row[i].says))
			fail_msg("%s", row[i].says);
	}
	ward_wr_fini(&w);
	told_end(&t);
}

static void one_alert_one_incident(void **state)
{
	struct told t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	told_begin(&t);
	told_add(&t,
		"{\"kind\":\"incident\",\"id\":\"66666666-6666-8666-8666-666666666666\","
		"\"revision\":1,\"state\":\"suspected\",\"domain\":\"cyber\",\"level\":\"low\","
		"\"first\":\"2026-03-12T02:00:00Z\",\"last\":\"2026-03-12T02:00:00Z\","
		"\"members\":[]}");
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(ward_exchange_cap(&t.x, &how, &w), WARD_ERR_LIMIT);
	assert_int_equal(ward_exchange_de(&t.x, &how, &w), WARD_OK);
	/* of MISP an event each, which is the same whatever else there is */
	ward_wr_reset(&w);
	assert_int_equal(ward_exchange_misp(&t.x, &how, &w), WARD_OK);
	struct ward_wr alone = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_id id;

	assert_true(ward_id_parse(ward_str_z(told_incident), &id));
	t.ask.only = &id;
	assert_int_equal(told_gather(&t), WARD_OK);
	assert_int_equal(ward_exchange_misp(&t.x, &how, &alone), WARD_OK);
	assert_true(alone.len < w.len);
	assert_true(ward_str_find(ward_wr_text(&w), ward_wr_text(&alone)) != SIZE_MAX);
	ward_wr_fini(&alone);
	ward_wr_fini(&w);
	told_end(&t);
}

/* Of a hospital that is real nothing is marked. */
static void marks(void **state)
{
	(void)state;
	for (size_t f = 0; f < WARD_ARRAY_LEN(writers); f++) {
		for (unsigned exercise = 0; exercise < 2; exercise++) {
			struct told t;
			struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

			told_begin(&t);
			assert_int_equal(told_gather(&t), WARD_OK);
			t.x.exercise = exercise;
			assert_int_equal(writers[f](&t.x, &how, &w), WARD_OK);
			assert_int_equal(has(&w, "EXERCISE"), exercise);
			ward_wr_fini(&w);
			told_end(&t);
		}
	}
}

/* Texts that outsiders wrote break no format. */
static void hostile_texts(void **state)
{
	(void)state;
	for (size_t f = 0; f < WARD_ARRAY_LEN(writers); f++) {
		struct told t;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

		told_begin(&t);
		assert_int_equal(told_gather(&t), WARD_OK);
		t.x.incident[0].sign[0].title = WARD_STR("</alert>\"}]\x01\xff\n<x a='&'>");
		t.x.incident[0].name.on = t.x.incident[0].sign[0].title;
		assert_int_equal(writers[f](&t.x, &how, &w), WARD_OK);
		if (f < 2) /* XML */
			assert_false(has(&w, "<x a"));
		assert_false(has(&w, "\"}]\x01"));
		assert_true(ward_utf8_valid(ward_wr_slice(&w), NULL));
		ward_wr_fini(&w);
		told_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes),
		cmocka_unit_test(scopes),
		cmocka_unit_test(told_before),
		cmocka_unit_test(kinds),
		cmocka_unit_test(one_kind_everywhere),
		cmocka_unit_test(one_alert_one_incident),
		cmocka_unit_test(marks),
		cmocka_unit_test(hostile_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

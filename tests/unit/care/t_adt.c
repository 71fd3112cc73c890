/* Moves out of HL7 ADT events: what each trigger does, where, and what is no such event. */
#include "../model/lab.h"
#include "care/adt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char wards[] =
	"services:\n"
	"  - {id: cardiology, name: Cardiology, class: service.care, rooms: [hall], beds: 9,\n"
	"     points_of_care: [CARD, C-2], requires: [{of: [ahu-1]}]}\n";

struct bench {
	struct lab l;
	struct ward_care_adt *x;
	unsigned n;
};

static int begin(void **state)
{
	static struct bench b;

	assert_int_equal(lab_load(&b.l, ward_mem_heap(), NULL, "more.yml", wards), WARD_OK);
	*state = &b;
	return 0;
}

static int end(void **state)
{
	struct bench *b = *state;

	lab_free(&b->l);
	return 0;
}

static int fresh(void **state)
{
	struct bench *b = *state;

	return ward_care_adt_new(b->l.m, &b->l.lim, ward_mem_heap(), &b->x) == WARD_OK ? 0 : -1;
}

static int done(void **state)
{
	struct bench *b = *state;

	ward_care_adt_free(b->x);
	return 0;
}

static void tell(struct bench *b, unsigned id, const char *class, const char *fields)
{
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-%012u\","
		"\"time\":\"2026-03-12T02:00:%02uZ\",\"source\":\"net\",\"class\":\"%s\","
		"\"fields\":{%s}}",
		id, id % 60, class, fields);
	assert_int_equal(ward_care_adt_line(b->x, ward_str_z(json)), WARD_OK);
}

static void adt(struct bench *b, const char *trigger, const char *at, const char *prior)
{
	char fields[256];

	(void)snprintf(fields, sizeof(fields),
		"\"hl7.type\":\"ADT\",\"hl7.trigger\":\"%s\",\"hl7.point_of_care\":\"%s\"%s%s%s",
		trigger, at, prior ? ",\"hl7.prior_point_of_care\":\"" : "", prior ? prior : "",
		prior ? "\"" : "");
	tell(b, ++b->n, "net.hl7.message", fields);
}

static int sum(struct bench *b, const char *service, size_t *ret_n)
{
	const struct ward_care_move *m = ward_care_adt_moves(b->x, ret_n);
	uint32_t node = lab_node(&b->l, service);
	int all = 0;

	for (size_t i = 0; i < *ret_n; i++)
		all += m[i].node == node ? (int)m[i].delta : 0;
	return all;
}

static void triggers(void **state)
{
	static const struct {
		const char *trigger;
		int at, prior;
	} row[] = {{"A01", 1, 0}, {"A02", 1, -1}, {"A03", -1, 0}, {"A06", 1, 0}, {"A07", 0, -1},
		{"A11", -1, 0}, {"A12", 1, -1}, {"A13", 1, 0}, {"A04", 0, 0}, {"A08", 0, 0}};
	struct bench *b = *state;
	size_t n;

	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		(void)done(state);
		(void)fresh(state);
		adt(b, row[i].trigger, i % 2 ? "CARD" : "C-2", "surgery");
		assert_int_equal(sum(b, "cardiology", &n), row[i].at);
		assert_int_equal(sum(b, "surgery", &n), row[i].prior);
	}
}

static void others(void **state)
{
	struct bench *b = *state;
	struct ward_str first;
	size_t n;

	(void)ward_care_adt_moves(b->x, &n);
	assert_int_equal(n, 0);
	adt(b, "A01", "NOWHERE", NULL);
	adt(b, "A03", "hall", NULL); /* a room is no ward */
	tell(b, 901, "net.hl7.message",
		"\"hl7.type\":\"ORU\",\"hl7.trigger\":\"A01\","
		"\"hl7.point_of_care\":\"CARD\"");
	tell(b, 902, "net.hl7.ack",
		"\"hl7.type\":\"ADT\",\"hl7.trigger\":\"A01\","
		"\"hl7.point_of_care\":\"CARD\"");
	tell(b, 903, "net.hl7.message",
		"\"hl7.type\":\"ADT\",\"hl7.trigger\":\"A01\","
		"\"hl7.point_of_care\":\"CARD\",\"hl7.cut\":true");
	tell(b, 904, "net.hl7.message",
		"\"hl7.type\":\"ADT\",\"hl7.trigger\":7,"
		"\"hl7.point_of_care\":[\"CARD\"]");
	assert_int_equal(sum(b, "cardiology", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(ward_care_adt_elsewhere(b->x, &first), 2);
	assert_true(ward_str_eqz(first, "NOWHERE"));
	/* one event twice is one, two alike are two */
	for (unsigned i = 0; i < 3; i++)
		tell(b, 100 + i / 2, "net.hl7.message",
			"\"hl7.type\":\"ADT\",\"hl7.trigger\":\"A01\","
			"\"hl7.point_of_care\":\"CARD\"");
	assert_int_equal(sum(b, "cardiology", &n), 2);
	assert_int_not_equal(ward_care_adt_line(b->x, WARD_STR("{\"kind\":\"event\"")), WARD_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(triggers, fresh, done),
		cmocka_unit_test_setup_teardown(others, fresh, done)};

	return cmocka_run_group_tests(tests, begin, end);
}

#include "told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const char told_incident[] = "11111111-1111-8111-8111-111111111111";
const char *const told_lines[] = {
	"{\"kind\":\"detection\",\"id\":\"22222222-2222-8222-8222-222222222222\",\"revision\":1,"
	"\"rule\":{\"id\":\"r-1\",\"title\":\"Plant commanded\",\"level\":\"high\",\"tags\":["
	"\"attack.impact\",\"attack.t0855\"]},\"threat\":\"bms.command\",\"asset\":\"ahu-1\","
	"\"asset_name\":\"AHU 1\",\"subject\":\"10.1.0.99\",\"actor\":\"p-aaaaaaaaaaaaaaaa\","
	"\"first\":\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:11:00Z\",\"evidence\":["
	"\"12121212-1212-8212-8212-121212121212\"]}",
	"{\"kind\":\"incident\",\"id\":\"11111111-1111-8111-8111-111111111111\",\"revision\":1,"
	"\"state\":\"suspected\",\"domain\":\"cyber\",\"level\":\"medium\",\"first\":"
	"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:10:00Z\",\"headline\":{\"threat\":"
	"\"Command\",\"on\":\"AHU 1\"},\"members\":[]}",
	"{\"kind\":\"incident\",\"id\":\"11111111-1111-8111-8111-111111111111\",\"revision\":2,"
	"\"state\":\"suspected\",\"domain\":\"hybrid\",\"level\":\"high\",\"first\":"
	"\"2026-03-12T02:10:00Z\",\"last\":\"2026-03-12T02:20:00Z\",\"headline\":{\"threat\":"
	"\"Command\",\"on\":\"AHU 1\"},\"first_step\":{\"role\":\"engineer\",\"role_name\":"
	"\"Engineer\",\"reach\":\"call 12\",\"text\":\"Look.\"},\"members\":[{\"detection\":"
	"\"22222222-2222-8222-8222-222222222222\",\"title\":\"Plant commanded by 10.1.0.99, "
	"Mrs p-bbbbbbbbbbbbbbbb\",\"level\":\"high\",\"time\":\"2026-03-12T02:10:00Z\",\"last\":"
	"\"2026-03-12T02:11:00Z\",\"count\":2,\"on\":\"AHU 1\",\"on_kind\":\"asset\",\"subject\":"
	"\"10.1.0.99\",\"where\":\"Hall, House\",\"actor\":\"p-aaaaaaaaaaaaaaaa\",\"joined_by\":"
	"\"first\",\"with\":\"\",\"with_time\":\"\",\"hops\":0},{\"detection\":"
	"\"33333333-3333-8333-8333-333333333333\",\"title\":\"New "
	"host\",\"level\":\"low\",\"time\":"
	"\"2026-03-12T02:20:00Z\",\"last\":\"2026-03-12T02:20:00Z\",\"count\":1,\"on\":"
	"\"02:77:19:c3:5a:0e\",\"on_kind\":\"\",\"subject\":\"02:77:19:c3:5a:0e\",\"where\":\"\","
	"\"actor\":\"\",\"joined_by\":\"asset\",\"with\":\"\",\"with_time\":\"\",\"hops\":0}]}",
	"{\"kind\":\"impact\",\"id\":\"44444444-4444-8444-8444-444444444444\",\"revision\":1,"
	"\"incident\":\"11111111-1111-8111-8111-111111111111\",\"asset\":\"surgery\","
	"\"asset_name\":\"Surgery\",\"threat\":\"outage\",\"threat_name\":\"Outage\",\"service\":"
	"true,\"likelihood\":[0.2,0.5],\"priority\":1,\"earliest\":\"2026-03-12T02:30:00Z\","
	"\"expected\":\"2026-03-12T02:50:00Z\",\"chain\":[{\"asset_name\":\"AHU 1\","
	"\"threat_name\":\"Command\",\"group\":\"\"},{\"asset_name\":\"Surgery\",\"threat_name\":"
	"\"Outage\",\"group\":\"air\"}]}",
	"{\"kind\":\"impact\",\"id\":\"55555555-5555-8555-8555-555555555555\",\"revision\":1,"
	"\"incident\":\"11111111-1111-8111-8111-111111111111\",\"asset\":\"surgery\","
	"\"asset_name\":\"Surgery\",\"threat\":\"bms.command\",\"threat_name\":\"Command\","
	"\"service\":true,\"likelihood\":[0.01,0.5],\"priority\":1,\"earliest\":"
	"\"2026-03-12T02:30:00Z\",\"expected\":\"2026-03-12T02:40:00Z\",\"chain\":[]}",
	NULL,
};

void told_begin(struct told *t)
{
	*t = (struct told){.n = 0};
	assert_int_equal(lab_load(&t->lab, ward_mem_heap(), lab_base, NULL, NULL), WARD_OK);
	ward_arena_init(&t->arena, ward_mem_heap(), 1 << 24);
	for (size_t i = 0; told_lines[i]; i++)
		told_add(t, told_lines[i]);
}

void told_add(struct told *t, const char *json)
{
	struct ward_record_reader *r = NULL;

	assert_true(t->n < TOLD_RECORDS);
	assert_int_equal(ward_record_reader_new(ward_mem_heap(), &t->lab.lim, &r), WARD_OK);
	assert_int_equal(
		ward_record_read(r, ward_str_z(json), &t->arena, &t->record[t->n]), WARD_OK);
	t->all[t->n] = &t->record[t->n];
	t->n++;
	ward_record_reader_free(r);
}

enum ward_err told_gather(struct told *t)
{
	t->ask.model = t->lab.m;
	t->ask.record = t->all;
	t->ask.n_record = t->n;
	return ward_exchange_gather(&t->ask, &t->arena, &t->x);
}

void told_table(struct told *t)
{
	char content[4096];
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(root);
	(void)snprintf(content, sizeof(content), "%s/content", root);
	assert_int_equal(ward_sharing_load(content, &t->lab.lim, &t->arena, &t->lab.d, &t->sharing),
		WARD_OK);
}

void told_end(struct told *t)
{
	ward_arena_fini(&t->arena);
	lab_free(&t->lab);
}

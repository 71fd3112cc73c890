/* Files that people hand in, in pieces, looked at in real cells with Ward's own rules. */
#include "run/uploads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

/* In two halves, so that this file is none itself. */
static const char eicar[] = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
			    "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

static struct ward_inspector *with;
static struct ward_limits lim;

struct lab {
	struct ward_names names;
	struct ward_inspect_cell cell;
	struct ward_clock_fake clock;
	struct ward_gather gather;
	struct ward_looker looker;
	struct ward_uploads u;
	struct ward_wr json; /* of events */
	size_t n_said;
	uint32_t message;
	enum ward_err err;
	char said[8192];
};

static enum ward_err put(void *ctx, struct ward_event *e)
{
	struct lab *l = ctx;

	ward_event_write_json(e, &l->names, &l->json);
	return WARD_OK;
}

static void say(void *ctx, uint32_t message, const struct ward_decided *d)
{
	struct lab *l = ctx;
	struct ward_str s = d->err ? d->why : d->json;

	l->n_said++;
	l->message = message;
	l->err = d->err;
	(void)snprintf(l->said, sizeof(l->said), "%.*s", WARD_STR_ARG(s));
}

static void seen(void *ctx, const struct ward_event *e, const struct ward_inspect_report *r, int fd)
{
	(void)fd;
	ward_uploads_seen(&((struct lab *)ctx)->u, e, r);
}

static int up(void **state)
{
	static struct lab l;

	l = (struct lab){.json = ward_wr_grow(ward_mem_heap(), 1 << 20)};
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&l.names, ward_mem_heap(), &lim), WARD_OK);
	l.cell = (struct ward_inspect_cell){.with = with, .lim = &lim};
	assert_int_equal(ward_inspect_ready(&l.cell), WARD_OK);
	ward_clock_fake_init(&l.clock, 1000 * WARD_NS_PER_S);
	ward_gather_init(&l.gather, &lim);
	ward_looker_init(&l.looker, &l.cell, &l.names);
	l.looker.gather = &l.gather;
	l.looker.put = put;
	l.looker.ctx = &l;
	l.looker.seen = seen;
	l.looker.seen_ctx = &l;
	l.u = (struct ward_uploads){.gather = &l.gather,
		.looker = &l.looker,
		.names = &l.names,
		.clock = &l.clock.clock,
		.say = say,
		.ctx = &l,
		.numbers = 1};
	ward_uploads_begin(&l.u);
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_looker_fini(&l->looker);
	ward_inspect_done(&l->cell);
	ward_uploads_end(&l->u);
	assert_true(l->gather.all == 0); /* nothing is left of any file */
	ward_gather_fini(&l->gather);
	ward_wr_fini(&l->json);
	ward_names_fini(&l->names);
	return 0;
}

static void send(struct lab *l, const char *who, uint8_t id, uint32_t off, struct ward_slice bytes)
{
	struct ward_upload_piece p = {.id = {{id}},
		.name = WARD_STR("a.txt"),
		.type = WARD_STR("text/plain"),
		.language = WARD_STR("en"),
		.size = sizeof(eicar) - 1,
		.off = off,
		.bytes = bytes};

	assert_int_equal(ward_uploads_take(&l->u, ward_str_z(who), &p, 100 + id), WARD_OK);
}

static struct ward_slice part(size_t from, size_t n)
{
	return ward_slice_of(eicar + from, n);
}

static void pass(struct lab *l, ward_ns seconds)
{
	l->clock.at += seconds * WARD_NS_PER_S;
}

static void in_pieces(void **state)
{
	struct lab *l = *state;

	send(l, "anna", 1, 0, part(0, 20));
	assert_int_equal(l->err, WARD_OK);
	assert_string_equal(l->said, "");   /* go on */
	send(l, "anna", 1, 0, part(0, 20)); /* asked again */
	assert_int_equal(l->err, WARD_OK);
	send(l, "anna", 1, 20, part(20, sizeof(eicar) - 21));
	assert_true(l->n_said == 2); /* the answer is owed */
	assert_int_equal(ward_looker_finish(&l->looker), WARD_OK);
	assert_true(l->n_said == 3 && l->message == 101);
	assert_non_null(strstr(l->said, "\"verdict\":\"malicious\""));
	assert_non_null(strstr(l->said, "\"reasons\":[{\"reason\":"));
	send(l, "anna", 1, sizeof(eicar) - 1, part(0, 0)); /* what became of it? */
	assert_true(l->n_said == 4);
	assert_non_null(strstr(l->said, "\"verdict\":\"malicious\""));
	struct ward_str json = ward_wr_text(&l->json);

	assert_true(ward_str_find(json, WARD_STR("\"file.malicious\"")) != SIZE_MAX);
	assert_true(ward_str_find(json, WARD_STR("\"user\":\"anna\"")) != SIZE_MAX);
	assert_true(ward_str_find(json, WARD_STR("ANTIVIRUS-TEST")) == SIZE_MAX);
}

/* What belongs to another person is not gone on with, nor what leaves a hole. */
static void not_in_order(void **state)
{
	struct lab *l = *state;

	send(l, "anna", 1, 0, part(0, 20));
	send(l, "bert", 1, 20, part(20, 10));
	assert_int_equal(l->err, WARD_ERR_MALFORMED);
	send(l, "anna", 1, 30, part(30, 10));
	assert_int_equal(l->err, WARD_ERR_MALFORMED);
	send(l, "anna", 1, 20, part(20, 10));
	assert_int_equal(l->err, WARD_OK);
}

static void not_too_many(void **state)
{
	struct lab *l = *state;
	char who[2] = "a";

	for (uint8_t i = 0; i < WARD_UPLOADS_OF_ONE; i++) {
		send(l, "anna", i, 0, part(0, 20));
		assert_int_equal(l->err, WARD_OK);
	}
	send(l, "anna", 9, 0, part(0, 20));
	assert_int_equal(l->err, WARD_ERR_AGAIN);
	for (uint8_t i = WARD_UPLOADS_OF_ONE; i < WARD_UPLOADS; i++) {
		who[0] = (char)('a' + i);
		send(l, who, i, 0, part(0, 20));
		assert_int_equal(l->err, WARD_OK);
	}
	send(l, "zoe", 1, 0, part(0, 20));
	assert_int_equal(l->err, WARD_ERR_AGAIN);
	pass(l, 121); /* nobody goes on */
	ward_uploads_tick(&l->u);
	assert_true(l->gather.all == 0);
	send(l, "zoe", 1, 0, part(0, 20));
	assert_int_equal(l->err, WARD_OK);
}

/* However many machines send, people find room. */
static void not_machines_alone(void **state)
{
	struct lab *l = *state;
	char who[] = "machine:a";

	for (uint8_t i = 0; i < WARD_UPLOADS; i++) {
		who[8] = (char)('a' + i);
		send(l, who, i, 0, part(0, 20));
		assert_int_equal(l->err, i < WARD_UPLOADS_MACHINES ? WARD_OK : WARD_ERR_AGAIN);
	}
	for (uint8_t i = 0; i < WARD_UPLOADS - WARD_UPLOADS_MACHINES; i++) {
		send(l, "anna", i, 0, part(0, 20));
		assert_int_equal(l->err, WARD_OK);
	}
}

/* Who waits for long is told to ask again. */
static void owed(void **state)
{
	struct lab *l = *state;

	send(l, "anna", 1, 0, part(0, sizeof(eicar) - 1));
	assert_true(l->n_said == 0);
	pass(l, 6);
	ward_uploads_tick(&l->u);
	assert_true(l->n_said == 1 && !l->err && !l->said[0]);
	assert_int_equal(ward_looker_finish(&l->looker), WARD_OK);
	assert_true(l->n_said == 1); /* nobody waits */
	send(l, "anna", 1, sizeof(eicar) - 1, part(0, 0));
	assert_non_null(strstr(l->said, "malicious"));
}

/* A machine's bears its name, and nobody's. */
static void of_a_machine(void **state)
{
	struct lab *l = *state;

	send(l, "machine:kiosk", 1, 0, part(0, sizeof(eicar) - 1));
	assert_int_equal(ward_looker_finish(&l->looker), WARD_OK);
	struct ward_str json = ward_wr_text(&l->json);

	assert_true(ward_str_find(json, WARD_STR("\"source\":\"machine:kiosk\"")) != SIZE_MAX);
	assert_true(ward_str_find(json, WARD_STR("\"file.machine\":\"kiosk\"")) != SIZE_MAX);
	assert_true(ward_str_find(json, WARD_STR("\"user\"")) == SIZE_MAX);
}

/* The id of the first event that was told. */
static void first_id(const struct lab *l, char ret[WARD_ID_TEXT])
{
	struct ward_str json = ward_wr_text(&l->json);
	size_t at = ward_str_find(json, WARD_STR("\"id\":\""));

	assert_true(at < json.len);
	(void)snprintf(ret, WARD_ID_TEXT, "%.*s", WARD_ID_TEXT - 1, json.p + at + 6);
}

/* Who sends it again under the same id, once it was forgotten, makes another event. */
static void sent_again(void **state)
{
	struct lab *l = *state;
	char id[3][WARD_ID_TEXT];

	for (int i = 0; i < 3; i++) {
		if (i == 2) /* another life of the process: its numbers are the same */
			l->u.numbers = 1;
		send(l, "anna", 1, 0, part(0, sizeof(eicar) - 1));
		assert_int_equal(ward_looker_finish(&l->looker), WARD_OK);
		first_id(l, id[i]);
		ward_wr_reset(&l->json);
		pass(l, 121);
		ward_uploads_tick(&l->u);
	}
	assert_string_not_equal(id[0], id[1]);
	assert_string_not_equal(id[0], id[2]);
	assert_string_not_equal(id[1], id[2]);
}

/* What passes by on the network takes neither a person's place nor all of the room. */
static void beside_the_network(void **state)
{
	struct lab *l = *state;

	l->gather.all_max = 800;
	send(l, "anna", 1, 0, part(0, 20));
	for (uint64_t i = 1; i <= 2 * WARD_GATHER_OPEN; i++) {
		ward_gather_begin(&l->gather, i << 32, false);
		ward_gather_bytes(&l->gather, i << 32, 0, ward_slice_of("12345678", 8));
	}
	assert_true(l->gather.all > 600 && l->gather.all <= 700); /* seven eighths */
	send(l, "anna", 1, 20, part(20, sizeof(eicar) - 21));
	assert_int_equal(ward_looker_finish(&l->looker), WARD_OK);
	assert_non_null(strstr(l->said, "\"verdict\":\"malicious\""));
	for (uint64_t i = 1; i <= 2 * WARD_GATHER_OPEN; i++) {
		struct ward_gather_whole w = ward_gather_end(&l->gather, i << 32);

		ward_gather_give_back(&l->gather, &w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(in_pieces), T(not_in_order), T(not_too_many),
		T(not_machines_alone), T(owed), T(of_a_machine), T(sent_again),
		T(beside_the_network)};
	const char *root = getenv("WARD_SOURCE_ROOT");
	struct ward_diag diag;
	char content[4096];

	if (!root)
		return 77;
	(void)snprintf(content, sizeof(content), "%.4000s/content", root);
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_inspect_in in = {.content = content, .lim = &lim, .diag = &diag};

	if (ward_inspector_load(&in, &with) != WARD_OK)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	ward_inspector_free(with);
	ward_diag_fini(&diag);
	return failed;
}

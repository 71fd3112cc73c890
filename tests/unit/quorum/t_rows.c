/* Rows of the log as records, or what is wrong with them; and what the writing process says of
 * itself, with what people are told of that. */
#include "quorum/row.h"
#include "quorum/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { SEQ, LANE, DAY, TIME, TYPE, SOURCE, DATA };

/* 2026-03-01T00:00:07Z, record 71 of evidence, type 1, source 1002, as a server sent it. */
static const uint8_t seq[] = {0, 0, 0, 0, 0, 0, 0, 71}, lane[] = {0, 0},
		     day[] = {0x00, 0x00, 0x25, 0x54},
		     at[] = {0x18, 0x98, 0x8e, 0x91, 0x0c, 0x6a, 0x86, 0x00}, type[] = {0, 0, 0, 1},
		     source[] = {0, 0, 0, 0, 0, 0, 0x03, 0xea}, data[] = "what was seen";

static void good(struct ward_quorum_cell cell[WARD_QUORUM_CELLS])
{
	cell[SEQ] = (struct ward_quorum_cell){seq, sizeof(seq)};
	cell[LANE] = (struct ward_quorum_cell){lane, sizeof(lane)};
	cell[DAY] = (struct ward_quorum_cell){day, sizeof(day)};
	cell[TIME] = (struct ward_quorum_cell){at, sizeof(at)};
	cell[TYPE] = (struct ward_quorum_cell){type, sizeof(type)};
	cell[SOURCE] = (struct ward_quorum_cell){source, sizeof(source)};
	cell[DATA] = (struct ward_quorum_cell){data, sizeof(data) - 1};
}

static void a_record(void **state)
{
	struct ward_quorum_cell cell[WARD_QUORUM_CELLS];
	struct ward_record r;
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	(void)state;
	good(cell);
	assert_null(ward_quorum_row(cell, &r));
	assert_int_equal(r.seq, 71);
	assert_int_equal(r.lane, WARD_LANE_EVIDENCE);
	assert_int_equal(r.type, WARD_RECORD_EVENT);
	assert_int_equal(r.source, 1002);
	assert_int_equal(r.data.len, sizeof(data) - 1);
	ward_time_write(&w, r.time);
	assert_true(ward_str_eqz(ward_wr_text(&w), "2026-03-01T00:00:07Z"));
}

static void none(void **state)
{
	static const uint8_t minus[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
			     four[] = {0, 4}, erased[] = {0, 0, 0, 9}, zero[8] = {0};
	static const struct {
		size_t cell;
		struct ward_quorum_cell is;
		const char *why;
	} bad[] = {
		{SEQ, {NULL, 0}, "columns"},
		{DATA, {NULL, 0}, "columns"},
		{SEQ, {seq, 4}, "columns"},
		{TIME, {at, 4}, "columns"},
		{SEQ, {zero, 8}, "number"},
		{SEQ, {minus, 8}, "number"},
		{LANE, {four, 2}, "lane"},
		{LANE, {minus, 2}, "lane"},
		{TYPE, {minus, 4}, "type"},
		{SOURCE, {minus, 8}, "source"},
		{TIME, {minus, 8}, "1970"},
		{TIME, {zero, 8}, "day"},
		{DAY, {zero, 4}, "day"},
		{TYPE, {erased, 4}, "erased"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_quorum_cell cell[WARD_QUORUM_CELLS];
		struct ward_record r;

		good(cell);
		cell[bad[i].cell] = bad[i].is;
		const char *why = ward_quorum_row(cell, &r);

		assert_non_null(why);
		assert_non_null(strstr(why, bad[i].why));
	}
}

static struct ward_quorum_state read_again(const struct ward_quorum_state *s)
{
	char text[4096];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&w);
	struct ward_quorum_state back;

	ward_json_obj(&j);
	ward_json_put_i64(&j, "at", 5);
	ward_quorum_state_put(s, &j);
	ward_json_obj_end(&j);
	assert_false(ward_wr_bad(&w));
	assert_int_equal(ward_quorum_state_read(ward_wr_text(&w), ward_mem_heap(), &back), WARD_OK);
	return back;
}

static void said_and_read(void **state)
{
	const struct ward_quorum_state s = {.stand = WARD_QUORUM_REFUSED,
		.fault = WARD_QUORUM_FSYNC,
		.since = 1700000000 * WARD_NS_PER_S,
		.next = 72,
		.epoch = 3,
		.host = "db-a.h.example",
		.said = "a \"word\""};
	struct ward_quorum_state back = read_again(&s);
	static const char *const bad[] = {"", "[]", "{}", "7", "{\"stand\":\"writes\"}",
		"{\"stand\":\"sits\",\"fault\":\"sound\",\"since\":1,\"next\":1,\"epoch\":1,"
		"\"host\":\"\",\"said\":\"\"}",
		"{\"stand\":\"writes\",\"fault\":\"sound\",\"since\":-1,\"next\":1,\"epoch\":1,"
		"\"host\":\"\",\"said\":\"\"}",
		"{\"stand\":\"writes\",\"fault\":\"sound\",\"since\":1,\"next\":1,\"epoch\":1,"
		"\"host\":[],\"said\":\"\"}"};

	(void)state;
	assert_int_equal(back.stand, s.stand);
	assert_int_equal(back.fault, s.fault);
	assert_int_equal(back.since, s.since);
	assert_int_equal(back.next, s.next);
	assert_int_equal(back.epoch, s.epoch);
	assert_string_equal(back.host, s.host);
	assert_string_equal(back.said, s.said);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(ward_quorum_state_read(ward_str_z(bad[i]), ward_mem_heap(), &back),
			WARD_ERR_MALFORMED);
}

/* A server says it in its own language, and before the log-in in an encoding that nobody agreed on;
 * what is too long is cut: none of that is a reason not to tell people how the log stands. */
static void whatever_was_said(void **state)
{
	struct ward_quorum_state s = {.stand = WARD_QUORUM_LOST, .since = 5, .host = "db-a"}, back;
	char text[WARD_QUORUM_SAID];

	(void)state;
	memset(s.said, 'x', sizeof(s.said) - 2);
	s.said[sizeof(s.said) - 2] = '\xc3'; /* half of U+00E9 */
	back = read_again(&s);
	assert_int_equal(back.stand, WARD_QUORUM_LOST);
	assert_memory_equal(back.said, s.said, sizeof(s.said) - 2);
	assert_true(ward_utf8_valid(ward_str_bytes(ward_str_z(back.said)), NULL));

	memset(s.said, 0, sizeof(s.said));
	memset(s.said, 0xe9, 100); /* of LATIN1 */
	back = read_again(&s);
	assert_int_equal(back.stand, WARD_QUORUM_LOST);
	assert_true(back.said[0] != 0);
	assert_true(ward_utf8_valid(ward_str_bytes(ward_str_z(back.said)), NULL));

	ward_quorum_text(WARD_STR("r\xe9"
				  "essayez \xc3\xa0\tnouveau\n\x1b[2J\xc2\x9b"
				  "1m"),
		text, sizeof(text));
	assert_string_equal(text, "r?essayez \xc3\xa0 nouveau  [2J 1m");
	ward_quorum_text(WARD_STR("ab\xc3\xa9"), text, 4);
	assert_string_equal(text, "ab");
	ward_quorum_text(WARD_STR("ab\xc3\xa9"), text, 5);
	assert_string_equal(text, "ab\xc3\xa9");
	ward_quorum_text(WARD_STR("ab"), text, 1);
	assert_string_equal(text, "");
}

static bool told(struct ward_quorum_watch *w, enum ward_quorum_stand stand,
	enum ward_quorum_fault fault, int64_t since_s, int64_t now_s)
{
	const struct ward_quorum_state s = {
		.stand = stand, .fault = fault, .since = since_s * WARD_NS_PER_S};

	return ward_quorum_watch(w, &s, now_s * WARD_NS_PER_S);
}

static void people_are_told_once(void **state)
{
	struct ward_quorum_watch w = {.told = WARD_QUORUM_BEGINS};

	(void)state;
	assert_false(told(&w, WARD_QUORUM_BEGINS, WARD_QUORUM_SOUND, 100, 500));
	assert_true(told(&w, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND, 100, 101));
	assert_false(told(&w, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND, 100, 900));
	/* what passes is not told, nor by a clock that went back */
	assert_false(told(&w, WARD_QUORUM_LOST, WARD_QUORUM_SOUND, 1000, 1029));
	assert_false(told(&w, WARD_QUORUM_LOST, WARD_QUORUM_SOUND, 1000, 700));
	assert_true(told(&w, WARD_QUORUM_LOST, WARD_QUORUM_SOUND, 1000, 1030));
	assert_false(told(&w, WARD_QUORUM_LOST, WARD_QUORUM_SOUND, 1000, 9000));
	assert_true(told(&w, WARD_QUORUM_REFUSED, WARD_QUORUM_FSYNC, 2000, 2031));
	assert_false(told(&w, WARD_QUORUM_REFUSED, WARD_QUORUM_FSYNC, 2000, 2032));
	assert_true(told(&w, WARD_QUORUM_REFUSED, WARD_QUORUM_ALONE, 2000, 2033));
	assert_true(told(&w, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND, 3000, 3000));
	/* nobody has to wait for that */
	assert_true(told(&w, WARD_QUORUM_FOREIGN, WARD_QUORUM_SOUND, 4000, 4000));
	assert_false(told(&w, WARD_QUORUM_FOREIGN, WARD_QUORUM_SOUND, 4000, 4001));
	/* a link that drops makes no rows whole: neither is told again */
	assert_true(told(&w, WARD_QUORUM_STRAYS, WARD_QUORUM_SOUND, 5000, 5000));
	assert_false(told(&w, WARD_QUORUM_LOST, WARD_QUORUM_SOUND, 5100, 5105));
	assert_false(told(&w, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND, 5105, 5106));
	assert_false(told(&w, WARD_QUORUM_STRAYS, WARD_QUORUM_SOUND, 5107, 5107));
	assert_false(told(&w, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND, 6000, 6029));
	assert_true(told(&w, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND, 6000, 6030));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record),
		cmocka_unit_test(none),
		cmocka_unit_test(said_and_read),
		cmocka_unit_test(whatever_was_said),
		cmocka_unit_test(people_are_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "ev.h"

#include "base/formats.h"

static const char sample[] =
	"{\"kind\":\"event\",\"id\":\"01234567-89ab-8cde-8f01-23456789abcd\","
	"\"time\":\"2026-11-23T23:17:06.5Z\",\"seen\":\"2026-11-23T23:17:07Z\","
	"\"source\":\"gate\",\"class\":\"door.forced\",\"fields\":{\"door\":\"d-1\","
	"\"EventID\":-9223372036854775808,\"big\":18446744073709551616,\"x\":[1,\"a\",null,true,"
	"1.50],\"none\":[],\"no\":null,\"f\":false,\"ward.overflow\":3,\"\":\"\\u0000\"}}";

static void test_round_trip(void **state)
{
	struct ev t;
	struct ward_event e, back;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	ev_init(&t);
	assert_int_equal(ev_read(&t, ward_str_z(sample), &e), WARD_OK);
	ward_event_encode(&e, &t.names, &w);
	assert_int_equal(
		ward_event_decode(ward_wr_slice(&w), &t.names, &t.arena, &t.lim, &back), WARD_OK);
	assert_true(ward_str_eqz(ev_json(&t, &back), sample));
	/* Every prefix and one byte more fail. */
	for (size_t len = 0; len < w.len; len++) {
		uint8_t *p = malloc(len ? len : 1);

		memcpy(p, w.p, len);
		assert_int_equal(
			ward_event_decode(ward_slice_of(p, len), &t.names, &t.arena, &t.lim, &back),
			WARD_ERR_MALFORMED);
		free(p);
	}
	ward_wr_u8(&w, 0);
	assert_int_equal(ward_event_decode(ward_wr_slice(&w), &t.names, &t.arena, &t.lim, &back),
		WARD_ERR_MALFORMED);
	w.p[0] = 2;
	assert_int_equal(ward_event_decode(ward_wr_slice(&w), &t.names, &t.arena, &t.lim, &back),
		WARD_ERR_VERSION);
	ward_wr_fini(&w);
	ev_fini(&t);
}

/* Floats of the wire whose value is whole can be read back, as every record of the journal must. */
static void test_whole_float(void **state)
{
	static const char *const text[] = {"18", "-40", "1e3", "18.5"};
	const uint32_t name = WARD_FIELD_VALUE;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
		struct ward_event e, back;
		struct ev t;

		ev_init(&t);
		assert_int_equal(ev_read(&t, ward_str_z(sample), &e), WARD_OK);
		struct ward_value v = {.kind = WARD_VALUE_NUM, .s = ward_str_z(text[i])};

		assert_int_equal(ward_event_set(&e, name, v), WARD_OK);
		ward_event_encode(&e, &t.names, &w);
		assert_int_equal(
			ward_event_decode(ward_wr_slice(&w), &t.names, &t.arena, &t.lim, &back),
			WARD_OK);
		const struct ward_value *is = ward_event_get(&back, name);

		assert_int_equal(is->kind, i < 2 ? WARD_VALUE_INT : WARD_VALUE_NUM);
		assert_true(i < 2 ? is->i == (i ? -40 : 18) : ward_str_eqz(is->s, text[i]));
		ward_wr_fini(&w);
		ev_fini(&t);
	}
}

/* Fields that a former version has no number for are written by their text, and are the same. */
static void test_later_fields(void **state)
{
	struct ward_wr by_number = ward_wr_grow(ward_mem_heap(), 1 << 20),
		       by_text = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_event e, back;
	struct ward_event_head head;
	struct ev t;

	(void)state;
	assert_int_equal(ward_fields_in(ward_formats_most()), WARD_FIELD_N);
	ev_init(&t);
	assert_int_equal(ev_read(&t, ward_str_z(sample), &e), WARD_OK);
	ward_event_encode(&e, &t.names, &by_number);
	t.names.numbered = WARD_FIELD_WARD_OVERFLOW;
	ward_event_encode(&e, &t.names, &by_text);
	t.names.numbered = WARD_FIELD_N;
	assert_true(by_text.len > by_number.len);
	assert_null(memmem(by_number.p, by_number.len, "ward.overflow", 13));
	assert_non_null(memmem(by_text.p, by_text.len, "ward.overflow", 13));
	assert_int_equal(
		ward_event_decode(ward_wr_slice(&by_text), &t.names, &t.arena, &t.lim, &back),
		WARD_OK);
	assert_non_null(ward_event_get(&back, WARD_FIELD_WARD_OVERFLOW));
	assert_true(ward_str_eqz(ev_json(&t, &back), sample));
	assert_int_equal(ward_event_head(ward_wr_slice(&by_text), &head), WARD_OK);
	assert_true(ward_str_eqz(head.class, "door.forced"));
	ward_wr_fini(&by_number);
	ward_wr_fini(&by_text);
	ev_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_whole_float),
		cmocka_unit_test(test_later_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

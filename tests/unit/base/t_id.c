#include "unit.h"

#include "base/id.h"

/* FIPS 180-4 examples. */
static void sha256(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		uint8_t got[32], want[32];

		ward_sha256(ward_str_bytes(ward_str_z(rows[i].in)), got);
		assert_true(ward_str_unhex(ward_str_z(rows[i].want), want, 32));
		assert_memory_equal(got, want, 32);
	}
}

static struct ward_id of_parts(const char *domain, const char *a, const char *b)
{
	struct ward_idgen g;

	ward_idgen_init(&g, domain);
	ward_idgen_str(&g, ward_str_z(a));
	ward_idgen_str(&g, ward_str_z(b));
	return ward_idgen_final(&g);
}

static void parts(void **state)
{
	struct ward_id id = of_parts("event", "ab", "c");

	(void)state;
	assert_true(ward_id_eq(id, of_parts("event", "ab", "c")));
	assert_false(ward_id_eq(id, of_parts("event", "a", "bc")));
	assert_false(ward_id_eq(id, of_parts("detection", "ab", "c")));
	assert_int_equal(id.b[6] >> 4, 8); /* RFC 9562 5.8 */
	assert_int_equal(id.b[8] >> 6, 2);
}

/* The stored ids of all time rest on this one: it must never change. */
static void golden(void **state)
{
	struct ward_idgen g;
	char text[WARD_ID_TEXT];

	(void)state;
	ward_idgen_init(&g, "event");
	ward_idgen_str(&g, WARD_STR("eve:1"));
	ward_idgen_u64(&g, 258);
	ward_idgen_id(&g, (struct ward_id){{1, 2, 3}});
	ward_idgen_bytes(&g, NULL, 0);
	ward_id_text(ward_idgen_final(&g), text);
	assert_string_equal(text, "5baf5b96-f6b9-848a-ba57-2072a89aabb4");
}

static void v7(void **state)
{
	struct ward_clock_fake f;

	(void)state;
	ward_clock_fake_init(&f, 1795475826123 * WARD_NS_PER_MS);
	struct ward_id a = ward_id_v7(&f.clock), b = ward_id_v7(&f.clock);
	uint64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | a.b[i];
	assert_int_equal(ms, 1795475826123);
	assert_int_equal(a.b[6] >> 4, 7);
	assert_int_equal(a.b[8] >> 6, 2);
	assert_false(ward_id_eq(a, b));
	f.at += WARD_NS_PER_MS;
	assert_true(ward_id_cmp(a, ward_id_v7(&f.clock)) < 0);
}

static void text_form(void **state)
{
	static const char want[] = "00112233-4455-6677-8899-aabbccddeeff";
	static const char *const bad[] = {"", "00112233-4455-6677-8899-aabbccddeef",
		"00112233-4455-6677-8899-aabbccddeeff0", "00112233_4455-6677-8899-aabbccddeeff",
		"0011223-34455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeefg",
		"00112233445566778899aabbccddeeff----"};
	struct ward_id id, was;
	char text[WARD_ID_TEXT];

	(void)state;
	assert_true(ward_id_parse(ward_str_z(want), &id));
	ward_id_text(id, text);
	assert_string_equal(text, want);
	assert_true(ward_id_parse(WARD_STR("00112233-4455-6677-8899-AABBCCDDEEFF"), &was));
	assert_true(ward_id_eq(id, was));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_false(ward_id_parse(ward_str_z(bad[i]), &id));
		assert_true(ward_id_eq(id, was));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(sha256), T(parts), T(golden), T(v7), T(text_form)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

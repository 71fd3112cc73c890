/* What is read of an address and of a server's settings, and which servers are refused. Against
 * real servers: tests/e2e/quorum.py. */
#include "quorum/sound.h"
#include "quorum/where.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

static void where_good(void **state)
{
	struct ward_quorum_where w;
	const char *why;

	(void)state;
	assert_int_equal(ward_quorum_where_read(
				 WARD_STR("postgresql://ward@db-a.h.example,db-b,10.0.0.3/ward_1"),
				 &w, &why),
		WARD_OK);
	assert_int_equal(w.n_host, 3);
	assert_true(
		ward_str_eqz(w.host[0], "db-a.h.example") && ward_str_eqz(w.host[2], "10.0.0.3"));
	assert_true(ward_str_eqz(w.user, "ward") && ward_str_eqz(w.database, "ward_1"));
	assert_int_equal(w.port, 5432);
	assert_false(w.local);
	assert_int_equal(
		ward_quorum_where_read(
			WARD_STR("postgresql://w@[::1]:6000,127.0.0.2:6000,localhost:6000/d"), &w,
			&why),
		WARD_OK);
	assert_true(w.local && w.port == 6000 && ward_str_eqz(w.host[0], "::1"));
	assert_int_equal(ward_quorum_where_read(WARD_STR("postgresql://w@127.0.0.1,h/d"), &w, &why),
		WARD_OK);
	assert_false(w.local);
	/* a name that only begins as an address of this machine */
	assert_int_equal(
		ward_quorum_where_read(WARD_STR("postgresql://w@127.evil/d"), &w, &why), WARD_OK);
	assert_false(w.local);
}

static void where_bad(void **state)
{
	static const char *const bad[][2] = {{"", "does not begin with"},
		{"postgres://w@h/d", "does not begin with"}, {"postgresql://h/d", "names no user"},
		{"postgresql://w:secret@h/d", "a password stands"},
		{"postgresql://@h/d", "user or database"}, {"postgresql://w@h", "user or database"},
		{"postgresql://w@h/", "user or database"},
		{"postgresql://w@h/d/e", "user or database"},
		{"postgresql://w@/d", "is no name or address"},
		{"postgresql://w@h,/d", "is no name or address"},
		{"postgresql://w@h:0/d", "a port"}, {"postgresql://w@h:65536/d", "a port"},
		{"postgresql://w@h:/d", "a port"}, {"postgresql://w@h:1,i:2/d", "several ports"},
		{"postgresql://w@[::1/d", "has no ']'"},
		{"postgresql://w@[::1]x/d", "goes on behind"},
		{"postgresql://w@::1/d", "is no name or address"},
		{"postgresql://w@a,b,c,d,e,f,g,h/d", "too many hosts"},
		{"postgresql://w@h/d?options=-csynchronous_commit%3Doff", "has options"}};
	struct ward_quorum_where w;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		const char *why = "";

		assert_int_equal(
			ward_quorum_where_read(ward_str_z(bad[i][0]), &w, &why), WARD_ERR_CONFIG);
		if (!strstr(why, bad[i][1]) || !strchr(why, '\n'))
			fail_msg("%s: %s", bad[i][0], why);
	}
}

static void names(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		struct ward_quorum_names n;
	} of[] = {{"", true, {0, 0, false, false}}, {"  ", true, {0, 0, false, false}},
		{"b", true, {1, 1, false, false}}, {"b, c", true, {1, 2, false, false}},
		{"*", true, {1, 1, false, true}}, {"\"*\"", true, {1, 1, false, true}},
		{"2 (a, b, c)", true, {2, 3, false, false}},
		{"FIRST 1 (a,b)", true, {1, 2, false, false}},
		{"any 2 (a, \"b \"\"x\", c, d)", true, {2, 4, true, false}},
		{"ANY 1 (*\t, b)", true, {1, 2, true, true}},
		{"b,\n*\r\n", true, {1, 2, false, true}},
		{"ANY\t1\v(b\f, c)", true, {1, 2, true, false}},
		{"ANY 1 (*)", true, {1, 1, true, true}}, {"any, first", true, {1, 2, false, false}},
		{"ANY 1 (a", false, {0}}, {"ANY 1 ()", false, {0}}, {"a,", false, {0}},
		{"\"a", false, {0}}, {"ANY x (a)", false, {0}}, {"\"\"", false, {0}},
		{"\x02", false, {0}}, {"b\x01, c", false, {0}}, {"*b", false, {0}}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++) {
		struct ward_quorum_names n = {9, 9, true, true};
		enum ward_err err = ward_quorum_names_read(ward_str_z(of[i].text), &n);

		if ((err == WARD_OK) != of[i].ok)
			fail_msg("'%s': %s", of[i].text, ward_err_name(err));
		if (of[i].ok && (n.n != of[i].n.n || n.listed != of[i].n.listed ||
					n.any != of[i].n.any || n.anybody != of[i].n.anybody))
			fail_msg("'%s': %u of %u", of[i].text, n.n, n.listed);
	}
}

static struct ward_quorum_settings good(void)
{
	return (struct ward_quorum_settings){.version = 150018,
		.fsync = true,
		.full_page_writes = true,
		.synchronous_commit = WARD_STR("on"),
		.synchronous_standby_names = WARD_STR("ANY 1 (b, c)"),
		.encrypted = true};
}

static void judged(void **state)
{
	struct ward_quorum_settings s = good();

	(void)state;
	assert_int_equal(ward_quorum_sound(&s, false), WARD_QUORUM_SOUND);
#define REFUSED(change, fault)                                         \
	do {                                                           \
		s = good();                                            \
		change;                                                \
		assert_int_equal(ward_quorum_sound(&s, false), fault); \
	} while (0)
	REFUSED(s.follower = true, WARD_QUORUM_FOLLOWER);
	REFUSED(s.read_only = true, WARD_QUORUM_READ_ONLY);
	REFUSED(s.version = 150012, WARD_QUORUM_OLD);
	REFUSED(s.version = 120022, WARD_QUORUM_OLD);
	REFUSED(s.version = 170004, WARD_QUORUM_OLD);
	REFUSED(s.version = 180000, WARD_QUORUM_SOUND);
	REFUSED(s.fsync = false, WARD_QUORUM_FSYNC);
	REFUSED(s.full_page_writes = false, WARD_QUORUM_PAGES);
	REFUSED(s.data_sync_retry = true, WARD_QUORUM_RETRY);
	REFUSED(s.synchronous_commit = WARD_STR("remote_write"), WARD_QUORUM_COMMIT);
	REFUSED(s.synchronous_commit = WARD_STR("remote_apply"), WARD_QUORUM_SOUND);
	REFUSED(s.n_unlogged = 1, WARD_QUORUM_UNLOGGED);
	REFUSED(s.synchronous_standby_names = WARD_STR(""), WARD_QUORUM_ALONE);
	REFUSED(s.synchronous_standby_names = WARD_STR("ANY 1 (b"), WARD_QUORUM_ALONE);
	REFUSED(s.synchronous_standby_names = WARD_STR("*"), WARD_QUORUM_ANYBODY);
	REFUSED(s.synchronous_standby_names = WARD_STR("ANY 1 (b, c, d)"), WARD_QUORUM_MINORITY);
	REFUSED(s.synchronous_standby_names = WARD_STR("ANY 2 (b, c, d)"), WARD_QUORUM_SOUND);
	REFUSED(s.synchronous_standby_names = WARD_STR("ANY 1 (b, c, d, e)"), WARD_QUORUM_MINORITY);
	REFUSED(s.synchronous_standby_names = WARD_STR("b"), WARD_QUORUM_SOUND);
	REFUSED(s.n_twins = 1, WARD_QUORUM_TWINS);
	REFUSED(s.encrypted = false, WARD_QUORUM_UNENCRYPTED);
	s = good();
	s.synchronous_standby_names = WARD_STR("");
	assert_int_equal(ward_quorum_sound(&s, true), WARD_QUORUM_SOUND);
	s.fsync = false;
	assert_int_equal(ward_quorum_sound(&s, true), WARD_QUORUM_FSYNC);
	for (unsigned f = 1; f < WARD_QUORUM_FAULTS; f++) {
		const struct ward_quorum_words *w = ward_quorum_words((enum ward_quorum_fault)f);

		assert_true(w->name[0] && w->what[0] && w->lost[0] && w->mend[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(where_good), T(where_bad), T(names), T(judged)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

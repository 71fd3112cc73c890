/* readers.yml and indicators.yml: what is right is taken, what is wrong is named with its line. */
#include "exchange/readers.h"
#include "exchange/sources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct desk {
	char dir[64], content[512];
	struct ward_limits lim;
	struct ward_diag d;
	struct ward_readers r;
	struct ward_indicator_sources s;
};

static void put(const struct desk *k, const char *name, const char *text, mode_t mode)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", k->dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int begin(void **state)
{
	struct desk *k = calloc(1, sizeof(*k));
	const char *root = getenv("WARD_SOURCE_ROOT");

	assert_non_null(k);
	assert_non_null(root);
	(void)snprintf(k->dir, sizeof(k->dir), "/tmp/ward-readers-XXXXXX");
	assert_non_null(mkdtemp(k->dir));
	(void)snprintf(k->content, sizeof(k->content), "%s/content", root);
	ward_limits_default(&k->lim);
	put(k, "good.key", "sixteen-characters-and-more\n", 0600);
	put(k, "short.key", "short\n", 0600);
	put(k, "open.key", "sixteen-characters-and-more\n", 0644);
	put(k, "c.pem", "x\n", 0644);
	*state = k;
	return 0;
}

static int end(void **state)
{
	static const char *const name[] = {"good.key", "short.key", "open.key", "c.pem",
		WARD_READERS_FILE, WARD_INDICATORS_FILE};
	struct desk *k = *state;
	char path[128];

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", k->dir, name[i]);
		(void)unlink(path);
	}
	(void)rmdir(k->dir);
	free(k);
	return 0;
}

static enum ward_err readers(struct desk *k, const char *text)
{
	const struct ward_readers_in in = {k->dir, k->content, &k->lim, ward_mem_heap(), &k->d};

	ward_diag_init(&k->d, ward_mem_heap());
	put(k, WARD_READERS_FILE, text, 0644);
	return ward_readers_load(&in, &k->r);
}

static enum ward_err sources(struct desk *k, const char *text)
{
	ward_diag_init(&k->d, ward_mem_heap());
	put(k, WARD_INDICATORS_FILE, text, 0644);
	return ward_indicator_sources_load(k->dir, &k->lim, ward_mem_heap(), &k->d, &k->s);
}

/* The only finding says this, in this line. */
static void says(struct desk *k, size_t row, uint32_t line, const char *what)
{
	if (k->d.n != 1 || k->d.item[0].line != line ||
		ward_str_find(k->d.item[0].what, ward_str_z(what)) == SIZE_MAX)
		fail_msg("row %zu: %zu findings, the first in line %u: %.*s", row, k->d.n,
			k->d.n ? k->d.item[0].line : 0, k->d.n ? (int)k->d.item[0].what.len : 0,
			k->d.n ? k->d.item[0].what.p : "");
}

#define WHERE "where: http:127.0.0.1:8444\n"
#define READER "readers:\n  - {id: csirt, for: csirt, tlp: green, secret_file: good.key}\n"

static void t_readers(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *what;
	} bad[] = {
		{"where: http:127.0.0.1:8444\n", 1, "the file holds no list of readers"},
		{"where: http:192.0.2.1:80\n" READER, 1, "is no place to listen at"},
		{"where: https:192.0.2.1:443\n" READER, 1, "https needs a certificate"},
		{"where: https:192.0.2.1:443\ncertificate: c.pem\nkey: none.pem\n" READER, 3,
			"'key': the file can't be read"},
		{WHERE "sender: a b@c\n" READER, 2, "is no sender"},
		{WHERE "signer: open.key\n" READER, 2, "others may read the key that signs"},
		{WHERE "readers:\n  - {id: Csirt, for: csirt, secret_file: good.key}\n", 3,
			"'Csirt' is no id"},
		{WHERE READER "  - {id: csirt, for: own, secret_file: good.key}\n", 4,
			"'csirt' is there already, in line 3"},
		{WHERE "readers:\n  - {id: a, for: csirt, secret_file: none.key}\n", 3,
			"the secret's file can't be read"},
		{WHERE "readers:\n  - {id: a, for: csirt, secret_file: short.key}\n", 3,
			"the secret is shorter than 16 characters"},
		{WHERE "readers:\n  - {id: a, for: csirt, secret_file: open.key}\n", 3,
			"others may read the secret"},
		{WHERE "readers:\n  - {id: a, for: csirt}\n", 3,
			"reader 'a' has no secret, and what it reads is not for everybody"},
		{WHERE "readers:\n  - {id: a, for: public}\n  - {id: b, for: public}\n", 4,
			"'b' and 'a' both have no secret"},
		{WHERE "readers:\n  - {id: a, for: nobody, secret_file: good.key}\n", 3, "nobody"},
		{WHERE "readers:\n  - {id: a, for: public, tlp: red}\n", 3, "TLP:RED"},
		{WHERE "readers:\n  - {id: a, for: public, wish: x}\n", 3, "wish"},
		{WHERE "readers: [a]\n", 2, "this is no reader"},
	};
	struct desk *k = *state;
	const struct ward_readers_in in = {k->dir, k->content, &k->lim, ward_mem_heap(), &k->d};

	ward_diag_init(&k->d, ward_mem_heap());
	assert_int_equal(ward_readers_load(&in, &k->r), WARD_OK); /* no file: none */
	assert_int_equal(k->r.n, 0);
	ward_readers_free(&k->r);
	ward_diag_fini(&k->d);
	assert_int_equal(readers(k, "where: https:[2001:db8::1]:8444\ncertificate: c.pem\n"
				    "key: c.pem\nsender: w@h.example\n" READER
				    "  - {id: all, name: Everybody, for: public}\n"
				    "  - {id: drill, for: public, exercise: true}\n"),
		WARD_OK);
	assert_int_equal(k->r.n, 3);
	assert_true(ward_str_eqz(k->r.r[0].name, "csirt") && ward_str_eqz(k->r.r[0].tlp, "green"));
	assert_true(ward_str_eqz(k->r.r[1].name, "Everybody") && !k->r.r[1].exercise);
	assert_true(k->r.r[2].exercise);
	ward_readers_free(&k->r);
	ward_diag_fini(&k->d);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(readers(k, bad[i].text), WARD_ERR_CONFIG);
		says(k, i, bad[i].line, bad[i].what);
		ward_readers_free(&k->r);
		ward_diag_fini(&k->d);
	}
}

#define SOURCES "indicators:\n"

static void t_sources(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *what;
	} bad[] = {
		{"sources: []\n", 1, "the file holds no list of sources of indicators"},
		{SOURCES "  - {id: a, where: 'http://h/'}\n", 2, "no address of a TAXII server"},
		{SOURCES "  - {id: a, where: 'https://u@h/'}\n", 2, "no address of a TAXII server"},
		{SOURCES "  - {id: a, where: 'https:///x'}\n", 2, "no address of a TAXII server"},
		{SOURCES "  - {id: ../a, where: 'https://h/'}\n", 2, "'../a' is no id"},
		{SOURCES "  - {id: a, where: 'https://h/', user: u}\n", 2, "secret_file"},
		{SOURCES "  - {id: a, where: 'https://h/', secret_file: open.key}\n", 2,
			"others may read the secret"},
		{SOURCES "  - {id: a, where: 'https://h/', certificate: none.pem}\n", 2,
			"'certificate': the file can't be read"},
		{SOURCES "  - {id: a, where: 'https://h/', every: 8d}\n", 2,
			"'8d' is no length of time"},
		{SOURCES "  - {id: a, where: 'https://h/'}\n  - {id: a, where: 'https://h/'}\n", 3,
			"'a' is there already, in line 2"},
		{SOURCES "  - {id: a, where: 'https://h/'}\n  - {id: b, where: 'https://h/'}\n"
			 "  - {id: c, where: 'https://h/'}\n  - {id: d, where: 'https://h/'}\n",
			5, "more than 3 sources of indicators"},
	};
	struct desk *k = *state;

	assert_int_equal(
		sources(k, SOURCES "  - {id: csirt, where: 'https://h:8443/root/', user: u, "
				   "secret_file: good.key, certificate: c.pem, "
				   "every: 90min}\n  - {id: open, where: 'https://h/'}\n"),
		WARD_OK);
	assert_int_equal(k->s.n, 2);
	assert_int_equal(k->s.s[0].every / WARD_NS_PER_S, 5400);
	assert_int_equal(k->s.s[1].every / WARD_NS_PER_S, 3600);
	ward_indicator_sources_free(&k->s);
	ward_diag_fini(&k->d);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(sources(k, bad[i].text), WARD_ERR_CONFIG);
		says(k, i, bad[i].line, bad[i].what);
		ward_indicator_sources_free(&k->s);
		ward_diag_fini(&k->d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(t_readers, begin, end),
		cmocka_unit_test_setup_teardown(t_sources, begin, end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Where the console is served (console.yml), and the certificates that browsers know it by: made
 * once, made anew when they no longer fit, never for names that the authority may not vouch for. */
#include "live.h"
#include "run/authority.h"
#include "run/console.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT = 512, NAMES = 4 };
#define DAY (24 * 3600 * WARD_NS_PER_S)

static const ward_ns begin = 1800000000 * WARD_NS_PER_S;

static char folder[64], why[WARD_AUTHORITY_WHY];

static enum ward_err ready(const char *const *name, ward_ns now, bool *made)
{
	struct ward_str s[NAMES];
	struct ward_authority_in in = {
		.folder = folder, .hospital = WARD_STR("Ospedale"), .name = s, .now = now};

	while (name[in.n_name]) {
		s[in.n_name] = ward_str_z(name[in.n_name]);
		in.n_name++;
	}
	why[0] = 0;
	return ward_authority_ready(&in, made, why);
}

static X509 *cert(const char *name)
{
	char path[TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	X509 *c = PEM_read_X509(f, NULL, NULL, NULL);

	assert_non_null(c);
	fclose(f);
	return c;
}

static bool same(X509 *a, X509 *b)
{
	bool is = X509_cmp(a, b) == 0;

	X509_free(a);
	return is;
}

static void t_made_once(void **state)
{
	static const char *const names[] = {"localhost", "127.0.0.1", NULL}, *const more[] = {
										     "localhost",
										     "127.0.0.1",
										     "10.1.2.3",
										     NULL};
	bool made = false;
	struct stat st;
	char path[TEXT];

	(void)state;
	live_folder(folder, sizeof(folder));
	assert_int_equal(ready(names, begin, &made), WARD_OK);
	assert_true(made);
	X509 *server = cert(WARD_AUTHORITY_SERVER), *ca = cert(WARD_AUTHORITY_CA);

	assert_int_equal(X509_check_host(server, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(server, "127.0.0.1", 0), 1);
	assert_int_equal(X509_check_ca(ca), 1);
	assert_int_equal(X509_check_ca(server), 0);
	(void)snprintf(path, sizeof(path), "%s/authority.pem", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	/* the same again, and until a month is left */
	assert_int_equal(ready(names, begin + 300 * DAY, &made), WARD_OK);
	assert_false(made);
	assert_true(same(cert(WARD_AUTHORITY_SERVER), server));
	assert_int_equal(ready(names, begin + 370 * DAY, &made), WARD_OK);
	assert_false(same(cert(WARD_AUTHORITY_SERVER), server));
	assert_true(same(cert(WARD_AUTHORITY_CA), ca));
	X509_free(server);

	/* another address of the hospital's own network: the same authority */
	server = cert(WARD_AUTHORITY_SERVER);
	assert_int_equal(ready(more, begin + 371 * DAY, &made), WARD_OK);
	assert_false(made);
	assert_false(same(cert(WARD_AUTHORITY_SERVER), server));
	assert_true(same(cert(WARD_AUTHORITY_CA), ca));
	X509_free(server);

	/* ten years on */
	assert_int_equal(ready(names, begin + 3640 * DAY, &made), WARD_OK);
	assert_true(made);
	assert_false(same(cert(WARD_AUTHORITY_CA), ca));
	X509_free(ca);
	live_remove(folder);
}

static void t_refused(void **state)
{
	static const char *const names[] = {"localhost", NULL},
				 *const elsewhere[] = {"bank.example", NULL},
				 *const route[] = {"8.8.8.8", NULL},
				 *const odd[] = {"a,DNS:b.example", NULL};
	char path[TEXT];
	bool made;

	(void)state;
	live_folder(folder, sizeof(folder));
	assert_int_equal(ready(names, begin, &made), WARD_OK);
	assert_int_equal(ready(elsewhere, begin, &made), WARD_ERR_CONFIG);
	assert_non_null(strstr(why, "may not vouch"));
	assert_non_null(strstr(why, "remove authority.pem"));
	assert_int_equal(ready(route, begin, &made), WARD_ERR_CONFIG);
	assert_int_equal(ready(odd, begin, &made), WARD_ERR_CONFIG);
	assert_int_equal(ready(names, begin - 2 * DAY, &made), WARD_ERR_CONFIG);
	assert_non_null(strstr(why, "not yet valid"));

	(void)snprintf(path, sizeof(path), "%s/authority.pem", folder);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(ready(names, begin, &made), WARD_ERR_CONFIG);
	assert_non_null(strstr(why, "others may read it"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 300), 0); /* of the key alone */
	assert_int_equal(ready(names, begin, &made), WARD_ERR_CONFIG);
	assert_int_equal(unlink(path), 0);
	/* another authority: the server's is made anew, and it may vouch for what it was made with
	 */
	assert_int_equal(ready(elsewhere, begin, &made), WARD_OK);
	assert_true(made);
	live_remove(folder);
}

static void t_names(void **state)
{
	static const char *const good[] = {"a", "ward.turin.example", "10.0.0.5", "::1", "x-1.y"},
				 *const bad[] = {"", ".", "a..b", "-a", "a-", "a_b", "a b",
					 "*.example", "a,b", "h\xc3\xb4pital", "[::1]"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++)
		assert_true(ward_authority_name(ward_str_z(good[i])));
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_false(ward_authority_name(ward_str_z(bad[i])));
}

static void t_file(void **state)
{
	static const struct {
		const char *text, *words; /* NULL: it is right */
		uint32_t line;
	} row[] = {
		{"where: 10.0.0.5:8443\nnames: [ward.turin.example, 10.0.0.5]\n", NULL, 0},
		{"names: [a]\n", NULL, 0},
		{"where: x\nnames: [a, 'b c']\n", "no host's name", 2},
		{"names: a\n", "no list", 1},
		{"certificate: none.pem\nkey: none.pem\n", "can't be read", 1},
		{"where: x\ncertificate: console.yml\n", "belong together", 1},
		{"certificate: console.yml\nkey: console.yml\n", "others may read the key", 2},
		{"wheer: x\n", "wheer", 1},
		{"- x\n", "no map", 1},
	};
	char path[TEXT];
	struct ward_limits lim;

	(void)state;
	ward_limits_default(&lim);
	live_folder(folder, sizeof(folder));
	(void)snprintf(path, sizeof(path), "%s/" WARD_CONSOLE_FILE, folder);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_diag d;
		struct ward_console c;
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(row[i].text, f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(chmod(path, 0644), 0);
		ward_diag_init(&d, ward_mem_heap());
		const struct ward_console_in in = {folder, &lim, ward_mem_heap(), &d};
		enum ward_err err = ward_console_load(&in, &c);

		assert_int_equal(err, row[i].words ? WARD_ERR_CONFIG : WARD_OK);
		assert_int_equal(d.n > 0, row[i].words != NULL);
		if (d.n && (ward_str_find(d.item[0].what, ward_str_z(row[i].words)) == SIZE_MAX ||
				   d.item[0].line != row[i].line || !d.item[0].mend.len))
			fail_msg("%zu: line %u, '%.*s'", i, d.item[0].line,
				WARD_STR_ARG(d.item[0].what));
		if (!i) {
			assert_true(ward_str_eqz(c.where, "10.0.0.5:8443"));
			assert_int_equal(c.n_name, 2);
		}
		ward_console_free(&c);
		ward_diag_fini(&d);
	}
	live_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_made_once),
		cmocka_unit_test(t_refused), cmocka_unit_test(t_names), cmocka_unit_test(t_file)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

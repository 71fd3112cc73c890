/* directory.yml: what is right, and each mistake in its line with its mend. */
#include "../model/lab.h"
#include "directory/who.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROLES "roles:\n  - {id: guard, name: Guard}\n  - {id: director, name: Director}\n"
#define OIDC                                                                               \
	"kind: oidc\nname: SSO\nissuer: https://id.example/realm\nclient: ward\naddress: " \
	"https://ward.example:8443/\n"
#define LDAPS                                                                               \
	"kind: ldaps\nname: AD\nwhere: '[::1]:1636'\nbind: cn=w\nbase: dc=h\nsecret_file: " \
	"keys/ad\n"

struct fix {
	struct lab lab;
	struct ward_people people;
	struct ward_directory d;
};

static enum ward_err load(struct fix *x, const char *text)
{
	memset(x, 0, sizeof(*x));
	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ROLES), WARD_OK);
	const struct ward_people_in people = {x->lab.m, &x->lab.lim, ward_mem_heap(), &x->lab.d};
	const struct ward_directory_in in = {
		x->lab.m, &x->people, &x->lab.lim, ward_mem_heap(), &x->lab.d};

	assert_int_equal(
		ward_people_read(&people, WARD_STR("people.yml"),
			ward_str_bytes(WARD_STR("people:\n  - {id: anna, roles: [director]}\n")),
			&x->people),
		WARD_OK);
	return ward_directory_read(
		&in, WARD_STR("directory.yml"), ward_str_bytes(ward_str_z(text)), &x->d);
}

static void done(struct fix *x)
{
	ward_directory_free(&x->d);
	ward_people_free(&x->people);
	lab_free(&x->lab);
}

static void what_is_right(void **state)
{
	struct fix x;

	(void)state;
	assert_int_equal(
		load(&x, OIDC "groups:\n  - {group: g, roles: [guard], places: [z-in], console: "
			      "[guard]}\npeople:\n  - {name: a.b@h, person: anna}\n"
			      "break_glass: anna\nunconfirmed: 1h\n"),
		WARD_OK);
	assert_int_equal(x.d.kind, WARD_DIRECTORY_OIDC);
	assert_true(ward_str_eqz(x.d.at.host, "id.example"));
	assert_int_equal(x.d.at.port, 443);
	assert_int_equal(x.d.n_scope, 3);
	assert_true(ward_str_eqz(x.d.person, "preferred_username"));
	assert_int_equal(x.d.group[0].gives.role[0], lab_node(&x.lab, "guard"));
	assert_int_equal(x.d.group[0].gives.n_place, 1);
	assert_int_equal(x.d.n_alias, 1);
	assert_int_equal(x.d.n_breaker, 1);
	assert_int_equal(x.d.unconfirmed, 3600 * WARD_NS_PER_S);
	done(&x);
	assert_int_equal(load(&x, LDAPS), WARD_OK);
	assert_true(ward_str_eqz(x.d.at.host, "::1"));
	assert_int_equal(x.d.at.port, 1636);
	assert_true(ward_str_eqz(x.d.person, "uid"));
	done(&x);
}

static void what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what;
	} bad[] = {{"kind: saml\nname: x\n", 1, "no kind of directory"}, {"- a\n", 1, "no map"},
		{OIDC "where: dc1\n", 6, "where"},
		{LDAPS "issuer: https://id.example/\n", 7, "issuer"},
		{"kind: ldaps\nname: AD\nwhere: dc1\nbind: cn=w\nbase: dc=h\n", 1, "secret_file"},
		{"kind: ldaps\nname: AD\nwhere: ldap://dc1\nbind: cn=w\nbase: dc=h\nsecret_file: "
		 "k\n",
			3, "no directory server"},
		{LDAPS "person: 'uid)(x=*'\n", 1, "no attribute"},
		{"kind: oidc\nname: SSO\nissuer: http://id.example/realm\nclient: ward\naddress: "
		 "https://w/\n",
			3, "no issuer"},
		{"kind: oidc\nname: SSO\nissuer: https://u@id.example/\nclient: ward\naddress: "
		 "https://w/\n",
			3, "no issuer"},
		{"kind: oidc\nname: SSO\nissuer: https://id.example/\nclient: ward\naddress: "
		 "https://w/x\n",
			5, "no address of the console"},
		{OIDC "scopes: [profile]\n", 6, "openid"},
		{OIDC "scopes: ['a b']\n", 6, "no scope"},
		{OIDC "unconfirmed: 13h\n", 6, "out of range"}, {OIDC "groups: g\n", 6, "no list"},
		{OIDC "groups:\n  - {group: g}\n", 7, "no role"},
		{OIDC "groups:\n  - {group: g, roles: [king]}\n", 7, "no role of the hospital"},
		{OIDC "groups:\n  - {group: g, roles: [guard], places: [moon]}\n", 7, "no place"},
		{OIDC "groups:\n  - {group: g, roles: [guard], places: []}\n", 7, "is empty"},
		{OIDC "groups:\n  - {group: g, roles: [guard], console: []}\n", 7, "is empty"},
		{OIDC "groups:\n  - {group: g, roles: [guard], console: [king]}\n", 7,
			"no profile"},
		{OIDC "groups:\n  - {group: g, roles: [guard]}\n  - {group: G, roles: [guard]}\n",
			8, "there already"},
		{OIDC "people:\n  - {name: x, person: nobody}\n", 7, "people.yml has nobody"},
		{OIDC "break_glass: [nobody]\n", 6, "people.yml has nobody"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct fix x;

		assert_int_equal(load(&x, bad[i].text), WARD_ERR_CONFIG);
		const struct ward_diag_item *d = &x.lab.d.item[0];

		if (d->line != bad[i].line ||
			ward_str_find(d->what, ward_str_z(bad[i].what)) == SIZE_MAX)
			fail_msg("%s: line %u: %.*s", bad[i].text, d->line, WARD_STR_ARG(d->what));
		assert_true(d->mend.len > 0);
		done(&x);
	}
}

static void addresses(void **state)
{
	static const char *const bad[] = {"", "https://", "https:///x", "http://a/", "https://a:0/",
		"https://a:65536/", "https://a b/", "https://a/#x", "https://u:p@a/",
		"https://[::1/", "https://[::1]x/", "https://a:b:1/", "https://a/\"",
		"https://a/\xc3\xa9"};
	struct ward_directory_url u;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		if (ward_directory_url(ward_str_z(bad[i]), &u))
			fail_msg("%s", bad[i]);
	assert_true(ward_directory_url(WARD_STR("https://[fe80::1]:8443/a?b=c"), &u));
	assert_true(ward_str_eqz(u.host, "fe80::1"));
	assert_true(ward_str_eqz(u.path, "/a?b=c"));
	assert_true(ward_directory_url(WARD_STR("https://a"), &u));
	assert_true(ward_str_eqz(u.path, "/"));
}

static void groups_by_name(void **state)
{
	struct ward_directory_group g[] = {
		{.name = WARD_STR("guards")}, {.name = WARD_STR("cn=crisis,dc=h")}};
	const struct ward_directory d = {.group = g, .n_group = 2};
	static const struct {
		const char *value;
		uint64_t bits;
	} all[] = {{"guards", 1}, {"GUARDS", 1}, {"CN=Guards,OU=x,DC=h", 1}, {"guards2", 0},
		{"cn=guards2", 0}, {"cn=x,ou=guards", 0}, {"CN=crisis,DC=h", 2}, {"crisis", 0},
		{"cn=crisis,dc=other", 0}, {"", 0}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_directory_who w = {.group = 0};

		ward_directory_who_group(&d, ward_str_z(all[i].value), &w);
		if (w.group != all[i].bits)
			fail_msg("%s", all[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_right),
		cmocka_unit_test(what_is_wrong), cmocka_unit_test(addresses),
		cmocka_unit_test(groups_by_name)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

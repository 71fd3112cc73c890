/* SNMP traps and informs as agents of another make send them: what is told, refused, answered. */
#include "sense/building/snmp_trap.h"

#include "lab/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG_MAX_BYTES = 4096 };

/* As `snmptrap` of another make sends them: a coldStart of version 2c with its uptime and an object
 * of its own; a specific trap of version 1 (RFC 3584 3.1 says which identifier that is). */
static const uint8_t trap2[] = {0x30, 0x52, 0x02, 0x01, 0x01, 0x04, 0x04, 'w', 'a', 'r', 'd', 0xa7,
	0x47, 0x02, 0x01, 0x07, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x3c, 0x30, 0x0e, 0x06,
	0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03, 0x00, 0x43, 0x02, 0x01, 0x00, 0x30, 0x17,
	0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06, 0x03, 0x01, 0x01, 0x04, 0x01, 0x00, 0x06, 0x09, 0x2b,
	0x06, 0x01, 0x06, 0x03, 0x01, 0x01, 0x05, 0x01, 0x30, 0x11, 0x06, 0x07, 0x2b, 0x06, 0x01,
	0x04, 0x01, 0x09, 0x01, 0x04, 0x06, 'o', 'n', ' ', 'b', 'a', 't'};
static const uint8_t trap1[] = {0x30, 0x25, 0x02, 0x01, 0x00, 0x04, 0x04, 'w', 'a', 'r', 'd', 0xa4,
	0x1a, 0x06, 0x06, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x09, 0x40, 0x04, 10, 0, 0, 1, 0x02, 0x01,
	0x06, 0x02, 0x01, 0x05, 0x43, 0x02, 0x01, 0x00, 0x30, 0x00};

static struct ward_snmp_traps *traps_new(struct lab_heard *h, const struct ward_snmp_opts *as)
{
	struct ward_snmp_traps *t;

	lab_heard_init(h);
	struct ward_snmp_traps_opts o = {.mem = ward_mem_heap(),
		.names = &h->names,
		.counters = &h->counters,
		.sink = {lab_heard_put, h},
		.source = WARD_STR("traps"),
		.wall = h->now.wall,
		.as = as};

	assert_int_equal(ward_snmp_traps_new(&o, &t), WARD_OK);
	return t;
}

static void traps_free(struct lab_heard *h, struct ward_snmp_traps *t)
{
	ward_snmp_traps_free(t);
	lab_heard_fini(h);
}

/* On the heap, without a byte more. Gives whether it was authentic. */
static bool hears(struct ward_snmp_traps *t, const struct lab_heard *h, const char *ip,
	const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	bool good = false;

	assert_non_null(copy);
	memcpy(copy, p, n);
	assert_int_equal(
		ward_snmp_traps_hear(t, ward_str_z(ip), ward_slice_of(copy, n), h->now.wall, &good),
		WARD_OK);
	free(copy);
	return good;
}

static void hears_traps(void **state)
{
	static const struct ward_snmp_opts as = {.security = WARD_SNMP_V2C, .secret = "ward"};
	static struct lab_heard h;
	struct ward_snmp_traps *t = traps_new(&h, &as);
	uint8_t other[sizeof(trap2)];

	(void)state;
	assert_true(hears(t, &h, "10.0.0.1", trap2, sizeof(trap2)));
	assert_int_equal(lab_heard_count(&h, "field.alarm src_ip=10.0.0.1 "
					     "snmp.trap_oid=1.3.6.1.6.3.1.1.5.1 snmp.oid="
					     "1.3.6.1.2.1.1.3.0,1.3.6.1.6.3.1.1.4.1.0,"
					     "1.3.6.1.4.1.9.1 "
					     "snmp.value=256,1.3.6.1.6.3.1.1.5.1,on bat;"),
		1);
	assert_true(hears(t, &h, "10.0.0.1", trap1, sizeof(trap1)));
	assert_int_equal(ward_snmp_traps_answer(t).len, 0);
	assert_int_equal(lab_heard_count(&h, "snmp.trap_oid=1.3.6.1.4.1.9.0.5;"), 1);
	/* another community, told once a minute; each prefix; an answer, which nobody asked for */
	memcpy(other, trap2, sizeof(other));
	other[7] = 'W';
	for (unsigned i = 0; i < 5; i++)
		assert_false(hears(t, &h, "10.0.0.2", other, sizeof(other)));
	assert_int_equal(lab_heard_count(&h, "reason=snmp.reject.community"), 1);
	assert_true(ward_counter_get(&h.counters, "snmp.reject.community") == 5);
	for (size_t n = 0; n < sizeof(trap2); n++)
		assert_false(hears(t, &h, "10.0.0.3", trap2, n));
	memcpy(other, trap2, sizeof(other));
	other[11] = 0xa2;
	assert_false(hears(t, &h, "10.0.0.3", other, sizeof(other)));
	assert_true(ward_counter_get(&h.counters, "snmp.reject.malformed") == sizeof(trap2) + 1);
	assert_int_equal(lab_heard_count(&h, "field.alarm"), 2);
	traps_free(&h, t);
}

/* An Inform is told once and answered each time, with its own number; a wrong one is not. */
static void answers_informs(void **state)
{
	static const struct ward_snmp_opts as = {.security = WARD_SNMP_V2C, .secret = "ward"};
	static struct lab_heard h;
	struct ward_snmp_traps *t = traps_new(&h, &as);
	uint8_t inform[sizeof(trap2)];

	(void)state;
	memcpy(inform, trap2, sizeof(inform));
	inform[11] = 0xa6;
	for (unsigned i = 0; i < 3; i++) {
		assert_true(hears(t, &h, "10.0.0.1", inform, sizeof(inform)));
		struct ward_slice a = ward_snmp_traps_answer(t);

		/* the same but for the kind of message */
		assert_int_equal(a.len, sizeof(inform));
		for (size_t k = 0; k < a.len; k++)
			assert_int_equal(a.p[k], k == 11 ? 0xa2 : inform[k]);
	}
	assert_int_equal(lab_heard_count(&h, "field.alarm"), 1);
	assert_true(ward_counter_get(&h.counters, "snmp.informs_again") == 2);
	/* of another agent, with another number, or minutes later it is another one */
	assert_true(hears(t, &h, "10.0.0.2", inform, sizeof(inform)));
	inform[15]++;
	assert_true(hears(t, &h, "10.0.0.1", inform, sizeof(inform)));
	h.now.wall += 301 * WARD_NS_PER_S;
	assert_true(hears(t, &h, "10.0.0.1", inform, sizeof(inform)));
	assert_int_equal(lab_heard_count(&h, "field.alarm"), 4);
	/* … and with the same number and other words too: another uptime, another text */
	static const size_t other[] = {39, sizeof(inform) - 1};

	for (size_t i = 0; i < WARD_ARRAY_LEN(other); i++) {
		inform[other[i]]++;
		assert_true(hears(t, &h, "10.0.0.1", inform, sizeof(inform)));
		assert_true(hears(t, &h, "10.0.0.1", inform, sizeof(inform)));
		assert_int_equal(lab_heard_count(&h, "field.alarm"), 5 + i);
	}
	inform[7] = 'W';
	assert_false(hears(t, &h, "10.0.0.1", inform, sizeof(inform)));
	assert_int_equal(ward_snmp_traps_answer(t).len, 0);
	traps_free(&h, t);
}

/* Puts head and length before the n bytes at p, which lie at the end of their room. */
static uint8_t *wrap(uint8_t *p, size_t *n, uint8_t tag)
{
	p -= 4;
	p[0] = tag;
	p[1] = 0x82;
	p[2] = (uint8_t)(*n >> 8);
	p[3] = (uint8_t)*n;
	*n += 4;
	return p;
}

/* An Inform with so many objects of so many bytes each, and one more identifier of `ids` numbers;
 * it ends at buf + LONG_MAX_BYTES. */
static uint8_t *long_inform(
	uint8_t buf[LONG_MAX_BYTES], size_t objects, size_t bytes, size_t ids, size_t *ret_n)
{
	static const uint8_t name[] = {0x06, 0x07, 0x2b, 6, 1, 4, 1, 9, 1},
			     head[] = {2, 1, 9, 2, 1, 0, 2, 1, 0},
			     version[] = {2, 1, 1, 4, 4, 'w', 'a', 'r', 'd'};
	uint8_t *p = buf + LONG_MAX_BYTES;
	size_t all = 0;

	for (size_t i = 0; i <= objects; i++) {
		size_t n = i ? bytes : ids;

		p -= n;
		memset(p, i ? 0xfe : 0x2b, n);
		p = wrap(p, &n, i ? 0x04 : 0x06);
		p -= sizeof(name);
		memcpy(p, name, sizeof(name));
		n += sizeof(name);
		p = wrap(p, &n, 0x30);
		all += n;
	}
	p = wrap(p, &all, 0x30);
	p -= sizeof(head);
	memcpy(p, head, sizeof(head));
	all += sizeof(head);
	p = wrap(p, &all, 0xa6);
	p -= sizeof(version);
	memcpy(p, version, sizeof(version));
	all += sizeof(version);
	p = wrap(p, &all, 0x30);
	*ret_n = all;
	return p;
}

/* What says more than there is room for is told with the word that it does, and not answered: not
 * all of it is recorded. */
static void tells_what_is_cut(void **state)
{
	static const struct ward_snmp_opts as = {.security = WARD_SNMP_V2C, .secret = "ward"};
	static const struct {
		size_t objects, bytes, ids;
		bool cut;
	} row[] = {{31, 4, 4, false}, {32, 4, 4, true}, {1, 127, 4, false}, {1, 128, 4, true},
		{1, 4, 100, true}};
	static struct lab_heard h;
	struct ward_snmp_traps *t = traps_new(&h, &as);

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		static uint8_t buf[LONG_MAX_BYTES];
		size_t n;
		const uint8_t *p = long_inform(buf, row[i].objects, row[i].bytes, row[i].ids, &n);

		lab_heard_forget(&h);
		for (unsigned k = 0; k < 2; k++) {
			assert_true(hears(t, &h, "10.0.0.1", p, n));
			assert_int_equal(ward_snmp_traps_answer(t).len > 0, !row[i].cut);
			assert_int_equal(lab_heard_count(&h, "field.alarm"), 1);
			assert_int_equal(lab_heard_count(&h, "snmp.truncated="), row[i].cut);
		}
	}
	assert_true(ward_counter_get(&h.counters, "snmp.truncated") == 3);
	traps_free(&h, t);
}

/* The next message that a client sent; 0: none. */
static size_t sent(int fd, uint8_t buf[1500])
{
	ssize_t n = recv(fd, buf, 1500, MSG_DONTWAIT);

	return n > 0 ? (size_t)n : 0;
}

/* With a user nothing counts but what is authentic and encrypted; whoever asks who we are is told
 * so, and the question is no refusal. */
static void wants_the_user(void **state)
{
	static const struct ward_snmp_opts as = {.security = WARD_SNMP_SHA256_AES,
		.user = "ward",
		.secret = "phrase-one",
		.privacy = "phrase-two"};
	static const uint8_t name[] = "phrase";
	static struct lab_heard h;
	struct ward_snmp_traps *t = traps_new(&h, &as);
	struct ward_snmp_opts o = as;
	struct ward_snmp_oid oid;
	const struct ward_snmp_oid *const one = &oid;
	static struct ward_snmp_value value[WARD_SNMP_GROUP];
	const char *why;
	uint8_t buf[1500];
	struct ward_snmp *client;
	int pair[2];

	(void)state;
	assert_false(hears(t, &h, "10.0.0.1", trap2, sizeof(trap2)));
	assert_int_equal(lab_heard_count(&h, "reason=snmp.reject.security"), 1);
	/* a client's first question is who the other one is (RFC 3414 4) */
	assert_int_equal(ward_snmp_oid_parse(WARD_STR("1.3.6.1.2.1.1.3.0"), &oid, &why), WARD_OK);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	o.fd = pair[0];
	o.timeout_ms = 20;
	assert_int_equal(ward_snmp_new(&o, &client), WARD_OK);
	assert_int_equal(ward_snmp_read(client, &one, 1, false, value, &why), WARD_SNMP_MISSED);
	size_t n = sent(pair[1], buf);

	assert_true(n > 0);
	assert_false(hears(t, &h, "10.0.0.1", buf, n));
	struct ward_slice a = ward_snmp_traps_answer(t);

	assert_true(a.len > 20 && a.p[0] == 0x30);
	assert_null(memmem(a.p, a.len, name, sizeof(name) - 1));
	assert_true(ward_counter_get(&h.counters, "snmp.probes") == 1);
	/* cut and changed everywhere: nothing of it is authentic, nothing falls */
	for (size_t i = 0; i < n; i++) {
		uint8_t was = buf[i];

		assert_false(hears(t, &h, "10.0.0.1", buf, i));
		buf[i] ^= 0x55;
		assert_false(hears(t, &h, "10.0.0.1", buf, n));
		buf[i] = was;
	}
	assert_int_equal(lab_heard_count(&h, "field.alarm"), 0);
	ward_snmp_free(client);
	(void)close(pair[0]);
	(void)close(pair[1]);
	traps_free(&h, t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(hears_traps),
		cmocka_unit_test(answers_informs), cmocka_unit_test(tells_what_is_cut),
		cmocka_unit_test(wants_the_user)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Who keeps a connection and who loses it, when many want one. */
#include "run/seats.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SEATS = 8, SHARE = 3 };

struct hall {
	struct ward_seat seat[SEATS];
	ward_ns now;
};

static void peer_of(const char *address, uint8_t ret[WARD_SEATS_PEER])
{
	struct sockaddr_storage s = {0};
	struct sockaddr_in *v4 = (void *)&s;
	struct sockaddr_in6 *v6 = (void *)&s;

	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1)
		s.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1)
		s.ss_family = AF_INET6;
	else
		fail_msg("%s", address);
	ward_seat_peer(&s, ret);
}

/* A new connection sits down, a second later than the one before; SEATS: it was refused. */
static size_t come(struct hall *h, const char *address)
{
	uint8_t peer[WARD_SEATS_PEER];

	peer_of(address, peer);
	size_t i = ward_seats_pick(h->seat, SEATS, SHARE, peer);

	h->now += WARD_NS_PER_S;
	if (i == SEATS)
		return i;
	h->seat[i] = (struct ward_seat){.taken = true, .since = h->now};
	memcpy(h->seat[i].peer, peer, sizeof(peer));
	return i;
}

static bool is_there(const struct hall *h, size_t i, const char *address)
{
	uint8_t peer[WARD_SEATS_PEER];

	peer_of(address, peer);
	return h->seat[i].taken && memcmp(h->seat[i].peer, peer, sizeof(peer)) == 0;
}

static void t_peers(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} row[] = {{"10.0.0.1", "10.0.0.1", true}, {"10.0.0.1", "10.0.0.2", false},
		{"10.0.0.1", "::ffff:10.0.0.1", true},
		{"::ffff:10.0.0.1", "::ffff:10.0.0.2", false}, {"2001:db8::1", "2001:db8::2", true},
		{"2001:db8::1", "2001:db8:0:1::1", false}, {"10.0.0.1", "::1", false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		uint8_t a[WARD_SEATS_PEER], b[WARD_SEATS_PEER];

		peer_of(row[i].a, a);
		peer_of(row[i].b, b);
		assert_int_equal(memcmp(a, b, sizeof(a)) == 0, row[i].same);
	}
}

/* One that comes fast pushes out only itself, and itself not when it is known. */
static void t_share(void **state)
{
	struct hall h = {0};
	size_t other, first;

	(void)state;
	other = come(&h, "10.0.0.2");
	first = come(&h, "10.0.0.1");
	for (int i = 0; i < 100; i++)
		assert_true(come(&h, "10.0.0.1") < SEATS);
	assert_true(is_there(&h, other, "10.0.0.2"));
	size_t n = 0;

	for (size_t i = 0; i < SEATS; i++)
		n += is_there(&h, i, "10.0.0.1");
	assert_int_equal(n, SHARE);
	for (size_t i = 0; i < SEATS; i++)
		h.seat[i].known = i != first;
	assert_int_equal(come(&h, "10.0.0.1"), first);
	h.seat[first].known = true;
	assert_int_equal(come(&h, "10.0.0.1"), SEATS);
}

/* Many at once: the one that asks for nothing for longest goes; who is known stays, whatever comes.
 */
static void t_crowd(void **state)
{
	struct hall h = {0};
	char address[32];

	(void)state;
	for (int i = 0; i < SEATS; i++) {
		(void)snprintf(address, sizeof(address), "10.0.1.%d", i);
		assert_int_equal(come(&h, address), i);
	}
	h.seat[0].known = true;
	h.seat[1].busy = true;
	assert_int_equal(come(&h, "10.0.2.1"), 2);
	h.seat[3].since = h.now + WARD_NS_PER_S; /* it asked meanwhile */
	assert_int_equal(come(&h, "10.0.2.2"), 4);
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(address, sizeof(address), "10.%d.%d.1", 3 + i / 250, i % 250);
		assert_true(come(&h, address) < SEATS);
		assert_true(is_there(&h, 0, "10.0.1.0"));
	}
	/* all others ask for something: then the oldest of them */
	for (int i = 1; i < SEATS; i++) {
		h.seat[i].busy = true;
		h.seat[i].since = h.now + (i == 5 ? 0 : i) * WARD_NS_PER_S;
	}
	assert_int_equal(come(&h, "10.0.2.3"), 5);
	for (int i = 0; i < SEATS; i++)
		h.seat[i].known = true;
	assert_int_equal(come(&h, "10.0.2.4"), SEATS);
}

static void t_late(void **state)
{
	struct ward_seat s = {.taken = true, .since = 5};

	(void)state;
	assert_false(ward_seat_late(&s, 5 + WARD_SEATS_IDLE_MAX));
	assert_true(ward_seat_late(&s, 6 + WARD_SEATS_IDLE_MAX));
	s.busy = true;
	assert_false(ward_seat_late(&s, 5 + WARD_SEATS_REQUEST_MAX));
	assert_true(ward_seat_late(&s, 6 + WARD_SEATS_REQUEST_MAX));
	s.taken = false;
	assert_false(ward_seat_late(&s, INT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_peers), cmocka_unit_test(t_share),
		cmocka_unit_test(t_crowd), cmocka_unit_test(t_late)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "run/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* One memory, and one life of the process at a time. */
struct lab {
	int fd;
	struct ward_flight *f;
	bool torn;
};

static void live(struct lab *l)
{
	int fd = dup(l->fd);

	assert_true(fd >= 0);
	assert_int_equal(ward_flight_attach(ward_mem_heap(), fd, &l->torn, &l->f), WARD_OK);
}

static void die(struct lab *l)
{
	ward_flight_close(l->f);
	l->f = NULL;
}

static void lab_init(struct lab *l)
{
	l->fd = memfd_create("flight", MFD_CLOEXEC);
	assert_true(l->fd >= 0 && ftruncate(l->fd, WARD_FLIGHT_BYTES) == 0);
	live(l);
	assert_false(l->torn);
}

static void lab_fini(struct lab *l)
{
	die(l);
	close(l->fd);
}

static bool put(struct lab *l, const char *source, uint64_t seq, const char *text)
{
	struct ward_flight_record r = {
		.source = ward_str_z(source), .seq = seq, .epoch = 7, .stamp = -3};
	uint8_t *room = ward_flight_room(l->f, r.source, 1000);

	if (!room)
		return false;
	memcpy(room, text, strlen(text));
	r.bytes = ward_slice_of(room, strlen(text));
	ward_flight_put(l->f, &r);
	return true;
}

static void expect(struct lab *l, const char *source, uint64_t seq, const char *text)
{
	struct ward_flight_record r;
	bool given_up;

	assert_true(ward_flight_next(l->f, &r, &given_up));
	assert_false(given_up);
	assert_true(ward_str_eqz(r.source, source));
	assert_true(r.seq == seq && r.epoch == 7 && r.stamp == -3);
	assert_true(ward_str_eqz(ward_slice_text(r.bytes), text));
}

static void expect_none(struct lab *l)
{
	struct ward_flight_record r;
	bool given_up;

	assert_false(ward_flight_next(l->f, &r, &given_up));
}

static void the_next_life_finds_it(void **state)
{
	struct lab l;

	(void)state;
	lab_init(&l);
	expect_none(&l);
	assert_true(put(&l, "doors", 1, "one") && put(&l, "fire", 2, ""));
	expect_none(&l); /* what this life keeps is not what an earlier one left */
	die(&l);
	live(&l);
	expect(&l, "doors", 1, "one");
	expect(&l, "fire", 2, "");
	expect_none(&l);
	/* what is kept now comes behind it */
	assert_true(put(&l, "doors", 3, "three"));
	die(&l);
	live(&l);
	expect(&l, "doors", 1, "one");
	expect(&l, "fire", 2, "");
	expect(&l, "doors", 3, "three");
	ward_flight_clear(l.f);
	die(&l);
	live(&l);
	assert_false(l.torn);
	expect_none(&l);
	lab_fini(&l);
}

/* A life that ends between room and put has kept nothing. */
static void half_written(void **state)
{
	struct lab l;
	uint8_t *room;

	(void)state;
	lab_init(&l);
	assert_true(put(&l, "doors", 1, "one"));
	room = ward_flight_room(l.f, WARD_STR("doors"), 10);
	assert_non_null(room);
	memcpy(room, "two", 3);
	die(&l);
	live(&l);
	assert_false(l.torn);
	expect(&l, "doors", 1, "one");
	expect_none(&l);
	lab_fini(&l);
}

/* Only ends in its midst count: a life that ends later does not make it a bad record. */
static void given_up(void **state)
{
	struct ward_flight_record r;
	struct lab l;
	bool up;

	(void)state;
	lab_init(&l);
	assert_true(put(&l, "doors", 1, "good") && put(&l, "doors", 2, "bad"));
	for (int i = 0; i < WARD_FLIGHT_LIVES; i++) {
		die(&l);
		live(&l);
		expect(&l, "doors", 1, "good");
		expect(&l, "doors", 2, "bad");
	}
	die(&l);
	live(&l);
	expect(&l, "doors", 1, "good");
	assert_true(ward_flight_next(l.f, &r, &up) && up);
	assert_true(ward_str_eqz(ward_slice_text(r.bytes), "bad"));
	expect_none(&l);
	lab_fini(&l);
}

static void full(void **state)
{
	struct lab l;
	uint64_t n = 0, found = 0;
	struct ward_flight_record r;
	bool up;

	(void)state;
	lab_init(&l);
	while (put(&l, "doors", n, "something that is kept"))
		n++;
	assert_in_range(n, 50000, 200000);
	die(&l);
	live(&l);
	while (ward_flight_next(l.f, &r, &up))
		assert_true(r.seq == found++);
	assert_int_equal(found, n);
	ward_flight_clear(l.f);
	assert_true(put(&l, "doors", n, "again"));
	lab_fini(&l);
}

/* Whatever the memory holds, what is read lies in it. */
static void torn(void **state)
{
	static const uint64_t said[] = {
		1, 37, 38, 1000, WARD_FLIGHT_BYTES - 8, WARD_FLIGHT_BYTES, UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		struct ward_flight_record r;
		struct lab l;
		bool up;

		lab_init(&l);
		assert_true(put(&l, "doors", 1, "one"));
		die(&l);
		assert_int_equal(pwrite(l.fd, &said[i], 8, 0), 8);
		live(&l);
		assert_int_equal(l.torn, said[i] != 38);
		while (ward_flight_next(l.f, &r, &up))
			assert_true(r.bytes.len <= WARD_FLIGHT_BYTES);
		lab_fini(&l);
	}
}

static void not_such_a_file(void **state)
{
	struct ward_flight *f;
	bool up;
	int fd = memfd_create("small", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(ward_flight_attach(ward_mem_heap(), fd, &up, &f), WARD_ERR_STATE);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_life_finds_it),
		cmocka_unit_test(half_written),
		cmocka_unit_test(given_up),
		cmocka_unit_test(full),
		cmocka_unit_test(torn),
		cmocka_unit_test(not_such_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Suspicious files on their way to who keeps them: pieces over a real link, put together at its
 * other end as `clips` does, which may begin anew in the middle. */
#include "run/keeping.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

enum { SIZE = 3 * WARD_PHOTO_PIECE - 7, TURNS = 64 };

static uint8_t content[SIZE], buf[WARD_MSG_MAX];

struct lab {
	struct ward_keeping k;
	struct ward_clock_fake clock;
	struct ward_counters counters;
	struct ward_photo_in in; /* of who keeps them */
	int other, file;
	size_t n_piece, n_whole;
	struct ward_id by; /* of the last piece */
};

static int up(void **state)
{
	static struct lab l;
	int pair[2];

	l = (struct lab){.file = memfd_create("file", MFD_CLOEXEC)};
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 31 + i / 251);
	assert_int_equal(write(l.file, content, sizeof(content)), (ssize_t)sizeof(content));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(fcntl(pair[i], F_SETFL, O_NONBLOCK), 0);
	ward_clock_fake_init(&l.clock, 1000 * WARD_NS_PER_S);
	l.other = pair[1];
	l.k.link = pair[0];
	l.k.most = SIZE;
	l.k.clock = &l.clock.clock;
	l.k.counters = &l.counters;
	l.k.next_id = 7;
	*state = &l;
	return 0;
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_keeping_end(&l->k);
	ward_photo_forget(&l->in);
	(void)close(l->k.link);
	(void)close(l->other);
	(void)close(l->file);
	return 0;
}

static uint64_t counted(const struct lab *l, const char *name)
{
	return ward_counter_get(&l->counters, name);
}

static void answer(struct lab *l, uint32_t id, enum ward_err err, const struct ward_id *kept)
{
	uint8_t body[256], json[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body)), j = ward_wr_fixed(json, sizeof(json));

	if (kept)
		ward_photo_say(&j, *kept);
	const struct ward_decided d = {err, WARD_STR(""), ward_wr_text(&j)};

	ward_decided_put(&w, &d);
	assert_int_equal(ward_msg_send(l->other, WARD_MSG_DECIDED, id, ward_wr_slice(&w)), WARD_OK);
}

/* What came is put together and answered; false: nothing did. */
static bool keep(struct lab *l)
{
	struct ward_photo_piece p;
	struct ward_msg m;
	uint8_t sum[32];
	struct ward_id id;

	if (ward_msg_recv(l->other, buf, &m) != WARD_OK)
		return false;
	assert_int_equal(m.type, WARD_MSG_PHOTO);
	assert_int_equal(ward_photo_get(&m.body, &p), WARD_OK);
	l->n_piece++;
	l->by = p.by;
	enum ward_err err = ward_photo_take(&l->in, &p, SIZE);

	if (!err) {
		assert_memory_equal(l->in.file.p, content, SIZE);
		ward_sha256(ward_wr_slice(&l->in.file), sum);
		memcpy(id.b, sum, sizeof(id.b));
		l->n_whole++;
		ward_photo_forget(&l->in);
	}
	answer(l, m.id, err == WARD_ERR_AGAIN ? WARD_OK : err, err ? NULL : &id);
	return true;
}

static void turn(struct lab *l)
{
	assert_int_equal(ward_keeping_turn(&l->k), WARD_OK);
}

static void finish(struct lab *l)
{
	for (int i = 0; l->k.n && i < TURNS; i++) {
		turn(l);
		(void)keep(l);
	}
	assert_true(!l->k.n);
}

/* In pieces, once, with what it has to be. */
static void whole(void **state)
{
	struct lab *l = *state;
	uint8_t sum[32];

	ward_sha256(ward_slice_of(content, sizeof(content)), sum);
	ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, sum);
	finish(l);
	assert_true(l->n_piece == 3 && l->n_whole == 1);
	assert_memory_equal(l->by.b, sum, sizeof(l->by.b));
	assert_true(counted(l, "file.kept") == 1);
}

/* Who keeps them is begun anew behind the first piece, and has nothing of it: so does the file. */
static void begun_anew(void **state)
{
	struct lab *l = *state;

	ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, NULL);
	turn(l);
	assert_true(keep(l));
	ward_photo_forget(&l->in);
	finish(l);
	assert_true(l->n_whole == 1 && counted(l, "file.kept") == 1);
	assert_true(counted(l, "file.not_kept") == 0);
}

/* Once: who refuses it each time gets it no more. */
static void refused(void **state)
{
	struct lab *l = *state;

	ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, NULL);
	for (int i = 0; l->k.n && i < TURNS; i++) {
		turn(l);
		if (keep(l))
			ward_photo_forget(&l->in);
	}
	assert_true(!l->k.n && !l->n_whole && l->n_piece == 4);
	assert_true(counted(l, "file.not_kept") == 1);
}

/* No answer: after ten seconds all of it goes again. */
static void unanswered(void **state)
{
	struct lab *l = *state;
	struct ward_msg m;

	ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, NULL);
	turn(l);
	assert_int_equal(ward_msg_recv(l->other, buf, &m), WARD_OK); /* and nothing is said */
	turn(l);
	assert_int_equal(ward_msg_recv(l->other, buf, &m), WARD_ERR_AGAIN);
	l->clock.at += 11 * WARD_NS_PER_S;
	finish(l);
	assert_true(l->n_whole == 1);
}

/* What finds no room, is too large, empty, or shorter by now. */
static void not_kept(void **state)
{
	struct lab *l = *state;

	l->k.most = SIZE - 1;
	ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, NULL);
	assert_true(!l->k.n && counted(l, "file.not_kept") == 1);
	l->k.most = SIZE;
	for (size_t i = 0; i <= WARD_KEEPING; i++)
		ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, NULL);
	assert_true(l->k.n == WARD_KEEPING && counted(l, "file.not_kept") == 2);
	assert_int_equal(ftruncate(l->file, 0), 0);
	ward_keeping_add(&l->k, l->file, (struct ward_id){{1}}, NULL);
	finish(l);
	assert_true(counted(l, "file.not_kept") == 3 + WARD_KEEPING && !l->n_piece);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(whole), T(begun_anew), T(refused), T(unanswered), T(not_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

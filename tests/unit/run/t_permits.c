/* The supervisor's watch over permits.csv: what it appends to the journal, which is a socket here.
 */
#include "../model/lab.h"
#include "run/permits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "id,place,from,until,who,effects,ended\n"
#define ROW(id, who) id ",f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z," who ",bms.*,\n"

struct fix {
	uint32_t last; /* id of the last message */
	struct lab lab;
	struct ward_clock_fake clock;
	struct ward_log log;
	struct ward_reporter reporter;
	struct ward_permit_watch w;
	char dir[64];
	int journal; /* the other end */
	struct ward_names names;
	struct ward_arena arena;
	unsigned version; /* of the file: its size tells versions apart, whatever the clock */
	uint8_t buf[WARD_MSG_MAX];
	struct ward_record rec[WARD_WIRE_BATCH_MAX];
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));
	ward_ns now;
	int sv[2];

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-19T10:00:00Z"), &now), WARD_OK);
	ward_clock_fake_init(&x->clock, now);
	ward_log_init(&x->log, open("/dev/null", O_WRONLY | O_CLOEXEC), WARD_LOG_ERROR, "t",
		&x->clock.clock);
	ward_reporter_init(&x->reporter, &x->clock.clock, &x->log);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv), 0);
	assert_int_equal(fcntl(sv[1], F_SETFL, O_NONBLOCK), 0);
	x->reporter.journal = sv[0];
	x->journal = sv[1];
	(void)snprintf(x->dir, sizeof(x->dir), "/tmp/ward-permits-XXXXXX");
	assert_non_null(mkdtemp(x->dir));
	assert_int_equal(ward_names_init(&x->names, ward_mem_heap(), &x->lab.lim), WARD_OK);
	ward_arena_init(&x->arena, ward_mem_heap(), 1 << 20);
	ward_permit_watch_init(&x->w, x->lab.m, &x->lab.lim, x->dir, &x->reporter);
	*state = x;
	return 0;
}

static void path_of(const struct fix *x, char path[96])
{
	(void)snprintf(path, 96, "%s/permits.csv", x->dir);
}

static int teardown(void **state)
{
	struct fix *x = *state;
	char path[96];

	path_of(x, path);
	(void)unlink(path);
	(void)rmdir(x->dir);
	ward_permit_watch_fini(&x->w);
	ward_reporter_fini(&x->reporter);
	(void)close(x->journal);
	(void)close(x->log.fd);
	ward_names_fini(&x->names);
	ward_arena_fini(&x->arena);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static void file(struct fix *x, const char *text)
{
	char path[96];
	FILE *f;

	path_of(x, path);
	f = fopen(path, "we");
	assert_non_null(f);
	for (unsigned i = 0; i <= x->version; i++)
		(void)fputs("#\n", f);
	x->version++;
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* What the next look appends: "*" for a reset, else "id" or "id!" when it is ended, blanks between.
 */
static const char *look(struct fix *x)
{
	static char text[512];
	size_t len = 0, n = 0;
	struct ward_msg m;

	text[0] = 0;
	ward_permit_watch_look(&x->w);
	while (ward_msg_recv(x->journal, x->buf, &m) == WARD_OK) {
		assert_int_equal(m.type, WARD_MSG_APPEND);
		assert_true(m.id & WARD_REPORT_PERMIT);
		assert_int_not_equal(m.id, x->last); /* else the journal takes it for the same */
		x->last = m.id;
		assert_int_equal(
			ward_wire_append(&m.body, 1u << WARD_LANE_CONTROL, 1, x->rec, &n), WARD_OK);
		for (size_t i = 0; i < n; i++) {
			struct ward_event e;
			struct ward_permit p = {.id = WARD_STR("*"), .ended = WARD_NS_NEVER};

			ward_arena_reset(&x->arena);
			assert_int_equal(ward_event_decode(x->rec[i].data, &x->names, &x->arena,
						 &x->lab.lim, &e),
				WARD_OK);
			assert_true(ward_str_eqz(
				ward_name_text(&x->names, e.class), WARD_PERMIT_CLASS));
			if (!ward_permit_is_reset(&e, &x->names))
				assert_int_equal(
					ward_permit_of_event(&e, &x->names, x->lab.m, &p), WARD_OK);
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s%s",
				len ? " " : "", WARD_STR_ARG(p.id),
				p.ended == WARD_NS_NEVER ? "" : "!");
		}
	}
	return text;
}

static void news_only(void **state)
{
	struct fix *x = *state;

	assert_string_equal(look(x), "*"); /* no file: nothing is permitted */
	assert_string_equal(look(x), "");
	file(x, HEAD ROW("a", "F"));
	assert_string_equal(look(x), "a");
	assert_string_equal(look(x), "");
	file(x, HEAD ROW("a", "F") ROW("b", "F"));
	assert_string_equal(look(x), "b");
	file(x, HEAD ROW("a", "G") ROW("b", "F")); /* another firm */
	assert_string_equal(look(x), "a");
	file(x, HEAD ROW("b", "F")); /* a line that is gone */
	assert_string_equal(look(x), "a!");
	assert_string_equal(look(x), "");
	/* a line that is wrong covers nothing; the others hold */
	file(x, HEAD
		"b,nowhere,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,F,bms.*,\n" ROW("c", "F"));
	assert_string_equal(look(x), "c b!");
}

/* What can't be read permits nothing; leave to read it is noticed. */
static void unreadable(void **state)
{
	struct fix *x = *state;
	char path[96];

	file(x, HEAD ROW("a", "F"));
	assert_string_equal(look(x), "* a");
	path_of(x, path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_string_equal(look(x), "a!");
	assert_int_equal(rmdir(path), 0);
	file(x, HEAD ROW("a", "F"));
	assert_string_equal(look(x), "a");
}

/* What was over a day ago is told no more; what is over since, for late evidence. */
static void over(void **state)
{
	struct fix *x = *state;

	file(x, HEAD "old,f,2026-03-17T09:00:00Z,2026-03-18T09:00:00Z,F,bms.*,\n"
		     "late,f,2026-03-19T07:00:00Z,2026-03-19T09:00:00Z,F,bms.*,\n"
		     "done,f,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,F,bms.*,"
		     "2026-03-19T09:30:00Z\n");
	assert_string_equal(look(x), "* done! late");
}

static void all_again(void **state)
{
	struct fix *x = *state;
	uint8_t body[9] = {WARD_ERR_FULL};

	file(x, HEAD ROW("a", "F"));
	assert_string_equal(look(x), "* a");
	ward_permit_watch_again(&x->w); /* the brain was started again */
	assert_string_equal(look(x), "* a");
	assert_string_equal(look(x), "");
	/* the journal had no room */
	assert_int_equal(ward_msg_send(x->journal, WARD_MSG_APPENDED, WARD_REPORT_PERMIT,
				 ward_slice_of(body, sizeof(body))),
		WARD_OK);
	ward_report_heard(&x->reporter);
	assert_string_equal(look(x), "* a");
	body[0] = WARD_OK;
	assert_int_equal(ward_msg_send(x->journal, WARD_MSG_APPENDED, WARD_REPORT_PERMIT,
				 ward_slice_of(body, sizeof(body))),
		WARD_OK);
	ward_report_heard(&x->reporter);
	assert_string_equal(look(x), "");
}

/* A journal whose queue is full gets all of it later. */
static void full_queue(void **state)
{
	struct fix *x = *state;
	char text[4096] = HEAD;
	struct ward_msg m;
	size_t n = 0;

	for (unsigned i = 0; i < 5000 && ward_msg_send(x->reporter.journal, WARD_MSG_READ, i,
						 ward_slice_of(text, sizeof(text))) == WARD_OK;
		i++) {
		(void)fcntl(x->reporter.journal, F_SETFL, O_NONBLOCK);
		n++;
	}
	file(x, HEAD ROW("a", "F"));
	ward_permit_watch_look(&x->w); /* refused */
	while (ward_msg_recv(x->journal, x->buf, &m) == WARD_OK)
		assert_int_equal(m.type, WARD_MSG_READ);
	assert_true(n > 0);
	assert_string_equal(look(x), "* a");
	assert_string_equal(look(x), "");
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(news_only), T(unreadable), T(over), T(all_again), T(full_queue)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

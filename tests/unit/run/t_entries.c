/* The supervisor's watch over care.csv: what it appends to the journal, which is a socket here. */
#include "../model/lab.h"
#include "run/entries.h"
#include "run/handed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD "where,state,made,until,by\n"
#define ROW(state, by) "surgery," state ",2026-03-19T09:00:00Z,2026-03-19T11:00:00Z," by "\n"

struct fix {
	struct lab lab;
	struct ward_clock_fake clock;
	struct ward_log log;
	struct ward_reporter reporter;
	struct ward_entry_watch w;
	char dir[64], path[96];
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
	(void)snprintf(x->dir, sizeof(x->dir), "/tmp/ward-entries-XXXXXX");
	assert_non_null(mkdtemp(x->dir));
	(void)snprintf(x->path, sizeof(x->path), "%s/care.csv", x->dir);
	assert_int_equal(ward_names_init(&x->names, ward_mem_heap(), &x->lab.lim), WARD_OK);
	ward_arena_init(&x->arena, ward_mem_heap(), 1 << 20);
	ward_entry_watch_init(&x->w, x->lab.m, &x->lab.lim, x->dir, &x->reporter);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	(void)unlink(x->path);
	(void)rmdir(x->dir);
	ward_entry_watch_fini(&x->w);
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
	FILE *f = fopen(x->path, "we");

	assert_non_null(f);
	for (unsigned i = 0; i <= x->version; i++)
		(void)fputs("#\n", f);
	x->version++;
	(void)fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static struct ward_str field(struct fix *x, const struct ward_event *e, const char *name)
{
	const struct ward_value *v = ward_event_get(e, ward_name(&x->names, ward_str_z(name)));

	return v && v->kind == WARD_VALUE_STR ? v->s : WARD_STR("");
}

/* What the next look appends: "state/by", or "-" for one that is gone, blanks between. */
static const char *look(struct fix *x)
{
	static char text[512];
	size_t len = 0, n = 0;
	struct ward_msg m;

	text[0] = 0;
	ward_entry_watch_look(&x->w);
	while (ward_msg_recv(x->journal, x->buf, &m) == WARD_OK) {
		assert_int_equal(m.type, WARD_MSG_APPEND);
		assert_int_equal(
			ward_wire_append(&m.body, 1u << WARD_LANE_CONTROL, 1, x->rec, &n), WARD_OK);
		for (size_t i = 0; i < n; i++) {
			struct ward_event e;

			ward_arena_reset(&x->arena);
			assert_int_equal(ward_event_decode(x->rec[i].data, &x->names, &x->arena,
						 &x->lab.lim, &e),
				WARD_OK);
			assert_true(e.class == ward_name(&x->names, WARD_STR(WARD_CARE_CLASS)));
			assert_int_equal(field(x, &e, "care.entry").len, 36);
			struct ward_str by = field(x, &e, "care.by"),
					is = field(x, &e, "care.state");

			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s%s%.*s",
				len ? " " : "", WARD_STR_ARG(is), by.len ? "/" : "-",
				WARD_STR_ARG(by));
		}
	}
	return text;
}

static void told(void **state)
{
	struct fix *x = *state;

	assert_string_equal(look(x), "");
	file(x, HEAD ROW("closed", "a"));
	assert_string_equal(look(x), "closed/a");
	assert_string_equal(look(x), "");
	file(x, HEAD ROW("closed", "a") ROW("open", "b"));
	assert_string_equal(look(x), "open/b");
	/* a line that is wrong says nothing; one that is gone is told; what is long over is not */
	file(x, HEAD ROW("opened", "c") ROW(
			"open", "b") "surgery,open,2026-03-17T09:00:00Z,2026-03-17T10:00:00Z,d\n");
	assert_string_equal(look(x), "-");
	/* it comes back */
	file(x, HEAD ROW("open", "b") ROW("closed", "a"));
	assert_string_equal(look(x), "closed/a");
	/* the journal had no room: all again */
	x->reporter.refused = true;
	assert_string_equal(look(x), "open/b closed/a");
	x->reporter.refused = false;
	(void)unlink(x->path);
	assert_string_equal(look(x), "- -");
	assert_string_equal(look(x), "");
}

/* Without a journal nothing is lost: all is told once there is one. */
static void later(void **state)
{
	struct fix *x = *state;
	int fd = x->reporter.journal;

	file(x, HEAD ROW("closed", "a"));
	x->reporter.journal = -1;
	assert_string_equal(look(x), "");
	x->reporter.journal = fd;
	assert_string_equal(look(x), "closed/a");
}

/* What can't be read takes nothing back. */
static void unreadable(void **state)
{
	struct fix *x = *state;

	file(x, HEAD ROW("closed", "a"));
	assert_string_equal(look(x), "closed/a");
	(void)unlink(x->path);
	assert_int_equal(mkdir(x->path, 0700), 0);
	assert_string_equal(look(x), "");
	assert_int_equal(rmdir(x->path), 0);
	assert_string_equal(look(x), "-");
}

struct hand {
	struct fix *x;
	int fd;
};

static void hand(void *ctx, const struct ward_care_entries *all)
{
	struct hand *h = ctx;

	assert_true(ward_entries_hand(h->fd, all, h->x->lab.m, ward_clock_now(&h->x->clock.clock)));
}

/* What is handed on is what the file says, but for lines that are wrong or long over; half of it is
 * none of it. */
static void handed(void **state)
{
	struct fix *x = *state;
	struct hand h = {x, memfd_create("care", MFD_CLOEXEC)};
	struct ward_entries_taken t;
	const uint8_t torn = 'x';
	uint8_t was;

	ward_entries_taken_init(&t, ward_mem_heap());
	assert_true(h.fd >= 0);
	assert_int_equal(ward_entries_take(&t, h.fd, x->lab.m, &x->lab.lim), WARD_ERR_AGAIN);
	x->w.on_entries = hand;
	x->w.ctx = &h;
	file(x, "where,state,staffed,bed_type,made,until,by,why\n"
		"surgery,closed,,,2026-03-19T09:00:00Z,2026-03-19T11:00:00.5Z,a,\"no, "
		"\"\"none\"\"\"\n"
		"surgery,opened,,,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,b,\n"
		"surgery,,4,AdultICU,2026-03-19T09:00:00Z,2026-03-19T11:00:00Z,c,\n"
		"surgery,open,,,2026-03-09T09:00:00Z,2026-03-09T11:00:00Z,d,\n");
	(void)look(x);
	assert_int_equal(ward_entries_take(&t, h.fd, x->lab.m, &x->lab.lim), WARD_OK);
	assert_int_equal(t.is.n, 2);
	assert_int_equal(t.is.at[0].value[WARD_CARE_STATE], WARD_CARE_STATE_CLOSED);
	assert_int_equal(t.is.at[0].where, lab_node(&x->lab, "surgery"));
	assert_true(ward_str_eqz(t.is.at[0].why, "no, \"none\""));
	assert_int_equal(t.is.at[0].until % WARD_NS_PER_S, WARD_NS_PER_S / 2);
	assert_int_equal(t.is.at[1].value[WARD_CARE_STAFFED], 4);
	assert_int_equal(t.is.at[1].bed, WARD_BED_ADULT_ICU);
	assert_int_equal(ward_entries_take(&t, h.fd, x->lab.m, &x->lab.lim), WARD_ERR_AGAIN);
	file(x, HEAD ROW("open", "e"));
	(void)look(x);
	assert_int_equal(pread(h.fd, &was, 1, 40), 1);
	assert_int_equal(pwrite(h.fd, &torn, 1, 40), 1);
	assert_int_equal(ward_entries_take(&t, h.fd, x->lab.m, &x->lab.lim), WARD_ERR_AGAIN);
	assert_int_equal(t.is.n, 2);
	assert_int_equal(pwrite(h.fd, &was, 1, 40), 1);
	assert_int_equal(ward_entries_take(&t, h.fd, x->lab.m, &x->lab.lim), WARD_OK);
	assert_int_equal(t.is.n, 1);
	ward_entries_taken_fini(&t);
	(void)close(h.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(told, setup, teardown),
		cmocka_unit_test_setup_teardown(later, setup, teardown),
		cmocka_unit_test_setup_teardown(unreadable, setup, teardown),
		cmocka_unit_test_setup_teardown(handed, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "unit.h"

#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct fix {
	int fd[2];
	struct ward_clock_fake clock;
	struct ward_log log;
	char text[8192];
};

static int setup(void **state)
{
	static struct fix f;

	if (pipe2(f.fd, O_NONBLOCK) != 0)
		return -1;
	ward_clock_fake_init(&f.clock, 0);
	ward_log_init(&f.log, f.fd[1], WARD_LOG_INFO, "brain", &f.clock.clock);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fix *f = *state;

	close(f->fd[0]);
	close(f->fd[1]);
	return 0;
}

static const char *said(struct fix *f)
{
	ssize_t n = read(f->fd[0], f->text, sizeof(f->text) - 1);

	f->text[n > 0 ? n : 0] = 0;
	return f->text;
}

static void fields(void **state)
{
	struct fix *f = *state;

	WARD_LOG(&f->log, WARN, "net.drop", WARD_KV_U("packets", UINT64_MAX), WARD_KV_I("by", -3),
		WARD_KV_Z("iface", "e\"0"), WARD_KV_S("s", WARD_STR("x\ny")),
		WARD_KV_E(WARD_ERR_NOMEM));
	assert_string_equal(said(f),
		"{\"time\":\"1970-01-01T00:00:00Z\",\"level\":\"warn\",\"process\":\"brain\","
		"\"event\":\"net.drop\",\"packets\":18446744073709551615,\"by\":-3,"
		"\"iface\":\"e\\\"0\",\"s\":\"x\\ny\",\"err\":\"out of memory\"}\n");
	ward_log_put(&f->log, WARD_LOG_ERROR, "plain", NULL, 0);
	assert_string_equal(said(f), "{\"time\":\"1970-01-01T00:00:00Z\",\"level\":\"error\","
				     "\"process\":\"brain\",\"event\":\"plain\"}\n");
}

static void level(void **state)
{
	struct fix *f = *state;

	ward_log_put(&f->log, WARD_LOG_DEBUG, "quiet", NULL, 0);
	assert_string_equal(said(f), "");
	f->log.level = WARD_LOG_DEBUG;
	ward_log_put(&f->log, WARD_LOG_DEBUG, "quiet", NULL, 0);
	assert_non_null(strstr(said(f), "\"debug\""));
}

/* Ten of one id within a second; the next second says how many were held back. */
static void repeats(void **state)
{
	struct fix *f = *state;

	for (int i = 0; i < 25; i++)
		ward_log_put(&f->log, WARD_LOG_INFO, "again", NULL, 0);
	const char *text = said(f);
	int lines = 0;

	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 10);
	ward_log_put(&f->log, WARD_LOG_INFO, "other", NULL, 0);
	assert_non_null(strstr(said(f), "\"other\"")); /* ids don't hinder each other */
	f->clock.at = WARD_NS_PER_S;
	ward_log_put(&f->log, WARD_LOG_INFO, "again", NULL, 0);
	assert_non_null(strstr(said(f), "\"held_back\":15}"));
	ward_log_put(&f->log, WARD_LOG_INFO, "again", NULL, 0);
	assert_null(strstr(said(f), "held_back")); /* told once */
	f->clock.at = 0;                           /* the clock was set back */
	ward_log_put(&f->log, WARD_LOG_INFO, "again", NULL, 0);
	assert_non_null(strstr(said(f), "\"again\""));
}

/* More ids than the table holds: written, only not limited. */
static void many_ids(void **state)
{
	struct fix *f = *state;
	static char id[WARD_LOG_IDS + 1][8];

	for (int i = 0; i <= WARD_LOG_IDS; i++) {
		(void)snprintf(id[i], sizeof(id[i]), "id%d", i);
		ward_log_put(&f->log, WARD_LOG_INFO, id[i], NULL, 0);
		assert_non_null(strstr(said(f), id[i]));
	}
	for (int i = 0; i < 20; i++) {
		ward_log_put(&f->log, WARD_LOG_INFO, id[WARD_LOG_IDS], NULL, 0);
		assert_non_null(strstr(said(f), id[WARD_LOG_IDS]));
	}
}

static void lost(void **state)
{
	static char longer[5000];
	struct fix *f = *state;

	memset(longer, 'x', sizeof(longer) - 1);
	WARD_LOG(&f->log, INFO, "long", WARD_KV_Z("text", longer));
	assert_int_equal(f->log.n_lost, 1);
	assert_string_equal(said(f), "");
	f->log.fd = -1;
	ward_log_put(&f->log, WARD_LOG_INFO, "nowhere", NULL, 0);
	assert_int_equal(f->log.n_lost, 2);
}

#define F(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {F(fields), F(level), F(repeats), F(many_ids), F(lost)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

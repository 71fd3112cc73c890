/* The process for an existing broker: real Mosquitto, real journal, pseudonym and mqtt processes.
 * It lives in its cage, and what is published while it is dead reaches the journal afterwards. */
#include "event/event.h"
#include "journal/journal.h"
#include "live.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { TRIES = 600, TEXT = 256, SKIPPED = 77 };

struct house {
	char folder[64], journal_dir[128], conf[128], journal_arg[TEXT], key_arg[TEXT];
	char port_arg[32], port[16];
	struct live_process journal, pseudonym, mqtt;
	pid_t broker;
};

static void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

/* Runs a program with these arguments; 0 when it ended well. Output is dropped. */
static int run(const char *const *argv)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(127);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static int publish(struct house *h, const char *version, int seq, bool retain)
{
	char payload[TEXT];

	snprintf(
		payload, sizeof(payload), "{\"boot\":\"a\",\"seq\":%d,\"state\":\"granted\"}", seq);
	const char *argv[] = {"mosquitto_pub", "-h", "127.0.0.1", "-p", h->port, "-V", version,
		"-q", "1", "-t", "ward/v1/s/door/d1", "-m", payload, retain ? "-r" : NULL, NULL};

	return run(argv);
}

/* A broker on some free port: it says itself whether it got it. */
static void start_broker(struct house *h)
{
	snprintf(h->conf, sizeof(h->conf), "%s/conf", h->folder);
	for (int try = 0; try < 20; try++) {
		FILE *f = fopen(h->conf, "w");
		int status, port = 20000 + (int)((getpid() * 13 + try * 983) % 20000);

		assert_non_null(f);
		fprintf(f, "listener %d 127.0.0.1\nallow_anonymous true\n", port);
		assert_int_equal(fclose(f), 0);
		snprintf(h->port, sizeof(h->port), "%d", port);
		h->broker = fork();
		assert_true(h->broker >= 0);
		if (h->broker == 0) {
			if (freopen("/dev/null", "w", stderr))
				execlp("mosquitto", "mosquitto", "-c", h->conf, (char *)NULL);
			_exit(127);
		}
		for (int i = 0; i < TRIES; i++) {
			if (publish(h, "mqttv311", 0, true) == 0)
				return;
			if (waitpid(h->broker, &status, WNOHANG) == h->broker)
				break;
			pause_ms(50);
		}
	}
	fail_msg("no broker");
}

static void begin(struct house *h, const char *version_arg)
{
	int jm[2], pm[2];

	*h = (struct house){.broker = 0};
	live_folder(h->folder, sizeof(h->folder));
	snprintf(h->journal_dir, sizeof(h->journal_dir), "%s/journal", h->folder);
	snprintf(h->journal_arg, sizeof(h->journal_arg), "dir=%s", h->journal_dir);
	snprintf(h->key_arg, sizeof(h->key_arg), "dir=%s", h->folder);
	assert_int_equal(mkdir(h->journal_dir, 0700), 0);
	start_broker(h);
	snprintf(h->port_arg, sizeof(h->port_arg), "port=%s", h->port);
	live_pair(jm);
	live_pair(pm);
	h->journal = (struct live_process){
		.name = "journal", .arg = {h->journal_arg}, .fd = {{"mqtt", jm[0]}}};
	h->pseudonym = (struct live_process){
		.name = "pseudonym", .arg = {h->key_arg}, .fd = {{"mqtt", pm[0]}}};
	h->mqtt = (struct live_process){.name = "mqtt",
		.arg = {"source=sensors", "host=127.0.0.1", h->port_arg, "topic=ward/v1/s/#",
			version_arg},
		.fd = {{"journal", jm[1]}, {"pseudonym", pm[1]}}};
	live_start(&h->journal);
	live_start(&h->pseudonym);
	live_start(&h->mqtt);
}

static void end(struct house *h)
{
	struct live_process *const all[] = {&h->mqtt, &h->pseudonym, &h->journal};
	int status = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		assert_int_equal(live_end(all[i], SIGTERM), 0);
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		for (size_t k = 0; k < LIVE_FDS && all[i]->fd[k].name; k++)
			close(all[i]->fd[k].fd);
	assert_int_equal(kill(h->broker, SIGTERM), 0);
	assert_int_equal(waitpid(h->broker, &status, 0), h->broker);
	live_remove(h->folder);
}

/* Looks into the journal while it is being written. */
static bool has(const struct house *h, int64_t want)
{
	struct ward_journal_options o;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_io_dir io;
	struct ward_journal *j;
	struct ward_journal_cursor *cursor;
	struct ward_record r;
	bool found = false;

	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.read_only = true;
	if (ward_io_dir_open(&io, h->journal_dir, false, false) != WARD_OK)
		return false;
	if (ward_journal_open(&o, &io.io, ward_clock_system(), ward_mem_heap(), &j) != WARD_OK) {
		ward_io_dir_close(&io);
		return false;
	}
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(ward_journal_cursor_open(j, 0, &cursor), WARD_OK);
	while (!found && ward_journal_next_record(cursor, &r) == WARD_OK) {
		struct ward_event e;

		ward_arena_reset(&arena);
		assert_int_equal(r.source, 6);
		assert_int_equal(ward_event_decode(r.data, &names, &arena, &lim, &e), WARD_OK);
		assert_true(ward_str_eqz(ward_name_text(&names, e.source), "sensors"));
		const struct ward_value *seq = ward_event_get(&e, WARD_FIELD_SEQ);

		found = seq && seq->i == want;
	}
	ward_journal_cursor_close(cursor);
	ward_journal_close(j);
	ward_io_dir_close(&io);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return found;
}

static void wait_for(struct house *h, int64_t seq)
{
	for (int i = 0; i < TRIES; i++) {
		if (has(h, seq))
			return;
		live_check(&h->mqtt);
		live_check(&h->journal);
		pause_ms(50);
	}
	fail_msg("seq %lld never came", (long long)seq);
}

static void play(const char *version_arg, const char *version)
{
	struct house h;

	begin(&h, version_arg);
	wait_for(&h, 0); /* retained: so it has subscribed */
	assert_int_equal(publish(&h, version, 1, false), 0);
	wait_for(&h, 1);
	assert_true(WIFSIGNALED(live_end(&h.mqtt, SIGKILL)));
	assert_int_equal(publish(&h, version, 2, false), 0);
	live_start(&h.mqtt);
	wait_for(&h, 2);
	end(&h);
}

static void test_311(void **state)
{
	(void)state;
	play("version=3.1.1", "mqttv311");
}

static void test_5(void **state)
{
	(void)state;
	play("version=5", "mqttv5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_311),
		cmocka_unit_test(test_5),
	};
	const char *const help[] = {"mosquitto_pub", "--version", NULL};
	const char *const broker[] = {"mosquitto", "-h", NULL};

	if (run(help) == 127 || run(broker) == 127) {
		printf("skipped: mosquitto is not installed\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}

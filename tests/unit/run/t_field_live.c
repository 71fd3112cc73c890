/* What the field process acknowledges is in the journal: the real journal, pseudonym and field
 * processes, a client over TCP, and SIGKILL at any time. */
#include "event/event.h"
#include "journal/journal.h"
#include "live.h"
#include "sense/field/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MESSAGES = 500, WINDOW = 8, SENSORS = 5, PATIENCE_MS = 60000, TEXT = 256 };

struct live {
	char folder[64], journal_dir[128], journal_arg[TEXT], key_arg[TEXT];
	struct live_process journal, pseudonym, field;
	int port;
	uint64_t random;
};

static uint32_t draw(struct live *l, uint32_t below)
{
	/* Knuth, TAOCP 3.3.4: the MMIX constants; the high bits are the good ones */
	l->random = l->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(l->random >> 33) % below;
}

static void begin(struct live *l)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int jf[2], pf[2], fd;

	*l = (struct live){.random = 7};
	live_folder(l->folder, sizeof(l->folder));
	snprintf(l->journal_dir, sizeof(l->journal_dir), "%s/journal", l->folder);
	snprintf(l->journal_arg, sizeof(l->journal_arg), "dir=%s", l->journal_dir);
	snprintf(l->key_arg, sizeof(l->key_arg), "dir=%s", l->folder);
	assert_int_equal(mkdir(l->journal_dir, 0700), 0);
	live_pair(jf);
	live_pair(pf);
	assert_int_equal(ward_listen_socket(WARD_STR("127.0.0.1:0"), &fd), WARD_OK);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	l->port = ntohs(a.sin_port);
	l->journal = (struct live_process){
		.name = "journal", .arg = {l->journal_arg}, .fd = {{"field", jf[0]}}};
	l->pseudonym = (struct live_process){
		.name = "pseudonym", .arg = {l->key_arg}, .fd = {{"field", pf[0]}}};
	l->field = (struct live_process){.name = "field",
		.arg = {"mqtt=sensors", "topic=ward/v1/s/#"},
		.fd = {{"journal", jf[1]}, {"pseudonym", pf[1]}, {"mqtt.sensors", fd}}};
	live_start(&l->journal);
	live_start(&l->pseudonym);
	live_start(&l->field);
}

static void end(struct live *l)
{
	struct live_process *const all[] = {&l->field, &l->pseudonym, &l->journal};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		for (size_t k = 0; k < LIVE_FDS && all[i]->fd[k].name; k++)
			close(all[i]->fd[k].fd);
	live_remove(l->folder);
}

/* The client: MQTT 3.1.1, a lasting session, sends again what was not acknowledged. */
struct client {
	int fd; /* -1: not connected */
	uint8_t in[TEXT];
	size_t n_in;
	int next, acked; /* messages: acked <= unacknowledged < next */
};

static void message_text(int i, char *topic, char *payload)
{
	int sensor = i % SENSORS, seq = i / SENSORS;

	/* doors are evidence, temperatures telemetry; a badge goes through the pseudonym process */
	if (sensor % 2) {
		snprintf(topic, TEXT, "ward/v1/s/temperature/t%d", sensor);
		snprintf(payload, TEXT, "{\"boot\":\"b%d\",\"seq\":%d,\"value\":%d.5}", sensor, seq,
			20 + seq % 3);
		return;
	}
	snprintf(topic, TEXT, "ward/v1/s/door/d%d", sensor);
	snprintf(payload, TEXT,
		"{\"boot\":\"b%d\",\"seq\":%d,\"state\":\"granted\",\"badge\":\"%d\"}", sensor, seq,
		seq);
}

static void drop(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->n_in = 0;
}

static bool send_all(struct client *c, const uint8_t *p, size_t n)
{
	if (c->fd >= 0 && send(c->fd, p, n, MSG_NOSIGNAL) == (ssize_t)n)
		return true;
	drop(c);
	return false;
}

static bool publish(struct client *c, int i, bool dup)
{
	uint8_t packet[3 * TEXT];
	char topic[TEXT], payload[TEXT];
	struct ward_wr w = ward_wr_fixed(packet, sizeof(packet));

	message_text(i, topic, payload);
	size_t len = 2 + strlen(topic) + 2 + strlen(payload);

	ward_wr_u8(&w, (uint8_t)(0x32 | (dup ? 8 : 0)));
	ward_wr_varint(&w, len);
	ward_wr_be16(&w, (uint16_t)strlen(topic));
	ward_wr_z(&w, topic);
	ward_wr_be16(&w, (uint16_t)(1 + i));
	ward_wr_z(&w, payload);
	assert_false(ward_wr_bad(&w));
	return send_all(c, packet, w.len);
}

/* Waits for n bytes; false when the connection broke. */
static bool fill(struct client *c, size_t n)
{
	while (c->fd >= 0 && c->n_in < n) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN};

		if (poll(&p, 1, PATIENCE_MS) <= 0)
			fail_msg("no answer");
		ssize_t got = recv(c->fd, c->in + c->n_in, sizeof(c->in) - c->n_in, 0);

		if (got <= 0)
			drop(c);
		else
			c->n_in += (size_t)got;
	}
	return c->fd >= 0;
}

static void connect_client(struct live *l, struct client *c)
{
	static const uint8_t hello[] = {
		0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0, 60, 0, 2, 'c', '1'};
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)l->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	while (c->fd < 0) {
		live_check(&l->field);
		c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_true(c->fd >= 0);
		/* the listener is open as long as this test: the kernel takes it */
		assert_int_equal(connect(c->fd, (struct sockaddr *)&a, sizeof(a)), 0);
		if (!send_all(c, hello, sizeof(hello)) || !fill(c, 4))
			continue;
		assert_int_equal(c->in[0], 0x20);
		assert_int_equal(c->in[3], 0);
		c->n_in -= 4;
		memmove(c->in, c->in + 4, c->n_in);
		for (int i = c->acked; i < c->next && c->fd >= 0; i++)
			(void)publish(c, i, true);
	}
}

/* Takes one PUBACK, which must be for the oldest; false when the connection broke. */
static bool take_ack(struct client *c)
{
	if (!fill(c, 4))
		return false;
	assert_int_equal(c->in[0], 0x40);
	assert_int_equal(c->in[2] << 8 | c->in[3], 1 + c->acked);
	c->acked++;
	c->n_in -= 4;
	memmove(c->in, c->in + 4, c->n_in);
	return true;
}

/* Publishes all, with kills in between: mostly of field, now and then of the journal. */
static void publish_all(struct live *l)
{
	struct client c = {.fd = -1};
	int kills = 0;

	while (c.acked < MESSAGES) {
		connect_client(l, &c);
		while (c.fd >= 0 && c.next < MESSAGES && c.next - c.acked < WINDOW)
			(void)publish(&c, c.next++, false);
		uint32_t what = draw(l, 60);

		if (what < 2) {
			assert_true(WIFSIGNALED(live_end(&l->journal, SIGKILL)));
			live_start(&l->journal);
		} else if (what < 8) {
			assert_true(WIFSIGNALED(live_end(&l->field, SIGKILL)));
			live_start(&l->field);
			kills++;
		}
		for (uint32_t n = 1 + draw(l, WINDOW); n && c.acked < c.next; n--)
			if (!take_ack(&c))
				break;
	}
	drop(&c);
	assert_true(kills > 3);
}

struct found {
	struct ward_id id[MESSAGES];
	bool there[MESSAGES];
	size_t n_again;
};

static void find(const struct ward_event *e, struct found *f)
{
	const struct ward_value *seq = ward_event_get(e, WARD_FIELD_SEQ);
	struct ward_str sensor = ward_event_str(e, WARD_FIELD_SENSOR);

	if (!seq || sensor.len != 2) /* online */
		return;
	int i = (int)seq->i * SENSORS + (sensor.p[1] - '0');

	assert_in_range(i, 0, MESSAGES - 1);
	if (f->there[i]) {
		assert_true(ward_id_eq(f->id[i], e->id));
		f->n_again++;
	}
	f->there[i] = true;
	f->id[i] = e->id;
}

/* Every message that was acknowledged (all) is there; twice only with the same id; none is told as
 * missing; nothing reveals a badge. */
static void check_journal(const char *dir)
{
	struct found *f = calloc(1, sizeof(*f));
	struct ward_journal_options o;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_io_dir io;
	struct ward_journal *j;
	struct ward_journal_cursor *cursor;
	struct ward_record r;

	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.read_only = true;
	ward_arena_init(&arena, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(ward_io_dir_open(&io, dir, false, false), WARD_OK);
	assert_int_equal(
		ward_journal_open(&o, &io.io, ward_clock_system(), ward_mem_heap(), &j), WARD_OK);
	assert_int_equal(ward_journal_cursor_open(j, 0, &cursor), WARD_OK);
	while (ward_journal_next_record(cursor, &r) == WARD_OK) {
		struct ward_event e;

		ward_arena_reset(&arena);
		assert_int_equal(r.source, 4);
		assert_int_equal(ward_event_decode(r.data, &names, &arena, &lim, &e), WARD_OK);
		assert_true(ward_str_eqz(ward_name_text(&names, e.source), "sensors"));
		assert_false(ward_str_eqz(ward_name_text(&names, e.class), "source.gap"));
		assert_false(ward_str_eqz(ward_name_text(&names, e.class), "source.restart"));
		assert_true(ward_event_str(&e, WARD_FIELD_BADGE).len != 1);
		find(&e, f);
	}
	for (int i = 0; i < MESSAGES; i++)
		if (!f->there[i])
			fail_msg("message %d was acknowledged and is lost", i);
	print_message("%zu events came twice, with the same ids\n", f->n_again);
	ward_journal_cursor_close(cursor);
	ward_journal_close(j);
	ward_io_dir_close(&io);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	free(f);
}

static void test_kill(void **state)
{
	struct live l;

	(void)state;
	begin(&l);
	publish_all(&l);
	/* caged processes end cleanly, too */
	assert_int_equal(live_end(&l.field, SIGTERM), 0);
	assert_int_equal(live_end(&l.pseudonym, SIGTERM), 0);
	assert_int_equal(live_end(&l.journal, SIGTERM), 0);
	check_journal(l.journal_dir);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

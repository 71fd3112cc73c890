/* From a door controller's datagram to the alert that somebody outside has: after three durable
 * commits (journal, store, the row that queues the message), a whole propagation and, on loopback,
 * a POST or what is published by MQTT; where the time goes; and three durable writes alone, on the
 * same disk. Each run is the first alert of a Ward of its own, so that no run waits for another's
 * message. In networks of its own. */
#include "bench.h"
#include "files.h"

#include "base/clock.h"
#include "run/netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SYSLOG = 5514, OUTSIDE = 8099, PATIENCE_MS = 60000, ROUNDS = 40, MESSAGE_BYTES = 256 << 10 };

struct way;
struct alerts {
	const struct way *way;
	pid_t ward;
	int udp, listener, file;
	char dir[64], hospital[96], state[96];
	char message[MESSAGE_BYTES];
	double all[ROUNDS], queued[ROUNDS], sent[ROUNDS], bound[ROUNDS];
};

static struct sockaddr_in here(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void write_text(const char *dir, const char *name, const char *text)
{
	char path[160];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd) != 0)
		bench_die("%s: %s", path, strerror(errno));
}

static void start(struct alerts *a)
{
	struct bench_path ward = bench_ward();
	char *argv[] = {ward.s, "run", "--json", "--state", a->state, a->hospital, NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	a->ward = fork();
	if (a->ward < 0 || null < 0)
		bench_die("fork: %s", strerror(errno));
	if (a->ward == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		if (dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
			_exit(1);
		execv(ward.s, argv);
		_exit(1);
	}
	(void)close(null);
}

static void stop(struct alerts *a)
{
	if (!a->ward)
		return;
	(void)kill(a->ward, SIGTERM);
	(void)waitpid(a->ward, NULL, 0);
	a->ward = 0;
	bench_remove(a->state);
}

/* A connection is taken once Ward listens; the datagram socket is opened before that one. */
static void wait_listening(void)
{
	struct sockaddr_in at = here(SYSLOG);

	for (int i = 0; i < PATIENCE_MS / 20; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

		if (fd >= 0)
			(void)close(fd);
		if (ok)
			return;
		(void)poll(NULL, 0, 20);
	}
	bench_die("Ward does not listen");
}

/* Another Ward; then a while in which all its processes come to rest. */
static void renew(struct alerts *a)
{
	stop(a);
	if (mkdir(a->state, 0711) != 0)
		bench_die("%s: %s", a->state, strerror(errno));
	start(a);
	wait_listening();
	(void)poll(NULL, 0, 1000);
}

/* The whole request is here: its head says how long its body is. */
static bool is_whole(const char *text, size_t len)
{
	const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");

	return end && length && length < end &&
	       len - (size_t)(end + 4 - text) >= strtoul(length + 16, NULL, 10);
}

static void read_some(struct alerts *a, int fd, size_t *len)
{
	ssize_t n = read(fd, a->message + *len, sizeof(a->message) - *len - 1);

	if (n <= 0)
		bench_die("an alert broke off");
	*len += (size_t)n;
	a->message[*len] = 0;
}

static void serve_post(struct alerts *a, int fd)
{
	static const char answer[] = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
	size_t len = 0;

	do
		read_some(a, fd, &len);
	while (!is_whole(a->message, len));
	(void)!write(fd, answer, sizeof(answer) - 1);
}

/* A broker, as much of it as is asked for: CONNACK, and a PUBACK for each PUBLISH, which all have
 * QoS 1, until DISCONNECT. */
static void serve_mqtt(struct alerts *a, int fd)
{
	size_t len = 0, at = 0;

	for (;;) {
		const uint8_t *p = (const uint8_t *)a->message + at;
		size_t left = len - at, head = 1, body = 0;

		while (head < left && head < 5 && p[head] & 0x80)
			head++;
		for (size_t i = head; i; i--)
			body = head < left ? body << 7 | (p[i] & 0x7f) : SIZE_MAX / 2;
		if (!left || left < head + 1 + body) {
			read_some(a, fd, &len);
			continue;
		}
		const uint8_t *in = p + head + 1;
		size_t topic = body > 2 ? (size_t)in[0] << 8 | in[1] : 0;

		if (p[0] == 0xe0)
			return;
		if (p[0] == 0x10)
			(void)!write(fd, "\x20\3\0\0\0", 5);
		else if (p[0] >> 4 == 3 && topic + 4 <= body)
			(void)!write(
				fd, (const uint8_t[]){0x40, 2, in[2 + topic], in[3 + topic]}, 4);
		at += head + 1 + body;
	}
}

static const struct way {
	const char *recipient, *schema;
	void (*serve)(struct alerts *a, int fd);
	const char *whole, *queued, *sent;
} ways[] = {{"    webhook: http://127.0.0.1:%d/\n    secret_file: hook.secret\n", "ward.message/1",
		    serve_post, "alerts/datagram to webhook", "alerts/of it, until it is queued",
		    "alerts/of it, row and POST"},
	{"    mqtt: mqtt://127.0.0.1:%d\n", "ward.incident/1", serve_mqtt,
		"alerts/datagram to MQTT", "alerts/of it, until it is queued (MQTT)",
		"alerts/of it, row and topics"}};

/* The first message says what is in `text`: of MQTT it holds NUL bytes. */
static bool says(const struct alerts *a, const char *text)
{
	return memmem(a->message, sizeof(a->message), text, strlen(text)) != NULL;
}

static void receive(struct alerts *a)
{
	struct pollfd p = {.fd = a->listener, .events = POLLIN};

	memset(a->message, 0, sizeof(a->message));
	if (poll(&p, 1, PATIENCE_MS) != 1)
		bench_die("no alert came");
	int fd = accept4(a->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		bench_die("accept: %s", strerror(errno));
	a->way->serve(a, fd);
	(void)close(fd);
	if (!says(a, a->way->schema))
		bench_die("it is no alert: %.200s", a->message);
}

/* When the message was queued, as it says itself. */
static ward_ns queued_at(const struct alerts *a)
{
	static const char key[] = "\"time\":\"";
	const char *at = memmem(a->message, sizeof(a->message), key, sizeof(key) - 1);
	struct ward_str rest = ward_str_z(at ? at + 8 : "");
	ward_ns t = 0;

	if (ward_time_parse(ward_str_cut(&rest, '"'), &t) != WARD_OK)
		bench_die("the message has no time");
	return t;
}

static void force_door(struct alerts *a, size_t round)
{
	char text[512], when[48];
	struct ward_wr w = ward_wr_fixed((uint8_t *)when, sizeof(when));
	ward_ns begin = ward_clock_now(ward_clock_system());

	ward_time_write(&w, begin);
	int n = snprintf(text, sizeof(text),
		"<134>1 %.*s dc-au ward - door.forced [ward@32473 class=\"door.forced\" "
		"door=\"AU-D03\"]",
		(int)w.len, when);

	if (send(a->udp, text, (size_t)n, 0) != n)
		bench_die("send: %s", strerror(errno));
	receive(a);
	ward_ns end = ward_clock_now(ward_clock_system()), queued = queued_at(a);

	a->all[round] = (double)(end - begin);
	a->queued[round] = (double)(queued - begin);
	a->sent[round] = (double)(end - queued);
}

static void three_writes(struct alerts *a, size_t round)
{
	static const char block[4096];
	ward_ns begin = ward_clock_mono(ward_clock_system());

	for (int i = 0; i < 3; i++)
		if (write(a->file, block, sizeof(block)) != (ssize_t)sizeof(block) ||
			fdatasync(a->file) != 0)
			bench_die("the bound's file: %s", strerror(errno));
	a->bound[round] = (double)(ward_clock_mono(ward_clock_system()) - begin);
}

static void make_hospital(const struct alerts *a)
{
	struct bench_path pilot = bench_source("pilots/turin");
	const char *const copy[] = {"cp", "-r", pilot.s, a->hospital, NULL, NULL};

	bench_programs((void *)(uintptr_t)copy);
	write_text(a->hospital, "hook.secret", "a-secret-of-the-bench\n");
}

static void tell_by(struct alerts *a, const struct way *way)
{
	char text[256], port[8], *slot;

	a->way = way;
	(void)snprintf(port, sizeof(port), "%d", (int)OUTSIDE);
	(void)snprintf(
		text, sizeof(text), "recipients:\n  - id: soc\n    level: low\n%s", way->recipient);
	slot = strstr(text, "%d");
	if (!slot || strlen(text) + strlen(port) >= sizeof(text))
		bench_die("no port in '%s'", way->recipient);
	memmove(slot + strlen(port), slot + 2, strlen(slot + 2) + 1);
	memcpy(slot, port, strlen(port));
	write_text(a->hospital, "recipients.yml", text);
}

static void run_way(struct alerts *a)
{
	for (size_t i = 0; i < ROUNDS; i++) {
		renew(a);
		force_door(a, i);
		three_writes(a, i);
	}
	bench_given(&(struct bench){a->way->whole, "alert", 1, ROUNDS, BENCH_WALL}, a->all);
	bench_given(&(struct bench){a->way->queued, "alert", 1, ROUNDS, BENCH_WALL}, a->queued);
	bench_given(&(struct bench){a->way->sent, "alert", 1, ROUNDS, BENCH_WALL}, a->sent);
}

static void open_all(struct alerts *a)
{
	struct sockaddr_in log = here(SYSLOG), hook = here(OUTSIDE);
	char path[96];
	int on = 1;

	(void)snprintf(a->dir, sizeof(a->dir), "/tmp/ward-bench-XXXXXX");
	if (!mkdtemp(a->dir) || chmod(a->dir, 0711) != 0)
		bench_die("%s: %s", a->dir, strerror(errno));
	(void)snprintf(a->hospital, sizeof(a->hospital), "%s/hospital", a->dir);
	(void)snprintf(a->state, sizeof(a->state), "%s/state", a->dir);
	(void)snprintf(path, sizeof(path), "%s/bound", a->dir);
	a->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	a->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	a->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(a->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->file < 0 || a->udp < 0 || a->listener < 0 ||
		connect(a->udp, (struct sockaddr *)&log, sizeof(log)) != 0 ||
		bind(a->listener, (struct sockaddr *)&hook, sizeof(hook)) != 0 ||
		listen(a->listener, 8) != 0)
		bench_die("%s", strerror(errno));
}

int main(void)
{
	static struct alerts a;
	char why[WARD_NETNS_WHY];
	uid_t uids;

	if (ward_netns_enter(why, &uids) != WARD_OK ||
		ward_netns_pair("bms0", "bms0-far", why) != WARD_OK) {
		bench_skip("alerts/datagram to webhook", why);
		return 0;
	}
	open_all(&a);
	make_hospital(&a);
	for (size_t i = 0; i < WARD_ARRAY_LEN(ways); i++) {
		tell_by(&a, &ways[i]);
		run_way(&a);
	}
	bench_given(&(struct bench){"alerts/three writes alone", "alert", 1, ROUNDS, BENCH_WALL},
		a.bound);
	stop(&a);
	bench_remove(a.dir);
	return 0;
}

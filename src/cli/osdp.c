#include "cli/osdp.h"

#include "cli/commands.h"
#include "comply/pseudonym.h"
#include "sense/field/osdp.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 22, HOST_LEN = 256, CHUNK = 4096, POLL_MS = 500 };

struct line {
	const struct ward_cmd *cmd;
	const char *where, *name;
	uint64_t baud, seconds;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_pseudonym pseudonym;
	struct ward_wr out;
	struct ward_osdp *osdp;
	bool broken; /* standard output */
};

/* A key of this run alone: a card's number is short, so that with a known key all of them could be
 * tried. */
static void init_key(struct ward_pseudonym *p)
{
	for (size_t at = 0; at < sizeof(p->key); at += 16) {
		struct ward_seed s = ward_seed_random();

		_Static_assert(sizeof(s) == 16 && WARD_PSEUDONYM_KEY % 16 == 0, "two halves");
		memcpy(p->key + at, &s, sizeof(s));
	}
}

/* The number of a card goes no further. */
static enum ward_err put_event(void *ctx, const struct ward_event *said)
{
	struct line *l = ctx;
	struct ward_event e = *said;
	enum ward_err err = ward_pseudonym_event(&e, ward_pseudonym_token, &l->pseudonym);

	if (err)
		return err;
	ward_event_write_json(&e, &l->names, &l->out);
	ward_wr_ch(&l->out, '\n');
	l->broken = !ward_cli_put(&l->out, stdout);
	return l->broken ? WARD_ERR_IO : WARD_OK;
}

static int parse(struct line *l, int argc, char **argv)
{
	l->baud = 9600;
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		uint64_t *number = strcmp(arg, "--baud") == 0      ? &l->baud
				   : strcmp(arg, "--seconds") == 0 ? &l->seconds
								   : NULL;

		if (arg[0] != '-' || !arg[1]) {
			if (l->where)
				return ward_cli_usage(l->cmd, "one line only");
			l->where = arg;
			continue;
		}
		if (!number && strcmp(arg, "--line") != 0)
			return ward_cli_usage(l->cmd, "'%s' is not an option of osdp", arg);
		if (!value)
			return ward_cli_usage(l->cmd, "%s needs a value", arg);
		if (!number)
			l->name = value;
		else if (!ward_str_u64(ward_str_z(value), number))
			return ward_cli_usage(l->cmd, "%s needs a number", arg);
		i++;
	}
	if (!l->where)
		return ward_cli_usage(
			l->cmd, "which line? osdp FILE, '-', DEVICE or tcp://HOST:PORT");
	if (l->name && !ward_utf8_valid(ward_str_bytes(ward_str_z(l->name)), NULL))
		return ward_cli_usage(l->cmd, "--line is no UTF-8");
	return WARD_EXIT_DONE;
}

/* ---- the line ---- */

static int connect_to(struct line *l, struct ward_str at)
{
	char host[HOST_LEN], port[8];
	size_t colon = at.len;
	struct addrinfo hint = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	int fd = -1;

	while (colon > 0 && at.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || colon > sizeof(host) || at.len - colon >= sizeof(port) ||
		at.len == colon) {
		(void)ward_cli_usage(l->cmd, "'%s' is not tcp://HOST:PORT", l->where);
		return -2;
	}
	bool brackets = at.p[0] == '[' && at.p[colon - 2] == ']';
	size_t n = colon - 1 - (brackets ? 2 : 0);

	memcpy(host, at.p + (brackets ? 1 : 0), n);
	host[n] = 0;
	memcpy(port, at.p + colon, at.len - colon);
	port[at.len - colon] = 0;
	if (getaddrinfo(host, port, &hint, &found) != 0) {
		errno = EHOSTUNREACH;
		return -1;
	}
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			int why = errno;

			close(fd);
			errno = why;
			fd = -1;
		}
	}
	freeaddrinfo(found);
	return fd;
}

/* The rates of IEC 60839-11-5 5.4. */
static bool speed_of(uint64_t baud, speed_t *ret)
{
	static const struct {
		uint64_t baud;
		speed_t speed;
	} rate[] = {{9600, B9600}, {19200, B19200}, {38400, B38400}, {57600, B57600},
		{115200, B115200}, {230400, B230400}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(rate); i++)
		if (rate[i].baud == baud) {
			*ret = rate[i].speed;
			return true;
		}
	return false;
}

/* 8 bits, no parity, as they come. False: errno. */
static bool set_serial(int fd, speed_t speed)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0)
		return false;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return cfsetispeed(&t, speed) == 0 && cfsetospeed(&t, speed) == 0 &&
	       tcsetattr(fd, TCSANOW, &t) == 0;
}

/* -1: errno says why; -2: it was said. */
static int open_line(struct line *l)
{
	struct ward_str where = ward_str_z(l->where);
	speed_t speed = B9600;

	if (!speed_of(l->baud, &speed)) {
		(void)ward_cli_usage(
			l->cmd, "--baud is 9600, 19200, 38400, 57600, 115200 or 230400");
		return -2;
	}
	if (strcmp(l->where, "-") == 0)
		return STDIN_FILENO;
	if (ward_str_starts(where, WARD_STR("tcp://")))
		return connect_to(l, ward_str_sub(where, 6, where.len));
	int fd = open(l->where, O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && isatty(fd) && !set_serial(fd, speed)) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

/* Until its end, or for so many seconds. */
static enum ward_err listen_to(struct line *l, int fd)
{
	const struct ward_clock *clock = ward_clock_system();
	ward_ns begin = ward_clock_mono(clock);
	uint8_t buf[CHUNK];
	enum ward_err err = WARD_OK;

	while (!err) {
		struct pollfd p = {fd, POLLIN, 0};
		ward_ns gone = ward_clock_mono(clock) - begin;

		if (l->seconds && (uint64_t)(gone / WARD_NS_PER_S) >= l->seconds)
			break;
		if (poll(&p, 1, POLL_MS) < 0)
			return errno == EINTR ? WARD_OK : WARD_ERR_IO;
		if (!p.revents)
			continue;
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return WARD_ERR_IO;
		if (n == 0)
			break;
		err = ward_osdp_bytes(
			l->osdp, (struct ward_slice){buf, (size_t)n}, ward_clock_now(clock));
	}
	return err ? err : ward_osdp_end(l->osdp, ward_clock_now(clock));
}

static void summary(const struct line *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "counters");
	ward_counters_json(&l->counters, "", &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static int hear(struct line *l)
{
	bool live = strcmp(l->where, "-") == 0 || strncmp(l->where, "tcp://", 6) == 0 ||
		    strncmp(l->where, "/dev/", 5) == 0;
	struct ward_osdp_opts o = {.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.sink = {put_event, l},
		.line = ward_str_z(l->name ? l->name : ""),
		.epoch = live ? (uint64_t)ward_clock_now(ward_clock_system()) : 0};
	int fd = open_line(l);

	if (fd == -2)
		return WARD_EXIT_USAGE;
	if (fd < 0)
		return ward_cli_fail(l->cmd, "cannot open '%s': %s", l->where, strerror(errno));
	enum ward_err err = ward_osdp_new(&o, &l->osdp);

	if (!err)
		err = listen_to(l, fd);
	int why = errno;

	if (fd != STDIN_FILENO)
		close(fd);
	summary(l);
	if (l->broken)
		return WARD_EXIT_RUN;
	return err ? ward_cli_fail(l->cmd, "cannot read '%s': %s", l->where,
			     err == WARD_ERR_IO ? strerror(why) : ward_err_text(err))
		   : WARD_EXIT_DONE;
}

int ward_cli_osdp(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct line l = {.cmd = cmd};
	struct ward_limits lim;
	int rc = parse(&l, argc, argv);

	if (rc != WARD_EXIT_DONE)
		return rc;
	ward_limits_default(&lim);
	ward_counters_init(&l.counters);
	init_key(&l.pseudonym);
	if (ward_names_init(&l.names, ward_mem_heap(), &lim) != WARD_OK)
		return ward_cli_fail(cmd, "out of memory");
	l.out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	rc = hear(&l);
	ward_osdp_free(l.osdp);
	ward_wipe(&l.pseudonym, sizeof(l.pseudonym));
	ward_wr_fini(&l.out);
	ward_names_fini(&l.names);
	return rc;
}

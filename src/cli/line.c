#include "cli/line.h"

#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/patterns.h"
#include "comply/pseudonym.h"
#include "run/serial.h"
#include "sense/field/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 22, ARENA_MAX = 1 << 20, HOST_LEN = 256, CHUNK = 4096, POLL_MS = 500 };

/* A line whose control station polls nobody any more. */
static const ward_ns silent_after = 60 * WARD_NS_PER_S;

struct line {
	const struct ward_cmd *cmd;
	enum ward_tap_protocol protocol;
	const char *protocol_name, *where, *name, *frame, *charset, *content, *hospital;
	uint64_t baud, seconds;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_pseudonym pseudonym;
	struct ward_log_patterns *patterns; /* what words of a call mean */
	struct ward_arena arena;
	struct ward_wr out;
	struct ward_tap *tap;
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

/* The number of a card, or who a call is about, goes no further. */
static enum ward_err put_event(void *ctx, const struct ward_event *said)
{
	struct line *l = ctx;
	struct ward_pseudonym_way way = {
		.token = ward_pseudonym_token, .ctx = &l->pseudonym, .names = &l->names};
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&l->arena);
	err = ward_event_copy(said, &l->arena, &e);
	if (!err && l->patterns)
		err = ward_log_patterns_call(l->patterns, &e);
	if (!err)
		err = ward_pseudonym_event(&e, &way);
	if (err)
		return err;
	ward_event_write_json(&e, &l->names, &l->out);
	ward_wr_ch(&l->out, '\n');
	l->broken = !ward_cli_put(&l->out, stdout);
	return l->broken ? WARD_ERR_IO : WARD_OK;
}

static const char **text_of(struct line *l, const char *arg)
{
	const struct {
		const char *name;
		const char **to;
		bool espa;
	} option[] = {{"--line", &l->name, false}, {"--frame", &l->frame, false},
		{"--charset", &l->charset, true}, {"--content", &l->content, true},
		{"--hospital", &l->hospital, true}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(option); i++)
		if (strcmp(arg, option[i].name) == 0 &&
			(!option[i].espa || l->protocol == WARD_TAP_ESPA))
			return option[i].to;
	return NULL;
}

static int take(struct line *l, const char *arg, const char *value)
{
	const char **text = text_of(l, arg);
	uint64_t *number = strcmp(arg, "--baud") == 0      ? &l->baud
			   : strcmp(arg, "--seconds") == 0 ? &l->seconds
							   : NULL;

	if (!number && !text)
		return ward_cli_usage(l->cmd, "'%s' is not an option of %s", arg, l->protocol_name);
	if (!value)
		return ward_cli_usage(l->cmd, "%s needs a value", arg);
	if (text)
		*text = value;
	else if (!ward_str_u64(ward_str_z(value), number))
		return ward_cli_usage(l->cmd, "%s needs a number", arg);
	return WARD_EXIT_DONE;
}

static int check(const struct line *l)
{
	if (!l->where)
		return ward_cli_usage(l->cmd, "which line? %s FILE, '-', DEVICE or tcp://HOST:PORT",
			l->protocol_name);
	if (l->name && !ward_utf8_valid(ward_str_bytes(ward_str_z(l->name)), NULL))
		return ward_cli_usage(l->cmd, "--line is no UTF-8");
	if (!ward_serial_baud_known(l->baud))
		return ward_cli_usage(l->cmd, "--baud is 1200, 2400, 4800, 9600, 19200, 38400, "
					      "57600, 115200 or 230400");
	if (!ward_serial_frame_known(ward_str_z(l->frame)))
		return ward_cli_usage(l->cmd, "--frame is 8n1, 7e1, 7o1, 8e1, 8n2 or 7e2");
	if (ward_espa_charset_find(ward_str_z(l->charset)) == WARD_ESPA_CHARSETS)
		return ward_cli_usage(l->cmd, "--charset is latin-1 or din-66003");
	return WARD_EXIT_DONE;
}

static int parse(struct line *l, int argc, char **argv)
{
	int rc = WARD_EXIT_DONE;

	l->baud = 9600;
	l->frame = "8n1";
	l->charset = "latin-1";
	for (int i = 1; i < argc && rc == WARD_EXIT_DONE; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			rc = take(l, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
			i++;
		} else if (l->where) {
			rc = ward_cli_usage(l->cmd, "one line only");
		} else {
			l->where = argv[i];
		}
	}
	return rc == WARD_EXIT_DONE ? check(l) : rc;
}

/* ---- the line ---- */

static int connect_to(struct line *l, struct ward_str at)
{
	int fd = -1;
	enum ward_err err = ward_cli_connect(at, &fd);

	if (err == WARD_ERR_MALFORMED) {
		(void)ward_cli_usage(l->cmd, "'%s' is not tcp://HOST:PORT", l->where);
		return -2;
	}
	return fd;
}

/* -1: errno says why; -2: it was said. */
static int open_line(struct line *l)
{
	struct ward_str where = ward_str_z(l->where);
	int fd;

	if (strcmp(l->where, "-") == 0)
		return STDIN_FILENO;
	if (ward_str_starts(where, WARD_STR("tcp://")))
		return connect_to(l, ward_str_sub(where, 6, where.len));
	return ward_serial_open(l->where, l->baud, ward_str_z(l->frame), &fd) ? -1 : fd;
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
		err = ward_tap_tick(l->tap, ward_clock_now(clock));
		if (!p.revents)
			continue;
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return WARD_ERR_IO;
		if (n == 0)
			break;
		if (!err)
			err = ward_tap_bytes(
				l->tap, (struct ward_slice){buf, (size_t)n}, ward_clock_now(clock));
	}
	return err ? err : ward_tap_end(l->tap, ward_clock_now(clock));
}

static int hear(struct line *l)
{
	bool live = strcmp(l->where, "-") == 0 || strncmp(l->where, "tcp://", 6) == 0 ||
		    strncmp(l->where, "/dev/", 5) == 0;
	struct ward_tap_opts o = {.protocol = l->protocol,
		.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.sink = {put_event, l},
		.line = ward_str_z(l->name ? l->name : ""),
		.charset = ward_espa_charset_find(ward_str_z(l->charset)),
		.silent = live ? silent_after : 0,
		.epoch = live ? (uint64_t)ward_clock_now(ward_clock_system()) : 0};
	int fd = open_line(l);

	if (fd == -2)
		return WARD_EXIT_USAGE;
	if (fd < 0)
		return ward_cli_fail(l->cmd, "cannot open '%s': %s", l->where, strerror(errno));
	enum ward_err err = ward_tap_new(&o, &l->tap);

	if (!err)
		err = listen_to(l, fd);
	int why = errno;

	if (fd != STDIN_FILENO)
		close(fd);
	ward_cli_summary(&l->counters);
	if (l->broken)
		return WARD_EXIT_RUN;
	return err ? ward_cli_fail(l->cmd, "cannot read '%s': %s", l->where,
			     err == WARD_ERR_IO ? strerror(why) : ward_err_text(err))
		   : WARD_EXIT_DONE;
}

/* What the words of calls mean: only ESPA has some. */
static int load_patterns(struct line *l, const struct ward_limits *lim)
{
	const char *content;

	if (l->protocol != WARD_TAP_ESPA)
		return WARD_EXIT_DONE;
	content = ward_cli_content(l->cmd, l->content);
	return content ? ward_cli_patterns(
				 l->cmd, content, l->hospital, &l->names, lim, &l->patterns)
		       : WARD_EXIT_RUN;
}

int ward_cli_line(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct line l = {.cmd = cmd, .protocol_name = argv[0]};
	struct ward_limits lim;
	int rc;

	l.protocol = ward_tap_find(ward_str_z(argv[0]));
	rc = parse(&l, argc, argv);
	if (rc != WARD_EXIT_DONE)
		return rc;
	ward_limits_default(&lim);
	ward_counters_init(&l.counters);
	init_key(&l.pseudonym);
	ward_arena_init(&l.arena, ward_mem_heap(), ARENA_MAX);
	if (ward_names_init(&l.names, ward_mem_heap(), &lim) != WARD_OK)
		return ward_cli_fail(cmd, "out of memory");
	l.out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	rc = load_patterns(&l, &lim);
	if (rc == WARD_EXIT_DONE)
		rc = hear(&l);
	ward_tap_free(l.tap);
	ward_log_patterns_free(l.patterns);
	ward_wipe(&l.pseudonym, sizeof(l.pseudonym));
	ward_arena_fini(&l.arena);
	ward_wr_fini(&l.out);
	ward_names_fini(&l.names);
	return rc;
}

bool ward_cli_is_line(const char *word)
{
	return ward_tap_find(ward_str_z(word)) != WARD_TAP_N;
}

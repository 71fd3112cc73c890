#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/patterns.h"
#include "sense/log/log.h"

#include <errno.h>

enum { OUT_MAX = 1 << 24, OUT_FLUSH = 1 << 16, PROBLEMS_SHOWN = 20 };

struct args {
	const char *format, *file, *source, *now, *charset, *multiline, *state, *content, *hospital;
	bool json, follow, stats;
	int32_t utc_offset_s;
};

struct shown {
	const struct args *args;
	struct ward_skew skew;
	uint64_t n, n_dropped;
};

static void problem(void *ctx, const struct ward_input_problem *p)
{
	struct shown *s = ctx;
	uint8_t buf[1024];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_json j = ward_json_on(&w);

	s->n++;
	s->n_dropped += p->dropped;
	if (!s->args->json) {
		if (s->n <= PROBLEMS_SHOWN)
			fprintf(stderr, "%s:%llu: %s: %s (byte %llu, %s)\n", s->args->file,
				(unsigned long long)p->line, p->dropped ? "error" : "warning",
				p->what, (unsigned long long)p->off, p->counter);
		if (s->n == PROBLEMS_SHOWN + 1)
			fputs("(further ones are counted only; --json shows all)\n", stderr);
		return;
	}
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "problem");
	ward_json_key(&j, "line");
	ward_json_u64(&j, p->line);
	ward_json_key(&j, "off");
	ward_json_u64(&j, p->off);
	ward_json_key(&j, "counter");
	ward_json_z(&j, p->counter);
	ward_json_key(&j, "what");
	ward_json_z(&j, p->what);
	ward_json_key(&j, "dropped");
	ward_json_bool(&j, p->dropped);
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
}

/* How late the records came: the median of arrival minus their own time, in milliseconds. */
static void write_lag(const struct ward_skew *skew, struct ward_json *j)
{
	ward_ns median;

	if (!ward_skew_median(skew, &median))
		return;
	ward_json_key(j, "lag_ms");
	ward_json_i64(j, median / WARD_NS_PER_MS);
}

static void summary(const struct args *a, const struct ward_skew *skew,
	const struct ward_counters *c, const char *kind)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "file");
	ward_json_z(&j, a->file);
	ward_json_key(&j, "input");
	ward_json_z(&j, kind);
	if (a->stats)
		write_lag(skew, &j);
	ward_json_key(&j, "counters");
	ward_counters_json(c, "", &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

/* "+hh:mm" or "-hh:mm" by way of the RFC 3339 parser. */
static bool utc_offset(const char *s, int32_t *ret)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "1970-01-02T00:00:00%s", s);
	ward_ns t;

	if (n < 0 || (size_t)n >= sizeof(text) || (*s != '+' && *s != '-') ||
		ward_time_parse(ward_str_z(text), &t) != WARD_OK)
		return false;
	*ret = (int32_t)(86400 - t / WARD_NS_PER_S);
	return true;
}

/* Where the value of an option goes; NULL for what is none with a text. */
static const char **value_of(struct args *a, const char *arg)
{
	const struct {
		const char *name;
		const char **to;
	} options[] = {{"--source", &a->source}, {"--now", &a->now}, {"--charset", &a->charset},
		{"--multiline", &a->multiline}, {"--state", &a->state}, {"--content", &a->content},
		{"--hospital", &a->hospital}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(options); i++)
		if (strcmp(arg, options[i].name) == 0)
			return options[i].to;
	return NULL;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		const char **to = value_of(a, arg);

		if (strcmp(arg, "--json") == 0) {
			a->json = true;
		} else if (strcmp(arg, "--stats") == 0) {
			a->stats = true;
		} else if (strcmp(arg, "--follow") == 0) {
			a->follow = true;
		} else if (to || strcmp(arg, "--utc-offset") == 0) {
			if (!value)
				return ward_cli_usage(cmd, "%s needs a value", arg);
			if (to)
				*to = value;
			else if (!utc_offset(value, &a->utc_offset_s))
				return ward_cli_usage(cmd, "'%s' is not like +01:00", value);
			i++;
		} else if (arg[0] == '-' && arg[1]) {
			return ward_cli_usage(cmd, "'%s' is not an option", arg);
		} else if (n++ < 2) {
			*(n == 1 ? &a->format : &a->file) = arg;
		}
	}
	if (n != 2)
		return ward_cli_usage(cmd, "give a format and one file ('-' is standard input)");
	return WARD_EXIT_DONE;
}

static enum ward_err print_all(
	struct ward_input *in, struct ward_names *names, struct ward_skew *skew)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	struct ward_arena arena;
	struct ward_event e;
	enum ward_err err;

	ward_arena_init(&arena, ward_mem_heap(), OUT_MAX);
	while ((err = ward_input_next(in, &arena, &e)) == WARD_OK) {
		ward_ns median;

		if (e.time != e.seen)
			(void)ward_skew_take(skew, e.seen, e.time, INT64_MAX, &median);
		ward_event_write_json(&e, names, &w);
		ward_wr_ch(&w, '\n');
		if (w.len >= OUT_FLUSH && !ward_cli_put(&w, stdout)) {
			err = WARD_ERR_STATE;
			break;
		}
	}
	if (err != WARD_ERR_STATE && !ward_cli_put(&w, stdout))
		err = WARD_ERR_STATE;
	ward_wr_fini(&w);
	ward_arena_fini(&arena);
	return err;
}

static int read_file(const struct ward_cmd *cmd, const struct args *a, enum ward_input_kind kind,
	struct ward_input_opts *opts)
{
	static const struct ward_input_driver *const drivers[] = {WARD_LOG_DRIVERS, NULL};
	struct ward_input in;
	enum ward_err err = ward_input_open(&in, a->file, kind, drivers, opts);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(cmd, "cannot open '%s': %s", a->file, strerror(errno));
	if (err == WARD_ERR_UNSUPPORTED && in.kind == WARD_INPUT_UNKNOWN)
		return ward_cli_fail(cmd, "'%s' %s", a->file,
			ward_input_refusal(ward_slice_of(in.bytes.head, in.bytes.n_head)));
	if (err == WARD_ERR_UNSUPPORTED)
		return ward_cli_fail(cmd, "'%s' is %s: no log; see 'ward sense net'", a->file,
			ward_input_kind_name(in.kind));
	if (err != WARD_OK)
		return ward_cli_fail(cmd, "'%s': %s", a->file, ward_err_text(err));
	struct shown *s = opts->ctx;

	err = print_all(&in, opts->names, &s->skew);
	summary(a, &s->skew, opts->counters, ward_input_kind_name(in.kind));
	ward_input_close(&in);
	if (err == WARD_ERR_STATE) /* said before */
		return WARD_EXIT_RUN;
	if (err != WARD_ERR_CLOSED)
		return ward_cli_fail(cmd, "'%s': %s", a->file, ward_err_text(err));
	return s->n_dropped ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

/* Files are followed by lines; what they hold has to be said. */
static int follow_file(const struct ward_cmd *cmd, const struct args *a, enum ward_input_kind kind,
	struct ward_input_opts *opts)
{
	struct shown *s = opts->ctx;

	if (kind != WARD_INPUT_JSON && kind != WARD_INPUT_LINES)
		return ward_cli_usage(cmd, "--follow needs the format json or syslog");
	if (!opts->source.len)
		opts->source = WARD_STR("followed");
	int rc = ward_cli_follow(cmd, a->file, a->state,
		kind == WARD_INPUT_JSON ? WARD_LOG_JSON : WARD_LOG_SYSLOG, opts, &s->skew);

	if (rc != WARD_EXIT_DONE)
		return rc;
	summary(a, &s->skew, opts->counters, ward_input_kind_name(kind));
	return s->n_dropped ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {0};
	struct shown shown = {.args = &a};
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	enum ward_input_kind kind = WARD_INPUT_UNKNOWN;
	int rc = parse(cmd, argc, argv, &a);

	if (rc != WARD_EXIT_DONE)
		return rc;
	if (strcmp(a.format, "json") == 0)
		kind = WARD_INPUT_JSON;
	else if (strcmp(a.format, "syslog") == 0)
		kind = WARD_INPUT_LINES;
	else if (strcmp(a.format, "csv") == 0)
		kind = WARD_INPUT_CSV;
	else if (strcmp(a.format, "auto") != 0)
		return ward_cli_usage(
			cmd, "'%s' is no format: json, syslog, csv or auto", a.format);
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.source = ward_str_z(a.source),
		.utc_offset_s = a.utc_offset_s,
		.problem = problem,
		.ctx = &shown};

	opts.reference = ward_clock_now(ward_clock_system());
	opts.seen = opts.reference;
	if (a.now && strcmp(a.now, "event") == 0)
		opts.seen = 0;
	else if (a.now && ward_time_parse(ward_str_z(a.now), &opts.seen) != WARD_OK)
		return ward_cli_usage(cmd, "--now '%s' is neither a time nor 'event'", a.now);
	else
		opts.reference = opts.seen;
	opts.multiline = ward_str_z(a.multiline);
	opts.charset = a.charset ? ward_charset_find(ward_str_z(a.charset)) : WARD_CHARSET_UTF8;
	if (opts.charset == WARD_CHARSET_N)
		return ward_cli_usage(cmd,
			"--charset '%s' is not utf-8, utf-16le, utf-16be, latin-1 or windows-1252",
			a.charset);
	ward_limits_default(&lim);
	ward_counters_init(&counters);
	if (ward_names_init(&names, opts.mem, &lim) != WARD_OK)
		return ward_cli_fail(cmd, "out of memory");
	struct ward_log_patterns *patterns = NULL;
	const char *content = ward_cli_content(cmd, a.content);

	rc = !content ? WARD_EXIT_RUN
		      : ward_cli_patterns(cmd, content, a.hospital, &names, &lim, &patterns);
	opts.patterns = patterns;
	if (rc == WARD_EXIT_DONE)
		rc = a.follow ? follow_file(cmd, &a, kind, &opts) : read_file(cmd, &a, kind, &opts);
	ward_log_patterns_free(patterns);
	ward_names_fini(&names);
	return rc;
}

const struct ward_cmd ward_cmd_sense_log = {
	.name = "sense log",
	.summary = "logs of others as event lines: syslog, JSON, Windows, journal, audit, CSV",
	.help = "usage: ward sense log [OPTION…] FORMAT FILE\n\n"
		"Reads FILE ('-': standard input) and prints one event per record as JSON lines.\n"
		"FORMAT is json (objects: one per line, over several lines, or in one array),\n"
		"syslog (RFC 5424, RFC 3164, else plain text; by lines or octet-counted; Linux's\n"
		"audit records are joined by event), csv (with a header) or auto, which also "
		"knows\n"
		"Windows event logs (.evtx) and systemd's journal (journalctl -o json, -o "
		"export).\n"
		"gzip, zstd and xz are unpacked (limits: input.unpacked, input.ratio); UTF-16 with "
		"a\n"
		"byte order mark is read. What is wrong with a record goes to standard error with "
		"its\n"
		"line and byte offset, and at the end a summary of all counters as one JSON "
		"object.\n\n"
		"  --source NAME        the event source (default: the file's base name)\n"
		"  --now TIME|event     the time of arrival, from which RFC 3164 also takes its "
		"year\n"
		"                       (default: the clock); 'event': each event's own time\n"
		"  --utc-offset +hh:mm  of RFC 3164 times (default: UTC)\n"
		"  --charset NAME       utf-8 (default), utf-16le, utf-16be, latin-1, "
		"windows-1252\n"
		"  --multiline HOW      which lines are one record: 'indent' (stack traces), or "
		"how a\n"
		"                       record begins, 9 for a digit: '9999-99-99'\n"
		"  --follow             read on while FILE is written, rotated, truncated, or "
		"comes\n"
		"                       into being, until SIGINT; its name may have * and ?\n"
		"  --state FILE         with --follow: where it was read to, kept for the next "
		"time\n"
		"  --stats              lag_ms in the summary: the median of arrival minus record "
		"time\n"
		"  --json               problems as JSON lines, all of them\n"
		"  --content DIR        instead of the content that belongs to this program; its\n"
		"                       log-patterns (docs/log-patterns.md) say what lines mean\n"
		"  --hospital DIR       its log-patterns, too\n\n"
		"Exit: 0 done, 1 some record gave no event, 2 usage, 3 could not run.\n",
	.run = run,
};

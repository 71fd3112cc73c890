#include "cli/commands.h"
#include "cli/patterns.h"
#include "sense/cap/cap.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 22, EVENT_ARENA = 1 << 20 };

struct job {
	const struct ward_cmd *cmd;
	const char *content, *hospital, *at, *geocodes, *subject;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_log_patterns *patterns;
	struct ward_arena arena, event_arena;
	struct ward_xmldoc xml;
	struct ward_wr out;
	const char *reading; /* the file */
	bool broken;         /* standard output */
};

static int parse(struct job *j, int argc, char **argv, int *ret_first)
{
	const struct {
		const char *name, **value;
	} option[] = {{"--at", &j->at}, {"--geocodes", &j->geocodes}, {"--place", &j->subject},
		{"--content", &j->content}, {"--hospital", &j->hospital}};
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i += 2) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(option) && strcmp(argv[i], option[k].name) != 0)
			k++;
		if (k == WARD_ARRAY_LEN(option))
			return ward_cli_usage(j->cmd, "'%s' is not an option", argv[i]);
		if (i + 1 == argc)
			return ward_cli_usage(j->cmd, "%s needs a value", argv[i]);
		*option[k].value = argv[i + 1];
	}
	*ret_first = i;
	return i < argc ? WARD_EXIT_DONE : ward_cli_usage(j->cmd, "which files?");
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct job *j = ctx;
	struct ward_event copy;
	ward_ns time;
	bool known;
	enum ward_err err;

	ward_arena_reset(&j->event_arena);
	err = ward_event_copy(e, &j->event_arena, &copy);
	if (!err)
		err = ward_log_patterns_json(j->patterns, &copy, &time, &known);
	if (err)
		return err;
	ward_event_write_json(&copy, &j->names, &j->out);
	ward_wr_ch(&j->out, '\n');
	j->broken = !ward_cli_put(&j->out, stdout);
	return j->broken ? WARD_ERR_IO : WARD_OK;
}

static void left(void *ctx, uint32_t line, const char *what)
{
	fprintf(stderr, "%s:%u: warning: %s\n", ((struct job *)ctx)->reading, line, what);
}

static int read_file(struct job *j, const struct ward_cap_opts *o, const char *path)
{
	static uint8_t bytes[WARD_XMLDOC_BYTES + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *why = NULL;
	uint32_t line = 0;
	size_t len = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && len < sizeof(bytes)) {
		n = read(fd, bytes + len, sizeof(bytes) - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || n < 0) {
		int failed = errno;

		if (fd >= 0)
			(void)close(fd);
		return ward_cli_fail(j->cmd, "cannot read '%s': %s", path, strerror(failed));
	}
	(void)close(fd);
	j->reading = path;
	ward_arena_reset(&j->arena);
	enum ward_err err = ward_xmldoc_read(&j->xml, ward_slice_of(bytes, len));

	if (err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT) {
		why = j->xml.why;
		line = j->xml.line;
	} else if (!err) {
		err = ward_cap_read(
			o, &j->xml, ward_clock_now(ward_clock_system()), &j->arena, &why, &line);
	}
	if (j->broken)
		return WARD_EXIT_RUN;
	if (err && !why)
		return ward_cli_fail(j->cmd, "%s: %s", path, ward_err_text(err));
	if (err)
		fprintf(stderr, "%s:%u: error: %s\n", path, line, why);
	return err ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

static int read_all(struct job *j, int n, char **path)
{
	const char *content = ward_cli_content(j->cmd, j->content);
	struct ward_cap_opts o = {.names = &j->names,
		.counters = &j->counters,
		.source = WARD_STR("cap"),
		.subject = ward_str_z(j->subject),
		.at = ward_str_z(j->at),
		.geocodes = ward_str_z(j->geocodes),
		.put = put,
		.left = left,
		.ctx = j};
	int rc = WARD_EXIT_DONE;

	if (ward_cap_check(&o) != WARD_OK)
		return ward_cli_usage(j->cmd, "--at is LATITUDE,LONGITUDE, as 45.0703,7.6869");
	if (!content)
		return WARD_EXIT_RUN;
	rc = ward_cli_patterns(j->cmd, content, j->hospital, &j->names, &j->lim, &j->patterns);
	for (int i = 0; i < n && rc <= WARD_EXIT_INPUT; i++) {
		int one = read_file(j, &o, path[i]);

		rc = one > rc ? one : rc;
	}
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job j = {.cmd = cmd};
	int first = argc, rc = parse(&j, argc, argv, &first);

	if (rc != WARD_EXIT_DONE)
		return rc;
	ward_limits_default(&j.lim);
	ward_counters_init(&j.counters);
	if (ward_names_init(&j.names, ward_mem_heap(), &j.lim) != WARD_OK)
		return ward_cli_fail(cmd, "out of memory");
	ward_arena_init(&j.arena, ward_mem_heap(), 8 * (size_t)WARD_XMLDOC_BYTES);
	ward_arena_init(&j.event_arena, ward_mem_heap(), EVENT_ARENA);
	j.xml = (struct ward_xmldoc){.mem = ward_mem_heap(), .arena = &j.arena};
	j.out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	rc = read_all(&j, argc - first, argv + first);
	ward_xmldoc_fini(&j.xml);
	ward_log_patterns_free(j.patterns);
	ward_wr_fini(&j.out);
	ward_arena_fini(&j.event_arena);
	ward_arena_fini(&j.arena);
	ward_names_fini(&j.names);
	return rc;
}

const struct ward_cmd ward_cmd_sense_cap = {
	.name = "sense cap",
	.summary = "warnings of weather services and civil protection, as event lines",
	.help = "usage: ward sense cap [OPTION…] FILE…\n\n"
		"Reads warnings in the Common Alerting Protocol 1.2, alone or in a distribution\n"
		"(EDXL-DE 1.0), checks them by the rules of the standards' schemas, and prints\n"
		"those about the hospital as JSON lines, as 'ward run' would take them:\n"
		"docs/cap.md. What else a distribution carries is named.\n\n"
		"  --at LAT,LONG         where the hospital is\n"
		"  --geocodes CODES      of its areas: 'NAME:VALUE NAME:VALUE'\n"
		"                        (neither: every warning is about it)\n"
		"  --place ID            what is warned, by the hospital directory's id\n"
		"  --content DIR, --hospital DIR   whose log-patterns say which hazard it is\n\n"
		"Exit: 0 done, 1 a file is no warning, 2 usage, 3 could not run.\n",
	.run = run,
};

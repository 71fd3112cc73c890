#include "cli/cli.h"

#include "base/json.h"
#include "cli/paths.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUMMARY_MAX = 1 << 22 };

WARD_PRINTF(2, 0) static void say(const struct ward_cmd *cmd, const char *fmt, va_list ap)
{
	fprintf(stderr, "ward %s: ", cmd->name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int ward_cli_usage(const struct ward_cmd *cmd, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(cmd, fmt, ap);
	va_end(ap);
	fprintf(stderr, "Try 'ward %s --help'.\n", cmd->name);
	return WARD_EXIT_USAGE;
}

int ward_cli_fail(const struct ward_cmd *cmd, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(cmd, fmt, ap);
	va_end(ap);
	return WARD_EXIT_RUN;
}

int ward_cli_hospital(const struct ward_cmd *cmd, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return WARD_EXIT_DONE;
	return ward_cli_usage(cmd,
		"there is no hospital directory '%s': give one with a hospital.yml, such as "
		"pilots/turin",
		dir);
}

static bool has_threats(const char *dir)
{
	char path[4096];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/threats.yml", dir);

	return n > 0 && (size_t)n < sizeof(path) && stat(path, &st) == 0;
}

const char *ward_cli_content(const struct ward_cmd *cmd, const char *option)
{
	static const char *const places[] = {"/../content", "/../share/ward/content"};
	static char beside[4096];
	const char *env = getenv("WARD_CONTENT");
	ssize_t n;

	if (option || (env && *env)) {
		const char *dir = option ? option : env;

		if (has_threats(dir))
			return dir;
		(void)ward_cli_fail(cmd, "no threats.yml in '%s': it is no content directory", dir);
		return NULL;
	}
	n = readlink("/proc/self/exe", beside, sizeof(beside) - 64);
	if (n > 0) {
		beside[n] = 0;
		char *slash = strrchr(beside, '/');

		for (size_t i = 0; slash && i < WARD_ARRAY_LEN(places); i++) {
			memcpy(slash, places[i], strlen(places[i]) + 1);
			if (has_threats(beside))
				return beside;
		}
	}
	if (has_threats(WARD_SOURCE_CONTENT))
		return WARD_SOURCE_CONTENT;
	(void)ward_cli_fail(cmd, "content not found; give --content DIR or set WARD_CONTENT");
	return NULL;
}

bool ward_cli_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR");

	return (!no || !*no) && isatty(fileno(f)) == 1;
}

void ward_cli_summary(const struct ward_counters *c)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), SUMMARY_MAX);
	struct ward_json j = ward_json_on(&w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	ward_json_key(&j, "counters");
	ward_counters_json(c, "", &j);
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

bool ward_cli_put(struct ward_wr *w, FILE *f)
{
	static bool told;
	bool fits = !ward_wr_bad(w);
	bool wrote = (w->len == 0 || fwrite(w->p, 1, w->len, f) == w->len) && fflush(f) == 0;

	if (!fits)
		fprintf(stderr, "ward: output is over its limit and was cut\n");
	if (!wrote && errno == EPIPE && f == stdout) { /* `| head` has seen enough */
		(void)signal(SIGPIPE, SIG_DFL);
		(void)raise(SIGPIPE);
	}
	if (!wrote && !told) {
		fprintf(stderr, "ward: cannot write output: %s\n", strerror(errno));
		told = true;
	}
	ward_wr_reset(w);
	return fits && wrote;
}

int ward_cli_list(
	const struct ward_cmd *cmd, int argc, char **argv, const struct ward_cli_table *table)
{
	void (*row)(struct ward_wr *, unsigned) = table->text;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	if (argc == 2 && strcmp(argv[1], "--json") == 0)
		row = table->json;
	else if (argc == 2 && strcmp(argv[1], "--markdown") == 0)
		row = table->markdown;
	else if (argc > 1)
		return ward_cli_usage(cmd, "'%s' is not an option", argv[1]);
	if (row == table->markdown)
		ward_wr_z(&w, table->head);
	for (unsigned i = 0; i < table->n; i++)
		row(&w, i);
	bool ok = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return ok ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

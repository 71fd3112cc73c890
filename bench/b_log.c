/* What lines of logs cost: the patterns alone (which one, and its fields), the whole way from a
 * line to an event, and the same lines through lognormalizer and pdbtool, which know only the rules
 * of one program. The mixed lines are those of the shared data: sshd, and what two other products
 * test their decoders with. */
#include "bench.h"
#include "files.h"

#include "base/diag.h"
#include "sense/log/log.h"
#include "sense/log/pattern.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINES_MAX = 200000, BYTES = 16 << 20, ROUNDS = 11, PEER_ROUNDS = 3 };

struct load {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_log_patterns *patterns;
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	struct ward_str text;
	char *copy;
	struct ward_str *app, *message; /* of each line */
	size_t n, n_fit;
};

/* "log 1 pass = LINE" of the decoders' test files; JSON is another bench's. */
static void take_ini(const char *path, struct ward_wr *w)
{
	struct ward_str all = bench_read(path, 1 << 20), rest = all;

	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		size_t at = ward_str_find(line, WARD_STR(" = "));

		if (!ward_str_starts(line, WARD_STR("log ")) || at == SIZE_MAX)
			continue;
		line = ward_str_sub(line, at + 3, line.len);
		if (!line.len || line.p[0] == '{')
			continue;
		ward_wr_str(w, line);
		ward_wr_ch(w, '\n');
	}
	bench_free(all);
}

static void take_folder(const char *relative, struct ward_wr *w)
{
	struct bench_path dir;
	struct dirent **entry;
	int n = bench_shared(relative, &dir) ? scandir(dir.s, &entry, NULL, alphasort) : 0;

	for (int i = 0; i < n; i++) {
		char path[8192];

		(void)snprintf(path, sizeof(path), "%s/%s", dir.s, entry[i]->d_name);
		if (ward_str_ends(ward_str_z(path), WARD_STR(".ini")))
			take_ini(path, w);
		free(entry[i]);
	}
	if (n > 0)
		free(entry);
}

/* sshd's lines and the others in equal parts. */
static bool mixed(struct ward_str sshd, struct ward_str *ret)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 20);

	for (int i = 0; i < 3; i++) {
		take_folder("logs/wazuh_ini", &w);
		take_folder("logs/ossec_ini", &w);
	}
	ward_wr_str(&w, sshd);
	char *p = w.len ? malloc(w.len) : NULL;

	if (!p)
		return false;
	memcpy(p, ward_wr_text(&w).p, w.len);
	*ret = bench_repeat((struct ward_str){p, w.len}, BYTES);
	ward_wr_fini(&w);
	return true;
}

static void whole(struct load *l)
{
	struct ward_str rest = l->text;
	struct ward_input_problem problem;

	for (size_t i = 0; rest.len; i++) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		struct ward_event e;

		ward_arena_reset(&l->arena);
		if (line.len &&
			ward_log_sensor_record(l->log, line, i, &l->arena, &e, &problem) == WARD_OK)
			bench_keep(e.n_field);
	}
}

static void with_patterns(void *ctx)
{
	struct load *l = ctx;

	l->opts.patterns = l->patterns;
	whole(l);
}

static void without(void *ctx)
{
	struct load *l = ctx;

	l->opts.patterns = NULL;
	whole(l);
}

static void recognise(void *ctx)
{
	struct load *l = ctx;

	l->n_fit = 0;
	for (size_t i = 0; i < l->n; i++) {
		struct ward_event e;
		ward_ns time;
		bool fits;

		ward_arena_reset(&l->arena);
		ward_event_init(&e, &l->arena);
		if (ward_log_patterns_line(
			    l->patterns, l->app[i], l->message[i], &e, &time, &fits) != WARD_OK)
			bench_die("out of memory");
		l->n_fit += fits;
	}
	bench_keep(l->n_fit);
}

static void copy(void *ctx)
{
	struct load *l = ctx;
	size_t at = 0;

	for (size_t i = 0; i < l->n; i++) {
		memcpy(l->copy + at, l->message[i].p, l->message[i].len);
		at += l->message[i].len;
	}
	bench_keep((uint8_t)l->copy[at / 2]);
}

/* Each line's program and message, as the header's parser gives them. */
static void split(struct load *l)
{
	struct ward_str rest = l->text;
	struct ward_input_problem problem;
	struct ward_arena keep;
	size_t max = 1;

	for (size_t i = 0; i < rest.len; i++)
		max += rest.p[i] == '\n';
	l->app = calloc(max, sizeof(*l->app));
	l->message = calloc(max, sizeof(*l->message));
	if (!l->app || !l->message)
		bench_die("out of memory");
	ward_arena_init(&keep, ward_mem_heap(), (size_t)4 * BYTES);
	l->opts.patterns = NULL;
	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		struct ward_event e;

		ward_arena_reset(&l->arena);
		if (!line.len ||
			ward_log_sensor_record(l->log, line, 0, &l->arena, &e, &problem) != WARD_OK)
			continue;
		struct ward_str app = ward_event_str(&e, WARD_FIELD_APP),
				message = ward_event_str(&e, WARD_FIELD_MESSAGE);

		/* Views of the text itself: they stay. */
		l->app[l->n] = ward_arena_str(&keep, app);
		l->message[l->n++] = ward_arena_str(&keep, message);
	}
}

static void measure(const char *what, struct ward_str text)
{
	static const char *const row[] = {"patterns alone", "line to event"};
	struct bench_path content = bench_source("content/log-patterns");
	struct load l = {.text = text, .copy = malloc(text.len)};
	struct ward_diag diag;
	char name[80];

	ward_limits_default(&l.lim);
	ward_counters_init(&l.counters);
	ward_diag_init(&diag, ward_mem_heap());
	ward_arena_init(&l.arena, ward_mem_heap(), 16 << 20);
	l.opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &l.lim,
		.names = &l.names,
		.counters = &l.counters,
		.source = WARD_STR("bench"),
		.seen = 1767225600 * WARD_NS_PER_S};
	if (!l.copy || ward_names_init(&l.names, ward_mem_heap(), &l.lim) != WARD_OK ||
		ward_log_patterns_new(&l.names, &l.lim, ward_mem_heap(), &l.patterns) != WARD_OK ||
		ward_log_patterns_load(l.patterns, content.s, &diag) != WARD_OK ||
		ward_log_sensor_new(&l.opts, WARD_LOG_SYSLOG, &l.log) != WARD_OK)
		bench_die("the patterns can't be loaded; 'ward check' says why");
	split(&l);
	(void)snprintf(name, sizeof(name), "log/%s, %s", what, row[0]);
	bench_pair(&(struct bench){name, "line", l.n, ROUNDS, BENCH_CPU},
		(struct bench_side){row[0], recognise, &l, NULL},
		(struct bench_side){"memcpy of the messages", copy, &l, NULL});
	bench_note(name, "%zu lines of %zu bytes, %zu of them recognised by %zu patterns", l.n,
		text.len / l.n, l.n_fit, ward_log_patterns_n(l.patterns));
	(void)snprintf(name, sizeof(name), "log/%s, %s", what, row[1]);
	bench_pair(&(struct bench){name, "line", l.n, ROUNDS, BENCH_CPU},
		(struct bench_side){row[1], with_patterns, &l, NULL},
		(struct bench_side){"the same without patterns", without, &l, NULL});
}

/* What sshd says, for lognormalizer; the messages without their header, as it wants them. */
static const char rulebase[] =
	"version=2\n"
	"rule=:Failed password for invalid user %user:word% from %ip:ipv4% port %port:number% "
	"ssh2\n"
	"rule=:Failed password for %user:word% from %ip:ipv4% port %port:number% ssh2\n"
	"rule=:Failed none for invalid user %user:word% from %ip:ipv4% port %port:number% ssh2\n"
	"rule=:Accepted password for %user:word% from %ip:ipv4% port %port:number% ssh2\n"
	"rule=:Invalid user %user:word% from %ip:ipv4%\n"
	"rule=:input_userauth_request: invalid user %user:word% [preauth]\n"
	"rule=:pam_unix(sshd:auth): check pass; user unknown\n"
	"rule=:pam_unix(sshd:auth): authentication failure; %rest:rest%\n"
	"rule=:Received disconnect from %ip:ipv4%: %code:number%: %reason:rest%\n"
	"rule=:Connection closed by %ip:ipv4% [preauth]\n"
	"rule=:reverse mapping checking getaddrinfo for %host:word% [%ip:ipv4%] failed - POSSIBLE "
	"BREAK-IN ATTEMPT!\n"
	"rule=:Did not receive identification string from %ip:ipv4%\n"
	"rule=:Disconnecting: Too many authentication failures for %user:word% [preauth]\n"
	"rule=:PAM %n:number% more authentication failures; %rest:rest%\n";

static void put(int fd, struct ward_str s)
{
	while (s.len) {
		ssize_t n = write(fd, s.p, s.len);

		if (n <= 0)
			bench_die("a temporary file can't be written");
		s = ward_str_sub(s, (size_t)n, s.len);
	}
}

static void against_lognormalizer(struct ward_str text)
{
	struct bench_path rules, bare, full, ward = bench_ward();
	int fd[3] = {bench_temporary(&rules), bench_temporary(&bare), bench_temporary(&full)};
	char theirs[16384], ours[16384];
	struct ward_str rest = text;
	size_t n = 0;

	put(fd[0], ward_str_z(rulebase));
	put(fd[2], text);
	while (rest.len) {
		struct ward_str line = ward_str_cut(&rest, '\n');
		size_t at = ward_str_find(line, WARD_STR("]: "));
		char out[4096];
		struct ward_wr w = ward_wr_fixed(out, sizeof(out));

		ward_wr_str(&w, at == SIZE_MAX ? line : ward_str_sub(line, at + 3, line.len));
		ward_wr_ch(&w, '\n');
		put(fd[1], ward_wr_text(&w));
		n++;
	}
	(void)snprintf(theirs, sizeof(theirs), "lognormalizer -r %s -e json < %s", rules.s, bare.s);
	(void)snprintf(ours, sizeof(ours), "%s sense log syslog %s", ward.s, full.s);
	const char *a[] = {"sh", "-c", ours, NULL, NULL}, *b[] = {"sh", "-c", theirs, NULL, NULL};

	bench_pair(&(struct bench){"log/sshd, whole programs", "line", n, PEER_ROUNDS, BENCH_CPU},
		(struct bench_side){"ward sense log, all patterns", bench_programs, a, NULL},
		(struct bench_side){"lognormalizer, 14 rules", bench_programs, b, NULL});
	for (size_t i = 0; i < WARD_ARRAY_LEN(fd); i++)
		(void)close(fd[i]);
	(void)unlink(rules.s);
	(void)unlink(bare.s);
	(void)unlink(full.s);
}

/* The same for syslog-ng's pattern database. */
static const char *const patterndb[] = {
	"Failed password for invalid user @ESTRING:user: @from @IPv4:ip@ port @NUMBER:port@ ssh2",
	"Failed password for @ESTRING:user: @from @IPv4:ip@ port @NUMBER:port@ ssh2",
	"Failed none for invalid user @ESTRING:user: @from @IPv4:ip@ port @NUMBER:port@ ssh2",
	"Accepted password for @ESTRING:user: @from @IPv4:ip@ port @NUMBER:port@ ssh2",
	"Invalid user @ESTRING:user: @from @IPv4:ip@",
	"input_userauth_request: invalid user @ESTRING:user: @[preauth]",
	"pam_unix(sshd:auth): check pass; user unknown",
	"pam_unix(sshd:auth): authentication failure; @ANYSTRING:rest@",
	"Received disconnect from @IPv4:ip@: @NUMBER:code@: @ANYSTRING:reason@",
	"Connection closed by @IPv4:ip@ [preauth]",
	("reverse mapping checking getaddrinfo for @ESTRING:host: @[@IPv4:ip@] failed - POSSIBLE "
	 "BREAK-IN ATTEMPT!"),
	"Did not receive identification string from @IPv4:ip@",
	"Disconnecting: Too many authentication failures for @ESTRING:user: @[preauth]",
	"PAM @NUMBER:n@ more authentication failures; @ANYSTRING:rest@",
};

static void put_patterndb(int fd)
{
	char text[16384];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(&w, "<?xml version='1.0'?><patterndb version='4' pub_date='2026-01-01'>"
		      "<ruleset name='sshd' id='sshd'><pattern>sshd</pattern><rules>");
	for (size_t i = 0; i < WARD_ARRAY_LEN(patterndb); i++)
		ward_wr_printf(&w,
			"<rule provider='bench' id='r%zu' class='system'><patterns><pattern>%s"
			"</pattern></patterns></rule>",
			i, patterndb[i]);
	ward_wr_z(&w, "</rules></ruleset></patterndb>");
	if (ward_wr_bad(&w))
		bench_die("the pattern database is too long");
	put(fd, ward_wr_text(&w));
}

static void against_pdbtool(struct ward_str text)
{
	struct bench_path rules, lines, ward = bench_ward();
	int fd[2] = {bench_temporary(&rules), bench_temporary(&lines)};
	struct ward_str rest = text;
	size_t n = 0;

	put_patterndb(fd[0]);
	put(fd[1], text);
	for (; rest.len; n++)
		(void)ward_str_cut(&rest, '\n');
	const char *a[] = {ward.s, "sense", "log", "syslog", lines.s, NULL, NULL};
	const char *b[] = {"pdbtool", "match", "-p", rules.s, "-f", lines.s, NULL, NULL};

	bench_pair(&(struct bench){"log/sshd, whole programs, syslog-ng", "line", n, PEER_ROUNDS,
			   BENCH_CPU},
		(struct bench_side){"ward sense log, all patterns", bench_programs, a, NULL},
		(struct bench_side){"pdbtool match, 14 rules", bench_programs, b, NULL});
	for (size_t i = 0; i < WARD_ARRAY_LEN(fd); i++)
		(void)close(fd[i]);
	(void)unlink(rules.s);
	(void)unlink(lines.s);
}

int main(void)
{
	struct bench_path path;
	struct ward_str sshd, mix;

	if (!bench_shared("logs/loghub/OpenSSH_2k.log.zst", &path)) {
		bench_skip("log", "no shared data");
		return 0;
	}
	sshd = bench_read(path.s, BYTES);
	if (mixed(sshd, &mix))
		measure("mixed", mix);
	sshd = bench_repeat(sshd, BYTES);
	measure("sshd", sshd);
	if (bench_have("lognormalizer"))
		against_lognormalizer(sshd);
	else
		bench_skip("log/sshd, whole programs", "no lognormalizer (liblognorm-utils)");
	if (bench_have("pdbtool"))
		against_pdbtool(sshd);
	else
		bench_skip("log/sshd, whole programs, syslog-ng", "no pdbtool (syslog-ng-core)");
	return 0;
}

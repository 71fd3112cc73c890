#include "cli/rules.h"

#include "cli/lang.h"
#include "cli/patterns.h"
#include "sense/log/log.h"
#include "sense/net/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_MAX = 64 << 20, FINDINGS_SHOWN = 40, COLUMNS = 100, FINDINGS_BYTES = 1 << 26 };

static int add(struct ward_cli_rules *x, const char **list, size_t *n, const char *arg)
{
	if (*n == WARD_CLI_PATHS)
		return ward_cli_usage(x->cmd, "more than %d paths", WARD_CLI_PATHS);
	list[(*n)++] = arg;
	return WARD_EXIT_DONE;
}

bool ward_cli_rules_arg(struct ward_cli_rules *x, int argc, char **argv, int *i, int *ret_code)
{
	const char *a = argv[*i];
	const char **to = strcmp(a, "--content") == 0    ? &x->content
			  : strcmp(a, "--hospital") == 0 ? &x->hospital
			  : strcmp(a, "--lang") == 0     ? &x->code
							 : NULL;
	bool events = strcmp(a, "--events") == 0;

	if ((to || events) && *i + 1 == argc) {
		*ret_code = ward_cli_usage(x->cmd, "%s needs a value", a);
		return true;
	}
	if (to)
		*to = argv[++*i];
	else if (events)
		*ret_code = add(x, x->event, &x->n_event, argv[++*i]);
	else if (strcmp(a, "--json") == 0)
		x->json = true;
	else if (a[0] == '-' && a[1])
		return false;
	else
		*ret_code = x->events_to_end ? add(x, x->event, &x->n_event, a)
					     : add(x, x->path, &x->n_path, a);
	x->events_to_end = events || (x->events_to_end && a[0] != '-');
	return true;
}

static struct ward_ruleset_args args_of(const struct ward_cli_rules *x)
{
	return (struct ward_ruleset_args){.rules = x->n_path ? x->path : x->loaded,
		.n_rules = x->n_path      ? x->n_path
			   : x->loaded[1] ? 2
					  : 1,
		.content = x->content,
		.threats = x->threats,
		.hospital = x->hospital};
}

enum ward_err ward_cli_rules_with(const struct ward_cli_rules *x, const struct ward_rule_text *text,
	size_t n, struct ward_diag *diag, struct ward_ruleset **ret)
{
	struct ward_ruleset_args args = args_of(x);

	args.texts = text;
	args.n_texts = n;
	return ward_ruleset_load(&args, &x->lim, ward_mem_heap(), diag, ret);
}

/* Data stays as it is unless a language is asked for. */
static int speak(struct ward_cli_rules *x)
{
	struct ward_cli_lang in = {.option = x->code, .content = x->content};

	if (x->model)
		in.hospital = ward_model_hospital(x->model)->language;
	return x->json && !x->code ? WARD_EXIT_DONE : ward_cli_lang(x->cmd, &in, &x->lim, &x->lang);
}

void ward_cli_rules_findings(const struct ward_cli_rules *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), FINDINGS_BYTES);

	for (size_t i = 0; i < x->diag.n; i++)
		ward_cli_write_finding(&w, &x->diag.item[i], false, x->lang);
	(void)ward_cli_put(&w, stderr);
	ward_wr_fini(&w);
}

static int tell_findings(struct ward_cli_rules *x, int code)
{
	ward_cli_findings(&x->diag, NULL, x->lang);
	return code;
}

int ward_cli_rules_load(struct ward_cli_rules *x, bool model)
{
	char path[sizeof(x->own)];
	enum ward_err err = WARD_OK;

	ward_limits_default(&x->lim);
	ward_counters_init(&x->counters);
	ward_diag_init(&x->diag, ward_mem_heap());
	x->content = ward_cli_content(x->cmd, x->content);
	if (!x->content)
		return WARD_EXIT_RUN;
	(void)snprintf(path, sizeof(path), "%s/threats.yml", x->content);
	(void)snprintf(x->own, sizeof(x->own), "%s/rules", x->content);
	char *plain = realpath(x->own, NULL); /* as it is shown to people */

	if (plain && strlen(plain) < sizeof(x->own))
		memcpy(x->own, plain, strlen(plain) + 1);
	free(plain);
	x->loaded[0] = x->own;
	x->loaded[1] = x->beside && access(x->beside, F_OK) == 0 ? x->beside : NULL;
	if (x->hospital && model)
		err = ward_model_limits(x->hospital, ward_mem_heap(), &x->diag, &x->lim);
	if (!err)
		err = ward_names_init(&x->names, ward_mem_heap(), &x->lim);
	if (!err)
		err = ward_threats_load(path, &x->lim, ward_mem_heap(), &x->diag, &x->threats);
	if (!err && x->hospital && model)
		err = ward_model_load(
			x->hospital, x->content, &x->lim, ward_mem_heap(), &x->diag, &x->model);
	if (err)
		return tell_findings(
			x, ward_cli_fail(x->cmd, "cannot load '%s': %s",
				   x->hospital ? x->hospital : path, ward_err_text(err)));
	int code = speak(x);

	if (!code)
		code = ward_cli_patterns(
			x->cmd, x->content, x->hospital, &x->names, &x->lim, &x->patterns);

	if (code)
		return code;
	err = ward_cli_rules_with(x, NULL, 0, &x->diag, &x->rs);
	if (err)
		return tell_findings(x,
			ward_cli_fail(x->cmd, "the rules can't be loaded: %s", ward_err_text(err)));
	x->craft = (struct ward_craft){.rs = x->rs,
		.threats = x->threats,
		.model = x->model,
		.lim = &x->lim,
		.names = &x->names,
		.lang = x->lang,
		.diag = &x->diag};
	return WARD_EXIT_DONE;
}

void ward_cli_rules_fini(struct ward_cli_rules *x)
{
	ward_ruleset_free(x->rs);
	ward_lang_free(x->lang);
	ward_log_patterns_free(x->patterns);
	ward_model_free(x->model);
	ward_threats_free(x->threats);
	ward_names_fini(&x->names);
	ward_diag_fini(&x->diag);
}

struct reading {
	struct ward_cli_rules *x;
	const char *file;
	uint64_t line;
};

static void problem(void *ctx, const struct ward_input_problem *p)
{
	struct reading *r = ctx;

	r->x->n_rejected += p->dropped;
	if (p->dropped && r->x->n_rejected <= FINDINGS_SHOWN)
		fprintf(stderr, "%s:%llu: error: %s (byte %llu)\n", r->file,
			(unsigned long long)p->line, p->what, (unsigned long long)p->off);
}

int ward_cli_rules_events(
	struct ward_cli_rules *x, const char *path, ward_cli_event_fn fn, void *ctx)
{
	static const struct ward_input_driver *const drivers[] = {
		WARD_LOG_DRIVERS, &ward_net_driver_pcap, &ward_net_driver_pcapng, NULL};
	struct reading r = {.x = x, .file = path};
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &x->lim,
		.names = &x->names,
		.counters = &x->counters,
		.reference = ward_clock_now(ward_clock_system()),
		.patterns = x->patterns,
		.line = &r.line,
		.problem = problem,
		.ctx = &r};
	struct ward_input in;
	struct ward_arena arena;
	struct ward_event e;
	enum ward_err err = ward_input_open(&in, path, WARD_INPUT_UNKNOWN, drivers, &opts);

	if (err == WARD_ERR_UNSUPPORTED)
		return ward_cli_fail(x->cmd, "'%s' %s", path,
			ward_input_refusal(ward_slice_of(in.bytes.head, in.bytes.n_head)));
	if (err)
		return ward_cli_fail(x->cmd, "cannot read '%s': %s", path,
			err == WARD_ERR_NOT_FOUND ? strerror(errno) : ward_err_text(err));
	ward_arena_init(&arena, ward_mem_heap(), ARENA_MAX);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK)
		if ((err = fn(ctx, &e, path, r.line)) != WARD_OK)
			break;
	ward_arena_fini(&arena);
	ward_input_close(&in);
	return err == WARD_ERR_CLOSED ? WARD_EXIT_DONE
				      : ward_cli_fail(x->cmd, "'%s': %s", path, ward_err_text(err));
}

/* Is it this file, however it is named? */
static bool is_file(struct ward_str file, const char *word)
{
	struct stat a, b;

	return ward_str_ends(file, ward_str_z(word)) ||
	       (stat(word, &a) == 0 && stat(file.p, &b) == 0 && a.st_ino == b.st_ino &&
		       a.st_dev == b.st_dev);
}

/* The only rule of a file that speaks for itself. */
static uint32_t of_file(const struct ward_cli_rules *x, const char *word)
{
	uint32_t ret = WARD_NONE;

	for (size_t i = 0; i < ward_ruleset_counts(x->rs).n; i++) {
		struct ward_rule_info r = ward_ruleset_rule(x->rs, i);

		if (r.silent || !is_file(r.file, word))
			continue;
		if (ret != WARD_NONE)
			return WARD_NONE;
		ret = (uint32_t)i;
	}
	return ret;
}

uint32_t ward_cli_rules_find(struct ward_cli_rules *x, const char *word)
{
	struct ward_str s = ward_str_z(word);
	uint32_t at = ward_ruleset_find(x->rs, s);

	if (at == WARD_NONE)
		at = of_file(x, word);
	for (size_t i = 0; at == WARD_NONE && i < ward_ruleset_counts(x->rs).n; i++)
		if (ward_str_ieq(ward_ruleset_rule(x->rs, i).title, s))
			at = (uint32_t)i;
	if (at == WARD_NONE && x->diag.n_error)
		ward_cli_findings(&x->diag, NULL, x->lang);
	if (at == WARD_NONE)
		(void)ward_cli_fail(x->cmd,
			"'%s' is no id, name, title or file of one rule among the %zu that were "
			"read",
			word, ward_ruleset_counts(x->rs).n);
	return at;
}

void ward_cli_rules_say_of(struct ward_wr *w, struct ward_lang *l, const struct ward_cli_n_of *n,
	const char *one, const char *others)
{
	char digits[64];
	struct ward_wr d = ward_wr_fixed(digits, sizeof(digits));

	ward_say_number(&d, l, n->n);
	size_t at = d.len;

	ward_say_number(&d, l, n->of);
	const struct ward_word_slot slot[] = {{"n", ward_str_sub(ward_wr_text(&d), 0, at)},
		{"all", ward_str_sub(ward_wr_text(&d), at, SIZE_MAX)}};

	ward_say_text(w, ward_lang_text_n(l, n->n, one, others), slot, WARD_ARRAY_LEN(slot));
}

struct ward_text ward_cli_rules_text(struct ward_wr *w)
{
	struct winsize size = {.ws_col = 0};
	struct ward_text t;
	bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

	ward_text_init(&t, known ? size.ws_col : COLUMNS, ward_cli_colour(stdout));
	t.w = w;
	return t;
}

#include "cli/person.h"

#include "cli/clip.h"
#include "cli/stored.h"
#include "comply/evidence.h"
#include "comply/purposes_kept.h"
#include "comply/reveal.h"
#include "journal/look.h"
#include "model/within.h"
#include "run/desk_client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { ARENA = 16 << 20, SCRATCH = 64 << 20, EVENT_BYTES = 64 << 20, VALUE = 1200 };

void ward_cli_person_init(struct ward_cli_person *p, const struct ward_cmd *cmd)
{
	memset(p, 0, sizeof(*p));
	p->x.cmd = cmd;
	ward_limits_default(&p->x.lim);
	ward_subject_init(&p->book, &p->x.lim);
	ward_arena_init(&p->arena, ward_mem_heap(), ARENA);
	ward_arena_init(&p->scratch, ward_mem_heap(), SCRATCH);
}

void ward_cli_person_fini(struct ward_cli_person *p)
{
	if (p->opened)
		ward_cli_hospital_fini(&p->x);
	ward_subject_fini(&p->book);
	ward_arena_fini(&p->arena);
	ward_arena_fini(&p->scratch);
}

/* One word, and its value where it has one. */
static int take(struct ward_cli_person *p, int argc, char **argv, int *i)
{
	const char *word = argv[*i];
	const char **value = strcmp(word, "--state") == 0     ? &p->state_option
			     : strcmp(word, "--content") == 0 ? &p->x.content
							      : NULL;

	if (strcmp(word, "--is") == 0) {
		if (p->n_is == WARD_CLI_PERSON_IS)
			return ward_cli_usage(p->x.cmd, "--is: 16 at most");
		value = &p->is[p->n_is++];
	}
	if (value && *i + 1 < argc && argv[*i + 1][0])
		*value = argv[++*i];
	else if (value)
		return ward_cli_usage(p->x.cmd, "%s needs a value", word);
	else if (word[0] != '-' && !p->x.dir)
		p->x.dir = word;
	else if (word[0] != '-' && !p->request)
		p->request = word;
	else
		return ward_cli_usage(p->x.cmd, "'%s' is not an option", word);
	return WARD_EXIT_DONE;
}

int ward_cli_person_args(
	struct ward_cli_person *p, int argc, char **argv, const struct ward_cli_opt *opt, size_t n)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		size_t k = 0;

		while (k < n && strcmp(argv[i], opt[k].name) != 0)
			k++;
		if (k == n)
			code = take(p, argc, argv, &i);
		else if (opt[k].flag)
			*opt[k].flag = true;
		else if (i + 1 < argc)
			*opt[k].value = argv[++i];
		else
			code = ward_cli_usage(p->x.cmd, "%s needs a value", argv[i]);
	}
	return code;
}

int ward_cli_person_whom(const struct ward_cli_person *p, struct ward_cli_span *s)
{
	if (!p->n_is && !s->place_text)
		return ward_cli_usage(p->x.cmd,
			"under what are they known? --is BADGE, --is ACCOUNT …, or --place with "
			"--from and --to");
	if (!s->place_text)
		return WARD_EXIT_DONE;
	if (!s->from_text || !s->to_text)
		return ward_cli_usage(p->x.cmd, "--place needs --from and --to");
	if (ward_time_parse(ward_str_z(s->from_text), &s->from) != WARD_OK ||
		ward_time_parse(ward_str_z(s->to_text), &s->to) != WARD_OK)
		return ward_cli_usage(p->x.cmd, "write times as 2026-03-12T03:41:00Z");
	s->place = ward_str_z(s->place_text);
	return WARD_EXIT_DONE;
}

/* ---- the pseudonyms ---- */

static int no_key(const struct ward_cli_person *p, const char *path)
{
	return ward_cli_fail(
		p->x.cmd, "cannot read '%s': %s; be the user of 'ward run'", path, strerror(errno));
}

/* All that stand for it under one key. */
static bool add_tokens(
	struct ward_cli_person *p, const struct ward_pseudonym *key, struct ward_str is)
{
	char text[VALUE + 64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str token;

	ward_pseudonym_write(key, is, &w);
	token = ward_wr_bad(&w) ? WARD_STR("") : ward_reveal_token(ward_wr_text(&w));
	if (!token.len)
		return true; /* an account of the system, which names nobody */
	if (p->who.n == WARD_SUBJECT_TOKENS)
		return false;
	p->who.token[p->who.n] = ward_arena_str(&p->arena, token);
	return p->who.token[p->who.n++].p != NULL;
}

/* Under this key, and under those of purposes that are, or were, derived from it. */
static int read_key(
	struct ward_cli_person *p, const struct ward_purposes_kept *purposes, const char *path)
{
	struct ward_pseudonym key;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && read(fd, key.key, sizeof(key.key)) == (ssize_t)sizeof(key.key);

	if (fd >= 0)
		(void)close(fd);
	if (!ok)
		return no_key(p, path);
	for (size_t k = 0; k <= purposes->n && ok; k++) {
		struct ward_pseudonym one;

		ward_purpose_key(&key, ward_str_z(k ? purposes->of[k - 1].name : ""), &one);
		for (size_t i = 0; i < p->n_is && ok; i++)
			ok = add_tokens(p, &one, ward_str_z(p->is[i]));
		ward_wipe(&one, sizeof(one));
	}
	ward_wipe(&key, sizeof(key));
	return ok ? WARD_EXIT_DONE : ward_cli_fail(p->x.cmd, "too many keys and names");
}

static int read_purposes_of_now(const struct ward_cli_person *p, struct ward_purposes *ret)
{
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag diag;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 16 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_identifiers_in in = {&lim, &a, &diag};
	enum ward_err err = ward_purposes_load(&in, p->x.dir, ret);

	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return err ? ward_cli_fail(p->x.cmd,
			     "cannot read identifiers.yml of '%s': %s; 'ward check' "
			     "says more",
			     p->x.dir, ward_err_text(err))
		   : WARD_EXIT_DONE;
}

/* Those of now, and those that `pseudonym` knows of before. */
static int read_purposes(const struct ward_cli_person *p, struct ward_purposes_kept *ret)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_PURPOSES_FILE_BYTES);
	char path[PATH_MAX];
	struct ward_purposes now;
	int code = read_purposes_of_now(p, &now);

	(void)snprintf(path, sizeof(path), "%.4000s/pseudonym/" WARD_PURPOSES_FILE, p->state);
	if (!code && access(path, F_OK) == 0)
		code = ward_cli_clip_read(p->x.cmd, path, WARD_PURPOSES_FILE_BYTES, &w);
	(void)ward_purposes_kept_read(ward_wr_text(&w), ret);
	if (!code && ward_purposes_kept_note(ret, &now, UINT64_MAX, UINT64_MAX))
		code = ward_cli_fail(p->x.cmd,
			"more purposes are remembered than can be looked for (%d): what is found "
			"would "
			"not be all",
			WARD_PURPOSES_KEPT);
	ward_wr_fini(&w);
	return code;
}

/* Of today's key, and of those of before that are kept. */
static int read_keys(struct ward_cli_person *p)
{
	char folder[PATH_MAX], path[PATH_MAX];
	const struct dirent *e;
	struct ward_purposes_kept purposes;
	int code = read_purposes(p, &purposes);
	DIR *d;

	(void)snprintf(folder, sizeof(folder), "%.4000s/pseudonym", p->state);
	d = p->n_is ? opendir(folder) : NULL;
	if (p->n_is && !d)
		return no_key(p, folder);
	while (d && !code && (e = readdir(d))) {
		struct ward_str name = ward_str_z(e->d_name);

		if (!ward_str_starts(name, WARD_STR("key")) ||
			ward_str_ends(name, WARD_STR(".new")))
			continue;
		if (snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) < (int)sizeof(path))
			code = read_key(p, &purposes, path);
	}
	if (d)
		(void)closedir(d);
	return code;
}

/* ---- the request ---- */

static int wrong_state(const struct ward_cli_person *p)
{
	fprintf(stderr, "ward %s: the request %s is '%s': %s\n", p->x.cmd->name, p->request,
		ward_subject_state_name(p->r->state),
		p->r->state == WARD_SUBJECT_NEW
			? "a second person has to agree first, on the console's page Requests"
		: p->r->state == WARD_SUBJECT_DECIDES
			? "what goes and what stays is to be decided first, on the page Requests"
			: "it is answered already");
	return WARD_EXIT_INPUT;
}

static int find_request(struct ward_cli_person *p)
{
	char text[WARD_ID_TEXT];

	for (size_t i = 0; i < p->book.n; i++) {
		ward_id_text(p->book.r[i].id, text);
		if (!ward_str_starts(ward_str_z(text), ward_str_z(p->request)))
			continue;
		if (p->r)
			return ward_cli_usage(
				p->x.cmd, "more than one request begins with '%s'", p->request);
		p->r = &p->book.r[i];
	}
	if (!p->r)
		return ward_cli_usage(p->x.cmd,
			"no request begins with '%s': the console's page Requests shows them",
			p->request);
	return WARD_EXIT_DONE;
}

static int fits(struct ward_cli_person *p, enum ward_subject_right right)
{
	if ((p->r->right == WARD_SUBJECT_ACCESS) != (right == WARD_SUBJECT_ACCESS))
		return ward_cli_usage(p->x.cmd,
			"no request %s begins with '%s': the console's page Requests shows them",
			right == WARD_SUBJECT_ACCESS ? "of access" : "of erasure or objection",
			p->request);
	return p->r->state == WARD_SUBJECT_AGREED || p->r->state == WARD_SUBJECT_READY
		       ? WARD_EXIT_DONE
		       : wrong_state(p);
}

int ward_cli_person_find(struct ward_cli_person *p)
{
	struct ward_cli_kept kept;
	int code = ward_cli_hospital_open(&p->x, false);

	p->opened = true;
	if (!code)
		code = ward_cli_state(
			p->x.cmd, p->state_option, ward_model_hospital(p->x.model)->id, p->state);
	if (!code)
		code = ward_cli_book(
			p->x.cmd, p->state, ward_model_hospital(p->x.model)->id, &p->book, &kept);
	if (!code)
		code = find_request(p);
	return code;
}

int ward_cli_person_open(struct ward_cli_person *p, enum ward_subject_right right)
{
	int code = ward_cli_person_find(p);

	if (!code)
		code = fits(p, right);
	return code ? code : read_keys(p);
}

/* ---- what there is ---- */

static bool is_bad(const struct ward_cli_person *p, const struct ward_look_seg *s)
{
	for (size_t i = 0; i < p->n_bad; i++)
		if (p->bad[i].lane == s->lane && p->bad[i].index == s->index)
			return true;
	return false;
}

static bool begins(void *ctx, const struct ward_look_seg *s)
{
	struct ward_cli_person *p = ctx;

	p->in_bad[s->lane] = is_bad(p, s);
	return true;
}

static void ends(void *ctx, const struct ward_look_seg *s, bool whole)
{
	struct ward_cli_person *p = ctx;

	/* what is written now may be half there */
	if (!whole && s->sealed && !is_bad(p, s) && p->n_bad < WARD_ARRAY_LEN(p->bad))
		p->bad[p->n_bad++] = *s;
}

static int each_event(
	struct ward_cli_person *p, const struct ward_io *io, ward_cli_event_fn fn, void *ctx)
{
	WARD_AUTO(ward_look_closep) struct ward_look *l = NULL;
	struct ward_names names;
	struct ward_arena arena;
	struct ward_record rec;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), &p->x.lim);

	if (!err)
		err = ward_look_open(io, ward_mem_heap(), &l);
	ward_arena_init(&arena, ward_mem_heap(), EVENT_BYTES);
	if (!err)
		ward_look_start(l, false, (struct ward_look_watch){begins, ends, p});
	while (!err && !(err = ward_look_next(l, &rec))) {
		struct ward_event e;

		if (rec.type != WARD_RECORD_EVENT)
			continue;
		ward_arena_reset(&arena);
		if (ward_event_decode(rec.data, &names, &arena, &p->x.lim, &e) == WARD_OK &&
			!fn(ctx, &rec, &e, &names))
			err = WARD_ERR_LIMIT;
	}
	ward_arena_fini(&arena);
	ward_names_fini(&names);
	return err == WARD_ERR_CLOSED
		       ? WARD_EXIT_DONE
		       : ward_cli_fail(p->x.cmd, "the journal: %s", ward_err_text(err));
}

int ward_cli_person_events(struct ward_cli_person *p, ward_cli_event_fn fn, void *ctx)
{
	struct ward_io_dir io;
	char path[PATH_MAX];
	int code;

	(void)snprintf(path, sizeof(path), "%.4000s/journal", p->state);
	enum ward_err err = ward_io_dir_open(&io, path, false, false);

	if (err)
		return ward_cli_fail(p->x.cmd, "cannot read '%s': %s", path, ward_err_text(err));
	code = each_event(p, &io.io, fn, ctx);
	ward_io_dir_close(&io);
	return code;
}

/* ---- clips ---- */

/* A clip names its source: is what that watches there, or the camera of that name? */
static bool is_in(const struct ward_cli_person *p, const struct ward_cli_span *s,
	const struct ward_evidence *e)
{
	const struct ward_model *m = p->x.model;
	const struct ward_source *source = ward_model_source(m, e->camera);
	uint32_t place = ward_model_find(m, s->place), camera = ward_model_find(m, e->camera);
	bool is = camera != WARD_NONE && ward_model_within(m, &place, 1, camera);

	for (size_t i = 0; source && i < source->n_watches && !is; i++)
		is = ward_model_within(m, &place, 1, source->watches[i]);
	return is && e->from < s->to && e->to > s->from;
}

struct clips {
	const struct ward_cli_person *p;
	const struct ward_cli_span *span;
	ward_cli_clip_fn fn;
	void *ctx;
};

static void on_clip(void *ctx, const struct ward_evidence *e)
{
	const struct clips *x = ctx;

	if (is_in(x->p, x->span, e))
		x->fn(x->ctx, e);
}

int ward_cli_person_clips(
	struct ward_cli_person *p, const struct ward_cli_span *span, ward_cli_clip_fn fn, void *ctx)
{
	struct clips x = {p, span, fn, ctx};

	if (ward_model_find(p->x.model, span->place) == WARD_NONE)
		return ward_cli_usage(
			p->x.cmd, "the hospital has no place '%.*s'", WARD_STR_ARG(span->place));
	ward_cli_clip_each(p->state, on_clip, &x);
	return WARD_EXIT_DONE;
}

/* ---- on the ledger ---- */

int ward_cli_person_done(struct ward_cli_person *p, const char *say, const char *digest)
{
	char args[256], id[WARD_ID_TEXT];
	struct ward_desk_client *c = NULL;
	struct ward_decided did = {.err = WARD_OK};
	struct ward_wr w = ward_wr_fixed(args, sizeof(args));

	ward_id_text(p->r->id, id);
	ward_wr_printf(&w, "{\"say\":\"%s\",\"digest\":\"%s\"}", say, digest);
	struct ward_decision d = {.kind = WARD_DECISION_PERSON_DONE,
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = WARD_STR(WARD_DESK_WHOEVER),
		.subject = ward_str_z(id),
		.args = ward_wr_text(&w)};
	enum ward_err err = ward_desk_say(p->state, &d, &c, &did);

	printf("digest %s\n", digest);
	if (err || did.err)
		fprintf(stderr,
			"ward %s: it is NOT on the ledger (%.*s): enter the digest on the "
			"console's page "
			"Requests\n",
			p->x.cmd->name,
			err || !did.why.len ? (int)strlen(ward_err_text(err ? err : did.err))
					    : (int)did.why.len,
			err || !did.why.len ? ward_err_text(err ? err : did.err) : did.why.p);
	ward_desk_client_free(c);
	return WARD_EXIT_DONE;
}

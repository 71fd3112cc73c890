#include "sense/file/rules.h"

#include "base/rd.h"
#include "base/wr.h"
#include "conf/conf.h"
#include "sense/file/sieve.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <yara.h>

enum {
	PATH_BYTES = 4096,
	FILES_MAX = 1024,
	TEXT_MAX = 64 << 20,
	SIEVED_FROM = 1024, /* bytes; what is smaller is searched as it is */
};

struct ward_file_rules {
	YR_RULES *rules;
	struct ward_sieve sieve;
	size_t n;
};

struct ward_scan {
	const struct ward_file_rules *rules;
	YR_SCANNER *scanner;
	void (*found)(void *ctx, const char *rule, const char *says, unsigned weight);
	void *ctx;
};

struct compiling {
	YR_COMPILER *c;
	struct ward_arena arena;
	const struct ward_limits *lim;
	struct ward_diag *diag;
	struct ward_str file;
	enum ward_err err;
};

static void tell(
	int level, const char *file, int line, const YR_RULE *rule, const char *message, void *ctx)
{
	struct compiling *x = ctx;

	(void)file;
	(void)rule;
	ward_diag_addf(x->diag,
		level == YARA_ERROR_LEVEL_ERROR ? WARD_DIAG_ERROR : WARD_DIAG_WARNING, x->file,
		line > 0 ? (uint32_t)line : 0,
		WARD_TEXT("the rule can't be used: %s\nwrite it as YARA reads rules, or take its "
			  "file away"),
		message);
}

static int yar_file(const struct dirent *d)
{
	struct ward_str s = ward_str_z(d->d_name);

	return s.len && s.p[0] != '.' &&
	       (ward_str_ends(s, WARD_STR(".yar")) || ward_str_ends(s, WARD_STR(".yara")));
}

static void compile(struct compiling *x, const char *path)
{
	struct ward_slice text;
	enum ward_err err = ward_conf_read(&x->arena, x->lim, path, x->diag, &text);

	if (err) {
		x->err = err == WARD_ERR_NOMEM ? err : WARD_ERR_CONFIG;
		return;
	}
	/* With the NUL that the arena puts behind it, as libyara wants it. */
	struct ward_str z = ward_arena_str(&x->arena, ward_slice_text(text));

	x->file = ward_str_z(path);
	if (!z.p)
		x->err = WARD_ERR_NOMEM;
	else if (yr_compiler_add_string(x->c, z.p, NULL) != 0)
		x->err = WARD_ERR_CONFIG;
}

static void compile_folder(struct compiling *x, const char *folder)
{
	struct dirent **entry = NULL;
	int n = scandir(folder, &entry, yar_file, alphasort);

	for (int i = 0; i < n; i++) {
		char path[PATH_BYTES];

		if (!x->err && i < FILES_MAX &&
			snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name) <
				PATH_BYTES)
			compile(x, path);
		free(entry[i]);
	}
	free(entry);
}

static size_t put_packed(const void *p, size_t size, size_t n, void *ctx)
{
	struct ward_wr *w = ctx;

	ward_wr_bytes(w, p, size * n);
	return ward_wr_bad(w) ? 0 : n;
}

static size_t get_packed(void *p, size_t size, size_t n, void *ctx)
{
	struct ward_rd *r = ctx;
	struct ward_slice s = ward_rd_bytes(r, size * n);

	if (s.len)
		memcpy(p, s.p, s.len);
	return ward_rd_bad(r) ? 0 : n;
}

/* The compiler's tables have room to grow, which each process that is forked would get a copy of:
 * written out and read again they are as small as can be. */
static YR_RULES *packed(YR_RULES *loose)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2);
	YR_STREAM out = {.user_data = &w, .write = put_packed};
	YR_RULES *rules = NULL;
	bool ok = yr_rules_save_stream(loose, &out) == ERROR_SUCCESS;
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&w));
	YR_STREAM in = {.user_data = &r, .read = get_packed};

	(void)yr_rules_destroy(loose);
	if (ok && yr_rules_load_stream(&in, &rules) != ERROR_SUCCESS)
		rules = NULL;
	ward_wr_fini(&w);
	return rules;
}

static enum ward_err finish(struct compiling *x, struct ward_file_rules **ret)
{
	struct ward_file_rules *r = calloc(1, sizeof(*r));
	YR_RULES *loose;
	YR_RULE *rule;

	if (r && yr_compiler_get_rules(x->c, &loose) == ERROR_SUCCESS)
		r->rules = packed(loose);
	if (!r || !r->rules) {
		free(r);
		return WARD_ERR_NOMEM;
	}
	yr_rules_foreach(r->rules, rule) r->n++;
	ward_sieve_init(&r->sieve, r->rules);
	*ret = r;
	return WARD_OK;
}

enum ward_err ward_file_rules_load(const char *const *folder, size_t n_folder,
	const struct ward_limits *lim, struct ward_diag *diag, struct ward_file_rules **ret)
{
	struct compiling x = {.lim = lim, .diag = diag};

	if (yr_initialize() != ERROR_SUCCESS)
		return WARD_ERR_NOMEM;
	if (yr_compiler_create(&x.c) != ERROR_SUCCESS) {
		(void)yr_finalize();
		return WARD_ERR_NOMEM;
	}
	ward_arena_init(&x.arena, ward_mem_heap(), TEXT_MAX);
	yr_compiler_set_callback(x.c, tell, &x);
	yr_compiler_set_include_callback(x.c, NULL, NULL, NULL); /* a file is read by us alone */
	for (size_t i = 0; i < n_folder && !x.err; i++)
		if (folder[i])
			compile_folder(&x, folder[i]);
	enum ward_err err = x.err ? x.err : finish(&x, ret);

	yr_compiler_destroy(x.c);
	ward_arena_fini(&x.arena);
	if (err)
		(void)yr_finalize();
	return err;
}

void ward_file_rules_free(struct ward_file_rules *r)
{
	if (!r)
		return;
	(void)yr_rules_destroy(r->rules);
	free(r);
	(void)yr_finalize();
}

size_t ward_file_rules_n(const struct ward_file_rules *r)
{
	return r->n;
}

static void tell_rule(struct ward_scan *s, const YR_RULE *rule)
{
	const char *says = "";
	int64_t weight = WARD_RULES_WEIGHT;
	YR_META *meta;

	yr_rule_metas_foreach(rule, meta)
	{
		if (meta->type == META_TYPE_INTEGER && strcmp(meta->identifier, "weight") == 0)
			weight = meta->integer;
		else if (meta->type == META_TYPE_STRING &&
			 (strcmp(meta->identifier, "says") == 0 ||
				 (!*says && strcmp(meta->identifier, "description") == 0)))
			says = meta->string;
	}
	weight = weight < 0 ? 0 : weight > 100 ? 100 : weight;
	s->found(s->ctx, rule->identifier, says, (unsigned)weight);
}

static int callback(YR_SCAN_CONTEXT *c, int message, void *data, void *ctx)
{
	(void)c;
	if (message == CALLBACK_MSG_RULE_MATCHING)
		tell_rule(ctx, data);
	return CALLBACK_CONTINUE;
}

enum ward_err ward_scan_new(
	const struct ward_file_rules *r, unsigned seconds, struct ward_scan **ret)
{
	struct ward_scan *s = calloc(1, sizeof(*s));

	if (!s || yr_scanner_create(r->rules, &s->scanner) != ERROR_SUCCESS) {
		free(s);
		return WARD_ERR_NOMEM;
	}
	/* A crash is to end the process, which is a finding, and not to be caught. One match of a
	 * string is enough where a rule asks for no more. */
	yr_scanner_set_flags(s->scanner,
		SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH);
	yr_scanner_set_timeout(s->scanner, (int)seconds);
	yr_scanner_set_callback(s->scanner, callback, s);
	s->rules = r;
	*ret = s;
	return WARD_OK;
}

void ward_scan_free(struct ward_scan *s)
{
	if (!s)
		return;
	yr_scanner_destroy(s->scanner);
	free(s);
}

/* Bytes as libyara asks for them: first to search for strings, which is done where the sieve says,
 * then once more for each condition that reads bytes, or a module, which see all of them. */
struct reading {
	YR_MEMORY_BLOCK block;
	const struct ward_sieve *sieve;
	struct ward_slice bytes, given;
	size_t at;
	bool searched;
};

static const uint8_t *fetch(YR_MEMORY_BLOCK *block)
{
	const struct reading *r = block->context;

	return r->given.p;
}

static YR_MEMORY_BLOCK *give(struct reading *r, struct ward_slice s)
{
	r->given = s;
	r->block = (YR_MEMORY_BLOCK){.size = s.len,
		.base = (uint64_t)(s.p - r->bytes.p),
		.context = r,
		.fetch_data = fetch};
	return &r->block;
}

static YR_MEMORY_BLOCK *next_stretch(YR_MEMORY_BLOCK_ITERATOR *i)
{
	struct reading *r = i->context;
	struct ward_slice s;

	if (!r->searched && ward_sieve_next(r->sieve, r->bytes, &r->at, &s))
		return give(r, s);
	r->searched = true;
	return NULL;
}

static YR_MEMORY_BLOCK *first_stretch(YR_MEMORY_BLOCK_ITERATOR *i)
{
	struct reading *r = i->context;

	return r->searched ? give(r, r->bytes) : next_stretch(i);
}

static uint64_t size_of(YR_MEMORY_BLOCK_ITERATOR *i)
{
	const struct reading *r = i->context;

	return r->bytes.len;
}

static int scan_sieved(struct ward_scan *s, struct ward_slice bytes)
{
	struct reading r = {.sieve = &s->rules->sieve, .bytes = bytes};
	YR_MEMORY_BLOCK_ITERATOR i = {.context = &r,
		.first = first_stretch,
		.next = next_stretch,
		.file_size = size_of,
		.last_error = ERROR_SUCCESS};

	return yr_scanner_scan_mem_blocks(s->scanner, &i);
}

enum ward_err ward_scan_bytes(struct ward_scan *s, struct ward_slice bytes,
	void (*found)(void *ctx, const char *rule, const char *says, unsigned weight), void *ctx)
{
	int rc = ERROR_SUCCESS;

	s->found = found;
	s->ctx = ctx;
	if (bytes.len >= SIEVED_FROM && !s->rules->sieve.all)
		rc = scan_sieved(s, bytes);
	else if (bytes.len)
		rc = yr_scanner_scan_mem(s->scanner, bytes.p, bytes.len);
	return rc == ERROR_SUCCESS               ? WARD_OK
	       : rc == ERROR_INSUFFICIENT_MEMORY ? WARD_ERR_NOMEM
						 : WARD_ERR_AGAIN;
}

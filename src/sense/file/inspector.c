#include "sense/file/inspector.h"

#include "conf/conf.h"
#include "sense/file/exam.h"
#include "sense/file/lists.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096, ARENA_BYTES = 1 << 30 };

static void read_verdicts(
	struct ward_inspect_weights *w, const struct ward_conf *c, struct ward_diag *diag)
{
	const char *known[WARD_INSPECTED_N] = {NULL};
	int64_t v;

	for (size_t i = WARD_INSPECTED_NOTICE; i < WARD_INSPECTED_N; i++)
		known[i - WARD_INSPECTED_NOTICE] = ward_inspected_name((enum ward_inspected)i);
	if (!c)
		return;
	ward_conf_only(c, known, diag);
	for (size_t i = WARD_INSPECTED_NOTICE; i < WARD_INSPECTED_N; i++)
		if (ward_conf_i64(c, ward_inspected_name((enum ward_inspected)i), false, diag, 1,
			    1000, &v))
			w->from[i] = (unsigned)v;
}

static void read_weights(
	struct ward_inspect_weights *w, const struct ward_conf *c, bool all, struct ward_diag *diag)
{
	const char *known[WARD_SUSPECT_N + 1] = {NULL};
	int64_t v;

	for (size_t i = 0; i < WARD_SUSPECT_N; i++)
		known[i] = ward_suspect_name((enum ward_suspect)i);
	if (!c)
		return;
	ward_conf_only(c, known, diag);
	for (size_t i = 0; i < WARD_SUSPECT_N; i++)
		if (i != WARD_SUSPECT_RULE && /* its own */
			ward_conf_i64(c, known[i], all, diag, 0, WARD_INSPECT_WEIGHT, &v))
			w->of[i] = (unsigned)v;
}

enum ward_err ward_weights_read(struct ward_inspect_weights *w, const struct ward_limits *lim,
	const char *path, bool all, struct ward_arena *a, struct ward_diag *diag)
{
	static const char *const known[] = {"verdicts", "weights", NULL};
	const struct ward_conf *docs, *doc;
	size_t before = diag->n_error;
	enum ward_err err = ward_conf_yaml_file(a, lim, path, diag, &docs);

	if (err)
		return err;
	doc = docs->child;
	ward_conf_only(doc, known, diag);
	read_verdicts(w, ward_conf_get(doc, "verdicts"), diag);
	read_weights(w, ward_conf_get(doc, "weights"), all, diag);
	if (all && (!ward_conf_get(doc, "verdicts") || !ward_conf_get(doc, "weights")))
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(path), 1, "%s\n%s",
			WARD_TEXT("the file says no weights and verdicts"),
			WARD_TEXT("put back the file that belongs to this version"));
	if (w->from[WARD_INSPECTED_SUSPICIOUS] < w->from[WARD_INSPECTED_NOTICE] ||
		w->from[WARD_INSPECTED_MALICIOUS] < w->from[WARD_INSPECTED_SUSPICIOUS])
		ward_diag_addf(diag, WARD_DIAG_ERROR, ward_str_z(path), 1, "%s\n%s",
			WARD_TEXT("a graver verdict begins at a smaller sum"),
			WARD_TEXT("let notice, suspicious and malicious rise"));
	return diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

struct loading {
	const struct ward_inspect_in *in;
	struct ward_inspector *i;
	enum ward_err err;
};

static void note(struct loading *l, enum ward_err err)
{
	if (err && l->err != WARD_ERR_NOMEM)
		l->err = err == WARD_ERR_NOMEM ? err : WARD_ERR_CONFIG;
}

static void load_list(
	struct loading *l, const char *folder, const char *name, struct ward_hashes *h)
{
	char path[PATH_BYTES];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", folder, name);
	if (stat(path, &st) == 0 || errno != ENOENT) /* what is there and can't be read is said */
		note(l, ward_lists_read(h, l->in->lim, path, l->in->diag));
}

/* One folder: content's, where all weights must stand, or the hospital's own. */
static void load_folder(struct loading *l, const char *folder, bool all)
{
	char path[PATH_BYTES];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%.4000s/weights.yml", folder);
	if (all || stat(path, &st) == 0)
		note(l, ward_weights_read(
				&l->i->weights, l->in->lim, path, all, &l->i->arena, l->in->diag));
	load_list(l, folder, "allow.txt", &l->i->allow);
	load_list(l, folder, "block.txt", &l->i->block);
	load_list(l, folder, "block", &l->i->block);
}

static void load_rules(struct loading *l, const char *const *folder, size_t n)
{
	char path[2][PATH_BYTES];
	const char *rules[2] = {NULL, NULL};

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path[i], PATH_BYTES, "%.4000s/rules", folder[i]);
		rules[i] = path[i];
	}
	note(l, ward_file_rules_load(rules, n, l->in->lim, l->in->diag, &l->i->rules));
	if (l->i->rules)
		note(l, ward_inspector_ready(l->i, l->in->lim));
}

/* libcrypto makes itself ready at its first hash, and looks up each by its name: once, here, and
 * not in each cell. */
enum ward_err ward_inspector_ready(struct ward_inspector *i, const struct ward_limits *lim)
{
	const EVP_MD *const md[WARD_HASH_N] = {[WARD_HASH_MD5] = EVP_md5(),
		[WARD_HASH_SHA1] = EVP_sha1(),
		[WARD_HASH_SHA256] = EVP_sha256()};
	uint8_t hash[EVP_MAX_MD_SIZE];
	bool ok = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1;

	for (size_t k = 0; ok && k < WARD_HASH_N; k++) {
		i->hash[k] = EVP_MD_CTX_new();
		ok = i->hash[k] && EVP_DigestInit_ex(i->hash[k], md[k], NULL) == 1 &&
		     EVP_DigestFinal_ex(i->hash[k], hash, NULL) == 1;
	}
	ward_script_words(&i->script);
	return ok ? ward_scan_new(
			    i->rules, (unsigned)ward_limit(lim, WARD_LIMIT_FILE_SECONDS), &i->scan)
		  : WARD_ERR_NOMEM;
}

struct ward_inspector *ward_inspector_new(void)
{
	struct ward_inspector *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	ward_arena_init(&i->arena, ward_mem_heap(), ARENA_BYTES);
	ward_hashes_init(&i->allow, ward_mem_heap(), &i->arena);
	ward_hashes_init(&i->block, ward_mem_heap(), &i->arena);
	return i;
}

enum ward_err ward_inspector_load(const struct ward_inspect_in *in, struct ward_inspector **ret)
{
	struct ward_inspector *i = ward_inspector_new();
	struct loading l = {in, i, WARD_OK};
	char path[2][PATH_BYTES];
	const char *folder[2] = {path[0], path[1]};
	size_t n = in->hospital ? 2 : 1, before = in->diag->n_error;

	if (!i)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < n; k++) {
		(void)snprintf(
			path[k], PATH_BYTES, "%.4000s/inspect", k ? in->hospital : in->content);
		load_folder(&l, folder[k], k == 0);
	}
	if (in->indicators)
		note(&l, ward_lists_read(&i->block, in->lim, in->indicators, in->diag));
	load_rules(&l, folder, n);
	ward_hashes_ready(&i->allow);
	ward_hashes_ready(&i->block);
	if (!l.err && in->diag->n_error > before)
		l.err = WARD_ERR_CONFIG;
	if (l.err)
		ward_inspector_free(i);
	else
		*ret = i;
	return l.err;
}

void ward_inspector_free(struct ward_inspector *i)
{
	if (!i)
		return;
	for (size_t k = 0; k < WARD_HASH_N; k++)
		EVP_MD_CTX_free(i->hash[k]);
	ward_scan_free(i->scan);
	ward_file_rules_free(i->rules);
	ward_hashes_fini(&i->allow);
	ward_hashes_fini(&i->block);
	ward_arena_fini(&i->arena);
	free(i);
}

const struct ward_inspect_weights *ward_inspector_weights(const struct ward_inspector *i)
{
	return &i->weights;
}

size_t ward_inspector_rules(const struct ward_inspector *i)
{
	return ward_file_rules_n(i->rules);
}

size_t ward_inspector_hashes(const struct ward_inspector *i)
{
	return i->allow.n + i->block.n;
}

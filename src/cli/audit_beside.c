#include "cli/audit_beside.h"

#include "cli/clip.h"
#include "comply/evidence.h"
#include "comply/notary.h"
#include "comply/retained.h"
#include "conf/conf.h"
#include "journal/look.h"
#include "revision/revision.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TEXTS_BYTES = 512 << 20,
	CLIP_BYTES = 1 << 30,
	ROWS_MAX = 1 << 22,
	PATH_BYTES = PATH_MAX + 512,
	DEPTH = 3,
};

struct ward_cli_clip_row {
	struct ward_id id;
	bool written, erased, has_sum, has_key, seen;
	uint8_t sum[32], key[32];
	uint64_t row;
};

struct ward_cli_version_row {
	uint64_t number, row;
	uint8_t manifest[32];
	struct ward_str by, why;
	bool seen;
};

void ward_cli_beside_fault(struct ward_cli_beside *b, const char *file, const char *what)
{
	b->n_fault++;
	(void)fprintf(stderr, "ward %s: %s: %s\n", b->at->cmd->name, file, what);
}

bool ward_cli_beside_read(struct ward_cli_beside *b, const char *path, struct ward_wr *w)
{
	ward_wr_reset(w);
	b->n_file++;
	if (ward_cli_clip_read(b->at->cmd, path, CLIP_BYTES, w) == 0)
		return true;
	b->n_fault++;
	return false;
}

static bool sum_is(struct ward_slice bytes, const uint8_t sum[32])
{
	uint8_t is[32];

	ward_sha256(bytes, is);
	return memcmp(is, sum, sizeof(is)) == 0;
}

/* ---- rows ---- */

static bool hex_of(const struct ward_conf *c, const char *key, uint8_t ret[32])
{
	return ward_str_unhex(ward_conf_word(c, key), ret, 32);
}

static struct ward_cli_clip_row *clip_of(struct ward_cli_beside *b, struct ward_id id)
{
	for (size_t i = 0; i < b->n_clip; i++)
		if (ward_id_eq(b->clip[i].id, id))
			return &b->clip[i];
	if (ward_mem_more(ward_mem_heap(), &b->clip, b->n_clip, &b->cap_clip, sizeof(*b->clip),
		    ROWS_MAX) != WARD_OK)
		return NULL;
	b->clip[b->n_clip] = (struct ward_cli_clip_row){.id = id};
	return &b->clip[b->n_clip++];
}

static enum ward_err take_clip(struct ward_cli_beside *b, const struct ward_conf *c, uint64_t row)
{
	struct ward_str act = ward_conf_word(c, "act");
	struct ward_cli_clip_row *k;
	struct ward_id id;

	if (!ward_id_parse(ward_conf_word(c, "id"), &id))
		return WARD_OK;
	k = clip_of(b, id);
	if (!k)
		return WARD_ERR_NOMEM;
	if (ward_str_eqz(act, "written")) {
		k->written = true;
		k->row = row;
		k->has_sum = hex_of(c, "sha256", k->sum);
		k->has_key = hex_of(c, "key_sha256", k->key);
	}
	k->erased = k->erased || ward_str_eqz(act, "erased");
	return WARD_OK;
}

static enum ward_err take_version(
	struct ward_cli_beside *b, const struct ward_conf *c, uint64_t row)
{
	const struct ward_conf *args = ward_conf_get(c, "args");
	struct ward_cli_version_row v = {.row = row};

	if (!ward_str_eqz(ward_conf_word(c, "subject"), "configuration") ||
		!ward_str_u64(ward_conf_word(args, "version"), &v.number) ||
		!hex_of(args, "manifest", v.manifest))
		return WARD_OK;
	if (ward_mem_more(ward_mem_heap(), &b->version, b->n_version, &b->cap_version,
		    sizeof(*b->version), ROWS_MAX) != WARD_OK)
		return WARD_ERR_NOMEM;
	v.by = ward_arena_str(&b->texts, ward_conf_word(c, "person"));
	v.why = ward_arena_str(&b->texts, ward_conf_word(c, "text"));
	b->version[b->n_version++] = v;
	return v.by.p && v.why.p ? WARD_OK : WARD_ERR_NOMEM;
}

/* The playbook with which a run began, as its rows say (respond/playbook/drive_row.c). */
static enum ward_err take_run(struct ward_cli_beside *b, struct ward_str json)
{
	const struct ward_str key = WARD_STR("\"hash\":\"");
	size_t at = ward_str_find(json, key);
	struct ward_hash h = {{0}};

	if (at == SIZE_MAX || !ward_str_unhex(ward_str_sub(json, at + key.len, 2 * sizeof(h.b)),
				      h.b, sizeof(h.b)))
		return WARD_OK;
	for (size_t i = 0; i < b->n_playbook; i++)
		if (memcmp(&b->playbook[i], &h, sizeof(h)) == 0)
			return WARD_OK;
	enum ward_err err = ward_mem_more(ward_mem_heap(), &b->playbook, b->n_playbook,
		&b->cap_playbook, sizeof(*b->playbook), ROWS_MAX);

	if (!err)
		b->playbook[b->n_playbook++] = h;
	return err;
}

static bool decides(const struct ward_store_row *row, const char *what)
{
	return row->kind == WARD_ROW_DECISION && row->json.p &&
	       ward_str_find(row->json, ward_str_z(what)) != SIZE_MAX;
}

enum ward_err ward_cli_beside_row(struct ward_cli_beside *b, const struct ward_store_row *row)
{
	bool clip = row->kind == WARD_ROW_CLIP, version = decides(row, "\"what\":\"configure\""),
	     remembered = row->kind == WARD_ROW_DELETION || decides(row, "\"what\":\"hold\"") ||
			  decides(row, "\"what\":\"release-hold\"");
	const struct ward_conf *c;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag diag;

	if (row->json.p && row->kind == WARD_ROW_RUN)
		return take_run(b, row->json);
	if (!row->json.p || (!clip && !version && !remembered))
		return WARD_OK;
	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(&a, &lim, WARD_STR("row"), 1, ward_str_bytes(row->json), &diag, &c);

	if (!err && remembered)
		ward_cli_remembered_row(b, row, c);
	else if (!err)
		err = clip ? take_clip(b, c, row->row) : take_version(b, c, row->row);
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return err == WARD_ERR_NOMEM ? err : WARD_OK; /* what is no row its leaf tells */
}

/* ---- clips and photos ---- */

static void check_clip(struct ward_cli_beside *b, struct ward_str name, struct ward_wr *w)
{
	char path[PATH_BYTES], key[PATH_BYTES], sum[PATH_BYTES];
	struct ward_cli_clip_row *k = NULL;
	struct ward_id id;

	if (!ward_id_parse(ward_str_sub(name, 0, name.len - 5), &id))
		return;
	for (size_t i = 0; i < b->n_clip && !k; i++)
		k = ward_id_eq(b->clip[i].id, id) ? &b->clip[i] : NULL;
	(void)snprintf(path, sizeof(path), "%s/clips/%.*s", b->at->state, WARD_STR_ARG(name));
	(void)snprintf(key, sizeof(key), "%s/clips/%.36s.key", b->at->state, name.p);
	(void)snprintf(sum, sizeof(sum), "%s/clips/%.36s.sum", b->at->state, name.p);
	if (!k || !k->written) {
		if (!b->at->runs) /* it is told once it is written */
			ward_cli_beside_fault(b, path, "the ledger knows nothing of this clip");
		return;
	}
	k->seen = true;
	if (!k->has_sum)
		return; /* of a Ward that said none */
	if (ward_cli_beside_read(b, path, w) && !sum_is(ward_wr_slice(w), k->sum))
		ward_cli_beside_fault(b, path,
			"it is not what was captured: its SHA-256 is another than in its row");
	if (access(sum, F_OK) == 0 && ward_cli_beside_read(b, sum, w) &&
		(w->len != 32 || memcmp(w->p, k->sum, 32) != 0))
		ward_cli_beside_fault(b, sum, "it is not the SHA-256 of its row");
	if (k->has_key && !k->erased && ward_cli_beside_read(b, key, w) &&
		!sum_is(ward_wr_slice(w), k->key))
		ward_cli_beside_fault(
			b, key, "it is not the sealed key that was made: nobody can open the clip");
}

static void check_clips(struct ward_cli_beside *b)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), CLIP_BYTES + (1 << 17));
	char path[PATH_BYTES], id[WARD_ID_TEXT];

	(void)snprintf(path, sizeof(path), "%s/clips", b->at->state);
	DIR *d = opendir(path);

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		if (ward_str_ends(ward_str_z(e->d_name), WARD_STR(".clip")))
			check_clip(b, ward_str_z(e->d_name), &w);
	if (d)
		(void)closedir(d);
	for (size_t i = 0; i < b->n_clip && !b->at->runs; i++) {
		const struct ward_cli_clip_row *k = &b->clip[i];

		ward_id_text(k->id, id);
		if (k->written && !k->erased && !k->seen)
			ward_cli_beside_fault(
				b, id, "this clip is gone, and no row says that it was erased");
	}
	ward_wr_fini(&w);
}

/* ---- files that are called by their SHA-256 ---- */

/* The name of a file, with those of its folders, without its ending. */
static void check_named(struct ward_cli_beside *b, const char *path, const char *hex, size_t len)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), CLIP_BYTES);
	uint8_t sum[32];

	if (ward_str_unhex((struct ward_str){hex, len}, sum, sizeof(sum)) &&
		ward_cli_beside_read(b, path, &w) && !sum_is(ward_wr_slice(&w), sum))
		ward_cli_beside_fault(
			b, path, "it is not the text that its name says: it was changed");
	ward_wr_fini(&w);
}

static void check_playbooks(struct ward_cli_beside *b)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/playbook", b->at->state);
	DIR *d = opendir(path);

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		struct ward_str name = ward_str_z(e->d_name);

		(void)snprintf(path, sizeof(path), "%s/playbook/%s", b->at->state, e->d_name);
		if (ward_str_ends(name, WARD_STR(".json")))
			check_named(b, path, e->d_name, name.len - 5);
	}
	if (d)
		(void)closedir(d);
	for (size_t i = 0; i < b->n_playbook; i++) {
		char hex[2 * sizeof(b->playbook->b) + 1];
		struct ward_wr w = ward_wr_fixed(hex, sizeof(hex));

		ward_wr_hex(&w, ward_slice_of(b->playbook[i].b, sizeof(b->playbook[i].b)));
		(void)snprintf(path, sizeof(path), "%s/playbook/%.64s.json", b->at->state, hex);
		if (access(path, F_OK) != 0)
			ward_cli_beside_fault(
				b, path, "a run began with this playbook, and it is gone");
	}
}

static void check_objects(struct ward_cli_beside *b)
{
	char path[PATH_BYTES], hex[80];

	(void)snprintf(path, sizeof(path), "%s/config/objects", b->at->state);
	DIR *all = opendir(path);

	for (struct dirent *e = all ? readdir(all) : NULL; e; e = readdir(all)) {
		if (strlen(e->d_name) != 2 || e->d_name[0] == '.')
			continue;
		(void)snprintf(
			path, sizeof(path), "%s/config/objects/%.2s", b->at->state, e->d_name);
		DIR *d = opendir(path);

		for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
			(void)snprintf(hex, sizeof(hex), "%.2s%.70s", e->d_name, f->d_name);
			(void)snprintf(path, sizeof(path), "%s/config/objects/%.2s/%s",
				b->at->state, e->d_name, f->d_name);
			check_named(b, path, hex, strlen(hex));
		}
		if (d)
			(void)closedir(d);
	}
	if (all)
		(void)closedir(all);
}

/* ---- versions of the hospital's directory, of which the record of processing is a part ---- */

static void check_version(
	struct ward_cli_beside *b, struct ward_revision *r, const struct ward_revision_version *v)
{
	struct ward_cli_version_row *row = NULL;
	struct ward_revision_tree t;
	struct ward_arena a;
	char name[64];

	(void)snprintf(name, sizeof(name), "config: version %llu", (unsigned long long)v->number);
	for (size_t i = 0; i < b->n_version; i++)
		row = b->version[i].number == v->number ? &b->version[i] : row;
	if (row)
		row->seen = true;
	if (!row && !b->at->runs && v->number <= ward_revision_marked(r, "recorded"))
		ward_cli_beside_fault(b, name, "no row of the ledger says that it was taken");
	if (row && (memcmp(row->manifest, v->manifest, sizeof(v->manifest)) != 0 ||
			   !ward_str_eq(row->by, v->by) || !ward_str_eq(row->why, v->why)))
		ward_cli_beside_fault(
			b, name, "it is not the version that its row says: its files, who or why");
	ward_arena_init(&a, ward_mem_heap(), WARD_REVISION_BYTES);
	if (ward_revision_tree(r, v->number, &a, &t) != WARD_OK)
		ward_cli_beside_fault(b, name, ward_revision_why(r));
	for (size_t i = 0; i < t.n; i++) {
		struct ward_slice text;

		if (ward_revision_text_of(r, &t.file[i], &a, &text) != WARD_OK)
			ward_cli_beside_fault(b, name, ward_revision_why(r));
	}
	ward_arena_fini(&a);
}

/* As it lies there now, if Ward goes on with it. */
static void check_directory(struct ward_cli_beside *b, struct ward_revision *r)
{
	struct ward_revision_tree is, due;
	struct ward_arena a;
	char what[WARD_REVISION_PATH + 16];

	ward_arena_init(&a, ward_mem_heap(), 2 * (size_t)WARD_REVISION_BYTES);
	enum ward_err err = ward_revision_tree(r, ward_revision_current(r), &a, &due);

	if (!err)
		err = ward_revision_scan(r, false, &a, &is);
	for (size_t i = 0; !err && i < due.n; i++) {
		const struct ward_revision_file *f = ward_revision_find(&is, due.file[i].path);

		(void)snprintf(what, sizeof(what), "%.*s", WARD_STR_ARG(due.file[i].path));
		if (!f)
			ward_cli_beside_fault(b, what,
				"it is gone from the hospital's directory, and no version "
				"says so");
		else if (memcmp(f->hash, due.file[i].hash, sizeof(f->hash)) != 0)
			ward_cli_beside_fault(b, what,
				"it is not what the last version of the hospital's directory has: "
				"look at `ward config diff`, then take it or go back");
	}
	for (size_t i = 0; !err && i < is.n; i++)
		if (!ward_revision_find(&due, is.file[i].path)) {
			(void)snprintf(what, sizeof(what), "%.*s", WARD_STR_ARG(is.file[i].path));
			ward_cli_beside_fault(
				b, what, "no version of the hospital's directory has it");
		}
	ward_arena_fini(&a);
}

static void check_versions(struct ward_cli_beside *b)
{
	char folder[PATH_BYTES], why[WARD_REVISION_SAY] = "";
	const struct ward_revision_in in = {
		folder, b->at->hospital ? b->at->hospital : b->at->state, ward_mem_heap(), false};
	struct ward_revision *r;
	size_t n;

	(void)snprintf(folder, sizeof(folder), "%s/config", b->at->state);
	enum ward_err err = ward_revision_open(&in, &r, why);

	if (err == WARD_ERR_NOT_FOUND) {
		if (b->n_version)
			ward_cli_beside_fault(
				b, folder, "the ledger has versions, and there are none here");
		return;
	}
	if (err) {
		ward_cli_beside_fault(b, folder, *why ? why : ward_err_text(err));
		return;
	}
	const struct ward_revision_version *v = ward_revision_list(r, &n);

	for (size_t i = 0; i < n; i++)
		check_version(b, r, &v[i]);
	for (size_t i = 0; i < b->n_version; i++)
		if (!b->version[i].seen)
			ward_cli_beside_fault(
				b, folder, "a version that the ledger has is not in its list");
	if (b->at->hospital && n)
		check_directory(b, r);
	ward_revision_free(r);
}

/* ---- the journal ---- */

static enum ward_err each_record(struct ward_cli_beside *b, struct ward_journal *j)
{
	struct ward_journal_cursor *c = NULL;
	struct ward_record rec;
	enum ward_err err = ward_journal_cursor_open(j, 0, &c);

	while (!err) {
		err = ward_journal_next_record(c, &rec);
		b->n_record += !err;
		if (err != WARD_ERR_CORRUPT)
			continue;
		ward_cli_beside_fault(b, "journal", ward_journal_cursor_damage(c)->what);
		ward_journal_cursor_skip(c);
		err = WARD_OK;
	}
	if (c)
		ward_journal_cursor_close(c);
	return err == WARD_ERR_AGAIN ? WARD_OK : err;
}

/* Nobody writes it. */
static enum ward_err check_still(struct ward_cli_beside *b, const struct ward_io *io)
{
	struct ward_journal_options o;
	struct ward_journal *j = NULL;
	struct ward_journal_stats st;
	struct ward_limits lim;

	ward_limits_default(&lim);
	ward_journal_options_default(&o, &lim);
	o.total_bytes = o.source_bytes = UINT64_MAX / 4; /* whatever the hospital's limits are */
	o.read_only = true;
	enum ward_err err = ward_journal_open(&o, io, ward_clock_system(), ward_mem_heap(), &j);

	if (err)
		return err;
	ward_journal_stats(j, &st);
	for (size_t i = 0; i < st.n_damage && i < WARD_JOURNAL_DAMAGE_MAX; i++)
		ward_cli_beside_fault(b, "journal", ward_journal_damage(j, i)->what);
	if (st.n_torn)
		ward_cli_beside_fault(b, "journal",
			"its end is not whole: it was changed or cut off, or the machine lost its "
			"power there, which the next start mends");
	err = each_record(b, j);
	ward_journal_close(j);
	return err;
}

/* Ward goes on: block by block, as far as they are whole. */
static enum ward_err check_live(struct ward_cli_beside *b, const struct ward_io *io)
{
	struct ward_look *l;
	struct ward_record rec;
	enum ward_err err = ward_look_open(io, ward_mem_heap(), &l);

	if (err)
		return err;
	ward_look_start(l, false, (struct ward_look_watch){NULL, NULL, NULL});
	while (!err) {
		err = ward_look_next(l, &rec);
		b->n_record += !err;
	}
	if (ward_look_stats(l).n_damaged)
		ward_cli_beside_fault(
			b, "journal", "blocks of it are not what their check sums say");
	ward_look_close(l);
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}

static enum ward_err check_journal(struct ward_cli_beside *b)
{
	char path[PATH_BYTES];
	struct ward_io_dir dir;

	(void)snprintf(path, sizeof(path), "%s/journal", b->at->state);
	if (access(path, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_io_dir_open(&dir, path, false, false);

	if (err)
		return err;
	err = b->at->runs ? check_live(b, &dir.io) : check_still(b, &dir.io);
	ward_io_dir_close(&dir);
	return err;
}

/* ---- the notary ---- */

void ward_cli_beside_begin(struct ward_cli_beside *b, struct ward_cli_audit *at)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 17);
	struct ward_notary n;
	char path[PATH_BYTES];

	*b = (struct ward_cli_beside){.at = at};
	ward_arena_init(&b->texts, ward_mem_heap(), TEXTS_BYTES);
	(void)snprintf(path, sizeof(path), "%s/notary/notary", at->state);
	if (access(path, R_OK) == 0 && ward_cli_beside_read(b, path, &w)) {
		enum ward_err err = ward_notary_load(ward_wr_slice(&w), &n);

		b->has_notary = !err;
		if (err)
			ward_cli_beside_fault(b, path,
				err == WARD_ERR_VERSION
					? "a newer Ward wrote it: verify with that one"
					: "it is not what the notary kept: it was changed");
		b->notary_n = b->has_notary ? n.ledger.n : 0;
		if (b->has_notary)
			ward_ledger_root(&n.ledger, &b->notary_root);
		ward_wipe(&n, sizeof(n));
	}
	if (w.len)
		ward_wipe(w.p, w.len);
	ward_wr_fini(&w);
}

void ward_cli_beside_tree(struct ward_cli_beside *b, const struct ward_ledger *tree)
{
	struct ward_hash root;

	if (!b->has_notary || tree->n != b->notary_n)
		return;
	ward_ledger_root(tree, &root);
	if (!ward_hash_eq(&root, &b->notary_root))
		ward_cli_beside_fault(
			b, "notary/notary", "the notary signed other rows than these");
}

enum ward_err ward_cli_beside_check(struct ward_cli_beside *b, uint64_t total)
{
	if (b->has_notary && total < b->notary_n)
		ward_cli_beside_fault(b, "notary/notary",
			"the notary signed more rows than there are: some are missing at the end, "
			"or it is an older copy");
	check_clips(b);
	check_objects(b);
	check_versions(b);
	check_playbooks(b);
	ward_cli_remembered_check(b);
	return check_journal(b);
}

void ward_cli_beside_end(struct ward_cli_beside *b)
{
	ward_mem_free(ward_mem_heap(), b->clip, b->cap_clip * sizeof(*b->clip));
	ward_mem_free(ward_mem_heap(), b->version, b->cap_version * sizeof(*b->version));
	ward_mem_free(ward_mem_heap(), b->playbook, b->cap_playbook * sizeof(*b->playbook));
	ward_mem_free(ward_mem_heap(), b->retained, sizeof(*b->retained));
	ward_arena_fini(&b->texts);
}

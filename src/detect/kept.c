#include "detect/kept.h"

#include "base/hash.h"
#include "conf/conf.h"

enum { ROUNDS_MAX = 8, FILES_MAX = 131072, KEY_BYTES = 1 << 16 };

static const char magic[] = "ward-kept 2";

struct file {
	struct ward_slice now, before;
	struct ward_str *key; /* of the rules that `before` has */
	size_t n_key;
	bool seen;        /* it is there this time */
	bool readable;    /* and now is its text */
	bool have_before; /* it was without an error before */
	bool bad;         /* it has an error, as it is used in this round */
	bool used;        /* before is used */
};

struct ward_kept {
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_arena arena; /* texts */
	struct ward_intern path; /* beside file */
	struct file *file;
	size_t n, cap;
};

enum ward_err ward_kept_new(
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_kept **ret)
{
	struct ward_kept *k = ward_mem_alloc(mem, sizeof(*k));
	size_t bytes = ward_limit(lim, WARD_LIMIT_DETECT_RULE_BYTES);

	if (!k)
		return WARD_ERR_NOMEM;
	k->lim = lim;
	k->mem = mem;
	ward_arena_init(&k->arena, mem, bytes > SIZE_MAX / 3 ? bytes : bytes * 3);
	ward_intern_init(&k->path, mem, FILES_MAX, bytes);
	*ret = k;
	return WARD_OK;
}

void ward_kept_free(struct ward_kept *k)
{
	if (!k)
		return;
	ward_mem_free(k->mem, k->file, k->cap * sizeof(*k->file));
	ward_intern_fini(&k->path);
	ward_arena_fini(&k->arena);
	ward_mem_free(k->mem, k, sizeof(*k));
}

/* The file of this path, known from here on. */
static enum ward_err file_of(struct ward_kept *k, struct ward_str path, struct file **ret)
{
	uint32_t id = 0;
	enum ward_err err = ward_intern_put(&k->path, path, &id);

	if (!err && id == k->n) {
		err = ward_mem_more(k->mem, &k->file, k->n, &k->cap, sizeof(*k->file), FILES_MAX);
		if (!err)
			k->file[k->n++] = (struct file){.seen = false};
	}
	if (!err)
		*ret = &k->file[id];
	return err;
}

static struct file *known(const struct ward_kept *k, struct ward_str path)
{
	uint32_t id = ward_intern_find(&k->path, path);

	return id == WARD_NONE ? NULL : &k->file[id];
}

bool ward_kept_has(const struct ward_kept *k, struct ward_str path)
{
	const struct file *f = known(k, path);

	return f && f->seen;
}

size_t ward_kept_n_used(const struct ward_kept *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += k->file[i].used;
	return n;
}

/* ---- saved ---- */

static enum ward_err read_keys(struct ward_kept *k, struct ward_rd *r, struct file *f)
{
	uint64_t n = ward_rd_varint(r);

	if (ward_rd_bad(r) || n > ward_rd_left(r))
		return WARD_ERR_MALFORMED;
	f->key = ward_arena_array(&k->arena, (size_t)n + 1, sizeof(*f->key));
	if (!f->key)
		return WARD_ERR_NOMEM;
	for (f->n_key = 0; f->n_key < n; f->n_key++) {
		struct ward_slice text = ward_rd_lv(r, KEY_BYTES);

		if (ward_rd_bad(r))
			return WARD_ERR_MALFORMED;
		f->key[f->n_key] = ward_arena_str(&k->arena, ward_slice_text(text));
		if (!f->key[f->n_key].p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

enum ward_err ward_kept_read(struct ward_kept *k, struct ward_rd *r)
{
	size_t bytes = ward_limit(k->lim, WARD_LIMIT_DETECT_RULE_BYTES);
	struct ward_slice begin = ward_rd_lv(r, sizeof(magic));
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = WARD_OK;

	if (ward_rd_bad(r) || !ward_str_eqz(ward_slice_text(begin), magic) || n > FILES_MAX)
		return WARD_ERR_MALFORMED;
	for (uint64_t i = 0; i < n && !err; i++) {
		struct ward_slice path = ward_rd_lv(r, bytes), text = ward_rd_lv(r, bytes);
		struct file *f = NULL;

		err = ward_rd_bad(r) ? WARD_ERR_MALFORMED : file_of(k, ward_slice_text(path), &f);
		if (err)
			break;
		f->before = ward_arena_bytes(&k->arena, text);
		f->have_before = true;
		if (text.len && !f->before.p)
			err = WARD_ERR_NOMEM;
		if (!err)
			err = read_keys(k, r, f);
	}
	for (size_t i = 0; err && i < k->n; i++)
		k->file[i].have_before = false;
	return err;
}

void ward_kept_write(const struct ward_kept *k, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++)
		n += k->file[i].have_before;
	ward_wr_lv(w, ward_str_bytes(ward_str_z(magic)));
	ward_wr_varint(w, n);
	for (size_t i = 0; i < k->n; i++) {
		if (!k->file[i].have_before)
			continue;
		ward_wr_lv(w, ward_str_bytes(ward_intern_at(&k->path, (uint32_t)i)));
		ward_wr_lv(w, k->file[i].before);
		ward_wr_varint(w, k->file[i].n_key);
		for (size_t n_key = 0; n_key < k->file[i].n_key; n_key++)
			ward_wr_lv(w, ward_str_bytes(k->file[i].key[n_key]));
	}
}

/* ---- loading ---- */

/* A file is read once, however many rounds there are. */
static enum ward_err read_file(void *ctx, struct ward_arena *a, const char *path,
	struct ward_diag *d, struct ward_slice *ret)
{
	struct ward_kept *k = ctx;
	struct file *f = NULL;
	enum ward_err err = file_of(k, ward_str_z(path), &f);

	if (err)
		return err;
	if (!f->used && !f->readable) {
		f->seen = true;
		err = ward_conf_read(a, k->lim, path, d, ret);
		if (err)
			return err;
		f->now = ward_arena_bytes(&k->arena, *ret);
		if (ret->len && !f->now.p)
			return WARD_ERR_NOMEM;
		f->readable = true;
	}
	*ret = f->used ? f->before : f->now;
	return WARD_OK;
}

static void mark(void *ctx, struct ward_str path)
{
	struct file *f = known(ctx, path);

	if (f)
		f->bad = true;
}

/* Which files have an error, as they were used, beside those that a finding is of. */
static void find_bad(struct ward_kept *k, const struct ward_ruleset *rs)
{
	for (size_t i = 0; i < k->n; i++)
		k->file[i].bad = k->file[i].bad ||
				 (k->file[i].seen && !k->file[i].readable && !k->file[i].used);
	for (size_t i = 0; i < ward_ruleset_counts(rs).n; i++)
		if (ward_ruleset_rule(rs, i).refused)
			mark(k, ward_ruleset_rule(rs, i).file);
}

static bool differ(const struct file *f)
{
	return !f->readable || f->now.len != f->before.len ||
	       (f->now.len && memcmp(f->now.p, f->before.p, f->now.len) != 0);
}

/* Those that were fine before are used as they were; false: there are no more. */
static bool take_back(struct ward_kept *k, struct ward_diag *diag)
{
	bool any = false;

	for (size_t i = 0; i < k->n; i++) {
		struct file *f = &k->file[i];

		if (!f->bad || f->used || !f->have_before || !differ(f))
			continue;
		any = f->used = true;
		ward_diag_addf(diag, WARD_DIAG_WARNING, ward_intern_at(&k->path, (uint32_t)i), 0,
			WARD_TEXT("this file has an error: all its rules are used as they were "
				  "before it\n"
				  "mend the file and have the rules read anew"));
	}
	return any;
}

static struct ward_str key_of(const struct ward_rule_info *r)
{
	return r->id.len ? r->id : r->name.len ? r->name : r->title;
}

/* A file that has an error as it is now, and has that text in it; WARD_NONE: there is none. */
static uint32_t broken_with(const struct ward_kept *k, struct ward_str key)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct file *f = &k->file[i];

		if ((f->bad || f->used) && f->readable && key.len &&
			ward_str_find(ward_slice_text(f->now), key) != SIZE_MAX)
			return (uint32_t)i;
	}
	return WARD_NONE;
}

/* The file had the rule and has it no more: it went to one with an error. A file that is there is
 * used as it was; of one that is gone it is told. */
static bool bring_back(
	struct ward_kept *k, size_t from, struct ward_str key, uint32_t to, struct ward_diag *diag)
{
	struct ward_str path = ward_intern_at(&k->path, (uint32_t)from);
	struct ward_str broken = ward_intern_at(&k->path, to);

	k->file[from].used = k->file[from].seen;
	if (k->file[from].seen)
		ward_diag_addf(diag, WARD_DIAG_WARNING, path, 0,
			WARD_TEXT("this file is used as it was: its rule '%.*s' is now in %.*s, "
				  "which has an "
				  "error\nmend that file and have the rules read anew"),
			WARD_STR_ARG(key), WARD_STR_ARG(broken));
	else
		ward_diag_addf(diag, WARD_DIAG_WARNING, path, 0,
			WARD_TEXT("the rule '%.*s' of this file, which is gone, is now in %.*s, "
				  "which has an "
				  "error: it DOES NOT WATCH\nmend that file and have the rules "
				  "read anew"),
			WARD_STR_ARG(key), WARD_STR_ARG(broken));
	return k->file[from].used;
}

/* Rules that moved into a file with an error. *ret: a file is used as it was because of one. */
static enum ward_err find_moved(
	struct ward_kept *k, const struct ward_ruleset *rs, struct ward_diag *diag, bool *ret)
{
	struct ward_intern watching;
	enum ward_err err = WARD_OK;
	uint32_t id;

	*ret = false;
	ward_intern_init(
		&watching, k->mem, FILES_MAX, ward_limit(k->lim, WARD_LIMIT_DETECT_RULE_BYTES));
	for (size_t i = 0; i < ward_ruleset_counts(rs).n && !err; i++) {
		struct ward_rule_info r = ward_ruleset_rule(rs, i);

		if (!r.refused)
			err = ward_intern_put(&watching, key_of(&r), &id);
	}
	for (size_t i = 0; i < k->n && !err; i++) {
		const struct file *f = &k->file[i];

		for (size_t n = 0; f->have_before && !f->used && n < f->n_key; n++) {
			uint32_t to = ward_intern_find(&watching, f->key[n]) == WARD_NONE
					      ? broken_with(k, f->key[n])
					      : WARD_NONE;

			if (to != WARD_NONE && to != i && bring_back(k, i, f->key[n], to, diag))
				*ret = true;
		}
	}
	ward_intern_fini(&watching);
	return err;
}

static bool is_told(const struct ward_diag *diag, const struct ward_diag_item *x)
{
	for (size_t i = 0; i < diag->n; i++) {
		const struct ward_diag_item *o = &diag->item[i];

		if (o->level == x->level && o->line == x->line && ward_str_eq(o->file, x->file) &&
			ward_str_eq(o->what, x->what))
			return true;
	}
	return false;
}

static void tell(struct ward_diag *diag, const struct ward_diag *round, bool first)
{
	for (size_t i = 0; i < round->n; i++) {
		const struct ward_diag_item *x = &round->item[i];

		if (!first && is_told(diag, x))
			continue;
		struct ward_diag_item again = *x;

		if (x->what_form.len) { /* as text with slots, for other languages */
			again.what = x->what_form;
			again.mend = x->mend_form;
			ward_diag_say(diag, &again);
		} else {
			ward_diag_add(diag, x->level, x->file, x->line, x->what, x->mend);
		}
	}
	if (first)
		diag->n_dropped += round->n_dropped;
}

/* The rules of the files that are used as they are. */
static enum ward_err keep_keys(struct ward_kept *k, const struct ward_ruleset *rs)
{
	size_t n = ward_ruleset_counts(rs).n;

	for (size_t i = 0; i < k->n; i++)
		if (k->file[i].seen && !k->file[i].bad && !k->file[i].used)
			k->file[i].n_key = 0;
	/* Counted, then put. */
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			struct ward_rule_info r = ward_ruleset_rule(rs, i);
			struct file *f = known(k, r.file);
			struct ward_str key = key_of(&r);

			if (!f || f->bad || f->used || key.len > KEY_BYTES)
				continue;
			if (pass) {
				f->key[f->n_key] = ward_arena_str(&k->arena, key);
				if (!f->key[f->n_key].p)
					return WARD_ERR_NOMEM;
			}
			f->n_key++;
		}
		for (size_t i = 0; i < k->n && !pass; i++) {
			struct file *f = &k->file[i];

			if (!f->seen || f->bad || f->used)
				continue;
			f->key = ward_arena_array(&k->arena, f->n_key + 1, sizeof(*f->key));
			if (!f->key)
				return WARD_ERR_NOMEM;
			f->n_key = 0;
		}
	}
	return WARD_OK;
}

/* The next load goes back to what is without an error today. */
static void settle(struct ward_kept *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct file *f = &k->file[i];

		if (!f->seen) {
			f->have_before = false;
		} else if (!f->bad && !f->used) {
			f->before = f->now;
			f->have_before = true;
		}
	}
}

enum ward_err ward_kept_ruleset(struct ward_kept *k, const struct ward_ruleset_args *args,
	struct ward_diag *diag, struct ward_ruleset **ret)
{
	struct ward_ruleset_args mine = *args;
	struct ward_ruleset *rs = NULL;
	enum ward_err err = WARD_OK;
	bool more = true;

	mine.read = read_file;
	mine.read_ctx = k;
	for (unsigned round = 0; more && !err; round++) {
		struct ward_diag d;

		ward_ruleset_free(rs);
		rs = NULL;
		ward_diag_init(&d, k->mem);
		d.error = mark;
		d.error_ctx = k;
		for (size_t i = 0; i < k->n; i++)
			k->file[i].bad = false;
		err = ward_ruleset_load(&mine, k->lim, k->mem, &d, &rs);
		if (!err)
			find_bad(k, rs);
		/* Said first: of findings there may be more than are told. */
		more = !err && round < ROUNDS_MAX && take_back(k, diag);
		if (!err && !more && round < ROUNDS_MAX)
			err = find_moved(k, rs, diag, &more);
		tell(diag, &d, round == 0);
		ward_diag_fini(&d);
	}
	if (!err)
		err = keep_keys(k, rs);
	if (err) {
		ward_ruleset_free(rs);
		return err;
	}
	settle(k);
	*ret = rs;
	return WARD_OK;
}

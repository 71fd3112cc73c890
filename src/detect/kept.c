#include "detect/kept.h"

#include "base/hash.h"
#include "conf/conf.h"

enum { ROUNDS_MAX = 8, FILES_MAX = 131072 };

static const char magic[] = "ward-kept 1";

struct file {
	struct ward_slice now, before;
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
	ward_arena_init(&k->arena, mem, bytes > SIZE_MAX / 2 ? bytes : bytes * 2);
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

static void mark(struct ward_kept *k, struct ward_str path)
{
	struct file *f = known(k, path);

	if (f)
		f->bad = true;
}

/* Which files have an error, as they were used. */
static void find_bad(struct ward_kept *k, const struct ward_ruleset *rs, const struct ward_diag *d)
{
	for (size_t i = 0; i < k->n; i++)
		k->file[i].bad = k->file[i].seen && !k->file[i].readable && !k->file[i].used;
	for (size_t i = 0; i < d->n; i++)
		if (d->item[i].level == WARD_DIAG_ERROR)
			mark(k, d->item[i].file);
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
			"this file has an error: all its rules are used as they were before it\n"
			"mend the file and have the rules read anew");
	}
	return any;
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

		if (first || !is_told(diag, x))
			ward_diag_add(diag, x->level, x->file, x->line, x->what, x->mend);
	}
	if (first)
		diag->n_dropped += round->n_dropped;
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
		err = ward_ruleset_load(&mine, k->lim, k->mem, &d, &rs);
		tell(diag, &d, round == 0);
		if (!err)
			find_bad(k, rs, &d);
		more = !err && round < ROUNDS_MAX && take_back(k, diag);
		ward_diag_fini(&d);
	}
	if (err)
		return err;
	settle(k);
	*ret = rs;
	return WARD_OK;
}

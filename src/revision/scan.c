#include "revision/priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MAX = 1 << 16, FOLDERS_MAX = 4096, NAMED_MAX = 1024, VALUE_MAX = 512 };

/* ---- what there is ---- */

static int seen(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static char kind_of(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return '?';
	return S_ISDIR(st.st_mode)   ? 'd'
	       : S_ISREG(st.st_mode) ? 'f'
	       : S_ISLNK(st.st_mode) ? 'l'
				     : '?';
}

struct walking {
	struct ward_revision *r;
	revision_entry_fn fn;
	void *ctx;
	struct ward_arena arena; /* of the folders' paths */
	const char **folder;
	size_t n_folder, n_entry;
};

static enum ward_err one(struct walking *w, int dir, const char *folder, const char *name)
{
	char path[REVISION_PATH_BYTES];
	char kind = kind_of(dir, name);
	bool down = kind == 'd';
	int n = snprintf(path, sizeof(path), "%s%s%s", folder, *folder ? "/" : "", name);

	if (++w->n_entry > ENTRIES_MAX || n >= (int)sizeof(path))
		return revision_because(w->r, WARD_ERR_LIMIT, "the directory has too many files");
	enum ward_err err = w->fn(w->ctx, path, kind, &down);

	if (err || kind != 'd' || !down)
		return err;
	struct ward_str copy = ward_arena_str(&w->arena, ward_str_z(path));

	if (!copy.p)
		return WARD_ERR_NOMEM;
	if (w->n_folder == FOLDERS_MAX)
		return revision_because(w->r, WARD_ERR_LIMIT, "the directory has too many folders");
	w->folder[w->n_folder++] = copy.p;
	return WARD_OK;
}

static enum ward_err enter(struct walking *w, const char *folder)
{
	struct dirent **entry;
	const char *last;
	char inner[REVISION_PATH_BYTES];
	enum ward_err err = WARD_OK;

	(void)snprintf(inner, sizeof(inner), "%s%s.", folder, *folder ? "/" : "");
	int dir = revision_folder_of(w->r->directory_fd, inner, false, &last);
	int n = dir < 0 ? -1 : scandirat(dir, ".", &entry, seen, by_bytes);

	if (n < 0)
		err = revision_because(w->r, WARD_ERR_IO, *folder ? folder : w->r->directory);
	for (int i = 0; i < n; i++) {
		if (!err)
			err = one(w, dir, folder, entry[i]->d_name);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
	if (dir >= 0)
		(void)close(dir);
	return err;
}

enum ward_err revision_walk(struct ward_revision *r, revision_entry_fn fn, void *ctx)
{
	struct walking w = {.r = r, .fn = fn, .ctx = ctx};

	ward_arena_init(&w.arena, r->mem, FOLDERS_MAX * 512);
	w.folder = ward_arena_array(&w.arena, FOLDERS_MAX, sizeof(w.folder[0]));
	enum ward_err err = w.folder ? enter(&w, "") : WARD_ERR_NOMEM;

	for (size_t i = 0; !err && i < w.n_folder; i++)
		err = enter(&w, w.folder[i]);
	ward_arena_fini(&w.arena);
	return err;
}

/* ---- which of it is kept ---- */

struct scanning {
	struct ward_revision *r;
	struct ward_arena *a; /* of the result */
	struct ward_arena texts;
	struct ward_revision_tree tree;
	struct ward_slice *text; /* of each file of the tree */
	struct ward_str named[NAMED_MAX];
	size_t n_named;
	bool too_many; /* more are named than fit: which are secrets is not known */
	uint64_t bytes;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Could a version hold a file that it names? */
static bool has_ending(struct ward_str s)
{
	for (size_t i = 0; revision_ending(i); i++)
		if (ward_str_find(s, ward_str_z(revision_ending(i))) != SIZE_MAX)
			return true;
	return false;
}

/* What stands behind the colon of a key, up to the end of that line; empty: it was no key. */
static struct ward_str value_of(struct ward_str rest)
{
	if (rest.len && (rest.p[0] == '"' || rest.p[0] == '\''))
		rest = ward_str_sub(rest, 1, rest.len);
	while (rest.len && (rest.p[0] == ' ' || rest.p[0] == '\t'))
		rest = ward_str_sub(rest, 1, rest.len);
	if (!rest.len || rest.p[0] != ':')
		return (struct ward_str){"", 0};
	rest = ward_str_sub(rest, 1, rest.len);
	while (rest.len && is_blank(rest.p[0])) /* it may stand in the next line */
		rest = ward_str_sub(rest, 1, rest.len);
	size_t n = ward_str_find(rest, WARD_STR("\n"));

	n = n == SIZE_MAX ? rest.len : n;
	return ward_str_sub(rest, 0, n < VALUE_MAX ? n : VALUE_MAX);
}

/* `secret_file: keys/x`, in a line of its own or between braces, quoted or not: such a file is left
 * out, whatever its name ends with. */
static void find_named(struct scanning *s, struct ward_str text)
{
	static const char *const key[] = {"_file", "key", "certificate"};

	for (size_t k = 0; k < WARD_ARRAY_LEN(key); k++) {
		struct ward_str rest = text, mark = ward_str_z(key[k]);
		size_t at;

		while ((at = ward_str_find(rest, mark)) != SIZE_MAX) {
			rest = ward_str_sub(rest, at + mark.len, rest.len);
			struct ward_str value = value_of(rest);

			if (!has_ending(value))
				continue;
			s->too_many |= s->n_named == NAMED_MAX;
			if (s->n_named < NAMED_MAX)
				s->named[s->n_named++] = value;
		}
	}
}

static bool ends_here(struct ward_str s)
{
	return !s.len || is_blank(s.p[0]) || strchr("\"',}]#", s.p[0]);
}

/* Rather one too many than a secret that is shown: also by an absolute path, or "./". */
static bool is_named(const struct scanning *s, struct ward_str path)
{
	for (size_t i = 0; i < s->n_named; i++) {
		struct ward_str n = s->named[i];
		size_t at, from = 0;

		while ((at = ward_str_find(ward_str_sub(n, from, n.len), path)) != SIZE_MAX) {
			at += from;
			from = at + 1;
			if ((at == 0 || strchr("/\"' {[,", n.p[at - 1])) &&
				ends_here(ward_str_sub(n, at + path.len, n.len)))
				return true;
		}
	}
	return false;
}

static enum ward_err take_in(void *ctx, const char *path, char kind, bool *ret_down)
{
	struct scanning *s = ctx;
	struct ward_str name = ward_str_z(path);
	struct ward_revision_file *f = &s->tree.file[s->tree.n];

	(void)ret_down;
	if (kind == 'd')
		return WARD_OK;
	if (kind != 'f' || !ward_revision_path_ok(name)) {
		s->tree.n_left_out++;
		return WARD_OK;
	}
	if (s->tree.n == WARD_REVISION_FILES)
		return revision_because(s->r, WARD_ERR_LIMIT, "the directory has too many files");
	enum ward_err err = revision_read_at(
		s->r->directory_fd, path, WARD_REVISION_FILE, &s->texts, &s->text[s->tree.n]);

	if (err == WARD_ERR_NOT_FOUND) /* it went just now */
		return WARD_OK;
	if (err)
		return revision_because(s->r, err, path);
	f->path = ward_arena_str(s->a, name);
	f->size = s->text[s->tree.n].len;
	s->bytes += f->size;
	if (s->bytes > WARD_REVISION_BYTES)
		return revision_because(s->r, WARD_ERR_LIMIT, "the directory's texts");
	if (!f->path.p)
		return WARD_ERR_NOMEM;
	if (ward_str_ends(name, WARD_STR(".yml")) || ward_str_ends(name, WARD_STR(".yaml")))
		find_named(s, ward_slice_text(s->text[s->tree.n]));
	s->tree.n++;
	return WARD_OK;
}

static int by_path(const void *a, const void *b)
{
	const struct ward_revision_file *x = a, *y = b;

	return ward_str_cmp(x->path, y->path);
}

static enum ward_err settle(struct scanning *s, bool keep)
{
	struct ward_revision_tree *t = &s->tree;
	size_t n = 0;

	if (s->too_many)
		return revision_because(s->r, WARD_ERR_LIMIT,
			"too many keys of the directory name files of secrets");
	for (size_t i = 0; i < t->n; i++) {
		struct ward_revision_file *f = &t->file[i];
		enum ward_err err = WARD_OK;

		if (is_named(s, f->path)) {
			t->n_left_out++;
			continue;
		}
		if (keep)
			err = ward_revision_keep(s->r, s->text[i], f->hash);
		else
			ward_revision_hash(s->text[i], f->hash);
		if (err)
			return err;
		t->file[n++] = *f;
	}
	t->n = n;
	qsort(t->file, n, sizeof(t->file[0]), by_path);
	return WARD_OK;
}

enum ward_err ward_revision_scan(
	struct ward_revision *r, bool keep, struct ward_arena *a, struct ward_revision_tree *ret)
{
	struct scanning *s = ward_mem_alloc(r->mem, sizeof(*s));
	enum ward_err err = WARD_ERR_NOMEM;

	if (!s)
		return err;
	s->r = r;
	s->a = a;
	ward_arena_init(&s->texts, r->mem, WARD_REVISION_BYTES + (64 << 20));
	s->text = ward_arena_array(&s->texts, WARD_REVISION_FILES + 1, sizeof(s->text[0]));
	s->tree.file = ward_arena_array(a, WARD_REVISION_FILES + 1, sizeof(s->tree.file[0]));
	if (s->text && s->tree.file)
		err = revision_walk(r, take_in, s);
	if (!err)
		err = settle(s, keep);
	if (!err)
		*ret = s->tree;
	ward_arena_fini(&s->texts);
	ward_mem_free(r->mem, s, sizeof(*s));
	return err;
}

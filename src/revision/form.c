#include "revision/priv.h"

#include <sodium.h>

enum { HEX = 2 * WARD_REVISION_HASH };

void ward_revision_hash(struct ward_slice s, uint8_t ret[WARD_REVISION_HASH])
{
	(void)crypto_hash_sha256(ret, s.p, s.len);
}

/* ---- paths ---- */

const char *revision_ending(size_t i)
{
	static const char *const ending[] = {
		".yml", ".yaml", ".csv", ".md", ".json", ".xml", ".svg"};

	return i < WARD_ARRAY_LEN(ending) ? ending[i] : NULL;
}

static bool known_ending(struct ward_str path)
{
	for (size_t i = 0; revision_ending(i); i++)
		if (path.len > strlen(revision_ending(i)) &&
			ward_str_ends(path, ward_str_z(revision_ending(i))))
			return true;
	return false;
}

bool ward_revision_path_ok(struct ward_str path)
{
	struct ward_str rest = path;
	size_t depth = 0;

	if (!path.len || path.len > WARD_REVISION_PATH || !known_ending(path))
		return false;
	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '\\')
			return false;
	while (rest.p) {
		struct ward_str part = ward_str_cut(&rest, '/');

		if (!part.len || part.p[0] == '.' || ++depth > WARD_REVISION_DEPTH)
			return false;
	}
	return true;
}

/* ---- manifests: "HASH SIZE PATH" ---- */

void ward_revision_put_tree(struct ward_wr *w, const struct ward_revision_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		ward_wr_hex(w, ward_slice_of(t->file[i].hash, WARD_REVISION_HASH));
		ward_wr_ch(w, ' ');
		ward_wr_u64(w, t->file[i].size);
		ward_wr_ch(w, ' ');
		ward_wr_str(w, t->file[i].path);
		ward_wr_ch(w, '\n');
	}
}

/* As it is written: in lower case. */
static bool get_hash(struct ward_str s, uint8_t ret[WARD_REVISION_HASH])
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return false;
	return ward_str_unhex(s, ret, WARD_REVISION_HASH);
}

static bool get_file(struct ward_str line, struct ward_revision_file *ret)
{
	struct ward_str hash = ward_str_cut(&line, ' '), size = ward_str_cut(&line, ' ');

	ret->path = line;
	return get_hash(hash, ret->hash) && ward_str_u64(size, &ret->size) &&
	       ret->size <= WARD_REVISION_FILE && line.p && ward_revision_path_ok(line);
}

enum ward_err ward_revision_get_tree(
	struct ward_rd *r, struct ward_arena *a, struct ward_revision_tree *ret)
{
	struct ward_str text = ward_slice_text(ward_rd_rest(r)), rest = text;
	struct ward_revision_tree t = {0};
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '\n';
	if (n > WARD_REVISION_FILES)
		return WARD_ERR_LIMIT;
	if (text.len && text.p[text.len - 1] != '\n')
		return WARD_ERR_MALFORMED;
	t.file = ward_arena_array(a, n + 1, sizeof(t.file[0]));
	if (!t.file)
		return WARD_ERR_NOMEM;
	for (; t.n < n; t.n++) {
		struct ward_revision_file *f = &t.file[t.n];

		if (!get_file(ward_str_cut(&rest, '\n'), f) ||
			(t.n && ward_str_cmp(f[-1].path, f->path) >= 0))
			return WARD_ERR_MALFORMED;
	}
	*ret = t;
	return WARD_OK;
}

const struct ward_revision_file *ward_revision_find(
	const struct ward_revision_tree *t, struct ward_str path)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = ward_str_cmp(t->file[mid].path, path);

		if (c == 0)
			return &t->file[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

void ward_revision_count(const struct ward_revision_tree *from, const struct ward_revision_tree *to,
	struct ward_revision_version *ret)
{
	ret->added = ret->changed = ret->removed = 0;
	for (size_t i = 0; i < to->n; i++) {
		const struct ward_revision_file *was = ward_revision_find(from, to->file[i].path);

		ret->added += !was;
		ret->changed += was && memcmp(was->hash, to->file[i].hash, WARD_REVISION_HASH) != 0;
	}
	for (size_t i = 0; i < from->n; i++)
		ret->removed += !ward_revision_find(to, from->file[i].path);
}

/* ---- the list: fields between tabs, the reason last ---- */

/* One line, whatever people wrote; cut between characters. */
static void put_text(struct ward_wr *w, struct ward_str s, size_t max)
{
	size_t n = s.len < max ? s.len : max;

	if (!ward_utf8_valid(ward_str_bytes(s), NULL))
		n = 0;
	while (n && n < s.len && ((uint8_t)s.p[n] & 0xC0) == 0x80)
		n--;
	for (size_t i = 0; i < n; i++)
		ward_wr_ch(w, (uint8_t)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

void ward_revision_put_version(struct ward_wr *w, const struct ward_revision_version *v)
{
	const uint64_t number[] = {v->added, v->changed, v->removed};

	ward_wr_u64(w, v->number);
	ward_wr_ch(w, '\t');
	ward_wr_i64(w, v->taken);
	for (size_t i = 0; i < WARD_ARRAY_LEN(number); i++) {
		ward_wr_ch(w, '\t');
		ward_wr_u64(w, number[i]);
	}
	ward_wr_ch(w, '\t');
	ward_wr_hex(w, ward_slice_of(v->manifest, WARD_REVISION_HASH));
	ward_wr_ch(w, '\t');
	ward_wr_hex(w, ward_slice_of(v->before, WARD_REVISION_HASH));
	ward_wr_ch(w, '\t');
	put_text(w, v->by, WARD_REVISION_BY);
	ward_wr_ch(w, '\t');
	put_text(w, v->why, WARD_REVISION_WHY);
	ward_wr_ch(w, '\n');
}

static bool plain(struct ward_str s, size_t max)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.p && s.len <= max && ward_utf8_valid(ward_str_bytes(s), NULL);
}

enum ward_err ward_revision_get_version(struct ward_str line, struct ward_revision_version *ret)
{
	struct ward_revision_version v = {0};
	struct ward_str number = ward_str_cut(&line, '\t'), taken = ward_str_cut(&line, '\t'),
			added = ward_str_cut(&line, '\t'), changed = ward_str_cut(&line, '\t'),
			removed = ward_str_cut(&line, '\t'), manifest = ward_str_cut(&line, '\t'),
			before = ward_str_cut(&line, '\t');

	v.by = ward_str_cut(&line, '\t');
	v.why = line;
	if (!ward_str_u64(number, &v.number) || !ward_str_i64(taken, &v.taken) ||
		!ward_str_u64(added, &v.added) || !ward_str_u64(changed, &v.changed) ||
		!ward_str_u64(removed, &v.removed) || !get_hash(manifest, v.manifest) ||
		!get_hash(before, v.before) || !plain(v.by, WARD_REVISION_BY) ||
		!plain(v.why, WARD_REVISION_WHY))
		return WARD_ERR_MALFORMED;
	*ret = v;
	return WARD_OK;
}

enum ward_err ward_revision_get_list(struct ward_str text, struct ward_arena *a,
	struct ward_revision_version **ret, size_t *ret_n, size_t *ret_line)
{
	uint8_t before[WARD_REVISION_HASH] = {0};
	struct ward_revision_version *v;
	size_t most = 0, n = 0;

	for (size_t i = 0; i < text.len; i++)
		most += text.p[i] == '\n';
	if (most > WARD_REVISION_VERSIONS)
		return WARD_ERR_LIMIT;
	v = ward_arena_array(a, most + 1, sizeof(v[0]));
	if (!v)
		return WARD_ERR_NOMEM;
	*ret = v;
	for (; n < most; n++) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (ward_revision_get_version(line, &v[n]) != WARD_OK || v[n].number != n + 1 ||
			memcmp(v[n].before, before, sizeof(before)) != 0)
			break;
		ward_revision_hash(ward_str_bytes(line), before);
	}
	*ret_n = n;
	*ret_line = n + 1;
	return n == most ? WARD_OK : WARD_ERR_CORRUPT;
}

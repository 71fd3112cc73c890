#include "backup/head.h"

_Static_assert(sizeof(((struct ward_hash *)0)->b) == 32, "SHA-256");

#define FORM "ward-backup"
#define MORE "ward-increment"

static void write_rest(const struct ward_backup_head *h, struct ward_wr *w)
{
	ward_wr_printf(w, "version %s\nhospital %s\ntime %s\nrows %llu\nroot ", h->version,
		h->hospital, h->time, (unsigned long long)h->rows);
	ward_wr_hex(w, ward_slice_of(h->root.b, sizeof(h->root.b)));
	ward_wr_printf(w, "\nposition %llu\ncommit %llu\n", (unsigned long long)h->position,
		(unsigned long long)h->commit);
}

void ward_backup_head_write(const struct ward_backup_head *h, struct ward_wr *w)
{
	ward_wr_z(w, FORM " 1\n");
	write_rest(h, w);
}

void ward_backup_more_write(
	const struct ward_backup_head *h, const uint8_t after[WARD_BACKUP_SUM], struct ward_wr *w)
{
	ward_wr_z(w, MORE " 1\nafter ");
	ward_wr_hex(w, ward_slice_of(after, WARD_BACKUP_SUM));
	ward_wr_ch(w, '\n');
	write_rest(h, w);
}

/* The value of the next line, which must have this key. */
static bool line(struct ward_str *rest, const char *key, struct ward_str *ret)
{
	struct ward_str l = ward_str_cut(rest, '\n');

	if (!ward_str_eqz(ward_str_cut(&l, ' '), key))
		return false;
	*ret = l;
	return l.p && l.len;
}

static bool word(struct ward_str *rest, const char *key, char ret[WARD_BACKUP_WORD])
{
	struct ward_str v;

	if (!line(rest, key, &v) || v.len >= WARD_BACKUP_WORD)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] <= ' ' || v.p[i] > '~') /* it is shown on terminals */
			return false;
	memcpy(ret, v.p, v.len);
	ret[v.len] = 0;
	return true;
}

static bool number(struct ward_str *rest, const char *key, uint64_t *ret)
{
	struct ward_str v;

	return line(rest, key, &v) && ward_str_u64(v, ret);
}

/* The first line; *text is moved behind it. */
static enum ward_err form_of(struct ward_str *text, const char *name)
{
	struct ward_str look = *text;
	uint64_t form;

	if (!ward_str_eqz(ward_str_cut(&look, ' '), name))
		return WARD_ERR_FOREIGN;
	if (!number(text, name, &form))
		return WARD_ERR_MALFORMED;
	return form == 1 ? WARD_OK : WARD_ERR_VERSION;
}

static bool sum(struct ward_str *rest, const char *key, uint8_t ret[32])
{
	struct ward_str v;

	return line(rest, key, &v) && v.len == 64 && ward_str_unhex(v, ret, 32);
}

static enum ward_err read_rest(struct ward_str text, struct ward_backup_head *ret)
{
	struct ward_backup_head h = {.rows = 0};

	if (!word(&text, "version", h.version) || !word(&text, "hospital", h.hospital) ||
		!word(&text, "time", h.time) || !number(&text, "rows", &h.rows) ||
		!sum(&text, "root", h.root.b) || !number(&text, "position", &h.position) ||
		!number(&text, "commit", &h.commit) || text.len)
		return WARD_ERR_MALFORMED;
	*ret = h;
	return WARD_OK;
}

enum ward_err ward_backup_head_read(struct ward_str text, struct ward_backup_head *ret)
{
	enum ward_err err = form_of(&text, FORM);

	return err ? err : read_rest(text, ret);
}

enum ward_err ward_backup_more_read(
	struct ward_str text, struct ward_backup_head *ret, uint8_t ret_after[WARD_BACKUP_SUM])
{
	uint8_t after[WARD_BACKUP_SUM];
	enum ward_err err = form_of(&text, MORE);

	if (!err && !sum(&text, "after", after))
		err = WARD_ERR_MALFORMED;
	if (!err)
		err = read_rest(text, ret);
	if (!err)
		memcpy(ret_after, after, sizeof(after));
	return err;
}

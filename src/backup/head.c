#include "backup/head.h"

#define FORM "ward-backup"

void ward_backup_head_write(const struct ward_backup_head *h, struct ward_wr *w)
{
	ward_wr_printf(w, FORM " 1\nversion %s\nhospital %s\ntime %s\nrows %llu\nroot ", h->version,
		h->hospital, h->time, (unsigned long long)h->rows);
	ward_wr_hex(w, ward_slice_of(h->root.b, sizeof(h->root.b)));
	ward_wr_printf(w, "\nposition %llu\ncommit %llu\n", (unsigned long long)h->position,
		(unsigned long long)h->commit);
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

enum ward_err ward_backup_head_read(struct ward_str text, struct ward_backup_head *ret)
{
	struct ward_backup_head h = {.rows = 0};
	struct ward_str root;
	uint64_t form;

	if (!ward_str_starts(text, WARD_STR(FORM " ")))
		return WARD_ERR_FOREIGN;
	if (!number(&text, FORM, &form))
		return WARD_ERR_MALFORMED;
	if (form != 1)
		return WARD_ERR_VERSION;
	if (!word(&text, "version", h.version) || !word(&text, "hospital", h.hospital) ||
		!word(&text, "time", h.time) || !number(&text, "rows", &h.rows) ||
		!line(&text, "root", &root) || root.len != 2 * sizeof(h.root.b) ||
		!ward_str_unhex(root, h.root.b, sizeof(h.root.b)) ||
		!number(&text, "position", &h.position) || !number(&text, "commit", &h.commit) ||
		text.len)
		return WARD_ERR_MALFORMED;
	*ret = h;
	return WARD_OK;
}

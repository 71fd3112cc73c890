#include "conf/told.h"

#include "base/diag.h"
#include "base/mem.h"

enum { ARENA = 1 << 16 };

enum ward_err ward_conf_told_read(
	const struct ward_conf_told *t, struct ward_str text, const struct ward_mem *mem, void *ret)
{
	const struct ward_conf *c = NULL;
	struct ward_limits lim;
	struct ward_arena a;
	struct ward_diag d;
	enum ward_err err;

	if (text.len > t->most)
		return WARD_ERR_LIMIT;
	ward_limits_default(&lim);
	ward_arena_init(&a, mem, ARENA);
	ward_diag_init(&d, mem);
	err = ward_conf_json(&a, &lim, ward_str_z(t->name), 1, ward_str_bytes(text), &d, &c);
	if (err != WARD_ERR_NOMEM)
		err = !err && c && t->take(c, ret) ? WARD_OK : WARD_ERR_MALFORMED;
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return err;
}

bool ward_conf_told_u64(const struct ward_conf *c, const char *key, uint64_t *ret)
{
	return ward_str_u64(ward_conf_word(c, key), ret);
}

bool ward_conf_told_time(const struct ward_conf *c, const char *key, ward_ns *ret)
{
	uint64_t v;

	if (!ward_conf_told_u64(c, key, &v) || v > INT64_MAX)
		return false;
	*ret = (ward_ns)v;
	return true;
}

bool ward_conf_told_flag(const struct ward_conf *c, const char *key, bool *ret)
{
	uint64_t v;

	if (!ward_conf_told_u64(c, key, &v) || v > 1)
		return false;
	*ret = v != 0;
	return true;
}

bool ward_conf_told_word(
	const struct ward_conf *c, const char *key, const char *const *word, size_t n, size_t *ret)
{
	const struct ward_conf *at = ward_conf_get(c, key);

	if (!at || at->kind != WARD_CONF_SCALAR)
		return false;
	for (*ret = 0; *ret < n; (*ret)++)
		if (ward_str_eqz(at->text, word[*ret]))
			return true;
	return false;
}

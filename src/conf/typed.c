#include "conf/conf.h"

const struct ward_conf *ward_conf_get(const struct ward_conf *c, const char *key)
{
	if (!c || c->kind != WARD_CONF_MAP)
		return NULL;
	for (const struct ward_conf *k = c->child; k; k = k->next)
		if (ward_str_eqz(k->key, key))
			return k;
	return NULL;
}

struct ward_str ward_conf_word(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	return v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");
}

/* The scalar under key, or NULL with a finding when it is required or of another kind. */
static const struct ward_conf *scalar(
	const struct ward_conf *c, const char *key, bool required, struct ward_diag *d)
{
	const struct ward_conf *v = ward_conf_get(c, key);

	if (!v || v->kind == WARD_CONF_NULL) {
		if (required)
			ward_diag_addf(d, WARD_DIAG_ERROR, c ? c->file : WARD_STR(""),
				c ? c->line : 0, WARD_TEXT("'%s' is missing\nadd `%s: …`"), key,
				key);
		return NULL;
	}
	if (v->kind != WARD_CONF_SCALAR) {
		ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
			WARD_TEXT("'%s' must be a single value\nwrite `%s: value`"), key, key);
		return NULL;
	}
	return v;
}

static bool bad(const struct ward_conf *v, const char *key, struct ward_diag *d, const char *mend)
{
	ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
		WARD_TEXT("'%s' has the bad value '%.*s'\n%s"), key, WARD_STR_ARG(v->text), mend);
	return false;
}

bool ward_conf_str(const struct ward_conf *c, const char *key, bool required, struct ward_diag *d,
	struct ward_str *ret)
{
	const struct ward_conf *v = scalar(c, key, required, d);

	if (!v)
		return false;
	*ret = v->text;
	return true;
}

bool ward_conf_is_line(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c == 0x7f ||
			(c == 0xc2 && i + 1 < s.len && (unsigned char)s.p[i + 1] < 0xa0))
			return false;
	}
	return true;
}

enum ward_err ward_conf_line(const struct ward_conf *c, const char *key, bool required, size_t max,
	struct ward_arena *a, struct ward_diag *d, struct ward_str *ret)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	struct ward_str s = {NULL, 0};
	bool good = false;

	*ret = WARD_STR("");
	if (!ward_conf_str(c, key, required, d, &s))
		return WARD_OK;
	if (!ward_conf_is_line(s))
		ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
			WARD_TEXT("'%s' holds ends of lines or control characters\nwrite it in one "
				  "line"),
			key);
	else if (s.len > max)
		ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
			WARD_TEXT("'%s' is too long\nwrite at most %zu bytes"), key, max);
	else if (required && !s.len)
		ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
			WARD_TEXT("'%s' is empty\nwrite what it is"), key);
	else
		good = true;
	if (!good || !s.len)
		return WARD_OK;
	*ret = ward_arena_str(a, s);
	return ret->p ? WARD_OK : WARD_ERR_NOMEM;
}

bool ward_conf_i64(const struct ward_conf *c, const char *key, bool required, struct ward_diag *d,
	int64_t min, int64_t max, int64_t *ret)
{
	const struct ward_conf *v = scalar(c, key, required, d);
	int64_t n;

	if (!v)
		return false;
	if (!ward_str_i64(v->text, &n) || n < min || n > max) {
		ward_diag_addf(d, WARD_DIAG_ERROR, v->file, v->line,
			WARD_TEXT("'%s' has the bad value '%.*s'\ngive a whole number from %lld to "
				  "%lld"),
			key, WARD_STR_ARG(v->text), (long long)min, (long long)max);
		return false;
	}
	*ret = n;
	return true;
}

bool ward_conf_bool(
	const struct ward_conf *c, const char *key, bool required, struct ward_diag *d, bool *ret)
{
	const struct ward_conf *v = scalar(c, key, required, d);

	if (!v)
		return false;
	if (ward_str_eqz(v->text, "true"))
		*ret = true;
	else if (ward_str_eqz(v->text, "false"))
		*ret = false;
	else
		return bad(v, key, d, WARD_TEXT("write true or false"));
	return true;
}

bool ward_conf_duration(const struct ward_conf *c, const char *key, bool required,
	struct ward_diag *d, ward_ns *ret)
{
	const struct ward_conf *v = scalar(c, key, required, d);

	if (!v)
		return false;
	if (ward_duration_parse(v->text, ret) != WARD_OK)
		return bad(v, key, d,
			WARD_TEXT("write a length of time such as 30s, 15min, 2h or 7d"));
	return true;
}

bool ward_degree_parse(struct ward_str s, int64_t *ret_micro)
{
	struct ward_str rest = s, whole = ward_str_cut(&rest, '.');
	int64_t v = 0, scale = 100000;

	if (whole.len != 1 || (whole.p[0] != '0' && whole.p[0] != '1'))
		return false;
	if (rest.p && (rest.len == 0 || rest.len > 6))
		return false;
	for (size_t i = 0; i < rest.len; i++, scale /= 10) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
		v += scale * (rest.p[i] - '0');
	}
	if (whole.p[0] == '1')
		v += 1000000;
	if (v > 1000000)
		return false;
	*ret_micro = v;
	return true;
}

bool ward_conf_degree(const struct ward_conf *c, const char *key, bool required,
	struct ward_diag *d, int64_t *ret_micro)
{
	const struct ward_conf *v = scalar(c, key, required, d);

	if (!v)
		return false;
	if (!ward_degree_parse(v->text, ret_micro))
		return bad(v, key, d,
			WARD_TEXT("write a decimal from 0 to 1 with at most six places"));
	return true;
}

void ward_conf_bad(const struct ward_conf *at, const char *what, struct ward_str name,
	const char *mend, struct ward_diag *diag)
{
	ward_diag_say(diag, &(struct ward_diag_item){.level = WARD_DIAG_ERROR,
				    .file = at->file,
				    .line = at->line,
				    .what = ward_str_z(what),
				    .mend = ward_str_z(mend),
				    .slot = &(struct ward_diag_slot){"name", name},
				    .n_slot = 1});
}

void ward_conf_only(const struct ward_conf *c, const char *const *known, struct ward_diag *d)
{
	if (!c || c->kind != WARD_CONF_MAP)
		return;
	for (const struct ward_conf *k = c->child; k; k = k->next) {
		size_t i = 0;

		while (known[i] && !ward_str_eqz(k->key, known[i]))
			i++;
		if (!known[i])
			ward_diag_addf(d, WARD_DIAG_ERROR, k->file, k->line,
				WARD_TEXT("the key '%.*s' means nothing here\ncheck its spelling "
					  "or remove it"),
				WARD_STR_ARG(k->key));
	}
}

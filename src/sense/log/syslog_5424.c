#include "sense/log/syslog_part.h"

/* RFC 5424 section 6: "-" */
static bool nil(struct ward_str s)
{
	return s.len == 1 && s.p[0] == '-';
}

/* PRINTUSASCII */
static bool printable(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < 33 || s.p[i] > 126)
			return false;
	return true;
}

/* One header part of 1 to max characters and the blank behind it. */
static bool part(struct ward_str *rest, size_t max, struct ward_str *ret)
{
	struct ward_str s = ward_str_cut(rest, ' ');

	if (s.len == 0 || s.len > max || !printable(s) || !rest->p)
		return false;
	*ret = nil(s) ? (struct ward_str){"", 0} : s;
	return true;
}

/* SD-NAME: 1 to 32 of PRINTUSASCII without '=', blank, ']' and '"'. Its length, 0 if none. */
static size_t sd_name(struct ward_str s)
{
	size_t i = 0;

	while (i < s.len && s.p[i] > 32 && s.p[i] < 127 && s.p[i] != '=' && s.p[i] != ']' &&
		s.p[i] != '"')
		i++;
	return i <= 32 ? i : 0;
}

/* The offset of the quote that ends a PARAM-VALUE, or SIZE_MAX; a bare ']' is not allowed. */
static size_t value_end(struct ward_str s, bool *escaped)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			return i;
		if (s.p[i] == ']')
			return SIZE_MAX;
		if (s.p[i] == '\\' && i + 1 < s.len &&
			(s.p[i + 1] == '"' || s.p[i + 1] == '\\' || s.p[i + 1] == ']')) {
			*escaped = true;
			i++;
		}
	}
	return SIZE_MAX;
}

/* RFC 5424 6.3.3: only '"', '\' and ']' are escaped; any other backslash stands for itself. */
static bool unescape(struct ward_str *s, struct ward_arena *arena)
{
	char *to = ward_arena_alloc(arena, s->len);
	size_t n = 0;

	if (!to)
		return false;
	for (size_t i = 0; i < s->len; i++) {
		if (s->p[i] == '\\' && i + 1 < s->len &&
			(s->p[i + 1] == '"' || s->p[i + 1] == '\\' || s->p[i + 1] == ']'))
			i++;
		to[n++] = s->p[i];
	}
	*s = (struct ward_str){to, n};
	return true;
}

static void skip(struct ward_str *s, size_t n)
{
	*s = ward_str_sub(*s, n, s->len);
}

/* NAME="VALUE" */
static enum ward_err param(
	struct ward_str *s, struct ward_str id, struct ward_arena *arena, struct ward_syslog *m)
{
	struct ward_syslog_param p = {.id = id};
	size_t n = sd_name(*s), end;
	bool escaped = false;

	p.name = ward_str_sub(*s, 0, n);
	skip(s, n);
	if (n == 0 || s->len < 2 || s->p[0] != '=' || s->p[1] != '"')
		return WARD_ERR_MALFORMED;
	skip(s, 2);
	end = value_end(*s, &escaped);
	if (end == SIZE_MAX)
		return WARD_ERR_MALFORMED;
	p.value = ward_str_sub(*s, 0, end);
	skip(s, end + 1);
	if (escaped && !unescape(&p.value, arena))
		return WARD_ERR_NOMEM;
	if (m->n_param == WARD_SYSLOG_PARAMS)
		m->odd = WARD_SYSLOG_ODD_PARAMS;
	else
		m->param[m->n_param++] = p;
	return WARD_OK;
}

/* "[" SD-ID *(SP SD-PARAM) "]" */
static enum ward_err element(struct ward_str *s, struct ward_arena *arena, struct ward_syslog *m)
{
	skip(s, 1);
	size_t n = sd_name(*s);
	struct ward_str id = ward_str_sub(*s, 0, n);

	if (n == 0)
		return WARD_ERR_MALFORMED;
	skip(s, n);
	while (s->len && s->p[0] == ' ') {
		skip(s, 1);
		enum ward_err err = param(s, id, arena, m);

		if (err != WARD_OK)
			return err;
	}
	if (s->len == 0 || s->p[0] != ']')
		return WARD_ERR_MALFORMED;
	skip(s, 1);
	return WARD_OK;
}

static enum ward_err structured(struct ward_str *s, struct ward_arena *arena, struct ward_syslog *m)
{
	enum ward_err err = WARD_OK;

	if (s->len && s->p[0] == '-') {
		skip(s, 1);
		return WARD_OK;
	}
	if (s->len == 0 || s->p[0] != '[')
		return WARD_ERR_MALFORMED;
	m->param = ward_arena_array(arena, WARD_SYSLOG_PARAMS, sizeof(*m->param));
	if (!m->param)
		return WARD_ERR_NOMEM;
	while (err == WARD_OK && s->len && s->p[0] == '[')
		err = element(s, arena, m);
	return err;
}

static enum ward_err malformed(struct ward_syslog *m, enum ward_syslog_odd odd)
{
	m->odd = odd;
	return WARD_ERR_MALFORMED;
}

enum ward_err ward_syslog_5424(struct ward_str s, struct ward_arena *arena, struct ward_syslog *m)
{
	struct ward_str time;

	if (!part(&s, 64, &time))
		return malformed(m, WARD_SYSLOG_ODD_HEADER);
	m->has_time = time.len > 0;
	if (m->has_time && ward_time_parse(time, &m->time) != WARD_OK)
		return malformed(m, WARD_SYSLOG_ODD_TIME);
	/* RFC 5424 section 6: HOSTNAME, APP-NAME, PROCID, MSGID */
	if (!part(&s, 255, &m->host) || !part(&s, 48, &m->app) || !part(&s, 128, &m->procid) ||
		!part(&s, 32, &m->msgid))
		return malformed(m, WARD_SYSLOG_ODD_HEADER);
	enum ward_err err = structured(&s, arena, m);

	if (err == WARD_ERR_MALFORMED || (err == WARD_OK && s.len && s.p[0] != ' '))
		return malformed(m, WARD_SYSLOG_ODD_SD);
	if (err != WARD_OK)
		return err;
	if (s.len)
		skip(&s, 1);
	/* RFC 5424 6.4: a BOM says UTF-8; it is no part of the text. */
	if (ward_str_starts(s, WARD_STR("\xef\xbb\xbf")))
		skip(&s, 3);
	m->message = s;
	return WARD_OK;
}

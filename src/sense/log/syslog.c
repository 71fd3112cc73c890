#include "sense/log/syslog.h"

#include "sense/log/syslog_part.h"

static const struct {
	const char *counter, *text;
} odd_info[WARD_SYSLOG_ODD_N] = {
#define X(NAME, counter, what) {counter, what},
	WARD_SYSLOG_ODD_LIST(X)
#undef X
};

const char *ward_syslog_odd_counter(enum ward_syslog_odd odd)
{
	WARD_ASSERT(odd < WARD_SYSLOG_ODD_N);
	return odd_info[odd].counter;
}

const char *ward_syslog_odd_text(enum ward_syslog_odd odd)
{
	WARD_ASSERT(odd < WARD_SYSLOG_ODD_N);
	return odd_info[odd].text;
}

const char *ward_syslog_facility(int pri)
{
	/* RFC 5424 table 1, by the keywords of syslog.conf(5). */
	static const char *const name[] = {"kern", "user", "mail", "daemon", "auth", "syslog",
		"lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"};

	WARD_ASSERT(pri >= 0 && pri <= 191);
	return name[pri / 8];
}

const char *ward_syslog_severity(int pri)
{
	static const char *const name[] = {
		"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

	WARD_ASSERT(pri >= 0 && pri <= 191);
	return name[pri % 8];
}

enum ward_err ward_syslog_repair(
	struct ward_str text, struct ward_arena *arena, struct ward_str *ret)
{
	struct ward_slice s = ward_str_bytes(text);
	size_t cap, bad;

	if (!ward_mul(text.len, (size_t)3, &cap))
		return WARD_ERR_NOMEM;
	uint8_t *to = ward_arena_alloc(arena, cap);

	if (!to)
		return WARD_ERR_NOMEM;
	struct ward_wr w = ward_wr_fixed(to, cap);

	while (!ward_utf8_valid(s, &bad)) {
		ward_wr_bytes(&w, s.p, bad);
		ward_wr_z(&w, "\xef\xbf\xbd");
		s = ward_slice_of(s.p + bad + 1, s.len - bad - 1);
	}
	ward_wr_bytes(&w, s.p, s.len);
	WARD_ASSERT(!ward_wr_bad(&w)); /* three bytes for one at most */
	*ret = ward_wr_text(&w);
	return WARD_OK;
}

/* "<PRI>" with 1 to 3 digits and no leading zero, RFC 5424 6.2.1. -1: there is none, -2: bad. */
static int take_pri(struct ward_str *s)
{
	size_t i = 1;
	int pri = 0;

	if (s->len < 3 || s->p[0] != '<')
		return -1;
	for (; i < s->len && i < 5 && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		pri = pri * 10 + (s->p[i] - '0');
	if (i == 1 || i >= s->len || s->p[i] != '>')
		return -1;
	if (pri > 191 || i > 4 || (s->p[1] == '0' && i > 2))
		return -2;
	*s = ward_str_sub(*s, i + 1, s->len);
	return pri;
}

/* VERSION is 1; no other was ever defined. */
static bool is_5424(struct ward_str s)
{
	return s.len >= 2 && s.p[0] == '1' && s.p[1] == ' ';
}

enum ward_err ward_syslog_parse(struct ward_str text, ward_ns reference, int32_t utc_offset_s,
	struct ward_arena *arena, struct ward_syslog *ret)
{
	enum ward_err err;

	*ret = (struct ward_syslog){.form = WARD_SYSLOG_PLAIN, .pri = -1, .message = text};
	if (text.len && memchr(text.p, 0, text.len)) {
		ret->odd = WARD_SYSLOG_ODD_BINARY;
		return WARD_ERR_MALFORMED;
	}
	if (!ward_utf8_valid(ward_str_bytes(text), NULL)) {
		err = ward_syslog_repair(text, arena, &text);
		if (err != WARD_OK)
			return err;
		ret->odd = WARD_SYSLOG_ODD_UTF8;
		ret->message = text;
	}
	struct ward_syslog m = *ret;
	struct ward_str rest = text;

	m.pri = take_pri(&rest);
	if (m.pri == -2)
		ret->odd = WARD_SYSLOG_ODD_PRI;
	if (m.pri == -2)
		return WARD_OK;
	if (m.pri >= 0 && is_5424(rest)) {
		m.form = WARD_SYSLOG_5424;
		err = ward_syslog_5424(ward_str_sub(rest, 2, rest.len), arena, &m);
		if (err == WARD_OK)
			*ret = m;
		else
			ret->odd = m.odd;
		if (err == WARD_ERR_MALFORMED)
			ret->pri = m.pri;
		return err == WARD_ERR_MALFORMED ? WARD_OK : err;
	}
	if (ward_syslog_3164(rest, reference, utc_offset_s, &m))
		*ret = m;
	return WARD_OK;
}

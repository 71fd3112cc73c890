#include "respond/syslog.h"

#include "conf/conf.h"
#include "respond/told.h"

/* RFC 5424 6.2.1 */
enum { LOG_AUDIT = 13, SECURITY = 4, NOTICE = 5 };

/* Of the most serious incident that it tells of, which stands first. */
static unsigned severity(const struct ward_conf *c)
{
	static const struct {
		const char *level;
		unsigned is;
	} of[] = {{"critical", 2}, {"high", 3}, {"medium", 4}, {"low", 5}, {"informational", 6}};
	const struct ward_conf *list = ward_conf_get(c, "incidents");

	for (size_t i = 0; list && list->child && i < WARD_ARRAY_LEN(of); i++)
		if (ward_str_eqz(ward_conf_word(list->child, "level"), of[i].level))
			return of[i].is;
	return NOTICE;
}

/* PRINTUSASCII, at most so many; "-" for nothing. */
static void put_name(struct ward_wr *w, struct ward_str s, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < max; i++)
		if (s.p[i] > ' ' && s.p[i] <= '~') {
			ward_wr_ch(w, s.p[i]);
			n++;
		}
	if (!n)
		ward_wr_ch(w, '-');
}

/* The head's own bytes: it is flat, and holds no brace but its own. */
static struct ward_str head_of(struct ward_str body)
{
	const struct ward_str key = WARD_STR("\"head\":{");
	size_t from = ward_str_find(body, key), to;

	if (from == SIZE_MAX)
		return WARD_STR("");
	body = ward_str_sub(body, from + key.len - 1, body.len);
	to = ward_str_find(body, WARD_STR("}"));
	return to == SIZE_MAX ? WARD_STR("") : ward_str_sub(body, 0, to + 1);
}

/* One line, cut where a character ends. */
static void put_text(struct ward_wr *w, struct ward_str s)
{
	size_t n = s.len < WARD_SYSLOG_TEXT ? s.len : WARD_SYSLOG_TEXT;

	while (n < s.len && n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	ward_wr_z(w, "\xef\xbb\xbf"); /* MSG-UTF8 */
	for (size_t i = 0; i < n; i++)
		ward_wr_ch(w, (uint8_t)s.p[i] < ' ' ? ' ' : s.p[i]);
}

static enum ward_err put(struct ward_arena *a, const struct ward_limits *lim, struct ward_str body,
	const struct ward_conf *c, struct ward_wr *w)
{
	struct ward_str schema = ward_conf_word(c, "schema");
	bool head = ward_str_eqz(schema, "ward.head/1");
	struct ward_str msg = head ? head_of(body) : WARD_STR("");
	struct ward_told told;
	ward_ns t;

	if (ward_time_parse(ward_conf_word(c, "time"), &t) != WARD_OK || (head && !msg.len))
		return WARD_ERR_MALFORMED;
	enum ward_err err = head ? WARD_OK : ward_told_read(a, lim, body, &told);

	if (err)
		return err;
	ward_wr_printf(w, "<%u>1 ", head ? LOG_AUDIT * 8 + NOTICE : SECURITY * 8 + severity(c));
	ward_time_write(w, t - t % WARD_NS_PER_MS); /* at most six digits of a second */
	ward_wr_ch(w, ' ');
	put_name(w, ward_conf_word(ward_conf_get(c, "hospital"), "id"), 255);
	ward_wr_z(w, " ward - ");
	put_name(w, ward_str_cut(&schema, '/'), 32);
	ward_wr_z(w, " - ");
	if (head)
		ward_wr_str(w, msg);
	else
		put_text(w, told.brief);
	return WARD_OK;
}

enum ward_err ward_syslog_write(struct ward_arena *a, const struct ward_limits *lim,
	struct ward_str body, bool framed, struct ward_wr *w)
{
	struct ward_wr m = ward_wr_grow(a->mem, 2 * WARD_SYSLOG_DATAGRAM);
	const struct ward_conf *c;
	struct ward_diag diag;

	ward_diag_init(&diag, a->mem);
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("message"), 1, ward_str_bytes(body), &diag, &c);

	ward_diag_fini(&diag);
	if (!err)
		err = put(a, lim, body, c, &m);
	else if (err != WARD_ERR_NOMEM)
		err = WARD_ERR_MALFORMED;
	if (!err && ward_wr_bad(&m))
		err = WARD_ERR_NOMEM;
	if (!err && framed)
		ward_wr_printf(w, "%zu ", m.len);
	if (!err)
		ward_wr_str(w, ward_wr_text(&m));
	ward_wr_fini(&m);
	return err;
}

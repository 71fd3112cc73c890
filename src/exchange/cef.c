/* ArcSight Common Event Format, version 0, alone and as the message of RFC 5424. */
#include "exchange/format.h"

#include "story/address.h"

#include <stdio.h>

struct cef {
	const struct ward_exchange *x;
	const struct ward_exchange_how *how;
	struct ward_wr *w;
	bool syslog;
};

/* In the header | and \ are escaped, in the extension = and \ and line ends; both are one line. */
static void escaped(struct ward_wr *w, struct ward_str s, const char *set)
{
	for (size_t i = 0, n; i < s.len; i += n) {
		char c = s.p[i];

		n = ward_utf8_len((const uint8_t *)s.p + i, s.len - i);
		if (!n) {
			ward_wr_z(w, "\ufffd");
			n = 1;
		} else if (n > 1) {
			ward_wr_str(w, ward_str_sub(s, i, n));
		} else if (c == '\n' || c == '\r') {
			ward_wr_z(w, set[0] == '|' ? " " : "\\n");
		} else {
			if (c && strchr(set, c))
				ward_wr_ch(w, '\\');
			ward_wr_ch(w, (unsigned char)c < ' ' || c == 0x7f ? ' ' : c);
		}
	}
}

/* A name of RFC 5424 6: printable ASCII, no blanks. */
static void ascii(struct ward_wr *w, struct ward_str s, size_t max)
{
	for (size_t i = 0; i < s.len && i < max; i++)
		ward_wr_ch(w, s.p[i] > ' ' && s.p[i] < 0x7f ? s.p[i] : '_');
	if (!s.len)
		ward_wr_ch(w, '-');
}

static void header(struct cef *c, const char *msgid, unsigned level, ward_ns t)
{
	/* facility 4, security; severity 2 critical to 6 informational */
	enum { SECURITY = 4, INFORMATIONAL = 6 };

	if (!c->syslog)
		return;
	ward_wr_printf(c->w, "<%u>1 ", SECURITY * 8 + INFORMATIONAL - level);
	ward_time_write(c->w, t - t % 1000); /* at most microseconds */
	ward_wr_ch(c->w, ' ');
	ascii(c->w, ward_model_hospital(c->x->model)->id, 255);
	ward_wr_printf(c->w, " ward - %s - ", msgid);
}

static void begin(struct cef *c, struct ward_str class, struct ward_str name, unsigned level)
{
	ward_wr_z(c->w, "CEF:0|Ward|Ward|1|");
	escaped(c->w, class, "|\\");
	ward_wr_ch(c->w, '|');
	if (c->x->exercise)
		ward_wr_z(c->w, "EXERCISE: ");
	escaped(c->w, ward_lang_text(c->how->lang[0], name), "|\\");
	ward_wr_printf(c->w, "|%u|", 2 + 2 * level); /* 0 to 10 */
}

static void ext(struct cef *c, const char *key, struct ward_str value)
{
	if (!value.len)
		return;
	ward_wr_ch(c->w, ' ');
	ward_wr_z(c->w, key);
	ward_wr_ch(c->w, '=');
	escaped(c->w, value, "=\\");
}

static void custom(struct cef *c, unsigned n, const char *label, struct ward_str value)
{
	char key[16];

	if (!value.len)
		return;
	ward_wr_printf(c->w, " cs%uLabel=%s", n, label);
	(void)snprintf(key, sizeof(key), "cs%u", n);
	ext(c, key, value);
}

static void common(struct cef *c, const struct ward_exchange_incident *i, struct ward_id id,
	ward_ns first, ward_ns last)
{
	char text[WARD_ID_TEXT];

	ward_id_text(id, text);
	ward_wr_printf(c->w, "rt=%lld start=%lld end=%lld", (long long)(last / WARD_NS_PER_MS),
		(long long)(first / WARD_NS_PER_MS), (long long)(last / WARD_NS_PER_MS));
	ext(c, "externalId", ward_str_z(text));
	ward_id_text(i->id, text);
	custom(c, 1, "incident", ward_str_z(text));
	custom(c, 2, "state", i->state);
	custom(c, 3, "marking", ward_tlp_text(c->x->tlp));
	custom(c, 4, "exercise", c->x->exercise ? WARD_STR("true") : WARD_STR(""));
}

static void sign(
	struct cef *c, const struct ward_exchange_incident *i, const struct ward_exchange_sign *s)
{
	enum ward_address_kind kind = ward_address_kind(s->address);

	header(c, "sign", s->level, s->last);
	begin(c, s->rule.len ? s->rule : WARD_STR("sign"), s->title, s->level);
	common(c, i, s->id, s->first, s->last);
	ward_wr_printf(c->w, " cnt=%llu", (unsigned long long)s->count);
	ext(c, "cat", s->threat ? s->threat->idmef : WARD_STR(""));
	ext(c,
		kind == WARD_ADDRESS_MAC    ? "smac"
		: kind == WARD_ADDRESS_IPV6 ? "c6a2"
					    : "src",
		s->address);
	if (kind == WARD_ADDRESS_IPV6)
		ward_wr_z(c->w, " c6a2Label=Source IPv6 Address");
	custom(c, 5, "on", s->on);
	custom(c, 6, "place", s->where);
	ward_wr_ch(c->w, '\n');
}

static void incident(struct cef *c, const struct ward_exchange_incident *i)
{
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), 1 << 20);

	header(c, "incident", i->level, i->last);
	begin(c, WARD_STR("incident"), i->name.what, i->level);
	common(c, i, i->id, i->first, i->last);
	ward_exchange_describe(i, c->how->lang[0], &text);
	ext(c, "msg", ward_str_trim(ward_wr_text(&text)));
	custom(c, 5, "on", i->name.on);
	ward_wr_ch(c->w, '\n');
	c->w->bad |= ward_wr_bad(&text);
	ward_wr_fini(&text);
}

static enum ward_err lines(struct cef c)
{
	for (size_t i = 0; i < c.x->n_incident; i++) {
		for (size_t k = 0; k < c.x->incident[i].n_sign; k++)
			sign(&c, &c.x->incident[i], &c.x->incident[i].sign[k]);
		incident(&c, &c.x->incident[i]);
	}
	return ward_wr_bad(c.w) ? WARD_ERR_NOMEM : WARD_OK;
}

enum ward_err ward_exchange_cef(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	return lines((struct cef){x, how, w, false});
}

enum ward_err ward_exchange_syslog(
	const struct ward_exchange *x, const struct ward_exchange_how *how, struct ward_wr *w)
{
	return lines((struct cef){x, how, w, true});
}

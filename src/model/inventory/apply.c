/* What a rule says of an event. */
#include "model/inventory/priv.h"

/* One row of the event's parallel lists, and what the rule's wildcards stood for in it. */
struct row {
	const struct ward_event *e;
	size_t at, n; /* n: length of the lists that belong together; 0: none */
	struct ward_str wild[WARD_INV_WILD];
	size_t n_wild;
};

/* A scalar as text; numbers in the caller's buffer of 24 bytes. */
static struct ward_str scalar(const struct ward_value *v, char buf[24])
{
	struct ward_wr w = ward_wr_fixed(buf, 24);

	switch (v->kind) {
	case WARD_VALUE_STR:
	case WARD_VALUE_NUM:
		return v->s;
	case WARD_VALUE_INT:
		ward_wr_i64(&w, v->i);
		return ward_wr_text(&w);
	case WARD_VALUE_BOOL:
		return v->b ? WARD_STR("true") : WARD_STR("false");
	case WARD_VALUE_NULL:
	case WARD_VALUE_LIST:
	case WARD_VALUE_RAW: /* events here have none */
	default:
		return (struct ward_str){NULL, 0};
	}
}

/* The value of a field in a row: of a list of the row's length the item at its place, of others the
 * first. */
static const struct ward_value *value_at(const struct row *row, uint32_t field)
{
	const struct ward_value *v = ward_event_get(row->e, field);

	if (!v || v->kind != WARD_VALUE_LIST)
		return v;
	return v->n == 0 ? NULL : &v->item[v->n == row->n ? row->at : 0];
}

static bool fits(struct row *row, const struct ward_inv_cond *c, const struct ward_value *v)
{
	char buf[24];
	struct ward_str s = scalar(v, buf);

	for (size_t i = 0; i < c->n_glob && s.p; i++) {
		size_t n = row->n_wild;

		/* Numbers live in buf only: a wildcard that they would need is not kept. */
		bool keep = v->kind == WARD_VALUE_STR;

		if (!ward_inv_glob(c->glob[i], s, keep ? row->wild : NULL, keep ? &n : NULL))
			continue;
		row->n_wild = n;
		return true;
	}
	return false;
}

static bool condition(struct row *row, const struct ward_inv_cond *c)
{
	const struct ward_value *v = ward_event_get(row->e, c->field);

	if (!v)
		return false;
	if (v->kind != WARD_VALUE_LIST || v->n == row->n) {
		v = value_at(row, c->field);
		return v && fits(row, c, v);
	}
	for (size_t i = 0; i < v->n && i < WARD_INV_ROWS; i++)
		if (fits(row, c, &v->item[i]))
			return true;
	return false;
}

static bool put_part(struct row *row, const struct ward_inv_part *p, struct ward_wr *w)
{
	const struct ward_value *v;
	struct ward_str s = p->text;
	char buf[24];

	if (p->kind == WARD_INV_WILDCARD) {
		s = p->field < row->n_wild ? row->wild[p->field] : (struct ward_str){NULL, 0};
	} else if (p->kind == WARD_INV_FIELD) {
		v = value_at(row, p->field);
		s = v ? scalar(v, buf) : (struct ward_str){NULL, 0};
	}
	if (p->table && s.p) {
		const struct ward_conf *c = p->table->child;

		while (c && !ward_str_ieq(c->key, s))
			c = c->next;
		s = c ? c->text : (struct ward_str){NULL, 0};
	}
	ward_wr_str(w, ward_str_sub(s, 0, WARD_INV_VALUE));
	return s.len > 0;
}

/* Controls (C0, DEL, C1), and what can't be seen or turns the direction of text round (U+200B to
 * 200F, 2028 to 202E, 2060 to 206F): a device names itself, and the name is read on terminals. */
static bool is_hidden(struct ward_str s)
{
	uint8_t c[3] = {0};

	memcpy(c, s.p, s.len < sizeof(c) ? s.len : sizeof(c));
	if (c[0] == 0xe2 && c[1] == 0x80)
		return (c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae);
	return c[0] < 0x20 || c[0] == 0x7f || (c[0] == 0xc2 && c[1] < 0xa0) ||
	       (c[0] == 0xe2 && c[1] == 0x81 && c[2] >= 0xa0 && c[2] <= 0xaf);
}

/* What it makes of the row, trimmed; empty when a field or a table has nothing for it, or when it
 * is too long or no text for people. */
static struct ward_str make(struct row *row, const struct ward_inv_template *t, char *buf)
{
	struct ward_wr w = ward_wr_fixed(buf, WARD_INV_VALUE);
	struct ward_str none = {NULL, 0};

	for (size_t i = 0; i < t->n_part; i++)
		if (!put_part(row, &t->part[i], &w))
			return none;
	struct ward_str s = ward_str_trim(ward_wr_text(&w));

	if (ward_wr_bad(&w) || !ward_utf8_valid(ward_str_bytes(s), NULL))
		return none;
	for (size_t i = 0; i < s.len; i++)
		if (is_hidden(ward_str_sub(s, i, s.len)))
			return none;
	return s;
}

/* Host names make no difference in letter case, and end in no dot. */
static struct ward_str as_name(struct ward_str s, char *ret)
{
	for (size_t i = 0; i < s.len; i++)
		ret[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	while (s.len && ret[s.len - 1] == '.')
		s.len--;
	return (struct ward_str){ret, s.len};
}

static enum ward_err claim(struct ward_inventory *inv, struct ward_endpoint *h, struct row *row,
	const struct ward_inv_says *says, uint32_t rule)
{
	char value[WARD_INV_VALUE], version[WARD_INV_VALUE], both[2 * WARD_INV_VALUE + 1];
	struct ward_claim c = {.attr = says->attr,
		.confidence = says->confidence,
		.rule = rule,
		.value = make(row, &says->value, value),
		.first = row->e->time,
		.last = row->e->time,
		.event = row->e->id,
		.n = 1};
	struct ward_wr w = ward_wr_fixed(both, sizeof(both));

	if (c.attr == WARD_ATTR_NAME)
		c.value = as_name(c.value, both);
	if (c.attr == WARD_ATTR_SOFTWARE && c.value.len) {
		struct ward_str v = make(row, &says->version, version);

		c.name_len = (uint16_t)c.value.len;
		ward_wr_str(&w, c.value);
		if (v.len) {
			ward_wr_ch(&w, ' ');
			ward_wr_str(&w, v);
		}
		c.value = ward_wr_text(&w);
	}
	bool unknown_class = c.attr == WARD_ATTR_CLASS &&
			     ward_ontology_find(inv->rules->classes, c.value) == WARD_NONE;

	return c.value.len && !unknown_class ? ward_endpoint_claim(inv, h, &c) : WARD_OK;
}

/* The addresses that a rule is about. */
static struct ward_inv_key subject(
	const struct row *row, const struct ward_inv_rule *r, bool want_mac, bool want_ip)
{
	bool dst = r->of == WARD_INV_DESTINATION;
	struct ward_inv_key k = {.has = 0}, one;
	const uint32_t field[] = {
		r->tie                       ? r->tie_mac
		: r->of == WARD_INV_BY_FIELD ? r->of_field
		: dst                        ? WARD_FIELD_DST_MAC
					     : WARD_FIELD_SRC_MAC,
		r->tie ? r->tie_ip
		: dst  ? WARD_FIELD_DST_IP
		       : WARD_FIELD_SRC_IP,
	};
	const bool want[] = {want_mac, want_ip};

	for (size_t i = 0; i < 2; i++) {
		const struct ward_value *v = want[i] ? value_at(row, field[i]) : NULL;

		if (!v || v->kind != WARD_VALUE_STR || !ward_inv_key_parse(v->s, &one))
			continue;
		if (one.has == 1 && ward_inv_is_host_mac(one.mac)) {
			k.has |= 1;
			memcpy(k.mac, one.mac, sizeof(k.mac));
		} else if (one.has == 1 && ward_mac_is_group(one.mac)) {
			return (struct ward_inv_key){.has = 0}; /* to all: nobody in particular */
		} else if (one.has == 2 && ward_inv_is_host_ip(&one.ip)) {
			k.has |= 2;
			k.ip = one.ip;
		}
	}
	return k;
}

static enum ward_err apply_row(
	struct ward_inventory *inv, const struct ward_inv_rule *r, uint32_t index, struct row *row)
{
	struct ward_inv_key key = subject(row, r, true, r->tie || r->of != WARD_INV_BY_FIELD);
	struct ward_endpoint *h = NULL;
	enum ward_err err = WARD_OK;

	if (!r->tie || key.has == 3)
		err = ward_endpoint_of(inv, &key, &h);
	if (err || !h)
		return err;
	if (r->tie || r->of != WARD_INV_SOURCE)
		ward_endpoint_seen(h, row->e->time);
	inv->n_news += (h->proof | r->proof) != h->proof;
	h->proof |= r->proof;
	for (size_t i = 0; i < r->n_says && !err; i++)
		err = claim(inv, h, row, &r->says[i], index);
	return err;
}

enum ward_err ward_inv_apply(struct ward_inventory *inv, const struct ward_inv_rule *r,
	uint32_t index, const struct ward_event *e)
{
	const struct ward_value *first = r->n_cond ? ward_event_get(e, r->cond[0].field) : NULL;
	size_t n = first && first->kind == WARD_VALUE_LIST ? first->n : 0;
	enum ward_err err = WARD_OK;

	for (size_t at = 0; !err && at < (n ? n : 1) && at < WARD_INV_ROWS; at++) {
		struct row row = {.e = e, .at = at, .n = n};
		bool all = true;

		for (size_t i = 0; i < r->n_cond && all; i++)
			all = condition(&row, &r->cond[i]);
		for (size_t i = 0; i < r->n_unless && all; i++)
			all = !condition(&row, &r->unless[i]);
		if (all)
			err = apply_row(inv, r, index, &row);
	}
	return err;
}

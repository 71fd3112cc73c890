#include "event/plan.h"

#include <arpa/inet.h>
#include <string.h>

enum { V4 = 4, PREFIX_BITS = 96 };

bool ward_plan_prefix_parse(struct ward_str s, struct ward_plan_prefix *ret)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t b[16];
	uint64_t bits;
	struct ward_str length = s, at = ward_str_cut(&length, '/');

	if (!at.len || at.len >= sizeof(text) || !ward_str_u64(length, &bits) ||
		bits != PREFIX_BITS)
		return false;
	memcpy(text, at.p, at.len);
	text[at.len] = 0;
	if (inet_pton(AF_INET6, text, b) != 1 || (b[0] & 0xfe) != 0xfc ||
		b[12] | b[13] | b[14] | b[15])
		return false;
	memcpy(ret->b, b, sizeof(ret->b));
	return true;
}

static bool is_private(const uint8_t b[V4])
{
	return b[0] == 10 || (b[0] == 172 && b[1] >> 4 == 1) || (b[0] == 192 && b[1] == 168) ||
	       (b[0] == 100 && b[1] >> 6 == 1);
}

/* False: it is no private IPv4 address, and stays. */
static bool embed(const struct ward_plan_prefix *p, struct ward_str s, char ret[INET6_ADDRSTRLEN])
{
	char text[INET_ADDRSTRLEN];
	uint8_t b[16];

	if (s.len < sizeof("0.0.0.0") - 1 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	if (inet_pton(AF_INET, text, b + sizeof(p->b)) != 1 || !is_private(b + sizeof(p->b)))
		return false;
	memcpy(b, p->b, sizeof(p->b));
	return inet_ntop(AF_INET6, b, ret, INET6_ADDRSTRLEN) != NULL;
}

static bool holds_addresses(struct ward_str name)
{
	static const char *const last[] = {
		"ip", "ips", "address", "addresses", "gateway", "router", "exporter"};
	size_t at = name.len;

	while (at && name.p[at - 1] != '.' && name.p[at - 1] != '_')
		at--;
	for (size_t i = 0; i < WARD_ARRAY_LEN(last); i++)
		if (ward_str_eqz(ward_str_sub(name, at, SIZE_MAX), last[i]))
			return true;
	return false;
}

static enum ward_err one(
	const struct ward_plan_prefix *p, struct ward_arena *a, struct ward_value *v)
{
	char text[INET6_ADDRSTRLEN];

	if (v->kind != WARD_VALUE_STR || !embed(p, v->s, text))
		return WARD_OK;
	v->s = ward_arena_str(a, ward_str_z(text));
	return v->s.p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err list(
	const struct ward_plan_prefix *p, struct ward_arena *a, struct ward_value *v)
{
	struct ward_value *item = ward_arena_array(a, v->n, sizeof(*item));
	enum ward_err err = item || !v->n ? WARD_OK : WARD_ERR_NOMEM;

	for (uint32_t i = 0; !err && i < v->n; i++) {
		item[i] = v->item[i];
		err = one(p, a, &item[i]);
	}
	if (!err)
		v->item = item;
	return err;
}

enum ward_err ward_plan_event(
	const struct ward_plan_prefix *p, const struct ward_names *names, struct ward_event *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < e->n_field; i++) {
		struct ward_value *v = &e->field[i].v;

		if (!holds_addresses(ward_name_text(names, e->field[i].name)))
			continue;
		err = v->kind == WARD_VALUE_LIST ? list(p, e->arena, v) : one(p, e->arena, v);
	}
	return err;
}

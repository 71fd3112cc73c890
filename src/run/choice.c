#include "run/choice.h"

#include <string.h>

enum { MILLIFPS_MAX = 240000, KBPS_MAX = 1000000 };

void ward_choice_write(const struct ward_choice *c, struct ward_wr *w)
{
	ward_wr_u8(w, c->taken);
	ward_wr_u8(w, (uint8_t)c->reason);
	ward_wr_u8(w, c->tls);
	ward_wr_be16(w, c->port);
	ward_wr_lv(w, ward_str_bytes(ward_str_z(c->path)));
	ward_wr_lv(w, ward_str_bytes(ward_str_z(c->profile)));
	ward_wr_lv(w, ward_str_bytes(ward_str_z(c->encoding)));
	ward_wr_be16(w, (uint16_t)c->width);
	ward_wr_be16(w, (uint16_t)c->height);
	ward_wr_be32(w, c->millifps);
	ward_wr_be32(w, c->kbps);
	ward_wr_u8(w, (uint8_t)c->offered);
	ward_wr_u8(w, c->suffices);
}

/* What is shown, or asked for: no control characters, and no blank in a path. */
static bool take(struct ward_rd *r, char *to, size_t cap, uint8_t least)
{
	struct ward_slice s = ward_rd_lv(r, cap - 1);

	if (ward_rd_bad(r) || !ward_utf8_valid(s, NULL))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < least || s.p[i] == 0x7f)
			return false;
	if (s.len)
		memcpy(to, s.p, s.len);
	to[s.len] = 0;
	return true;
}

static bool flag(struct ward_rd *r, bool *ret)
{
	uint8_t v = ward_rd_u8(r);

	*ret = v == 1;
	return v <= 1;
}

enum ward_err ward_choice_read(struct ward_rd *r, struct ward_choice *ret)
{
	struct ward_choice c = {0};
	bool ok = flag(r, &c.taken);

	c.reason = (enum ward_health_reason)ward_rd_u8(r);
	ok = flag(r, &c.tls) && ok;
	c.port = ward_rd_be16(r);
	ok = ok && take(r, c.path, sizeof(c.path), '!') &&
	     take(r, c.profile, sizeof(c.profile), ' ') &&
	     take(r, c.encoding, sizeof(c.encoding), ' ');
	c.width = ward_rd_be16(r);
	c.height = ward_rd_be16(r);
	c.millifps = ward_rd_be32(r);
	c.kbps = ward_rd_be32(r);
	c.offered = ward_rd_u8(r);
	ok = ok && flag(r, &c.suffices);
	if (!ok || ward_rd_bad(r) || ward_rd_left(r) || c.reason >= WARD_HEALTH_N ||
		c.width > WARD_CHOICE_SIDE || c.height > WARD_CHOICE_SIDE ||
		c.millifps > MILLIFPS_MAX || c.kbps > KBPS_MAX || (c.taken && !c.port) ||
		(c.path[0] && c.path[0] != '/' && c.path[0] != '?'))
		return WARD_ERR_MALFORMED;
	*ret = c;
	return WARD_OK;
}

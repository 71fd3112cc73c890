#include "run/carry.h"

enum { ID = 1, NUMBER = 2, N = 4, MONO = 8, WALL = 16, DATA = 32, NO = 64 };

static unsigned fields(uint8_t what)
{
	switch (what) {
	case WARD_CARRY_ASK:
	case WARD_CARRY_KEPT:
		return ID;
	case WARD_CARRY_GIVEN:
		return NUMBER | N | WALL;
	case WARD_CARRY_SAME:
		return ID | WALL;
	case WARD_CARRY_NONE:
		return DATA;
	case WARD_CARRY_WANT:
		return NUMBER | N;
	case WARD_CARRY_BYTES:
		return NUMBER | N | DATA;
	case WARD_CARRY_HAS:
	case WARD_CARRY_OURS:
		return MONO | WALL;
	case WARD_CARRY_AGAIN:
	case WARD_CARRY_STOPPED:
		return 0;
	default:
		return NO;
	}
}

enum ward_err ward_carry_read(struct ward_slice said, struct ward_carry *ret)
{
	struct ward_rd r = ward_rd_slice(said);
	struct ward_carry c = {.id = NULL};
	uint8_t what = ward_rd_u8(&r);
	unsigned f = fields(what);

	if (f & NO)
		return WARD_ERR_MALFORMED;
	c.what = (enum ward_carry_what)what;
	if (f & ID)
		c.id = ward_rd_take(&r, WARD_CARRY_ID);
	if (f & NUMBER)
		c.number = ward_rd_be64(&r);
	if (f & N)
		c.n = ward_rd_be64(&r);
	if (f & MONO)
		c.mono = ward_rd_be64(&r);
	if (f & WALL)
		c.wall = ward_rd_be64(&r);
	if (f & DATA)
		c.data = ward_rd_rest(&r);
	if (ward_rd_bad(&r) || ward_rd_left(&r) || c.data.len > WARD_CARRY_PIECE ||
		c.wall > INT64_MAX || c.mono > INT64_MAX)
		return WARD_ERR_MALFORMED;
	*ret = c;
	return WARD_OK;
}

void ward_carry_write(struct ward_wr *w, const struct ward_carry *c)
{
	unsigned f = fields((uint8_t)c->what);

	ward_wr_u8(w, (uint8_t)c->what);
	if (f & ID)
		ward_wr_bytes(w, c->id, WARD_CARRY_ID);
	if (f & NUMBER)
		ward_wr_be64(w, c->number);
	if (f & N)
		ward_wr_be64(w, c->n);
	if (f & MONO)
		ward_wr_be64(w, c->mono);
	if (f & WALL)
		ward_wr_be64(w, c->wall);
	if (f & DATA)
		ward_wr_bytes(w, c->data.p, c->data.len);
}

struct ward_slice ward_carry_word(enum ward_carry_what what)
{
	static const uint8_t again = WARD_CARRY_AGAIN, stopped = WARD_CARRY_STOPPED;

	return ward_slice_of(what == WARD_CARRY_AGAIN ? &again : &stopped, 1);
}

bool ward_carry_kept(struct ward_slice said, bool *ret_ours, ward_ns *ret_mono, ward_ns *ret_wall)
{
	struct ward_carry c;

	if (ward_carry_read(said, &c) != WARD_OK ||
		(c.what != WARD_CARRY_HAS && c.what != WARD_CARRY_OURS))
		return false;
	*ret_ours = c.what == WARD_CARRY_OURS;
	*ret_mono = (ward_ns)c.mono;
	*ret_wall = (ward_ns)c.wall;
	return true;
}

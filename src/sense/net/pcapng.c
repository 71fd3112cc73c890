#include "sense/net/pcapng.h"

#include "base/rd.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a, /* section numbers are of the draft's chapter 4 */
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete, appendix A */
	BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BYTE_ORDER = 0x1a2b3c4d,
	VERSION_MAJOR = 1,
	OPTION_RESOLUTION = 9,
	OPTION_OFFSET = 14,
	OPTION_DROPCOUNT = 4, /* epb_dropcount, of an enhanced packet */
	OPTION_IFDROP = 5,    /* isb_ifdrop and isb_osdrop, of statistics */
	OPTION_OSDROP = 7,
	DROPS_UNKNOWN = 0xffff, /* of the obsolete packet block, appendix A */
	BLOCK_MIN = 12,         /* type, length, length again */
	BLOCK_MAX = 16 << 20,   /* of one block; what is larger is damage */
	INTERFACES_MAX = 4096,
};

__extension__ typedef unsigned __int128 u128;

struct interface {
	uint16_t link;
	uint32_t snap;  /* 0: all is kept */
	uint64_t units; /* of time per second */
	int64_t offset_s;
	uint64_t by_packets, by_statistics; /* frames that it lost, as either says */
};

struct ward_pcapng {
	const struct ward_mem *mem;
	FILE *f;
	bool big; /* byte order of the section */
	bool begun;
	struct interface *interface; /* of the section */
	size_t n, cap;
	uint16_t first_link;
	uint8_t *block; /* the body under way */
	size_t cap_block;
	ward_ns time;
	uint64_t dropped; /* of all interfaces, also those of sections before */
	uint64_t off;     /* where the next block begins */
	const char *why;
};

static uint16_t rd16(const struct ward_pcapng *ng, struct ward_rd *r)
{
	return ng->big ? ward_rd_be16(r) : ward_rd_le16(r);
}

static uint32_t rd32(const struct ward_pcapng *ng, struct ward_rd *r)
{
	return ng->big ? ward_rd_be32(r) : ward_rd_le32(r);
}

static uint64_t rd64(const struct ward_pcapng *ng, struct ward_rd *r)
{
	return ng->big ? ward_rd_be64(r) : ward_rd_le64(r);
}

static enum ward_err damaged(struct ward_pcapng *ng, const char *why)
{
	ng->why = why;
	return WARD_ERR_CORRUPT;
}

/* Exactly len bytes; CLOSED when there is none at all. */
static enum ward_err read_exact(struct ward_pcapng *ng, uint8_t *p, size_t len)
{
	size_t n = fread(p, 1, len, ng->f);

	if (n == len)
		return WARD_OK;
	if (ferror(ng->f))
		return WARD_ERR_IO;
	return n ? damaged(ng, "the file ends inside a block") : WARD_ERR_CLOSED;
}

/* Begins a section: its byte order holds from here on, its interfaces are its own. */
static enum ward_err begin_section(struct ward_pcapng *ng, const uint8_t magic[4])
{
	struct ward_rd r = ward_rd_from(magic, 4), twin = r;

	ng->n = 0;
	ng->big = ward_rd_be32(&r) == BYTE_ORDER;
	if (!ng->big && ward_rd_le32(&twin) != BYTE_ORDER)
		return damaged(ng, "a section has no byte order");
	ng->begun = true;
	return WARD_OK;
}

static bool room(struct ward_pcapng *ng, size_t len)
{
	void *p;

	if (len <= ng->cap_block)
		return true;
	p = ward_mem_resize(ng->mem, ng->block, ng->cap_block, len);
	if (!p)
		return false;
	ng->block = p;
	ng->cap_block = len;
	return true;
}

/* One whole block: its type and its body, which lives until the next one. */
static enum ward_err read_block(struct ward_pcapng *ng, uint32_t *ret_type, struct ward_rd *ret)
{
	uint8_t head[BLOCK_MIN]; /* a section's byte order comes behind the length that needs it */
	enum ward_err err = read_exact(ng, head, sizeof(head));
	struct ward_rd r = ward_rd_from(head, sizeof(head));
	size_t n_head = sizeof(head) - 8;

	if (err)
		return err;
	if (ward_rd_be32(&r) == BLOCK_SECTION)
		err = begin_section(ng, head + 8);
	else if (!ng->begun)
		err = damaged(ng, "the file begins with no section");
	if (err)
		return err;
	r = ward_rd_from(head, sizeof(head));
	*ret_type = rd32(ng, &r);
	uint32_t len = rd32(ng, &r), again;

	if (len < BLOCK_MIN || len > BLOCK_MAX || len % 4)
		return damaged(ng, "a block has an impossible length");
	if (!room(ng, len - 8))
		return WARD_ERR_NOMEM;
	memcpy(ng->block, head + 8, n_head);
	if (len > BLOCK_MIN)
		err = read_exact(ng, ng->block + n_head, len - BLOCK_MIN);
	if (err)
		return err == WARD_ERR_CLOSED ? damaged(ng, "the file ends inside a block") : err;
	r = ward_rd_from(ng->block + (len - 12), 4);
	again = rd32(ng, &r);
	if (again != len)
		return damaged(ng, "a block's two lengths differ");
	ng->off += len;
	*ret = ward_rd_from(ng->block, len - 12);
	return WARD_OK;
}

/* if_tsresol: a power of ten, or of two with the high bit (4.2). False when it is too fine. */
static bool units_of(uint8_t resolution, uint64_t *ret)
{
	unsigned power = resolution & 0x7f;

	*ret = 1;
	if (resolution & 0x80) {
		*ret = power < 64 ? (uint64_t)1 << power : 0;
		return power < 64;
	}
	for (; power > 0; power--)
		if (!ward_mul(*ret, (uint64_t)10, ret))
			return false;
	return true;
}

/* 3.5. False at their end, which need not be said, or when r is bad. */
static bool next_option(const struct ward_pcapng *ng, struct ward_rd *r, uint16_t *ret_code,
	struct ward_rd *ret_value)
{
	if (ward_rd_left(r) < 4)
		return false;
	uint16_t code = rd16(ng, r), len = rd16(ng, r);

	if (code == 0)
		return false;
	*ret_code = code;
	*ret_value = ward_rd_sub(r, len);
	(void)ward_rd_bytes(r, (4 - len % 4u) % 4);
	return !ward_rd_bad(r);
}

static bool read_option(
	const struct ward_pcapng *ng, uint16_t code, struct ward_rd *value, struct interface *i)
{
	if (code == OPTION_RESOLUTION)
		return units_of(ward_rd_u8(value), &i->units) && !ward_rd_bad(value);
	if (code == OPTION_OFFSET)
		i->offset_s = (int64_t)rd64(ng, value);
	return !ward_rd_bad(value);
}

static enum ward_err read_interface(struct ward_pcapng *ng, struct ward_rd *r)
{
	struct interface i = {.link = rd16(ng, r), .units = 1000000};
	struct ward_rd value;

	(void)rd16(ng, r);
	i.snap = rd32(ng, r);
	if (ward_rd_bad(r))
		return damaged(ng, "an interface is too short");
	for (uint16_t code; next_option(ng, r, &code, &value);)
		if (!read_option(ng, code, &value, &i))
			return damaged(ng, "an interface's options are wrong");
	if (ward_rd_bad(r))
		return damaged(ng, "an interface's options are wrong");
	enum ward_err err =
		ward_mem_more(ng->mem, &ng->interface, ng->n, &ng->cap, sizeof(i), INTERFACES_MAX);

	if (err)
		return err == WARD_ERR_LIMIT ? damaged(ng, "too many interfaces") : err;
	ng->interface[ng->n++] = i;
	return WARD_OK;
}

static uint64_t sum_of(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return ward_add(a, b, &sum) ? sum : UINT64_MAX;
}

/* An interface's loss is told twice: packets say how many were lost since the one before, and
 * statistics how many since the capture began, among them those of which the packets said so. So
 * the greater of the two counts. Statistics only grow: what a later block says less is the writer's
 * mistake and takes nothing back. */
static void lose(struct ward_pcapng *ng, struct interface *i, uint64_t more, uint64_t in_all)
{
	uint64_t before = i->by_packets > i->by_statistics ? i->by_packets : i->by_statistics;

	i->by_packets = sum_of(i->by_packets, more);
	if (in_all > i->by_statistics)
		i->by_statistics = in_all;
	uint64_t after = i->by_packets > i->by_statistics ? i->by_packets : i->by_statistics;

	ng->dropped = sum_of(ng->dropped, after - before);
}

/* 4.6. What the interface received and what a filter took say nothing of a loss. Statistics that
 * are wrong, or of no interface, are worth no packet: they are left out. */
static void read_statistics(struct ward_pcapng *ng, struct ward_rd *r)
{
	uint32_t id = rd32(ng, r);
	uint64_t n[2] = {0}; /* of the interface, of the system */
	struct ward_rd value;

	(void)rd32(ng, r); /* time */
	(void)rd32(ng, r);
	for (uint16_t code; next_option(ng, r, &code, &value);) {
		uint64_t v = rd64(ng, &value);

		if (ward_rd_bad(&value) || v == UINT64_MAX) /* not known */
			continue;
		if (code == OPTION_IFDROP)
			n[0] = v;
		else if (code == OPTION_OSDROP)
			n[1] = v;
	}
	if (id < ng->n)
		lose(ng, &ng->interface[id], 0, sum_of(n[0], n[1]));
}

/* Behind a packet's bytes, 4.3. */
static void read_packet_options(struct ward_pcapng *ng, struct ward_rd *r, struct interface *i)
{
	struct ward_rd value;

	for (uint16_t code; next_option(ng, r, &code, &value);) {
		uint64_t v = code == OPTION_DROPCOUNT ? rd64(ng, &value) : 0;

		if (!ward_rd_bad(&value) && v != UINT64_MAX)
			lose(ng, i, v, 0);
	}
}

/* Times beyond ward_ns are put at its end. */
static ward_ns time_of(const struct interface *i, uint64_t ticks)
{
	uint64_t fraction = (uint64_t)((u128)(ticks % i->units) * (u128)WARD_NS_PER_S / i->units);
	int64_t seconds;
	ward_ns t;

	if (!ward_add(ticks / i->units, i->offset_s, &seconds))
		return i->offset_s < 0 ? INT64_MIN : INT64_MAX;
	if (!ward_mul(seconds, WARD_NS_PER_S, &t) || !ward_add(t, (ward_ns)fraction, &t))
		return seconds < 0 ? INT64_MIN : INT64_MAX;
	return t;
}

static enum ward_err read_packet(struct ward_pcapng *ng, uint32_t type, struct ward_rd *r,
	struct ward_frame *ret, uint16_t *ret_link)
{
	uint32_t id = 0, cap;
	uint16_t drops = 0;
	uint64_t ticks = 0;

	if (type == BLOCK_PACKET) {
		id = rd16(ng, r);
		drops = rd16(ng, r);
	} else if (type == BLOCK_ENHANCED) {
		id = rd32(ng, r);
	}
	if (type != BLOCK_SIMPLE) {
		ticks = (uint64_t)rd32(ng, r) << 32;
		ticks |= rd32(ng, r);
	}
	cap = type == BLOCK_SIMPLE ? 0 : rd32(ng, r);
	uint32_t len = rd32(ng, r);

	if (ward_rd_bad(r) || id >= ng->n)
		return damaged(ng, "a packet is of no interface");
	struct interface *i = &ng->interface[id];

	if (type == BLOCK_SIMPLE)
		cap = i->snap && i->snap < len ? i->snap : len;
	struct ward_slice bytes = ward_rd_bytes(r, cap);

	if (ward_rd_bad(r))
		return damaged(ng, "a packet is longer than its block");
	if (type != BLOCK_SIMPLE)
		ng->time = time_of(i, ticks);
	if (drops != DROPS_UNKNOWN)
		lose(ng, i, drops, 0);
	ward_rd_skip(r, (4 - cap % 4u) % 4);
	if (type == BLOCK_ENHANCED)
		read_packet_options(ng, r, i);
	*ret = (struct ward_frame){.time = ng->time, .bytes = bytes, .len = len};
	*ret_link = i->link;
	return WARD_OK;
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_PACKET || type == BLOCK_SIMPLE || type == BLOCK_ENHANCED;
}

/* The next block; of one that says how others are to be read, that is taken in. */
static enum ward_err next_block(struct ward_pcapng *ng, uint32_t *ret_type, struct ward_rd *ret)
{
	enum ward_err err = read_block(ng, ret_type, ret);

	if (err)
		return err;
	if (*ret_type == BLOCK_INTERFACE)
		return read_interface(ng, ret);
	if (*ret_type == BLOCK_STATISTICS)
		read_statistics(ng, ret);
	if (*ret_type != BLOCK_SECTION)
		return WARD_OK;
	(void)rd32(ng, ret); /* the byte order */
	return rd16(ng, ret) == VERSION_MAJOR && !ward_rd_bad(ret)
		       ? WARD_OK
		       : damaged(ng, "a section is of another version of pcapng");
}

enum ward_err ward_pcapng_next(struct ward_pcapng *ng, struct ward_frame *ret, uint16_t *ret_link)
{
	struct ward_rd body;
	uint32_t type = 0;
	enum ward_err err = WARD_OK;

	while (!err && !is_packet(type))
		err = next_block(ng, &type, &body);
	return err ? err : read_packet(ng, type, &body, ret, ret_link);
}

/* Blocks up to the first interface. */
static enum ward_err start(struct ward_pcapng *ng)
{
	while (!ng->n) {
		struct ward_rd body;
		uint32_t type = 0;
		enum ward_err err = next_block(ng, &type, &body);

		if (err == WARD_ERR_CLOSED || (!err && is_packet(type)))
			err = damaged(ng, "the file describes no interface");
		if (err)
			return err;
	}
	ng->first_link = ng->interface[0].link;
	return WARD_OK;
}

enum ward_err ward_pcapng_new(
	const struct ward_mem *mem, FILE *f, const char **ret_why, struct ward_pcapng **ret)
{
	struct ward_pcapng *ng = ward_mem_alloc(mem, sizeof(*ng));

	if (!ng)
		return WARD_ERR_NOMEM;
	ng->mem = mem;
	ng->f = f;
	enum ward_err err = start(ng);

	if (!err) {
		*ret = ng;
		return WARD_OK;
	}
	if (err == WARD_ERR_CORRUPT) {
		*ret_why = ng->why;
		err = WARD_ERR_MALFORMED;
	}
	ward_pcapng_free(ng);
	return err;
}

void ward_pcapng_free(struct ward_pcapng *ng)
{
	if (!ng)
		return;
	ward_mem_free(ng->mem, ng->interface, ng->cap * sizeof(*ng->interface));
	ward_mem_free(ng->mem, ng->block, ng->cap_block);
	ward_mem_free(ng->mem, ng, sizeof(*ng));
}

uint16_t ward_pcapng_link(const struct ward_pcapng *ng)
{
	return ng->first_link;
}

uint64_t ward_pcapng_dropped(const struct ward_pcapng *ng)
{
	return ng->dropped;
}

uint64_t ward_pcapng_offset(const struct ward_pcapng *ng)
{
	return ng->off;
}

const char *ward_pcapng_why(const struct ward_pcapng *ng)
{
	return ng->why;
}

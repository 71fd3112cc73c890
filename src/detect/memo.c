#include "detect/memo.h"

struct ward_memo_slot {
	uint64_t hash;
	uint64_t at; /* bytes put before it + 1; 0: empty */
};

/* In the ring: this, n numbers, the text; never across its end. */
struct record {
	uint32_t unit, n_text, n_found, pad;
};

enum { ALIGN = 16, BYTES_PER_SLOT = 128, WAYS = 2, BYTES_MIN = 1 << 16 };

static enum ward_err make(struct ward_memo *m, size_t bytes)
{
	struct ward_memo made = *m;

	/* Places of before are nowhere in what is new. */
	made.end = (made.end + bytes - 1) / bytes * bytes;
	made.begin = made.end;
	made.n_ring = bytes;
	made.n_slot = bytes / BYTES_PER_SLOT;
	made.ring = ward_mem_resize(m->mem, NULL, 0, bytes);
	made.slot = ward_mem_alloc(m->mem, made.n_slot * sizeof(*made.slot));
	if (made.ring && made.slot) {
		*m = made;
		return WARD_OK;
	}
	ward_mem_free(m->mem, made.ring, bytes);
	ward_mem_free(m->mem, made.slot, made.n_slot * sizeof(*made.slot));
	return WARD_ERR_NOMEM;
}

enum ward_err ward_memo_init(struct ward_memo *m, const struct ward_mem *mem, size_t bytes_max)
{
	WARD_ASSERT(bytes_max >= BYTES_MIN && (bytes_max & (bytes_max - 1)) == 0);
	*m = (struct ward_memo){.mem = mem, .n_max = bytes_max, .seed = ward_seed_random().k0};
	return make(m, BYTES_MIN);
}

/* It was filled once: twice as much from now on, and all is forgotten. Without memory for it, it
 * stays as it is. */
static void grow(struct ward_memo *m)
{
	struct ward_memo old = *m;

	if (m->n_ring >= m->n_max)
		return;
	if (make(m, 2 * m->n_ring) != WARD_OK) {
		m->n_max = m->n_ring;
		return;
	}
	ward_memo_fini(&old);
}

void ward_memo_fini(struct ward_memo *m)
{
	if (!m->mem)
		return;
	ward_mem_free(m->mem, m->ring, m->n_ring);
	ward_mem_free(m->mem, m->slot, m->n_slot * sizeof(*m->slot));
	*m = (struct ward_memo){.mem = NULL};
}

static uint64_t word(const char *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
	return v;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

/* Two lanes, so that one multiplication does not wait for the other. */
uint64_t ward_memo_hash(const struct ward_memo *m, uint32_t unit, struct ward_str s)
{
	uint64_t a = m->seed ^ s.len, b = m->seed + unit;
	size_t off = 0;

	for (; s.len - off >= 16; off += 16) {
		a = mix(a, word(s.p + off, 8));
		b = mix(b, word(s.p + off + 8, 8));
	}
	if (s.len - off >= 8) {
		a = mix(a, word(s.p + off, 8));
		off += 8;
	}
	if (s.len > off)
		b = mix(b, word(s.p + off, s.len - off));
	return mix(a, b) | 1;
}

bool ward_memo_again(const struct ward_memo *m, uint64_t at, uint32_t unit, struct ward_str text,
	const uint32_t **ret, size_t *ret_n)
{
	if (at <= m->begin || m->end - (at - 1) > m->n_ring)
		return false;
	const uint8_t *p = m->ring + (at - 1) % m->n_ring;
	struct record r;

	memcpy(&r, p, sizeof(r));
	const uint32_t *found = (const uint32_t *)(const void *)(p + sizeof(r));

	if (r.unit != unit || r.n_text != text.len ||
		(text.len && memcmp(found + r.n_found, text.p, text.len) != 0))
		return false;
	*ret = found;
	*ret_n = r.n_found;
	return true;
}

bool ward_memo_get(struct ward_memo *m, uint64_t hash, uint32_t unit, struct ward_str text,
	const uint32_t **ret, size_t *ret_n)
{
	for (size_t k = 0; k < WAYS; k++) {
		const struct ward_memo_slot *s = &m->slot[(hash >> 1 ^ k) & (m->n_slot - 1)];

		if (s->hash != hash || !ward_memo_again(m, s->at, unit, text, ret, ret_n))
			continue;
		m->at = s->at;
		return true;
	}
	return false;
}

void ward_memo_put(struct ward_memo *m, uint64_t hash, uint32_t unit, struct ward_str text,
	const uint32_t *found, size_t n)
{
	m->at = 0;
	if (text.len > WARD_MEMO_TEXT_MAX || n > WARD_MEMO_FOUND_MAX)
		return;
	struct record r = {unit, (uint32_t)text.len, (uint32_t)n, 0};
	size_t len = sizeof(r) + n * sizeof(*found) + text.len;

	len = (len + ALIGN - 1) / ALIGN * ALIGN;
	if (m->end + len > m->n_ring)
		grow(m);
	size_t room = m->n_ring - m->end % m->n_ring;

	if (room < len)
		m->end += room;
	uint8_t *p = m->ring + m->end % m->n_ring;

	memcpy(p, &r, sizeof(r));
	if (n)
		memcpy(p + sizeof(r), found, n * sizeof(*found));
	if (text.len)
		memcpy(p + sizeof(r) + n * sizeof(*found), text.p, text.len);
	/* The older of the two gives way. */
	struct ward_memo_slot *a = &m->slot[hash >> 1 & (m->n_slot - 1)];
	struct ward_memo_slot *b = &m->slot[(hash >> 1 ^ 1) & (m->n_slot - 1)];

	*(b->at < a->at ? b : a) = (struct ward_memo_slot){hash, m->end + 1};
	m->at = m->end + 1;
	m->end += len;
}

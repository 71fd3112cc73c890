/* IPFIX (RFC 7011) and NetFlow 9 (RFC 3954): sets of templates and of records that they describe.
 * They differ in the header, in the numbers of sets, and in how options templates count. */
#include "sense/flow/priv.h"

enum {
	VARIABLE = 65535,
	ID_MIN = 256,
	V9_TEMPLATE = 0,
	V9_OPTIONS = 1,
	IPFIX_TEMPLATE = 2,
	IPFIX_OPTIONS = 3,
};
#define ENTERPRISE 0x8000u

struct sets {
	bool is_v9;
	bool unknown; /* a set's template is not known: its records were not counted */
	uint32_t n_record;
};

static size_t offset(const struct ward_export *x, const struct ward_rd *r)
{
	return r->p ? (size_t)(r->p - x->d->bytes.p) + r->off : 0;
}

/* n field specifiers into x->scratch. */
static enum ward_export_counter read_fields(
	struct ward_export *x, struct ward_rd *r, const struct sets *s, size_t n)
{
	struct ward_template *t = &x->scratch;

	if (n > WARD_EXPORT_FIELDS)
		return WARD_EXPORT_TEMPLATE_FIELDS;
	t->n_field = (uint16_t)n;
	t->min_len = 0;
	for (size_t i = 0; i < n; i++) {
		struct ward_template_field *f = &t->field[i];

		f->id = ward_rd_be16(r);
		f->len = ward_rd_be16(r);
		f->enterprise = 0;
		if (!s->is_v9 && f->id & ENTERPRISE) {
			f->id = (uint16_t)(f->id & ~ENTERPRISE);
			f->enterprise = ward_rd_be32(r);
		}
		t->min_len += f->len == VARIABLE && !s->is_v9 ? 1 : f->len;
	}
	if (ward_rd_bad(r))
		return WARD_EXPORT_TEMPLATE_SHORT;
	/* records without bytes would be without number */
	return t->min_len ? WARD_EXPORT_COUNTER_N : WARD_EXPORT_TEMPLATE_EMPTY;
}

/* Gives the reason, or COUNTER_N. *ret_done: what follows is padding. */
static enum ward_export_counter read_template(struct ward_export *x, struct ward_rd *r,
	const struct sets *s, bool options, bool *ret_done)
{
	uint16_t id = ward_rd_be16(r), count = ward_rd_be16(r);
	size_t n = count, n_scope = 0;

	if (id == 0 && count == 0) {
		*ret_done = true;
		return WARD_EXPORT_COUNTER_N;
	}
	if (id < ID_MIN)
		return WARD_EXPORT_TEMPLATE_ID;
	if (count == 0 && !s->is_v9) {
		/* not over UDP (RFC 7011 8.4): anybody could forge it */
		x->count[WARD_EXPORT_WITHDRAWAL]++;
		return WARD_EXPORT_COUNTER_N;
	}
	if (options) {
		n_scope = ward_rd_be16(r);
		if (s->is_v9) { /* lengths of both parts in bytes (RFC 3954 6.1) */
			if (count % 4 || n_scope % 4)
				return WARD_EXPORT_TEMPLATE_SCOPE;
			n = (count + n_scope) / 4;
			n_scope = count / 4u;
		} else if (n_scope == 0 || n_scope > n) {
			return WARD_EXPORT_TEMPLATE_SCOPE;
		}
	}
	enum ward_export_counter why = read_fields(x, r, s, n);

	if (why != WARD_EXPORT_COUNTER_N)
		return why;
	x->scratch.options = options;
	x->scratch.n_scope = (uint16_t)n_scope;
	ward_template_define(x, id);
	return WARD_EXPORT_COUNTER_N;
}

static bool read_templates(
	struct ward_export *x, struct ward_rd *set, const struct sets *s, bool options)
{
	bool done = false;

	while (!done && ward_rd_left(set) >= 4) { /* each takes at least 4 bytes */
		size_t off = offset(x, set);
		enum ward_export_counter why = read_template(x, set, s, options, &done);

		if (why != WARD_EXPORT_COUNTER_N) {
			ward_export_reject(x, why, off);
			return false;
		}
	}
	return true;
}

static struct ward_slice read_field(
	struct ward_rd *r, const struct ward_template_field *f, bool is_v9)
{
	size_t len = f->len;

	if (len == VARIABLE && !is_v9) {
		len = ward_rd_u8(r);
		if (len == 255)
			len = ward_rd_be16(r);
	}
	return ward_rd_bytes(r, len);
}

static bool read_record(
	struct ward_export *x, struct ward_rd *set, const struct ward_template *t, bool is_v9)
{
	struct ward_export_record rec = {0};
	size_t off = offset(x, set);

	for (size_t i = 0; i < t->n_field; i++) {
		struct ward_slice v = read_field(set, &t->field[i], is_v9);

		/* NetFlow 9's scopes have numbers of their own */
		if (v.len && !(is_v9 && i < t->n_scope))
			ward_element_take(x, &t->field[i], v, &rec);
	}
	if (ward_rd_bad(set)) {
		ward_export_reject(x, WARD_EXPORT_RECORD_SHORT, off);
		return false;
	}
	if (t->options) {
		x->count[WARD_EXPORT_OPTIONS]++;
		ward_export_learn(x->domain, &rec);
	} else {
		ward_tell_flow(x, &rec);
	}
	return true;
}

static bool read_data(struct ward_export *x, struct ward_rd *set, struct sets *s, uint16_t id)
{
	const struct ward_template *t = ward_template_find(x, id);

	if (!t) {
		x->count[WARD_EXPORT_NO_TEMPLATE]++;
		s->unknown = true;
		return true;
	}
	/* less than a record is padding; min_len > 0 */
	while (ward_rd_left(set) >= t->min_len && x->err == WARD_OK) {
		if (!read_record(x, set, t, s->is_v9))
			return false;
		s->n_record++;
	}
	return x->err == WARD_OK;
}

static void read_sets(struct ward_export *x, struct ward_rd *r, struct sets *s)
{
	while (ward_rd_left(r) >= 4) {
		size_t off = offset(x, r);
		uint16_t id = ward_rd_be16(r), len = ward_rd_be16(r);
		bool go = true;

		if (len < 4 || len - 4u > ward_rd_left(r)) {
			ward_export_reject(x, WARD_EXPORT_SET_LENGTH, off);
			s->unknown = true;
			return;
		}
		struct ward_rd set = ward_rd_sub(r, len - 4u);

		if (id == (s->is_v9 ? V9_TEMPLATE : IPFIX_TEMPLATE))
			go = read_templates(x, &set, s, false);
		else if (id == (s->is_v9 ? V9_OPTIONS : IPFIX_OPTIONS))
			go = read_templates(x, &set, s, true);
		else if (id >= ID_MIN)
			go = read_data(x, &set, s, id);
		else
			x->count[WARD_EXPORT_SET_RESERVED]++;
		if (!go) {
			s->unknown = true;
			return;
		}
	}
}

void ward_netflow9_read(struct ward_export *x, struct ward_rd *r)
{
	struct sets s = {.is_v9 = true};

	ward_rd_skip(r, 4); /* version, count: the sets say it themselves */
	uint32_t uptime_ms = ward_rd_be32(r), secs = ward_rd_be32(r), seq = ward_rd_be32(r),
		 id = ward_rd_be32(r);

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SHORT, 0);
		return;
	}
	if (!ward_export_domain(x, WARD_EXPORT_IS_NETFLOW9, id))
		return;
	x->count[WARD_EXPORT_NETFLOW9]++;
	x->exported = (ward_ns)secs * WARD_NS_PER_S;
	x->uptime_ms = uptime_ms;
	x->has_uptime = true;
	ward_export_sequence(x, seq, 1); /* counts datagrams (RFC 3954 5.1) */
	read_sets(x, r, &s);
	ward_tell_domain(x);
}

void ward_ipfix_read(struct ward_export *x, struct ward_rd *r)
{
	struct sets s = {0};

	ward_rd_skip(r, 2);
	uint16_t len = ward_rd_be16(r);
	uint32_t secs = ward_rd_be32(r), seq = ward_rd_be32(r), id = ward_rd_be32(r);

	if (ward_rd_bad(r)) {
		ward_export_reject(x, WARD_EXPORT_SHORT, 0);
		return;
	}
	if (len < 16 || len > x->d->bytes.len) {
		ward_export_reject(x, WARD_EXPORT_IPFIX_LENGTH, 2);
		return;
	}
	if (!ward_export_domain(x, WARD_EXPORT_IS_IPFIX, id))
		return;
	struct ward_rd sets = ward_rd_sub(r, len - 16u);

	x->count[WARD_EXPORT_IPFIX]++;
	x->exported = (ward_ns)secs * WARD_NS_PER_S;
	read_sets(x, &sets, &s);
	ward_export_sequence(x, seq, s.n_record); /* counts records (RFC 7011 3.1) */
	if (s.unknown)
		x->domain->counted = false;
	ward_tell_domain(x);
}

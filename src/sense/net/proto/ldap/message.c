/* Bytes of one message into struct ward_ldap. */
#include "sense/net/proto/ldap/ldap.h"

typedef bool op_fn(struct ward_ldap *m, struct ward_rd *r);

enum { VERSION_MAX = 127 };

static bool fail(struct ward_ldap *m, enum ward_ldap_reason reason, size_t off)
{
	if (m->reason == WARD_LDAP_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}

static bool good(struct ward_ldap *m, const struct ward_rd *r, enum ward_ldap_reason reason)
{
	return ward_rd_bad(r) ? fail(m, reason, r->off) : true;
}

static int32_t natural(struct ward_rd *r)
{
	return (int32_t)ward_ber_int(r, WARD_BER_INTEGER, 0, INT32_MAX);
}

static void keep(struct ward_ldap *m, struct ward_ldap_attribute a)
{
	m->n_attribute_seen++;
	if (m->n_attribute < WARD_LDAP_ATTRIBUTES)
		m->attribute[m->n_attribute++] = a;
}

/* 4.2 */
static bool bind(struct ward_ldap *m, struct ward_rd *r)
{
	struct ward_rd sasl;
	struct ward_ber e;

	m->version = (uint8_t)ward_ber_int(r, WARD_BER_INTEGER, 1, VERSION_MAX);
	m->dn = ward_ber_bytes(r, WARD_BER_OCTETS);
	if (ward_ber_open_if(r, WARD_BER_CTX_OF(WARD_LDAP_SASL), &sasl)) {
		m->auth = WARD_LDAP_SASL;
		m->mechanism = ward_ber_bytes(&sasl, WARD_BER_OCTETS);
		if (ward_rd_left(&sasl))
			m->credentials = ward_ber_bytes(&sasl, WARD_BER_OCTETS);
		ward_ber_leave(r, &sasl);
		return good(m, r, WARD_LDAP_BAD_BIND);
	}
	size_t off = r->off;

	e = ward_ber_next(r);
	if (!good(m, r, WARD_LDAP_BAD_BIND))
		return false;
	m->auth = e.tag & 0x1f;
	m->credentials = e.body;
	return e.tag == WARD_BER_CTX(WARD_LDAP_SIMPLE) ||
			       (e.tag >= WARD_BER_CTX(WARD_LDAP_SICILY) &&
				       e.tag <= WARD_BER_CTX(WARD_LDAP_SICILY + 2))
		       ? true
		       : fail(m, WARD_LDAP_BAD_BIND, off);
}

/* 4.1.9; what follows is another operation's */
static bool result(struct ward_ldap *m, struct ward_rd *r)
{
	struct ward_rd referral;

	m->result = (int32_t)ward_ber_int(r, WARD_BER_ENUMERATED, 0, INT32_MAX);
	(void)ward_ber_bytes(r, WARD_BER_OCTETS); /* matchedDN */
	m->diagnostic = ward_ber_bytes(r, WARD_BER_OCTETS);
	if (ward_ber_open_if(r, WARD_BER_CTX_OF(3), &referral))
		ward_ber_leave(r, &referral);
	m->has_result = !ward_rd_bad(r);
	return good(m, r, WARD_LDAP_BAD_RESULT);
}

static bool bind_response(struct ward_ldap *m, struct ward_rd *r)
{
	if (!result(m, r))
		return false;
	if (ward_rd_left(r) && ward_rd_peek(r) == WARD_BER_CTX(7))
		m->credentials = ward_ber_bytes(r, WARD_BER_CTX(7));
	return good(m, r, WARD_LDAP_BAD_RESULT);
}

/* 4.5.1; each turn takes two bytes at least */
static bool search(struct ward_ldap *m, struct ward_rd *r)
{
	struct ward_rd list, begin;
	size_t off;

	m->dn = ward_ber_bytes(r, WARD_BER_OCTETS);
	m->scope = (uint8_t)ward_ber_int(r, WARD_BER_ENUMERATED, 0, 3);
	(void)ward_ber_int(r, WARD_BER_ENUMERATED, 0, 3); /* derefAliases */
	m->size_limit = natural(r);
	(void)natural(r); /* timeLimit */
	(void)ward_ber_bool(r, WARD_BER_BOOLEAN);
	if (!good(m, r, WARD_LDAP_BAD_SEARCH))
		return false;
	begin = *r;
	(void)ward_ber_next(r);
	if (!good(m, r, WARD_LDAP_BAD_FILTER))
		return false;
	begin.len = r->off;
	if (!ward_ldap_filter_valid(&begin, &off))
		return fail(m, WARD_LDAP_BAD_FILTER, off);
	m->filter = ward_rd_rest(&begin);
	list = ward_ber_open(r, WARD_BER_SEQUENCE);
	while (ward_rd_left(&list)) {
		struct ward_slice name = ward_ber_bytes(&list, WARD_BER_OCTETS);

		if (!ward_rd_bad(&list))
			keep(m, (struct ward_ldap_attribute){.name = name});
	}
	ward_ber_leave(r, &list);
	return good(m, r, WARD_LDAP_BAD_SEARCH);
}

/* PartialAttribute, 4.1.7 */
static bool attribute(struct ward_ldap *m, struct ward_rd *r, uint8_t change)
{
	struct ward_rd a = ward_ber_open(r, WARD_BER_SEQUENCE);
	struct ward_ldap_attribute got = {.change = change};

	got.name = ward_ber_bytes(&a, WARD_BER_OCTETS);
	got.values = ward_ber_bytes(&a, WARD_BER_SET);
	ward_ber_leave(r, &a);
	if (ward_rd_bad(r))
		return false;
	keep(m, got);
	return true;
}

static bool attributes(struct ward_ldap *m, struct ward_rd *r, enum ward_ldap_reason reason)
{
	struct ward_rd list;

	m->dn = ward_ber_bytes(r, WARD_BER_OCTETS);
	list = ward_ber_open(r, WARD_BER_SEQUENCE);
	while (ward_rd_left(&list))
		if (!attribute(m, &list, 0))
			break;
	ward_ber_leave(r, &list);
	return good(m, r, reason);
}

/* 4.5.2 */
static bool entry(struct ward_ldap *m, struct ward_rd *r)
{
	return attributes(m, r, WARD_LDAP_BAD_ENTRY);
}

/* 4.7 */
static bool add(struct ward_ldap *m, struct ward_rd *r)
{
	return attributes(m, r, WARD_LDAP_BAD_CHANGE);
}

/* 4.6 */
static bool modify(struct ward_ldap *m, struct ward_rd *r)
{
	struct ward_rd list;

	m->dn = ward_ber_bytes(r, WARD_BER_OCTETS);
	list = ward_ber_open(r, WARD_BER_SEQUENCE);
	while (ward_rd_left(&list)) {
		struct ward_rd change = ward_ber_open(&list, WARD_BER_SEQUENCE);
		uint8_t how = (uint8_t)ward_ber_int(&change, WARD_BER_ENUMERATED, 0, 3);

		(void)attribute(m, &change, how);
		ward_ber_leave(&list, &change);
	}
	ward_ber_leave(r, &list);
	return good(m, r, WARD_LDAP_BAD_CHANGE);
}

/* 4.8: the name is all of it */
static bool delete (struct ward_ldap *m, struct ward_rd *r)
{
	m->dn = ward_rd_rest(r);
	return true;
}

/* 4.9 */
static bool modify_dn(struct ward_ldap *m, struct ward_rd *r)
{
	m->dn = ward_ber_bytes(r, WARD_BER_OCTETS);
	(void)ward_ber_bytes(r, WARD_BER_OCTETS); /* newrdn */
	(void)ward_ber_bool(r, WARD_BER_BOOLEAN);
	if (ward_rd_left(r) && ward_rd_peek(r) == WARD_BER_CTX(0))
		m->new_superior = ward_ber_bytes(r, WARD_BER_CTX(0));
	return good(m, r, WARD_LDAP_BAD_CHANGE);
}

/* 4.10 */
static bool compare(struct ward_ldap *m, struct ward_rd *r)
{
	struct ward_rd assertion;
	struct ward_ldap_attribute a = {0};

	m->dn = ward_ber_bytes(r, WARD_BER_OCTETS);
	assertion = ward_ber_open(r, WARD_BER_SEQUENCE);
	a.name = ward_ber_bytes(&assertion, WARD_BER_OCTETS);
	ward_ber_leave(r, &assertion);
	if (!good(m, r, WARD_LDAP_BAD_CHANGE))
		return false;
	keep(m, a);
	return true;
}

/* 4.11: an integer without a tag of its own */
static bool abandon(struct ward_ldap *m, struct ward_rd *r)
{
	size_t off = r->off;
	int64_t id;

	if (!ward_ber_int_of(ward_rd_rest(r), &id) || id < 0 || id > INT32_MAX)
		return fail(m, WARD_LDAP_BAD_OP, off);
	m->abandoned = (int32_t)id;
	return true;
}

/* 4.12 */
static bool extended(struct ward_ldap *m, struct ward_rd *r)
{
	m->oid = ward_ber_bytes(r, WARD_BER_CTX(0));
	return good(m, r, WARD_LDAP_BAD_EXTENDED);
}

static bool extended_response(struct ward_ldap *m, struct ward_rd *r)
{
	if (!result(m, r))
		return false;
	if (ward_rd_left(r) && ward_rd_peek(r) == WARD_BER_CTX(10))
		m->oid = ward_ber_bytes(r, WARD_BER_CTX(10));
	return good(m, r, WARD_LDAP_BAD_EXTENDED);
}

static bool nothing(struct ward_ldap *m, struct ward_rd *r)
{
	(void)m;
	(void)r;
	return true;
}

static const struct {
	uint8_t op, answers; /* the request's op; 0: none */
	op_fn *body;
} ops[] = {
	{WARD_LDAP_BIND, 0, bind},
	{WARD_LDAP_BIND_RESPONSE, WARD_LDAP_BIND, bind_response},
	{WARD_LDAP_UNBIND, 0, nothing},
	{WARD_LDAP_SEARCH, 0, search},
	{WARD_LDAP_ENTRY, WARD_LDAP_SEARCH, entry},
	{WARD_LDAP_SEARCH_DONE, WARD_LDAP_SEARCH, result},
	{WARD_LDAP_MODIFY, 0, modify},
	{WARD_LDAP_MODIFY_RESPONSE, WARD_LDAP_MODIFY, result},
	{WARD_LDAP_ADD, 0, add},
	{WARD_LDAP_ADD_RESPONSE, WARD_LDAP_ADD, result},
	{WARD_LDAP_DELETE, 0, delete},
	{WARD_LDAP_DELETE_RESPONSE, WARD_LDAP_DELETE, result},
	{WARD_LDAP_MODIFY_DN, 0, modify_dn},
	{WARD_LDAP_MODIFY_DN_RESPONSE, WARD_LDAP_MODIFY_DN, result},
	{WARD_LDAP_COMPARE, 0, compare},
	{WARD_LDAP_COMPARE_RESPONSE, WARD_LDAP_COMPARE, result},
	{WARD_LDAP_ABANDON, 0, abandon},
	{WARD_LDAP_REFERENCE, WARD_LDAP_SEARCH, nothing},
	{WARD_LDAP_EXTENDED, 0, extended},
	{WARD_LDAP_EXTENDED_RESPONSE, WARD_LDAP_EXTENDED, extended_response},
	{WARD_LDAP_INTERMEDIATE, WARD_LDAP_EXTENDED, nothing},
};

static size_t find_op(uint8_t op)
{
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(ops) && ops[i].op != op)
		i++;
	return i;
}

uint8_t ward_ldap_answers(uint8_t op)
{
	size_t i = find_op(op);

	return i < WARD_ARRAY_LEN(ops) ? ops[i].answers : 0;
}

static void reset(struct ward_ldap *m)
{
	memset(m, 0, sizeof(*m));
	m->reason = WARD_LDAP_REASON_N;
}

enum ward_ber_framing ward_ldap_frame(
	struct ward_slice bytes, struct ward_ldap *m, size_t *ret_size)
{
	enum { HEAD_MAX = 16 }; /* both lengths of the sequence, the id, the operation's tag */
	struct ward_rd r = ward_rd_slice(bytes);
	enum ward_ber_framing framing = ward_ber_frame(bytes, WARD_BER_SEQUENCE, ret_size);
	uint8_t tag;
	size_t len;

	reset(m);
	if (framing == WARD_BER_NOT) {
		(void)fail(m, WARD_LDAP_BAD_MESSAGE, 0);
		return framing;
	}
	if (!ward_ber_head(&r, &tag, &len))
		return WARD_BER_MORE;
	m->id = natural(&r);
	if (ward_rd_bad(&r)) {
		if (framing == WARD_BER_MORE && bytes.len < HEAD_MAX)
			return WARD_BER_MORE;
		(void)fail(m, WARD_LDAP_BAD_ID, r.off);
		return WARD_BER_NOT;
	}
	if (!ward_rd_left(&r))
		return framing;
	tag = ward_rd_peek(&r);
	if (find_op(tag) == WARD_ARRAY_LEN(ops)) {
		(void)fail(m, WARD_LDAP_BAD_OP, r.off);
		return WARD_BER_NOT;
	}
	m->op = tag;
	return framing;
}

/* 4.1.11; each turn takes two bytes at least */
static bool controls(struct ward_ldap *m, struct ward_rd *message)
{
	struct ward_rd list;

	if (!ward_ber_open_if(message, WARD_BER_CTX_OF(0), &list))
		return good(m, message, WARD_LDAP_BAD_CONTROLS);
	while (ward_rd_left(&list)) {
		struct ward_rd c = ward_ber_open(&list, WARD_BER_SEQUENCE);
		struct ward_slice type = ward_ber_bytes(&c, WARD_BER_OCTETS);

		ward_ber_leave(&list, &c);
		if (!ward_rd_bad(&list) && m->n_control < WARD_LDAP_CONTROLS)
			m->control[m->n_control++] = type;
	}
	ward_ber_leave(message, &list);
	return good(m, message, WARD_LDAP_BAD_CONTROLS);
}

bool ward_ldap_parse(struct ward_slice message, struct ward_ldap *m)
{
	struct ward_rd all = ward_rd_slice(message), r, body;
	size_t i;

	reset(m);
	r = ward_ber_open(&all, WARD_BER_SEQUENCE);
	if (!good(m, &r, WARD_LDAP_BAD_MESSAGE))
		return false;
	m->id = natural(&r);
	if (!good(m, &r, WARD_LDAP_BAD_ID))
		return false;
	i = find_op(ward_rd_peek(&r));
	if (i == WARD_ARRAY_LEN(ops))
		return fail(m, WARD_LDAP_BAD_OP, r.off);
	m->op = ops[i].op;
	body = ward_ber_open(&r, m->op);
	if (!good(m, &body, WARD_LDAP_BAD_OP) || !ops[i].body(m, &body))
		return false;
	return controls(m, &r);
}

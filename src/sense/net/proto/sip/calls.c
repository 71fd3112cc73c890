/* Which calls are under way. */
#include "sense/net/proto/sip/sip.h"

/* How long a call stays in each state. */
static const ward_ns stays[WARD_SIP_STATES] = {[WARD_SIP_RINGS] = 180 * WARD_NS_PER_S,
	[WARD_SIP_LASTS] = 12 * 3600 * WARD_NS_PER_S,
	[WARD_SIP_OVER] = 32 * WARD_NS_PER_S,
	[WARD_SIP_ACKED] = 5 * WARD_NS_PER_S};

/* Hashes under the table's seed; compared as bytes. */
struct key {
	uint64_t call, tag, branch; /* branch: of a REGISTER, or a call that is aside: its
				       transaction, or the tag of its answer; else 0 */
	uint32_t cseq;              /* of a transaction, else 0 */
	uint32_t registers;
	uint8_t ip[2][16]; /* in order */
};

/* Without a secret: the same call has the same id in each sensor and each time it is replayed. Who
 * makes two Call-IDs that collide mixes up nothing but the ids of two calls of their own. */
uint64_t ward_sip_call_id(struct ward_str call_id)
{
	return ward_siphash((struct ward_seed){0}, call_id.p, call_id.len);
}

enum ward_err ward_sip_calls_open(void *calls, const struct ward_mem *mem)
{
	struct ward_sip_calls *c = calls;

	return ward_lru_init(
		&c->table, mem, sizeof(struct key), sizeof(struct ward_sip_call), WARD_SIP_CALLS);
}

void ward_sip_calls_close(void *calls)
{
	struct ward_sip_calls *c = calls;

	ward_lru_fini(&c->table);
}

static uint64_t sum_of(const struct ward_sip_calls *c, struct ward_str s)
{
	return s.len ? ward_siphash(c->table.seed, s.p, s.len) : 0;
}

/* 17.2.3: branches of two that send are two transactions, though they be the same. */
static uint64_t branch_of(const struct ward_sip_calls *c, const struct ward_sip_message *m)
{
	struct ward_str via = m->via[0];
	const uint64_t both[] = {sum_of(c, ward_str_sub(via, 0, ward_str_find(via, WARD_STR(";")))),
		sum_of(c, ward_sip_parameter(via, "branch"))};

	return ward_siphash(c->table.seed, both, sizeof(both));
}

/* tag: of who calls. */
static struct key key_of(const struct ward_sip_calls *c, const struct ward_packet *p,
	const struct ward_sip_message *m, struct ward_str tag)
{
	bool turned = memcmp(p->src_ip, p->dst_ip, sizeof(p->src_ip)) > 0;
	bool registers = ward_str_eqz(m->status ? m->cseq_method : m->method, "REGISTER");
	struct key k = {.call = sum_of(c, m->call_id), .tag = sum_of(c, tag)};

	if (registers) {
		k.branch = sum_of(c, ward_sip_parameter(m->via[0], "branch"));
		k.cseq = m->cseq;
		k.registers = 1;
	}
	memcpy(k.ip[0], turned ? p->dst_ip : p->src_ip, sizeof(k.ip[0]));
	memcpy(k.ip[1], turned ? p->src_ip : p->dst_ip, sizeof(k.ip[1]));
	return k;
}

/* tag: of who calls; other: of who was called. */
static struct ward_sip_call *find(const struct ward_sip_calls *c, const struct ward_packet *p,
	const struct ward_sip_message *m, struct ward_str tag, struct ward_str other)
{
	struct key k = key_of(c, p, m, tag), by = k;
	struct ward_sip_call *call = NULL;

	if (!k.registers) {
		by.branch = branch_of(c, m);
		by.cseq = m->cseq;
		call = ward_lru_find(&c->table, &by);
	}
	if (!call && !k.registers && other.len) {
		by.branch = sum_of(c, other);
		by.cseq = 0;
		call = ward_lru_find(&c->table, &by);
	}
	return call ? call : ward_lru_find(&c->table, &k);
}

struct ward_sip_call *ward_sip_call_find(const struct ward_sip_calls *c,
	const struct ward_packet *p, const struct ward_sip_message *m)
{
	struct ward_str from = ward_sip_parameter(m->from, "tag"),
			to = ward_sip_parameter(m->to, "tag");
	struct ward_sip_call *call = find(c, p, m, from, to);

	return call || !to.len ? call : find(c, p, m, to, from);
}

struct ward_sip_call *ward_sip_call_aside(struct ward_sip_calls *c, struct ward_sip_call *call,
	const struct ward_packet *p, const struct ward_sip_message *m)
{
	struct key k = key_of(c, p, m, ward_sip_parameter(m->from, "tag"));
	bool lasts = call->state == WARD_SIP_LASTS;
	struct ward_sip_call was = *call, *there;

	k.branch = lasts ? call->tag : call->branch;
	k.cseq = lasts ? 0 : call->cseq;
	there = ward_lru_find(&c->table, &k);
	if (there)
		return there == call ? NULL : there;
	ward_lru_del(&c->table, call);
	was.aside = true;
	*(struct ward_sip_call *)ward_lru_add(&c->table, &k, was.state) = was;
	return NULL;
}

struct ward_sip_call *ward_sip_call_oldest(const struct ward_sip_calls *c)
{
	static const enum ward_sip_state order[] = {
		WARD_SIP_ACKED, WARD_SIP_OVER, WARD_SIP_RINGS, WARD_SIP_LASTS};
	struct ward_sip_call *call = NULL;

	for (size_t i = 0; ward_lru_full(&c->table) && !call && i < WARD_ARRAY_LEN(order); i++)
		call = ward_lru_oldest(&c->table, order[i]);
	return call;
}

/* ---- names ---- */

static bool separates(uint8_t c)
{
	return c == '-' || c == '.' || c == '(' || c == ')';
}

/* The byte at *i, which it goes past. 19.1.4: what is escaped is the same as what is not. */
static uint8_t take_byte(struct ward_str s, size_t *i)
{
	uint8_t byte = (uint8_t)s.p[*i];

	if (byte == '%' && ward_str_unhex(ward_str_sub(s, *i + 1, 2), &byte, 1))
		*i += 2;
	++*i;
	return byte;
}

static bool is_number(struct ward_str s)
{
	bool digits = false;

	for (size_t i = 0; i < s.len;) {
		uint8_t c = take_byte(s, &i);
		bool digit = (c >= '0' && c <= '9') || c == '*' || c == '#';

		if (!digit && !separates(c) && c != '+')
			return false;
		digits = digits || digit;
	}
	return digits;
}

/* What only makes a number good to read is no part of it (RFC 3966 5.1.1). */
static struct ward_sip_name name_of(struct ward_str s)
{
	struct ward_sip_name n = {.n = 0};
	bool number = is_number(s);

	for (size_t i = 0; i < s.len && n.n < sizeof(n.text);) {
		uint8_t byte = take_byte(s, &i);

		if (!number || !separates(byte))
			n.text[n.n++] = byte;
	}
	return n;
}

/* RFC 3323 4.1.1.3, and what gateways write where the network gave them no number. */
static bool is_nobody(const struct ward_sip_name *n)
{
	static const char *const words[] = {
		"anonymous", "private", "restricted", "unavailable", "unknown"};
	struct ward_str name = {(const char *)n->text, n->n};

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++)
		if (ward_str_ieq(name, ward_str_z(words[i])))
			return true;
	return !n->n;
}

struct ward_sip_name ward_sip_caller(const struct ward_sip_message *m)
{
	struct ward_sip_name n = name_of(ward_sip_user(m->asserted));

	if (is_nobody(&n))
		n = name_of(ward_sip_user(m->from));
	if (is_nobody(&n))
		n.n = 0;
	return n;
}

static struct ward_sip_name callee_of(struct ward_str address)
{
	struct ward_str uri = ward_sip_uri(address);

	if (!ward_str_ieq(ward_str_sub(uri, 0, 4), WARD_STR("urn:")))
		return name_of(ward_sip_user(address));
	struct ward_sip_name n = name_of(uri);

	for (size_t i = 0; i < n.n; i++) /* RFC 5031 4.2 */
		n.text[i] |= n.text[i] >= 'A' && n.text[i] <= 'Z' ? 0x20 : 0;
	return n;
}

struct ward_sip_name ward_sip_called(const struct ward_sip_message *m)
{
	struct ward_sip_name n = callee_of(m->uri);

	return n.n ? n : callee_of(m->to);
}

/* ---- a call ---- */

bool ward_sip_call_is_to(const struct ward_sip_call *call, const struct ward_sip_message *m)
{
	struct ward_sip_name called = ward_sip_called(m);

	return called.n == call->called.n && memcmp(called.text, call->called.text, called.n) == 0;
}

bool ward_sip_call_repeats(const struct ward_sip_calls *c, const struct ward_sip_call *call,
	const struct ward_sip_message *m)
{
	return call->cseq == m->cseq && call->branch == branch_of(c, m) &&
	       ward_sip_call_is_to(call, m);
}

void ward_sip_call_goes_on(const struct ward_sip_calls *c, struct ward_sip_call *call,
	const struct ward_sip_message *m)
{
	call->shown = m->authorization.len != 0;
	call->shown_proxy = m->proxy_authorization.len != 0;
	call->cseq = m->cseq;
	call->branch = branch_of(c, m);
}

void ward_sip_call_turn(struct ward_sip_calls *c, struct ward_sip_call *call,
	enum ward_sip_state state, ward_ns now)
{
	ward_lru_touch(&c->table, call, state);
	call->state = state;
	call->since = now;
}

struct ward_sip_call *ward_sip_call_begin(struct ward_sip_calls *c, const struct ward_packet *p,
	const struct ward_sip_message *m, ward_ns now)
{
	struct key k = key_of(c, p, m, ward_sip_parameter(m->from, "tag"));
	struct ward_sip_call *call = ward_lru_add(&c->table, &k, WARD_SIP_RINGS);

	*call = (struct ward_sip_call){.id = ward_sip_call_id(m->call_id),
		.since = now,
		.registers = k.registers,
		.ip_version = p->ip_version,
		.proto = p->proto,
		.vlan = p->vlan,
		.asked = now,
		.from.port = p->src_port,
		.to.port = p->dst_port,
		.user = ward_sip_caller(m),
		.called = ward_sip_called(m)};
	ward_sip_call_goes_on(c, call, m);
	memcpy(call->from.ip, p->src_ip, sizeof(call->from.ip));
	memcpy(call->to.ip, p->dst_ip, sizeof(call->to.ip));
	return call;
}

bool ward_sip_call_within(
	const struct ward_sip_calls *c, const struct ward_sip_call *call, struct ward_str tag)
{
	return call->state == WARD_SIP_LASTS && call->tag == sum_of(c, tag);
}

void ward_sip_call_answer(
	struct ward_sip_calls *c, struct ward_sip_call *call, struct ward_str tag, ward_ns now)
{
	call->tag = sum_of(c, tag);
	call->answered = now;
	ward_sip_call_turn(c, call, WARD_SIP_LASTS, now);
}

struct ward_sip_call *ward_sip_call_aged(const struct ward_sip_calls *c, ward_ns now)
{
	for (unsigned state = 0; state < WARD_SIP_STATES; state++) {
		struct ward_sip_call *call = ward_lru_oldest(&c->table, state);

		if (call && now - call->since > stays[state])
			return call;
	}
	return NULL;
}

const char *ward_sip_refusal(unsigned status)
{
	switch (status) {
	case 401:
	case 407:
		return NULL;
	case 486:
	case 600:
		return "busy";
	case 487:
		return "cancelled";
	case 408:
	case 480:
		return "unanswered";
	case 404:
	case 410:
	case 484:
	case 604:
		return "unknown_number";
	default:
		return status < 400 ? "redirected" : status / 100 == 5 ? "unavailable" : "refused";
	}
}

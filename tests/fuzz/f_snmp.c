#include "fuzz.h"

#include "base/rd.h"
#include "sense/building/snmp_set.h"
#include "sense/building/snmp_trap.h"

#include <sys/socket.h>
#include <unistd.h>

enum { MESSAGE_MAX = 1400 };

/* The request's id is the first number of the PDU (RFC 3416 3): how many bytes, and where. False:
 * it is no request of version 2c. */
static bool find_id(const uint8_t *p, size_t len, size_t *ret_at, size_t *ret_len)
{
	enum { HEAD = 7 /* SEQUENCE, version, community's tag and length */ };
	struct ward_rd r = ward_rd_from(p, len);

	ward_rd_skip(&r, HEAD - 1);
	ward_rd_skip(&r, ward_rd_u8(&r));
	ward_rd_skip(&r, 2);
	if (ward_rd_u8(&r) != 2)
		return false;
	*ret_len = ward_rd_u8(&r);
	*ret_at = r.off;
	return !ward_rd_bad(&r) && *ret_len >= 1 && *ret_len <= 4;
}

static uint32_t last_id(int fd)
{
	uint8_t buf[MESSAGE_MAX];
	uint32_t id = 0;
	size_t at = 0, len = 0;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		if (find_id(buf, (size_t)n, &at, &len))
			for (size_t i = id = 0; i < len; i++)
				id = id << 8 | buf[at + i];
	return id;
}

/* An answer whose head is right and whose status and objects are the input's. */
static void answer(int fd, uint32_t id, const uint8_t *data, size_t len)
{
	uint8_t buf[MESSAGE_MAX + 64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t pdu = 6 + len, all = 3 + 3 + 4 + pdu;

	ward_wr_u8(&w, 0x30);
	ward_wr_u8(&w, 0x82);
	ward_wr_be16(&w, (uint16_t)all);
	ward_wr_bytes(&w, (const uint8_t[]){2, 1, 1, 4, 1, 'p'}, 6);
	ward_wr_u8(&w, 0xa2);
	ward_wr_u8(&w, 0x82);
	ward_wr_be16(&w, (uint16_t)pdu);
	ward_wr_u8(&w, 2);
	ward_wr_u8(&w, 4);
	ward_wr_be32(&w, id);
	ward_wr_bytes(&w, data, len);
	WARD_ASSERT(!ward_wr_bad(&w) && write(fd, buf, w.len) == (ssize_t)w.len);
}

static void look_at(const struct ward_snmp_value *v)
{
	if (v->reason || v->value.kind == WARD_VALUE_INT)
		return;
	WARD_ASSERT(v->value.kind == WARD_VALUE_STR || v->value.kind == WARD_VALUE_NUM);
	WARD_ASSERT(v->value.s.len <= WARD_SNMP_TEXT);
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(v->value.s), NULL));
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	for (size_t i = 0; i < e->n_field; i++)
		for (uint32_t k = 0; e->field[i].v.kind == WARD_VALUE_LIST && k < e->field[i].v.n;
			k++) {
			const struct ward_value *v = &e->field[i].v.item[k];

			if (v->kind == WARD_VALUE_STR)
				WARD_ASSERT(ward_utf8_valid(ward_str_bytes(v->s), NULL));
		}
	return WARD_OK;
}

/* As a datagram that comes of its own accord, to whoever knows a community or a user. */
static void trap(bool user, const uint8_t *data, size_t len)
{
	static const struct ward_snmp_opts as[] = {
		{.security = WARD_SNMP_V2C, .secret = "p"}, {.security = WARD_SNMP_SHA_AES,
								    .user = "p",
								    .secret = "phrase-one",
								    .privacy = "phrase-two"}};
	static struct ward_snmp_traps *t[2];
	static struct ward_names names;
	static struct ward_counters counters;
	struct ward_limits lim;
	uint8_t *copy = fuzz_copy(data, len);
	bool good;

	for (size_t i = 0; !t[1] && i < 2; i++) {
		ward_limits_default(&lim);
		if (!i)
			WARD_ASSERT(ward_names_init(&names, ward_mem_heap(), &lim) == WARD_OK);
		struct ward_snmp_traps_opts o = {.mem = ward_mem_heap(),
			.names = &names,
			.counters = &counters,
			.sink = {put, NULL},
			.source = WARD_STR("traps"),
			.wall = WARD_NS_PER_S,
			.as = &as[i]};

		WARD_ASSERT(ward_snmp_traps_new(&o, &t[i]) == WARD_OK);
	}
	WARD_ASSERT(ward_snmp_traps_hear(t[user], WARD_STR("10.0.0.1"), ward_slice_of(copy, len), 1,
			    &good) == WARD_OK);
	WARD_ASSERT(!good || !user); /* nobody knows the phrases */
	free(copy);
}

/* Rows of a walk: of the column alone. */
static bool row(void *ctx, const uint32_t *index, size_t n, const struct ward_snmp_value *v)
{
	uint32_t *last = ctx;

	WARD_ASSERT(n && (!last[0] || index[0] >= last[1]));
	last[0] = 1;
	last[1] = index[0];
	look_at(v);
	return index[n - 1] != 7;
}

/* A walk, or what comes of what is set. */
static void other(struct ward_snmp *s, bool walks)
{
	static const struct ward_snmp_oid column = {{1, 3, 6, 1, 2, 1, 1, 3}, 8};
	uint32_t last[2] = {0, 0};
	const struct ward_snmp_walk w = {.column = column, .row = row, .ctx = last};
	const char *why = NULL;

	if (walks)
		(void)ward_snmp_walk(s, &w, &why);
	else if (ward_snmp_set(s, &column, WARD_SNMP_INTEGER, 2, &why) == WARD_SNMP_REFUSED)
		WARD_ASSERT(why != NULL);
}

/* What an agent answers, by net-snmp's reading and ours: whole messages, and objects of one whose
 * head is right. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_snmp_oid first = {{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9},
					  second = {{1, 3, 6, 1, 4, 1, 9, 1}, 8},
					  third = {{1, 3, 6, 1, 2, 1, 1, 3, 7}, 9};
	static const struct ward_snmp_oid *const oid[][2] = {{&first, &second}, {&first, &third}};
	static struct ward_snmp_value value[WARD_SNMP_GROUP];
	struct ward_snmp *s;
	const char *why = NULL;
	int pair[2];

	if (!len || len > MESSAGE_MAX)
		return 0;
	if (data[0] & 4) {
		trap(data[0] & 8, data + 1, len - 1);
		return 0;
	}
	WARD_ASSERT(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	struct ward_snmp_opts o = {
		.fd = pair[0], .security = WARD_SNMP_V2C, .secret = "p", .timeout_ms = 1};

	WARD_ASSERT(ward_snmp_new(&o, &s) == WARD_OK);
	for (unsigned turn = 0; turn < 2; turn++) {
		/* an id is the one before, and one more */
		if (turn || data[0] & 1)
			answer(pair[1], last_id(pair[1]) + 1, data + 1, len - 1);
		else
			WARD_ASSERT(write(pair[1], data + 1, len - 1) == (ssize_t)(len - 1));
		size_t n = data[0] & 2 ? 2 : 1;

		bool bulk = data[0] & 16;

		if (data[0] & 32)
			other(s, bulk);
		else if (ward_snmp_read(s, oid[bulk], n, bulk, value, &why) == WARD_SNMP_DONE)
			for (size_t i = 0; i < n; i++)
				look_at(&value[i]);
	}
	ward_snmp_free(s);
	(void)close(pair[0]);
	(void)close(pair[1]);
	return 0;
}

#include "fuzz.h"

#include "base/rd.h"
#include "sense/sip/position.h"
#include "sense/sip/uas.h"
#include "sip/body.h"
#include "sip/message.h"

/* Anybody who says anything at any time to whom is called: what Ward says itself can be read, goes
 * to the address that asked, and each call is recorded before it is answered 200. `$T` and
 * `$N` in what is said stand for the tag and the nonce that Ward gave last. */
struct heard {
	struct ward_names names;
	struct ward_uas_peer from;
	char tag[32], nonce[64];
	bool ends;
	size_t n_durable;
	size_t n;
};

static void keep(struct ward_str text, const char *behind, size_t n, char *ret)
{
	size_t at = ward_str_find(text, ward_str_z(behind));

	if (at == SIZE_MAX)
		return;
	struct ward_str s = ward_str_sub(text, at + strlen(behind), n);

	memcpy(ret, s.p, s.len);
	ret[s.len] = '\0';
}

static void sent(void *ctx, const struct ward_uas_peer *to, struct ward_slice d)
{
	struct heard *h = ctx;
	struct ward_sip_message m;

	WARD_ASSERT(ward_sip_message_read(d, &m) == WARD_OK);
	WARD_ASSERT(memcmp(to->address, h->from.address, sizeof(to->address)) == 0);
	if (m.status == 200 &&
		(ward_str_eqz(m.cseq_method, "INVITE") || ward_str_eqz(m.cseq_method, "MESSAGE")))
		WARD_ASSERT(h->n_durable);
	keep(m.to, ";tag=", 16, h->tag);
	keep(ward_slice_text(d), ", nonce=\"", 32, h->nonce);
	h->n++;
}

static enum ward_uas_taken record(void *ctx, struct ward_event *e)
{
	struct heard *h = ctx;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_event_encode(e, &h->names, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	ward_event_write_json(e, &h->names, &w);
	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].v.kind == WARD_VALUE_STR)
			WARD_ASSERT(ward_utf8_valid(ward_str_bytes(e->field[i].v.s), NULL));
	ward_wr_fini(&w);
	if (h->ends || h->n % 7 == 6)
		return h->ends ? WARD_UAS_ENDING : WARD_UAS_NO_ROOM;
	h->n_durable++;
	return WARD_UAS_DURABLE;
}

static void put(const struct heard *h, struct ward_slice s, struct ward_wr *w)
{
	for (size_t i = 0; i < s.len; i++) {
		char what = s.p[i] == '$' && i + 1 < s.len ? (char)s.p[++i] : '\0';

		if (what == 'T')
			ward_wr_z(w, h->tag);
		else if (what == 'N')
			ward_wr_z(w, h->nonce);
		else
			ward_wr_u8(w, s.p[i]);
	}
}

static void play(struct ward_rd *r)
{
	static const char places[] = "4711\tr1\ngeo:45.0,7.0;u=9\tr2\n";
	static uint8_t said[WARD_SIP_DATAGRAM + 64];
	static struct ward_counters counters;
	struct heard h = {
		.from = {.address = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}, .port = 5060}};
	struct ward_limits lim;
	struct ward_sip_places *p;
	struct ward_uas *u;
	ward_ns now = 1000 * WARD_NS_PER_S;
	uint8_t how = ward_rd_u8(r);

	ward_counters_init(&counters);
	ward_limits_default(&lim);
	WARD_ASSERT(ward_names_init(&h.names, ward_mem_heap(), &lim) == WARD_OK);
	WARD_ASSERT(ward_sip_places_new(ward_mem_heap(), ward_slice_of(places, sizeof(places) - 1),
			    &p) == WARD_OK);
	const struct ward_uas_opts o = {.mem = ward_mem_heap(),
		.names = &h.names,
		.counters = &counters,
		.source = WARD_STR("s"),
		.local = WARD_STR("192.0.2.9:5060"),
		.address = WARD_STR("192.0.2.9"),
		.peers = WARD_STR("192.0.2.0/24"),
		.secret = how & 1 ? WARD_STR("p") : WARD_STR(""),
		.md5 = how & 16,
		.sha = !(how & 16),
		.places = p,
		.supervised = WARD_STR("4711"),
		.silence = how & 2 ? 60 * WARD_NS_PER_S : 0,
		.declines = how & 4,
		.registers = how & 8,
		.devices_max = 4,
		.seed = {1, 2},
		.record = record,
		.send = sent,
		.ctx = &h};

	WARD_ASSERT(ward_uas_new(&o, now, now, &u) == WARD_OK);
	while (ward_rd_left(r)) {
		uint8_t what = ward_rd_u8(r);
		size_t len = ward_rd_be16(r);
		struct ward_wr w = ward_wr_fixed(said, sizeof(said));

		if (what % 4 == 1) {
			now += (ward_ns)len * 10 * WARD_NS_PER_MS;
			WARD_ASSERT(ward_uas_tick(u, now, now) == WARD_OK);
			continue;
		}
		h.ends = what % 4 == 2;
		put(&h, ward_rd_bytes(r, len < ward_rd_left(r) ? len : ward_rd_left(r)), &w);
		WARD_ASSERT(ward_uas_hear(u, &h.from, ward_wr_slice(&w), now, now) == WARD_OK);
	}
	ward_uas_free(u);
	ward_sip_places_free(p);
	ward_names_fini(&h.names);
}

static void parts(struct ward_slice s)
{
	struct ward_sip_position at;
	struct ward_sip_credentials c;
	struct ward_sip_places *p;
	struct ward_sip_body b;
	struct ward_arena a;
	const char *why = NULL;

	ward_arena_init(&a, ward_mem_heap(), 1 << 22);
	if (ward_sip_position_read(s, ward_mem_heap(), &a, &at, &why) == WARD_OK)
		WARD_ASSERT(at.lat <= 90000000 && at.lon <= 180000000);
	ward_arena_fini(&a);
	if (ward_sip_credentials_read(ward_slice_text(s), &c) == WARD_OK)
		WARD_ASSERT(c.nonce.len && c.response.len);
	if (ward_sip_body_read(WARD_STR("multipart/mixed; boundary=b"), ward_slice_text(s), &b) ==
		WARD_OK)
		WARD_ASSERT(b.n <= WARD_SIP_PARTS);
	if (ward_sip_places_new(ward_mem_heap(), s, &p) == WARD_OK) {
		(void)ward_sip_places_at(p, 1, 2);
		ward_sip_places_free(p);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_rd r = ward_rd_from(copy, len);

	parts(ward_slice_of(copy, len));
	play(&r);
	free(copy);
	return 0;
}

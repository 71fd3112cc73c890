#include "comply/head.h"

#include "base/json.h"
#include "base/rd.h"

#include <sodium.h>

static const char *const what_name[] = {"head", "key", "break"};

void ward_head_log(
	const uint8_t first_key[WARD_LEDGER_PUBLIC], uint32_t number, struct ward_hash *ret)
{
	uint8_t buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_z(&w, "ward log v1");
	ward_wr_bytes(&w, first_key, WARD_LEDGER_PUBLIC);
	ward_wr_be32(&w, number);
	ward_sha256(ward_wr_slice(&w), ret->b);
}

/* A tree head is signed as such; the others with what they say behind it. */
static struct ward_slice signed_bytes(const struct ward_head *h, uint8_t *buf, size_t cap)
{
	struct ward_wr w = ward_wr_fixed(buf, cap);

	ward_wr_z(&w, h->what == WARD_HEAD_KEY ? "ward log key v1" : "ward log break v1");
	ward_wr_bytes(&w, h->tree.log.b, sizeof(h->tree.log.b));
	ward_wr_be64(&w, (uint64_t)(h->tree.time / WARD_NS_PER_MS));
	ward_wr_be64(&w, h->tree.n);
	ward_wr_bytes(&w, h->tree.root.b, sizeof(h->tree.root.b));
	if (h->what == WARD_HEAD_KEY) {
		ward_wr_bytes(&w, h->next, sizeof(h->next));
	} else {
		ward_wr_be64(&w, h->found);
		ward_wr_bytes(&w, h->found_root.b, sizeof(h->found_root.b));
		ward_wr_bytes(&w, h->next_log.b, sizeof(h->next_log.b));
	}
	WARD_ASSERT(!ward_wr_bad(&w));
	return ward_wr_slice(&w);
}

void ward_head_sign(struct ward_head *h, const uint8_t secret[WARD_LEDGER_SECRET])
{
	uint8_t buf[256];

	if (h->what == WARD_HEAD_TREE) {
		ward_tree_head_sign(&h->tree, secret);
		return;
	}
	struct ward_slice s = signed_bytes(h, buf, sizeof(buf));

	WARD_ASSERT(sodium_init() >= 0);
	(void)crypto_sign_detached(h->tree.signature, NULL, s.p, s.len, secret);
	h->tree.is_signed = true;
}

bool ward_head_verify(const struct ward_head *h)
{
	uint8_t buf[256];

	if (h->what == WARD_HEAD_TREE)
		return ward_tree_head_verify(&h->tree, h->key);
	struct ward_slice s = signed_bytes(h, buf, sizeof(buf));

	return h->tree.is_signed &&
	       crypto_sign_verify_detached(h->tree.signature, s.p, s.len, h->key) == 0;
}

static void put_hex(struct ward_wr *w, const char *key, const uint8_t *p, size_t len)
{
	ward_wr_printf(w, ",\"%s\":\"", key);
	ward_wr_hex(w, ward_slice_of(p, len));
	ward_wr_ch(w, '"');
}

void ward_head_write(struct ward_wr *w, const struct ward_head *h)
{
	ward_wr_printf(w, "{\"kind\":\"head\",\"what\":\"%s\",\"time\":\"", what_name[h->what]);
	ward_time_write(w, h->tree.time);
	ward_wr_z(w, "\"");
	put_hex(w, "log_id", h->tree.log.b, sizeof(h->tree.log.b));
	ward_wr_printf(w, ",\"timestamp\":%llu,\"tree_size\":%llu",
		(unsigned long long)(h->tree.time / WARD_NS_PER_MS), (unsigned long long)h->tree.n);
	put_hex(w, "root_hash", h->tree.root.b, sizeof(h->tree.root.b));
	if (h->what == WARD_HEAD_KEY)
		put_hex(w, "next_key", h->next, sizeof(h->next));
	if (h->what == WARD_HEAD_BREAK) {
		ward_wr_printf(w, ",\"found_size\":%llu", (unsigned long long)h->found);
		put_hex(w, "found_root", h->found_root.b, sizeof(h->found_root.b));
		put_hex(w, "next_log", h->next_log.b, sizeof(h->next_log.b));
	}
	put_hex(w, "key", h->key, sizeof(h->key));
	put_hex(w, "signature", h->tree.signature, sizeof(h->tree.signature));
	ward_wr_z(w, "}");
}

/* What stands between `key":` or `key":"` and the next comma or quote. */
static struct ward_str value_of(struct ward_str json, const char *key)
{
	char name[32];
	struct ward_wr w = ward_wr_fixed(name, sizeof(name));

	ward_wr_printf(&w, "\"%s\":", key);
	size_t at = ward_str_find(json, ward_wr_text(&w));

	if (at >= json.len)
		return WARD_STR("");
	struct ward_str rest = ward_str_sub(json, at + w.len, json.len);

	if (rest.len && rest.p[0] == '"') {
		rest = ward_str_sub(rest, 1, rest.len);
		return ward_str_cut(&rest, '"');
	}
	return ward_str_cut(&rest, ',');
}

static bool get_hex(struct ward_str json, const char *key, uint8_t *ret, size_t len)
{
	struct ward_str hex = value_of(json, key);

	return hex.len == 2 * len && ward_str_unhex(hex, ret, len);
}

static bool read_members(struct ward_str json, struct ward_head *h)
{
	struct ward_str what = value_of(json, "what");
	uint64_t ms;
	bool ok = false;

	for (size_t i = 0; i < WARD_ARRAY_LEN(what_name); i++)
		if (ward_str_eqz(what, what_name[i])) {
			h->what = (enum ward_head_what)i;
			ok = true;
		}
	ok = ok && ward_str_u64(value_of(json, "timestamp"), &ms) &&
	     ms <= (uint64_t)INT64_MAX / WARD_NS_PER_MS &&
	     ward_str_u64(value_of(json, "tree_size"), &h->tree.n) &&
	     get_hex(json, "log_id", h->tree.log.b, sizeof(h->tree.log.b)) &&
	     get_hex(json, "root_hash", h->tree.root.b, sizeof(h->tree.root.b)) &&
	     get_hex(json, "key", h->key, sizeof(h->key)) &&
	     get_hex(json, "signature", h->tree.signature, sizeof(h->tree.signature));
	if (ok)
		h->tree.time = (ward_ns)ms * WARD_NS_PER_MS;
	if (ok && h->what == WARD_HEAD_KEY)
		ok = get_hex(json, "next_key", h->next, sizeof(h->next));
	if (ok && h->what == WARD_HEAD_BREAK)
		ok = ward_str_u64(value_of(json, "found_size"), &h->found) &&
		     get_hex(json, "found_root", h->found_root.b, sizeof(h->found_root.b)) &&
		     get_hex(json, "next_log", h->next_log.b, sizeof(h->next_log.b));
	return ok;
}

enum ward_err ward_head_read(struct ward_str json, struct ward_head *ret)
{
	char again[WARD_HEAD_JSON_MAX];
	struct ward_wr w = ward_wr_fixed(again, sizeof(again));
	struct ward_head h = {.tree.is_signed = true};

	if (json.len > WARD_HEAD_JSON_MAX || !read_members(json, &h))
		return WARD_ERR_MALFORMED;
	/* what was read by looking for names must be all that there is, and where it belongs */
	ward_head_write(&w, &h);
	if (ward_wr_bad(&w) || !ward_str_eq(ward_wr_text(&w), json))
		return WARD_ERR_MALFORMED;
	*ret = h;
	return WARD_OK;
}

struct ward_id ward_head_id(const struct ward_head *h)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward head");
	ward_idgen_bytes(&g, h->tree.log.b, sizeof(h->tree.log.b));
	ward_idgen_u64(&g, (uint64_t)h->what);
	ward_idgen_bytes(&g, h->tree.signature, sizeof(h->tree.signature));
	return ward_idgen_final(&g);
}

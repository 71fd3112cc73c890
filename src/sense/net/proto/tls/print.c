/* Fingerprints of hellos: JA3 and JA3S (MD5), JA4 (SHA-256). */
#include "sense/net/digest.h"
#include "sense/net/proto/tls/tls.h"

enum {
	TEXT = 8192, /* of the numbers that are hashed: some 1,300 */
	NUMBERS = 1024,
	EXT_SERVER_NAME = 0,
	EXT_ALPN = 16,
	JA4_HASH = 12, /* hex digits kept of a hash */
	COUNT_MAX = 99,
};

/* The numbers, two bytes each, in decimal with dashes. */
static void numbers(struct ward_wr *w, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);
	bool first = true;

	while (ward_rd_left(&r) >= 2) {
		uint16_t v = ward_rd_be16(&r);

		if (ward_tls_grease(v))
			continue;
		if (!first)
			ward_wr_ch(w, '-');
		first = false;
		ward_wr_u64(w, v);
	}
}

/* The type of the next extension; false at the end. */
static bool next_type(struct ward_rd *r, uint16_t *ret)
{
	if (!ward_rd_left(r))
		return false;
	*ret = ward_rd_be16(r);
	ward_rd_skip(r, ward_rd_be16(r));
	return !ward_rd_bad(r);
}

static void types(struct ward_wr *w, struct ward_slice extensions)
{
	struct ward_rd r = ward_rd_slice(extensions);
	bool first = true;
	uint16_t type;

	while (next_type(&r, &type)) {
		if (ward_tls_grease(type))
			continue;
		if (!first)
			ward_wr_ch(w, '-');
		first = false;
		ward_wr_u64(w, type);
	}
}

static bool md5_hex(const struct ward_wr *text, char ret[WARD_TLS_JA3])
{
	uint8_t sum[WARD_MD5_BYTES];
	struct ward_wr w = ward_wr_fixed(ret, WARD_TLS_JA3 - 1);

	ret[0] = 0;
	if (ward_wr_bad(text) || !ward_digest_md5(ward_wr_slice(text), sum))
		return false;
	ward_wr_hex(&w, ward_slice_of(sum, sizeof(sum)));
	ret[w.len] = 0;
	return true;
}

bool ward_tls_ja3(const struct ward_tls_hello *h, char ret[WARD_TLS_JA3])
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&w, h->version);
	ward_wr_ch(&w, ',');
	numbers(&w, h->ciphers);
	ward_wr_ch(&w, ',');
	types(&w, h->extensions);
	ward_wr_ch(&w, ',');
	numbers(&w, h->groups);
	ward_wr_ch(&w, ',');
	for (size_t i = 0; i < h->points.len; i++) {
		if (i)
			ward_wr_ch(&w, '-');
		ward_wr_u64(&w, h->points.p[i]);
	}
	return md5_hex(&w, ret);
}

bool ward_tls_ja3s(const struct ward_tls_hello *h, char ret[WARD_TLS_JA3])
{
	char text[TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&w, h->version);
	ward_wr_ch(&w, ',');
	numbers(&w, h->ciphers);
	ward_wr_ch(&w, ',');
	types(&w, h->extensions);
	return md5_hex(&w, ret);
}

/* Numbers that count for JA4, in order or sorted. */
struct set {
	uint16_t v[NUMBERS];
	size_t n;
	bool over;
};

static void add(struct set *s, uint16_t v)
{
	if (ward_tls_grease(v))
		return;
	if (s->n < NUMBERS)
		s->v[s->n++] = v;
	else
		s->over = true;
}

static void add_all(struct set *s, struct ward_slice list)
{
	struct ward_rd r = ward_rd_slice(list);

	while (ward_rd_left(&r) >= 2)
		add(s, ward_rd_be16(&r));
}

/* Heap sort: an outsider chooses the numbers, and how many. O(n log n). */
static void sift(uint16_t *v, size_t at, size_t n)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && v[child + 1] > v[child])
			child++;
		if (v[at] >= v[child])
			return;
		uint16_t was = v[at];

		v[at] = v[child];
		v[child] = was;
	}
}

static void sort(struct set *s)
{
	for (size_t i = s->n / 2; i-- > 0;)
		sift(s->v, i, s->n);
	for (size_t n = s->n; n-- > 1;) {
		uint16_t was = s->v[0];

		s->v[0] = s->v[n];
		s->v[n] = was;
		sift(s->v, 0, n);
	}
}

static void put_hex(struct ward_wr *w, const struct set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const uint8_t two[] = {(uint8_t)(s->v[i] >> 8), (uint8_t)s->v[i]};

		if (i)
			ward_wr_ch(w, ',');
		ward_wr_hex(w, ward_slice_of(two, sizeof(two)));
	}
}

static bool put_hash(struct ward_wr *out, const struct ward_wr *text)
{
	uint8_t sum[WARD_SHA256_BYTES] = {0};

	if (ward_wr_bad(text) || (text->len && !ward_digest_sha256(ward_wr_slice(text), sum)))
		return false;
	ward_wr_hex(out, ward_slice_of(sum, JA4_HASH / 2));
	return true;
}

static void put_count(struct ward_wr *w, size_t n)
{
	unsigned v = n > COUNT_MAX ? COUNT_MAX : (unsigned)n;

	ward_wr_ch(w, (char)('0' + v / 10));
	ward_wr_ch(w, (char)('0' + v % 10));
}

static bool alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* First and last character of the first protocol; of their hex when one is neither letter nor
 * digit. */
static void put_alpn(struct ward_wr *w, struct ward_slice alpn)
{
	static const char digit[] = "0123456789abcdef";
	struct ward_rd r = ward_rd_slice(alpn);
	struct ward_slice name = ward_rd_bytes(&r, ward_rd_u8(&r));

	if (ward_rd_bad(&r) || !name.len) {
		ward_wr_z(w, "00");
		return;
	}
	uint8_t first = name.p[0], last = name.p[name.len - 1];
	bool plain = alnum(first) && alnum(last);

	ward_wr_ch(w, plain ? (char)first : digit[first >> 4]);
	ward_wr_ch(w, plain ? (char)last : digit[last & 15]);
}

static const char *ja4_version(unsigned version)
{
	static const char *const name[] = {"s3", "10", "11", "12", "13"};

	if (version == WARD_TLS_SSL2)
		return "s2";
	return version >= WARD_TLS_SSL3 && version - WARD_TLS_SSL3 < WARD_ARRAY_LEN(name)
		       ? name[version - WARD_TLS_SSL3]
		       : "00";
}

/* Of the extensions: how many there are, and those that are hashed. */
static size_t ja4_extensions(const struct ward_tls_hello *h, struct set *hashed)
{
	struct ward_rd r = ward_rd_slice(h->extensions);
	size_t n = 0;
	uint16_t type;

	while (next_type(&r, &type)) {
		n += !ward_tls_grease(type);
		if (type != EXT_SERVER_NAME && type != EXT_ALPN)
			add(hashed, type);
	}
	return n;
}

static void put_extensions(
	struct ward_wr *w, const struct set *extension, const struct ward_tls_hello *h)
{
	struct set signature = {.n = 0};

	put_hex(w, extension);
	add_all(&signature, h->signatures);
	if (signature.n) {
		ward_wr_ch(w, '_');
		put_hex(w, &signature);
	}
	w->bad |= signature.over;
}

bool ward_tls_ja4(const struct ward_tls_hello *h, char transport, char ret[WARD_TLS_JA4])
{
	char text[TEXT];
	struct ward_wr hashed = ward_wr_fixed(text, sizeof(text));
	struct ward_wr w = ward_wr_fixed(ret, WARD_TLS_JA4 - 1);
	struct set cipher = {.n = 0}, extension = {.n = 0};
	size_t n_extension = ja4_extensions(h, &extension);
	bool good;

	add_all(&cipher, h->ciphers);
	ward_wr_ch(&w, transport);
	ward_wr_z(&w, ja4_version(ward_tls_hello_version(h)));
	ward_wr_ch(&w, h->has_name ? 'd' : 'i');
	put_count(&w, cipher.n);
	put_count(&w, n_extension);
	put_alpn(&w, h->alpn);
	ward_wr_ch(&w, '_');
	sort(&cipher);
	sort(&extension);
	put_hex(&hashed, &cipher);
	good = put_hash(&w, &hashed);
	ward_wr_reset(&hashed);
	ward_wr_ch(&w, '_');
	if (n_extension)
		put_extensions(&hashed, &extension, h);
	good = good && put_hash(&w, &hashed) && !cipher.over && !extension.over;
	ret[good ? w.len : 0] = 0;
	return good;
}

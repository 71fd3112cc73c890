/* PDF's standard security handler with an empty user's password (ISO 32000-1 7.6.3; revision 6: ISO
 * 32000-2 7.6.4): such files open without a question, so what is in them is looked at, too. Its
 * ciphers protect nobody from us; they are here to be undone. */
#include "sense/file/pdf.h"

#include <openssl/evp.h>

enum { MD5 = 16, TEXT = 127, DEPTH = 16, ROUNDS = 50, XORED = 19, AES_BLOCK = 16, V5_LEAST = 48 };

/* 7.6.3.3, algorithm 2 */
static const uint8_t padding[32] = {0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00,
	0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f,
	0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};

struct text {
	uint8_t p[TEXT];
	size_t n;
};

struct encrypt {
	int64_t version, revision, length, access;
	struct text o, u, ue, id;
	char streams[32], method[16]; /* the filter of streams, and its method */
	bool standard, metadata;
};

/* RC4, which libcrypto does not have without its legacy part. */
static void rc4(const uint8_t *key, size_t n, struct ward_slice in, uint8_t *out)
{
	uint8_t s[256], j = 0, i = 0;

	for (unsigned k = 0; k < 256; k++)
		s[k] = (uint8_t)k;
	for (unsigned k = 0; k < 256; k++) {
		uint8_t t = s[k];

		j = (uint8_t)(j + t + key[k % n]);
		s[k] = s[j];
		s[j] = t;
	}
	j = 0;
	for (size_t k = 0; k < in.len; k++) {
		uint8_t t = s[++i];

		j = (uint8_t)(j + t);
		s[i] = s[j];
		s[j] = t;
		out[k] = in.p[k] ^ s[(uint8_t)(s[i] + t)];
	}
}

/* CBC; whole blocks. False: no memory. */
static bool aes(const EVP_CIPHER *c, bool encrypt, const uint8_t *key, const uint8_t *iv,
	struct ward_slice in, uint8_t *out)
{
	EVP_CIPHER_CTX *e = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = e && in.len <= INT32_MAX &&
		  EVP_CipherInit_ex(e, c, NULL, key, iv, encrypt) == 1 &&
		  EVP_CIPHER_CTX_set_padding(e, 0) == 1 &&
		  EVP_CipherUpdate(e, out, &n, in.p, (int)in.len) == 1;

	EVP_CIPHER_CTX_free(e);
	return ok;
}

static bool digest(const EVP_MD *md, struct ward_slice s, uint8_t *ret)
{
	return EVP_Digest(s.p, s.len, ret, NULL, md, NULL) == 1;
}

static int64_t number(struct ward_slice s)
{
	struct ward_str t = ward_slice_text(s);
	int64_t v = 0;

	return ward_str_i64(t, &v) ? v : 0;
}

static void read_text(struct ward_slice s, struct text *t)
{
	t->n = ward_pdf_text(s, t->p, sizeof(t->p));
}

static void take(struct encrypt *e, size_t depth, const char *key, const char *of,
	struct ward_slice value, enum ward_pdf_what what)
{
	const struct {
		const char *key;
		int64_t *to;
	} numbers[] = {
		{"V", &e->version}, {"R", &e->revision}, {"Length", &e->length}, {"P", &e->access}};
	const struct {
		const char *key;
		struct text *to;
	} texts[] = {{"O", &e->o}, {"U", &e->u}, {"UE", &e->ue}};

	if (depth == 3 && what == WARD_PDF_NAME && strcmp(key, "CFM") == 0 &&
		strcmp(of, e->streams[0] ? e->streams : "StdCF") == 0)
		(void)ward_pdf_name(value, e->method, sizeof(e->method));
	if (depth != 1)
		return;
	for (size_t i = 0; what == WARD_PDF_WORD && i < WARD_ARRAY_LEN(numbers); i++)
		if (strcmp(key, numbers[i].key) == 0)
			*numbers[i].to = number(value);
	for (size_t i = 0; what == WARD_PDF_TEXT && i < WARD_ARRAY_LEN(texts); i++)
		if (strcmp(key, texts[i].key) == 0)
			read_text(value, texts[i].to);
	if (what == WARD_PDF_NAME && strcmp(key, "StmF") == 0)
		(void)ward_pdf_name(value, e->streams, sizeof(e->streams));
	if (what == WARD_PDF_NAME && strcmp(key, "Filter") == 0)
		e->standard = ward_str_eqz(ward_slice_text(value), "Standard");
	if (what == WARD_PDF_WORD && strcmp(key, "EncryptMetadata") == 0)
		e->metadata = !ward_str_eqz(ward_slice_text(value), "false");
}

/* The dictionary that begins at off: names and values in turn, also of those in it. */
static void read_encrypt(struct ward_slice s, size_t off, struct encrypt *e)
{
	char key[DEPTH + 1][32] = {{0}};
	bool value[DEPTH + 1] = {false}; /* is the next word one? */
	size_t depth = 0;
	struct ward_slice at;
	enum ward_pdf_what what;

	while ((what = ward_pdf_next(s, &off, &at)) != WARD_PDF_END) {
		if (what == WARD_PDF_OPEN) {
			if (++depth > DEPTH)
				return;
			value[depth] = false;
		} else if (what == WARD_PDF_CLOSE) {
			if (!depth || !--depth)
				return;
			value[depth] = false;
		} else if (!depth) {
			return;
		} else if (what == WARD_PDF_NAME && !value[depth]) {
			(void)ward_pdf_name(at, key[depth], sizeof(key[depth]));
			value[depth] = true;
		} else {
			take(e, depth, key[depth], key[depth - 1], at, what);
			value[depth] = false;
		}
	}
}

/* The value of a name anywhere in the file, the last that there is, as the newest trailer's. */
static size_t behind_name(struct ward_slice s, const char *name)
{
	size_t found = SIZE_MAX, n = strlen(name);

	for (size_t at = ward_exam_next(s, 0, name, n); at != SIZE_MAX;
		at = ward_exam_next(s, at + 1, name, n)) {
		char word[32];

		if (ward_pdf_name(ward_slice_of(s.p + at + 1, s.len - at - 1), word,
			    sizeof(word)) == n - 1)
			found = at + n;
	}
	return found;
}

/* "12 0 R": where that object's content begins; SIZE_MAX: it is not there. */
static size_t object(struct ward_slice s, struct ward_slice n, struct ward_slice generation)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%.*s %.*s obj", (int)(n.len < 16 ? n.len : 16),
		(const char *)n.p, (int)(generation.len < 8 ? generation.len : 8),
		(const char *)generation.p);
	size_t found = SIZE_MAX;

	for (size_t at = ward_exam_next(s, 0, text, (size_t)len); at != SIZE_MAX;
		at = ward_exam_next(s, at + 1, text, (size_t)len))
		if (!at || s.p[at - 1] < '0' || s.p[at - 1] > '9')
			found = at + (size_t)len;
	return found;
}

static bool find_encrypt(struct ward_slice s, struct encrypt *e)
{
	struct ward_slice word, generation;
	size_t off = behind_name(s, "/Encrypt"), id = behind_name(s, "/ID"), at = off;

	*e = (struct encrypt){.length = 40, .metadata = true};
	if (off == SIZE_MAX)
		return false;
	if (ward_pdf_next(s, &at, &word) == WARD_PDF_WORD &&
		ward_pdf_next(s, &at, &generation) == WARD_PDF_WORD)
		off = object(s, word, generation);
	if (off == SIZE_MAX)
		return false;
	read_encrypt(s, off, e);
	if (!e->method[0]) /* crypt filters may stand before what names them */
		read_encrypt(s, off, e);
	if (id != SIZE_MAX && ward_pdf_next(s, &id, &word) == WARD_PDF_WORD && *word.p == '[' &&
		ward_pdf_next(s, &id, &word) == WARD_PDF_TEXT)
		read_text(word, &e->id);
	return e->standard;
}

/* Algorithm 2, and 4 or 5 to see whether it is the key. */
static bool old_key(const struct encrypt *e, struct ward_pdf_key *k)
{
	uint8_t buf[sizeof(padding) + 32 + 4 + TEXT + 4], hash[EVP_MAX_MD_SIZE], seen[32];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_slice pad = ward_slice_of(padding, sizeof(padding));

	k->n = e->revision == 2 ? 5 : (size_t)e->length / 8;
	if (e->o.n < 32 || e->u.n < MD5 || k->n < 5 || k->n > MD5)
		return false;
	ward_wr_bytes(&w, padding, sizeof(padding));
	ward_wr_bytes(&w, e->o.p, 32);
	ward_wr_le32(&w, (uint32_t)e->access);
	ward_wr_bytes(&w, e->id.p, e->id.n);
	if (e->revision >= 4 && !e->metadata)
		ward_wr_le32(&w, UINT32_MAX);
	if (!digest(EVP_md5(), ward_wr_slice(&w), hash))
		return false;
	for (unsigned i = 0; e->revision >= 3 && i < ROUNDS; i++)
		if (!digest(EVP_md5(), ward_slice_of(hash, k->n), hash))
			return false;
	memcpy(k->key, hash, k->n);
	if (e->revision == 2) {
		rc4(k->key, k->n, pad, seen);
		return e->u.n >= 32 && memcmp(seen, e->u.p, 32) == 0;
	}
	ward_wr_reset(&w);
	ward_wr_bytes(&w, padding, sizeof(padding));
	ward_wr_bytes(&w, e->id.p, e->id.n);
	if (!digest(EVP_md5(), ward_wr_slice(&w), hash))
		return false;
	for (unsigned i = 0; i <= XORED; i++) {
		uint8_t key[MD5];

		for (size_t b = 0; b < k->n; b++)
			key[b] = k->key[b] ^ (uint8_t)i;
		rc4(key, k->n, ward_slice_of(hash, MD5), hash);
	}
	return memcmp(hash, e->u.p, MD5) == 0;
}

/* ISO 32000-2, algorithm 2.B, of an empty password and a salt. */
static bool hardened(const uint8_t *salt, int64_t revision, uint8_t ret[32])
{
	uint8_t k[EVP_MAX_MD_SIZE], row[64 * EVP_MAX_MD_SIZE], out[sizeof(row)];
	size_t n = 32;

	if (!digest(EVP_sha256(), ward_slice_of(salt, 8), k))
		return false;
	for (unsigned i = 0; revision >= 6; i++) {
		unsigned sum = 0;
		const EVP_MD *md;

		for (size_t j = 0; j < 64; j++)
			memcpy(row + j * n, k, n);
		if (!aes(EVP_aes_128_cbc(), true, k, k + AES_BLOCK, ward_slice_of(row, 64 * n),
			    out))
			return false;
		for (size_t j = 0; j < AES_BLOCK; j++)
			sum += out[j]; /* 256 is 1 by 3, so the sum of digits has the rest */
		md = sum % 3 == 0 ? EVP_sha256() : sum % 3 == 1 ? EVP_sha384() : EVP_sha512();
		if (!digest(md, ward_slice_of(out, 64 * n), k))
			return false;
		if (i >= 63 && out[64 * n - 1] <= i + 1 - 32)
			break;
		n = (size_t)EVP_MD_get_size(md);
	}
	memcpy(ret, k, 32);
	return true;
}

/* Algorithm 2.A for the user's password. */
static bool new_key(const struct encrypt *e, struct ward_pdf_key *k)
{
	static const uint8_t zero[AES_BLOCK];
	uint8_t hash[32];

	k->n = 32;
	k->whole = true;
	return e->u.n >= V5_LEAST && e->ue.n >= 32 && hardened(e->u.p + 32, e->revision, hash) &&
	       memcmp(hash, e->u.p, 32) == 0 && hardened(e->u.p + 40, e->revision, hash) &&
	       aes(EVP_aes_256_cbc(), false, hash, zero, ward_slice_of(e->ue.p, 32), k->key);
}

bool ward_pdf_unlock(struct ward_slice file, struct ward_pdf_key *k)
{
	struct encrypt e;

	*k = (struct ward_pdf_key){.n = 0};
	if (!find_encrypt(file, &e))
		return false;
	if (e.version >= 4) {
		k->plain = strcmp(e.streams, "Identity") == 0 || strcmp(e.method, "None") == 0;
		k->aes = strncmp(e.method, "AESV", 4) == 0;
		e.length = e.version == 4 ? 128 : e.length;
	}
	return e.version >= 5 ? new_key(&e, k) : e.version >= 1 && old_key(&e, k);
}

/* Algorithm 1: the key of one object. Its length. */
static size_t key_of(const struct ward_pdf_key *k, uint32_t n, uint32_t generation, uint8_t *ret)
{
	uint8_t buf[WARD_PDF_KEY + 9];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_bytes(&w, k->key, k->n);
	ward_wr_le16(&w, (uint16_t)n);
	ward_wr_u8(&w, (uint8_t)(n >> 16));
	ward_wr_le16(&w, (uint16_t)generation);
	if (k->aes)
		ward_wr_bytes(&w, "sAlT", 4);
	if (!digest(EVP_md5(), ward_wr_slice(&w), ret))
		return 0;
	return k->n + 5 < MD5 ? k->n + 5 : MD5;
}

void ward_pdf_decrypt(const struct ward_pdf_key *k, uint32_t n, uint32_t generation,
	struct ward_slice in, struct ward_wr *w)
{
	uint8_t key[WARD_PDF_KEY];
	size_t len = k->n;

	if (k->whole)
		memcpy(key, k->key, sizeof(key));
	else
		len = key_of(k, n, generation, key);
	if (!k->aes) {
		uint8_t *to = in.len && len ? ward_wr_room(w, in.len) : NULL;

		if (to)
			rc4(key, len, in, to);
		return;
	}
	/* The first block is the begin's, the last byte says how many it is too long. */
	size_t blocks = in.len / AES_BLOCK * AES_BLOCK, body = blocks ? blocks - AES_BLOCK : 0;
	uint8_t *to = body && len ? ward_wr_room(w, body) : NULL;

	if (!to || !aes(k->whole ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), false, key, in.p,
			   ward_slice_of(in.p + AES_BLOCK, body), to))
		return;
	w->len -= to[body - 1] >= 1 && to[body - 1] <= AES_BLOCK ? to[body - 1] : 0;
}

/* PDF's standard security handler with an empty user's password (ISO 32000-1 7.6.3; revision 6: ISO
 * 32000-2 7.6.4): such files open without a question, so what is in them is looked at, too. Its
 * ciphers protect nobody from us; they are here to be undone. */
#include "sense/file/pdf.h"

#include <openssl/evp.h>

enum { MD5 = 16, TEXT = 127, DEPTH = 16, ROUNDS = 50, XORED = 19, AES_BLOCK = 16, V5_LEAST = 48 };
enum { DICTIONARIES = 16, IDS = 8 };

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
	bool standard, metadata;
};

/* What is tried with each other. */
struct tries {
	size_t at[DICTIONARIES]; /* of dictionaries that were read */
	size_t n;
	struct text id[IDS]; /* the first is empty: a file may have none */
	size_t n_id;
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

static void take(
	struct encrypt *e, const char *key, struct ward_slice value, enum ward_pdf_what what)
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

	for (size_t i = 0; what == WARD_PDF_WORD && i < WARD_ARRAY_LEN(numbers); i++)
		if (strcmp(key, numbers[i].key) == 0)
			*numbers[i].to = number(value);
	for (size_t i = 0; what == WARD_PDF_TEXT && i < WARD_ARRAY_LEN(texts); i++)
		if (strcmp(key, texts[i].key) == 0)
			read_text(value, texts[i].to);
	if (what == WARD_PDF_NAME && strcmp(key, "Filter") == 0)
		e->standard = ward_str_eqz(ward_slice_text(value), "Standard");
	if (what == WARD_PDF_WORD && strcmp(key, "EncryptMetadata") == 0)
		e->metadata = !ward_str_eqz(ward_slice_text(value), "false");
}

/* The dictionary that begins at off: names and values in turn; those in it are passed over, as
 * every cipher is tried. */
static void read_encrypt(struct ward_slice s, size_t off, struct encrypt *e)
{
	char key[32] = "";
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
			if (depth == 1)
				(void)ward_pdf_name(at, key, sizeof(key));
			value[depth] = true;
		} else {
			if (depth == 1)
				take(e, key, at, what);
			value[depth] = false;
		}
	}
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
		uint8_t key[MD5] = {0};

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

static void add_key(struct ward_pdf_keys *keys, const struct ward_pdf_key *k)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->key[i].aes == k->aes && keys->key[i].n == k->n &&
			memcmp(keys->key[i].key, k->key, k->n) == 0)
			return;
	keys->more |= keys->n == WARD_PDF_KEYS;
	if (keys->n < WARD_PDF_KEYS)
		keys->key[keys->n++] = *k;
}

/* One dictionary with each identifier. Version 4 has both ciphers, of which its crypt filters say
 * for what each is (7.6.5): both are tried with all streams. */
static void try_encrypt(
	struct ward_slice s, size_t off, struct tries *t, struct ward_pdf_keys *keys)
{
	struct encrypt e = {.length = 40, .metadata = true};
	bool opens = false;

	for (size_t i = 0; i < t->n; i++)
		if (t->at[i] == off)
			return;
	keys->more |= t->n == DICTIONARIES;
	if (off == SIZE_MAX || t->n == DICTIONARIES)
		return;
	t->at[t->n++] = off;
	read_encrypt(s, off, &e);
	if (e.version == 4)
		e.length = 128;
	for (size_t i = 0; i < t->n_id && e.standard && e.version >= 1; i++) {
		struct ward_pdf_key k = {.aes = e.version >= 4};

		e.id = t->id[i];
		if (!(e.version >= 5 ? new_key(&e, &k) : old_key(&e, &k)))
			continue;
		opens = true;
		add_key(keys, &k);
		k.aes = false;
		if (e.version == 4)
			add_key(keys, &k);
	}
	keys->locked |= !opens;
}

/* Where the value of the next such name begins, behind `from`; SIZE_MAX: there is none. */
static size_t behind_name(struct ward_slice s, size_t from, const char *name)
{
	size_t n = strlen(name);

	for (size_t at = ward_exam_next(s, from, name, n); at != SIZE_MAX;
		at = ward_exam_next(s, at + 1, name, n)) {
		char word[32];

		if (ward_pdf_name(ward_slice_of(s.p + at + 1, s.len - at - 1), word,
			    sizeof(word)) == n - 1)
			return at + n;
	}
	return SIZE_MAX;
}

/* The first text of each /ID (14.4). False: there are more than are tried. */
static bool read_ids(struct ward_slice s, struct tries *t)
{
	t->n_id = 1;
	for (size_t at = behind_name(s, 0, "/ID"); at != SIZE_MAX; at = behind_name(s, at, "/ID")) {
		struct ward_slice word;
		struct text id = {.n = 0};
		size_t off = at, i = 0;

		if (ward_pdf_next(s, &off, &word) != WARD_PDF_WORD || *word.p != '[' ||
			ward_pdf_next(s, &off, &word) != WARD_PDF_TEXT)
			continue;
		read_text(word, &id);
		while (i < t->n_id && !(t->id[i].n == id.n && memcmp(t->id[i].p, id.p, id.n) == 0))
			i++;
		if (i == IDS)
			return false;
		if (i == t->n_id)
			t->id[t->n_id++] = id;
	}
	return true;
}

void ward_pdf_unlock(struct ward_pdf_objects *o, struct ward_pdf_keys *keys)
{
	struct tries t = {.n = 0};
	struct ward_slice s = o->file;

	*keys = (struct ward_pdf_keys){.n = 0};
	keys->more = !read_ids(s, &t);
	for (size_t at = behind_name(s, 0, "/Encrypt"); at != SIZE_MAX && t.n < DICTIONARIES;
		at = behind_name(s, at, "/Encrypt")) {
		size_t off = at, to = SIZE_MAX;

		if (!ward_pdf_refers(o, s, &off, 0, &to)) {
			try_encrypt(s, at, &t, keys);
			continue;
		}
		for (size_t i = 1; to != SIZE_MAX && t.n < DICTIONARIES; i++) {
			try_encrypt(s, to, &t, keys);
			off = at;
			(void)ward_pdf_refers(o, s, &off, i, &to);
		}
	}
	keys->more |= t.n == DICTIONARIES;
}

/* Algorithm 1: the key of one object. Its length. */
static size_t key_of(const struct ward_pdf_key *k, const struct ward_pdf_object *of, uint8_t *ret)
{
	uint8_t buf[WARD_PDF_KEY + 9];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_bytes(&w, k->key, k->n);
	ward_wr_le16(&w, (uint16_t)of->number);
	ward_wr_u8(&w, (uint8_t)(of->number >> 16));
	ward_wr_le16(&w, (uint16_t)of->generation);
	if (k->aes)
		ward_wr_bytes(&w, "sAlT", 4);
	if (!digest(EVP_md5(), ward_wr_slice(&w), ret))
		return 0;
	return k->n + 5 < MD5 ? k->n + 5 : MD5;
}

void ward_pdf_decrypt(const struct ward_pdf_key *k, const struct ward_pdf_object *of,
	struct ward_slice in, struct ward_wr *w)
{
	uint8_t key[WARD_PDF_KEY];
	size_t len = k->n;

	if (k->whole)
		memcpy(key, k->key, sizeof(key));
	else
		len = key_of(k, of, key);
	if (!k->aes) {
		uint8_t *to = in.len && len ? ward_wr_room(w, in.len) : NULL;

		if (to)
			rc4(key, len, in, to);
		return;
	}
	/* The first block is the begin's, the last byte says how many it is too long. */
	size_t blocks = in.len / AES_BLOCK * AES_BLOCK, body = blocks ? blocks - AES_BLOCK : 0;
	uint8_t *to = body && len ? ward_wr_room(w, body) : NULL;

	if (to && aes(k->whole ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), false, key, in.p,
			  ward_slice_of(in.p + AES_BLOCK, body), to))
		w->len -= to[body - 1] >= 1 && to[body - 1] <= AES_BLOCK ? to[body - 1] : 0;
	else if (to)
		w->len -= body;
}

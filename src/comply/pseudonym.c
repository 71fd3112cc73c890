#include "comply/pseudonym.h"

#include <sodium.h>
#include <stdlib.h>

enum { TOKEN_BYTES = 10, WHO_BYTES_MAX = 1024 };

/* Accounts that every installation has and that name no person. */
static const char *const well_known[] = {"-", "system", "local service", "network service",
	"anonymous logon", "administrator", "administrators", "guest", "root", "daemon", "nobody",
	"www-data", "sshd", "krbtgt", "dwm-1", "umfd-0", "umfd-1", "everyone", "n/a"};

void ward_pseudonym_init_replay(struct ward_pseudonym *p, struct ward_str text)
{
	static const unsigned char salt[crypto_generichash_KEYBYTES] = "ward replay, not a secret";

	(void)crypto_generichash(p->key, sizeof(p->key), (const unsigned char *)text.p, text.len,
		salt, sizeof(salt));
}

static bool is_well_known(struct ward_str who)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(well_known); i++)
		if (ward_str_ieq(who, ward_str_z(well_known[i])))
			return true;
	return false;
}

/* RFC 4648 base32 alphabet in lower case; 10 bytes are 16 characters. */
static void put_base32(struct ward_wr *w, const uint8_t *p)
{
	static const char digit[] = "abcdefghijklmnopqrstuvwxyz234567";

	for (size_t i = 0; i < TOKEN_BYTES; i += 5) {
		uint64_t v = 0;

		for (size_t k = 0; k < 5; k++)
			v = v << 8 | p[i + k];
		for (int shift = 35; shift >= 0; shift -= 5)
			ward_wr_ch(w, digit[v >> shift & 31]);
	}
}

static uint8_t lower(char c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static void put_token(const struct ward_pseudonym *p, struct ward_str who, struct ward_wr *w)
{
	crypto_generichash_state s;
	uint8_t out[crypto_generichash_BYTES], low[256];

	if (is_well_known(who)) {
		ward_wr_str(w, who);
		return;
	}
	(void)crypto_generichash_init(&s, p->key, sizeof(p->key), sizeof(out));
	for (size_t at = 0; at < who.len;) {
		size_t n = who.len - at < sizeof(low) ? who.len - at : sizeof(low);

		for (size_t i = 0; i < n; i++)
			low[i] = lower(who.p[at + i]);
		(void)crypto_generichash_update(&s, low, n);
		at += n;
	}
	(void)crypto_generichash_final(&s, out, sizeof(out));
	ward_wr_z(w, "p-");
	put_base32(w, out);
}

static size_t find_last(struct ward_str s, char c)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return SIZE_MAX;
}

void ward_pseudonym_write(const struct ward_pseudonym *p, struct ward_str who, struct ward_wr *w)
{
	size_t slash = find_last(who, '\\'), at = find_last(who, '@');
	struct ward_str tail = {NULL, 0};

	if (slash != SIZE_MAX) {
		ward_wr_str(w, ward_str_sub(who, 0, slash + 1));
		who = ward_str_sub(who, slash + 1, who.len);
	} else if (at != SIZE_MAX && at > 0) {
		tail = ward_str_sub(who, at, who.len);
		who = ward_str_sub(who, 0, at);
	}
	if (who.len > 1 && who.p[who.len - 1] == '$') {
		who.len--;
		tail = (struct ward_str){who.p + who.len, tail.len + 1}; /* "$" or "$@domain" */
	}
	if (who.len)
		put_token(p, who, w);
	ward_wr_str(w, tail);
}

struct ward_str ward_pseudonym_token(void *pseudonym, struct ward_arena *a, struct ward_str who)
{
	uint8_t buf[WHO_BYTES_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_pseudonym_write(pseudonym, who, &w);
	if (ward_wr_bad(
		    &w)) { /* absurdly long: the token of all of it, without its readable parts */
		ward_wr_reset(&w);
		put_token(pseudonym, who, &w);
	}
	return ward_arena_str(a, ward_wr_text(&w));
}

/* The identities of one event, without domain and '$', with what stands for them: as many as the
 * event has values. Sorted before they are looked for, since an outsider chooses how many. */
struct identity {
	struct ward_str who, token;
};

struct known {
	struct identity *item; /* in the event's arena */
	size_t n, cap;
};

static int identity_cmp(const void *va, const void *vb)
{
	const struct ward_str a = ((const struct identity *)va)->who,
			      b = ((const struct identity *)vb)->who;
	size_t n = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return lower(a.p[i]) < lower(b.p[i]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

static bool remember(
	struct known *k, struct ward_arena *a, struct ward_str who, struct ward_str token)
{
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 8;
		struct identity *item = ward_arena_array(a, cap, sizeof(*item));

		if (!item)
			return false;
		if (k->n)
			memcpy(item, k->item, k->n * sizeof(*item));
		k->item = item;
		k->cap = cap;
	}
	k->item[k->n++] = (struct identity){who, token};
	return true;
}

static struct ward_str bare(struct ward_str who)
{
	size_t slash = find_last(who, '\\'), at = find_last(who, '@');

	if (slash != SIZE_MAX)
		return ward_str_sub(who, slash + 1, who.len);
	return at != SIZE_MAX && at > 0 ? ward_str_sub(who, 0, at) : who;
}

static bool hide(struct ward_value *v, struct ward_arena *a, ward_token_fn token, void *ctx,
	struct known *known)
{
	struct ward_str who = v->s, out;

	if (v->kind == WARD_VALUE_INT) { /* a badge number that was written as a number */
		uint8_t buf[24];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_wr_i64(&w, v->i);
		who = ward_arena_str(a, ward_wr_text(&w));
		if (!who.p)
			return false;
	} else if (v->kind != WARD_VALUE_STR && v->kind != WARD_VALUE_NUM) {
		return true; /* null and true name nobody */
	}
	out = token(ctx, a, who);
	if (!out.p)
		return false;
	*v = ward_value_str(out);
	return bare(who).len <= 1 || is_well_known(bare(who)) ||
	       remember(known, a, bare(who), bare(out));
}

static bool separates(char c)
{
	return strchr("\\/ \t\"'=:;,()[]<>@", c) != NULL; /* NUL separates too */
}

static bool replace_parts(struct ward_value *v, struct ward_arena *a, const struct known *known)
{
	struct ward_wr w = ward_wr_grow(a->mem, (size_t)16 << 20);
	struct ward_str s = v->s, out;
	bool any = false;

	for (size_t i = 0; i < s.len;) {
		size_t n = 0;

		while (i + n < s.len && !separates(s.p[i + n]))
			n++;
		const struct identity part = {.who = ward_str_sub(s, i, n)};
		const struct identity *k =
			bsearch(&part, known->item, known->n, sizeof(part), identity_cmp);

		any |= k != NULL;
		ward_wr_str(&w, k ? k->token : part.who);
		i += n;
		if (i < s.len)
			ward_wr_ch(&w, s.p[i++]);
	}
	out = any && !ward_wr_bad(&w) ? ward_arena_str(a, ward_wr_text(&w)) : s;
	bool ok = !ward_wr_bad(&w) && (out.p || !s.len);

	if (ok)
		v->s = out;
	ward_wr_fini(&w);
	return ok;
}

static bool each_value(struct ward_event *e, struct ward_value *v, ward_token_fn token, void *ctx,
	struct known *known)
{
	struct ward_value *item;

	if (v->kind != WARD_VALUE_LIST)
		return token ? hide(v, e->arena, token, ctx, known)
			     : v->kind != WARD_VALUE_STR || replace_parts(v, e->arena, known);
	item = ward_arena_array(e->arena, v->n, sizeof(*item));
	if (!item)
		return false;
	for (uint32_t i = 0; i < v->n; i++) {
		item[i] = v->item[i];
		if (!each_value(e, &item[i], token, ctx, known)) /* items are scalars: one level */
			return false;
	}
	v->item = item;
	return true;
}

enum ward_err ward_pseudonym_event(struct ward_event *e, ward_token_fn token, void *ctx)
{
	struct known known = {.n = 0};

	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].name < WARD_FIELD_N &&
			ward_field_info((enum ward_field_id)e->field[i].name)->identity ==
				WARD_IDENTITY_PERSON &&
			!each_value(e, &e->field[i].v, token, ctx, &known))
			return WARD_ERR_NOMEM;
	if (known.n)
		qsort(known.item, known.n, sizeof(*known.item), identity_cmp);
	for (size_t i = 0; known.n && i < e->n_field; i++)
		if (e->field[i].name < WARD_FIELD_N &&
			ward_field_info((enum ward_field_id)e->field[i].name)->identity ==
				WARD_IDENTITY_MAYBE &&
			!each_value(e, &e->field[i].v, NULL, NULL, &known))
			return WARD_ERR_NOMEM;
	return WARD_OK;
}

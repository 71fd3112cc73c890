#include "run/signing_priv.h"

static const ward_ns wait_most = 300 * WARD_NS_PER_S,
		     /* of a person from addresses that are new to us: short, since whoever guesses
			must not keep the person out */
	person_wait_most = 60 * WARD_NS_PER_S;

static bool is_v4(const uint8_t from[WARD_SIGN_FROM])
{
	static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

	return memcmp(from, mapped, sizeof(mapped)) == 0;
}

/* What of an address counts: of IPv6 its network. */
static size_t bytes_of(const uint8_t from[WARD_SIGN_FROM])
{
	return is_v4(from) ? WARD_SIGN_FROM : 8;
}

static bool is_same(const uint8_t a[WARD_SIGN_FROM], const uint8_t b[WARD_SIGN_FROM])
{
	return is_v4(a) == is_v4(b) && memcmp(a, b, bytes_of(a)) == 0;
}

struct ward_id ward_signing_from(const uint8_t from[WARD_SIGN_FROM])
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward sign from");
	ward_idgen_bytes(&g, from, bytes_of(from));
	return ward_idgen_final(&g);
}

const char *signing_kind_of(const uint8_t from[WARD_SIGN_FROM], bool local)
{
	static const uint8_t loopback[WARD_SIGN_FROM] = {[15] = 1};
	const uint8_t *v4 = from + 12;

	if (local)
		return "machine";
	if (memcmp(from, loopback, sizeof(loopback)) == 0 || (is_v4(from) && v4[0] == 127))
		return "loopback";
	if (is_v4(from) ? v4[0] == 10 || (v4[0] == 172 && (v4[1] & 0xF0) == 16) ||
				  (v4[0] == 192 && v4[1] == 168) || (v4[0] == 169 && v4[1] == 254)
			: (from[0] & 0xFE) == 0xFC || (from[0] == 0xFE && (from[1] & 0xC0) == 0x80))
		return "private"; /* RFC 1918, 3927, 4193, 4291 2.5.6 */
	return "public";
}

static bool is_familiar(const struct ward_account *a, const uint8_t from[WARD_SIGN_FROM])
{
	for (size_t i = 0; a && i < a->n_from; i++)
		if (is_same(a->from[i], from))
			return true;
	return false;
}

void signing_make_familiar(struct ward_account *a, const uint8_t from[WARD_SIGN_FROM])
{
	size_t k = 0;

	while (k < a->n_from && !is_same(a->from[k], from))
		k++;
	if (k == a->n_from) {
		a->n_from += a->n_from < WARD_ACCOUNT_FROM;
		k = a->n_from - 1;
	}
	memmove(a->from[1], a->from[0], k * WARD_SIGN_FROM);
	memcpy(a->from[0], from, WARD_SIGN_FROM);
}

struct keys {
	struct ward_id from, person, both;
};

static struct keys keys_of(const struct ward_sign *s)
{
	struct keys k = {.from = ward_signing_from(s->from)};
	struct ward_idgen g;

	ward_idgen_init(&g, "ward sign person");
	ward_idgen_str(&g, s->person);
	k.person = ward_idgen_final(&g);
	ward_idgen_init(&g, "ward sign person from");
	ward_idgen_str(&g, s->person);
	ward_idgen_id(&g, k.from);
	k.both = ward_idgen_final(&g);
	return k;
}

ward_ns signing_wait_of(const struct ward_signing *g, const struct ward_sign *s)
{
	ward_ns now = ward_clock_mono(g->o.clock);
	struct keys k = keys_of(s);
	const struct ward_account *a = ward_account_find(g->o.accounts, s->person);
	const ward_ns all[] = {ward_guess_wait(&g->guesses, k.from, now),
		ward_guess_wait(&g->guesses, k.both, now),
		is_familiar(a, s->from) ? 0 : ward_guess_wait(&g->guesses, k.person, now)};
	ward_ns most = 0;

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		most = all[i] > most ? all[i] : most;
	return most;
}

void signing_was_wrong(struct ward_signing *g, const struct ward_sign *s)
{
	ward_ns now = ward_clock_mono(g->o.clock);
	struct keys k = keys_of(s);

	ward_guess_wrong(&g->guesses, k.from, now, wait_most);
	if (!s->person.len)
		return;
	ward_guess_wrong(&g->guesses, k.both, now, wait_most);
	ward_guess_wrong(&g->guesses, k.person, now, person_wait_most);
}

void signing_was_right(struct ward_signing *g, const struct ward_sign *s)
{
	struct keys k = keys_of(s);

	ward_guess_right(&g->guesses, k.from);
	ward_guess_right(&g->guesses, k.both);
}

/* What api and login say to each other, what login knows of people, and its file of accounts: what
 * is read is read again from how it is written. The first byte says which it is. */
#include "fuzz.h"

#include "run/accounts.h"
#include "run/signers.h"

enum { OUT_BYTES = 16 << 20 };

static enum ward_err turn_sign(struct ward_slice s, struct ward_wr *to)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_sign x;
	enum ward_err err = ward_sign_get(&r, &x);

	if (err)
		return err;
	WARD_ASSERT((unsigned)x.what < WARD_SIGN_N);
	ward_sign_put(to, &x);
	return WARD_OK;
}

static enum ward_err turn_signed(struct ward_slice s, struct ward_wr *to)
{
	struct ward_rd r = ward_rd_slice(s);
	struct ward_signed x;
	enum ward_err err = ward_signed_get(&r, &x);

	if (err)
		return err;
	WARD_ASSERT((unsigned)x.err < WARD_ERR_N && x.wait >= 0);
	WARD_ASSERT(
		!x.has_session || (x.session.person.len && (x.session.n_role || x.session.wall)));
	ward_signed_put(to, &x);
	return WARD_OK;
}

static enum ward_err turn_decision(struct ward_slice s, struct ward_wr *to)
{
	struct ward_rd r = ward_rd_slice(s);
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_decision d;
	enum ward_err err = ward_sign_decide_get(&r, token, &d);

	if (!err)
		ward_sign_decide_put(to, token, &d);
	return err;
}

/* Nothing is written of it: whoever is found is found by their id. */
static enum ward_err turn_signers(struct ward_slice s, struct ward_wr *to)
{
	struct ward_signers x;
	enum ward_err err = ward_signers_read(&x, s);

	for (size_t i = 0; !err && i < x.n; i++) {
		WARD_ASSERT(ward_signers_find(&x, x.p[i].person) != NULL);
		for (uint32_t k = 0; k < x.id.n; k++)
			(void)ward_signers_within(&x, &x.p[i], ward_intern_at(&x.id, k));
		for (uint32_t k = 0; k < x.service.n; k++)
			(void)ward_signers_within(&x, &x.p[i], ward_intern_at(&x.service, k));
	}
	ward_signers_free(&x);
	ward_wr_u8(to, 0);
	return err ? err : WARD_ERR_MALFORMED;
}

static enum ward_err turn_accounts(struct ward_slice s, struct ward_wr *to)
{
	struct ward_limits lim;
	struct ward_accounts t;
	size_t bad, line;

	ward_limits_default(&lim);
	WARD_ASSERT(ward_accounts_init(&t, ward_mem_heap()) == WARD_OK);
	WARD_ASSERT(ward_accounts_read(&t, s, &lim, &bad, &line) == WARD_OK);
	for (size_t i = 0; i < t.n_s; i++)
		WARD_ASSERT(t.s[i].person[0] == '@' ||
			    ward_account_find(&t, ward_str_z(t.s[i].person)) != NULL);
	ward_accounts_write(&t, to);
	ward_accounts_fini(&t);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static enum ward_err (*const turn[])(struct ward_slice s, struct ward_wr * to) = {
		turn_sign, turn_signed, turn_decision, turn_signers, turn_accounts};
	size_t n = len ? len - 1 : 0, which = len ? data[0] % WARD_ARRAY_LEN(turn) : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), OUT_BYTES),
		       twice = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	enum ward_err err = turn[which](ward_slice_of(copy, n), &once);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_MALFORMED);
	WARD_ASSERT(!ward_wr_bad(&once));
	if (!err) {
		WARD_ASSERT(turn[which](ward_wr_slice(&once), &twice) == WARD_OK);
		WARD_ASSERT(once.len == twice.len &&
			    (!once.len || memcmp(once.p, twice.p, once.len) == 0));
	}
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
	free(copy);
	return 0;
}

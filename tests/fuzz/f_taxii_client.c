/* Answers of a TAXII server, one behind the other, in pieces: whatever it says, the client asks on
 * or says why not, and what it hands on is whole JSON. */
#include "fuzz.h"

#include "conf/conf.h"
#include "exchange/taxii_client.h"

enum { TURNS = 64 };

static struct ward_limits lim;

static enum ward_err got(void *ctx, struct ward_str id, struct ward_str bundle)
{
	struct ward_arena a;
	struct ward_diag d;
	const struct ward_conf *c;

	(void)ctx;
	WARD_ASSERT(id.len == 36);
	ward_arena_init(&a, ward_mem_heap(), 1 << 28);
	ward_diag_init(&d, ward_mem_heap());
	WARD_ASSERT(ward_conf_json(&a, &lim, WARD_STR("b"), 1, ward_str_bytes(bundle), &d, &c) ==
		    WARD_OK);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	return WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_counters counters;
	struct ward_taxii_client *c;
	ward_ns now = WARD_NS_PER_S;
	bool one = len && data[0] == '1';

	ward_limits_default(&lim);
	lim.v[WARD_LIMIT_CONF_DEPTH] = 64; /* a bundle is deeper than what is in it */
	ward_counters_init(&counters);
	const struct ward_taxii_client_opts o = {.mem = ward_mem_heap(),
		.lim = &lim,
		.counters = &counters,
		.host = WARD_STR("h"),
		.port = 443,
		.path = one ? WARD_STR("/collections/11111111-2222-4333-8444-555555555555/")
			    : WARD_STR("/root/"),
		.secret = WARD_STR("secret"),
		.every = WARD_NS_PER_S,
		.got = got};
	uint8_t *copy = fuzz_copy(data, len);
	size_t at = one;

	WARD_ASSERT(ward_taxii_client_new(&o, &c) == WARD_OK);
	for (unsigned i = 0; i < TURNS && at < len; i++) {
		struct ward_slice due;
		size_t n = 1 + (len - at) / 2;

		now = ward_httppoll_next(ward_taxii_client_poll(c)) > now
			      ? ward_httppoll_next(ward_taxii_client_poll(c))
			      : now;
		WARD_ASSERT(ward_httppoll_due(ward_taxii_client_poll(c), now, &due) == WARD_OK);
		ward_httppoll_sent(ward_taxii_client_poll(c), due.len);
		enum ward_err err = ward_httppoll_bytes(
			ward_taxii_client_poll(c), ward_slice_of(copy + at, n), now);

		WARD_ASSERT(!err || err == WARD_ERR_CLOSED || err == WARD_ERR_FOREIGN);
		at += n;
		if (err) {
			err = ward_httppoll_ended(ward_taxii_client_poll(c), now, NULL);
			WARD_ASSERT(!err || err == WARD_ERR_FOREIGN);
		}
	}
	ward_taxii_client_free(c);
	free(copy);
	return 0;
}

/* What a browser says of a security key. The first byte: 0 a whole of it as JSON; 1 the key's part
 * of a new one, behind what it must begin with, so that what reads its CBOR is met. Nothing that is
 * made up here answers for a key. */
#include "fuzz.h"

#include "base/id.h"
#include "run/webauthn.h"

#define ORIGIN "https://ward.example"

static const uint8_t challenge[WARD_WEBAUTHN_CHALLENGE];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char client[] =
		"{\"type\":\"webauthn.create\",\"origin\":\"" ORIGIN "\",\"challenge\":"
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
	const struct ward_webauthn_of of = {challenge, WARD_STR(ORIGIN), WARD_STR("ward.example")};
	size_t n = len ? len - 1 : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	struct ward_webauthn w = {.n_id = 16, .n_client = sizeof(client) - 1};
	struct ward_webauthn_key k = {.n_id = 0};
	struct ward_limits lim;
	enum ward_err err = WARD_OK;

	ward_limits_default(&lim);
	if (len && data[0] % 2) {
		memcpy(w.client, client, w.n_client);
		ward_sha256(ward_str_bytes(of.host), w.auth);
		w.n_auth = 32 + (n < sizeof(w.auth) - 32 ? n : sizeof(w.auth) - 32);
		memcpy(w.auth + 32, copy, w.n_auth - 32);
	} else {
		err = ward_webauthn_read((struct ward_str){(const char *)copy, n}, &lim, &w);
		WARD_ASSERT(!err || err == WARD_ERR_MALFORMED || err == WARD_ERR_LIMIT);
	}
	if (!err && ward_webauthn_made(&w, &of, &lim, &k) == WARD_OK)
		WARD_ASSERT(k.n_id == w.n_id);
	if (!err)
		WARD_ASSERT(ward_webauthn_answers(&w, &of, &lim, &k) != WARD_OK);
	free(copy);
	return 0;
}

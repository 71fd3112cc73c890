/* What an identity provider sends: keys, its discovery document, tokens beside each other, and an
 * ID token, of which none that was not signed by its key is taken. */
#include "fuzz.h"

#include "directory/oidc.h"

/* A key that nobody has the other half of: the point G of P-256 (FIPS 186-4 D.1.2.3). */
static const char one_key[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
			      "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
			      "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}]}";

static const struct ward_directory conf = {.kind = WARD_DIRECTORY_OIDC,
	.issuer = {"https://i/r", 11},
	.at = {{"i", 1}, 443, {"/r", 2}},
	.client = {"ward", 4},
	.person = {"preferred_username", 18},
	.groups_from = {"groups", 6},
	.address = {"https://w/", 10}};

static struct ward_limits lim;
static struct ward_jwt_keys *known;

static void answers(struct ward_slice s, struct ward_arena *a)
{
	struct ward_oidc_provider p;
	struct ward_oidc_tokens t;
	struct ward_jwt_keys *k;
	const char *why = NULL;
	size_t n, left;

	if (ward_jwt_keys_read(s, &lim, &k, &n, &left) == WARD_OK) {
		WARD_ASSERT(n <= WARD_JWT_KEYS);
		ward_jwt_keys_free(k);
	}
	if (ward_oidc_provider_read(&conf, s, &lim, &p, &why) == WARD_OK)
		WARD_ASSERT(p.token[0] == '/' && p.keys[0] == '/' &&
			    strncmp(p.authorize, "https://", 8) == 0);
	else
		WARD_ASSERT(why);
	if (ward_oidc_tokens_read(s, a, &lim, &t) == WARD_OK)
		WARD_ASSERT(t.refresh.len <= WARD_OIDC_REFRESH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct ward_jwt_wanted w = {.issuer = conf.issuer,
		.audience = conf.client,
		.nonce = WARD_STR("n"),
		.now = 1800000000 * WARD_NS_PER_S};
	uint8_t *copy = fuzz_copy(data, len);
	const struct ward_conf *claims = NULL;
	const char *why = NULL;
	struct ward_arena a;
	size_t n, left;

	if (!known) {
		ward_limits_default(&lim);
		WARD_ASSERT(ward_jwt_keys_read(ward_str_bytes(ward_str_z(one_key)), &lim, &known,
				    &n, &left) == WARD_OK &&
			    n == 1);
	}
	ward_arena_init(&a, ward_mem_heap(), WARD_JWT_ARENA);
	answers(ward_slice_of(copy, len), &a);
	WARD_ASSERT(ward_jwt_verify(known, ward_slice_text(ward_slice_of(copy, len)), &w, &a,
			    &claims, &why) != WARD_OK &&
		    why);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}

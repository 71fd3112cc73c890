/* The readers of hellos and certificates, and the fingerprints, on everything. */
#include "fuzz.h"

#include "sense/net/digest.h"
#include "sense/net/proto/tls/tls.h"

static void alone(struct ward_slice s)
{
	static char text[16384];
	char ja3[WARD_TLS_JA3], ja4[WARD_TLS_JA4];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_tls_hello h;
	struct ward_tls_cert c;

	if (ward_tls_client_hello(s, &h) || ward_tls_ssl2_hello(s, &h))
		WARD_ASSERT(ward_tls_ja3(&h, ja3) <= (strlen(ja3) == 32) &&
			    ward_tls_ja4(&h, 't', ja4) <= (strlen(ja4) == 36));
	if (ward_tls_server_hello(s, &h))
		WARD_ASSERT(ward_tls_ja3s(&h, ja3) <= (strlen(ja3) == 32));
	if (ward_tls_cert_read(s, &w, &c))
		WARD_ASSERT(c.n_san <= WARD_TLS_SANS && c.n_san <= c.n_san_seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *exact = fuzz_copy(data, len);

	WARD_ASSERT(ward_digest_start());
	alone(ward_slice_of(exact, len));
	free(exact);
	return 0;
}

/* Both sides of a TLS stream: the first byte says how many bytes the client sends; then the server
 * sends the rest, in two pieces. And the readers alone, on everything. */
#include "fuzz.h"

#include "../unit/sense/net/lab.h"
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
			    ward_tls_ja4(&h, ja4) <= (strlen(ja4) == 36));
	if (ward_tls_server_hello(s, &h))
		WARD_ASSERT(ward_tls_ja3s(&h, ja3) <= (strlen(ja3) == 32));
	if (ward_tls_cert_read(s, &w, &c))
		WARD_ASSERT(c.n_san <= WARD_TLS_SANS && c.n_san <= c.n_san_seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct ward_packet up = {
		.proto = WARD_PROTO_TCP, .src_port = 5000, .dst_port = 443};
	static const struct ward_packet down = {
		.proto = WARD_PROTO_TCP, .src_port = 443, .dst_port = 5000};
	static struct lab lab;
	uint8_t *exact = fuzz_copy(data, len);

	if (!lab.module)
		lab_init(&lab, "tls", WARD_PROTO_TCP);
	ward_wr_reset(&lab.out);
	alone(ward_slice_of(exact, len));
	if (len > 1) {
		struct lab_flow *f = lab_flow_new(&lab, data[0] & 1);
		size_t n = data[0] < len - 1 ? data[0] : len - 1, rest = len - 1 - n;

		(void)lab_feed(&lab, f, &up, true, ward_slice_of(exact + 1, n));
		(void)lab_feed(&lab, f, &down, false, ward_slice_of(exact + 1 + n, rest / 2));
		(void)lab_feed(&lab, f, &down, false,
			ward_slice_of(exact + 1 + n + rest / 2, rest - rest / 2));
		lab_flow_free(&lab, f);
	}
	free(exact);
	return 0;
}

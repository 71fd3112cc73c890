/* One message of DNS or its kin. What is said about it must be inside of it, and be text. */
#include "fuzz.h"

#include "sense/net/proto/dns/dns.h"

static void check(const struct ward_dns *m, bool ok, size_t len)
{
	WARD_ASSERT(ok == (m->reason == WARD_DNS_REASON_N));
	WARD_ASSERT(m->off <= len && m->trailing <= len);
	WARD_ASSERT(m->n_question <= WARD_DNS_QUESTIONS && m->n_record <= WARD_DNS_RECORDS);
	WARD_ASSERT(m->n_option <= WARD_DNS_OPTIONS);
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->client_subnet), NULL));
	for (size_t i = 0; i < m->n_question; i++) {
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->question[i].name), NULL));
		WARD_ASSERT(m->question[i].name.len <= WARD_DNS_TEXT);
	}
	for (size_t i = 0; i < m->n_record; i++) {
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->record[i].name), NULL));
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(m->record[i].data), NULL));
		WARD_ASSERT(m->record[i].data.len <= WARD_DNS_TEXT);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	/* Text of two sizes: room for all, and room for little. */
	static const size_t room[] = {16384, 24};
	static struct ward_dns m;

	for (unsigned kind = WARD_DNS_UNICAST; kind <= WARD_DNS_NETBIOS; kind++) {
		for (size_t i = 0; i < WARD_ARRAY_LEN(room); i++) {
			uint8_t *exact = fuzz_copy(data, len), *buf = malloc(room[i]);
			struct ward_slice s = ward_slice_of(exact, len);
			struct ward_wr text = ward_wr_fixed(buf, room[i]);

			WARD_ASSERT(buf);
			bool ok = ward_dns_parse(s, (enum ward_dns_kind)kind, &text, &m);

			check(&m, ok, len);
			(void)ward_dns_probe(s, len);
			free(exact);
			free(buf);
		}
	}
	return 0;
}

/* What the files of the DNS parser share: one message being read. */
#ifndef WARD_SENSE_NET_DNS_READER_H
#define WARD_SENSE_NET_DNS_READER_H

#include "sense/net/proto/dns/dns.h"

struct ward_dns_rd {
	struct ward_slice message;
	struct ward_rd r; /* offsets are those of the message; may end earlier */
	struct ward_wr *text;
	struct ward_dns *m;
	bool silent; /* read past names and values, keep no text */
};

/* Says why and where; always false. Later reasons do not replace the first. */
bool ward_dns_fail(struct ward_dns_rd *b, enum ward_dns_reason why, size_t off);
/* Text that begins at `from` of b->text, or the empty text, counted, if it did not fit. */
struct ward_str ward_dns_text(struct ward_dns_rd *b, size_t from);

/* name.c: takes a name off b->r and appends its text; false with a reason. */
WARD_MUST_CHECK bool ward_dns_name(struct ward_dns_rd *b);
/* rdata.c: all of b->r is the data of one record; appends its text. */
WARD_MUST_CHECK bool ward_dns_rdata(struct ward_dns_rd *b, uint16_t type, uint16_t class);
/* edns.c: all of b->r is the data of the OPT record. */
WARD_MUST_CHECK bool ward_dns_options(struct ward_dns_rd *b);

#endif

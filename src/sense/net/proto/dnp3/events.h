/* The events of DNP3. Private to this folder. */
#ifndef WARD_SENSE_NET_DNP3_EVENTS_H
#define WARD_SENSE_NET_DNP3_EVENTS_H

#include "sense/net/dissector.h"
#include "sense/net/proto/dnp3/dnp3.h"

/* A request without its response yet. */
struct ward_dnp3_pending {
	bool open, has_login;
	uint8_t sequence, function;
	uint16_t dst, src;
	uint8_t side;
	struct ward_dnp3_object object; /* the first; group 0 variation 0: none */
	ward_ns time;
};

struct ward_dnp3_event {
	const struct ward_dnp3_link *link;
	const struct ward_dnp3 *app;             /* NULL: a frame of the link layer alone */
	const struct ward_dnp3_pending *request; /* that it answers; or NULL */
	bool joins;                              /* requests are kept */
	unsigned n_segment;
	const char *anomaly; /* NULL: none */
};

extern const char *const ward_dnp3_reasons[WARD_DNP3_REASON_N];

bool ward_dnp3_name_at(size_t i, struct ward_wr *w);
void ward_dnp3_emit(const struct ward_dissect *d, const struct ward_dnp3_event *e);
void ward_dnp3_emit_unanswered(
	const struct ward_dissect *d, const struct ward_dnp3_pending *p, bool turned);
/* Segments that can't be put together. */
void ward_dnp3_emit_broken(const struct ward_dissect *d, const struct ward_dnp3_link *l);

#endif

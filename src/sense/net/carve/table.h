/* A file of the table, shared by the files of this folder only. */
#ifndef WARD_SENSE_NET_CARVE_TABLE_H
#define WARD_SENSE_NET_CARVE_TABLE_H

#include "sense/net/carve/magic.h"
#include "sense/net/sensor.h"

struct ward_file {
	struct ward_carve_list *owner; /* NULL: it has ended */
	struct ward_file *prev, *next; /* of the same owner */
	const char *service;
	struct ward_hashes *hash;     /* NULL: a byte is missing, or libcrypto has failed */
	struct ward_decoder *decoder; /* NULL: what comes is the content */
	struct ward_parts *parts;     /* NULL: it has none, or they are not read */
	uint32_t inside;              /* parts: number of the one that comes */
	struct ward_chunks held;      /* what came early: behind `at`, never there */
	uint64_t at;                  /* what lies before it was delivered or is missing */
	uint64_t seen, sent, missing, missing_at, total; /* as in struct ward_file_result */
	bool has_total, part, nameless;
	bool decoded;              /* content is not what is sent */
	bool over;                 /* nothing can be made of what still comes */
	enum ward_file_end spoilt; /* WHOLE: it is not */
	ward_ns begin, last;
	struct ward_file_range range;
	struct ward_file_ends ends;
	struct ward_file_result result; /* once it has ended */
	struct {
		uint32_t field;
		uint16_t len;
	} note[WARD_FILE_NOTES]; /* texts one behind the other */
	uint8_t n_note;
	uint16_t n_first;
	uint8_t first[WARD_FILE_FIRST]; /* from here on not zeroed */
	char text[WARD_FILE_TEXT];
};

/* carve.c: as ward_carve_begin, for the same side as another file; and the next bytes. */
uint32_t ward_file_begin(struct ward_net *n, struct ward_carve_list *owner,
	const struct ward_file_ends *ends, const struct ward_file_meta *m);
void ward_file_add(struct ward_net *n, uint32_t number, struct ward_slice bytes);

/* inside.c: the parts of f, which has f->parts after begin, unless there is no room or they can't
 * be read; end gives that back. */
void ward_inside_begin(struct ward_net *n, struct ward_file *f, const struct ward_file_meta *m);
void ward_inside_bytes(struct ward_net *n, struct ward_file *f, struct ward_slice bytes);
void ward_inside_gap(struct ward_net *n, struct ward_file *f);
void ward_inside_end(struct ward_net *n, struct ward_file *f, bool whole);

/* event.c: gives the event that was put; NULL: none was. */
const struct ward_event *ward_file_tell(struct ward_net *n, const struct ward_file *f);

#endif

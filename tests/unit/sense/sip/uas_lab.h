/* A user agent server on a bench: what it says and what it records. */
#ifndef WARD_TESTS_UAS_LAB_H
#define WARD_TESTS_UAS_LAB_H

#include "sense/sip/uas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define S WARD_NS_PER_S
#define CONTACT "Contact: <sip:4711@192.0.2.50:5062>\r\n"

enum { TEXT = 8192, EVENTS = 512 };

struct fix {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_sip_places *places;
	struct ward_uas_opts o;
	struct ward_uas *u;
	struct ward_uas_peer from;
	enum ward_uas_taken taken;
	ward_ns mono;
	char said[TEXT], event[TEXT]; /* the last of each */
	uint16_t port;                /* where the last answer went */
	size_t n_said, n_event;
	struct ward_id id;
};

/* A request with the fields that each has; fields with their line ends, body as it is. */
struct ask {
	const char *method, *number, *from, *call, *fields, *body;
	unsigned cseq;
};

void begin(struct fix *x);
void again(struct fix *x);
int setup(void **state);
int teardown(void **state);
void hear_bytes(struct fix *x, const char *p, size_t n);
void ask(struct fix *x, struct ask a);
void has(const char *text, const char *part);
void lacks(const char *text, const char *part);
uint64_t count(const struct fix *x, const char *name);

#endif

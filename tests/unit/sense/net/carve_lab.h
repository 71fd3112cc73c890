/* A connection of the lab's on which files pass, and a sink that holds what it is given against
 * what is told. */
#ifndef WARD_TESTS_CARVE_LAB_H
#define WARD_TESTS_CARVE_LAB_H

#include "proto_lab.h"

#include "sense/net/proto/dissectors.h"

enum { CARVE_TAKEN = 65536 };

struct carve_told {
	size_t begun, ended, told, with_event;
	uint64_t at, gaps; /* of the last file that began */
	uint64_t sent;     /* bytes of it, as they came */
	struct ward_file_result result;
};

extern struct proto_lab lab;
extern struct carve_told told;
/* What the sink was given: content, and what was sent. */
extern uint8_t taken[CARVE_TAKEN], sent[CARVE_TAKEN];
extern const struct ward_file_sink carve_sink;

int carve_lab_open(void **state);
int carve_lab_close(void **state);
void again(const struct ward_dissector *module);
enum ward_verdict feed(unsigned side, const char *text);
void expect_told(const char *what, size_t n);
/* One file event with this text, of these bytes, which the sink had. */
void expect_file(const char *body, const char *what);
struct ward_dissect call(void);
uint32_t open_file(void);
void give(uint32_t number, uint64_t off, const char *text);

#endif

/* An inventory over a few rules, fed with event lines: for the tests of this room and its fuzzer.
 */
#ifndef WARD_TESTS_MODEL_INVENTORY_LAB_H
#define WARD_TESTS_MODEL_INVENTORY_LAB_H

#include "../lab.h"
#include "event/json.h"
#include "model/inventory/change.h"
#include "model/inventory/report.h"

struct inv_lab {
	struct lab hospital;
	struct ward_names names;
	struct ward_json_reader json;
	struct ward_inv_rules *rules;
	struct ward_inventory *inv;
	struct ward_places *places;
	struct ward_arena arena; /* of the view */
	struct ward_candidate *c;
	size_t n;
};

extern const char inv_lab_rules[];

/* With these rules (NULL: the usual). True when they had no findings. */
bool inv_lab_open(struct inv_lab *l, const char *rules);
void inv_lab_close(struct inv_lab *l);
/* One event, for devices and places: its class, its second, and its fields as JSON members. */
void inv_lab_event(struct inv_lab *l, const char *class, int second, const char *fields);
/* Looks anew, with the hospital or without. */
void inv_lab_view(struct inv_lab *l, bool hospital);
struct ward_inv_report inv_lab_report(const struct inv_lab *l, bool hospital);
const struct ward_candidate *inv_lab_find(const struct inv_lab *l, const char *address);

#endif

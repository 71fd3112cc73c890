/* What the inventory says, for people and for programs: a table, the reasons for one host, JSON
 * lines, a CSV file that the hospital directory takes in, CycloneDX. Pure writers over a view; what
 * comes from the network is written without control characters. */
#ifndef WARD_MODEL_INVENTORY_REPORT_H
#define WARD_MODEL_INVENTORY_REPORT_H

#include "model/inventory/inventory.h"
#include "model/inventory/place.h"

struct ward_inv_report { /* all borrowed */
	const struct ward_inv_rules *rules;
	const struct ward_model *model;   /* or NULL */
	const struct ward_places *places; /* or NULL */
	const struct ward_candidate *c;
	size_t n;
	ward_ns now;
	size_t width; /* of the table; 0: as wide as it gets */
	bool colour;
};

void ward_inv_write_table(const struct ward_inv_report *r, struct ward_wr *w);
/* Every claim about one candidate, with its rule and evidence. */
void ward_inv_write_why(
	const struct ward_inv_report *r, const struct ward_candidate *c, struct ward_wr *w);
/* One object per candidate and line, "kind":"asset". */
void ward_inv_write_json(const struct ward_inv_report *r, struct ward_wr *w);
/* Rows of `assets` for what the directory does not know yet: to be looked through and put there. */
void ward_inv_write_csv(const struct ward_inv_report *r, struct ward_wr *w);
/* One CycloneDX 1.6 document (ECMA-424). */
void ward_inv_write_cyclonedx(const struct ward_inv_report *r, struct ward_wr *w);

/* The candidate of an address (hardware or IP) or of an asset's id, or NULL. */
const struct ward_candidate *ward_inv_find(const struct ward_inv_report *r, struct ward_str what);
/* Where it stands, the surest first; the number of answers. */
size_t ward_inv_where(const struct ward_inv_report *r, const struct ward_candidate *c,
	struct ward_placement ret[WARD_PLACEMENTS]);
/* The name of its class for people ("CT scanner"), empty when nothing is known. */
struct ward_str ward_inv_what(const struct ward_inv_report *r, const struct ward_candidate *c);
const char *ward_inv_status_text(const struct ward_candidate *c);
/* The name to show: not those of one protocol, such as "bacnet:12". Empty when there is none. */
struct ward_str ward_inv_name(const struct ward_inv_report *r, const struct ward_candidate *c);

#endif

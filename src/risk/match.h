/* Is what an advisory speaks of this device? Pure; faces texts of outsiders. */
#ifndef WARD_RISK_MATCH_H
#define WARD_RISK_MATCH_H

#include "risk/version.h"

struct ward_node;
struct ward_about;
struct ward_product;

/* Are all words of one among those of the other, letter case and punctuation aside? "Philips" and
 * "Philips Healthcare", "M8" and "Vitalia M8"; never of an empty name. */
bool ward_names_agree(struct ward_str a, struct ward_str b);
/* By what a product is taken for the device; the better the higher. */
enum ward_match {
	WARD_MATCH_WORDS, /* one's name is a part of the other's: "M8" and "M8 Pro" */
	WARD_MATCH_NAME,  /* the product's names are of the same words */
	WARD_MATCH_ID,    /* a CPE, a purl or the asset's own id */
};
/* NO unless the maker's and the product's names agree, or a CPE or purl names the same; YES when
 * the version is in the range, too, and no part is spoken of that the device may lack. */
enum ward_fit ward_product_fit(const struct ward_product *p, const struct ward_node *device,
	const struct ward_about *about, enum ward_match *ret_by);

#endif

/* Facts of the label under which a name was registered, by which rules tell names that programs
 * made up from those that people did. No verdict: only counts. Pure. */
#ifndef WARD_SENSE_NET_DNS_LABEL_H
#define WARD_SENSE_NET_DNS_LABEL_H

#include "base/slice.h"

struct ward_dns_label {
	struct ward_str text;     /* part of the name */
	unsigned length;          /* bytes */
	unsigned digits_permille; /* of length */
	unsigned vowels_permille; /* a e i o u y, of its letters */
	unsigned consonants;      /* the longest run of them */
	/* How rare its pairs of letters are in ordinary names: the mean of -log2 P(second | first),
	 * in tenths of bits; 0 without a pair. tools/name-pairs says where P comes from. */
	unsigned rarity;
};

/* Of a name as text, labels by dots: the last but one, or the one before where the last has two
 * letters and that is a word like "co" or "org". No list of public suffixes is asked, so under
 * others (dynamic DNS) it is the provider's. False: a name of one label, or of the reverse tree. */
bool ward_dns_label_of(struct ward_str name, struct ward_dns_label *ret);

#endif

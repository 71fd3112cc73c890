/* A connection out of fuzz bytes, as proto_lab_records reads it. */
#ifndef WARD_TESTS_FUZZ_PROTO_H
#define WARD_TESTS_FUZZ_PROTO_H

#include "fuzz.h"

#include "proto_lab.h"

static inline int fuzz_proto(
	const struct ward_dissector *module, bool trusted, const uint8_t *data, size_t len)
{
	static struct proto_lab lab;

	if (!lab.net)
		proto_lab_open(&lab, module);
	proto_lab_again(&lab, module);
	proto_lab_unlearn(&lab);
	proto_lab_forget(&lab);
	lab.trusted = trusted;
	proto_lab_records(&lab, ward_slice_of(data, len));
	return 0;
}

#endif

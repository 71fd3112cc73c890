/* Exports that hold their records within one JSON value: where the records begin.
 *
 * {"Records":[…]} (AWS CloudTrail), {"records":[…]} (Azure Monitor), {"value":[…]} (Microsoft
 * Graph, Azure), {"hits":{"hits":[{"_source":{…}}]}} (Elasticsearch), before which, and on one line
 * also behind which, only what these say of themselves stands ("@odata.context", "took" …): a
 * record that has such a member beside its own is left whole. Pure; sees untrusted bytes;
 * O(WARD_WRAP_HEAD_MAX), and of an export's line O(line). */
#ifndef WARD_SENSE_LOG_WRAP_H
#define WARD_SENSE_LOG_WRAP_H

#include "base/slice.h"

enum { WARD_WRAP_HEAD_MAX = 4096 }; /* bytes up to the first record; an export with more is none */

struct ward_wrap {
	size_t len;     /* of what stands before the first record */
	unsigned depth; /* braces to close behind the last one */
	bool source;    /* each record is the `_source` of an element */
};

enum ward_wrap_is { WARD_WRAP_NO, WARD_WRAP_YES, WARD_WRAP_MORE };

/* Does an export begin with s, whose first byte is a '{'? MORE: it may, if more bytes follow, up to
 * the end of the line; never with end. *ret is set with YES. */
enum ward_wrap_is ward_wrap_begin(struct ward_str s, bool end, struct ward_wrap *ret);
/* The object that an element of Elasticsearch has as `_source`; false: it has none. O(element). */
bool ward_wrap_source(struct ward_str element, struct ward_str *ret);

#endif

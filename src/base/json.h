/* JSON text out, written straight into a struct ward_wr.
 *
 * Commas and escaping are kept by the writer. Text that is not UTF-8 is written with U+FFFD for
 * each bad byte, so that the output is always valid JSON (RFC 8259). Reading JSON is in event/. */
#ifndef WARD_BASE_JSON_H
#define WARD_BASE_JSON_H

#include "base/clock.h"
#include "base/id.h"
#include "base/wr.h"

struct ward_json {
	struct ward_wr *w; /* borrowed */
	uint64_t comma;    /* bit d: a comma is due at depth d */
	unsigned depth;    /* < 64 */
	bool after_key;
};

static inline struct ward_json ward_json_on(struct ward_wr *w)
{
	return (struct ward_json){.w = w};
}

void ward_json_obj(struct ward_json *j);
void ward_json_obj_end(struct ward_json *j);
void ward_json_arr(struct ward_json *j);
void ward_json_arr_end(struct ward_json *j);
void ward_json_key(struct ward_json *j, const char *key);
void ward_json_key_str(struct ward_json *j, struct ward_str key);
void ward_json_str(struct ward_json *j, struct ward_str s);
/* At most max bytes of s, cut between characters with "…" put after; max >= 3. For records whose
 * size is bounded: the text then takes at most 6 * max + 2 bytes. */
void ward_json_str_cut(struct ward_json *j, struct ward_str s, size_t max);
void ward_json_z(struct ward_json *j, const char *s);
void ward_json_u64(struct ward_json *j, uint64_t v);
void ward_json_i64(struct ward_json *j, int64_t v);
void ward_json_bool(struct ward_json *j, bool v);
void ward_json_null(struct ward_json *j);
/* RFC 3339 text. */
void ward_json_time(struct ward_json *j, ward_ns t);
/* Text that is JSON already: the caller vouches for it. */
void ward_json_raw(struct ward_json *j, struct ward_str s);
/* millionths as a decimal fraction, exactly: 250000 gives 0.25. */
void ward_json_micro(struct ward_json *j, int64_t millionths);

/* A member: its key and its value. */
void ward_json_put_str(struct ward_json *j, const char *key, struct ward_str s);
void ward_json_put_z(struct ward_json *j, const char *key, const char *s);
void ward_json_put_u64(struct ward_json *j, const char *key, uint64_t v);
void ward_json_put_i64(struct ward_json *j, const char *key, int64_t v);
void ward_json_put_bool(struct ward_json *j, const char *key, bool v);
void ward_json_put_micro(struct ward_json *j, const char *key, int64_t millionths);
void ward_json_put_time(struct ward_json *j, const char *key, ward_ns t);
/* null for WARD_NS_NEVER. */
void ward_json_put_time_or_null(struct ward_json *j, const char *key, ward_ns t);
void ward_json_put_null(struct ward_json *j, const char *key);
void ward_json_put_id(struct ward_json *j, const char *key, struct ward_id id);

#endif

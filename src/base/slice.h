/* Borrowed views: bytes (struct ward_slice) and text (struct ward_str).
 *
 * A view owns nothing and dies with the buffer that it looks into. Lengths are in bytes; nothing
 * here is NUL-terminated. All functions are pure, safe in any thread, and accept empty views. */
#ifndef WARD_BASE_SLICE_H
#define WARD_BASE_SLICE_H

#include "base/attr.h"

#include <string.h>

struct ward_slice {
	const uint8_t *p;
	size_t len;
};

struct ward_str {
	const char *p;
	size_t len;
};

/* A string literal as text. */
#define WARD_STR(lit) ((struct ward_str){"" lit, sizeof(lit) - 1})
/* The printf arguments for "%.*s"; a length over INT_MAX is cut. */
#define WARD_STR_ARG(s) ((int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len)), ((s).p ? (s).p : "")

/* Borrows p; p may be NULL (gives the empty text). O(len). */
static inline struct ward_str ward_str_z(const char *p)
{
	return (struct ward_str){p, p ? strlen(p) : 0};
}

static inline struct ward_slice ward_slice_of(const void *p, size_t len)
{
	return (struct ward_slice){p, len};
}

static inline struct ward_slice ward_str_bytes(struct ward_str s)
{
	return (struct ward_slice){(const uint8_t *)s.p, s.len};
}

/* The bytes are not checked: for sinks that escape, and for comparisons. */
static inline struct ward_str ward_slice_text(struct ward_slice s)
{
	return (struct ward_str){(const char *)s.p, s.len};
}

static inline bool ward_str_eq(struct ward_str a, struct ward_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool ward_str_eqz(struct ward_str a, const char *b)
{
	return ward_str_eq(a, ward_str_z(b));
}

/* Byte order, shorter first on a common prefix; the order used wherever output must be stable. */
int ward_str_cmp(struct ward_str a, struct ward_str b);
/* ASCII letters only are folded. */
bool ward_str_ieq(struct ward_str a, struct ward_str b);
bool ward_str_starts(struct ward_str s, struct ward_str prefix);
bool ward_str_ends(struct ward_str s, struct ward_str suffix);
/* Offset of the first needle in s, or SIZE_MAX. The empty needle is found at 0. O(s * needle) at
 * worst, near O(s) on text. */
size_t ward_str_find(struct ward_str s, struct ward_str needle);
/* The part from off on, at most len bytes; cut to what is there. */
struct ward_str ward_str_sub(struct ward_str s, size_t off, size_t len);
/* Without ASCII blanks, tabs, CR and LF at both ends. */
struct ward_str ward_str_trim(struct ward_str s);
/* Cuts the part before the first sep off *rest and returns it; *rest is what follows, or p == NULL
 * when this was the last part. */
struct ward_str ward_str_cut(struct ward_str *rest, char sep);
/* Bytes of the well-formed character (RFC 3629 section 4) at p, where left > 0 bytes are; 0: none.
 */
size_t ward_utf8_len(const uint8_t *p, size_t left);
/* Valid UTF-8 by RFC 3629 (no surrogates, no overlong forms, at most U+10FFFF). On false and with
 * ret_off given, *ret_off is the offset of the first bad sequence. */
bool ward_utf8_valid(struct ward_slice s, size_t *ret_off);
/* Decimal digits only, whole text; false when empty, anything else, or over UINT64_MAX. */
bool ward_str_u64(struct ward_str s, uint64_t *ret);
/* As ward_str_u64 with an optional leading '-'. */
bool ward_str_i64(struct ward_str s, int64_t *ret);
/* Hex digits in pairs, either case, exactly cap bytes; on false ret is untouched. */
bool ward_str_unhex(struct ward_str s, uint8_t *ret, size_t cap);

#endif

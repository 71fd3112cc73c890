/* Compiler attributes and the few macros that need them.
 *
 * The only header that names GCC/Clang extensions; everything else uses these
 * words. Safe to include anywhere; holds no state. */
#ifndef WARD_BASE_ATTR_H
#define WARD_BASE_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WARD_MUST_CHECK __attribute__((warn_unused_result))
#define WARD_PRINTF(fmt, arg) __attribute__((format(printf, fmt, arg)))
#define WARD_NORETURN __attribute__((noreturn))
#define WARD_UNUSED __attribute__((unused))
#define WARD_FALLTHROUGH __attribute__((fallthrough))

/* A local that releases itself: `WARD_AUTO(ward_model_freep) struct ward_model *m = NULL;`.
 * fn gets the address of the variable. Hand the value on with ward_steal(). */
#define WARD_AUTO(fn) __attribute__((cleanup(fn)))
#define ward_steal(p)                        \
	__extension__({                      \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	})

/* A function for processors that can more than all have (ask before it is called), and one that
 * becomes part of its callers, so that they make it for their processor. */
#define WARD_TARGET(isa) __attribute__((target(isa)))
#define WARD_ALWAYS_INLINE __attribute__((always_inline)) inline

/* A large array of an inner loop, each element of which is written before it is read: it is not
 * set to zero first, as all others are. */
#if __has_attribute(uninitialized)
#define WARD_UNSET __attribute__((uninitialized))
#else
#define WARD_UNSET
#endif

#define WARD_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Checked arithmetic on any integer type: true when *ret holds the exact result, false when it
 * would not fit (then *ret is the wrapped value and must not be used). */
#define ward_add(a, b, ret) (!__builtin_add_overflow((a), (b), (ret)))
#define ward_sub(a, b, ret) (!__builtin_sub_overflow((a), (b), (ret)))
#define ward_mul(a, b, ret) (!__builtin_mul_overflow((a), (b), (ret)))

/* "We are wrong": always compiled in, prints the place on standard error and aborts. Never on
 * anything an outsider controls. */
WARD_NORETURN void ward_assert_fail(const char *expr, const char *file, int line);
#define WARD_ASSERT(expr) ((expr) ? (void)0 : ward_assert_fail(#expr, __FILE__, __LINE__))

#endif

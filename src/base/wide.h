/* WARD_WIDE: a function of loops that is made twice, for processors with AVX2 and for all others.
 *
 * Which of the two is called is settled before main. The loops are plain C, and give the same
 * either way: nothing that rounds may be summed in them. Sanitizers can't be asked so early, and
 * Clang makes it once. Beside attr.h, since few need it; holds no state. */
#ifndef WARD_BASE_WIDE_H
#define WARD_BASE_WIDE_H

#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define WARD_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WARD_WIDE
#endif

#endif

/* Inside proof: what the board's report and its object share. */
#ifndef WARD_PROOF_BOARD_PRIV_H
#define WARD_PROOF_BOARD_PRIV_H

#include "proof/board.h"

typedef void (*board_say_fn)(void *ctx, struct ward_str text);
/* Each thing that the board must decide, in words, the most urgent first. */
void board_decide(const struct ward_board *b, board_say_fn fn, void *ctx);
enum ward_norm_state board_state(const struct ward_proof_tell *t, const struct ward_norm *n,
	const struct ward_norm_control *c);
/* Millionths as "36 %". */
void board_percent(struct ward_wr *w, struct ward_lang *lang, int64_t micro);
/* Lives until the next. */
struct ward_str board_number(uint64_t n);

/* The rows of its table: which numbers, in which order. */
extern const enum ward_fact board_row[];
extern const size_t board_n_row;

#endif

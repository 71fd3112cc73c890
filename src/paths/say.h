/* How plans, steps and measures are put into words. Internal to the room. */
#ifndef WARD_PATHS_SAY_H
#define WARD_PATHS_SAY_H

#include "paths/paths.h"
#include "words/words.h"

/* What is told, and where to, in ask->lang; all borrowed. */
struct ward_say {
	const struct ward_paths *p;
	const struct ward_paths_world *w;
	const struct ward_paths_ask *ask;
	struct ward_wr *to;
};

/* The node's name; "the attacker" for the number of nodes. */
struct ward_str ward_say_name(const struct ward_say *o, uint32_t node);
struct ward_str ward_say_threat(const struct ward_say *o, uint32_t threat);
/* Per cent with one place below 10 and "under 0.1" below that: "2.5 %". */
void ward_say_percent(struct ward_wr *w, struct ward_lang *lang, int64_t micro);
/* "30 to 70 %", "sure". */
void ward_say_chance(struct ward_wr *w, struct ward_lang *lang, int64_t lo, int64_t hi);
void ward_say_money(struct ward_wr *w, struct ward_lang *lang, uint64_t hundreds);
/* Millionths, with the language's decimal mark. */
void ward_say_units(struct ward_wr *w, struct ward_lang *lang, int64_t micro);
/* 2^-(bits / 4096) in millionths: halvings, then the fraction by square roots of a half. */
int64_t ward_say_likelihood(uint64_t bits);
/* NULL for a step that is none of the attacker's. */
const struct ward_attack_step *ward_say_attack(const struct ward_say *o, uint32_t step);
/* A sentence without a full stop: what is done, or what follows. */
void ward_say_step(const struct ward_say *o, uint32_t step);
/* A move that is sure and that nothing tries to hinder. */
bool ward_say_plain(const struct ward_say *o, uint32_t step);
/* Is step i of the plan a piece of a walk that the next of its steps goes on with? Of a walk only
 * the last place is told. */
bool ward_say_walks_on(const struct ward_say *o, const struct ward_paths_plan *plan, size_t i);
/* As ward_say_step, a walk by where it ends. */
void ward_say_done(const struct ward_say *o, uint32_t step);
/* A measure, its price, and behind a gap what it costs care. */
void ward_say_measure(
	const struct ward_say *o, const struct ward_paths_measure *x, const char *gap);
/* The same as an item of a list. */
void ward_say_item(const struct ward_say *o, const struct ward_paths_measure *x);
/* How likely an attack step is, how long it takes, who may see it; without a line's end. */
void ward_say_details(const struct ward_say *o, uint32_t step);
/* A plan in one line, without its end: how likely, how much work, for how much, how noticed. */
void ward_say_head(const struct ward_say *o, const struct ward_paths_plan *plan);
/* What is left of each service's risk, a line each. */
void ward_say_rest(const struct ward_say *o);

#endif

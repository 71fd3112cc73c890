/* The story for people: output records in, a short text out, as it unfolds.
 *
 * `ward replay` (in process) and the teller process (rows of the store) hand in the JSON text of
 * one record at a time, in the order in which the brain gave them. What is told: each new sign, why
 * it belongs to the attack, the first step and whose it is, which care services will be hit, when
 * and why, and later only what changed. Records are not trusted: see story/record.h and
 * story/text.h. Times are those of story/zone.h. No clock: "now" is the time of the latest sign,
 * in a summary what the caller says.
 * Single-threaded; owns all its memory; the same records give the same text. */
#ifndef WARD_STORY_STORY_H
#define WARD_STORY_STORY_H

#include "base/counter.h"
#include "base/limit.h"
#include "base/wr.h"

struct ward_lang;
struct ward_story;

struct ward_story_opts {
	const struct ward_mem *mem;
	const struct ward_limits *lim;
	struct ward_lang *lang;         /* words/words.h; NULL: English */
	struct ward_counters *counters; /* story.rejected, story.forgotten, story.late …; or NULL */
	struct ward_str hospital;       /* its name, for the heading; may be empty */
	struct ward_str zone;           /* what its local time is called: "Europe/Rome" */
	struct ward_str all; /* the command that shows all: "ward replay --json"; empty: none */
	size_t width;        /* columns; 0: unknown, 80 */
	bool colour;
};

/* Copies lim and the texts, borrows mem, lang and counters. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_story_new(
	const struct ward_story_opts *o, struct ward_story **ret);
void ward_story_free(struct ward_story *s);

/* Takes in one record and writes to out what it makes worth telling; often nothing, since what
 * follows from an incident is told once all its impacts are in: when another incident or a
 * detection comes, or at ward_story_flush. Kinds that it does not know it leaves. Borrows json for
 * the call.
 * A record that can't be read gives the reader's error (MORE, MALFORMED, UTF8, DUPLICATE, LIMIT,
 * FOREIGN), is counted, and changes nothing. NOMEM: the story may lack what the record said.
 * Either way nothing of the record is written. O(text + incidents + signs of its incident). */
WARD_MUST_CHECK enum ward_err ward_story_record(
	struct ward_story *s, struct ward_str json, struct ward_wr *out);

/* All records of one event (or of one batch) are in: tells what was held back. Writes nothing when
 * there is nothing new. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_story_flush(struct ward_story *s, struct ward_wr *out);

/* Flushes, and sums up: the incidents with their signs, services and first steps, as they look at
 * `now`, or at the last sign if that is later (0: no clock). n_event is how many events were looked
 * at (0: not known). The story can go on after it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_story_end(
	struct ward_story *s, uint64_t n_event, ward_ns now, struct ward_wr *out);

/* All that was told until now went to nobody: sums up the latest of it, if there was anything, for
 * a reader who begins here. If nothing is told after it, ward_story_end says only that. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_story_before(
	struct ward_story *s, ward_ns now, struct ward_wr *out);

#endif

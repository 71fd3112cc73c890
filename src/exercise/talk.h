/* Private to this room: a conversation between two hosts as frames: TCP (RFC 9293) from its first
 * to its last segment, or datagrams (RFC 768).
 *
 * Nothing is lost or doubled, and who hears answers with its next segment: what a mirror port shows
 * of two good hosts. */
#ifndef WARD_EXERCISE_TALK_H
#define WARD_EXERCISE_TALK_H

#include "exercise/scenario.h"

size_t ward_talk_frames(const struct ward_step *s);
/* Frame i of the step, without padding. */
void ward_talk_frame(const struct ward_scenario *c, size_t step, size_t i, struct ward_wr *w);

#endif

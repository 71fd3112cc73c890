/* What may be smoke: a grey haze through which one still sees what is behind it, and that spreads
 * and rises.
 *
 * Twice a second, in blocks of 8 by 8 pixels, beside the background (after Töreyin, Dedeoğlu and
 * Çetin, 2005: edges fade before they are gone). A block is hazy when it shows the background with
 * less contrast than the rest of the picture does, and grey light is added: a shadow adds none, and
 * who stands before it hides it. A cue: steam and dust have all of it too. */
#ifndef WARD_SENSE_VIDEO_SMOKE_H
#define WARD_SENSE_VIDEO_SMOKE_H

#include "sense/video/plan.h"
#include "sense/video/sign.h"

struct ward_smoke;

/* For pictures of w by h; borrows mem and plan. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_smoke_new(const struct ward_mem *mem,
	const struct ward_plan *plan, unsigned w, unsigned h, struct ward_smoke **ret);
void ward_smoke_free(struct ward_smoke *s);
/* Is it time for a picture? They are two a second. */
bool ward_smoke_due(const struct ward_smoke *s, ward_ns now);
/* A picture that is due, and the background [h][w] (ground.h). wall: what the clock says at that
 * time. The sink's error. */
WARD_MUST_CHECK enum ward_err ward_smoke_step(struct ward_smoke *s, const struct ward_image *image,
	const uint8_t *ground, ward_ns wall, const struct ward_sign_sink *sink);

#endif

/* `ward export have`, `ward export saner`: what the hospital can take. */
#include "care/have.h"
#include "cli/care.h"
#include "cli/export.h"

static enum ward_err care(struct ward_export_ask *ask,
	void (*write)(const struct ward_care_export *x, struct ward_wr *w), struct ward_wr *w)
{
	struct ward_availability c = {.at = 0};
	enum ward_err err = ward_cli_care(&ask->in, &c);

	/* lines of care.csv that are wrong say nothing; the others are written all the same */
	if (err && err != WARD_ERR_CONFIG)
		return err;
	const struct ward_care_export x = {.c = &c,
		.m = ask->in.model,
		.lang = ask->in.lang,
		.exercise = ward_model_exercise(ask->in.model, ask->exercise || ask->in.played)};

	write(&x, w);
	return ward_wr_bad(w) ? WARD_ERR_LIMIT : WARD_OK;
}

enum ward_err ward_export_have(struct ward_export_ask *ask, struct ward_wr *w)
{
	return care(ask, ward_care_write_have, w);
}

enum ward_err ward_export_saner(struct ward_export_ask *ask, struct ward_wr *w)
{
	return care(ask, ward_care_write_saner, w);
}

/* What somebody decides of what has data of persons (docs/processing.md): a line more in the
 * hospital's list of it, which is a version like any other, and Ward begins anew with it. Who may
 * is known by `login`, what can be decided by `api`; a line about what there is none of has no
 * effect.
 */
#include "run/proc/config.h"

#include "conf/conf.h"
#include "processing/processing.h"
#include "words/words.h"

#include <stdio.h>

enum { LIST_MAX = 4 << 20 };

/* The decision in the form of the register; NULL: it is one. */
static const char *read_said(
	struct config *k, const struct ward_decision *d, struct ward_proc_said *ret)
{
	const struct ward_conf *c;
	struct ward_diag diag;

	*ret = (struct ward_proc_said){.at = d->at,
		.until = WARD_NS_NEVER,
		.of = d->subject,
		.person = d->person,
		.role = d->role,
		.why = d->text};
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&k->scratch, &k->lim, WARD_STR("args"), 1, ward_str_bytes(d->args), &diag, &c);

	ward_diag_fini(&diag);
	return err ? ward_processing_say_what() : ward_processing_args(c, ret);
}

static enum ward_err with_line(struct config *k, struct config_proposal *p,
	const struct ward_proc_said *s, const char **why)
{
	const struct ward_revision_file *is =
		ward_revision_find(&p->tree, WARD_STR(WARD_PROCESSING_SAID));
	struct ward_slice before = {(const uint8_t *)"", 0};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIST_MAX);
	enum ward_err err = is ? ward_revision_text_of(k->r, is, &k->scratch, &before) : WARD_OK;

	*why = ward_revision_why(k->r);
	if (!err) {
		ward_processing_put_said(&w, ward_slice_text(before), s);
		const struct ward_configure_file f = {.path = WARD_STR(WARD_PROCESSING_SAID),
			.has_text = true,
			.text = ward_wr_slice(&w)};

		*why = WARD_TEXT("the list of what was decided is too long");
		err = ward_wr_bad(&w) ? WARD_ERR_LIMIT : config_change(k, p, &f, why);
	}
	ward_wr_fini(&w);
	return err;
}

static enum ward_err take(struct config *k, struct config_proposal *p,
	const struct ward_decision *d, const struct ward_proc_said *s, const char **why)
{
	uint64_t noted;
	enum ward_err err = config_note(k, &noted); /* nothing is written over unseen */

	*why = ward_revision_why(k->r);
	p->base = ward_revision_current(k->r);
	if (!err)
		err = config_base(k, p, why);
	if (!err)
		err = with_line(k, p, s, why);
	if (!err && config_record_trial(k, d) != WARD_OK) {
		*why = WARD_TEXT("nothing can be put on record just now; try again");
		err = WARD_ERR_IO;
	}
	return err ? err : config_take_tree(k, p, d, d->text, why);
}

bool config_processing(struct config *k, const struct ward_decision *d)
{
	struct config_proposal p = {.used = true};
	struct ward_proc_said s;
	const char *why = k->ends ? WARD_TEXT("Ward begins anew just now; look again in a moment")
			  : !k->r ? WARD_TEXT("the versions of the configuration can't be read")
				  : NULL;
	enum ward_err err = why ? WARD_ERR_STATE : ward_revision_refresh(k->r);

	if (!why && err)
		why = ward_revision_why(k->r);
	if (!err) {
		why = read_said(k, d, &s);
		err = why ? WARD_ERR_CONFIG : WARD_OK;
	}
	if (!err) {
		ward_arena_init(&p.arena, ward_mem_heap(), CONFIG_ARENA);
		err = take(k, &p, d, &s, &why);
		ward_arena_fini(&p.arena);
	}
	if (err)
		config_say(k, err, why, WARD_STR(""));
	return !err;
}

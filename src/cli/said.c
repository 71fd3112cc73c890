#include "cli/said.h"

#include "model/model.h"
#include "search/line.h"
#include "story/text.h"

enum { COLUMNS = 60 };

static struct ward_str where(const struct ward_detection *d, const struct ward_model *m)
{
	if (m && d->asset < ward_model_n(m))
		return ward_model_node(m, d->asset)->id;
	return m && d->place < ward_model_n(m) ? ward_model_node(m, d->place)->id : d->subject;
}

static void put_because(const struct ward_detection *d, struct ward_wr *w)
{
	char text[WARD_DETECTION_BECAUSE_MAX];
	struct ward_wr because = ward_wr_fixed(text, sizeof(text));
	size_t more = ward_detection_because(d, sizeof(text), &because);

	if (!because.len)
		return;
	ward_wr_z(w, "    because ");
	(void)ward_text_line(w, ward_wr_text(&because), WARD_DETECTION_BECAUSE_MAX);
	if (more)
		ward_wr_printf(w, ", and %zu more", more);
	ward_wr_ch(w, '\n');
}

void ward_cli_said(const struct ward_detection *d, const struct ward_model *m, struct ward_wr *w)
{
	struct ward_str at = where(d, m);
	size_t n = d->n_evidence_all > d->n_evidence ? d->n_evidence_all : d->n_evidence;

	ward_line_time(d->last, w);
	ward_wr_printf(w, "  %-13s  ", ward_level_name(d->level));
	if (d->stage != WARD_STAGE_LIVE)
		ward_wr_printf(w, "%s: ", ward_stage_name(d->stage));
	(void)ward_text_line(w, d->title, COLUMNS);
	ward_wr_z(w, at.len ? "  at " : "");
	(void)ward_text_line(w, at, COLUMNS);
	ward_wr_z(w, d->actor.len ? "  by " : "");
	(void)ward_text_line(w, d->actor, COLUMNS);
	ward_wr_printf(w, "  (%zu event%s%s)\n", n, n == 1 ? "" : "s",
		d->withdrawn      ? ", taken back"
		: d->revision > 1 ? ", more than told before"
				  : "");
	if (!d->withdrawn)
		put_because(d, w);
}

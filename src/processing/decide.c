/* What somebody decides of it: stop, resume, renew. */
#include "processing/priv.h"

/* A source with personal data, an analytic, or an agreement. */
static bool is_thing(
	const struct ward_processing *p, const struct ward_model *m, struct ward_str id)
{
	const struct ward_source *s = ward_model_source(m, id);

	if (s)
		return ward_processing_personal(s);
	for (unsigned k = 0; k < WARD_ANALYTIC_N; k++)
		if (ward_str_eqz(id, ward_analytic_name((enum ward_analytic)k)))
			return true;
	return proc_agreement(p, id) != NULL;
}

const char *ward_processing_wrong(
	const struct ward_processing *p, const struct ward_model *m, const struct ward_proc_said *s)
{
	const struct ward_proc_agreement *g = proc_agreement(p, s->of);

	if (!s->why.len)
		return WARD_TEXT("say why");
	if (!is_thing(p, m, s->of))
		return WARD_TEXT("that is no source with personal data, no analytic and no "
				 "agreement of the register");
	if (s->say != WARD_PROC_RENEW)
		return NULL;
	if (!g)
		return WARD_TEXT("only an agreement can be renewed");
	if (s->until == WARD_NS_NEVER || s->until <= s->at)
		return WARD_TEXT("until when? write a day that is still to come");
	if (s->until <= g->until)
		return WARD_TEXT("it lasts longer than that already");
	return s->ref.len ? NULL : WARD_TEXT("name the new agreement: its date and number");
}

const char *ward_processing_say_what(void)
{
	return WARD_TEXT("say what: stop, resume or renew");
}

const char *ward_processing_args(const struct ward_conf *args, struct ward_proc_said *s)
{
	struct ward_str until = ward_conf_word(args, "until");

	s->say = ward_proc_say_parse(ward_conf_word(args, "say"));
	s->ref = ward_conf_word(args, "ref");
	if (s->say == WARD_PROC_SAY_N)
		return ward_processing_say_what();
	if (s->say == WARD_PROC_RENEW && !proc_day_end(until, &s->until))
		return WARD_TEXT("until when? write the last day as 2028-03-01");
	return s->why.len ? NULL : WARD_TEXT("say why");
}

/* RFC 4180: quoted, with quotes doubled; what ends a line becomes a blank. */
static void put_cell(struct ward_wr *w, struct ward_str s, bool last)
{
	ward_wr_ch(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			ward_wr_ch(w, '"');
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
	}
	ward_wr_z(w, last ? "\"\n" : "\",");
}

void ward_processing_put_said(
	struct ward_wr *w, struct ward_str before, const struct ward_proc_said *s)
{
	ward_wr_str(w, before);
	if (!before.len)
		ward_wr_z(w, "# What was decided of what runs: written by Ward, a line each.\n"
			     "at,say,of,until,ref,person,role,why\n");
	else if (before.p[before.len - 1] != '\n')
		ward_wr_ch(w, '\n');
	ward_time_write(w, s->at);
	ward_wr_printf(w, ",%s,", ward_proc_say_name(s->say));
	put_cell(w, s->of, false);
	if (s->until != WARD_NS_NEVER)
		proc_put_day(w, s->until - 1);
	ward_wr_ch(w, ',');
	put_cell(w, s->ref, false);
	put_cell(w, s->person, false);
	put_cell(w, s->role, false);
	put_cell(w, s->why, true);
}
